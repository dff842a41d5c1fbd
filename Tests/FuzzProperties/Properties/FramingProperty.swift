import BINWire

extension FuzzProperty {
    /// A header that was accepted lies inside of its packet, and a packet written with what it says has the same bytes.
    static func framing(_ framing: Framing) -> FuzzProperty {
        FuzzProperty("framing-\(framing)", largestInput: 2048, inputs: PacketInputs(fixed: framing)) {
            input throws(Violation) in
            let stream = Framing.detect(stream: input)
            let datagram = Framing.detect(datagram: input)
            if case .packet(.v2_1) = stream { throw Violation("a stream of datagrams") }
            if case .packet(.v2_2) = datagram { throw Violation("2.2 in a datagram") }
            guard let header = try? PacketHeader(parsing: input, framing: framing) else { return }
            try require(header.length <= input.byteCount, "\(header.length) of \(input.byteCount) bytes")
            try require(header.bodyOffset <= header.length, "the body begins behind the end")
            try require(header.capability.length > 0, "no name")
            let packet = input.extracting(first: header.length)
            if let routing = try? Routing(trailerOf: packet, header: header) {
                try require(header.bodyOffset + routing.size <= header.length, "the trailer overlaps the header")
            }
            guard (try? PacketHeader(datagram: packet, framing: framing)) != nil else { return }
            if framing == .v2_1 { try require(datagram == .packet(.v2_1), "a datagram that was not recognised") }
            var writer = PacketWriter()
            do throws(WireError) {
                try writer.begin(
                    capability: header.capability.bytes(in: packet), type: header.type, version: header.version,
                    framing: framing, undefinedBytes: header.undefinedBytes)
                try writer.writeRaw(packet.extracting(header.bodyOffset..<header.length))
                try writer.finish()
            } catch {
                throw Violation("cannot be written: \(error)")
            }
            try require(writer.copyBytes() == packet.array, "written anew it has other bytes")
        }
    }
}
