import BINMessages

/// `Spec/layouts.schema.json`: what `layouts.json` may contain.
struct LayoutSchema {
    /// The whole file.
    static var text: String {
        JSONText.object([
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string("Layouts of BIN messages")),
            ("type", .string("object")),
            ("required", names(["releases", "messages"])),
            ("additionalProperties", .bool(false)),
            (
                "properties",
                .object([
                    ("$schema", type("string")),
                    ("releases", array(type("string"), "Every known release, oldest first.")),
                    (
                        "messages",
                        array(
                            .object([("$ref", .string("#/$defs/message"))]),
                            "One entry for each layout that can be told apart.")
                    ),
                ])
            ),
            (
                "$defs",
                .object([
                    ("message", message),
                    ("fields", array(.object([("$ref", .string("#/$defs/field"))]), "Fields in wire order.")),
                    ("field", field),
                ])
            ),
        ]).text
    }

    private static func type(_ name: String) -> JSONText { .object([("type", .string(name))]) }

    private static func described(_ name: String, _ description: String) -> JSONText {
        .object([("type", .string(name)), ("description", .string(description))])
    }

    private static func array(_ items: JSONText, _ description: String) -> JSONText {
        .object([("type", .string("array")), ("items", items), ("description", .string(description))])
    }

    private static func names(_ names: [String]) -> JSONText { .array(names.map { .string($0) }) }

    private static var message: JSONText {
        let optionalNumber = JSONText.object([("type", names(["integer", "null"]))])
        return .object([
            ("type", .string("object")), ("additionalProperties", .bool(false)),
            (
                "required",
                names(["capability", "message", "type", "version", "framing", "routing", "layouts", "fields"])
            ),
            (
                "properties",
                .object([
                    (
                        "capability",
                        described("string", "Name in the header; of a chunk the capability that is synced.")
                    ),
                    ("message", described("string", "Name of the message.")),
                    (
                        "type",
                        .object([
                            ("description", .string("Packet type; null for a chunk of a sync packet.")),
                            ("type", names(["integer", "null"])),
                        ])
                    ),
                    ("version", optionalNumber),
                    ("framing", .object([("enum", names(["2.1", "2.2", "2.3"]))])),
                    ("routing", .object([("enum", names(["none", "leading", "trailer"]))])),
                    (
                        "layouts",
                        array(
                            .object([
                                ("type", .string("object")), ("required", names(["name", "releases"])),
                                ("additionalProperties", .bool(false)),
                                (
                                    "properties",
                                    .object([
                                        ("name", type("string")),
                                        (
                                            "releases",
                                            array(
                                                array(type("string"), "First and last release of a range."),
                                                "Who sends it; empty for an extension, which no release of OpenSIPS sends."
                                            )
                                        ),
                                    ])
                                ),
                            ]), "The layouts that look like this.")
                    ),
                    ("fields", .object([("$ref", .string("#/$defs/fields"))])),
                ])
            ),
        ])
    }

    private static var field: JSONText {
        let types = [
            "integer", "text", "fixedText", "value64", "value32", "count", "integers", "texts", "records", "rest",
            "condition", "remainder", "group",
        ]
        return .object([
            ("type", .string("object")), ("required", names(["type"])), ("additionalProperties", .bool(false)),
            (
                "properties",
                .object([
                    ("name", described("string", "Name of the field, list or group.")),
                    ("type", .object([("enum", names(types))])),
                    ("meaning", .object([("enum", names(Meaning.allCases.map { "\($0)" }))])),
                    ("note", described("string", "One line that says what it is, with the unit.")),
                    ("size", described("integer", "fixedText: bytes.")),
                    ("limit", described("integer", "count: the largest number accepted; the smallest is 0.")),
                    (
                        "count",
                        .object([
                            (
                                "description",
                                .string("The field that counts the elements; null: up to the end of the message.")
                            ), ("type", names(["string", "null"])),
                        ])
                    ),
                    (
                        "field",
                        described("string", "condition: the field that is looked at, in this group or one around it.")
                    ),
                    ("equals", type("integer")), ("differs", type("integer")), ("equalsText", type("string")),
                    ("isNoneOf", array(type("string"), "condition: the text is none of these.")),
                    ("isNotEmpty", type("boolean")), ("fields", .object([("$ref", .string("#/$defs/fields"))])),
                ])
            ),
        ])
    }
}
