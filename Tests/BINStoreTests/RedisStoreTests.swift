#if Redis
    import BINMessages
    import BINReplica
    import BINWire
    import Foundation
    import Synchronization
    import TestSupport
    import Testing

    @testable import BINStore

    extension [RecordChange] {
        /// Writes part of the work; that it is not all says that the work is shared.
        fileprivate func write(to store: RedisStore) async throws {
            #expect((1..<80).contains(count))
            try await store.write(self)
        }
    }

    @Suite(.serialized, .enabled(if: RedisServers.areInstalled, "redis-server is not installed"))
    struct RedisStoreTests {
        private static func contact(_ number: Int, cseq: Int32 = 1, modified: UInt64 = 1_700_000_000) -> Contact {
            var contact = Contact(
                AddressOfRecord("user\(number)"), uri: "sip:user\(number)@10.0.0.1", expires: 2_000_000_000)
            contact.callID = "call-\(number)"
            contact.cseq = cseq
            contact.lastModified = modified
            contact.userAgent = "Téléphone {\(number)}"
            return contact
        }

        /// URI, Call-ID and CSeq by address of record.
        private static func held(_ store: RedisStore) async throws -> [String: Set<String>] {
            var held: [String: Set<String>] = [:]
            for (key, fields) in try await store.contacts() {
                for (field, value) in fields {
                    let object = try JSONSerialization.jsonObject(with: Data(value.utf8)) as? [String: Any]
                    held[key, default: []].insert("\(field) \(object?["cseq"] ?? "?")")
                }
            }
            return held
        }

        private static func held(_ replica: Replica) -> [String: Set<String>] {
            var held: [String: Set<String>] = [:]
            replica.contacts.forEachAoR { aor in
                for handle in replica.contacts.contacts(of: aor) {
                    guard let contact = replica.contacts.copy(of: handle) else { continue }
                    held["location/\(contact.aor.name)", default: []].insert(
                        "\(contact.uri)\n\(contact.callID) \(contact.cseq)")
                }
            }
            return held
        }

        @Test func `the slot of a key is that of Redis`() {
            // The examples of the specification of Redis Cluster.
            #expect(RedisCluster.slot(of: "123456789") == 0x31C3)
            #expect(RedisCluster.slot(of: "{user1000}.following") == RedisCluster.slot(of: "{user1000}.followers"))
            #expect(RedisCluster.slot(of: "foo{}{bar}") == RedisCluster.slot(of: "foo{}{bar}"))
            #expect(RedisCluster.slot(of: "foo{{bar}}zap") == RedisCluster.slot(of: "{bar"))
        }

        @Test func `a late packet never takes the place of a newer one, and what was deleted stays deleted`()
            async throws
        {
            let servers = try await RedisServers(1, cluster: false)
            let store = try RedisStore(servers.addresses, name: "one")
            try await store.write([.contact(serial: 1, Self.contact(1, cseq: 5))])
            try await store.write([.contact(serial: 1, Self.contact(1, cseq: 4))])
            #expect(try await Self.held(store) == ["location/user1": ["sip:user1@10.0.0.1\ncall-1 5"]])
            try await store.write([.contactRemoved(serial: 1, Self.contact(1, cseq: 4))])
            #expect(try await Self.held(store).count == 1)
            try await store.write([.contactRemoved(serial: 1, Self.contact(1, cseq: 5))])
            try await store.write([.contact(serial: 2, Self.contact(1, cseq: 5))])
            #expect(try await Self.held(store).isEmpty)
            try await store.write([.contact(serial: 3, Self.contact(1, cseq: 6))])
            #expect(try await Self.held(store) == ["location/user1": ["sip:user1@10.0.0.1\ncall-1 6"]])
        }

        @Test func `in whatever order two writers write, the newest state stays`() async throws {
            let servers = try await RedisServers(1, cluster: false)
            let store = try RedisStore(servers.addresses, name: "one")
            var random = SeededRandom.printed()
            for number in 0..<40 {
                var states: [RecordChange] = (1...6).map { .contact(serial: 1, Self.contact(number, cseq: Int32($0))) }
                states.append(.contactRemoved(serial: 1, Self.contact(number, cseq: 3)))
                if number % 2 == 0 { states.append(.contactRemoved(serial: 1, Self.contact(number, cseq: 6))) }
                for state in states.shuffled(using: &random) { try await store.write([state]) }
            }
            let held = try await Self.held(store)
            #expect(held.count == 20)
            #expect(held.allSatisfy { key, fields in fields.allSatisfy { $0.hasSuffix(" 6") } })
        }

        @Test func `a contact that is registered with another Call-ID is one contact`() async throws {
            let servers = try await RedisServers(1, cluster: false)
            let store = try RedisStore(servers.addresses, name: "one")
            try await store.write([.contact(serial: 1, Self.contact(1))])
            var again = Self.contact(1, modified: 1_700_000_100)
            again.callID = "other"
            try await store.write([.contact(serial: 1, again)])
            #expect(try await Self.held(store) == ["location/user1": ["sip:user1@10.0.0.1\nother 1"]])
        }

        @Test func `after a restart what the cluster has no more goes`() async throws {
            let servers = try await RedisServers(1, cluster: false)
            do {
                let store = try RedisStore(servers.addresses, name: "one")
                try await store.write((0..<100).map { .contact(serial: UInt64($0), Self.contact($0)) })
            }
            let source = try ReplicatedSource()
            for number in 0..<60 { try source.update(Self.contact(number, cseq: 2)) }
            let store = try RedisStore(servers.addresses, name: "one")
            try await store.beginResync()
            try await store.write(source.pending.take())
            #expect(try await store.endResync(of: .contacts, source.snapshot) == 40)
            #expect(try await Self.held(store) == Self.held(source.snapshot))
        }

        @Test func `dialogs are kept, and after a restart those that are over go`() async throws {
            let servers = try await RedisServers(1, cluster: false)
            func listed() throws -> Set<String> {
                var reader = try RedisReader(servers.addresses)
                var found: Set<String> = []
                try reader.forEach(.dialogs) { json in
                    let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
                    found.insert(object?["callid"] as? String ?? "none")
                    return true
                }
                return found
            }
            for (numbers, gone) in [(0..<50, 0), (30..<60, 30)] as [(Range<Int32>, Int)] {
                let source = try ReplicatedSource()
                for number in numbers { try source.confirm(number) }
                let store = try RedisStore(servers.addresses, name: "one")
                try await store.beginResync()
                try await store.write(source.pending.take())
                #expect(try await store.endResync(of: .dialogs, source.snapshot) == gone)
                #expect(try listed() == Set(numbers.map { "dialog-\($0)" }))
            }
        }

        @Test func `names of addresses of record may have anything that a key has a meaning for`() async throws {
            let servers = try await RedisServers(1, cluster: false)
            let source = try ReplicatedSource()
            for (number, name) in ["x}y", "x%7Dy", "x%257Dy", "%", "{}", "}{", "a/b", "a%2Fb"].enumerated() {
                var contact = Self.contact(number)
                contact.aor = AddressOfRecord(name, domain: contact.aor.domain)
                try source.update(contact)
            }
            let store = try RedisStore(servers.addresses, name: "one")
            try await store.beginResync()
            try await store.write(source.pending.take())
            #expect(try await store.endResync(of: .contacts, source.snapshot) == 0)
            #expect(try await Self.held(store) == Self.held(source.snapshot))
            #expect(try await Self.held(store).count == 8)
        }

        @Test func `whoever reads gets each contact once, and what no mirror wrote is left out`() async throws {
            let servers = try await RedisServers(1, cluster: false)
            let store = try RedisStore(servers.addresses, name: "one")
            try await store.write((0..<3000).map { .contact(serial: UInt64($0), Self.contact($0)) })
            for command in ["SET contacts:{x} 1", "HSET contacts:{y} f short", "HSET dialogs:{z} f short"] {
                _ = try RedisServers.ask(servers.addresses[0], command)
            }
            var reader = try RedisReader(servers.addresses)
            var found: [String] = []
            try reader.forEach(.contacts) { json in
                let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
                found.append(object?["aor"] as? String ?? "none")
                return true
            }
            #expect(found.count == 3000)
            #expect(Set(found) == Set((0..<3000).map { "user\($0)" }))
            var first = 0
            try reader.forEach(.contacts) { _ in
                first += 1
                return false
            }
            #expect(first == 1)
            try reader.forEach(.dialogs) { _ in
                Issue.record("there is no dialog")
                return true
            }
        }

        @Test func `of counters the newest stays, and what no mirror refreshed for a minute is left out`() async throws
        {
            let servers = try await RedisServers(1, cluster: false)
            let store = try RedisStore(servers.addresses, name: "one")
            func time(_ seconds: UInt64) -> ReplicaTime { ReplicaTime(seconds: 1_700_000_000 + seconds) }
            func profile(_ value: String?, _ total: Int, _ seconds: UInt64) -> ProfileRecord {
                ProfileRecord(profile: "a}b", value: value, total: total, nodes: [2: total], time: time(seconds))
            }
            func pipe(_ total: Int, _ seconds: UInt64) -> PipeRecord {
                PipeRecord(
                    name: "gw", algorithm: .slidingWindow, limit: 5, flags: .bin, total: total, nodes: [-2: total],
                    time: time(seconds))
            }
            try await store.write([
                .profile(profile("x", 7, 100)), .profile(profile("", 1, 100)), .profile(profile(nil, 4, 30)),
                .pipe(pipe(8, 100)),
            ])
            try await store.write([
                .profile(profile("x", 1, 99)), .pipe(pipe(1, 99)), .pipeRemoved("gw", time: time(99)),
                .profileRemoved("a}b", value: "x", time: time(99)),
            ])
            var reader = try RedisReader(servers.addresses)
            #expect(try reader.profiles() == [profile("", 1, 100), profile("x", 7, 100)])
            #expect(try reader.pipes() == [pipe(8, 100)])
            // What goes and comes again in the same second is there.
            try await store.write([
                .pipeRemoved("gw", time: time(100)), .profileRemoved("a}b", value: "x", time: time(100)),
            ])
            #expect(try reader.pipes().isEmpty)
            try await store.write([.pipe(pipe(9, 100))])
            #expect(try reader.pipes() == [pipe(9, 100)])
            let left = try RedisServers.ask(servers.addresses[0], "TTL pipes:{gw}").integer ?? 0
            #expect((1...60).contains(left))
        }

        @Test func `when mirrors come, all counters are written again, each by one of them`() async throws {
            let servers = try await RedisServers(1, cluster: false)
            var replica = Replica(ReplicaConfiguration(release: Release(4, 0, 1), seed: 1))
            let now = ReplicaTime(seconds: 1_700_000_000)
            for number in 0..<40 {
                _ = try replica.pipes.check("pipe \(number)", limit: 9, .tailDrop, at: now)
                try replica.profiles.setOwn("profile \(number)", count: 1)
            }
            let copy = replica
            let one = try RedisStore(servers.addresses, name: "one")
            try await one.beginResync()
            // Alone it has nothing to write again before it is time.
            #expect(try await one.maintain { copy }.isEmpty)
            let two = try RedisStore(servers.addresses, name: "two")
            try await two.maintain { copy }.write(to: two)
            try await one.maintain { copy }.write(to: one)
            var reader = try RedisReader(servers.addresses)
            #expect(try reader.pipes() == copy.pipes.records(at: copy.time))
            #expect(try reader.profiles().count == 40)
        }

        @Test func `no server is one clear sentence`() async throws {
            #expect {
                _ = try RedisStore([RedisAddress("127.0.0.1", 1)], name: "one")
            } throws: {
                "\($0)" == "Redis: 127.0.0.1:1: Connection refused"
            }
        }

        @Test(.timeLimit(.minutes(5)))
        func `two mirrors on a cluster of six are equal to the source after a primary was killed under load`()
            async throws
        {
            let servers = try await RedisServers(6, cluster: true)
            try await servers.join()
            // Both members of the cluster see the same packets.
            let sources = [try ReplicatedSource(), try ReplicatedSource()]
            var mirrors: [Mirror] = []
            for (index, source) in sources.enumerated() {
                let store = try RedisStore(servers.addresses, name: "mirror-\(index)")
                let mirror = Mirror(to: store, batchLimit: 200, interval: .milliseconds(5)) { source.snapshot }
                mirrors.append(mirror)
            }
            var random = SeededRandom.printed()
            var live: [Int: Contact] = [:]
            // Time goes on with every registration, also behind a delete.
            var time: UInt64 = 1_700_000_000
            func load(_ count: Int) throws {
                for _ in 0..<count {
                    time += 1
                    let number = Int.random(in: 0..<3000, using: &random)
                    if let known = live[number], Int.random(in: 0..<4, using: &random) == 0 {
                        for source in sources { try source.delete(known) }
                        live[number] = nil
                    } else {
                        let before = live[number]
                        let contact = Self.contact(
                            number, cseq: (before?.cseq ?? Int32(number)) + 1, modified: time)
                        live[number] = contact
                        for source in sources { try source.update(contact) }
                    }
                    // What a mirror is told waits with it until it is written.
                    for (source, mirror) in zip(sources, mirrors) { mirror.pending.append(source.pending.take()) }
                }
            }
            let running = mirrors.map { mirror in Task { await mirror.run() } }
            try load(3000)
            for mirror in mirrors { mirror.synced(.contacts) }
            try await Task.sleep(for: .seconds(2))
            let victim = try #require(try servers.primaries().first)
            let began = ContinuousClock.now
            var isKilled = false
            while ContinuousClock.now - began < .seconds(8) {
                try load(100)
                if !isKilled, ContinuousClock.now - began > .milliseconds(700) {
                    servers.kill(victim)
                    isKilled = true
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            let survivors = servers.addresses.filter { $0 != victim }
            let reader = try RedisStore(survivors, name: "reader")
            var held: [String: Set<String>] = [:]
            let expected = Self.held(sources[0].snapshot)
            let end = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < end {
                held = (try? await Self.held(reader)) ?? [:]
                if held == expected { break }
                try await Task.sleep(for: .milliseconds(300))
            }
            let missing = expected.filter { held[$0.key] != $0.value }.map(\.key)
            let surplus = held.filter { expected[$0.key] == nil }.map(\.key)
            #expect(missing.isEmpty && surplus.isEmpty, "missing \(missing.prefix(5)), too much \(surplus.prefix(5))")
            #expect(expected.count > 1000)
            // Both did a part of the work.
            for mirror in mirrors { #expect(mirror.currentStatus.written > 1000) }
            // The server comes back as a copy, and nothing changes by it.
            try servers.restart(victim)
            try await RedisServers.wait {
                let info = try RedisServers.ask(victim, "INFO replication").string ?? ""
                return info.contains("role:slave") && info.contains("master_link_status:up")
            }
            #expect(try await Self.held(reader) == expected)
            for task in running { task.cancel() }
            for task in running { await task.value }
        }

        @Test(.timeLimit(.minutes(5)))
        func `when a mirror goes, the other takes its share over`() async throws {
            let servers = try await RedisServers(1, cluster: false)
            let sources = [try ReplicatedSource(), try ReplicatedSource()]
            var mirrors: [Mirror] = []
            for (index, source) in sources.enumerated() {
                let store = try RedisStore(servers.addresses, name: "mirror-\(index)")
                mirrors.append(Mirror(to: store, interval: .milliseconds(5)) { source.snapshot })
            }
            let running = mirrors.map { mirror in Task { await mirror.run() } }
            for mirror in mirrors { mirror.synced(.contacts) }
            try await Task.sleep(for: .seconds(2.5))
            let left = ContinuousClock.now
            running[1].cancel()
            await running[1].value
            // Now only one is told what happens; until the other counts as gone it writes its own share.
            for number in 0..<500 { try sources[0].update(Self.contact(number)) }
            mirrors[0].pending.append(sources[0].pending.take())
            let reader = try RedisStore(servers.addresses, name: "reader")
            try await Task.sleep(for: .milliseconds(600))
            let early = try await Self.held(reader).count
            // On a busy machine the other one may be gone by now.
            #expect(early < 500 || ContinuousClock.now - left > .seconds(RedisStore.leaseSeconds - 1))
            var count = 0
            let end = ContinuousClock.now + .seconds(60)
            while count < 500, ContinuousClock.now < end {
                count = try await Self.held(reader).count
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(count == 500)
            running[0].cancel()
            await running[0].value
        }
    }
#endif
