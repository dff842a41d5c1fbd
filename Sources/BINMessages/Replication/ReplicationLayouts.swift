import BINWire

/// The layouts of one release, looked up once.
package struct ReplicationLayouts: Sendable {
    package let release: Release
    package let contact: ContactLayout?
    package let dialog: DialogLayout?
    /// Of profile counters; 2.1 has none.
    package let profile: DialogLayout?
    /// 2.1 has none.
    package let pipe: PipeLayout?
    /// Of sync packets; 2.1 to 2.3 have none.
    package let sync: ClustererLayout?

    package init(_ release: Release) {
        self.release = release
        let releases = ReleaseSet(release)
        contact = ReplicationLayouts.layout(in: releases)
        dialog = ReplicationLayouts.layout(in: releases)
        profile = dialog == .a ? nil : dialog
        pipe = ReplicationLayouts.layout(in: releases)
        sync = ReplicationLayouts.layout(in: releases).flatMap { $0.dialect == .a ? nil : $0 }
    }

    private static func layout<Layout: WireLayout>(in releases: ReleaseSet) -> Layout? {
        Layout.allCases.first { $0.releases.overlaps(releases) }
    }
}
