import BINText
import NIOHTTP1

/// Why etcd did not do what it was asked.
public enum EtcdError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No server could be reached.
    case notReached(String)
    /// It answered, but not with what was asked for.
    case refused(String)

    public var description: String {
        switch self {
        case .notReached(let reason): "no etcd server answers: \(reason)"
        case .refused(let reason): "etcd says: \(reason)"
        }
    }
}

/// The calls of etcd's HTTP/JSON gateway (3.4 and later) that leases need. Servers are tried in their order, beginning with the last that answered.
struct EtcdClient {
    /// A lease, and for how many seconds the server keeps it from when it was asked.
    struct Lease {
        var id: String
        var seconds: Int
    }

    private var endpoints: [HTTPCall]

    init(_ endpoints: [HTTPCall], timeout: Duration) {
        self.endpoints = endpoints.map { endpoint in
            var endpoint = endpoint
            endpoint.timeout = timeout
            endpoint.answerBytes = 1 << 20
            return endpoint
        }
    }

    /// A lease of at least so many seconds.
    mutating func grant(seconds: Int) async throws -> Lease {
        let answer = try await ask("/v3/lease/grant", .object([("TTL", .of(seconds))]))
        guard let id = answer.number("ID"), let granted = answer.number("TTL").flatMap({ Int($0) }) else {
            throw EtcdError.refused("no lease")
        }
        return Lease(id: id, seconds: granted)
    }

    /// Renews a lease.
    /// - Returns: for how many seconds; nil when it is over.
    mutating func keepAlive(_ lease: Lease) async throws -> Int? {
        let answer = try await ask("/v3/lease/keepalive", .object([("ID", .number(lease.id))]))
        guard let result = answer["result"] else { throw EtcdError.refused(answer.text) }
        return result.number("TTL").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Ends a lease, and with it what was put under it.
    mutating func revoke(_ lease: Lease) async throws {
        _ = try await ask("/v3/lease/revoke", .object([("ID", .number(lease.id))]))
    }

    /// Whether nobody has put a key.
    mutating func isFree(_ key: String) async throws -> Bool {
        let answer = try await ask("/v3/kv/range", .object([("key", .string(base64(key)))]))
        return answer["kvs"]?.array?.isEmpty ?? true
    }

    /// Puts a key under a lease if nobody has.
    /// - Returns: the revision, which is higher than that of every earlier change; nil when somebody has.
    mutating func create(_ key: String, _ value: String, _ lease: Lease) async throws -> UInt64? {
        let name = JSONValue.string(base64(key))
        let compare = JSONValue.object([
            ("key", name), ("target", .string("CREATE")), ("result", .string("EQUAL")),
            ("create_revision", .number("0")),
        ])
        let put = JSONValue.object([
            ("key", name), ("value", .string(base64(value))), ("lease", .number(lease.id)),
        ])
        let answer = try await ask(
            "/v3/kv/txn",
            .object([("compare", .array([compare])), ("success", .array([.object([("request_put", put)])]))]))
        guard answer["succeeded"] == .bool(true) else { return nil }
        guard let revision = answer["header"]?.number("revision").flatMap({ UInt64($0) }) else {
            throw EtcdError.refused("no revision")
        }
        return revision
    }

    private mutating func ask(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        var failure = EtcdError.notReached("none is configured")
        let bytes = Array(body.text.utf8)
        for _ in endpoints {
            do {
                let (status, answer) = try await endpoints[0].ask(.POST, path, body: bytes)
                guard let value = try? JSONParser.parse(answer) else { throw EtcdError.refused("no JSON") }
                guard status == .ok, value["error"] == nil else {
                    throw EtcdError.refused(
                        value["error"]?.string ?? value["message"]?.string ?? "status \(status.code)")
                }
                return value
            } catch let error as CancellationError {
                throw error
            } catch {
                failure = error as? EtcdError ?? .notReached("\(error)")
                // The next one may do it.
                endpoints.append(endpoints.removeFirst())
            }
        }
        throw failure
    }

    /// RFC 4648, with padding.
    private func base64(_ text: String) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = Array(text.utf8)
        var encoded: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                encoded.append(
                    place <= group.count ? letters[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

extension JSONValue {
    /// A 64-bit number, which the gateway writes as a string.
    fileprivate func number(_ name: String) -> String? {
        switch self[name] {
        case .string(let digits)?, .number(let digits)?: digits
        default: nil
        }
    }
}
