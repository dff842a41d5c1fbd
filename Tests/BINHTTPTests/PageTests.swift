import BINCluster
import BINHTTP
import BINNode
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Testing

/// The page as a browser shows it, where there is Chromium.
@Suite(.timeLimit(.minutes(2))) struct PageTests {
    private static let browser = ["chromium", "chromium-browser", "google-chrome"].map { "/usr/bin/\($0)" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Runs the browser with a phone's width.
    private func browse(_ options: [String]) async throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("output")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.browser))
        process.arguments =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=390,844",
                "--user-data-dir=\(folder.path)/profile",
            ] + options
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        // Not waited for in a thread that the node under test needs.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return try Data(contentsOf: output)
    }

    @Test(.enabled(if: browser != nil, "there is no Chromium here"))
    func `the page shows members, state, owners and what happens, as text and within a phone's width`() async throws {
        let port = UInt16.random(in: 10_000..<32_000)
        var member = GossipConfiguration(cluster: 7, node: 5, url: NodeURL(host: "127.0.0.1", port: port))
        member.flags = [FlagConfiguration("vip", preferred: [5])]
        member.timing = GossipTiming(interval: .milliseconds(100))
        // Somebody who is not there, so that there are packets to see.
        member.neighbours = [NodeURL(host: "127.0.0.1", port: port + 1)]
        var configuration = GossipNode.Configuration(member: member)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let node = try GossipNode(configuration)
        let site = GossipSite(node, member)
        var listening = HTTPListener.Configuration(host: "127.0.0.1", port: 0)
        listening.logger = configuration.logger
        let listener = try await HTTPListener.bind(listening) { request in
            guard request.path == "/" else {
                guard request.path == "/late" else { return await site.respond(request) }
                try? await Task.sleep(for: .seconds(2))
                let script = "document.body.dataset.width = document.documentElement.scrollWidth;"
                return HTTPResponse(status: .ok, type: "text/javascript", body: .bytes(Array(script.utf8)))
            }
            // The browser prints the page once it is loaded, which this script delays until events have come.
            guard case .bytes(let html) = await site.respond(request).body else { return .text(.notFound, "") }
            let text = String(decoding: html, as: UTF8.self)
                .replacingOccurrences(of: "</body>", with: "<script src=\"late\"></script></body>")
            return HTTPResponse(status: .ok, type: "text/html; charset=utf-8", body: .bytes(Array(text.utf8)))
        }
        let address = "http://127.0.0.1:\(listener.localAddress.port ?? 0)/"
        let dom = try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                try await node.run()
                return nil
            }
            group.addTask {
                try await listener.run()
                return nil
            }
            group.addTask {
                while !Task.isCancelled {
                    let time = "\(ContinuousClock.now)".suffix(6)
                    try? await node.set(Array("<b>key</b>".utf8), to: Array("<i>\(time)</i>".utf8))
                    try await Task.sleep(for: .milliseconds(200))
                }
                return nil
            }
            group.addTask { String(decoding: try await browse(["--dump-dom", address]), as: UTF8.self) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
        #expect(dom.contains("Node 5 of cluster 7"))
        #expect(dom.contains("<td class=\"alive\">alive</td><td class=\"\">bin:127.0.0.1:\(port)</td>"))
        #expect(dom.contains("<td class=\"\">vip</td><td class=\"\">5</td>"))
        #expect(dom.contains("&lt;b&gt;key&lt;/b&gt;") && !dom.contains("<b>key"))
        #expect(dom.contains("state: node 5, key &lt;b&gt;key&lt;/b&gt;"), "events come while one looks")
        #expect(dom.contains("to 127.0.0.1:\(port + 1) SUMMARY 180 B stream"))
        #expect(dom.contains("<div id=\"stale\"></div>"))
        let width = dom.range(of: #"data-width="[0-9]+""#, options: .regularExpression).map { dom[$0] }
        let pixels = try #require(width?.split(separator: "\"").last.flatMap { Int($0) })
        // Headless Chromium has a least width of 500.
        #expect(pixels <= 500, "nothing stands out to the right")
    }
}
