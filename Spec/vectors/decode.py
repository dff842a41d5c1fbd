#!/usr/bin/env python3
"""Answers `opensips-bin vectors run -- python3 Spec/vectors/decode.py`: a decoder of BIN packets in one file.

It knows the three framings; everything else it reads in ../layouts.json. Fields whose values have a form of their own (flags,
key/values, dialog variables) are read, but left out of the answers, which are then "partial".
"""
import json, os, struct, sys, zlib

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "layouts.json")) as file:
    MESSAGES = json.load(file)["messages"]
MARKER = 101010101
BRIDGE = -1073741824  # 0xC0000000
OWN_FORM = {"methods", "bits", "keyValues", "flagNames", "rawAddress", "tupleInfo", "puaEvents", "variableName", "variableValue"}


class Refused(Exception):
    def __init__(self, reason, offset):
        self.error = {"reason": reason, "offset": offset}


class Cursor:
    def __init__(self, data, start, end, framing):
        self.data, self.at, self.end, self.wide = data, start, end, framing != "2.3"

    def integer(self):
        if self.end - self.at < 4:
            raise Refused("integerPastEnd", self.at)
        self.at += 4
        return struct.unpack_from("<i", self.data, self.at - 4)[0]

    def string(self):
        start, width = self.at, 4 if self.wide else 2
        if self.end - start < width:
            raise Refused("lengthPastEnd", start)
        length = struct.unpack_from("<i" if self.wide else "<H", self.data, start)[0]
        if length < 0:
            raise Refused("negativeLength", start)
        if length > self.end - start - width:
            raise Refused("textPastEnd", start)
        self.at = start + width + length
        return self.data[start + width : self.at]

    def value(self, size):
        start, value = self.at, self.string()
        if len(value) != size:
            raise Refused("wrongValueSize", start)
        return value


def shown(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"hex": data.hex()}


def holds(field, value):
    if "equals" in field: return value == field["equals"]
    if "differs" in field: return value != field["differs"]
    if "equalsText" in field: return value == field["equalsText"].encode()
    if "isNoneOf" in field: return value not in [text.encode() for text in field["isNoneOf"]]
    return (len(value) > 0) == field["isNotEmpty"]


def read(fields, cursor, said, known, answer):
    """Reads fields into `said`; `known` has the values that counts and conditions look at."""
    for field in fields:
        kind, name, start, value = field["type"], field.get("name"), cursor.at, None
        meaning = field.get("meaning", "plain")
        if kind == "integer": value = known[name] = cursor.integer()
        elif kind == "count":
            value = known[name] = cursor.integer()
            if not 0 <= value <= field["limit"]: raise Refused("countOutOfRange", start)
        elif kind == "text":
            known[name] = cursor.string()
            value = shown(known[name])
        elif kind == "fixedText": value = shown(cursor.value(field["size"]))
        elif kind == "value32": value = struct.unpack("<i", cursor.value(4))[0]
        elif kind == "value64": value = struct.unpack("<Q" if meaning == "contactID" else "<q", cursor.value(8))[0]
        elif kind == "integers": value = [cursor.integer() for _ in range(known[field["count"]])]
        elif kind == "texts": value = [shown(cursor.string()) for _ in range(known[field["count"]])]
        elif kind == "records":
            value = []
            while len(value) < known[field["count"]] if field["count"] else cursor.at < cursor.end:
                value.append({})
                read(field["fields"], cursor, value[-1], dict(known), answer)
        elif kind == "group":
            value = {}
            read(field["fields"], cursor, value, known, answer)
        elif kind == "condition":
            if holds(field, known[field["field"]]): read(field["fields"], cursor, said, known, answer)
        elif kind == "remainder":
            if cursor.at < cursor.end: read(field["fields"], cursor, said, known, answer)
        elif meaning in ("chunks", "unsizedChunks"): value = chunks(cursor, meaning == "chunks", known, answer)
        else:
            value, cursor.at = cursor.data[cursor.at : cursor.end].hex(), cursor.end
        if name and (meaning in OWN_FORM or "Flags" in meaning or meaning.endswith(("Variables", "Profiles"))):
            answer["partial"] = True
        elif name:
            said[name] = value


def chunks(cursor, sized, known, answer):
    capability, version = known["capability"].decode("latin-1"), known.get("dataVersion")
    of_capability = [m for m in MESSAGES if m["type"] is None and m["capability"] == capability]
    # Sync version 1 does not say the version of the data.
    layouts = [m for m in of_capability if version is None or m["version"] == version]
    found = []
    while cursor.at < cursor.end:
        start = cursor.at
        size = cursor.integer() if sized else None
        if cursor.at + 4 > cursor.end: raise Refused("integerPastEnd", cursor.at)
        if cursor.integer() != MARKER: raise Refused("badChunkMarker", cursor.at - 4)
        if sized and not 0 <= size <= cursor.end - cursor.at: raise Refused("badChunkSize", start)
        if not layouts: raise Refused("undeclaredVersion" if of_capability else "undeclaredCapability", cursor.at)
        end = cursor.at + size if sized else cursor.end
        content, said = Cursor(cursor.data, cursor.at, end, "2.3"), {"size": size} if sized else {}
        if content.at < end: read(chosen(layouts, answer)["fields"], content, said, {}, answer)
        if sized and content.at < end: raise Refused("trailingBytes", content.at)
        cursor.at = content.at
        found.append(said)
    return found


def chosen(layouts, answer):
    """The layout of the peer; which one that is stands in the question, as nothing in a packet tells it."""
    question = answer["question"]
    names, message = question["layout"].split("|"), "SYNC" if "carrier" in question else question["message"]
    fitting = [m for m in layouts if any(layout["name"] in names for layout in m["layouts"])]
    return (fitting or [m for m in layouts if m["message"] == message] or layouts)[0]


def header(data, framing, whole=True):
    """Capability, type, version, offset of the fields, length."""
    fixed, width = {"2.1": (12, 4), "2.2": (16, 4), "2.3": (12, 2)}[framing]
    least = 18 if framing == "2.1" else fixed + 5
    if len(data) < least: raise Refused("packetTooShort", len(data))
    if data[:4] != b"P4CK": raise Refused("badMagic", 0)
    length, version = len(data), None
    if framing == "2.2": length, version = struct.unpack_from("<H", data, 4)[0], struct.unpack_from("<h", data, 8)[0]
    if framing == "2.3": length, version = struct.unpack_from("<I", data, 4)[0], struct.unpack_from("<h", data, 8)[0]
    if length < least: raise Refused("packetTooShort", 4)
    if length > 65535: raise Refused("packetTooLong", 4)
    if whole and length != len(data) or length > len(data): raise Refused("lengthMismatch", 4)
    size = struct.unpack_from("<i" if width == 4 else "<H", data, fixed - width)[0]
    if size <= 0: raise Refused("badCapabilityLength", fixed - width)
    if size > length - fixed - 4: raise Refused("capabilityPastEnd", fixed - width)
    if framing == "2.1" and struct.unpack_from("<I", data, 4)[0] != zlib.crc32(data[8:]) ^ 0xFFFFFFFF:
        raise Refused("badChecksum", 4)
    name = data[fixed : fixed + size].decode("latin-1")
    return name, struct.unpack_from("<i", data, fixed + size)[0], version, fixed + size + 4, length


def decode(data, question, answer):
    framing = question["framing"]
    capability, kind, version, start, end = header(data, framing)
    of_capability = [m for m in MESSAGES if m["capability"] == capability and m["type"] is not None]
    if not of_capability: raise Refused("undeclaredCapability", start - 4)
    of_type = [m for m in of_capability if m["type"] == kind and m["framing"] == framing]
    if any(m["routing"] == "trailer" for m in of_capability if m["framing"] == framing):
        size = 16 if end - start >= 12 and struct.unpack_from("<i", data, end - 4)[0] == BRIDGE else 12
        if end - start < size: raise Refused("trailerMissing", start)
        numbers = struct.unpack_from("<%di" % (size // 4), data, end - size)
        names = ["cluster", "source", "destination"] if size == 12 else ["cluster", "destinationCluster", "source", "destination"]
        answer["routing"], end = dict(zip(names, numbers)), end - size
    if not of_type: raise Refused("undeclaredType", start - 4)
    layouts = [m for m in of_type if m["version"] == version]
    if not layouts: raise Refused("undeclaredVersion", start - 4)
    cursor = Cursor(data, start, end, framing)
    read(chosen(layouts, answer)["fields"], cursor, answer["fields"], {}, answer)
    if cursor.at < end: raise Refused("trailingBytes", cursor.at)


def split(data, framing, fragments):
    """The packets of a stream, as they become whole when it arrives in fragments."""
    least, begun = {"2.2": 21, "2.3": 17}[framing], 0
    packets, arrived = [], 0
    for size in fragments + [len(data)]:
        arrived = min(len(data), arrived + size)
        while True:
            have = data[begun:arrived]
            if framing == "2.2" and packets and have[:4] == bytes(4) and have[4:8] == b"P4CK": begun += 4
            elif framing == "2.2" and packets and len(have) < 8 and have == (bytes(4) + b"P4CK")[: len(have)]: break
            elif have[:4] != b"P4CK"[: len(have)]: return packets, {"reason": "badMagic", "offset": 0}
            elif len(have) < 8: break
            else:
                length = struct.unpack_from("<I" if framing == "2.3" else "<H", have, 4)[0]
                if length < least: return packets, {"reason": "packetTooShort", "offset": 4}
                if length > 65535: return packets, {"reason": "packetTooLong", "offset": 4}
                if len(have) < length: break
                try: header(have[:length], framing)
                except Refused as refused: return packets, refused.error
                packets.append({"offset": begun, "length": length})
                begun += length
    return packets, None


def reply(question):
    data, answer = bytes.fromhex(question["packet"]), {"question": question, "tcId": question["tcId"], "fields": {}}
    try:
        if "fragments" in question:
            answer["packets"], error = split(data, question["framing"], question["fragments"])
            answer.update({"result": "invalid", "error": error} if error else {"result": "valid"})
        elif question["capability"] == "ext-deflate": answer["result"] = "skipped"
        else:
            decode(data, question, answer)
            answer["result"] = "valid"
    except Refused as refused:
        answer.update({"result": "invalid", "error": refused.error})
    del answer["question"]
    return answer


for line in sys.stdin:
    print(json.dumps(reply(json.loads(line))), flush=True)
