public import BINWire

extension Release {
    /// The framing that the release speaks (Spec/framing.md, generations).
    public var framing: Framing {
        if self < Release(2, 2, 0) { return .v2_1 }
        return self < Release(2, 3, 0) ? .v2_2 : .v2_3
    }
}
