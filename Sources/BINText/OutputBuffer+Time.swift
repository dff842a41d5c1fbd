package import BINCapture

extension OutputBuffer {
    /// Seconds as a decimal number, exact: microseconds, or nanoseconds where there are any.
    package func append(seconds time: CaptureTime) {
        let nanoseconds = time.nanosecondsSinceEpoch
        if nanoseconds < 0 { append(UInt8(ascii: "-")) }
        let (seconds, fraction) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        append(seconds)
        append(UInt8(ascii: "."))
        if fraction % 1000 == 0 {
            append(fraction / 1000, digits: 6)
        } else {
            append(fraction, digits: 9)
        }
    }

    /// Date and time of day with microseconds, for people.
    package func append(calendar time: CaptureTime) {
        let nanoseconds = time.nanosecondsSinceEpoch
        let seconds = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : -1
        append(CalendarTime(secondsSinceEpoch: seconds).description)
        append(UInt8(ascii: "."))
        append(UInt64(max(0, nanoseconds % 1_000_000_000) / 1000), digits: 6)
    }
}
