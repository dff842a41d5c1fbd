import ArgumentParser
import BINMessages

extension Release {
    /// A release as it is written at the shell.
    /// - Throws: `ValidationError` that says what is expected.
    init(argument text: String) throws {
        guard let release = Release(text) else {
            throw ValidationError("'\(text)' is no release of OpenSIPS from 2.1 on, such as 3.4.18 or 3.4")
        }
        self = release
    }
}
