#!/usr/bin/env python3
"""Compares the Wireshark dissector with 'opensips-bin inspect', packet by packet and field by field.

    wireshark-compare.py TOOL SCRIPT CAPTURES [SEED]
"""

import glob
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zlib

PREFIX = "opensips-bin."
HEADER = {
    "framing", "magic", "length", "checksum", "undefined", "version", "capability", "type", "message", "layout",
    "releases", "trailing", "malformed", "undeclared",
    "routing.cluster", "routing.source", "routing.destination", "routing.destinationCluster",
}
DAMAGED_CAPTURES = 50
# inspect remembers some 4000 senders.
STRANGERS = 4000
STRANGERS_OF_A_KIND = 100


class Difference(Exception):
    pass


def declared_fields(script):
    """Filter names of the script, with the kind and the name of each."""
    fields = {}
    inside = False
    for line in open(script, encoding="utf-8"):
        if line.startswith("BIN.fields = {"):
            inside = True
        elif inside and line.startswith("}"):
            break
        elif inside:
            key, kind, name = re.findall(r'"((?:[^"\\]|\\.)*)"', line)[:3]
            fields[key] = (kind, name)
    return fields


# What tshark shows


class Packet:
    """A packet as the dissector shows it: header fields by name, declared fields in order."""

    def __init__(self, element, fields):
        self.head = {}
        self.leaves = []
        self.experts = []
        self.fields = fields
        self.walk(element)

    def walk(self, element):
        for item in element:
            name = item.get("name", "")
            key = name[len(PREFIX):] if name.startswith(PREFIX) else None
            if key is None:
                if name == "_ws.expert":
                    self.expert(item)
                else:
                    self.walk(item)
            elif key == "undecoded":
                self.leaves.append(("body", "bytes", item))
            elif key in HEADER:
                self.head[key] = item
                self.walk(item)
            else:
                kind, name = self.fields[key]
                if kind == "list":
                    self.walk(item)
                elif name != "marker":
                    self.leaves.append((name, kind, item))

    def expert(self, item):
        for field in item:
            if field.get("name") == "_ws.expert.message":
                self.experts.append(field.get("show"))

    def text(self, key):
        item = self.head.get(key)
        return None if item is None else item.get("show")


def tshark(script, capture, allow_failure=False, ports=None):
    command = ["tshark", "-X", "lua_script:" + script, "-r", capture, "-Y", "opensips-bin", "-T", "pdml", "-J", "opensips-bin"]
    command += ["-o", "opensips-bin.tcp_ports:" + ports] if ports else []
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for text in (result.stdout, result.stderr):
        for sign in (b"Lua Error", b"Lua: Error", b"the dissector failed"):
            if sign in text:
                place = text.index(sign)
                raise Difference("tshark: " + text[max(0, place - 200):place + 400].decode("utf-8", "replace"))
    if result.returncode != 0 and not allow_failure:
        raise Difference("tshark ended with %d: %s" % (result.returncode, result.stderr.decode("utf-8", "replace")))
    return result.stdout


def shown_packets(output, fields):
    packets = []
    for frame in ElementTree.fromstring(output):
        for element in frame:
            if element.get("name") == "opensips-bin":
                packet = Packet(element, fields)
                # Four zero bytes between packets of 2.2 are shown, but are no packet.
                if packet.head or packet.leaves:
                    packets.append(packet)
    return packets


# What inspect says


def inspected_packets(tool, capture):
    result = subprocess.run([tool, "inspect", "--json", capture], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return [json.loads(line, object_pairs_hook=Pairs) for line in result.stdout.splitlines()]


class Pairs(list):
    """A JSON object as its members in order; some have a name twice."""

    def get(self, name):
        for key, value in self:
            if key == name:
                return value
        return None


def leaves_of(members, message):
    """The leaves of a JSON object of fields, as (name, value) in order. Values that stand for one field stay whole."""
    leaves = []
    for name, value in members:
        if isinstance(value, Pairs) and (value.get("hex") is not None or value.get("family") is not None):
            leaves.append((name, value))
        elif isinstance(value, Pairs) and name == "kv":
            leaves.append((name, value))
        elif isinstance(value, Pairs) and value.get("capability") is not None and value.get("layout") is not None:
            leaves.append((name, value))
        elif isinstance(value, Pairs):
            leaves += leaves_of(value, message)
        elif isinstance(value, list) and is_one_field(name, value, message):
            leaves.append((name, value))
        elif isinstance(value, list):
            for element in value:
                is_record = isinstance(element, Pairs) and element.get("hex") is None
                leaves += leaves_of(element, message) if is_record else [(name, element)]
        else:
            leaves.append((name, value))
    return leaves


LISTS_OF_TEXTS = {"caps", "path", "parameters"}


def is_one_field(name, value, message):
    """Whether a JSON list is the value of one field: names of bits, dialog variables, profiles of a dialog."""
    if name in ("vars", "profiles"):
        return message != "profile-counters"
    return name not in LISTS_OF_TEXTS and all(isinstance(element, str) for element in value) and is_bits(name)


BITS = {"methods", "flags", "cflags", "statusFlags", "state", "flag", "event", "copyFlags", "ctxState", "sessState"}


def is_bits(name):
    return name in BITS or name.endswith("Flags") or name.endswith("State") or name.endswith("Leg")


# Comparing


def escaped(text):
    return re.sub(rb"([|#\\])", rb"\\\1", text)


def utf8(value):
    if isinstance(value, Pairs):
        return bytes.fromhex(value.get("hex"))
    return str(value).encode("utf-8")


def written_records(records, typed):
    """Dialog variables or profiles in their text form; None when one holds a packet, which JSON shows decoded."""
    text = b""
    for record in records:
        value = record.get("value")
        if isinstance(value, Pairs) and value.get("hex") is None:
            return None
        name = utf8(record.get("name")) + utf8(record.get("suffix") or "")
        kind = record.get("type") or (1 if typed else None)
        text += escaped(name) + b"#" + (b"%d#" % kind if kind else b"") + escaped(utf8(value)) + b"|"
    return text


class Counts:
    def __init__(self):
        self.packets = 0
        self.leaves = 0
        self.embedded = 0
        self.other_layout = 0
        self.failures = 0


def same_value(name, expected, kind, item, counts):
    show, shown, data = item.get("show", ""), item.get("showname", ""), bytes.fromhex(item.get("value") or "")
    if kind in ("integer", "value64", "id"):
        if isinstance(expected, list):
            if not expected:
                return int(show) == 0
            match = re.search(r"\(([^()]*)\)$", shown)
            return match is not None and match.group(1) == ", ".join(expected)
        return int(show) == expected
    # Of an empty text the bytes of its length are marked.
    if show == "" and not any(data) and kind == "text":
        data = b"" if not isinstance(expected, str) or expected == "" else data
    if isinstance(expected, str):
        return data == expected.encode("utf-8")
    if isinstance(expected, Pairs):
        if expected.get("hex") is not None:
            return data.hex() == expected.get("hex")
        if expected.get("family") is not None:
            return same_address(expected, data)
        if expected.get("layout") is not None and expected.get("fields") is not None:
            counts.embedded += 1
            return data.startswith(b"P4CK")
        return data == b"" if not expected else json.loads(data, object_pairs_hook=Pairs) == expected
    if isinstance(expected, list):
        if not expected:
            return data == b""
        if isinstance(expected[0], str):
            return data == " ".join(expected).encode("utf-8")
        for typed in (False, True):
            written = written_records(expected, typed)
            if written is None:
                counts.embedded += 1
                return all(escaped(utf8(record.get("name"))) in data for record in expected)
            if written == data:
                return True
        return False
    return False


def same_address(expected, data):
    family, length = expected.get("family"), expected.get("length")
    if length == 4:
        address = bytes(int(part) for part in expected.get("address").split("."))
    else:
        address = b"".join(struct.pack(">H", int(part, 16)) for part in expected.get("address").split(":"))
    unused = bytes.fromhex((expected.get("unused") or Pairs()).get("hex") or "") if expected.get("unused") else b""
    return data == (struct.pack("<II", family, length) + address + unused).ljust(24, b"\0")


def layouts_fit(expected, shown):
    """inspect remembers what a sender sent before; the dissector does not, so it may name more layouts."""
    if expected is None or shown is None:
        return expected == shown
    expected_parts, shown_parts = expected.split("/"), shown.split("/")
    return len(expected_parts) == len(shown_parts) and all(
        set(one.split("|")) <= set(other.split("|")) for one, other in zip(expected_parts, shown_parts))


def compare(expected, packet, counts):
    def check(name, wanted, shown):
        if wanted != shown:
            raise Difference("%s: inspect says %r, tshark shows %r" % (name, wanted, shown))

    def number(key):
        return None if packet.text(key) is None else int(packet.text(key))

    for key in ("framing", "capability", "message"):
        check(key, expected.get(key), packet.text(key))
    for key in ("length", "version", "type"):
        check(key, expected.get(key), number(key))
    routing = expected.get("routing") or Pairs()
    check("cluster", routing.get("cluster"), number("routing.cluster"))
    check("source", routing.get("source"), number("routing.source"))
    if routing.get("destinationCluster") is None:
        check("destination", routing.get("destination"), number("routing.destination"))
    check("destination cluster", routing.get("destinationCluster"), number("routing.destinationCluster"))
    if not layouts_fit(expected.get("layout"), packet.text("layout")):
        check("layout", expected.get("layout"), packet.text("layout"))
    is_same_layout = expected.get("layout") == packet.text("layout")

    leaves = leaves_of(expected.get("fields"), expected.get("message"))
    # Of an undeclared packet without a body there is nothing to show.
    leaves = [(name, value) for name, value in leaves if name != "body" or value != [("hex", "")]]
    names = [name for name, _ in leaves]
    shown_names = [name for name, _, _ in packet.leaves]
    if is_same_layout:
        check("names of fields", names, shown_names)
    else:
        counts.other_layout += 1
        check("number of fields", len(names), len(shown_names))
    for (name, value), (shown_name, kind, item) in zip(leaves, packet.leaves):
        if not same_value(name, value, kind, item, counts):
            raise Difference("%s: inspect says %s, tshark shows %s" % (name, json.dumps(value), dict(item.items())))
    trailing = packet.head.get("trailing")
    check("bytes not decoded", expected.get("trailing"), None if trailing is None else trailing.get("value"))

    error = expected.get("error")
    check("number of errors", 0 if error is None else 1, len(packet.experts))
    if error is not None:
        counts.failures += 1
        place, _, reason = packet.experts[0].partition(": ")
        check("offset of the error", error.get("offset"), int(place.split(" ")[-1]))
        if not error.get("reason").endswith(reason):
            check("reason", error.get("reason"), reason)
    counts.packets += 1
    counts.leaves += len(leaves)


def compare_capture(tool, script, fields, capture, counts, ports=None):
    expected = inspected_packets(tool, capture)
    shown = shown_packets(tshark(script, capture, ports=ports), fields)
    for index, (one, other) in enumerate(zip(expected, shown)):
        try:
            compare(one, other, counts)
        except Difference as difference:
            raise Difference("%s, packet %d (%s %s): %s" % (
                capture, index + 1, one.get("capability"), one.get("message"), difference))
    if len(expected) != len(shown):
        raise Difference("%s: inspect finds %d packets, tshark %d" % (capture, len(expected), len(shown)))


# Other segments


def resegmented(data, source, largest):
    """The TCP streams of a capture, cut into segments of random size."""
    order = ">" if data[:4] in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d") else "<"
    result = bytearray(data[:24])
    streams, times, position = {}, (0, 0), 24
    while position + 16 <= len(data):
        seconds, fraction, captured, _ = struct.unpack_from(order + "4I", data, position)
        frame = data[position + 16:position + 16 + captured]
        position += 16 + captured
        times = (seconds, fraction)
        if len(frame) < 54 or frame[12:14] != b"\x08\x00" or frame[23] != 6:
            continue
        size = 4 * (frame[14] & 15)
        tcp = 14 + size
        payload = frame[tcp + 4 * (frame[tcp + 12] >> 4):14 + struct.unpack_from(">H", frame, 16)[0]]
        flags = frame[tcp + 13]
        key = frame[26:34] + frame[tcp:tcp + 4]
        sequence = struct.unpack_from(">I", frame, tcp + 4)[0]
        if flags & 2:
            streams[key] = [b"", (sequence + 1) & 0xFFFFFFFF, sequence]
        elif key in streams and payload and sequence == streams[key][1]:
            streams[key][0] += payload
            streams[key][1] = (sequence + len(payload)) & 0xFFFFFFFF

    def write(key, sequence, flags, payload):
        ip = b"\x45\0" + struct.pack(">HHHBBH", 40 + len(payload), 1, 0x4000, 64, 6, 0) + key[:8]
        tcp = key[8:] + struct.pack(">IIBBHHH", sequence & 0xFFFFFFFF, 0, 0x50, flags, 65535, 0, 0)
        frame = b"\0" * 12 + b"\x08\0" + ip + tcp + payload
        result.extend(struct.pack(order + "4I", times[0], times[1], len(frame), len(frame)) + frame)

    for key, (payload, _, sequence) in streams.items():
        write(key, sequence, 2, b"")
        sequence, position = sequence + 1, 0
        while position < len(payload):
            length = source.randint(1, largest)
            write(key, sequence + position, 0x18, payload[position:position + length])
            position += length
    return bytes(result)


# Without memory


def single_packets(data):
    """The packets of frames that hold exactly one, as (framing, offset of the body, packet)."""
    order = ">" if data[:4] in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d") else "<"
    position = 24
    while position + 16 <= len(data):
        captured = struct.unpack_from(order + "4I", data, position)[2]
        frame = data[position + 16:position + 16 + captured]
        position += 16 + captured
        start = frame.find(b"P4CK")
        if start < 0 or len(frame) < start + 24 or frame[23] != 6:
            continue
        packet = frame[start:]
        if packet[12:13].isalpha() and struct.unpack_from("<I", packet, 4)[0] == len(packet):
            yield "2.3", 16 + struct.unpack_from("<H", packet, 10)[0], packet
        elif packet[16:17].isalpha() and struct.unpack_from("<H", packet, 4)[0] == len(packet):
            yield "2.2", 20 + struct.unpack_from("<I", packet, 12)[0], packet


def strangers(files, source):
    """Different packets of the corpus in one capture, each from a sender of its own, so that nothing is known of any."""
    found = {}
    for capture in files:
        for framing, body, packet in single_packets(open(capture, "rb").read()):
            found.setdefault(packet[16 if framing == "2.2" else 12:], (framing, body, packet))
    shuffled = source.sample(list(found.values()), len(found))
    kinds, packets = {}, []
    for framing, body, packet in shuffled:
        kind = packet[12:body]
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] <= STRANGERS_OF_A_KIND and len(packets) < STRANGERS:
            packets.append((framing, body, packet))
    result = bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for number, (framing, body, packet) in enumerate(packets):
        packet = bytearray(packet)
        if framing == "2.3":
            leads = bytes(packet[12:body - 4]) in (b"clusterer", b"clusterer-internal")
            cluster = body if leads else len(packet) - 12
            if not leads and packet[-4:] == b"\0\0\0\xc0":
                cluster = len(packet) - 16
            struct.pack_into("<I", packet, cluster, 1000 + number)
        key = bytes((10, 1, number >> 8, number & 255, 10, 2, 0, 1)) + struct.pack(">HH", 20000, 5555)
        for sequence, flags, payload in ((1, 2, b""), (2, 0x18, bytes(packet))):
            ip = b"\x45\0" + struct.pack(">HHHBBH", 40 + len(payload), 1, 0x4000, 64, 6, 0) + key[:8]
            tcp = key[8:] + struct.pack(">IIBBHHH", sequence, 0, 0x50, flags, 65535, 0, 0)
            frame = b"\0" * 12 + b"\x08\0" + ip + tcp + payload
            result += struct.pack("<4I", number, 0, len(frame), len(frame)) + frame
    return bytes(result)


# Damage


def damaged(data, source):
    """The capture with bytes of its packets changed; headers of file, frames, IP and TCP stay."""
    big = data[:4] in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d")
    order = ">" if big else "<"
    result = bytearray(data[:24])
    position = 24
    while position + 16 <= len(data):
        seconds, fraction, captured, length = struct.unpack_from(order + "4I", data, position)
        frame = bytearray(data[position + 16:position + 16 + captured])
        position += 16 + captured
        start = frame.find(b"P4CK")
        if start >= 0 and source.random() < 0.5:
            is_udp = len(frame) > 23 and frame[23] == 17
            for _ in range(source.randint(1, 6)):
                place = source.randrange(start + 4 if source.random() < 0.9 else start, len(frame))
                kind = source.random()
                if kind < 0.5:
                    frame[place] = source.choice((0, 1, 2, 0x7F, 0x80, 0xFF, source.randrange(256)))
                elif kind < 0.8:
                    frame[place] ^= 1 << source.randrange(8)
                else:
                    end = min(len(frame), place + source.randint(1, 12))
                    frame[place:end] = bytes(source.randrange(256) for _ in range(end - place))
            if is_udp and source.random() < 0.8:
                checksum = zlib.crc32(bytes(frame[start + 8:])) ^ 0xFFFFFFFF
                struct.pack_into("<I", frame, start + 4, checksum)
            if source.random() < 0.1:
                # Cut off by the capture's length limit.
                frame = frame[:source.randrange(start, len(frame) + 1)]
        result += struct.pack(order + "4I", seconds, fraction, len(frame), length) + frame
    return bytes(result)


def damage_in_place(data, source):
    """One byte changed in frames that hold exactly one packet, but nothing that says where packets begin and end, so that
    both tools find the same packets."""
    result = bytearray(data)
    order = ">" if data[:4] in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d") else "<"
    position = 24
    while position + 16 <= len(data):
        captured = struct.unpack_from(order + "4I", data, position)[2]
        frame = data[position + 16:position + 16 + captured]
        start = frame.find(b"P4CK")
        if start > 0 and frame[23] == 6 and frame[start + 16:start + 18].isalpha() and frame[start + 12:start + 13].isalpha():
            length, _, name = struct.unpack_from("<IHH", frame, start + 4)
            body = start + 16 + name
            if start + length == len(frame) and body < len(frame) and source.random() < 0.4:
                base = position + 16
                part = source.random()
                if part < 0.05:
                    result[base + start + 8] = source.randrange(8)
                elif part < 0.1:
                    result[base + start + 12 + source.randrange(name)] = source.choice(b"abcdefgh")
                elif part < 0.15:
                    result[base + body - 4] = source.randrange(16)
                else:
                    result[base + source.randrange(body, len(frame))] = source.choice((0, 1, 0xFF, source.randrange(256)))
        position += 16 + captured
    return bytes(result)


def main():
    tool, script, captures = sys.argv[1:4]
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(1 << 32)
    fields = declared_fields(script)
    files = sorted(glob.glob(os.path.join(captures, "*", "*.pcap")))
    counts = Counts()
    problems = 0
    for capture in files:
        try:
            compare_capture(tool, script, fields, capture, counts)
        except Difference as difference:
            problems += 1
            print(difference, file=sys.stderr)
    print("%d captures, %d packets, %d fields compared; %d packets refused by both, %d read in more layouts for want of "
          "memory, %d embedded packets not looked into"
          % (len(files), counts.packets, counts.leaves, counts.failures, counts.other_layout, counts.embedded))

    print("segments and damage with seed %d" % seed)
    source = random.Random(seed)
    in_place, segments, alone = Counts(), Counts(), Counts()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "damaged.pcap")
        for capture in (file for file in files if os.path.dirname(file).endswith(("/2.2", "/2.3", "/3.2.19", "/4.0.1"))):
            for largest in (9, 5000):
                with open(path, "wb") as file:
                    file.write(resegmented(open(capture, "rb").read(), source, largest))
                try:
                    # A segment of a few bytes is not enough to tell the protocol by.
                    compare_capture(tool, script, fields, path, segments, ports="1-65535")
                except Difference as difference:
                    problems += 1
                    print("other segments of %s, at most %d bytes: %s" % (capture, largest, difference), file=sys.stderr)
        print("%d packets compared in segments of other sizes" % segments.packets)
        with open(path, "wb") as file:
            file.write(strangers(files, source))
        try:
            compare_capture(tool, script, fields, path, alone)
            if alone.other_layout:
                raise Difference("of strangers %d packets are read in other layouts" % alone.other_layout)
        except Difference as difference:
            problems += 1
            print(difference, file=sys.stderr)
        print("%d packets of strangers compared, layouts included" % alone.packets)
        for number in range(DAMAGED_CAPTURES):
            capture = source.choice(files)
            data = open(capture, "rb").read()
            try:
                with open(path, "wb") as file:
                    file.write(damaged(data, source))
                tshark(script, path, allow_failure=True)
                with open(path, "wb") as file:
                    file.write(damage_in_place(data, source))
                output = tshark(script, path)
                for one, other in zip(inspected_packets(tool, path), shown_packets(output, fields)):
                    if one.get("layout") == other.text("layout"):
                        compare(one, other, in_place)
            except Difference as difference:
                problems += 1
                print("damaged capture %d (%s): %s" % (number + 1, capture, difference), file=sys.stderr)
    print("%d captures damaged; of their packets %d compared, %d refused by both"
          % (DAMAGED_CAPTURES, in_place.packets, in_place.failures))
    if problems:
        print("%d captures differ" % problems, file=sys.stderr)
        sys.exit(1)


main()
