/// Colours for people, and nothing for pipes.
package struct Terminal {
    /// Whether to colour at all.
    package let hasColour: Bool

    package init(hasColour: Bool) { self.hasColour = hasColour }

    package enum Style {
        case dim, capability, message, value, error
    }

    /// What begins a style.
    package func begin(_ style: Style) -> StaticString {
        guard hasColour else { return "" }
        switch style {
        case .dim: return "\u{1B}[2m"
        case .capability: return "\u{1B}[36m"
        case .message: return "\u{1B}[1m"
        case .value: return "\u{1B}[32m"
        case .error: return "\u{1B}[31m"
        }
    }

    /// What ends every style.
    package var end: StaticString { hasColour ? "\u{1B}[0m" : "" }
}
