import BINMessages
import BINWire

/// A dialog message and what belongs to it.
struct DialogMessage: ~Escapable {
    let packet: RawSpan
    let layout: DialogLayout
    let sender: Int32

    @_lifetime(copy packet)
    init(_ packet: RawSpan, _ layout: DialogLayout, sender: Int32) {
        self.packet = packet
        self.layout = layout
        self.sender = sender
    }

    @_lifetime(copy self)
    func bytes(_ text: Text) -> RawSpan {
        // A text of a decoded message lies inside of its packet.
        if let bytes = try? text.bytes(in: packet) { return bytes }
        return packet.extracting(first: 0)
    }

    /// Appends a text to others that stand together.
    func append(_ text: Text, to texts: inout [UInt8]) -> Text {
        let start = texts.count
        texts.append(contentsOf: array(text))
        return Text(offset: UInt32(clamping: start), length: text.length)
    }

    func array(_ text: Text) -> [UInt8] { unsafe bytes(text).withUnsafeBytes { unsafe Array($0) } }

    func records(_ text: Text) -> [DialogText.Record] {
        DialogText.records(bytes(text), layout.hasTypedValues ? .typed : .untyped) ?? []
    }
}

extension DialogStore {
    // MARK: Finding

    /// The dialog that a packet means (DL-18).
    private func find(
        callID: Text, _ fromTag: Text, _ toTag: Text, hashID: Int32, _ message: borrowing DialogMessage
    ) -> UInt64? {
        if rules.lookUp == .id, message.layout.hasDialogID {
            return serial(callID: callID, hashID: hashID, message)
        }
        let from = message.array(fromTag)
        let to = message.array(toTag)
        return serialsByCallID[message.array(callID)]?.first { serial in
            guard let dialog = dialogs[serial] else { return false }
            let ownFrom = dialog.bytes(dialog.state.fromTag)
            let ownTo = dialog.bytes(dialog.state.toTag)
            if ownFrom.elementsEqual(from), ownTo.elementsEqual(to) { return true }
            return rules.lookUp == .tagsInEitherOrder && ownFrom.elementsEqual(to) && ownTo.elementsEqual(from)
        }
    }

    private func serial(callID: Text, hashID: Int32, _ message: borrowing DialogMessage) -> UInt64? {
        serialsByID[UInt64(bucket(message.bytes(callID))) << 32 | UInt64(UInt32(bitPattern: hashID))]
    }

    // MARK: Created and updated

    /// Applies a created packet or the chunk of a sync (DL-19, DL-25).
    mutating func apply(
        created state: DialogState, isChunk: Bool, _ message: borrowing DialogMessage, _ changes: inout ReplicaChanges
    ) {
        removed.removeAll(keepingCapacity: true)
        let found = find(
            callID: state.callID, state.fromTag, state.toTag, hashID: state.hashID, message)
        if let found {
            if isChunk { dialogs[found]?.isSynced = true }
            return changes.ignore(.dialog(DialogHandle(serial: found)), .knownDialog)
        }
        if isChunk, isSyncing, rules.dropsUnsynced {
            let tag = message.records(state.variables).first { $0.name.elementsEqual("dlgX_shtag".utf8) }
            guard isAwaited(tag.map { String(decoding: $0.value, as: UTF8.self) }) else {
                return changes.ignore(.packet, .tagNotSynced)
            }
        }
        insert(state, isSynced: isChunk, message, &changes)
    }

    private mutating func insert(
        _ state: DialogState, isSynced: Bool, _ message: borrowing DialogMessage, _ changes: inout ReplicaChanges
    ) {
        if let ownSockets {
            for socket in [state.caller.socket, state.callee.socket] {
                let name = String(decoding: message.array(socket), as: UTF8.self)
                guard ownSockets.contains(name) else { return changes.ignore(.packet, .foreignSocket) }
            }
        }
        guard dialogs.count < limits.dialogs else { return changes.ignore(.packet, .limit(.dialogs)) }
        guard bytes + message.packet.byteCount < limits.bytes else { return changes.ignore(.packet, .limit(.memory)) }
        let variables = message.records(state.variables)
        let profiles = message.records(state.profiles)
        var kept = state
        kept.variables = Text()
        kept.profiles = Text()
        guard let texts = DialogStore.collect(&kept, from: message.packet) else {
            return changes.ignore(.packet, .unreadable(WireError(.textOutsideSource, at: 0)))
        }
        // A flag with another meaning before 2.4; those that belong to the receiver are not taken from anybody.
        if message.layout < .e2_4 { kept.flags &= ~0x80 }
        var dialog = Dialog(
            kept, texts: texts, sender: message.sender, bucket: bucket(message.bytes(state.callID)))
        dialog.set(variables)
        _ = dialog.link(profiles, isNew: true)
        dialog.isSynced = isSynced
        changes.append(.dialog(add(dialog)), .inserted)
    }

    /// Copies all texts of a state out of `source`, and lets the state refer to the copy.
    private static func collect(_ state: inout DialogState, from source: RawSpan) -> [UInt8]? {
        var collector = TextCollector(source)
        do throws(WireError) {
            // The newest layout has every text that is kept; the two SDPs of 2.4 are two of the four.
            try state.fields(&collector, in: .m)
        } catch {
            return nil
        }
        return collector.arena
    }

    /// Applies an updated packet (DL-21).
    mutating func apply(
        updated state: DialogState, _ message: borrowing DialogMessage, _ changes: inout ReplicaChanges
    ) {
        removed.removeAll(keepingCapacity: true)
        let found = find(callID: state.callID, state.fromTag, state.toTag, hashID: state.hashID, message)
        guard let found, var dialog = dialogs[found] else {
            return insert(state, isSynced: false, message, &changes)
        }
        let subject = ReplicaChange.Subject.dialog(DialogHandle(serial: found))
        if rules.ignoresUpdatesOfEnded, dialog.state.state == 5 { return changes.ignore(subject, .endedDialog) }
        guard bytes + message.packet.byteCount < limits.bytes else { return changes.ignore(subject, .limit(.memory)) }
        bytes -= dialog.size
        defer { bytes += dialogs[found]?.size ?? 0 }
        dialogs[found] = nil
        take(state, into: &dialog, message)
        dialog.set(message.records(state.variables))
        count(dialog.link(message.records(state.profiles), isNew: false), by: 1)
        dialog.sender = message.sender
        dialogs[found] = dialog
        schedule(found, dialog)
        changes.append(subject, .updated)
    }

    /// Takes over what an update carries and leaves the rest (DL-21).
    private func take(_ state: DialogState, into dialog: inout Dialog, _ message: borrowing DialogMessage) {
        var merged = dialog.state
        var texts = dialog.texts
        let layout = message.layout
        merged.state = state.state
        merged.caller.cseq = message.append(state.caller.cseq, to: &texts)
        merged.callee.cseq = message.append(state.callee.cseq, to: &texts)
        if rules.updatesSessions {
            merged.caller.contact = message.append(state.caller.contact, to: &texts)
            merged.callee.contact = message.append(state.callee.contact, to: &texts)
            if layout.hasSDPsAndContacts || layout.hasAdvertisedSDP {
                merged.caller.sentSDP = message.append(state.caller.sentSDP, to: &texts)
                merged.callee.sentSDP = message.append(state.callee.sentSDP, to: &texts)
            }
            if layout.hasSDPsAndContacts {
                merged.caller.receivedSDP = message.append(state.caller.receivedSDP, to: &texts)
                merged.callee.receivedSDP = message.append(state.callee.receivedSDP, to: &texts)
            }
        }
        if rules.updatesAdvertisedContacts, layout.hasSDPsAndContacts {
            merged.caller.advertisedContact = message.append(state.caller.advertisedContact, to: &texts)
            merged.callee.advertisedContact = message.append(state.callee.advertisedContact, to: &texts)
        }
        if layout.hasRoutes {
            merged.onAnswerRoute = message.append(state.onAnswerRoute, to: &texts)
            merged.onTimeoutRoute = message.append(state.onTimeoutRoute, to: &texts)
            merged.onHangupRoute = message.append(state.onHangupRoute, to: &texts)
        }
        merged.userFlags = state.userFlags
        if layout.hasModuleFlags { merged.moduleFlags = state.moduleFlags }
        let own: Int32 = 0x80001
        merged.flags = (state.flags & ~own) | (merged.flags & own) | 2
        if message.layout < .e2_4 { merged.flags &= ~0x80 }
        if layout.hasPingIntervals {
            merged.optionsPingInterval = state.optionsPingInterval
            merged.reInvitePingInterval = state.reInvitePingInterval
        }
        merged.timeout = state.timeout
        // The texts that nothing refers to any more go.
        guard let kept = unsafe DialogStore.collect(&merged, from: texts.span.bytes) else { return }
        dialog.state = merged
        dialog.texts = kept
    }

    // MARK: The others

    /// Applies a deleted packet (DL-22).
    mutating func apply(
        _ delete: DialogDeleted, _ message: borrowing DialogMessage, _ changes: inout ReplicaChanges
    ) {
        removed.removeAll(keepingCapacity: true)
        let found = find(
            callID: delete.callID, delete.fromTag, delete.toTag, hashID: delete.hashID, message)
        guard let found else { return changes.ignore(.dialog(nil), .unknownDialog) }
        remove(found)
        changes.append(.dialog(DialogHandle(serial: found)), .deleted)
    }

    /// Applies a CSeq update (DL-23).
    mutating func apply(
        _ update: DialogCSeqUpdate, _ message: borrowing DialogMessage, _ changes: inout ReplicaChanges
    ) {
        removed.removeAll(keepingCapacity: true)
        var found = find(callID: update.callID, update.oppositeTag, update.legTag, hashID: update.hashID, message)
        if found == nil {
            found = find(callID: update.callID, update.legTag, update.oppositeTag, hashID: update.hashID, message)
        }
        guard let found, let dialog = dialogs[found] else { return changes.ignore(.dialog(nil), .unknownDialog) }
        let subject = ReplicaChange.Subject.dialog(DialogHandle(serial: found))
        let tag = message.array(update.legTag)
        if dialog.bytes(dialog.state.fromTag).elementsEqual(tag) {
            dialogs[found]?.state.caller.generatedCSeq = update.generatedCSeq
        } else if dialog.bytes(dialog.state.toTag).elementsEqual(tag) {
            dialogs[found]?.state.callee.generatedCSeq = update.generatedCSeq
        } else {
            return changes.ignore(subject, .unknownLeg)
        }
        dialogs[found]?.sender = message.sender
        changes.append(subject, .updated)
    }

    /// Applies a value (DL-3, DL-24).
    mutating func apply(_ value: DialogValue, _ message: borrowing DialogMessage, _ changes: inout ReplicaChanges) {
        removed.removeAll(keepingCapacity: true)
        guard let found = serial(callID: value.callID, hashID: value.hashID, message) else {
            return changes.ignore(.dialog(nil), .unknownDialog)
        }
        let name = message.array(value.variable)
        guard bytes + message.packet.byteCount < limits.bytes else {
            return changes.ignore(.dialog(DialogHandle(serial: found)), .limit(.memory))
        }
        bytes -= dialogs[found]?.size ?? 0
        defer { bytes += dialogs[found]?.size ?? 0 }
        switch value.valueType {
        case 1: dialogs[found]?.set([DialogText.Record(name: name, type: 1, value: message.array(value.text))])
        case 2:
            dialogs[found]?.set([DialogText.Record(name: name, type: 2, value: Array("\(value.integer)".utf8))])
        default: _ = dialogs[found]?.remove(name)
        }
        dialogs[found]?.sender = message.sender
        changes.append(.dialog(DialogHandle(serial: found)), .updated)
    }
}
