import BINWire

/// The layouts of one release, looked up once.
struct ReplicationLayouts: Sendable {
    let release: Release
    let contact: ContactLayout?
    /// Of profile counters; 2.1 has none.
    let profile: DialogLayout?
    /// 2.1 has none.
    let pipe: PipeLayout?
    /// Of sync packets; 2.1 to 2.3 have none.
    let sync: ClustererLayout?

    init(_ release: Release) {
        self.release = release
        let releases = ReleaseSet(release)
        contact = ReplicationLayouts.layout(in: releases)
        profile = ReplicationLayouts.layout(in: releases).flatMap { $0 == .a ? nil : $0 }
        pipe = ReplicationLayouts.layout(in: releases)
        sync = ReplicationLayouts.layout(in: releases).flatMap { $0.dialect == .a ? nil : $0 }
    }

    private static func layout<Layout: WireLayout>(in releases: ReleaseSet) -> Layout? {
        Layout.allCases.first { $0.releases.overlaps(releases) }
    }
}
