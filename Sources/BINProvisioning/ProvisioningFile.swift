package import BINMessages
import Foundation

/// A file that says what a member is told: YAML, or a SQLite database with the table `clusterer`.
package struct ProvisioningFile: Sendable {
    /// Where it is.
    package let path: String

    /// The longest YAML file that is read, in bytes.
    package static let longest = 1 << 20

    private static let magic = Array("SQLite format 3\0".utf8)

    package init(path: String) { self.path = path }

    /// Reads it.
    /// - Parameters:
    ///   - cluster: the cluster whose rows are wanted, where that is said elsewhere. A YAML file says it itself.
    ///   - node: the own node id, where that is said elsewhere.
    ///   - release: the release of the cluster, which decides how a table is read (CL-72).
    /// - Throws: ``ProvisioningError``, with the path in front.
    package func read(cluster: Int32?, node: Int32?, release: Release?) throws(ProvisioningError) -> Provisioning {
        do throws(ProvisioningError) {
            guard let file = FileHandle(forReadingAtPath: path) else { throw ProvisioningError("it cannot be opened") }
            defer { try? file.close() }
            let bytes: [UInt8]
            do {
                bytes = [UInt8](try file.read(upToCount: Self.longest + 1) ?? Data())
            } catch {
                throw ProvisioningError("it cannot be read")
            }
            if bytes.starts(with: Self.magic) {
                guard let cluster, let node, let release else {
                    throw ProvisioningError("a table needs the cluster, the own node id and the release beside it")
                }
                return try ClustererTable.read(path, cluster: cluster, node: node, release: release)
            }
            guard bytes.count <= Self.longest else {
                throw ProvisioningError("it is longer than \(Self.longest) bytes and no SQLite database")
            }
            return try Provisioning(yaml: bytes)
        } catch {
            throw ProvisioningError("\(path): \(error)")
        }
    }
}
