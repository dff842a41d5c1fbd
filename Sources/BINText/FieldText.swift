package import BINMessages
import BINWire

/// Writes values of fields for people: texts made safe for a terminal, numbers with their meaning.
package struct FieldText {
    package let output: OutputBuffer

    package init(output: OutputBuffer) { self.output = output }

    /// How many bytes of a text are shown in one line.
    package static let longestText = 400

    /// The value of a field.
    package func value(_ node: FieldNode, _ bytes: RawSpan) {
        switch node.kind {
        case .integer, .value32, .value64, .count: number(node)
        case .text:
            guard let text = try? node.text.bytes(in: bytes) else { return }
            if node.meaning == .rawAddress, let address = RawAddress(text) {
                output.append("\(address.text) (address family \(address.family))")
            } else {
                quoted(text)
            }
        case .bytes:
            output.append(UInt64(node.length))
            output.append(" bytes" as StaticString)
        default: break
        }
    }

    private func number(_ node: FieldNode) {
        if node.meaning == .contactID {
            let value = UInt64(bitPattern: node.value)
            let parts = ContactID(value)
            output.append(value)
            output.append(" (contact \(parts.contactLabel), record \(parts.recordLabel), AoR hash \(parts.aorHash))")
            return
        }
        output.append(node.value)
        switch node.meaning {
        case .unixTime where node.value > 10:
            output.append(" (" as StaticString)
            output.append(CalendarTime(secondsSinceEpoch: node.value).description)
            output.append(UInt8(ascii: ")"))
        default:
            if let names = node.meaning.flagNames {
                let names = names.names(in: Int32(truncatingIfNeeded: node.value))
                if !names.isEmpty { output.append(" (\(names.joined(separator: " ")))") }
            } else if let name = node.meaning.name(of: node.value) {
                output.append(" (\(name))")
            }
        }
    }

    /// A text in quotes, control characters and bytes that are no text shown as escapes.
    package func quoted(_ text: RawSpan) {
        output.append(UInt8(ascii: "\""))
        plain(text)
        output.append(UInt8(ascii: "\""))
    }

    /// A text without quotes, safe for a terminal.
    package func plain(_ text: RawSpan) {
        let shown = text.byteCount > FieldText.longestText ? text.extracting(0..<FieldText.longestText) : text
        if let string = shown.validatedString(), !string.unicodeScalars.contains(where: FieldText.isUnsafe) {
            output.append(string)
        } else {
            shown.withUnsafeBytes { bytes in
                for byte in bytes {
                    switch byte {
                    case 0x20..<0x7F: output.append(byte)
                    case 0x0A: output.append("\\n" as StaticString)
                    case 0x0D: output.append("\\r" as StaticString)
                    case 0x09: output.append("\\t" as StaticString)
                    default:
                        output.append("\\x" as StaticString)
                        output.appendHex(byte)
                    }
                }
            }
        }
        if text.byteCount > shown.byteCount { output.append("… (\(text.byteCount) bytes)") }
    }

    /// Control characters, and those that turn the direction of writing around.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }
}

/// A moment in UTC, for people.
package struct CalendarTime: CustomStringConvertible {
    package let year: Int64
    package let month: Int64
    package let day: Int64
    package let secondOfDay: Int64

    /// Works for every 64-bit number of seconds.
    package init(secondsSinceEpoch seconds: Int64) {
        let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
        secondOfDay = seconds &- days &* 86_400
        // Days from 0000-03-01 in the proleptic Gregorian calendar, counted in eras of 400 years.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `2026-11-22 12:01:56`.
    package var description: String {
        "\(year)-\(two(month))-\(two(day)) \(two(secondOfDay / 3600)):\(two(secondOfDay / 60 % 60)):\(two(secondOfDay % 60))"
    }

    private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
