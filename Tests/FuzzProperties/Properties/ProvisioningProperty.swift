import BINCluster
import BINProvisioning

extension FuzzProperty {
    /// Provisioning files: a text is refused, or says the same each time and never more than a member checks; what it says
    /// of another node is a place that can be connected to.
    static let provisioning = FuzzProperty(
        "provisioning", largestInput: 2000, inputs: PlainInputs(examples: ProvisioningExamples.all)
    ) { input throws(Violation) in
        let bytes = input.array
        guard let provisioning = read(bytes) else { return }
        guard let again = read(bytes) else { throw Violation("refused the second time") }
        try require("\(again)" == "\(provisioning)", "read as something else the second time")
        for node in provisioning.nodes {
            try require(NodeURL(node.url.description) == node.url, "\(node.url) is no URL")
        }
        guard let configuration = try? provisioning.member(), let member = try? ClusterMember(configuration) else {
            return
        }
        try require(member.configuration.nodes.count == provisioning.nodes.count, "nodes were lost")
        try require(configuration.node > 0 && configuration.cluster > 0, "ids below 1")
    }

    private static func read(_ bytes: [UInt8]) -> Provisioning? { try? Provisioning(yaml: bytes) }
}

private enum ProvisioningExamples {
    static let all: [[UInt8]] = [
        """
        cluster: 1
        id: 9
        listen: bin:10.0.0.9:5555
        release: 4.0.1
        nodes:
          - id: 1
            url: bin:10.0.0.1:5555
            release: 3.6.8
            addresses: [10.0.0.2]
        capabilities:
          - usrloc-contact-repl
          - name: dialog-dlg-repl
            announce: true
            donors: [1]
        """,
        """
        {cluster: 1, id: 2, listen: "bins:[::1]:5556", release: 3.4, closed: yes, tags: [{name: vip, active: true}],
         permissions: {commands: [ping], yield-tags: true, messages: on}}
        """,
        "bridges-in: [{cluster: 2, addresses: [10.0.0.1], capabilities: [ratelimit-pipe-repl]}]\npriority: 0x10",
        "a: &a [1, 2]\nb: *a\n? complex\n: |\n  text\n--- !!map\n...", "id: 1e3\nenabled: ~\nsip-address: \"\\u0041\"",
        "nodes: [{id: 1}, {id: 1}]",
    ].map { Array($0.utf8) }
}
