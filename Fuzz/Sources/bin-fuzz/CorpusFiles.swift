import Foundation
import FuzzProperties

/// Made-up inputs of a target, beside those from captures.
private let generatedSeeds = 600

/// Writes the seeds of a target into a folder, a file each, and ends.
func exportSeeds(of property: FuzzProperty, to folder: String, captures: [String]) -> Never {
    finish {
        var collector = SeedCollector(property)
        for capture in captures { try collector.add(capture: capture) }
        collector.addGenerated(generatedSeeds)
        let seeds = Set(collector.seeds)
        try write(Array(seeds), to: folder)
        print("\(property.name): \(seeds.count) seeds")
    }
}

/// Puts the files of a folder into one, and ends.
func pack(_ folder: String, into file: String) -> Never {
    finish {
        let url = URL(fileURLWithPath: folder)
        let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
        let packed = FuzzCorpus.pack(try files.map { [UInt8](try Data(contentsOf: $0)) })
        try Data(packed).write(to: URL(fileURLWithPath: file))
    }
}

/// Puts the inputs of a packed file into a folder, a file each, and ends.
func unpack(_ file: String, into folder: String) -> Never {
    finish {
        guard let inputs = FuzzCorpus.unpack([UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))) else {
            fail("\(file) is not a file of inputs")
        }
        try write(inputs, to: folder)
    }
}

private func write(_ inputs: [[UInt8]], to folder: String) throws {
    let url = URL(fileURLWithPath: folder)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (number, input) in inputs.enumerated() {
        try Data(input).write(to: url.appendingPathComponent("\(number)"))
    }
}

private func finish(_ body: () throws -> Void) -> Never {
    do { try body() } catch { fail("\(error)") }
    exit(0)
}
