import Foundation
import FuzzProperties
import TestSupport
import Testing

/// What the fuzzer keeps, without the fuzzer.
@Suite struct ReplayTests {
    static let fuzz = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzz")

    /// What once broke a property, as `property/file`.
    static let regressions: [String] = FuzzProperty.all.map(\.name).flatMap { name in
        let directory = fuzz.appendingPathComponent("Regressions/\(name)")
        let files = try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        return (files ?? []).map { "\(name)/\($0.lastPathComponent)" }.sorted()
    }

    static func property(_ name: some StringProtocol) throws -> FuzzProperty {
        try #require(FuzzProperty.all.first { $0.name == name })
    }

    @Test(arguments: regressions)
    func `what once broke a property holds now`(file: String) throws {
        let property = try Self.property(file.prefix { $0 != "/" })
        let bytes = [UInt8](try Data(contentsOf: Self.fuzz.appendingPathComponent("Regressions/\(file)")))
        let violation = property.violation(by: bytes.span.bytes)
        #expect(violation == nil, "\(violation?.description ?? "")")
    }

    @Test(arguments: FuzzProperty.all.map(\.name))
    func `every input of the corpus holds`(name: String) throws {
        let property = try Self.property(name)
        let file = Self.fuzz.appendingPathComponent("Corpus/\(property.corpus).inputs")
        let inputs = try #require(FuzzCorpus.unpack([UInt8](try Data(contentsOf: file))))
        #expect(!inputs.isEmpty)
        for (place, input) in inputs.enumerated() {
            let violation = property.violation(by: input.span.bytes)
            #expect(violation == nil, "input \(place): \(violation?.description ?? "")")
        }
    }

    @Test(arguments: FuzzProperty.all.map(\.name))
    func `made-up inputs and changed ones hold`(name: String) throws {
        let property = try Self.property(name)
        let seed = UInt64.random(in: 0...UInt64.max)
        print("\(name): seed \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            var input = property.inputs.generate(&random)
            for _ in 0..<4 {
                let violation = property.violation(by: input.span.bytes)
                #expect(violation == nil, "seed \(seed): \(violation?.description ?? "")")
                input = property.inputs.mutate(input, &random) { bytes in
                    // One byte, as a fuzzer would that knows nothing.
                    var bytes = bytes
                    if !bytes.isEmpty { bytes[bytes.count / 2] &+= 1 }
                    return bytes
                }
            }
        }
    }
}
