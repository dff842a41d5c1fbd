"""Reads .ksy files: checks their structure, and interprets the part of the language that opensips_bin.ksy uses."""
import functools, pathlib, re, struct
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
KSY = yaml.safe_load((ROOT / "Spec/kaitai/opensips_bin.ksy").read_text())
TYPES, ENUMS = KSY["types"], KSY["enums"]
NUMBERS = {"u1": "<B", "u2": "<H", "u4": "<I", "u8": "<Q", "s2": "<h", "s4": "<i"}
ENUM_VALUES = {name: {entry["id"]: value for value, entry in enum.items()} for name, enum in ENUMS.items()}
problems = []


# -- structure

KEYS = {
    "file": {"meta", "doc", "doc-ref", "seq", "types", "enums"},
    "meta": {"id", "title", "application", "license", "ks-version", "endian"},
    "type": {"doc", "doc-ref", "params", "seq", "instances"},
    "param": {"id", "type", "enum", "doc", "doc-ref"},
    "field": {"id", "type", "enum", "size", "size-eos", "encoding", "contents", "valid", "if", "repeat", "repeat-expr",
              "doc", "doc-ref", "-orig-id", "-bits"},
    "instance": {"value", "pos", "size", "size-eos", "type", "if", "doc", "doc-ref"},
    "enum value": {"id", "-orig-id", "doc", "doc-ref"},
}


def section_exists(reference):
    path, _, anchor = reference.partition("#")
    if not (ROOT / path).is_file():
        return False
    text = (ROOT / path).read_text()
    slugs = [re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-")
             for line in text.splitlines() if line.startswith("#")]
    return not anchor or anchor in slugs or f'id="{anchor}"' in text


def check_keys(kind, node, where):
    for key in node:
        if key not in KEYS[kind]:
            problems.append(f"{where}: a {kind} has no key '{key}'")
    if "doc-ref" in node and not section_exists(node["doc-ref"]):
        problems.append(f"{where}: no section {node['doc-ref']}")
    if "id" in node and not re.fullmatch(r"[a-z][a-z0-9_]*", str(node["id"])):
        problems.append(f"{where}: '{node['id']}' is no id")


def check_type(name, node):
    check_keys("file" if node is KSY else "type", node, name)
    ids = [entry["id"] for entry in node.get("params", []) + node.get("seq", [])] + list(node.get("instances", {}))
    for double in {entry for entry in ids if ids.count(entry) > 1}:
        problems.append(f"{name}: '{double}' twice")
    attributes = [("param", p["id"], p) for p in node.get("params", [])]
    attributes += [("field", f["id"], f) for f in node.get("seq", [])]
    attributes += [("instance", i, a) for i, a in node.get("instances", {}).items()]
    for kind, id, attribute in attributes:
        where = f"{name}.{id}"
        check_keys(kind, attribute, where)
        type = attribute.get("type")
        for used in [type] if not isinstance(type, dict) else type["cases"].values():
            call = re.fullmatch(r"(\w+)(?:\((.*)\))?", used or "str")
            if not call or call[1] not in NUMBERS and call[1] != "str" and call[1] not in TYPES:
                problems.append(f"{where}: no type '{used}'")
            elif len(TYPES.get(call[1], {}).get("params", [])) != (call[2] is not None):
                problems.append(f"{where}: wrong arguments in '{used}'")
        for enum in [attribute.get("enum"), attribute.get("-bits")]:
            if enum and enum not in ENUMS:
                problems.append(f"{where}: no enum '{enum}'")
        expressions = [str(attribute[key]) for key in ("if", "value", "size", "pos", "repeat-expr") if key in attribute]
        expressions += [type["switch-on"], *type["cases"].values()] if isinstance(type, dict) else []
        for expression in expressions:
            for enum, value in re.findall(r"(\w+)::(\w+)", expression):
                if value not in ENUM_VALUES.get(enum, {}):
                    problems.append(f"{where}: no value {enum}::{value}")
            words = re.sub(r'"[^"]*"|\w+::\w+|\.\w+|\b0x\w+|\b\d+|\w+\(', " ", expression)
            for word in re.findall(r"[a-z_]\w*", words):
                if word not in ids + ["_io", "and", "or", "not"]:
                    problems.append(f"{where}: nothing is called '{word}'")


def check_structure():
    check_keys("meta", KSY["meta"], "meta")
    check_type(KSY["meta"]["id"], KSY)
    for name, node in TYPES.items():
        check_type(name, node)
    for name, enum in ENUMS.items():
        for value, entry in enum.items():
            check_keys("enum value", entry, f"{name}.{value}")
            if not isinstance(value, int):
                problems.append(f"{name}: '{value}' is no number")


# -- interpreter

class Refused(Exception):
    pass


class IO:
    def __init__(self, data):
        self.data, self.pos, self.size = data, 0, len(data)

    def read(self, count):
        if count < 0 or self.pos + count > self.size:
            raise Refused(f"{count} bytes at {self.pos} of {self.size}")
        self.pos += count
        return self.data[self.pos - count:self.pos]


def python(expression):
    """The expression in Python's words."""
    expression = str(expression)
    if expression.startswith("(") and expression.find(")") == len(expression) - 1:
        return f"({python(expression[1:-1])})"
    if choice := re.fullmatch(r"(.*?) \? (.*?) : (.*)", expression):
        condition, yes, no = map(python, choice.groups())
        return f"({yes} if {condition} else {no})"
    expression = re.sub(r"(\w+)::(\w+)", lambda m: str(ENUM_VALUES[m[1]][m[2]]), expression)
    expression = re.sub(r"(\w+)\.to_s\(", r"\1.decode(", expression)
    return re.sub(r"(\w+)\.to_s\b", r"str(\1)", expression)


@functools.cache
def compiled(expression):
    return compile(python(expression), str(expression), "eval")


class Struct(dict):
    """A parsed object; instances are computed when they are asked for."""

    def __init__(self, type, io, arguments=()):
        self.type, self.io = (KSY if type == KSY["meta"]["id"] else TYPES[type]), io
        self["_io"] = io
        self.update(zip((p["id"] for p in self.type.get("params", [])), arguments))
        for field in self.type.get("seq", []):
            self[field["id"]] = self.attribute(field)

    def __missing__(self, name):
        instance = self.type["instances"][name] if name in self.type.get("instances", {}) else None
        if instance is None:
            raise KeyError(name)
        if "value" in instance:
            self[name] = self.value(instance["value"])
        else:
            before, self.io.pos = self.io.pos, self.value(instance["pos"])
            self[name] = self.attribute(instance)
            self.io.pos = before
        return self[name]

    def value(self, expression):
        return eval(compiled(expression), {"__builtins__": {"str": str}}, self)

    def attribute(self, field):
        if "if" in field and not self.value(field["if"]):
            return None
        if field.get("repeat") == "eos":
            values = []
            while self.io.pos < self.io.size:
                values.append(self.single(field))
            return values
        if "repeat" in field:
            return [self.single(field) for _ in range(self.value(field["repeat-expr"]))]
        return self.single(field)

    def single(self, field):
        type = field.get("type")
        if isinstance(type, dict):
            on = self.value(type["switch-on"])
            type = next((used for case, used in type["cases"].items() if self.value(case) == on), None)
        if "contents" in field:
            value = self.io.read(len(field["contents"]))
            if value != field["contents"].encode():
                raise Refused(field["id"])
        elif type in NUMBERS:
            value, = struct.unpack(NUMBERS[type], self.io.read(struct.calcsize(NUMBERS[type])))
        elif "size" in field or "size-eos" in field:
            value = self.io.read(self.value(field["size"]) if "size" in field else self.io.size - self.io.pos)
            if type:
                value = value.decode(field["encoding"]) if type == "str" else self.user(type, IO(value))
        else:
            value = self.user(type, self.io)
        valid = field.get("valid")
        if isinstance(valid, int) and value != valid:
            raise Refused(f"{field['id']} = {value}")
        if isinstance(valid, dict) and not valid.get("min", value) <= value <= valid.get("max", value):
            raise Refused(f"{field['id']} = {value}")
        return value

    def user(self, type, io):
        name, arguments = re.fullmatch(r"(\w+)(?:\((.*)\))?", type).groups()
        return Struct(name, io, [self.value(arguments)] if arguments else [])
