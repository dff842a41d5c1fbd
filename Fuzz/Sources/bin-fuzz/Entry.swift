import FuzzProperties

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// What libFuzzer calls. One program serves all targets; the arguments, which are read once at the start, say which:
//
//     bin-fuzz --target=splitter [options of libFuzzer] [folders of inputs]
//     bin-fuzz --target=splitter --export-seeds=FOLDER CAPTURE...
//     bin-fuzz --pack=FILE FOLDER
//     bin-fuzz --unpack=FILE FOLDER
//     bin-fuzz --export-dictionary
//     bin-fuzz --list
//
// libFuzzer leaves alone what begins with two hyphens.

/// The property that this process tries to break. Written once, before the first input.
nonisolated(unsafe) private(set) var target = FuzzProperty.all[0]

@c(LLVMFuzzerInitialize)
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    let words = (1..<Int(max(1, count.pointee))).compactMap { arguments.pointee[$0].map { String(cString: $0) } }
    func value(_ option: String) -> String? {
        words.first { $0.hasPrefix(option) }.map { String($0.dropFirst(option.count)) }
    }
    if words.contains("--list") {
        for property in FuzzProperty.all { print(property.name, property.largestInput, property.corpus) }
        exit(0)
    }
    if words.contains("--export-dictionary") {
        print(FuzzDictionary.text, terminator: "")
        exit(0)
    }
    if let file = value("--pack=") { pack(words.last ?? "", into: file) }
    if let file = value("--unpack=") { unpack(file, into: words.last ?? "") }
    guard let name = value("--target="), let property = FuzzProperty.all.first(where: { $0.name == name }) else {
        fail("say --target=NAME with one of: \(FuzzProperty.all.map(\.name).joined(separator: " "))")
    }
    target = property
    if let folder = value("--export-seeds=") {
        exportSeeds(of: property, to: folder, captures: words.filter { $0.hasSuffix(".pcap") })
    }
    return 0
}

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ data: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: data, count: count)
    if let violation = target.violation(by: input.bytes) { fail("\(target.name): \(violation)", trap: true) }
    return 0
}

/// Says why, and ends the process: with a trap, which libFuzzer takes for a finding, or with a status.
func fail(_ words: String, trap: Bool = false) -> Never {
    let line = Array("bin-fuzz: \(words)\n".utf8)
    _ = write(2, line, line.count)
    if trap { abort() }
    exit(2)
}
