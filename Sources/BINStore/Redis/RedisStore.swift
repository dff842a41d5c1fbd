#if Redis
    import BINMessages
    public import BINReplica
    import BINText
    import BINWire

    /// A replica's contacts and dialogs in Redis, a server or a cluster.
    ///
    /// A hash an address of record, `contacts:{TABLE/AOR}`, with a field a contact: URI, line feed, Call-ID (`}` in a name is written `%7D`, and `%` `%25`); its value is an order
    /// of 35 digits and then the JSON object of the contact. Dialogs are in `dialogs:{CALL-ID}` by their id. What is newer stays,
    /// whoever writes when: contacts are compared by the time of the last change, CSeq and expiry, and a delete beats the state
    /// that it deleted. ``RedisCounters`` says how profile counters and pipes are kept.
    ///
    /// Several mirrors share the work by the hash of address of record or Call-ID: each says once a second that it is there,
    /// in the sorted set `mirrors`, and who is silent for ``leaseSeconds`` loses its share to the others.
    public actor RedisStore: RecordSink {
        /// Seconds of silence after which a mirror counts as gone.
        public static let leaseSeconds = 4

        private enum Script: Int {
            case put, delete, drop
        }

        private let name: String
        private var cluster: RedisCluster
        /// The Call-ID under which a contact was written last: an update may change it.
        private var callIDs: [UInt64: String] = [:]
        /// The mirrors that are there, this one included.
        private var mirrors: [String] = []
        /// The kinds of which everything came that there is.
        private var complete: Set<RecordKind> = []
        /// When all counters were written last.
        private var refreshed = ContinuousClock.now

        /// Finds the servers.
        /// - Parameters:
        ///   - addresses: a server, or some of a cluster.
        ///   - name: what this mirror is called, as no other that writes the same.
        public init(_ addresses: [RedisAddress], name: String) throws(StoreFailure) {
            self.name = name
            cluster = RedisCluster(addresses, scripts: [RedisScripts.put, RedisScripts.delete, RedisScripts.drop])
            mirrors = [name]
            _ = try cluster.primaries()
        }

        // MARK: Writing

        public func write(_ changes: [RecordChange]) throws(StoreFailure) {
            var commands: [RedisCommand] = []
            commands.reserveCapacity(changes.count)
            var written: [(UInt64, String?)] = []
            for change in changes {
                switch change {
                case .contact(let serial, let contact):
                    let before = callIDs[serial].flatMap { $0 == contact.callID ? nil : $0 }
                    written.append((serial, contact.callID))
                    guard isOwn(contact.aor.name) else { continue }
                    commands.append(put(contact, insteadOf: before))
                case .contactRemoved(let serial, let contact):
                    written.append((serial, nil))
                    guard isOwn(contact.aor.name) else { continue }
                    commands.append(delete(contact))
                case .dialog(_, let dialog):
                    guard isOwn(dialog.callID) else { continue }
                    commands.append(put(dialog))
                case .dialogRemoved(_, let callID, let id):
                    guard isOwn(callID) else { continue }
                    let order = String(repeating: "9", count: RedisScripts.orderLength)
                    commands.append(command(.delete, "dialogs", callID, ["\(id)", order]))
                case .profile(let record):
                    guard isOwn(record.profile) else { continue }
                    let field = RedisCounters.field(record.value)
                    commands.append(
                        putCounter("profiles", record.profile, field, record.time, RedisCounters.object(record)))
                case .profileRemoved(let name, let value, let time):
                    guard isOwn(name) else { continue }
                    let arguments = [RedisCounters.field(value), RedisCounters.order(time)]
                    commands.append(command(.drop, "profiles", name, arguments))
                case .pipe(let record):
                    guard isOwn(record.name) else { continue }
                    commands.append(putCounter("pipes", record.name, "n", record.time, RedisCounters.object(record)))
                case .pipeRemoved(let name, let time):
                    guard isOwn(name) else { continue }
                    commands.append(command(.drop, "pipes", name, ["n", RedisCounters.order(time)]))
                }
            }
            try run(commands)
            for (serial, callID) in written { callIDs[serial] = callID }
        }

        private func run(_ commands: [RedisCommand]) throws(StoreFailure) {
            for reply in try cluster.run(commands) {
                if case .error(let text) = reply { throw StoreFailure("Redis: \(text)") }
            }
        }

        private func put(_ contact: Contact, insteadOf callID: String?) -> RedisCommand {
            let output = OutputBuffer(descriptor: -1, flushThreshold: 512)
            ListedRecord(contact, node: nil).writeObject(to: output)
            let field = RedisStore.field(contact.uri, contact.callID)
            let seconds = RedisStore.lifetime(contact.expires, since: contact.lastModified)
            return command(
                .put, "contacts", "\(contact.aor.domain)/\(contact.aor.name)",
                [
                    field, RedisStore.order(contact), output.string, "\(seconds)",
                    callID.map { RedisStore.field(contact.uri, $0) } ?? "",
                ])
        }

        private func delete(_ contact: Contact) -> RedisCommand {
            let order = RedisStore.order(contact).dropLast() + "1"
            return command(
                .delete, "contacts", "\(contact.aor.domain)/\(contact.aor.name)",
                [RedisStore.field(contact.uri, contact.callID), String(order)])
        }

        private func put(_ dialog: Dialog) -> RedisCommand {
            let output = OutputBuffer(descriptor: -1, flushThreshold: 512)
            ListedRecord(dialog, node: nil).writeObject(to: output)
            let timeout = UInt64(clamping: dialog.state.timeout)
            let start = UInt64(clamping: dialog.state.startTime)
            let cseqs = [dialog.text(\.caller.cseq), dialog.text(\.callee.cseq)].compactMap { Int64($0) }
            let order = RedisStore.order(
                start, Int64(dialog.state.state) << 32 + cseqs.reduce(0) { $0 &+ ($1 & 0xFFFF_FFF) }, timeout)
            let seconds = RedisStore.lifetime(timeout, since: start)
            return command(.put, "dialogs", dialog.callID, ["\(dialog.id)", order, output.string, "\(seconds)", ""])
        }

        private func putCounter(
            _ kind: String, _ name: String, _ field: String, _ time: ReplicaTime, _ object: String
        ) -> RedisCommand {
            let seconds = "\(RedisCounters.lifetimeSeconds)"
            return command(.put, kind, name, [field, RedisCounters.order(time), object, seconds, ""])
        }

        private func command(_ script: Script, _ kind: String, _ name: String, _ arguments: [String]) -> RedisCommand {
            let safe = RedisKey.escape(name)
            let keys = ["2", "\(kind):{\(safe)}", "\(kind)-gone:{\(safe)}"]
            return RedisCommand(script.rawValue, key: keys[1], (keys + arguments).map { Array($0.utf8) })
        }

        // MARK: Orders

        static func field(_ uri: String, _ callID: String) -> String { "\(uri)\n\(callID)" }

        private static func order(_ contact: Contact) -> String {
            order(contact.lastModified, Int64(contact.cseq), contact.expires)
        }

        /// Seconds that a key is kept at least: as long as its record counts, and an hour.
        private static func lifetime(_ end: UInt64, since start: UInt64) -> UInt64 {
            guard end > 0 else { return 0 }
            return end > start ? min(end - start, 1 << 31) + 3600 : 3600
        }

        /// Numbers of fixed length, the first one that differs deciding, and a 0 that is a 1 for a delete.
        static func order(_ first: UInt64, _ second: Int64, _ third: UInt64) -> String {
            func digits(_ value: UInt64, _ count: Int) -> String {
                let text = "\(value)"
                return text.utf8.count > count
                    ? String(repeating: "9", count: count)
                    : String(repeating: "0", count: count - text.utf8.count) + text
            }
            return digits(first, 12) + digits(UInt64(bitPattern: second &+ 1 << 31), 11) + digits(third, 11) + "0"
        }

        // MARK: Sharing

        /// Whether this mirror writes the records of an address of record or a Call-ID.
        private func isOwn(_ name: String) -> Bool { RedisStore.owner(of: name, among: mirrors) == self.name }

        /// The mirror that writes the records of a name, by rendezvous: when one goes, only its share moves.
        static func owner(of name: String, among mirrors: [String]) -> String? {
            guard mirrors.count > 1 else { return mirrors.first }
            return mirrors.max { weight(name, $0) < weight(name, $1) }
        }

        private static func weight(_ name: String, _ mirror: String) -> UInt64 {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in mirror.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            // The last bytes shall decide about all bits.
            hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
            return hash ^ hash >> 33
        }

        /// Says that this mirror is there, and finds out which others are; true when they are others than before.
        private func meet() throws(StoreFailure) -> Bool {
            let servers = try cluster.primaries()
            // Of a cluster the server with the lowest name holds the set; when it moves, all meet again at the next.
            guard let server = servers.min(by: { $0.description < $1.description }) else { return false }
            func words(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
            guard let time = try cluster.run([words("TIME")], at: server).first?.array?.first?.string,
                let now = Int64(time)
            else { return false }
            let questions = [
                words("ZADD mirrors \(now)") + [Array(name.utf8)],
                words("ZREMRANGEBYSCORE mirrors -inf \(now - Int64(RedisStore.leaseSeconds))"),
                words("ZRANGE mirrors 0 -1"),
            ]
            let answers = try cluster.run(questions.map { RedisCommand(nil, key: "mirrors", $0) })
            guard let names = answers.last?.array?.compactMap(\.string), names.contains(name) else { return false }
            let sorted = names.sorted()
            defer { mirrors = sorted }
            return sorted != mirrors
        }

        public func maintain(_ replica: @Sendable () -> Replica) async throws(StoreFailure) -> [RecordChange] {
            let before = mirrors
            let hasChanged = try meet()
            let moved = cluster.takeMoved()
            let counters = ownCounters(replica, isDue: hasChanged || !moved.isEmpty)
            guard !complete.isEmpty, hasChanged || !moved.isEmpty else { return counters }
            let copy = replica()
            // What became this one's share, and what the old server of a slot may not have passed on.
            let wanted: (String, String, String) -> Bool = { [mirrors, name] kind, owned, key in
                guard RedisStore.owner(of: owned, among: mirrors) == name else { return false }
                let slot = RedisCluster.slot(of: "{\(RedisKey.escape(key))}")
                return moved.contains(slot) || RedisStore.owner(of: owned, among: before) != name
            }
            for kind in complete { _ = try sweep(kind, copy) }
            return RedisStore.records(of: copy, wanted) + counters
        }

        /// The counters of its share, to be written again: when it is time, or when the share became another one.
        private func ownCounters(_ replica: @Sendable () -> Replica, isDue: Bool) -> [RecordChange] {
            let now = ContinuousClock.now
            guard isDue || now - refreshed >= .seconds(Int64(RedisCounters.refreshSeconds)) else { return [] }
            refreshed = now
            let copy = replica()
            let profiles = copy.profiles.records(at: copy.time).filter { isOwn($0.profile) }
            let pipes = copy.pipes.records(at: copy.time).filter { isOwn($0.name) }
            return profiles.map { .profile($0) } + pipes.map { .pipe($0) }
        }

        /// Everything a replica holds of some names, to be written again.
        private static func records(
            of replica: Replica, _ isWanted: (_ kind: String, _ owned: String, _ key: String) -> Bool
        ) -> [RecordChange] {
            var records: [RecordChange] = []
            replica.contacts.forEachAoR { aor in
                guard let name = replica.contacts.name(of: aor), let domain = replica.contacts.domain(of: aor),
                    isWanted("contacts", name, "\(domain)/\(name)")
                else { return }
                for handle in replica.contacts.contacts(of: aor) {
                    guard let contact = replica.contacts.copy(of: handle) else { continue }
                    records.append(.contact(serial: handle.serial, contact))
                }
            }
            for handle in replica.dialogs.handles {
                guard let dialog = replica.dialogs.dialog(handle), isWanted("dialogs", dialog.callID, dialog.callID)
                else { continue }
                records.append(.dialog(serial: handle.serial, dialog))
            }
            return records
        }

        // MARK: Resync

        public func beginResync() async throws(StoreFailure) {
            _ = try meet()
            callIDs = [:]
        }

        public func endResync(of kind: RecordKind, _ replica: Replica) async throws(StoreFailure) -> Int {
            complete.insert(kind)
            return try sweep(kind, replica)
        }

        /// Takes out records of its share that the replica does not have.
        private func sweep(_ kind: RecordKind, _ replica: Replica) throws(StoreFailure) -> Int {
            var count = 0
            let prefix = RedisKey.prefix(of: kind)
            try forEach(prefix) { name, fields throws(StoreFailure) in
                let known: Set<String>
                switch kind {
                case .contacts:
                    guard let slash = name.firstIndex(of: "/") else { return }
                    let aor = AddressOfRecord(String(name[name.index(after: slash)...]), domain: String(name[..<slash]))
                    guard self.isOwn(aor.name) else { return }
                    known = RedisStore.fields(of: aor, replica)
                case .dialogs:
                    guard self.isOwn(name) else { return }
                    known = Set(
                        replica.dialogs.dialogs(callID: name).compactMap { replica.dialogs.dialog($0)?.id }.map {
                            "\($0)"
                        })
                }
                var commands: [RedisCommand] = []
                for (field, value) in fields where !known.contains(field) {
                    let order = value.prefix(RedisScripts.orderLength - 1) + "1"
                    commands.append(self.command(.delete, prefix, name, [field, String(order)]))
                }
                count += commands.count
                try self.run(commands)
            }
            return count
        }

        /// The fields of the contacts that a replica has of an address of record.
        private static func fields(of aor: AddressOfRecord, _ replica: Replica) -> Set<String> {
            guard let handle = replica.contacts.addressOfRecord(aor.name, domain: aor.domain) else { return [] }
            return Set(
                replica.contacts.contacts(of: handle).compactMap { replica.contacts.copy(of: $0) }.map {
                    RedisStore.field($0.uri, $0.callID)
                })
        }

        // MARK: Reading

        /// Every contact that there is: table and address of record, and its JSON object by URI and Call-ID.
        public func contacts() throws(StoreFailure) -> [String: [String: String]] {
            var all: [String: [String: String]] = [:]
            try forEach("contacts") { key, fields throws(StoreFailure) in
                all[key, default: [:]].merge(
                    fields.mapValues { String($0.dropFirst(RedisScripts.orderLength)) }
                ) { first, _ in first }
            }
            return all
        }

        /// Calls `body` with the name in each key of a kind, and the fields behind it.
        private func forEach(
            _ kind: String, _ body: (String, [String: String]) throws(StoreFailure) -> Void
        ) throws(StoreFailure) {
            var scan = try RedisScan(kind, &cluster)
            while let hashes = try scan.next(from: &cluster) {
                for (name, fields) in hashes { try body(name, fields) }
            }
        }
    }
#endif
