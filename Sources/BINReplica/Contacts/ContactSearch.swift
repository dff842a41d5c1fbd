import BINMessages
import BINWire

/// How a packet says which contact it means, and how recent it is.
struct ContactSearch {
    enum Mode {
        case uri
        case uriAndCallID
        case parameters([Text])
    }

    var mode: Mode
    /// The CSeq to compare with, one higher for updates and deletes (UL-34, UL-35). Wider than the field, so that one more fits.
    var cseq: Int64
}

/// What a search came to (UL-32).
enum SearchResult {
    case notFound
    case old(UInt32)
    case same(UInt32)
    case match(UInt32)
}

extension ContactStore {
    /// How a packet means its contact; nil when it says so in a way that does not exist.
    /// - Parameters:
    ///   - match: the match block; nil where the packet's version has none.
    ///   - source: the packet.
    func searchMode(_ match: ContactMatch?, in source: RawSpan) -> ContactSearch.Mode? {
        guard let match else {
            return rules.matchesOldPacketsByCallID ? .uriAndCallID : ownMode
        }
        switch match.mode {
        case -1: return ownMode
        case 0: return .uri
        case 1: return .uriAndCallID
        case 2: return (try? match.parameters.texts(in: source)).map { .parameters($0) }
        default: return nil
        }
    }

    private var ownMode: ContactSearch.Mode { rules.matchingMode == .uri ? .uri : .uriAndCallID }

    /// Looks for a contact of an AoR; also gives the last contact, behind which a new one comes.
    func find(
        _ search: ContactSearch, in aor: UInt32, uri: RawSpan, callID: RawSpan, packet: RawSpan
    ) -> (result: SearchResult, last: UInt32) {
        var place = arena.load32(aor, AoRField.firstContact)
        var last: UInt32 = 0
        var found: SearchResult = .notFound
        while place != 0 {
            let contact = ContactView(unchecked: arena.bytes(at: place))
            if case .notFound = found, !(rules.hidesDeleted && contact.expires == 10),
                isMeant(contact, search.mode, uri: uri, callID: callID, packet: packet)
            {
                found = judge(contact, place, search, callID: callID)
            }
            last = place
            place = arena.load32(place, ContactField.next)
        }
        return (found, last)
    }

    private func isMeant(
        _ contact: borrowing ContactView, _ mode: ContactSearch.Mode, uri: RawSpan, callID: RawSpan, packet: RawSpan
    ) -> Bool {
        switch mode {
        case .uri: isSame(contact.uri, uri)
        case .uriAndCallID: contact.callID.isEqual(callID) && isSame(contact.uri, uri)
        case .parameters(let names): SIPURI(contact.uri).agrees(with: SIPURI(uri), on: names, in: packet)
        }
    }

    /// UL-5.
    private func isSame(_ left: RawSpan, _ right: RawSpan) -> Bool {
        if left.isEqual(right) { return true }
        return rules.uriComparison == .sip && SIPURI(left).means(SIPURI(right))
    }

    private func judge(
        _ contact: borrowing ContactView, _ place: UInt32, _ search: ContactSearch, callID: RawSpan
    ) -> SearchResult {
        var comparesCSeq = true
        switch search.mode {
        case .uriAndCallID: break
        case .uri, .parameters: comparesCSeq = contact.callID.isEqual(callID)
        }
        guard comparesCSeq else { return .match(place) }
        let stored = Int64(contact.cseq)
        return search.cseq < stored ? .old(place) : search.cseq == stored ? .same(place) : .match(place)
    }
}
