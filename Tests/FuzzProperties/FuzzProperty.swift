import BINWire

/// Something that must hold whatever the input is.
///
/// The fuzzer looks for inputs that break it, the tests replay those that once did and all seeds. Both call ``violation(by:)``, so
/// that neither needs the other.
public struct FuzzProperty: Sendable {
    /// Its name: that of the fuzz target and of the folder of its regressions.
    public let name: String
    /// Name of its corpus, which properties with inputs of the same kind share.
    public var corpus: String { inputs.kind ?? name }
    /// Bytes of the longest input that is worth trying.
    public let largestInput: Int
    /// How inputs are made and changed so that they get past the first check.
    public let inputs: any FuzzInputs
    let check: @Sendable (RawSpan) throws(Violation) -> Void

    init(
        _ name: String, largestInput: Int, inputs: any FuzzInputs,
        check: @escaping @Sendable (RawSpan) throws(Violation) -> Void
    ) {
        self.name = name
        self.largestInput = largestInput
        self.inputs = inputs
        self.check = check
    }

    /// What is wrong when `input` is read; nil when the property holds. A trap is a violation too, and takes the process down.
    public func violation(by input: RawSpan) -> Violation? {
        do throws(Violation) {
            try check(input)
            return nil
        } catch {
            return error
        }
    }
}

/// How a property was broken.
public struct Violation: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Throws unless `condition` holds.
func require(_ condition: Bool, _ words: @autoclosure () -> String) throws(Violation) {
    guard condition else { throw Violation(words()) }
}

extension RawSpan {
    /// A copy of these bytes.
    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension FuzzProperty {
    /// Every property, in the order of the table in `Fuzz/README.md`.
    public static let all: [FuzzProperty] =
        [.splitter] + Framing.allCases.map { .framing($0) }
        + [
            .messages, .roundTrip, .differential, .interpreter, .replication, .replica, .inflate, .envelope, .sync,
            .dialogText,
            .keyValues,
            .captureFile, .reassembly, .cluster, .gossip, .address, .requestTarget, .provisioning, .text, .json,
            .jsonInput,
        ]
}
