public import BINWire

/// One way to read the packets of a capability and type: a message in one layout, or in several that look the same.
///
/// It hides the type of the message behind functions, each made from the one declaration. Nothing of it ever changes, and the
/// interpreter hands candidates around for every packet: a class, so that doing so copies one reference and not all of them.
public final class MessageCandidate: Sendable {
    /// Name of the message.
    public let name: StaticString
    /// Capability, type and version it is recognised by.
    public let identity: MessageIdentity
    /// Generation of framing.
    public let framing: Framing
    /// The releases that send it; none for an extension, which no release of OpenSIPS sends.
    public let releases: ReleaseSet
    /// The layouts that look the same, with the releases of each.
    public let layouts: [(name: String, releases: ReleaseSet)]
    /// The fields, as declared.
    public let fields: [FieldDeclaration]

    /// Whether it is an extension: sent by nodes beside OpenSIPS, whatever release the servers run.
    public var isExtension: Bool { releases.isEmpty }

    /// The releases that a sender may run: those that send it, or all beside which an extension can be used.
    var senderReleases: ReleaseSet { isExtension ? .all : releases }

    package let check: @Sendable (RawSpan, Range<Int>, Framing) -> Verdict
    let measure: @Sendable (RawSpan, Range<Int>, Framing) throws(WireError) -> Int
    package let describe: @Sendable (RawSpan, Range<Int>, Framing, inout [FieldNode]) -> DescribedPart
    package let reencode: @Sendable (RawSpan, Range<Int>, Framing, inout PacketWriter) throws(WireError) -> Void
    let compose: @Sendable (any FieldSource, inout PacketWriter) throws(CompositionFailure) -> Void
    /// Appends a message of made-up values to a packet that was begun.
    package let fill: @Sendable (inout Filler, inout PacketWriter) throws(WireError) -> Void

    private init<M: Message>(
        _ message: M.Type, layout: M.Layout, identity: MessageIdentity, framing: Framing, fields: [FieldDeclaration],
        layouts: [(name: String, releases: ReleaseSet)]
    ) {
        self.name = M.name
        self.identity = identity
        self.framing = framing
        self.releases = layouts.reduce(ReleaseSet()) { $0.union($1.releases) }
        self.layouts = layouts
        self.fields = fields
        self.check = { bytes, range, framing in
            guard let message = try? M(decoding: bytes, range: range, in: layout) else { return .fails }
            return message.isPlausible(in: layout, source: bytes) ? .fits : .fitsByLength
        }
        self.measure = { bytes, range, framing throws(WireError) in
            var message = M()
            var decoder = Decoder(FieldCursor(bytes, range: range, framing: framing))
            try message.fields(&decoder, in: layout)
            return decoder.offset
        }
        self.describe = { bytes, range, framing, nodes in
            var message = M()
            var describer = Describer(FieldCursor(bytes, range: range, framing: framing), appendingTo: nodes)
            nodes = []
            var part = DescribedPart(end: 0)
            do throws(WireError) {
                try message.fields(&describer, in: layout)
            } catch {
                part.error = error
                part.failedField = describer.failedField
            }
            part.end = describer.offset
            nodes = describer.finish()
            return part
        }
        self.compose = { source, writer throws(CompositionFailure) in
            var absent: Set<Int> = []
            while true {
                var message = M()
                var composer = Composer(source, absentRemainders: absent)
                do throws(WireError) {
                    try message.fields(&composer, in: layout)
                } catch {
                    if let remainder = composer.failedRemainder, absent.insert(remainder).inserted { continue }
                    throw CompositionFailure.noValue(field: composer.failedField ?? "?")
                }
                if let name = composer.finish() { throw CompositionFailure.noField(name) }
                do throws(WireError) {
                    unsafe try message.encode(from: composer.arena.span.bytes, in: layout, into: &writer)
                } catch {
                    throw CompositionFailure.wire(error)
                }
                return
            }
        }
        self.reencode = { bytes, range, framing, writer throws(WireError) in
            var message = try M(decoding: bytes, range: range, in: layout)
            try message.encode(from: bytes, in: layout, into: &writer)
        }
        self.fill = { filler, writer throws(WireError) in
            var message = M()
            try message.fields(&filler, in: layout)
            try message.encode(from: unsafe filler.arena.span.bytes, in: layout, into: &writer)
        }
    }

    /// How well bytes fit.
    package enum Verdict: Sendable {
        /// Decoded to the last byte, and the values make sense.
        case fits
        /// Decoded to the last byte.
        case fitsByLength
        /// Not decoded.
        case fails
    }

    /// How far a description came.
    package struct DescribedPart: Sendable {
        /// Offset behind the last field that was read.
        package var end: Int
        /// What was wrong, if anything.
        package var error: WireError?
        /// The field that was wrong.
        package var failedField: StaticString?
    }

    /// The names of the layouts of `candidates` that `releases` use, joined with `|`; of all when none of them does.
    static func layoutName(of candidates: [MessageCandidate], for releases: ReleaseSet) -> String {
        let layouts = candidates.flatMap(\.layouts)
        let used = layouts.filter { $0.releases.overlaps(releases) }
        var names: [String] = []
        for layout in used.isEmpty ? layouts : used where !names.contains(layout.name) { names.append(layout.name) }
        return names.joined(separator: "|")
    }
}

extension MessageCandidate {
    /// The candidates of one message: its layouts, those merged that cannot be told apart by looking.
    static func candidates<M: Message>(of message: M.Type) -> [MessageCandidate] {
        var groups: [(identity: MessageIdentity, framing: Framing, fields: [FieldDeclaration], layouts: [M.Layout])] =
            []
        for layout in M.Layout.allCases {
            guard let identity = M.identity(in: layout) else { continue }
            let fields = Recorder.fields(of: M.self, in: layout)
            let framing = layout.framing
            let same = groups.firstIndex {
                $0.identity == identity && $0.framing == framing && $0.fields == fields
            }
            if let same {
                groups[same].layouts.append(layout)
            } else {
                groups.append((identity, framing, fields, [layout]))
            }
        }
        return groups.map { group in
            MessageCandidate(
                M.self, layout: group.layouts[0], identity: group.identity, framing: group.framing,
                fields: group.fields,
                layouts: group.layouts.map { (M.layoutName(in: $0), M.releases(in: $0)) })
        }
    }
}
