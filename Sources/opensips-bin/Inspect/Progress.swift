import BINText

/// A bar on standard error while a large file is read.
struct Progress {
    private let total: UInt64
    private let name: String
    private var shownPercent: UInt64 = .max
    private let isShown: Bool

    /// Files under this many bytes need no bar.
    private static let smallestTotal: UInt64 = 16 << 20

    /// - Parameters:
    ///   - name: what is read.
    ///   - total: its bytes, if that is known.
    ///   - smallest: bytes under which no bar is shown.
    ///   - besideOutput: whether it is shown although standard output is a terminal, because nothing is written there.
    init(name: String, total: UInt64?, smallest: UInt64 = smallestTotal, besideOutput: Bool = false) {
        self.name = name
        self.total = total ?? 0
        isShown =
            self.total >= smallest && Terminal.standardErrorIsTerminal
            && (besideOutput || !Terminal.standardOutputIsTerminal)
    }

    mutating func update(_ done: UInt64) {
        guard isShown else { return }
        let percent = min(100, done * 100 / total)
        guard percent != shownPercent else { return }
        shownPercent = percent
        let filled = Int(percent) * 30 / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        Terminal.writeToStandardError("\r\(name) \(bar) \(percent)%")
    }

    func finish() {
        if isShown, shownPercent != .max { Terminal.writeToStandardError("\r\u{1B}[K") }
    }
}
