import BINMessages
import BINWire

extension FuzzProperty {
    /// Dialog variables and profiles that were read are written with the same bytes.
    static let dialogText = FuzzProperty(
        "dialog-text", largestInput: 1024, inputs: PlainInputs(examples: TextExamples.dialogTexts)
    ) { input throws(Violation) in
        var reader = InputReader(input)
        let form: DialogText.Form = reader.byte() & 1 == 0 ? .untyped : .typed
        let text = reader.rest
        guard let records = DialogText.records(text, form) else { return }
        try require(DialogText.write(records, form) == text.array, "written anew it has other bytes")
        for record in records {
            let (name, suffix) = DialogProfile.split(record.name)
            try require(name + Array(suffix.utf8) == record.name, "the suffix was lost")
        }
    }

    /// Key/values are read or refused, and what was read is found by its key.
    static let keyValues = FuzzProperty(
        "key-values", largestInput: 1024, inputs: PlainInputs(examples: TextExamples.keyValues)
    ) { input throws(Violation) in
        guard let values = KeyValues(input) else { return }
        for entry in values.entries { try require(values[entry.key] != nil, "\(entry.key) is there and is not found") }
        try require(values == KeyValues(input), "read a second time it says something else")
    }
}

private enum TextExamples {
    static let dialogTexts: [[UInt8]] =
        [Meaning.untypedVariables, .untypedProfiles].flatMap { FillValues.examples($0) }.map { [0] + Array($0.utf8) }
        + [Meaning.typedVariables, .typedProfiles].flatMap { FillValues.examples($0) }.map { [1] + Array($0.utf8) }

    static let keyValues: [[UInt8]] =
        (FillValues.examples(.keyValues) + [
            "{\"a\":\"\\u00e4\\ud83d\\ude00\\n\",\"b\":-2147483648}", "{}", "{\"_urec_kvs\":\"{\\\"k\\\":1}\"}",
        ]).map { Array($0.utf8) }
}
