/// `vectors.schema.json`: what the files of vectors may contain.
struct VectorSchema {
    /// The whole file.
    static var text: String {
        JSONText.object([
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string("Test vectors of BIN packets")),
            ("type", .string("object")),
            ("required", names(["generator", "numberOfTests", "notes", "testGroups"])),
            ("additionalProperties", .bool(false)),
            (
                "properties",
                .object([
                    ("$schema", described("string", nil)),
                    ("generator", described("string", "What wrote the file.")),
                    ("numberOfTests", described("integer", "Tests in all groups.")),
                    (
                        "notes",
                        .object([
                            ("type", .string("object")), ("additionalProperties", reference("note")),
                            ("description", .string("What the flags of the tests mean, by flag.")),
                        ])
                    ),
                    ("testGroups", array(reference("group"), "One group for each message and layout.")),
                ])
            ),
            (
                "$defs",
                .object([
                    ("note", note), ("group", group), ("test", test), ("routing", routing), ("error", error),
                    ("stream", stream),
                ])
            ),
        ]).text
    }

    private static func names(_ names: [String]) -> JSONText { .array(names.map { .string($0) }) }

    private static func reference(_ name: String) -> JSONText { .object([("$ref", .string("#/$defs/\(name)"))]) }

    private static func described(_ type: String, _ description: String?) -> JSONText {
        var members: [(name: String, value: JSONText)] = [("type", .string(type))]
        if let description { members.append(("description", .string(description))) }
        return .object(members)
    }

    private static func array(_ items: JSONText, _ description: String) -> JSONText {
        .object([("type", .string("array")), ("items", items), ("description", .string(description))])
    }

    private static func object(_ required: [String], _ properties: [(name: String, value: JSONText)]) -> JSONText {
        .object([
            ("type", .string("object")), ("required", names(required)), ("additionalProperties", .bool(false)),
            ("properties", .object(properties)),
        ])
    }

    private static var note: JSONText {
        object(
            ["bugType", "description", "effect"],
            [
                (
                    "bugType",
                    .object([("enum", names(["BASIC", "EDGE_CASE", "MISSING_CHECK", "INTEROPERABILITY"]))])
                ), ("description", described("string", "What the test does.")),
                ("effect", described("string", "What comes of getting it wrong.")),
                ("links", array(described("string", nil), "Rules of the specification that say so.")),
            ])
    }

    private static var group: JSONText {
        let number = JSONText.object([("type", names(["integer", "null"]))])
        return object(
            ["capability", "message", "type", "version", "layout", "framing", "releases", "tests"],
            [
                ("capability", described("string", "Name in the header; of a chunk the capability that is synced.")),
                ("message", described("string", "Name of the message.")),
                ("type", number), ("version", number),
                ("layout", described("string", "Name of the layout; several that look the same are joined with |.")),
                ("framing", .object([("enum", names(["2.1", "2.2", "2.3"]))])),
                (
                    "releases",
                    array(
                        .object([
                            ("type", .string("array")), ("items", described("string", nil)),
                            ("minItems", .number(2)), ("maxItems", .number(2)),
                        ]), "Who sends it: ranges, each with its first and last release; none for an extension.")
                ),
                (
                    "carrier",
                    object(
                        ["type", "version"],
                        [
                            ("type", described("integer", "Type of the sync packet that holds the chunks.")),
                            ("version", described("integer", "Its version.")),
                        ])
                ),
                ("tests", array(reference("test"), "The tests.")),
            ])
    }

    private static var test: JSONText {
        let hexadecimal = JSONText.object([
            ("type", .string("string")), ("pattern", .string("^([0-9a-f]{2})*$")),
            ("description", .string("The whole packet, or the stream.")),
        ])
        let needs: (String, JSONText) -> JSONText = { result, members in
            .object([
                (
                    "if",
                    .object([("properties", .object([("result", .object([("const", .string(result))]))]))])
                ), ("then", members),
            ])
        }
        let fields = JSONText.object([
            (
                "anyOf",
                .array([.object([("required", names(["fields"]))]), .object([("required", names(["stream"]))])])
            )
        ])
        let error = JSONText.object([("required", names(["error"]))])
        guard
            case .object(var members) = object(
                ["tcId", "comment", "flags", "packet", "result"],
                [
                    ("tcId", described("integer", "Number of the test, only one in the file and always the same.")),
                    ("comment", described("string", "What it is.")),
                    ("flags", array(described("string", nil), "What it tries; explained in the notes.")),
                    ("release", described("string", "The release it was recorded with.")),
                    ("packet", hexadecimal),
                    ("result", .object([("enum", names(["valid", "acceptable", "invalid"]))])),
                    ("fields", described("object", "What the packet says, as inspect --json prints it.")),
                    ("routing", reference("routing")), ("error", reference("error")), ("stream", reference("stream")),
                    ("packets", array(hexadecimal, "The packets inside of an envelope.")),
                ])
        else { return .null }
        members.append(
            ("allOf", .array([needs("valid", fields), needs("acceptable", fields), needs("invalid", error)])))
        return .object(members)
    }

    private static var routing: JSONText {
        object(
            ["cluster", "source", "destination"],
            ["cluster", "source", "destination", "destinationCluster"].map { ($0, described("integer", nil)) })
    }

    private static var error: JSONText {
        object(
            ["offset", "reason"],
            [
                ("offset", described("integer", "Where the mistake is seen, in bytes from the first of the packet.")),
                ("reason", described("string", "Its kind.")),
            ])
    }

    private static var stream: JSONText {
        object(
            ["fragments", "packets"],
            [
                ("fragments", array(described("integer", nil), "Sizes of the pieces in which the stream comes.")),
                (
                    "packets",
                    array(
                        object(
                            ["offset", "length"],
                            [("offset", described("integer", nil)), ("length", described("integer", nil))]),
                        "The packets in it.")
                ),
            ])
    }
}
