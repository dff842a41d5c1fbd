import BINMessages

/// How a release lays out what a replica reads, looked up once.
struct ReplicaLayouts: Sendable {
    let release: Release
    let contact: ContactLayout?
    let dialog: DialogLayout?
    /// 2.1 has none.
    let pipe: PipeLayout?
    /// Of sync packets; 2.1 to 2.3 have none.
    let sync: ClustererLayout?

    init(_ release: Release) {
        self.release = release
        contact = ReplicaLayouts.layout(of: release)
        dialog = ReplicaLayouts.layout(of: release)
        pipe = ReplicaLayouts.layout(of: release)
        sync = ReplicaLayouts.layout(of: release).flatMap { (layout: ClustererLayout) in layout == .a ? nil : layout }
    }

    private static func layout<Layout: WireLayout>(of release: Release) -> Layout? {
        let releases = ReleaseSet(release)
        return Layout.allCases.first { $0.releases.overlaps(releases) }
    }
}
