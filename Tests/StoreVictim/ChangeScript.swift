#if SQLite
    import BINMessages
    import BINReplica
    import TestSupport

    /// Changes of a replica, the same for the same seed: contacts, profile counters and pipes, and how they change and go.
    struct ChangeScript {
        private var random: SeededRandom
        private var live: [(serial: UInt64, contact: Contact)] = []
        private var serial: UInt64 = 0
        private var moment: UInt64 = 0

        init(seed: UInt64) { random = SeededRandom(seed: seed) }

        mutating func next() -> RecordChange {
            let choice = Int.random(in: 0..<12, using: &random)
            if choice >= 10 { return counter(choice == 10) }
            if choice < 5 || live.isEmpty {
                serial += 1
                let contact = contact(serial)
                live.append((serial, contact))
                return .contact(serial: serial, contact)
            }
            let index = Int.random(in: 0..<live.count, using: &random)
            if choice < 8 {
                live[index].contact.cseq += 1
                live[index].contact.callID = "call-\(Int.random(in: 0..<1_000_000, using: &random))"
                return .contact(serial: live[index].serial, live[index].contact)
            }
            let gone = live.remove(at: index)
            return .contactRemoved(serial: gone.serial, gone.contact)
        }

        private mutating func counter(_ isProfile: Bool) -> RecordChange {
            moment += 1
            let time = ReplicaTime(milliseconds: 1_700_000_000_000 + moment)
            let number = Int.random(in: 0..<20, using: &random)
            let count = Int.random(in: 0...1000, using: &random)
            let isGone = Int.random(in: 0..<4, using: &random) == 0
            if isProfile {
                let name = "profile'\(number % 3)"
                let value = number < 5 ? nil : "wert \(number)"
                if isGone { return .profileRemoved(name, value: value, time: time) }
                return .profile(
                    ProfileRecord(
                        profile: name, value: value, total: count, nodes: [2: count, -3: number], time: time))
            }
            if isGone { return .pipeRemoved("pipe \(number)", time: time) }
            return .pipe(
                PipeRecord(
                    name: "pipe \(number)", algorithm: .red, limit: Int32(number), flags: .bin, total: count,
                    nodes: [4: count], time: time))
        }

        private mutating func contact(_ serial: UInt64) -> Contact {
            // Some have the same id, as contacts of several nodes can.
            let number = Int.random(in: 0..<200, using: &random)
            let name = number % 3 == 0 ? "user\(number)@example.org" : "user\(number)"
            var contact = Contact(
                AddressOfRecord(name), uri: "sip:user@10.0.0.1:\(serial)", expires: 1_800_000_000 + serial)
            contact.id = ContactID(aor: name, recordLabel: 7, contactLabel: UInt16(number % 5))
            contact.callID = "call-\(serial)"
            contact.userAgent = "Téléphone ☃ '\"; DROP TABLE location"
            contact.q = number % 2 == 0 ? -1 : Int32(number)
            contact.received = number % 4 == 0 ? "" : "sip:192.0.2.1:4000"
            contact.methods = number % 5 == 0 ? .notStated : [.invite, .bye]
            contact.lastModified = 1_700_000_000 + UInt64(number)
            contact.cseq = Int32(number)
            contact.keyValues["k"] = .string("v\(number)")
            return contact
        }
    }
#endif
