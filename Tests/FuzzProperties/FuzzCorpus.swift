/// The inputs of a corpus in one file: for each its length in four bytes, lowest first, and its bytes.
///
/// They are some thousands of a few hundred bytes; a file each would be most of the files of the repository.
public enum FuzzCorpus {
    /// The file of some inputs, shortest first, so that it changes little when they do.
    public static func pack(_ inputs: [[UInt8]]) -> [UInt8] {
        var file: [UInt8] = []
        for input in inputs.sorted(by: precedes) {
            file.append(number32: UInt32(input.count))
            file += input
        }
        return file
    }

    private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }

    /// The inputs of a file; nil when it is not one.
    public static func unpack(_ file: [UInt8]) -> [[UInt8]]? {
        var reader = InputReader(file.span.bytes)
        var inputs: [[UInt8]] = []
        while !reader.isAtEnd {
            let length = Int(reader.number32())
            let input = reader.take(length).array
            guard input.count == length else { return nil }
            inputs.append(input)
        }
        return inputs
    }
}
