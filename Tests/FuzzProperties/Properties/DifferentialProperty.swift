import BINMessages
import BINWire
import Foundation

extension FuzzProperty {
    /// A decoder that knows nothing but `Spec/layouts.json` reads the same values, or both refuse.
    static let differential = FuzzProperty("differential", largestInput: 2048, inputs: MessageInputs()) {
        input throws(Violation) in
        let body = MessageBody(input)
        guard let decoder = SecondDecoder.shared, let entry = decoder.entry(of: body.candidate) else {
            throw Violation("\(body.candidate.name) is not in Spec/layouts.json")
        }
        let bytes = input.array
        let reading = body.reading(input)
        let theirs = try? decoder.decoder.decode(Array(bytes[body.range]), entry)
        try require(
            (theirs != nil) == reading.isWhole,
            "\(body.candidate.name): read \(reading.isWhole), by the second decoder \(theirs != nil)")
        guard let theirs else { return }
        let ours = FieldValue.fields(reading.nodes, bytes)
        try require(ours == theirs, "\(body.candidate.name): \(ours) against \(theirs)")
    }
}

/// The second decoder with the exported layouts of this checkout.
struct SecondDecoder: Sendable {
    let decoder: LayoutDecoder
    private let places: [Int?]

    static let shared: SecondDecoder? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        guard let decoder = try? LayoutDecoder(contentsOf: root.appendingPathComponent("Spec/layouts.json")) else {
            return nil
        }
        return SecondDecoder(decoder)
    }()

    private init(_ decoder: LayoutDecoder) {
        self.decoder = decoder
        places = MessageInputs.candidates.map { candidate in
            decoder.entries.firstIndex {
                $0.capability == candidate.identity.capability && $0.message == candidate.name.description
                    && $0.framing == candidate.framing.description
                    && $0.version == candidate.identity.version.map(Int.init)
                    && $0.layoutNames == candidate.layouts.map(\.name)
            }
        }
    }

    func entry(of candidate: MessageCandidate) -> LayoutDecoder.Entry? {
        guard let place = MessageInputs.candidates.firstIndex(where: { $0 === candidate }) else { return nil }
        return places[place].map { decoder.entries[$0] }
    }
}
