import BINMessages
import BINWire

// Which node does what only one may do (CL-62 to CL-67).

extension ClusterMember {
    /// Takes a sharing tag, and tells all nodes; whoever had it steps down.
    /// - Throws: ``SendFailure/notInRelease`` before 3.0, ``SendFailure/disabled`` while this node is switched off.
    public mutating func activate(
        _ name: WireName, at now: Instant, into actions: inout [ClusterAction]
    ) throws(SendFailure) {
        guard dialect.layout?.hasSharingTags == true else { throw .notInRelease }
        guard isStarted, isEnabled, (1...WireName.maximumLength).contains(name.bytes.count) else { throw .disabled }
        tags.add(name, isActive: false)
        guard let tag = tags.index(of: name) else { return }
        tags[tag].holder = nil
        if !tags[tag].isActive {
            tags[tag].isActive = true
            actions.append(.event(.tag(name, .taken)))
        }
        tags[tag].told = [:]
        for index in table.indices { announceTag(tag, to: index, now, &actions) }
    }

    /// Gives a sharing tag up. Nobody is told: there is no message for it.
    public mutating func deactivate(_ name: WireName) {
        guard let tag = tags.index(of: name) else { return }
        tags.stepDown(tag)
    }

    /// Whether this node has the tag.
    public func isActive(_ name: WireName) -> Bool { tags.isActive(name) }

    private mutating func announceTag(
        _ tag: Int, to index: Int, _ now: Instant, _ actions: inout [ClusterAction]
    ) {
        let id = table[index].id
        var message = SharingTagActive()
        var texts = TextArena()
        message.tag = texts.add(tags[tag].name.bytes)
        guard sendExtra(message, texts: texts.bytes, to: index, &actions) else { return }
        tags[tag].told[id] = now.nanoseconds
        tags[tag].unconfirmed.insert(id)
    }

    /// A node can be reached again: it is told of tags it was not told of, and of those that the configuration gave this node.
    mutating func announcePendingTags(to index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        let id = table[index].id
        for tag in tags.indices where tags[tag].isActive {
            let toldAt = tags[tag].told[id]
            guard toldAt == nil || tags[tag].isConfigured && toldAt != now.nanoseconds else { continue }
            announceTag(tag, to: index, now, &actions)
        }
    }

    /// The node still reads, so it has read what it was told.
    mutating func tagsConfirmed(by id: Int32) {
        for tag in tags.indices { tags[tag].unconfirmed.remove(id) }
    }

    /// The link went down before the node showed that it had read: it is told again when it is back.
    mutating func tagsUnconfirmed(at id: Int32, _ actions: inout [ClusterAction]) {
        for tag in tags.indices where tags[tag].isActive {
            guard tags[tag].unconfirmed.remove(id) else { continue }
            tags[tag].told[id] = nil
            actions.append(.event(.tag(tags[tag].name, .unconfirmed(at: id))))
        }
    }

    mutating func takeTag(
        _ message: SharingTagActive, _ index: Int, _ packet: RawSpan, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let id = table[index].id
        guard (1...WireName.maximumLength).contains(Int(message.tag.length)),
            let bytes = try? message.tag.bytes(in: packet)
        else { throw refusal(.badName, node: id, from: source) }
        let name = WireName(bytes: bytes.array)
        guard let tag = tags.index(of: name) else {
            guard tags.count < configuration.limits.tags else { throw refusal(.tooManyTags, node: id, from: source) }
            tags.add(name, isActive: false)
            if let tag = tags.index(of: name) { tags[tag].holder = id }
            actions.append(.event(.tag(name, .announced(by: id))))
            return
        }
        guard tags[tag].isActive else {
            // A server says it again at each new link.
            if tags[tag].holder != id { actions.append(.event(.tag(name, .announced(by: id)))) }
            tags[tag].holder = id
            return
        }
        guard configuration.permissions.yieldsTags else {
            guard tags[tag].glareLimit.allows(at: now) else { throw refusal(.rateLimited, node: id, from: source) }
            actions.append(.event(.tag(name, .doubled(with: id))))
            throw refusal(.notPermitted, node: id, from: source)
        }
        // Announcements crossed when the other one cannot have known of ours before it spoke.
        let window = configuration.timing.glareWindow.wholeNanoseconds
        let hasCrossed = tags[tag].told[id].map { now.nanoseconds.adding(-$0) <= window } ?? true
        guard hasCrossed else {
            tags.stepDown(tag)
            tags[tag].holder = id
            actions.append(.event(.tag(name, .moved(to: id))))
            return
        }
        guard configuration.node < id else {
            tags.stepDown(tag)
            tags[tag].holder = id
            actions.append(.event(.tag(name, .lost(to: id))))
            return
        }
        guard tags[tag].glareLimit.allows(at: now) else { throw refusal(.rateLimited, node: id, from: source) }
        actions.append(.event(.tag(name, .kept(against: id))))
        announceTag(tag, to: index, now, &actions)
    }
}
