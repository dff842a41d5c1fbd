import BINMessages
package import BINReplica
package import BINText
import BINWire

extension ListedRecord {
    /// A dialog.
    package init(_ dialog: Dialog, node: String?) {
        var state = dialog.state
        var arena = dialog.texts
        func keep(_ text: [UInt8]) -> Text {
            let start = arena.count
            arena += text
            return Text(offset: UInt32(clamping: start), length: UInt32(clamping: text.count))
        }
        state.variables = keep(DialogText.write(dialog.variables, .typed))
        let profiles = dialog.links.map { link in
            DialogText.Record(name: Array((link.profile + link.suffix).utf8), value: Array(link.value.utf8))
        }
        state.profiles = keep(DialogText.write(profiles, .typed))
        var lister = FieldLister(source: arena)
        try? state.fields(&lister, in: .m)
        self.init(fields: lister.nodes, node: node)
        // The id that the management interface of a server says: bucket and number in it.
        fields.append(FieldNode(.value64, "id", .contactID, value: Int64(bitPattern: dialog.id)))
        bytes = arena
    }
}
