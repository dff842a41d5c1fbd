import BINMessages
import BINWire

/// Writes JSON values into an ``OutputBuffer``.
package struct JSONWriter {
    package let output: OutputBuffer

    package init(output: OutputBuffer) { self.output = output }

    /// A string from text that is known to be UTF-8.
    package func string(_ text: String) {
        let bytes = Array(text.utf8)
        let span = bytes.span.bytes
        output.append(UInt8(ascii: "\""))
        escape(span)
        output.append(UInt8(ascii: "\""))
    }

    /// A string from a packet: as a JSON string, or as `{"hex": …}` when it is not UTF-8.
    package func text(_ bytes: RawSpan) {
        if JSONWriter.isPlainASCII(bytes) {
            output.append(UInt8(ascii: "\""))
            output.append(bytes)
            output.append(UInt8(ascii: "\""))
        } else if bytes.isUTF8 {
            output.append(UInt8(ascii: "\""))
            escape(bytes)
            output.append(UInt8(ascii: "\""))
        } else {
            hex(bytes)
        }
    }

    /// `{"hex": …}`.
    package func hex(_ bytes: RawSpan) {
        output.append("{\"hex\":\"" as StaticString)
        output.appendHex(bytes)
        output.append("\"}" as StaticString)
    }

    /// Whether a text needs neither escapes nor a look at its encoding.
    private static func isPlainASCII(_ bytes: RawSpan) -> Bool {
        bytes.withUnsafeBytes { source in
            for byte in source
            where byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                return false
            }
            return true
        }
    }

    private func escape(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { source in
            for byte in source {
                switch byte {
                case UInt8(ascii: "\""): output.append("\\\"" as StaticString)
                case UInt8(ascii: "\\"): output.append("\\\\" as StaticString)
                case 0x0A: output.append("\\n" as StaticString)
                case 0x0D: output.append("\\r" as StaticString)
                case 0x09: output.append("\\t" as StaticString)
                case 0..<0x20, 0x7F:
                    output.append("\\u00" as StaticString)
                    output.appendHex(byte)
                default: output.append(byte)
                }
            }
        }
    }
}

extension RawSpan {
    /// Whether the bytes are valid UTF-8.
    package var isUTF8: Bool {
        withUnsafeBytes {
            (try? UTF8Span(validating: Span(_unsafeElements: $0.assumingMemoryBound(to: UInt8.self)))) != nil
        }
    }
}
