import BINMessages
import BINReplica
import BINWire
import TestSupport
import Testing

/// What becomes of dialogs.
@Suite struct DialogTests {
    struct Call {
        var callID = "call-1"
        var fromTag = "ft"
        var toTag = "tt"
        var number: Int32 = 7
        var state: Int32 = 4
        var variables = ""
        var profiles = ""
        var contact = "sip:a@192.0.2.1"
        var timeout: Int32 = 1_700_000_600

        func fill(_ state: inout DialogState, _ arena: inout Arena) {
            state.callID = arena.text(callID)
            state.fromTag = arena.text(fromTag)
            state.toTag = arena.text(toTag)
            state.hashID = number
            state.state = self.state
            state.caller.socket = arena.text("udp:192.0.2.9:5060")
            state.callee.socket = arena.text("udp:192.0.2.9:5060")
            state.caller.contact = arena.text(contact)
            state.variables = arena.text(variables)
            state.profiles = arena.text(profiles)
            state.timeout = timeout
        }

        func created(_ release: Release = newest) throws -> TestPacket {
            var arena = Arena()
            var message = DialogCreated()
            fill(&message.dialog, &arena)
            return try TestPacket(message, arena, from: 2, release: release)
        }

        func updated(_ release: Release = newest) throws -> TestPacket {
            var arena = Arena()
            var message = DialogUpdated()
            fill(&message.dialog, &arena)
            return try TestPacket(message, arena, from: 2, release: release)
        }

        func deleted(_ release: Release = newest) throws -> TestPacket {
            var arena = Arena()
            var message = DialogDeleted()
            message.callID = arena.text(callID)
            message.fromTag = arena.text(fromTag)
            message.toTag = arena.text(toTag)
            message.hashID = number
            return try TestPacket(message, arena, from: 2, release: release)
        }
    }

    @Test func `a dialog comes, changes and goes; calls are counted by profile`() throws {
        var replica = replica()
        var call = Call()
        call.variables = "k#1#v|n#2#5|dlgX_shtag#1#vip|"
        call.profiles = "caller/b#1#alice|total/b#1#|"
        #expect(last(replica.apply(try call.created())) == .inserted)
        #expect(last(replica.apply(try call.created())) == .ignored(.knownDialog))
        let handle = try #require(replica.dialogs.dialogs(callID: "call-1").first)
        #expect(replica.dialogs.callCount(profile: "caller") == 1)
        #expect(replica.dialogs.callCounts(profile: "caller") == ["alice": 1])
        call.variables = "k#1#w|"
        call.profiles = "caller/b#1#bob|trunk/b#1#t1|"
        call.contact = "sip:a@192.0.2.77"
        #expect(last(replica.apply(try call.updated())) == .updated)
        let dialog = try #require(replica.dialogs.dialog(handle))
        #expect(dialog.variable("k") == Array("w".utf8))
        #expect(dialog.variable("n") == Array("5".utf8))
        #expect(dialog.sharingTag == "vip")
        #expect(dialog.text(\.caller.contact) == "sip:a@192.0.2.77")
        #expect(dialog.text(\.callID) == "call-1" && dialog.text(\.caller.socket) == "udp:192.0.2.9:5060")
        #expect(Set(dialog.links.map(\.value)) == ["alice", "", "t1"])
        #expect(replica.dialogs.callCount(profile: "trunk", value: "t1") == 1)
        #expect(last(replica.apply(try call.deleted())) == .deleted)
        #expect(replica.dialogs.dialog(handle)?.callID == "call-1")
        #expect(last(replica.apply(try call.deleted())) == .ignored(.unknownDialog))
        #expect(replica.dialogs.dialog(handle) == nil)
        #expect(replica.dialogs.callCount(profile: "caller") == 0)
        #expect(replica.dialogs.bytes == 0)
    }

    @Test(arguments: [
        (Release(2, 3, 6), false, true), (Release(2, 3, 6), true, true), (Release(2, 4, 11), true, false),
        (Release(3, 1, 4), true, false), (Release(3, 1, 6), true, true), (newest, true, true),
    ])
    func `a dialog is found by tags or by its number`(release: Release, swapped: Bool, isFound: Bool) throws {
        var replica = replica(release)
        var call = Call()
        replica.apply(try call.created(release))
        if swapped { (call.fromTag, call.toTag) = (call.toTag, call.fromTag) }
        #expect(last(replica.apply(try call.deleted(release))) == (isFound ? .deleted : .ignored(.unknownDialog)))
    }

    @Test func `values are set and removed, CSeqs go to their leg`() throws {
        var replica = replica()
        let call = Call()
        replica.apply(try call.created())
        func value(_ type: Int32, _ text: String) throws -> TestPacket {
            var arena = Arena()
            var message = DialogValue()
            message.callID = arena.text("call-1")
            message.hashID = 7
            message.variable = arena.text("k")
            message.valueType = type
            message.text = arena.text(text)
            message.integer = -5
            return try TestPacket(message, arena, from: 3, release: newest)
        }
        let handle = try #require(replica.dialogs.dialogs(callID: "call-1").first)
        replica.apply(try value(1, "x"))
        #expect(replica.dialogs.dialog(handle)?.variable("k") == Array("x".utf8))
        replica.apply(try value(2, ""))
        #expect(replica.dialogs.dialog(handle)?.variable("k") == Array("-5".utf8))
        replica.apply(try value(0, ""))
        #expect(replica.dialogs.dialog(handle)?.variable("k") == nil)
        var arena = Arena()
        var cseq = DialogCSeqUpdate()
        cseq.callID = arena.text("call-1")
        cseq.oppositeTag = arena.text("ft")
        cseq.legTag = arena.text("tt")
        cseq.hashID = 7
        cseq.generatedCSeq = 99
        #expect(last(replica.apply(try TestPacket(cseq, arena, from: 3, release: newest))) == .updated)
        #expect(replica.dialogs.dialog(handle)?.state.callee.generatedCSeq == 99)
        #expect(replica.dialogs.dialog(handle)?.sender == 3)
    }

    @Test func `dialogs of sockets that are not ours are refused`() throws {
        var replica = replica { $0.ownSockets = ["udp:192.0.2.8:5060"] }
        #expect(last(replica.apply(try Call().created())) == .ignored(.foreignSocket))
    }

    @Test func `a dialog whose owner is gone goes a while after its time-out`() throws {
        var replica = replica()
        var call = Call()
        replica.apply(try call.created())
        call.timeout += 100
        replica.apply(try call.updated())
        #expect(replica.advance(to: 1_700_000_759).isEmpty)
        #expect(replica.advance(to: 1_700_000_760).map(\.action) == [.expired])
        #expect(replica.dialogs.count == 0)
    }

    @Test func `what a sync did not bring is dropped at its end`() throws {
        var replica = replica()
        var call = Call()
        replica.apply(try call.created())
        call.callID = "call-2"
        call.number = 8
        call.variables = "dlgX_shtag#1#other|"
        replica.apply(try call.created())
        replica.beginDialogSync(awaiting: ["vip"])
        var changes = ReplicaChanges()
        replica.endDialogSync(into: &changes)
        #expect(changes.changes.map(\.action) == [.deleted])
        #expect(replica.dialogs.dialogs(callID: "call-2").count == 1)
    }
}
