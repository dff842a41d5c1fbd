#if SQLite
    import BINMessages
    import BINReplica
    import BINWire
    import Testing

    @testable import BINStore

    /// Profile counters and pipes in an SQLite file.
    @Suite struct StoredCounterTests {
        private static func moment(_ milliseconds: UInt64) -> ReplicaTime {
            ReplicaTime(milliseconds: 1_700_000_000_000 + milliseconds)
        }

        private static func profile(_ total: Int, at milliseconds: UInt64) -> ProfileRecord {
            ProfileRecord(profile: "trunk", value: "a", total: total, nodes: [2: total], time: moment(milliseconds))
        }

        private static func pipe(_ total: Int, at milliseconds: UInt64) -> PipeRecord {
            PipeRecord(
                name: "gw", algorithm: .slidingWindow, limit: 20, flags: .bin, total: total, nodes: [2: total],
                time: moment(milliseconds))
        }

        private static func totals(_ store: SQLiteStore) throws -> [Int] {
            var totals: [Int] = []
            try store.forEachProfile {
                totals.append($0.total)
                return true
            }
            try store.forEachPipe {
                totals.append($0.total)
                return true
            }
            return totals
        }

        @Test func `what is older never takes the place of what is newer, nor deletes it`() throws {
            let file = TemporaryFile()
            let store = try SQLiteStore(path: file.path, .writing)
            try store.write([.profile(Self.profile(7, at: 500)), .pipe(Self.pipe(8, at: 500))])
            try store.write([
                .profile(Self.profile(1, at: 499)), .pipe(Self.pipe(1, at: 499)),
                .profileRemoved("trunk", value: "a", time: Self.moment(499)),
                .pipeRemoved("gw", time: Self.moment(499)),
            ])
            #expect(try Self.totals(store) == [7, 8])
            // Of one moment the last word counts.
            try store.write([.profile(Self.profile(9, at: 500)), .pipe(Self.pipe(9, at: 500))])
            #expect(try Self.totals(store) == [9, 9])
            try store.write([
                .profileRemoved("trunk", value: "a", time: Self.moment(501)),
                .pipeRemoved("gw", time: Self.moment(501)),
            ])
            #expect(try Self.totals(store).isEmpty)
        }

        @Test func `a profile without values and one with an empty value are two`() throws {
            let file = TemporaryFile()
            let store = try SQLiteStore(path: file.path, .writing)
            for (number, value) in [nil, "", "a"].enumerated() {
                let record = ProfileRecord(
                    profile: "x", value: value, total: number, nodes: [:], time: Self.moment(0))
                try store.write([.profile(record)])
            }
            var found: [String?] = []
            try store.forEachProfile {
                found.append($0.value)
                return true
            }
            #expect(found == [nil, "", "a"])
        }

        @Test func `counters begin anew with each start`() throws {
            let file = TemporaryFile()
            let store = try SQLiteStore(path: file.path, .writing)
            try store.write([.profile(Self.profile(7, at: 0)), .pipe(Self.pipe(8, at: 0))])
            #expect(try Self.totals(SQLiteStore(path: file.path, .reading)) == [7, 8])
            try store.beginResync()
            #expect(try Self.totals(store).isEmpty)
        }

        @Test(arguments: [
            ("caller/b#1#alice|total/b#1#|", ["caller/b=alice", "total/b="]),
            ("caller/b#alice|total#|", ["caller/b=alice", "total="]),
            (##"caller/s#1#a\|b\#c|caller/s#1#d|"##, ["caller/s=a|b#c", "caller/s=d"]),
            ("caller/b#1#alice|caller/b#1#alice|", ["caller/b=alice"]),
            ("", []), ("no text of profiles", []), ("x#1", []),
        ])
        func `the profiles of a dialog are read in both forms`(text: String, expected: [String]) {
            let links = ProfileLink.links(in: text).map { "\($0.profile)\($0.suffix)=\($0.value)" }
            #expect(links.sorted() == expected)
        }

        @Test func `calls are counted by profile and value`() throws {
            let file = TemporaryFile()
            let store = try SQLiteStore(path: file.path, .writing)
            var replica = Replica(ReplicaConfiguration(release: Release(4, 0, 1), seed: 1))
            var changes = ReplicaChanges()
            for (number, profiles) in ["caller/b#1#alice|total/b#1#|", "caller/b#1#alice|", "caller/b#1#bob|", ""]
                .enumerated()
            {
                let packet = try confirmedDialog(Int32(number), profiles)
                replica.apply(
                    packet.span.bytes, try PacketHeader(datagram: packet.span.bytes, framing: .v2_3), from: 1,
                    release: Release(4, 0, 1), at: Self.moment(0), into: &changes)
                var records: [RecordChange] = []
                replica.append(changes, to: &records)
                try store.write(records)
                changes.removeAll()
            }
            let counts = try store.callCounts()
            #expect(
                counts == [
                    ProfileLink(profile: "caller", suffix: "/b", value: "alice"): 2,
                    ProfileLink(profile: "caller", suffix: "/b", value: "bob"): 1,
                    ProfileLink(profile: "total", suffix: "/b", value: ""): 1,
                ])
        }
    }
#endif
