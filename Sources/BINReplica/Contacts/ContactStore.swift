public import BINMessages
import BINWire

/// Addresses of record and their contacts, as replicated (Spec/usrloc.md).
///
/// A value: a copy is a snapshot. It costs next to nothing, can be read by another task while this one goes on, and shares
/// what was not changed since (``RecordArena``).
public struct ContactStore: Sendable {
    /// How it decides what a packet does.
    public let rules: ContactRules
    /// What it holds at most.
    public let limits: ContactLimits

    var arena: RecordArena
    let keys: KeyedHash
    /// AoRs by domain and name; contacts by URI and by Call-ID, each the first of those that share it.
    var aors = RecordIndex()
    var uris = RecordIndex()
    var calls = RecordIndex()
    var wheel = DueWheel()
    var empties = EmptyAoRs()
    /// Names of the tables; contacts refer to them by number.
    var domains: [[UInt8]]
    /// The receiver's own sockets, as packets name them; nil to keep sockets as they come (UL-14).
    let ownSockets: [[UInt8]]?
    /// Whether tables that are not in ``domains`` are refused.
    let hasFixedDomains: Bool
    /// Highest record label by hash slot (UL-30).
    var slotLabels = [UInt32](repeating: 0, count: ContactStore.slotCount)
    var nextSerial: UInt64 = 1
    /// Deleted records, readable until the next change.
    var deleted: [(place: UInt32, units: Int)] = []
    var scratch: [UInt8] = []

    /// Contacts, those included whose time is up but which were not taken out yet.
    public internal(set) var count = 0
    /// Strict mode: traces of deleted contacts.
    public internal(set) var traceCount = 0

    /// Slots of the hash table of AoRs that record labels are numbered in; the default `hash_size` of the servers.
    static let slotCount = 512

    /// An empty store.
    /// - Parameters:
    ///   - rules: how it decides what a packet does.
    ///   - limits: what it holds at most.
    ///   - domains: the tables of contacts that there are; nil to take whichever come.
    ///   - ownSockets: the receiver's own sockets; nil to keep sockets as they come.
    ///   - seed: any number that senders do not know. It decides about nothing but speed.
    init(
        _ rules: ContactRules, limits: ContactLimits = ContactLimits(), domains: [String]? = nil,
        ownSockets: Set<String>? = nil, seed: UInt64
    ) {
        self.rules = rules
        self.limits = limits
        self.arena = RecordArena(byteLimit: limits.bytes)
        self.keys = KeyedHash(seed: seed)
        self.ownSockets = ownSockets.map { sockets in sockets.map { Array($0.utf8) } }
        self.domains = (domains ?? []).map { Array($0.utf8) }
        self.hasFixedDomains = domains != nil
    }

    /// Number of addresses of record; in strict mode those included that only traces of deleted contacts are left of.
    public var aorCount: Int { aors.count }

    /// Bytes taken for records and indexes.
    public var reservedBytes: Int {
        arena.reservedBytes + aors.bytes + uris.bytes + calls.bytes + wheel.bytes
    }

    // MARK: Look-up

    /// The address of record `name` of a table.
    public func addressOfRecord(_ name: RawSpan, domain: RawSpan) -> AoRHandle? {
        guard let domain = number(ofDomain: domain), let place = findAoR(name, domain) else { return nil }
        return handle(aor: place)
    }

    /// The address of record `name` of a table.
    public func addressOfRecord(_ name: String, domain: String = "location") -> AoRHandle? {
        unsafe addressOfRecord(Array(name.utf8).span.bytes, domain: Array(domain.utf8).span.bytes)
    }

    /// The contacts of an address of record in the order in which they came, those included whose time is up.
    public func contacts(of aor: AoRHandle) -> [ContactHandle] {
        guard let view = self.aor(aor) else { return [] }
        return chain(view.firstContact, ContactField.next)
    }

    /// The contacts of all addresses of record that are reached at `uri`, byte for byte.
    public func contacts(uri: RawSpan) -> [ContactHandle] {
        guard let first = findContact(uris, keys.hash(uri), .uri, uri) else { return [] }
        return chain(first, ContactField.uriNext)
    }

    /// The contacts that are reached at `uri`.
    public func contacts(uri: String) -> [ContactHandle] { unsafe contacts(uri: Array(uri.utf8).span.bytes) }

    /// The contacts that were registered with `callID`.
    public func contacts(callID: RawSpan) -> [ContactHandle] {
        guard let first = findContact(calls, keys.hash(callID), .callID, callID) else { return [] }
        return chain(first, ContactField.callNext)
    }

    /// The contacts that were registered with `callID`.
    public func contacts(callID: String) -> [ContactHandle] { unsafe contacts(callID: Array(callID.utf8).span.bytes) }

    /// A contact, read in place; nil when it is not there any more.
    @_lifetime(borrow self)
    public func contact(_ handle: ContactHandle) -> ContactView? {
        guard arena.contains(handle.place) else { return nil }
        return ContactView(arena.bytes(at: handle.place), serial: handle.serial)
    }

    /// An address of record, read in place; nil when it is not there any more.
    @_lifetime(borrow self)
    public func aor(_ handle: AoRHandle) -> AoRView? {
        guard arena.contains(handle.place) else { return nil }
        return AoRView(arena.bytes(at: handle.place), serial: handle.serial)
    }

    /// The address of record of a contact.
    public func addressOfRecord(of contact: ContactHandle) -> AoRHandle? {
        guard self.contact(contact) != nil else { return nil }
        let place = arena.load32(contact.place, ContactField.aor)
        return arena.contains(place) ? handle(aor: place) : nil
    }

    /// The name of an address of record; bytes that are not UTF-8 are replaced.
    public func name(of aor: AoRHandle) -> String? {
        guard let view = self.aor(aor) else { return nil }
        return ContactStore.string(view.name)
    }

    /// The table of an address of record.
    public func domain(of aor: AoRHandle) -> String? {
        guard let view = self.aor(aor), Int(view.domain) < domains.count else { return nil }
        return String(decoding: domains[Int(view.domain)], as: UTF8.self)
    }

    /// A contact in memory of its own; nil when it is not there any more. Bytes that are not UTF-8 are replaced.
    public func copy(of handle: ContactHandle) -> Contact? {
        guard let view = contact(handle), let aor = addressOfRecord(of: handle), let name = name(of: aor),
            let domain = domain(of: aor)
        else { return nil }
        var contact = Contact(
            AddressOfRecord(name, domain: domain), uri: ContactStore.string(view.uri), expires: view.expires)
        contact.id = ContactID(view.contactID)
        contact.callID = ContactStore.string(view.callID)
        contact.userAgent = ContactStore.string(view.userAgent)
        contact.path = ContactStore.string(view.path)
        contact.attributes = ContactStore.string(view.attributes)
        contact.received = ContactStore.string(view.received)
        contact.instance = ContactStore.string(view.instance)
        contact.q = view.q
        contact.socket = ContactStore.string(view.socket)
        contact.cseq = view.cseq
        contact.flags = ContactFlags(rawValue: view.flags)
        contact.branchFlags = BranchFlags(
            bits: view.branchFlags,
            names: ContactStore.string(view.branchFlagNames).split(separator: " ").map(String.init))
        contact.methods = SIPMethods(rawValue: view.methods)
        contact.lastModified = view.lastModified
        contact.keyValues = KeyValues(received: view.keyValues)
        return contact
    }

    /// An address of record in memory of its own, without its contacts; nil when it is not there any more.
    public func record(of handle: AoRHandle) -> AoRRecord? {
        guard let view = aor(handle), let domain = domain(of: handle) else { return nil }
        return AoRRecord(
            AddressOfRecord(ContactStore.string(view.name), domain: domain), label: view.label,
            nextContactLabel: view.nextContactLabel, keyValues: KeyValues(received: view.keyValues))
    }

    /// Calls `body` with every address of record, in no particular order.
    public func forEachAoR(_ body: (AoRHandle) -> Void) {
        aors.forEach { body(handle(aor: $0)) }
    }

    static func string(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Parts of a look-up

    func number(ofDomain name: RawSpan) -> UInt16? {
        for index in domains.indices where name.isEqual(domains[index]) { return UInt16(index) }
        return nil
    }

    func hash(_ name: RawSpan, _ domain: UInt16) -> UInt32 { keys.hash(name, salt: UInt64(domain) + 1) }

    /// The hash of an AoR in the index.
    func hash(aor place: UInt32) -> UInt32 {
        let view = AoRView(unchecked: arena.bytes(at: place))
        return hash(view.name, view.domain)
    }

    func marks(_ contact: UInt32) -> ContactMarks {
        ContactMarks(rawValue: arena.load16(contact, ContactField.marks))
    }

    func integer(_ contact: UInt32, _ field: Int) -> Int32 { Int32(bitPattern: arena.load32(contact, field)) }

    func findAoR(_ name: RawSpan, _ domain: UInt16) -> UInt32? { findAoR(name, domain, hash(name, domain)) }

    @inline(__always)
    func findAoR(_ name: RawSpan, _ domain: UInt16, _ hash: UInt32) -> UInt32? {
        var search = aors.search(hash)
        while let place = aors.next(&search) {
            let view = AoRView(unchecked: arena.bytes(at: place))
            if view.domain == domain, view.name.isEqual(name) { return place }
        }
        return nil
    }

    /// The first of the contacts whose `text` is `key`.
    @inline(__always)
    func findContact(_ index: borrowing RecordIndex, _ hash: UInt32, _ text: ContactText, _ key: RawSpan) -> UInt32? {
        var search = index.search(hash)
        while let place = index.next(&search) {
            if ContactView(unchecked: arena.bytes(at: place)).text(text).isEqual(key) { return place }
        }
        return nil
    }

    func handle(aor place: UInt32) -> AoRHandle {
        AoRHandle(place: place, serial: arena.load64(place, AoRField.serial))
    }

    func handle(contact place: UInt32) -> ContactHandle {
        ContactHandle(place: place, serial: arena.load64(place, ContactField.serial))
    }

    /// The live contacts of a list whose links stand at `link`.
    private func chain(_ first: UInt32, _ link: Int) -> [ContactHandle] {
        var handles: [ContactHandle] = []
        var place = first
        while place != 0 {
            if ContactView(unchecked: arena.bytes(at: place)).marks.contains(.live) {
                handles.append(handle(contact: place))
            }
            place = arena.load32(place, link)
        }
        return handles
    }
}
