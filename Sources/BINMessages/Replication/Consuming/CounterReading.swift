import BINWire

extension ProfileCount {
    /// What a decoded record says, the one with number `index`.
    init(_ record: ProfileCounter, at index: Int, valuesBefore: Int, in bytes: RawSpan) throws(FieldFlaw) {
        guard !record.profile.isEmpty else {
            throw FieldFlaw(.wire(.valueOutOfRange), "profileName", occurrence: index)
        }
        self.init(
            profile: try record.profile.owned(in: bytes, "profileName", index),
            value: record.hasValue == 0 ? nil : try record.value.owned(in: bytes, "value", valuesBefore),
            count: record.counter)
    }

    static func counts(_ message: ProfileCounters, in bytes: RawSpan) throws(FieldFlaw) -> [ProfileCount] {
        var counts: [ProfileCount] = []
        var values = 0
        counts.reserveCapacity(message.profiles.count)
        for (index, record) in message.profiles.enumerated() {
            counts.append(try ProfileCount(record, at: index, valuesBefore: values, in: bytes))
            if record.hasValue != 0 { values += 1 }
        }
        return counts
    }
}

extension PipeCount {
    /// What decoded records say (RX-37).
    static func counts(_ pipes: [Pipe], in layout: PipeLayout, _ bytes: RawSpan) throws(FieldFlaw) -> [PipeCount] {
        var counts: [PipeCount] = []
        counts.reserveCapacity(pipes.count)
        for (index, record) in pipes.enumerated() {
            guard !record.name.isEmpty else {
                throw FieldFlaw(.wire(.valueOutOfRange), "pipeName", occurrence: index)
            }
            guard let algorithm = PipeAlgorithm(rawValue: record.algorithm) else {
                throw FieldFlaw(.wire(.valueOutOfRange), "algorithm", occurrence: index)
            }
            guard !layout.hasFlags || (0...3).contains(record.flags) else {
                throw FieldFlaw(.wire(.valueOutOfRange), "flags", occurrence: index)
            }
            counts.append(
                PipeCount(
                    name: try record.name.owned(in: bytes, "pipeName", index), algorithm: algorithm,
                    limit: record.limit, count: record.counter,
                    flags: layout.hasFlags ? PipeFlags(rawValue: record.flags) : .bin))
        }
        return counts
    }
}
