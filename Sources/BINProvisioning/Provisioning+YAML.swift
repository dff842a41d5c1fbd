import BINCluster
import BINMessages
import Yams

extension Provisioning {
    /// Reads a YAML document:
    ///
    /// ```yaml
    /// cluster: 1
    /// id: 9
    /// listen: bin:10.0.0.9:5555
    /// release: 4.0.1
    /// nodes:
    ///   - id: 1
    ///     url: bin:10.0.0.1:5555
    /// capabilities:
    ///   - name: usrloc-contact-repl
    ///     sync: true
    /// ```
    /// - Throws: ``ProvisioningError`` with the line of what is not understood. A key that is not known is refused, so that a
    ///   slip of the pen does not go unseen.
    package init(yaml bytes: [UInt8]) throws(ProvisioningError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ProvisioningError("it is not UTF-8") }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ProvisioningError(error.sentence)
        } catch {
            throw ProvisioningError("\(error)")
        }
        guard let root else { throw ProvisioningError("it is empty") }
        self.init()
        try YAMLMapping(root, "a file").forEach { (key, value) throws(ProvisioningError) in
            switch key {
            case "cluster": cluster = try value.id()
            case "id": node = try value.id()
            case "listen": url = try value.url()
            case "release": release = try value.release()
            case "sip-address": sipAddress = try value.text()
            case "priority": priority = try value.number(0...Int32.max)
            case "ping-retries": pingRetries = try value.number(0...Int32.max)
            case "enabled": isEnabled = try value.flag()
            case "closed": isClosed = try value.flag()
            case "seed": isSeed = try value.flag()
            case "nodes":
                nodes = try value.list { (item) throws(ProvisioningError) in try NodeConfiguration(item) }
            case "capabilities":
                capabilities = try value.list { (item) throws(ProvisioningError) in try CapabilityConfiguration(item) }
            case "tags": tags = try value.list { (item) throws(ProvisioningError) in try TagConfiguration(item) }
            case "bridges-in":
                bridgesIn = try value.list { (item) throws(ProvisioningError) in try InwardBridge(item) }
            case "bridges-out":
                bridgesOut = try value.list { (item) throws(ProvisioningError) in try OutwardBridge(item) }
            case "permissions": permissions = try Permissions(value)
            default: throw value.unknownKey(key)
            }
        }
    }
}

extension NodeConfiguration {
    fileprivate init(_ item: YAMLValue) throws(ProvisioningError) {
        var id: Int32?
        var url: NodeURL?
        var rest = NodeConfiguration(node: 1, url: NodeURL(host: "", port: 1))
        try YAMLMapping(item.node, "a node").forEach { (key, value) throws(ProvisioningError) in
            switch key {
            case "id": id = try value.id()
            case "url": url = try value.url()
            case "release": rest.release = try value.release()
            case "sip-address": rest.sipAddress = try value.text()
            case "priority": rest.priority = try value.number(0...Int32.max)
            case "ping-retries": rest.pingRetries = try value.number(0...Int32.max)
            case "enabled": rest.isEnabled = try value.flag()
            case "addresses":
                rest.addresses = try value.list { (item) throws(ProvisioningError) in try item.address() }
            default: throw value.unknownKey(key)
            }
        }
        guard let id, let url else { throw item.error("a node needs id and url") }
        self = rest
        self.node = id
        self.url = url
    }
}

extension CapabilityConfiguration {
    fileprivate init(_ item: YAMLValue) throws(ProvisioningError) {
        guard item.node.mapping != nil else {
            self.init(try item.name())
            return
        }
        var name: WireName?
        var rest = CapabilityConfiguration(WireName("-"))
        try YAMLMapping(item.node, "a capability").forEach { (key, value) throws(ProvisioningError) in
            switch key {
            case "name": name = try value.name()
            case "announce": rest.isAnnounced = try value.flag()
            case "serve": rest.servesSync = try value.flag()
            case "sync": rest.syncsAtStart = try value.flag()
            case "silence-limit": rest.silenceLimit = .seconds(try value.number(1...86_400))
            case "own-site-only": rest.syncsFromOwnSiteOnly = try value.flag()
            case "donors":
                rest.donors = Set(try value.list { (item) throws(ProvisioningError) in try item.id() })
            default: throw value.unknownKey(key)
            }
        }
        guard let name else { throw item.error("a capability needs a name") }
        self = rest
        self.name = name
        // Who serves or asks has to be known to have it.
        isAnnounced = isAnnounced || servesSync || syncsAtStart
    }
}

extension TagConfiguration {
    fileprivate init(_ item: YAMLValue) throws(ProvisioningError) {
        guard item.node.mapping != nil else {
            self.init(try item.name())
            return
        }
        var name: WireName?
        var isActive = false
        try YAMLMapping(item.node, "a sharing tag").forEach { (key, value) throws(ProvisioningError) in
            switch key {
            case "name": name = try value.name()
            case "active": isActive = try value.flag()
            default: throw value.unknownKey(key)
            }
        }
        guard let name else { throw item.error("a sharing tag needs a name") }
        self.init(name, isActive: isActive)
    }
}

extension InwardBridge {
    fileprivate init(_ item: YAMLValue) throws(ProvisioningError) {
        var source: Int32?
        var addresses: Set<PeerAddress> = []
        var capabilities: Set<WireName> = []
        try YAMLMapping(item.node, "a bridge").forEach { (key, value) throws(ProvisioningError) in
            switch key {
            case "cluster": source = try value.id()
            case "addresses":
                addresses = Set(try value.list { (item) throws(ProvisioningError) in try item.address() })
            case "capabilities":
                capabilities = Set(try value.list { (item) throws(ProvisioningError) in try item.name() })
            default: throw value.unknownKey(key)
            }
        }
        guard let source, !addresses.isEmpty, !capabilities.isEmpty else {
            throw item.error("a bridge from a cluster needs cluster, addresses and capabilities")
        }
        self.init(from: source, addresses: addresses, capabilities: capabilities)
    }
}

extension OutwardBridge {
    fileprivate init(_ item: YAMLValue) throws(ProvisioningError) {
        var destination: Int32?
        var tag: WireName?
        var urls: [NodeURL] = []
        try YAMLMapping(item.node, "a bridge").forEach { (key, value) throws(ProvisioningError) in
            switch key {
            case "cluster": destination = try value.id()
            case "tag": tag = try value.name()
            case "urls": urls = try value.list { (item) throws(ProvisioningError) in try item.url() }
            default: throw value.unknownKey(key)
            }
        }
        guard let destination, let tag, !urls.isEmpty else {
            throw item.error("a bridge to a cluster needs cluster, tag and urls")
        }
        self.init(to: destination, while: tag, urls: urls)
    }
}

extension Permissions {
    fileprivate init(_ item: YAMLValue) throws(ProvisioningError) {
        self.init()
        try YAMLMapping(item.node, "permissions").forEach { (key, value) throws(ProvisioningError) in
            switch key {
            case "commands": commands = Set(try value.list { (item) throws(ProvisioningError) in try item.name() })
            case "remove-nodes": removesNodes = try value.flag()
            case "yield-tags": yieldsTags = try value.flag()
            case "messages": genericMessages = try value.flag()
            default: throw value.unknownKey(key)
            }
        }
    }
}
