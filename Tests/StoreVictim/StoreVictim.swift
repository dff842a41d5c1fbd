// A program that writes to a store until somebody kills it: the test of what survives that needs a process to kill.
#if SQLite
    import BINReplica
    import BINStore

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// `StoreVictim PATH SEED BATCH COUNT`: writes COUNT changes in transactions of BATCH, and after each says how many there are.
    @main
    struct StoreVictim {
        static func main() throws {
            let arguments = CommandLine.arguments
            guard arguments.count == 5, let seed = UInt64(arguments[2]), let batch = Int(arguments[3]),
                let count = Int(arguments[4])
            else { throw StoreVictimUse() }
            let store = try SQLiteStore(path: arguments[1], .writing)
            try store.beginResync()
            var script = ChangeScript(seed: seed)
            var pending: [RecordChange] = []
            for number in 1...count {
                pending.append(script.next())
                guard pending.count == batch || number == count else { continue }
                try store.write(pending)
                pending = []
                let line = Array("\(number)\n".utf8)
                _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            }
        }
    }

    private struct StoreVictimUse: Error {}
#else
    @main
    struct StoreVictim {
        static func main() {}
    }
#endif
