import BINMessages

/// Makes all files of vectors.
struct VectorGenerator {
    /// The files, `framing.json` first, and the schema.
    let files: [(name: String, text: String)]
    /// Messages that have too few vectors, which is a mistake of the generator.
    let poor: [String]

    /// The least number of vectors of each message and layout.
    static let leastValid = 1
    static let leastInvalid = 3

    /// Vectors of every message and layout, and of packets from the captures in `corpus`.
    init(corpus: String) throws {
        let captured = try CapturedVectors(directory: corpus)
        var poor: [String] = []
        var groups: [VectorGroup] = []
        for (index, subject) in VectorSubject.all.enumerated() {
            let vectors =
                subject.validVectors() + captured.vectors[index] + subject.acceptableVectors()
                + subject.invalidVectors()
            let group = subject.group(vectors)
            if vectors.count(where: { $0.result == "valid" }) < Self.leastValid
                || vectors.count(where: { $0.result == "invalid" }) < Self.leastInvalid
            {
                poor.append(group.key)
            }
            groups.append(group)
        }
        var files = [VectorFile(name: "framing.json", groups: FramingVectors.groups)]
        for group in groups {
            let name = "\(group.capability).json"
            if let place = files.firstIndex(where: { $0.name == name }) {
                files[place].groups.append(group)
            } else {
                files.append(VectorFile(name: name, groups: [group]))
            }
        }
        files.append(VectorFile(name: "ext-deflate.json", groups: [EnvelopeVectors.group]))
        if !EnvelopeVectors.isComplete { poor.append(EnvelopeVectors.group.key) }
        self.poor = poor
        self.files = files.map { ($0.name, $0.text) } + [("vectors.schema.json", VectorSchema.text)]
    }
}
