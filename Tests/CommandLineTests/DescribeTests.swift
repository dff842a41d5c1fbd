import Testing

/// `compat` and `describe`, as they are called.
@Suite struct DescribeTests {
    @Test func `all messages are listed`() throws {
        let result = try Tool.run(["describe"])
        #expect(result.status == 0)
        #expect(
            result.lines.contains {
                $0.contains("usrloc-contact-repl") && $0.contains("contact-insert") && $0.contains("U-K")
            })
        #expect(result.lines.contains { $0.contains("tm-repl") })
    }

    @Test func `a release sees only its own layout`() throws {
        let result = try Tool.run(["describe", "usrloc-contact-repl/contact-insert", "--release", "3.4"])
        #expect(result.status == 0)
        #expect(result.output.contains("U-J: 3.1.3–3.5"))
        #expect(!result.output.contains("U-K"))
        #expect(result.output.contains("matchParams"))
    }

    @Test(
        arguments: [
            (["describe", "unheard-of"], "there is no capability 'unheard-of'", 2),
            (["describe", "pua/unheard-of"], "pua has: CL_PUA_UPDATE_PRES", 2),
            (["describe", "pua", "--release", "2.4"], "does not send pua", 3),
            (["describe", "pua", "--release", "x"], "no release", 2),
            (["compat", "3.4"], "Missing expected argument", 2),
            (["compat", "3.4", "x"], "no release", 2),
        ] as [([String], String, Int32)])
    func `what cannot be described is said`(arguments: [String], words: String, status: Int32) throws {
        let result = try Tool.run(arguments)
        #expect(result.status == status)
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test func `two releases are compared in both directions`() throws {
        let result = try Tool.run(["compat", "3.2", "3.3"])
        #expect(result.status == 0)
        #expect(result.output.contains("3.2.19 → 3.3.10"))
        #expect(result.output.contains("3.3.10 → 3.2.19"))
        #expect(result.lines.filter { $0.contains("corrupts") && $0.contains("pipe-counters") }.count == 2)
        let json = try Tool.run(["compat", "--json", "3.2", "3.3"])
        #expect(
            json.output.contains(
                #"{"capability":"ratelimit-pipe-repl","message":"pipe-counters","from":"3.2.19","to":"3.3.10","verdict":"corrupts","detail":"algorithm is read as flags"}"#
            ))
    }
}
