#if SQLite
    import BINMessages
    import BINReplica
    import Testing

    @testable import BINStore

    /// What a mirror does with what cannot be written.
    @Suite struct MirrorTests {
        @Test func `records that no table can hold are left out, and all others written`() async throws {
            let file = TemporaryFile()
            let store = try SQLiteStore(path: file.path, .writing)
            let empty = Replica(ReplicaConfiguration(release: Release(4, 0, 1), seed: 1))
            let mirror = Mirror(to: store, batchLimit: 64, interval: .milliseconds(1)) { empty }
            let hostile = ["version", "Dialog", "bin_profiles", "x\"; DROP TABLE version; --", ""]
            for number in 0..<500 {
                let domain = number % 100 == 50 ? hostile[number / 100] : "location"
                let contact = Contact(
                    AddressOfRecord("user\(number)", domain: domain), uri: "sip:user@10.0.0.1", expires: 2_000_000_000)
                mirror.pending.append([.contact(serial: UInt64(number + 1), contact)])
            }
            let running = Task { await mirror.run() }
            let end = ContinuousClock.now + .seconds(120)
            while mirror.currentStatus.written + mirror.currentStatus.refused < 500, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(mirror.currentStatus.written == 495)
            #expect(mirror.currentStatus.refused == 5)
            #expect(try store.contactCount() == 495)
            // It goes on as before.
            let late = Contact(AddressOfRecord("late"), uri: "sip:late@10.0.0.1", expires: 2_000_000_000)
            mirror.pending.append([.contact(serial: 501, late)])
            while try store.contactCount() < 496, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(mirror.currentStatus.failure == nil)
            running.cancel()
            await running.value
        }
    }
#endif
