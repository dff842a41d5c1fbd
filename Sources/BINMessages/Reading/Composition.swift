public import BINWire

/// Why no packet could be made of named values.
public enum CompositionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no declaration for capability, type and version.
    case undeclared(String)
    /// A field has no value, or none that fits.
    case noValue(field: String)
    /// There is a value for something that is no field of the message, or none with the other values that it has.
    case noField(String)
    /// The packet cannot be written.
    case wire(WireError)

    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .undeclared(let what): "\(what) is not declared"
        case .noValue(let field): "there is no fitting value for the field \(field)"
        case .noField(let name): "there is a value for \(name), which the message does not have here"
        case .wire(let error): "\(error)"
        }
    }
}

/// What a packet is to be, apart from its fields.
public struct PacketIdentity: Hashable, Sendable {
    /// Name of the capability.
    public var capability: String
    /// Packet type; nil for the content of a sync chunk.
    public var type: Int32?
    /// Version in the header; nil in 2.1, and for a chunk where no data version is known.
    public var version: Int16?
    /// Generation of framing.
    public var framing: Framing
    /// Names of the layouts it may have; empty for any.
    public var layouts: [String]

    /// What a packet is to be.
    public init(capability: String, type: Int32?, version: Int16?, framing: Framing, layouts: [String]) {
        self.capability = capability
        self.type = type
        self.version = version
        self.framing = framing
        self.layouts = layouts
    }
}

extension Catalogue {
    /// Writes a whole packet from named values, in the newest layout that is asked for and that the values fit.
    /// - Throws: ``CompositionFailure``; of several layouts the reason of the newest.
    public func compose(
        _ identity: PacketIdentity, from source: any FieldSource, routing: Routing?, into writer: inout PacketWriter
    ) throws(CompositionFailure) {
        let name = Array(identity.capability.utf8)
        try tryEach(candidates(for: identity), &writer) { (candidate, writer) throws(CompositionFailure) in
            do throws(WireError) {
                unsafe try writer.begin(
                    capability: name.span.bytes, type: identity.type ?? 0, version: identity.version ?? 0,
                    framing: identity.framing)
            } catch {
                throw CompositionFailure.wire(error)
            }
            try candidate.compose(source, &writer)
            do throws(WireError) { try writer.finish(routing: routing) } catch { throw CompositionFailure.wire(error) }
        } orUndeclared: {
            "\(identity.capability) type \(identity.type.map { "\($0)" } ?? "of chunk") version \(identity.version.map { "\($0)" } ?? "-")"
        }
    }

    /// The fields alone, without header and trailer: the content of a sync chunk.
    public func composeContent(
        _ identity: PacketIdentity, from source: any FieldSource
    ) throws(CompositionFailure) -> [UInt8] {
        var writer = PacketWriter()
        var start = 0
        try tryEach(candidates(for: identity), &writer) { (candidate, writer) throws(CompositionFailure) in
            do throws(WireError) {
                unsafe try writer.begin(
                    capability: Array("chunk".utf8).span.bytes, type: 0, version: 0, framing: identity.framing)
            } catch {
                throw CompositionFailure.wire(error)
            }
            start = writer.offset
            try candidate.compose(source, &writer)
            do throws(WireError) { try writer.finish() } catch { throw CompositionFailure.wire(error) }
        } orUndeclared: {
            "a chunk of \(identity.capability)"
        }
        return Array(writer.copyBytes().dropFirst(start))
    }

    /// The candidates that an identity allows, newest first.
    private func candidates(for identity: PacketIdentity) -> [MessageCandidate] {
        let families = capabilities.filter { $0.name == identity.capability }.flatMap(\.families)
        return families.filter { $0.type == identity.type }.flatMap(\.candidates).filter { candidate in
            candidate.framing == identity.framing
                && (candidate.identity.version == identity.version || (identity.type == nil && identity.version == nil))
                && (identity.layouts.isEmpty || candidate.layouts.contains { identity.layouts.contains($0.name) })
        }.reversed()
    }

    private func tryEach(
        _ candidates: [MessageCandidate], _ writer: inout PacketWriter,
        _ body: (MessageCandidate, inout PacketWriter) throws(CompositionFailure) -> Void,
        orUndeclared what: () -> String
    ) throws(CompositionFailure) {
        var first: CompositionFailure?
        for candidate in candidates {
            do throws(CompositionFailure) {
                return try body(candidate, &writer)
            } catch {
                first = first ?? error
            }
        }
        throw first ?? .undeclared(what())
    }
}
