import BINCapture
import Foundation

/// Captures of real servers, with a summary of what was decoded from each by other means.
enum Corpus {
    /// Where the captures are, one folder a release, unless the environment names another place. Tests that need them
    /// are skipped when there are none.
    static let directory =
        ProcessInfo.processInfo.environment["BIN_CAPTURE_CORPUS"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Corpus").path

    /// Paths of all captures, without the extension.
    static let captures: [String] = {
        let manager = FileManager.default
        guard let names = manager.enumerator(atPath: directory) else { return [] }
        return names.compactMap { $0 as? String }
            .filter { $0.hasSuffix(".pcap") && manager.fileExists(atPath: summary(directory + "/" + $0.dropLast(5))) }
            .map { directory + "/" + $0.dropLast(5) }.sorted()
    }()

    private static func summary(_ capture: String) -> String { capture + ".summary.txt" }

    /// Number of packets that the summary states, and the sum of its counts a type.
    static func packetCounts(_ capture: String) throws -> (total: Int, sum: Int) {
        let text = try String(contentsOfFile: summary(capture), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let head = lines.first ?? ""
        let total = head.split(separator: " ").drop { $0 != "packets:" }.dropFirst().first.flatMap { Int($0) } ?? -1
        // The older form has a fixed number of columns; the newer one a name between type and version.
        let isOld = head.hasPrefix("pcap:")
        let rows = lines.drop { !$0.hasPrefix(isOld ? "module/capability" : "capability") }.dropFirst()
        var sum = 0
        for row in rows {
            let words = row.split(separator: " ")
            guard words.count >= 5, let count = Int(words[words.count - 3]), Int(words[1]) != nil else { break }
            sum += count
        }
        return (total, sum)
    }
}
