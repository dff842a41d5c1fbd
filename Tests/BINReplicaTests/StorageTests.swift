import TestSupport
import Testing

@testable import BINReplica

/// The index and the arena against the simplest thing that does the same.
@Suite struct StorageTests {
    @Test func `the index finds what a dictionary finds`() {
        var random = SeededRandom.printed()
        var index = RecordIndex()
        var model: [UInt32: UInt32] = [:]
        // Few different hashes in the upper bits, so that pages fill and split.
        for step in 0..<30_000 {
            let hash = UInt32.random(in: 0..<20_000, using: &random) &* 2_654_435_761
            if let place = model[hash], step % 3 == 0 {
                index.remove(hash, place)
                model[hash] = nil
            } else if let place = model[hash], step % 5 == 0 {
                index.replace(hash, place, by: place + 1)
                model[hash] = place + 1
            } else if model[hash] == nil {
                let isInserted = index.insert(hash, UInt32(step + 1))
                #expect(isInserted)
                model[hash] = UInt32(step + 1)
            }
        }
        #expect(index.count == model.count)
        for (hash, place) in model {
            var search = index.search(hash)
            let found = index.next(&search)
            #expect(found == place)
        }
        var all: Set<UInt32> = []
        index.forEach { all.insert($0) }
        #expect(all == Set(model.values))
    }

    @Test func `an index refuses what does not fit when all hashes agree`() {
        var index = RecordIndex()
        var inserted = 0
        while inserted < 10_000, index.hasRoom(7), index.insert(7, UInt32(inserted + 1)) { inserted += 1 }
        #expect(inserted < 1000)
        let isInserted = index.insert(0xFFFF_FFFF, 1)
        #expect(isInserted)
    }

    @Test func `records of the arena do not overlap and keep what was written`() {
        var random = SeededRandom.printed()
        var arena = RecordArena(byteLimit: 8 << 20)
        var records: [(place: UInt32, units: Int, mark: UInt8)] = []
        func fill(_ arena: inout RecordArena, _ place: UInt32, _ units: Int, _ mark: UInt8) {
            let bytes = [UInt8](repeating: mark, count: units * RecordArena.unit)
            arena.copy(bytes.span.bytes, to: place, 0)
        }
        for step in 0..<5000 {
            if records.count > 50, Bool.random(using: &random) {
                let record = records.remove(at: Int.random(in: records.indices, using: &random))
                let bytes = arena.array(at: record.place, count: record.units * RecordArena.unit)
                #expect(bytes.allSatisfy { $0 == record.mark })
                arena.release(record.place, units: record.units)
            } else {
                let size = Int.random(in: 1...(step % 10 == 0 ? 70_000 : 700), using: &random)
                let units = RecordArena.units(size)
                #expect(units * RecordArena.unit >= size)
                guard let place = arena.allocate(units: units) else { continue }
                let mark = UInt8.random(in: 1...255, using: &random)
                fill(&arena, place, units, mark)
                records.append((place, units, mark))
            }
        }
        for record in records {
            #expect(
                arena.array(at: record.place, count: record.units * RecordArena.unit).allSatisfy { $0 == record.mark })
        }
        #expect(arena.usedBytes == records.reduce(0) { $0 + $1.units * RecordArena.unit })
        #expect(arena.reservedBytes <= 8 << 20)
    }
}
