public import TestSupport

/// How the inputs of a property are made.
public protocol FuzzInputs: Sendable {
    /// A name for inputs that several properties take; nil when they belong to one alone.
    var kind: String? { get }

    /// An input made up from the declarations.
    func generate(_ random: inout SeededRandom) -> [UInt8]

    /// A changed input.
    /// - Parameters:
    ///   - input: what it is made of.
    ///   - random: decides what is changed.
    ///   - plain: changes bytes without knowing what they are; of the fuzzer, which also knows what it has compared so far.
    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8]

    /// Inputs that show what `packet`, recorded from a server, shows; none when it shows nothing new to this property.
    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]]
}

extension FuzzInputs {
    /// Nil.
    public var kind: String? { nil }

    /// A changed input; `seed` decides what is changed.
    public func mutate(_ input: [UInt8], seed: UInt64, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return mutate(input, &random, plain: plain)
    }
}

/// Bytes of which nothing is known but some examples.
struct PlainInputs: FuzzInputs {
    var examples: [[UInt8]] = []

    func generate(_ random: inout SeededRandom) -> [UInt8] { examples.randomElement(using: &random) ?? [] }

    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        random.oneIn(50) ? generate(&random) : plain(input)
    }

    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]] { [] }
}

extension SeededRandom {
    /// True once in `count` times.
    mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    /// A number from 0 up to but without `limit`.
    mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: next() % UInt64(max(1, limit))) }

    /// Some bytes.
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<max(0, count)).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
