/// Compares what is written with what is read, field by field.
enum FieldComparison {
    /// The verdict for a message written with some fields and read with others.
    static func compare(
        written: [FieldDeclaration], read: [FieldDeclaration]
    ) -> (verdict: Compatibility.Verdict, detail: String) {
        var lost: [String] = []
        for (index, field) in written.enumerated() {
            guard index < read.count else {
                // What stands behind the last field that is read is ignored.
                lost += written[index...].map(name)
                break
            }
            let other = read[index]
            guard name(field) == name(other), hasSameShape(field, other) else {
                return (.corrupts, "\(name(field)) is read as \(name(other))")
            }
            if let difference = nestedDifference(field, other) { return (.corrupts, difference) }
            if !meansTheSame(field.meaning, other.meaning) { lost.append(field.name) }
        }
        if read.count > written.count {
            return (.corrupts, "\(name(read[written.count])) is read but not written")
        }
        return lost.isEmpty ? (.works, "") : (.loses, lost.joined(separator: ", "))
    }

    /// The name of a field; of a condition that of its first field.
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

    /// The first difference inside of a group, where nothing may be missing.
    private static func nestedDifference(_ left: FieldDeclaration, _ right: FieldDeclaration) -> String? {
        let written = children(left)
        let read = children(right)
        for (field, other) in zip(written, read) {
            guard field.name == other.name, hasSameShape(field, other) else {
                return "\(name(field)) is read as \(name(other))"
            }
            if let difference = nestedDifference(field, other) { return difference }
        }
        if written.count > read.count { return "\(name(written[read.count])) is written but not read" }
        if read.count > written.count { return "\(name(read[written.count])) is read but not written" }
        return nil
    }

    /// Whether a value is understood as it was meant.
    private static func meansTheSame(_ left: Meaning, _ right: Meaning) -> Bool {
        switch (left, right) {
        case (.typedVariables, .untypedVariables), (.untypedVariables, .typedVariables),
            (.typedProfiles, .untypedProfiles),
            (.untypedProfiles, .typedProfiles), (.carrierFlags, .carrierFlagsBefore3_1),
            (.carrierFlagsBefore3_1, .carrierFlags), (.senderUptime, .seconds), (.seconds, .senderUptime):
            false
        default: true
        }
    }
}
