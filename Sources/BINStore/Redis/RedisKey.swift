#if Redis
    /// Keys, `KIND:{NAME}`: what stands in the braces decides about the slot, so `}` in a name is written `%7D`, and `%` itself `%25`.
    enum RedisKey {
        /// What the keys of a kind begin with.
        static func prefix(of kind: RecordKind) -> String {
            switch kind {
            case .contacts: "contacts"
            case .dialogs: "dialogs"
            }
        }

        static func escape(_ name: String) -> String {
            name.replacing("%", with: "%25").replacing("}", with: "%7D")
        }

        static func unescape(_ name: some StringProtocol) -> String {
            String(name).replacing("%7D", with: "}").replacing("%25", with: "%")
        }
    }
#endif
