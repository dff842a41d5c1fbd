import BINCluster
import BINMessages
import BINProvisioning
import Foundation
import Testing

#if SQLite
    import GRDB
#endif

@Suite struct ProvisioningTests {
    @Test func `a YAML file says all that a member is told`() throws {
        let member = try Provisioning(
            yaml: Array(
                """
                cluster: 3
                id: 9
                listen: bin:10.0.0.9:5599
                release: 4.0
                sip-address: sip:10.0.0.9
                priority: 20
                ping-retries: 2
                closed: yes
                seed: true
                nodes:
                  - id: 1
                    url: bin:10.0.0.1:5555
                    release: 4.0.1
                    addresses: [10.0.1.1, "2001:db8::1"]
                  - {id: 2, url: "bin:[2001:db8::2]", priority: 7, enabled: off}
                capabilities:
                  - dialog-dlg-repl
                  - name: usrloc-contact-repl
                    serve: true
                    sync: true
                    donors: [1]
                    silence-limit: 40
                tags:
                  - vip
                  - name: backup
                    active: true
                bridges-in:
                  - {cluster: 5, addresses: [10.5.0.1], capabilities: [ratelimit-pipe-repl]}
                bridges-out:
                  - {cluster: 6, tag: vip, urls: ["bin:10.6.0.1:5555"]}
                permissions:
                  commands: [get_statistics]
                  yield-tags: true
                """.utf8)
        ).member()
        #expect(member.cluster == 3 && member.node == 9 && member.url.description == "bin:10.0.0.9:5599")
        #expect(member.release == Release("4.0") && member.sipAddress == "sip:10.0.0.9" && member.priority == 20)
        #expect(member.pingRetries == 2 && !member.discoversNodes && member.isSeed)
        #expect(member.nodes.map(\.node) == [1, 2])
        #expect(member.nodes[0].release == Release(4, 0, 1) && member.nodes[0].addresses.count == 2)
        #expect(member.nodes[1].url.port == 5555 && member.nodes[1].priority == 7 && !member.nodes[1].isEnabled)
        #expect(member.capabilities.map(\.name) == [WireName("dialog-dlg-repl"), WireName("usrloc-contact-repl")])
        #expect(!member.capabilities[0].isAnnounced && member.capabilities[1].isAnnounced)
        #expect(member.capabilities[1].servesSync && member.capabilities[1].donors == [1])
        #expect(member.capabilities[1].silenceLimit == .seconds(40))
        #expect(
            member.tags == [TagConfiguration(WireName("vip")), TagConfiguration(WireName("backup"), isActive: true)])
        #expect(member.bridgesIn.first?.sourceCluster == 5 && member.bridgesOut.first?.destinationCluster == 6)
        #expect(member.permissions.yieldsTags && member.permissions.commands == [WireName("get_statistics")])
        _ = try ClusterMember(member)
    }

    @Test(arguments: [
        ("", "it is empty"), ("- 1", "line 1: a file consists of lines with key: value"),
        ("cluster: 0", "line 1: a number from 1 to 2147483647 is expected"),
        ("cluster: 1\ncluster: 2", "twice the key"), ("id: 1\nidd: 2", "line 2: the key 'idd' is not known here"),
        ("listen: udp:1.2.3.4:5", "line 1: a place where a node listens"),
        ("release: 1.9", "line 1: a release of OpenSIPS"),
        ("nodes:\n  - id: 3", "line 2: a node needs id and url"), ("nodes: 7", "line 1: a list is expected"),
        ("seed: maybe", "line 1: true or false"), ("tags: ['']", "line 1: a name of 1 to"),
        ("nodes: [", "line 2: "), ("a: &x [*x]", "line 1: "),
        ("bridges-out: [{cluster: 2}]", "needs cluster, tag and urls"),
        ("? [a]\n: 1", "line 1: a key is expected"),
    ])
    func `what is not understood is named with its line`(text: String, words: String) {
        let error = #expect(throws: ProvisioningError.self) { try Provisioning(yaml: Array(text.utf8)) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        ("id: 1\nlisten: bin:1.1.1.1\nrelease: 3.4", "the cluster is not said"),
        ("cluster: 1\nlisten: bin:1.1.1.1\nrelease: 3.4", "the own node id is not said"),
        ("cluster: 1\nid: 4\nrelease: 3.4", "it is not said where node 4 listens"),
        ("cluster: 1\nid: 4\nlisten: bin:1.1.1.1", "the release of the cluster is not said"),
    ])
    func `what is missing is named`(text: String, words: String) throws {
        let told = try Provisioning(yaml: Array(text.utf8))
        let error = #expect(throws: ProvisioningError.self) { try told.member() }
        #expect(error?.description.contains(words) == true)
    }

    @Test func `a file that is not there, too long or no UTF-8 is refused by its name`() throws {
        let path = NSTemporaryDirectory() + "provisioning-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func error(_ content: [UInt8]?) -> String {
            if let content { _ = FileManager.default.createFile(atPath: path, contents: Data(content)) }
            do throws(ProvisioningError) {
                _ = try ProvisioningFile(path: path).read(cluster: 1, node: 1, release: Release(4, 0, 1))
                return ""
            } catch {
                return error.description
            }
        }
        #expect(error(nil) == "\(path): it cannot be opened")
        #expect(error([0xFF, 0xFE, 0xFD]) == "\(path): it is not UTF-8")
        #expect(error([]) == "\(path): it is empty")
        #expect(
            error([UInt8](repeating: 35, count: ProvisioningFile.longest + 1)).contains("longer than 1048576 bytes"))
        #if !SQLite
            #expect(error(Array("SQLite format 3\0".utf8)).contains("--traits SQLite"))
        #endif
    }
}

#if SQLite
    @Suite struct ClustererTableTests {
        private let path = NSTemporaryDirectory() + "clusterer-\(UUID().uuidString).db"

        private func write(_ statements: [String]) throws {
            let queue = try DatabaseQueue(path: path)
            try queue.write { database in for statement in statements { try database.execute(sql: statement) } }
        }

        private func read(_ release: Release, node: Int32 = 9) throws(ProvisioningError) -> Provisioning {
            try ProvisioningFile(path: path).read(cluster: 1, node: node, release: release)
        }

        /// The columns as servers create them.
        private static let version4 = [
            "CREATE TABLE version (table_name CHAR(32) NOT NULL, table_version INTEGER DEFAULT 0 NOT NULL)",
            "INSERT INTO version VALUES ('clusterer', 4)",
            """
            CREATE TABLE clusterer (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, cluster_id INTEGER NOT NULL,
            node_id INTEGER NOT NULL, url CHAR(64) NOT NULL, state INTEGER DEFAULT 1 NOT NULL,
            no_ping_retries INTEGER DEFAULT 3 NOT NULL, priority INTEGER DEFAULT 50 NOT NULL, sip_addr CHAR(64),
            flags CHAR(64), description CHAR(64))
            """,
            "INSERT INTO clusterer VALUES (1, 1, 9, 'bin:10.0.0.9:5555', 1, 4, 30, 'sip:10.0.0.9', 'seed', 'us')",
            "INSERT INTO clusterer VALUES (2, 1, 2, 'bin:10.0.0.2:5555', 0, 5, 40, NULL, NULL, NULL)",
            "INSERT INTO clusterer VALUES (3, 1, 1, 'bin:10.0.0.1', 1, 3, 50, 'sip:10.0.0.1', NULL, NULL)",
            "INSERT INTO clusterer VALUES (4, 2, 1, 'bin:10.9.0.1:5555', 1, 3, 50, NULL, NULL, NULL)",
        ]

        @Test func `version 4 of the table is read as servers read it`() throws {
            defer { try? FileManager.default.removeItem(atPath: path) }
            try write(Self.version4)
            let told = try read(Release(3, 4, 18))
            let member = try told.member()
            #expect(member.url.description == "bin:10.0.0.9:5555" && member.isSeed && member.priority == 30)
            #expect(member.sipAddress == "sip:10.0.0.9" && member.pingRetries == 4 && !member.discoversNodes)
            #expect(member.nodes.map(\.node) == [1, 2] && member.nodes.map(\.isEnabled) == [true, false])
            #expect(member.nodes[1].priority == 40 && member.nodes[1].pingRetries == 5)
            #expect(member.nodes[0].url.port == 5555)
            // Before 3.2 the state of others is not looked at, and others may introduce themselves.
            let old = try read(Release(3, 1, 17)).member()
            #expect(old.nodes.map(\.isEnabled) == [true, true] && old.discoversNodes)
        }

        @Test func `version 2 of the table is read too`() throws {
            defer { try? FileManager.default.removeItem(atPath: path) }
            try write([
                "CREATE TABLE version (table_name CHAR(32) NOT NULL, table_version INTEGER DEFAULT 0 NOT NULL)",
                "INSERT INTO version VALUES ('clusterer', 2)",
                """
                CREATE TABLE clusterer (id INTEGER PRIMARY KEY, cluster_id INTEGER, node_id INTEGER, url CHAR(64),
                state INTEGER DEFAULT 1, ls_seq_no INTEGER DEFAULT 0, top_seq_no INTEGER DEFAULT 0,
                no_ping_retries INTEGER DEFAULT 3, priority INTEGER DEFAULT 50, sip_addr CHAR(64), description CHAR(64))
                """,
                "INSERT INTO clusterer (cluster_id, node_id, url) VALUES (1, 9, 'bin:10.0.0.9:5555')",
                "INSERT INTO clusterer (cluster_id, node_id, url) VALUES (1, 4, 'bin:10.0.0.4:5555')",
            ])
            let member = try read(Release(2, 3, 6)).member()
            #expect(member.nodes.map(\.node) == [4] && !member.isSeed && member.priority == 50)
        }

        @Test func `bridges of 4.0 are read from their table`() throws {
            defer { try? FileManager.default.removeItem(atPath: path) }
            try write(
                Self.version4 + [
                    "CREATE TABLE clusterer_bridge (id INTEGER PRIMARY KEY, cluster_a INTEGER, cluster_b INTEGER, "
                        + "send_shtag CHAR(32), dst_node_csv BLOB)",
                    "INSERT INTO clusterer_bridge VALUES (1, 1, 7, 'edge', 'bin:10.7.0.1:5555, bin:10.7.0.2')",
                ])
            let bridges = try read(Release(4, 0, 1)).bridgesOut
            #expect(bridges.map(\.destinationCluster) == [7] && bridges[0].tag == WireName("edge"))
            #expect(bridges[0].urls.map(\.description) == ["bin:10.7.0.1:5555", "bin:10.7.0.2:5555"])
        }

        @Test(arguments: [
            ("UPDATE version SET table_version = 1", "has version 1; versions 2 and 4 can be read"),
            ("DELETE FROM clusterer WHERE node_id = 9", "no row of node 9 in cluster 1"),
            ("UPDATE clusterer SET url = 'udp:x' WHERE node_id = 2", "the url 'udp:x' of node 2"),
            ("UPDATE clusterer SET node_id = 0 WHERE node_id = 2", "no node_id above 0"),
            ("DROP TABLE clusterer", "it has no table clusterer"),
            ("ALTER TABLE clusterer RENAME COLUMN sip_addr TO sip", "no column sip_addr"),
        ])
        func `a table that cannot be used is refused with the reason`(statement: String, words: String) throws {
            defer { try? FileManager.default.removeItem(atPath: path) }
            try write(Self.version4 + [statement])
            let error = #expect(throws: ProvisioningError.self) { try read(Release(4, 0, 1)) }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }

        @Test func `a damaged database is refused with one sentence`() throws {
            defer { try? FileManager.default.removeItem(atPath: path) }
            _ = FileManager.default.createFile(
                atPath: path, contents: Data("SQLite format 3\0".utf8) + Data(repeating: 0x5A, count: 5000))
            let error = #expect(throws: ProvisioningError.self) { try read(Release(4, 0, 1)) }
            #expect(error?.description.contains("cannot be read as a database") == true)
        }
    }
#endif
