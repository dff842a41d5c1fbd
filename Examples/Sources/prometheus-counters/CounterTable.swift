import BINMessages

/// The latest counts of every node.
struct CounterTable {
    private struct Series: Hashable, Comparable {
        var name: String
        var labels: String

        static func < (left: Series, right: Series) -> Bool { (left.name, left.labels) < (right.name, right.labels) }
    }

    private var values: [Series: (value: Int32, time: ContinuousClock.Instant)] = [:]

    /// Counts that were not repeated for so long are forgotten, as servers do (Spec/dialog.md, DL-30; Spec/ratelimit.md).
    static let lifetime: Duration = .seconds(10)
    /// The most series; what peers create beyond is ignored (Spec/receiver.md, RX-36, RX-37).
    static let limit = 10_000

    mutating func take(_ event: ReplicationEvent, at time: ContinuousClock.Instant) {
        let node = event.origin.node.map { "\($0)" } ?? ""
        switch event.change {
        case .profileCounts(let counts):
            for count in counts {
                let labels = CounterTable.labels([
                    ("node", node), ("profile", count.profile), ("value", count.value ?? ""),
                ])
                set("opensips_profile_dialogs", labels, count.count, time)
            }
        case .pipeCounts(let pipes):
            for pipe in pipes {
                let labels = CounterTable.labels([
                    ("node", node), ("pipe", pipe.name), ("algorithm", "\(pipe.algorithm)"),
                ])
                set("opensips_pipe_count", labels, pipe.count, time)
                set("opensips_pipe_limit", labels, pipe.limit, time)
            }
        default: break
        }
    }

    private mutating func set(_ name: String, _ labels: String, _ value: Int32, _ time: ContinuousClock.Instant) {
        let series = Series(name: name, labels: labels)
        if values[series] == nil, values.count >= CounterTable.limit {
            values = values.filter { $0.value.time + CounterTable.lifetime > time }
            guard values.count < CounterTable.limit else { return }
        }
        values[series] = (value, time)
    }

    /// The text exposition format, version 0.0.4.
    mutating func text(at time: ContinuousClock.Instant) -> String {
        values = values.filter { $0.value.time + CounterTable.lifetime > time }
        var text = ""
        var name = ""
        for (series, sample) in values.sorted(by: { $0.key < $1.key }) {
            if series.name != name {
                name = series.name
                text += "# TYPE \(name) gauge\n"
            }
            text += "\(name){\(series.labels)} \(sample.value)\n"
        }
        return text
    }

    private static func labels(_ pairs: [(String, String)]) -> String {
        pairs.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
    }

    /// Backslash, quotation mark and line feed are all that the format escapes.
    private static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
