import BINWire
import TestSupport
import Testing

@Suite struct InflaterTests {
    private func refusal(
        _ bytes: [UInt8], exactly size: Int, limits: InflationLimits = InflationLimits(),
        dictionary: DeflateDictionary? = nil
    ) -> WireError.Code? {
        do throws(WireError) {
            _ = try inflated(bytes, exactly: size, limits: limits, dictionary: dictionary)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: 1...9)
    func `what was deflated comes back, at every level, with and without a dictionary`(level: Int) throws {
        var random = SeededRandom.printed()
        for size in [1, 2, 17, 300, 4096, 40_000] {
            for incompressible in [true, false] {
                let bytes = Sample.packet(size: size, incompressible: incompressible, using: &random)
                for dictionary in [nil, DeflateDictionary.bin1] {
                    let small = try #require(deflated(bytes, level: level, dictionary: dictionary))
                    #expect(try inflated(small, exactly: bytes.count, dictionary: dictionary) == bytes)
                }
            }
        }
    }

    @Test func `one deflater and one inflater serve any number of pieces, and each piece stands alone`() throws {
        var random = SeededRandom.printed()
        var deflater = Deflater()
        var inflater = Inflater()
        let first = Sample.packet(size: 500, using: &random)
        let fitsFirst = deflater.deflate(first.span.bytes, dictionary: .bin1)
        #expect(fitsFirst)
        let alone = deflater.bytes.withUnsafeBytes { Array($0) }
        for _ in 0..<200 {
            let bytes = Sample.packet(size: .random(in: 1...5000, using: &random), using: &random)
            let dictionary = Bool.random(using: &random) ? DeflateDictionary.bin1 : nil
            let fits = deflater.deflate(bytes.span.bytes, dictionary: dictionary)
            #expect(fits)
            try inflater.inflate(deflater.bytes, exactly: bytes.count, dictionary: dictionary)
            let result = inflater.bytes.withUnsafeBytes { Array($0) }
            #expect(result == bytes)
        }
        let fitsAgain = deflater.deflate(first.span.bytes, dictionary: .bin1)
        #expect(fitsAgain)
        let again = deflater.bytes.withUnsafeBytes { Array($0) }
        #expect(again == alone)
    }

    @Test func `a result that does not fit leaves nothing behind`() {
        let bytes = [UInt8](repeating: 7, count: 5000)
        let size = deflated(bytes)?.count ?? 0
        var deflater = Deflater()
        let tooSmall = deflater.deflate(bytes.span.bytes, limit: size - 1)
        #expect(!tooSmall)
        let left = deflater.bytes.byteCount
        #expect(left == 0)
        let fits = deflater.deflate(bytes.span.bytes, limit: size)
        #expect(fits)
        let written = deflater.bytes.byteCount
        #expect(written == size)
    }

    @Test func `a size outside of the limits is refused before anything is inflated`() {
        let limits = InflationLimits(maximumSize: 1000, maximumRatio: 10)
        // The payload is nonsense; it is not looked at.
        let payload = [UInt8](repeating: 0xFF, count: 100)
        for size in [Int.min, -1, 0, 1001, 1 << 40, Int.max] {
            #expect(refusal(payload, exactly: size, limits: limits) == .inflatedSizeOutOfRange)
        }
        #expect(refusal(payload, exactly: 1000, limits: limits) == .badDeflateData)
        #expect(refusal(Array(payload.prefix(99)), exactly: 990, limits: limits) == .badDeflateData)
        #expect(refusal(Array(payload.prefix(99)), exactly: 991, limits: limits) == .inflationRatioTooHigh)
        #expect(refusal([], exactly: 1, limits: limits) == .inflationRatioTooHigh)
        #expect(refusal(payload, exactly: 1, limits: InflationLimits(maximumRatio: -5)) == .badDeflateData)
    }

    @Test func `a bomb is refused by what it states, and when it lies by what it is`() throws {
        let size = 1 << 20
        let bomb = try #require(deflated([UInt8](repeating: 0, count: size), level: 9))
        #expect(size / bomb.count > 900)
        #expect(refusal(bomb, exactly: size) == .inflationRatioTooHigh)
        #expect(refusal(bomb, exactly: bomb.count * 100) == .inflatedSizeMismatch)
        #expect(refusal(bomb, exactly: 1) == .inflatedSizeMismatch)
        #expect(try inflated(bomb, exactly: size, limits: InflationLimits(maximumRatio: 2000)).count == size)
        #expect(
            refusal(bomb, exactly: size, limits: InflationLimits(maximumSize: size - 1, maximumRatio: 2000))
                == .inflatedSizeOutOfRange)
    }

    @Test func `a size that is wrong by one is refused`() throws {
        var random = SeededRandom.printed()
        for size in [20, 300, 3000] {
            let bytes = Sample.packet(size: size, using: &random)
            let small = try #require(deflated(bytes))
            #expect(refusal(small, exactly: bytes.count - 1) == .inflatedSizeMismatch)
            #expect(refusal(small, exactly: bytes.count + 1) == .inflatedSizeMismatch)
        }
    }

    @Test func `deflate data that are cut at any byte are refused`() throws {
        var random = SeededRandom.printed()
        let bytes = Sample.packet(size: 700, using: &random)
        for dictionary in [nil, DeflateDictionary.bin1] {
            let small = try #require(deflated(bytes, dictionary: dictionary))
            for length in 0..<small.count {
                let code = refusal(
                    Array(small.prefix(length)), exactly: bytes.count, limits: InflationLimits(maximumRatio: 2000),
                    dictionary: dictionary)
                #expect(code == (length == 0 ? .inflationRatioTooHigh : .deflateDataCutShort), "\(length)")
            }
        }
    }

    @Test func `bytes behind the deflate data are refused`() throws {
        let bytes = [UInt8]("sip:alice@192.168.1.1".utf8)
        let small = try #require(deflated(bytes))
        for more in [[0], [0xFF], small] as [[UInt8]] {
            #expect(refusal(small + more, exactly: bytes.count) == .bytesBehindDeflateData)
        }
    }

    @Test func `after a refusal there is no result, and the next piece is read`() throws {
        var inflater = Inflater()
        let bytes = [UInt8](repeating: 0x41, count: 300)
        let small = try #require(deflated(bytes))
        try inflater.inflate(small.span.bytes, exactly: 300)
        do throws(WireError) {
            let nonsense: [UInt8] = [0xFF, 0xFF]
            try inflater.inflate(nonsense.span.bytes, exactly: 100)
            Issue.record("nonsense was inflated")
        } catch {
            #expect(error.code == .badDeflateData)
        }
        let left = inflater.bytes.byteCount
        #expect(left == 0)
        try inflater.inflate(small.span.bytes, exactly: 300)
        let count = inflater.bytes.byteCount
        #expect(count == 300)
    }

    @Test func `random bytes are refused or inflate to what was asked for`() {
        var random = SeededRandom.printed()
        for _ in 0..<20_000 {
            let payload = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let size = Int.random(in: 1...400, using: &random)
            if let bytes = try? inflated(payload, exactly: size) { #expect(bytes.count == size) }
        }
    }
}
