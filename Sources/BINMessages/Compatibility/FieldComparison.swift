/// Compares what is written with what is read, field by field.
enum FieldComparison {
    /// The verdict for a message written with some fields and read with others.
    static func compare(
        written: [FieldDeclaration], read: [FieldDeclaration]
    ) -> (verdict: Compatibility.Verdict, detail: String) {
        let writtenSlots = slots(written)
        let readSlots = slots(read)
        var lost: [String] = []
        for (index, slot) in writtenSlots.enumerated() {
            guard index < readSlots.count else {
                // What stands behind the last field that is read is ignored.
                lost += writtenSlots[index...].map(name)
                break
            }
            if let difference = difference(slot, readSlots[index], &lost) { return (.corrupts, difference) }
        }
        if readSlots.count > writtenSlots.count {
            return (.corrupts, "\(name(readSlots[writtenSlots.count])) is read but not written")
        }
        return lost.isEmpty ? (.works, "") : (.loses, lost.joined(separator: ", "))
    }

    /// What stands at one place: a field, or fields of which one is chosen by the same other field.
    private enum Slot {
        case field(FieldDeclaration)
        case alternatives(String, [FieldDeclaration])
    }

    private static func slots(_ fields: [FieldDeclaration]) -> [Slot] {
        var slots: [Slot] = []
        for field in fields {
            switch field.shape {
            case .condition, .textCondition:
                if case .alternatives(field.name, let others)? = slots.last {
                    slots[slots.count - 1] = .alternatives(field.name, others + [field])
                } else {
                    slots.append(.alternatives(field.name, [field]))
                }
            default: slots.append(.field(field))
            }
        }
        return slots
    }

    private static func name(_ slot: Slot) -> String {
        switch slot {
        case .field(let field): name(field)
        case .alternatives(let field, let fields): fields.first.map(name) ?? field
        }
    }

    /// The name of a field; of a condition or group that of its first field.
    private static func name(_ field: FieldDeclaration) -> String {
        children(field).first.map(name) ?? field.name
    }

    /// The fields inside of a field.
    private static func children(_ field: FieldDeclaration) -> [FieldDeclaration] {
        switch field.shape {
        case .records(_, let fields), .condition(_, let fields), .textCondition(_, let fields), .remainder(let fields),
            .group(let fields):
            fields
        default: []
        }
    }

    /// How two places differ, so that what follows cannot be read; nil when they do not. What is only not understood goes
    /// to `lost`.
    private static func difference(_ written: Slot, _ read: Slot, _ lost: inout [String]) -> String? {
        switch (written, read) {
        case (.field(let field), .field(let other)):
            guard name(field) == name(other), hasSameShape(field, other) else { break }
            if !meansTheSame(field.meaning, other.meaning) { lost.append(field.name) }
            return nestedDifference(children(field), children(other), &lost)
        case (.alternatives(let name, let fields), .alternatives(let otherName, let others)):
            guard name == otherName else { break }
            for field in fields {
                // An alternative that the receiver does not have is not read; nothing stands behind it.
                guard let other = others.first(where: { hasSameShape(field, $0) }) else {
                    lost.append(self.name(field))
                    continue
                }
                if let difference = nestedDifference(children(field), children(other), &lost) { return difference }
            }
            return nil
        default: break
        }
        return "\(name(written)) is read as \(name(read))"
    }

    /// The first difference inside of a group, where nothing may be missing.
    private static func nestedDifference(
        _ written: [FieldDeclaration], _ read: [FieldDeclaration], _ lost: inout [String]
    ) -> String? {
        let writtenSlots = slots(written)
        let readSlots = slots(read)
        for (slot, other) in zip(writtenSlots, readSlots) {
            if let difference = difference(slot, other, &lost) { return difference }
        }
        if writtenSlots.count > readSlots.count {
            return "\(name(writtenSlots[readSlots.count])) is written but not read"
        }
        if readSlots.count > writtenSlots.count {
            return "\(name(readSlots[writtenSlots.count])) is read but not written"
        }
        return nil
    }

    /// Whether two fields stand on the wire in the same way, whatever is inside of them.
    private static func hasSameShape(_ left: FieldDeclaration, _ right: FieldDeclaration) -> Bool {
        switch (left.shape, right.shape) {
        case (.records(let leftCounted, _), .records(let rightCounted, _)): leftCounted == rightCounted
        case (.condition(let leftCondition, _), .condition(let rightCondition, _)): leftCondition == rightCondition
        case (.textCondition(let leftCondition, _), .textCondition(let rightCondition, _)):
            leftCondition == rightCondition
        case (.remainder, .remainder), (.group, .group): true
        default: left.shape == right.shape
        }
    }

    /// Whether a value is understood as it was meant.
    private static func meansTheSame(_ left: Meaning, _ right: Meaning) -> Bool {
        switch (left, right) {
        case (.typedVariables, .untypedVariables), (.untypedVariables, .typedVariables),
            (.typedProfiles, .untypedProfiles),
            (.untypedProfiles, .typedProfiles), (.carrierFlags, .carrierFlagsBefore3_1),
            (.carrierFlagsBefore3_1, .carrierFlags), (.senderUptime, .seconds), (.seconds, .senderUptime):
            false
        default:
            // The same bits with other names are other flags.
            left.flagNames == right.flagNames
        }
    }
}
