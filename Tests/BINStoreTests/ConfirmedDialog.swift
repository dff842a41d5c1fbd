import BINMessages
import BINWire
import TestSupport
import Testing

/// A packet that says that a call was confirmed.
func confirmedDialog(_ number: Int32, _ profiles: String = "") throws -> [UInt8] {
    var texts = Arena()
    var created = DialogCreated()
    created.dialog.callID = texts.text("dialog-\(number)")
    created.dialog.fromTag = texts.text("from")
    created.dialog.toTag = texts.text("to")
    created.dialog.hashID = number
    created.dialog.state = 4
    created.dialog.profiles = texts.text(profiles)
    created.dialog.timeout = 2_000_000_000
    let layout = try #require(DialogLayout.allCases.first { $0.releases.contains(Release(4, 0, 1)) })
    return try packet(created, in: layout, from: texts.bytes)
}
