public import Metrics
import Synchronization

/// Keeps what a program counts, and writes it as Prometheus reads it (text format 0.0.4).
///
///     let registry = PrometheusRegistry()
///     MetricsSystem.bootstrap(registry)
public final class PrometheusRegistry: MetricsFactory, Sendable {
    private struct Name: Hashable {
        var label: String
        var dimensions: String
    }

    private let counters = Mutex<[Name: CounterSeries]>([:])
    private let values = Mutex<[Name: ValueSeries]>([:])
    /// Series beyond this are counted by nobody, so that a peer cannot fill the memory with names.
    private static let limit = 8192

    /// An empty one.
    public init() {}

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counters.withLock { counters in
            let name = Self.name(label, dimensions)
            if let known = counters[name] { return known }
            let series = CounterSeries()
            if counters.count < Self.limit { counters[name] = series }
            return series
        }
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler { value(label, dimensions, isAggregate: aggregate) }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        value(label + "_seconds", dimensions, isAggregate: true)
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func value(_ label: String, _ dimensions: [(String, String)], isAggregate: Bool) -> ValueSeries {
        values.withLock { values in
            let name = Self.name(label, dimensions)
            if let known = values[name] { return known }
            let series = ValueSeries(isAggregate: isAggregate)
            if values.count < Self.limit { values[name] = series }
            return series
        }
    }

    private static func name(_ label: String, _ dimensions: [(String, String)]) -> Name {
        let pairs = dimensions.map { name, value in
            let escaped = value.flatMap { character -> [Character] in
                switch character {
                case "\\": ["\\", "\\"]
                case "\"": ["\\", "\""]
                case "\n": ["\\", "n"]
                default: [character]
                }
            }
            return "\(plain(name))=\"\(String(escaped))\""
        }
        return Name(label: plain(label), dimensions: pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}")
    }

    private static func plain(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    }

    /// All of it, series of one name together.
    public var text: String {
        var lines: [String: [String]] = [:]
        var types: [String: String] = [:]
        for (name, series) in counters.withLock({ $0 }) {
            let label = name.label + "_total"
            types[label] = "counter"
            lines[label, default: []].append("\(label)\(name.dimensions) \(series.count)")
        }
        for (name, series) in values.withLock({ $0 }) {
            let (last, sum, count) = series.state
            if series.isAggregate {
                types[name.label] = "summary"
                lines[name.label, default: []].append("\(name.label)_sum\(name.dimensions) \(sum)")
                lines[name.label, default: []].append("\(name.label)_count\(name.dimensions) \(count)")
            } else {
                types[name.label] = "gauge"
                lines[name.label, default: []].append("\(name.label)\(name.dimensions) \(last)")
            }
        }
        return types.keys.sorted().map { label in
            "# TYPE \(label) \(types[label] ?? "untyped")\n" + (lines[label] ?? []).sorted().map { $0 + "\n" }.joined()
        }.joined()
    }
}

private final class CounterSeries: CounterHandler {
    private let value = Atomic<Int64>(0)

    var count: Int64 { value.load(ordering: .relaxed) }

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { value.store(0, ordering: .relaxed) }
}

private final class ValueSeries: RecorderHandler, TimerHandler {
    let isAggregate: Bool
    private let values = Mutex((last: 0.0, sum: 0.0, count: 0))

    init(isAggregate: Bool) { self.isAggregate = isAggregate }

    var state: (last: Double, sum: Double, count: Int) { values.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        values.withLock { values in
            values.last = value
            values.sum += value
            values.count += 1
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
