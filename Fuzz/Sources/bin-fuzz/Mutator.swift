import CLibFuzzer
import FuzzProperties

@c(LLVMFuzzerCustomMutator)
public func mutate(_ data: UnsafeMutablePointer<UInt8>?, _ count: Int, _ room: Int, _ seed: CUnsignedInt) -> Int {
    guard let data else { return 0 }
    let bytes = UnsafeMutableBufferPointer(start: data, count: room)
    let changed = target.inputs.mutate(Array(bytes[..<count]), seed: UInt64(seed)) { input in plain(input, room: room) }
    let length = min(changed.count, room)
    _ = bytes.update(fromContentsOf: changed[..<length])
    return length
}

/// What libFuzzer does itself: flips, dictionary words, and the operands of comparisons it has seen.
private func plain(_ input: [UInt8], room: Int) -> [UInt8] {
    let count = min(input.count, room)
    var bytes = [UInt8](repeating: 0, count: room)
    bytes.replaceSubrange(..<count, with: input[..<count])
    let length = bytes.withUnsafeMutableBufferPointer { LLVMFuzzerMutate($0.baseAddress, count, room) }
    return Array(bytes[..<length])
}
