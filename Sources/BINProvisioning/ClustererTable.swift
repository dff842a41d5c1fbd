import BINCluster
import BINMessages

#if SQLite
    import GRDB
#endif

/// The tables `clusterer` and `clusterer_bridge` of an OpenSIPS database in SQLite (Spec/clusterer.md, Provisioning).
enum ClustererTable {
    /// The rows of one cluster, read as a server reads them: versions 4 and 2 of the table.
    static func read(
        _ path: String, cluster: Int32, node: Int32, release: Release
    ) throws(ProvisioningError) -> Provisioning {
        #if SQLite
            do {
                var configuration = Configuration()
                configuration.readonly = true
                configuration.busyMode = .timeout(2)
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                return try queue.read { database in
                    try Reader(database: database, cluster: cluster, node: node, release: release).provisioning()
                }
            } catch let error as ProvisioningError {
                throw error
            } catch let error as DatabaseError {
                throw ProvisioningError("it cannot be read as a database: \(error.message ?? "\(error.resultCode)")")
            } catch {
                throw ProvisioningError("\(error)")
            }
        #else
            throw ProvisioningError("this build reads no databases: build it with --traits SQLite")
        #endif
    }
}

#if SQLite
    private struct Reader {
        let database: Database
        let cluster: Int32
        let node: Int32
        let release: Release

        func provisioning() throws -> Provisioning {
            try checkVersion()
            var provisioning = Provisioning()
            provisioning.cluster = cluster
            provisioning.node = node
            provisioning.release = release
            // Since 3.2 a node that does not stand in the table does not belong to the cluster (CL-16).
            provisioning.isClosed = release >= Release(3, 2, 0)
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM clusterer WHERE cluster_id = ? ORDER BY node_id", arguments: [cluster])
            guard let own = rows.first(where: { $0["node_id"] as Int64? == Int64(node) }) else {
                throw ProvisioningError("the table clusterer has no row of node \(node) in cluster \(cluster)")
            }
            provisioning.url = try url(own)
            provisioning.sipAddress = text(own, "sip_addr")
            provisioning.priority = number(own, "priority")
            provisioning.pingRetries = number(own, "no_ping_retries")
            provisioning.isEnabled = number(own, "state") != 0
            provisioning.isSeed = text(own, "flags").hasPrefix("seed")
            for row in rows where row["node_id"] as Int64? != Int64(node) {
                provisioning.nodes.append(try configuration(row))
            }
            provisioning.bridgesOut = try bridges()
            return provisioning
        }

        private func checkVersion() throws {
            guard try database.tableExists("clusterer") else { throw ProvisioningError("it has no table clusterer") }
            let columns = Set(try database.columns(in: "clusterer").map { $0.name.lowercased() })
            var version = columns.contains("flags") ? 4 : columns.contains("node_id") ? 2 : 1
            if try database.tableExists("version") {
                version =
                    try Int.fetchOne(
                        database, sql: "SELECT table_version FROM version WHERE table_name = 'clusterer'") ?? version
            }
            guard version == 4 || version == 2 else {
                throw ProvisioningError("the table clusterer has version \(version); versions 2 and 4 can be read")
            }
            let wanted = ["cluster_id", "node_id", "url", "state", "no_ping_retries", "priority", "sip_addr"]
            for column in wanted where !columns.contains(column) {
                throw ProvisioningError("the table clusterer has no column \(column)")
            }
        }

        private func configuration(_ row: Row) throws -> NodeConfiguration {
            guard let id = number(row, "node_id"), id > 0 else {
                throw ProvisioningError("a row of the table clusterer has no node_id above 0")
            }
            var configuration = NodeConfiguration(node: id, url: try url(row))
            configuration.sipAddress = text(row, "sip_addr")
            configuration.priority = number(row, "priority") ?? configuration.priority
            configuration.pingRetries = number(row, "no_ping_retries") ?? configuration.pingRetries
            // The state of other nodes counts since 3.2 (CL-72).
            configuration.isEnabled = release < Release(3, 2, 0) || number(row, "state") != 0
            return configuration
        }

        private func url(_ row: Row) throws -> NodeURL {
            let text = text(row, "url")
            guard let url = NodeURL(text) else {
                throw ProvisioningError(
                    "the url '\(text)' of node \(number(row, "node_id") ?? 0) is no place where a node listens")
            }
            return url
        }

        /// Rows of `clusterer_bridge` that lead out of this cluster (CL-68).
        private func bridges() throws -> [OutwardBridge] {
            guard release >= Release(4, 0, 0), try database.tableExists("clusterer_bridge") else { return [] }
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM clusterer_bridge WHERE cluster_a = ? ORDER BY cluster_b",
                arguments: [cluster])
            return rows.compactMap { row in
                guard let destination = number(row, "cluster_b") else { return nil }
                let urls = text(row, "dst_node_csv").split(separator: ",").compactMap {
                    NodeURL($0.drop { $0 == " " }.prefix { $0 != " " })
                }
                return OutwardBridge(to: destination, while: WireName(text(row, "send_shtag")), urls: urls)
            }
        }

        private func number(_ row: Row, _ column: String) -> Int32? {
            (row[column] as Int64?).flatMap { Int32(exactly: $0) }
        }

        /// A text; empty where the table has none. Bytes, which SQLite has where the column is declared so, are read as text.
        private func text(_ row: Row, _ column: String) -> String {
            row.hasColumn(column) ? row[column] as String? ?? "" : ""
        }
    }
#endif
