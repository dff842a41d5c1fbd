import BINCapture
import BINCluster
import BINText
import BINWire

extension FuzzProperty {
    /// Where a node is reached, as peers and people write it: what was read is written so that it is read the same.
    static let address = FuzzProperty(
        "address", largestInput: 200, inputs: PlainInputs(examples: AddressExamples.all)
    ) { input throws(Violation) in
        guard let text = input.validatedString() else { return }
        if let endpoint = try? BINEndpoint(parsing: text) {
            try require((0...65_535).contains(endpoint.port), "port \(endpoint.port)")
            let again = try? BINEndpoint(parsing: endpoint.description)
            try require(
                again == endpoint, "\(endpoint.description.debugDescription) is read as \(String(describing: again))")
        }
        if let url = NodeURL(text) {
            try require(url.port > 0, "port 0")
            try require(
                NodeURL(url.description) == url, "\(url.description.debugDescription) is read as something else")
            // What a node says of itself can be connected to.
            let endpoint = try? BINEndpoint(parsing: url.description)
            try require(endpoint?.host == url.host && endpoint?.port == Int(url.port), "\(url) is no endpoint")
        }
        if let endpoint = Endpoint(text) {
            try require(Endpoint(endpoint.description) == endpoint, "\(endpoint) is read as something else")
        }
        if let address = PeerAddress(text) {
            try require(PeerAddress(address.description) == address, "\(address) is read as something else")
        }
    }
}

extension FuzzProperty {
    /// What somebody asks the web page of a node for: what was read is written so that it is read the same.
    static let requestTarget = FuzzProperty(
        "request-target", largestInput: 400, inputs: PlainInputs(examples: RequestTargetExamples.all)
    ) { input throws(Violation) in
        guard let text = input.validatedString(), let target = RequestTarget(text) else { return }
        try require(target.path.utf8.first == UInt8(ascii: "/"), "the path does not begin with /")
        try require(target.query.count <= 32, "\(target.query.count) values")
        let query = target.query.map { "\(RequestTarget.encode($0.name))=\(RequestTarget.encode($0.value))" }
        let written = "\(RequestTarget.encode(target.path))?\(query.joined(separator: "&"))"
        guard let again = RequestTarget(written) else { throw Violation("\(written) is no target") }
        try require(again.path.utf8.elementsEqual(target.path.utf8), "\(written) has another path")
        try require(
            again.query.elementsEqual(target.query) {
                $0.name.utf8.elementsEqual($1.name.utf8) && $0.value.utf8.elementsEqual($1.value.utf8)
            }, "\(written) has another query")
    }
}

private enum RequestTargetExamples {
    static let all: [[UInt8]] = [
        "/", "/members", "/state?node=1&key=a%2Fb", "/state/k%C3%A9y+1", "/events?from=%00&&=x&y", "/%", "/%+f", "*",
        "/?a=b=c+d",
    ].map { Array($0.utf8) }
}

private enum AddressExamples {
    static let all: [[UInt8]] = [
        "bin:10.0.0.1:5555", "bins:[2001:db8::7]:5556", "udp:[::1]:7", "10.0.0.1:5", "node-1.example", "[fe80::1]",
        "::ffff:192.0.2.1", "bin:h", "1:2:3:4:5:6:7:8",
    ].map { Array($0.utf8) }
}
