#if Redis
    import CHiredis

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// Where a Redis server listens.
    public struct RedisAddress: Hashable, Sendable, CustomStringConvertible {
        /// A name or an address, IPv6 without brackets.
        public var host: String
        /// 1 to 65535.
        public var port: Int32

        /// A server at `host` and `port`.
        public init(_ host: String, _ port: Int32) {
            self.host = host
            self.port = port
        }

        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// What a server answered.
    enum RedisReply: Hashable, Sendable {
        case null
        case integer(Int64)
        case text([UInt8])
        case array([RedisReply])
        case error(String)

        var string: String? { if case .text(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil } }
        var array: [RedisReply]? { if case .array(let replies) = self { replies } else { nil } }
        var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    }

    /// That a connection is of no use any more.
    struct RedisDisconnection: Error {
        var reason: String
    }

    /// A connection to one server. Every call waits, a few seconds at most.
    final class RedisConnection {
        private let context: UnsafeMutablePointer<redisContext>

        /// Seconds that a call waits.
        static let patience = 2

        init(_ address: RedisAddress) throws(RedisDisconnection) {
            let wait = timeval(tv_sec: RedisConnection.patience, tv_usec: 0)
            guard let context = redisConnectWithTimeout(address.host, address.port, wait) else {
                throw RedisDisconnection(reason: "no memory for a connection")
            }
            // From here on the end of this object frees it, also when an error is thrown.
            self.context = context
            guard context.pointee.err == 0 else { throw RedisDisconnection(reason: RedisConnection.reason(context)) }
            redisSetTimeout(context, wait)
        }

        deinit { redisFree(context) }

        private static func reason(_ context: UnsafeMutablePointer<redisContext>) -> String {
            withUnsafeBytes(of: context.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }

        /// Sends commands together, and reads their answers.
        func run(_ commands: [[[UInt8]]]) throws(RedisDisconnection) -> [RedisReply] {
            var replies: [RedisReply] = []
            replies.reserveCapacity(commands.count)
            // The answers to a part are read before the next is sent, so that neither side waits for the other.
            var rest = commands[...]
            while !rest.isEmpty {
                let part = rest.prefix(256)
                rest = rest.dropFirst(part.count)
                for command in part { append(command) }
                for _ in part { replies.append(try next()) }
            }
            return replies
        }

        private func append(_ command: [[UInt8]]) {
            let joined = command.flatMap { $0 }
            joined.withUnsafeBytes { bytes in
                var arguments: [UnsafePointer<CChar>?] = []
                var lengths: [Int] = []
                var offset = 0
                for part in command {
                    // An empty argument has no address of its own, and needs none.
                    let start = bytes.baseAddress.map { $0 + offset }
                    arguments.append(start?.assumingMemoryBound(to: CChar.self))
                    lengths.append(part.count)
                    offset += part.count
                }
                redisAppendCommandArgv(context, Int32(command.count), &arguments, lengths)
            }
        }

        private func next() throws(RedisDisconnection) -> RedisReply {
            var raw: UnsafeMutableRawPointer?
            guard redisGetReply(context, &raw) == REDIS_OK, let raw else {
                throw RedisDisconnection(reason: RedisConnection.reason(context))
            }
            defer { freeReplyObject(raw) }
            return RedisConnection.reply(raw.assumingMemoryBound(to: redisReply.self).pointee, depth: 0)
        }

        private static func reply(_ reply: redisReply, depth: Int) -> RedisReply {
            func bytes() -> [UInt8] {
                guard let text = reply.str else { return [] }
                return Array(UnsafeRawBufferPointer(start: text, count: reply.len))
            }
            switch reply.type {
            case REDIS_REPLY_INTEGER: return .integer(reply.integer)
            case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: return .text(bytes())
            case REDIS_REPLY_ERROR: return .error(String(decoding: bytes(), as: UTF8.self))
            case REDIS_REPLY_ARRAY:
                guard depth < 8, let elements = reply.element else { return .array([]) }
                return .array(
                    (0..<reply.elements).map { index in
                        elements[index].map { RedisConnection.reply($0.pointee, depth: depth + 1) } ?? .null
                    })
            default: return .null
            }
        }
    }
#endif
