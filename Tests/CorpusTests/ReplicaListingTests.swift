import BINMessages
import BINReplica
import BINWire
import TestSupport
import Testing

/// What a replica of a node holds is what the node itself said that it holds.
@Suite struct ReplicaListingTests {
    /// Walks a node through its packets, and calls `check` at the time of each listing until it is content, with the state
    /// before and after each packet that came within a moment of it.
    private static func walk(
        _ capture: String, _ configure: (Int32, inout ReplicaConfiguration) -> Void,
        _ check: (Replica, Listings.Listing) -> [String]?
    ) throws -> Int {
        let listings = try Listings.of(capture).listings
        let recording = try ReplicaRecording(capture)
        var checked = 0
        for (node, entries) in recording.entries.sorted(by: { $0.key < $1.key }) {
            let release =
                Corpus.release(of: capture) ?? (node == 1 ? Release(3, 4, 18) : Release(4, 0, 1))
            var configuration = ReplicaConfiguration(release: release, seed: 7)
            configure(node, &configuration)
            var replica = Replica(configuration)
            var changes = ReplicaChanges()
            var next = 0
            for listing in listings where listing.node == node {
                while next < entries.count, entries[next].time < listing.time - 0.03 {
                    replica.apply(entries[next], into: &changes)
                    next += 1
                }
                if listing.started == true {
                    replica = Replica(configuration)
                    continue
                }
                // A node that is alone tells nobody what it has.
                guard replica.sequence > 0, var complaints = check(replica, listing) else { continue }
                var fewest = complaints
                func note() { if complaints.count < fewest.count { fewest = complaints } }
                let end = (listing.until ?? listing.time) + 0.5
                var later = replica
                var ahead = next
                while !complaints.isEmpty {
                    let time = ahead < entries.count ? entries[ahead].time : .infinity
                    guard time < end else { break }
                    later.apply(entries[ahead], into: &changes)
                    ahead += 1
                    later.advance(to: ReplicaTime(milliseconds: UInt64(time * 1000)), into: &changes)
                    changes.removeAll()
                    complaints = check(later, listing) ?? []
                    note()
                }
                if !complaints.isEmpty {
                    later.advance(to: ReplicaTime(milliseconds: UInt64((end - 0.5) * 1000)), into: &changes)
                    complaints = check(later, listing) ?? []
                    note()
                }
                checked += 1
                #expect(fewest.isEmpty, "\(capture), node \(node) at \(listing.time)")
            }
        }
        return checked
    }

    private static func asIs(_ node: Int32, _ configuration: inout ReplicaConfiguration) {}

    @Test(arguments: Listings.captures)
    func `contacts are those that the node listed`(capture: String) throws {
        let release = Corpus.release(of: capture)
        // Before 2.4.3 ids are not in all packets, so that each node has its own.
        let hasIDs = release.map { $0 >= Release(2, 4, 3) } ?? true
        var sockets: [Int32: Set<String>] = [:]
        for listing in try Listings.of(capture).listings {
            sockets[listing.node, default: []].formUnion((listing.contacts ?? []).compactMap(\.socket))
        }
        let checked = try Self.walk(capture, { $1.ownSockets = sockets[$0] }) { replica, listing in
            guard var listed = listing.contacts else { return nil }
            let held = replica.listedContacts(of: listing.node, at: listing.time)
            var complaints: [String] = []
            func bare(_ contact: Listings.Contact) -> Listings.Contact {
                var contact = contact
                contact.expires = nil
                if !hasIDs { contact.contactId = nil }
                // With match mode 2 the node that took the REGISTER has the new URI, the others keep the old one (UL-36).
                if contact.aor == "peggy" { contact.contact = "" }
                return contact
            }
            for index in listed.indices {
                let isOwn = held.contains {
                    $0.callid == listed[index].callid && $0.aor == listed[index].aor && $0.contactId == nil
                }
                if isOwn { listed[index].contactId = nil }
            }
            let ours = Dictionary(grouping: held, by: bare)
            let theirs = Dictionary(grouping: listed, by: bare)
            for (contact, entries) in theirs where ours[contact]?.count != entries.count {
                // UL-39: some releases hold a contact twice that they should hold once.
                if contact.contact.contains("%C3"), held.contains(where: { $0.callid == contact.callid }) { continue }
                complaints.append(
                    "missing \(contact.aor) \(contact.contact) \(contact.callid) \(contact.cseq) \(contact.contactId ?? "") \(entries.count)/\(ours[contact]?.count ?? 0)"
                )
            }
            for (contact, entries) in ours where (theirs[contact]?.count ?? 0) < entries.count {
                complaints.append(
                    "too much \(contact.aor) \(contact.contact) \(contact.callid) \(contact.cseq) \(contact.contactId ?? "") \(entries.count)/\(theirs[contact]?.count ?? 0)"
                )
            }
            // The moment is not always known, but it is the same for all.
            var differences: [Int64] = []
            for (contact, entries) in theirs {
                guard let expires = entries[0].expires, let other = ours[contact]?.first?.expires else { continue }
                differences.append(other - expires)
            }
            let spread = (differences.max() ?? 0) - (differences.min() ?? 0)
            let latest = Int64(((listing.until ?? listing.time) - listing.time).rounded(.up)) + 2
            if spread > 2 || !differences.allSatisfy({ (-2...latest).contains($0) }) {
                complaints.append("expires differ by \(differences)")
            }
            return complaints
        }
        #expect(checked > 0 || !capture.contains("usrloc"))
    }

    @Test(arguments: Listings.captures)
    func `confirmed dialogs are those that the node listed`(capture: String) throws {
        let listings = try Listings.of(capture).listings
        var sockets: [Int32: Set<String>] = [:]
        for listing in listings {
            for dialog in listing.dialogs ?? [] { sockets[listing.node, default: []].formUnion(dialog.sockets) }
        }
        let checked = try Self.walk(capture, { $1.ownSockets = capture.contains("socktag") ? nil : sockets[$0] }) {
            replica, listing in
            guard let listed = listing.dialogs?.filter({ $0.state == 3 || $0.state == 4 }) else { return nil }
            var complaints: [String] = []
            var known: Set<String> = []
            for theirs in listed {
                known.insert(theirs.callid)
                let dialogs = replica.dialogs.dialogs(callID: theirs.callid).compactMap { replica.dialogs.dialog($0) }
                guard let ours = dialogs.first else {
                    complaints.append("missing \(theirs.callid)")
                    continue
                }
                let isSame =
                    ours.state.state == theirs.state && ours.text(\.fromTag) == theirs.fromTag
                    && ours.text(\.toTag) == theirs.toTag && ours.state.startTime == theirs.startTime
                    && abs(Int64(ours.state.timeout) - Int64(theirs.timeout)) <= 2
                    && (theirs.id == nil || ours.id == theirs.id)
                if !isSame { complaints.append("\(ours.state) is not \(theirs)") }
                if let profiles = theirs.profiles {
                    let links = Set(ours.links.map { [$0.profile, $0.value] })
                    // A profile that the node itself took the dialog out of: others are not told (DL-12).
                    let isOwn = ours.sender == listing.node
                    if isOwn ? !links.isSuperset(of: profiles) : links != Set(profiles) {
                        complaints.append("\(theirs.callid): \(links) are not \(profiles)")
                    }
                }
            }
            for handle in replica.dialogs.handles {
                guard let dialog = replica.dialogs.dialog(handle), !known.contains(dialog.callID) else { continue }
                complaints.append("too much \(dialog.callID), state \(dialog.state.state)")
            }
            return complaints
        }
        #expect(checked > 0 || !capture.contains("dialog"))
    }

    @Test(arguments: Listings.captures)
    func `sizes of profiles are those that the node said`(capture: String) throws {
        // 2.1 has no profile counters, and in one scenario of 2.2 they were not replicated.
        guard
            try Corpus.truth(of: capture).counts.contains(where: {
                $0.type == 4 && ($0.capability == "dialog" || $0.capability == "dialog-prof-repl")
            })
        else { return }
        let checked = try Self.walk(capture, Self.asIs) { replica, listing in
            guard let profile = listing.profile, let values = listing.values else { return nil }
            let name = profile.hasSuffix("/b") ? String(profile.dropLast(2)) : profile
            let now = ReplicaTime(milliseconds: UInt64(listing.time * 1000))
            var complaints: [String] = []
            for (value, size) in values {
                // The node stops speaking of a value that disappeared at it; others count it until it is too old.
                let fresh = ReplicaTime(milliseconds: now.milliseconds + 9500)
                let sizes = [now, fresh].map { time in
                    value == "*"
                        ? replica.profiles.size(of: name, at: time)
                        : replica.profiles.size(of: name, value: value, at: time)
                }
                if !sizes.contains(size) { complaints.append("\(name) \(value): \(sizes), not \(size)") }
            }
            return complaints
        }
        #expect(checked > 0 || !capture.contains("dialog"))
    }

    @Test(arguments: Listings.captures)
    func `pipes are those that the node listed`(capture: String) throws {
        func bare(_ name: String) -> String { name.hasSuffix("/b") ? String(name.dropLast(2)) : name }
        let checked = try Self.walk(capture, Self.asIs) { replica, listing in
            guard let listed = listing.pipes else { return nil }
            let now = ReplicaTime(milliseconds: UInt64(listing.time * 1000))
            let ours = Dictionary(
                replica.pipes.statuses(at: now).map { (bare($0.own.name), $0.own) }, uniquingKeysWith: { a, _ in a })
            // Pipes that are not replicated are listed too; every replicated one must be there as listed.
            var complaints: [String] = []
            let theirs = Dictionary(listed.map { (bare($0.pipeName), $0) }, uniquingKeysWith: { a, _ in a })
            for (name, pipe) in ours {
                guard let listed = theirs[name] else {
                    complaints.append("too much \(name)")
                    continue
                }
                if listed.algorithm != pipe.algorithm.rawValue || listed.limit != pipe.limit {
                    complaints.append("\(pipe) is not \(listed)")
                }
            }
            return complaints
        }
        #expect(checked > 0 || !capture.contains("ratelimit"))
    }

    @Test(arguments: Listings.captures.filter { $0.contains("usrloc") || $0.contains("sync") })
    func `strict rules give the same contacts whatever the order of the recorded packets`(capture: String) throws {
        var random = SeededRandom.printed()
        for (node, entries) in try ReplicaRecording(capture).entries {
            var configuration = ReplicaConfiguration(release: entries[0].release, seed: 5)
            configuration.hasStrictContacts = true
            func contacts(_ order: [ReplicaRecording.Entry]) -> Set<Listings.Contact> {
                var replica = Replica(configuration)
                var changes = ReplicaChanges()
                for entry in order {
                    replica.apply(entry, into: &changes)
                    changes.removeAll()
                }
                return Set(replica.listedContacts(of: node, at: entries[0].time))
            }
            let expected = contacts(entries)
            for _ in 0..<3 {
                let isSame = contacts(entries.shuffled(using: &random)) == expected
                #expect(isSame)
            }
        }
    }

    @Test(arguments: GroundTruthTests.withContacts)
    func `each contact that any server listed was held by a replica with the same values`(capture: String) throws {
        var held: Set<String> = []
        for (node, entries) in try ReplicaRecording(capture).entries {
            let release =
                Corpus.release(of: capture) ?? (node == 1 ? Release(3, 4, 18) : Release(4, 0, 1))
            var replica = Replica(ReplicaConfiguration(release: release, seed: 3))
            var changes = ReplicaChanges()
            for entry in entries {
                changes.removeAll()
                replica.apply(entry, into: &changes)
                for change in changes.changes {
                    guard change.action == .inserted || change.action == .updated,
                        case .contact(let handle?, let aor?) = change.subject,
                        let contact = replica.contacts.contact(handle), let name = replica.contacts.name(of: aor)
                    else { continue }
                    var texts = [name, contact.uri.validatedString() ?? "", contact.callID.validatedString() ?? ""]
                    if name == "peggy" { texts[1] = "" }
                    held.insert("\(texts) \(contact.cseq) \(contact.userAgent.validatedString() ?? "") \(contact.q)")
                }
            }
        }
        for contact in try Corpus.truth(of: capture).contacts ?? [] where !capture.contains("fast-restart") {
            // UL-36, as above.
            let uri = contact.aor == "peggy" ? "" : contact.contact
            let key =
                "\([contact.aor, uri, contact.callid]) \(contact.cseq) \(contact.userAgent ?? "n/a") \(contact.q ?? -1)"
            #expect(held.contains(key), "\(key)")
        }
    }
}
