import BINMessages
import BINWire

/// `Spec/layouts.json`: every layout of every message, from the declarations.
struct LayoutExport {
    /// The whole file.
    static var text: String {
        let messages = Catalogue.declared.capabilities.flatMap { capability in
            capability.families.flatMap { $0.candidates.map(message) }
        }
        return JSONText.object([
            ("$schema", .string("layouts.schema.json")),
            ("releases", .array(Release.known.map { .string("\($0)") })),
            ("messages", .array(messages)),
        ]).text
    }

    /// One message in one layout, or in several that look the same.
    static func message(_ candidate: MessageCandidate) -> JSONText {
        let routing =
            switch candidate.identity.routing {
            case .none: "none"
            case .leading: "leading"
            case .trailer: "trailer"
            }
        return .object([
            ("capability", .string(candidate.identity.capability)),
            ("message", .string(candidate.name.description)),
            ("type", candidate.identity.type.map { .number(Int64($0)) } ?? .null),
            ("version", candidate.identity.version.map { .number(Int64($0)) } ?? .null),
            ("framing", .string("\(candidate.framing)")),
            ("routing", .string(routing)),
            (
                "layouts",
                .array(
                    candidate.layouts.map { layout in
                        .object([("name", .string(layout.name)), ("releases", .array(ranges(layout.releases)))])
                    })
            ),
            ("fields", .array(fields(candidate.fields))),
        ])
    }

    /// Ranges of releases, as pairs of the first and the last.
    static func ranges(_ releases: ReleaseSet) -> [JSONText] {
        var ranges: [(first: Release, last: Release)] = []
        var previous: Release?
        for release in Release.known {
            defer { previous = release }
            guard releases.contains(release) else { continue }
            if let last = ranges.last, last.last == previous {
                ranges[ranges.count - 1].last = release
            } else {
                ranges.append((release, release))
            }
        }
        return ranges.map { .array([.string("\($0.first)"), .string("\($0.last)")]) }
    }

    /// The fields of a message or group. A count belongs to the next list that needs one.
    static func fields(_ declarations: [FieldDeclaration], count outer: String? = nil) -> [JSONText] {
        var count = outer
        return declarations.map { field in
            if case .count = field.shape { count = field.name }
            return self.field(field, count)
        }
    }

    private static func field(_ field: FieldDeclaration, _ count: String?) -> JSONText {
        var members: [(name: String, value: JSONText)] = [("name", .string(field.name))]
        let countMember: (name: String, value: JSONText) = ("count", count.map { .string($0) } ?? .null)
        switch field.shape {
        case .integer: members.append(("type", .string("integer")))
        case .text: members.append(("type", .string("text")))
        case .fixedText(let size): members += [("type", .string("fixedText")), ("size", .number(Int64(size)))]
        case .value64: members.append(("type", .string("value64")))
        case .value32: members.append(("type", .string("value32")))
        case .count(let limit): members += [("type", .string("count")), ("limit", .number(Int64(limit)))]
        case .integers: members += [("type", .string("integers")), countMember]
        case .texts: members += [("type", .string("texts")), countMember]
        case .rest: members.append(("type", .string("rest")))
        case .records(let counted, let inner):
            members.append(("type", .string("records")))
            members.append(counted ? countMember : ("count", .null))
            members.append(("fields", .array(fields(inner))))
        case .condition(let condition, let inner):
            members = [("type", .string("condition")), ("field", .string(field.name))]
            switch condition {
            case .equals(let value): members.append(("equals", .number(Int64(value))))
            case .differs(let value): members.append(("differs", .number(Int64(value))))
            }
            members.append(("fields", .array(fields(inner, count: count))))
            return .object(members)
        case .textCondition(let condition, let inner):
            members = [("type", .string("condition")), ("field", .string(field.name))]
            switch condition {
            case .equals(let text): members.append(("equalsText", .string(text)))
            case .isNone(let texts): members.append(("isNoneOf", .array(texts.map { .string($0) })))
            case .isNotEmpty: members.append(("isNotEmpty", .bool(true)))
            }
            members.append(("fields", .array(fields(inner, count: count))))
            return .object(members)
        case .remainder(let inner):
            return .object([("type", .string("remainder")), ("fields", .array(fields(inner, count: count)))])
        case .group(let inner):
            members += [("type", .string("group")), ("fields", .array(fields(inner, count: count)))]
            return .object(members)
        }
        if field.meaning != .plain { members.append(("meaning", .string("\(field.meaning)"))) }
        if !field.note.isEmpty { members.append(("note", .string(field.note))) }
        return .object(members)
    }
}
