import BINMessages
import BINWire

// Counters are in no sync: what a target made of a packet shows in the counters that it broadcasts itself, as far as it does.

extension ConformanceCase {
    static var counterCases: [ConformanceCase] {
        [
            ConformanceCase(
                .counters, 1, ["DL-29", "DL-30"], sent: "a counter of 1000 for a profile that the target counts",
                expected: "its broadcasts go on with its own count"
            ) { try await ownProfileCount($0) },
            ConformanceCase(
                .counters, 2, ["DL-28", "DL-29"],
                sent: "a counter for a new value of a profile that the target counts by value",
                expected: "it broadcasts the value with 0"
            ) { try await newProfileValue($0) },
            ConformanceCase(
                .counters, 3, ["DL-32"], sent: "a counter for a profile that nobody has",
                expected: "it is in none of the target's next broadcasts"
            ) { try await unknownProfile($0) },
            ConformanceCase(
                .counters, 4, ["RL-1", "RL-12"],
                sent: "a counter of 1000 for a pipe of the target, with another limit and algorithm",
                expected: "its broadcasts go on with its own count, limit and algorithm"
            ) { try await knownPipe($0) },
            ConformanceCase(
                .counters, 5, ["RL-8", "RL-12"], sent: "a counter for a pipe that the target has never heard of",
                expected: "releases without RL-8 broadcast it with its limit and 0; others do not"
            ) { try await unknownPipe($0, isCut: false) },
            ConformanceCase(
                .counters, 6, ["RL-14"], sent: "counters for two new pipes, cut inside of the second",
                expected: "releases without RL-8 do not broadcast the second"
            ) { try await unknownPipe($0, isCut: true) },
        ]
    }

    /// How many broadcasts have to agree.
    private static let rounds = 3

    // MARK: Profiles

    private static func ownProfileCount(_ conversation: Conversation) async throws -> ConformanceVerdict {
        let packets = try ModulePackets<DialogLayout>(conversation)
        guard let own = try await profiles(conversation, packets).first?.first else { return noProfiles }
        try await conversation.deliver([try packets.packet(own, counter: 1000)])
        let rounds = try await profiles(conversation, packets)
        let counters = rounds.compactMap { $0.first { $0.isSame(as: own) }?.counter }
        return .found(
            "\(own.words) and then \(counters)", if: !counters.isEmpty && counters.allSatisfy { $0 < 1000 },
            otherwise: "\(own.words) and then \(counters)")
    }

    private static func newProfileValue(_ conversation: Conversation) async throws -> ConformanceVerdict {
        let packets = try ModulePackets<DialogLayout>(conversation)
        let heard = try await profiles(conversation, packets)
        guard !heard.isEmpty else { return noProfiles }
        guard var value = heard.joined().first(where: { $0.value != nil }) else {
            return .skipped("the target counts no profile by value")
        }
        value.value = conversation.uniqueName()
        try await conversation.deliver([try packets.packet(value, counter: 3)])
        let counters = try await profiles(conversation, packets).compactMap {
            $0.first { $0.isSame(as: value) }?.counter
        }
        try await conversation.deliver([try packets.packet(value, counter: 0)])
        return .found(
            "\(value.profile) has the value with \(counters)", if: counters.contains(0) && Set(counters) == [0],
            otherwise: counters.isEmpty ? "the value is in no broadcast" : "the value with \(counters)")
    }

    private static func unknownProfile(_ conversation: Conversation) async throws -> ConformanceVerdict {
        let packets = try ModulePackets<DialogLayout>(conversation)
        let unknown = HeardProfile(profile: conversation.uniqueName(), value: nil, counter: 0)
        try await conversation.deliver([try packets.packet(unknown, counter: 3)])
        let heard = try await profiles(conversation, packets)
        guard !heard.isEmpty else { return noProfiles }
        return .found(
            "\(heard.count) broadcasts without it", if: !heard.joined().contains { $0.profile == unknown.profile },
            otherwise: "it is broadcast")
    }

    private static let noProfiles = ConformanceVerdict.skipped("the target broadcasts no profile counters")

    /// The next broadcasts of profile counters; fewer when no more come in time.
    private static func profiles(
        _ conversation: Conversation, _ packets: ModulePackets<DialogLayout>
    ) async throws -> [[HeardProfile]] {
        try await broadcasts(conversation) { heard in
            packets.message(ProfileCounters.self, in: heard)?.profiles.map { record in
                HeardProfile(
                    profile: heard.text(record.profile),
                    value: record.hasValue == 0 ? nil : heard.text(record.value), counter: record.counter)
            }
        }
    }

    // MARK: Pipes

    private static func knownPipe(_ conversation: Conversation) async throws -> ConformanceVerdict {
        let packets = try ModulePackets<PipeLayout>(conversation)
        guard let own = try await pipes(conversation, packets).first?.first else { return noPipes }
        var other = own
        other.limit = own.limit &+ 77
        other.algorithm = own.algorithm == 1 ? 2 : 1
        other.counter = 1000
        try await conversation.deliver([try packets.packet([other])])
        let rounds = try await pipes(conversation, packets).compactMap { $0.first { $0.name == own.name } }
        let isOwn = rounds.allSatisfy { $0.limit == own.limit && $0.algorithm == own.algorithm && $0.counter < 1000 }
        let words = "\(own.words) and then \(rounds.map(\.words).joined(separator: ", "))"
        return .found(words, if: isOwn && !rounds.isEmpty, otherwise: words)
    }

    /// Releases that leave out pipes that were not used by themselves.
    private static let sparing = ReleaseSet(
        .series(3, 1, 4...), .series(3, 2, 1...), .from((3, 3), through: (4, 1)))

    private static func unknownPipe(_ conversation: Conversation, isCut: Bool) async throws -> ConformanceVerdict {
        let packets = try ModulePackets<PipeLayout>(conversation)
        let isSparing = sparing.contains(conversation.target.release)
        if isCut, isSparing { return .skipped("this release broadcasts only pipes that it used itself") }
        guard conversation.capabilities["ratelimit-pipe-repl"] != nil else {
            return .skipped("the target does not replicate pipes")
        }
        let first = HeardPipe(name: conversation.uniqueName(), flags: 1, algorithm: 1, limit: 20, counter: 3)
        var second = first
        second.name = conversation.uniqueName()
        var packet = try packets.packet(isCut ? [first, second] : [first])
        if isCut {
            // Without the second half of the last counter; the trailer stands behind it.
            packet = Array(packet.dropLast(14)) + packet.suffix(12)
            packet.replace(Int32(packet.count), at: 4)
        }
        try await conversation.deliver([packet])
        let rounds = try await pipes(conversation, packets)
        let seen = rounds.joined().first { $0.name == first.name }
        if isCut {
            guard !rounds.isEmpty else { return noPipes }
            // Whether records before it count is up to the receiver: servers take them, a stricter one drops the packet.
            return .found(
                seen == nil ? "neither of them" : "the first alone",
                if: !rounds.joined().contains { $0.name == second.name }, otherwise: "the second one is broadcast")
        }
        if isSparing {
            guard !rounds.isEmpty else { return noPipes }
            return .found("\(rounds.count) broadcasts without it", if: seen == nil, otherwise: "it is broadcast")
        }
        return .found(
            seen?.words ?? "", if: seen?.limit == first.limit && seen?.algorithm == 1 && seen?.counter == 0,
            otherwise: seen?.words ?? "it is in none of \(rounds.count) broadcasts")
    }

    private static let noPipes = ConformanceVerdict.skipped("the target broadcasts no pipes")

    private static func pipes(
        _ conversation: Conversation, _ packets: ModulePackets<PipeLayout>
    ) async throws -> [[HeardPipe]] {
        try await broadcasts(conversation) { heard in
            packets.message(PipeCounters.self, in: heard)?.pipes.map { record in
                HeardPipe(
                    name: heard.text(record.name), flags: record.flags, algorithm: record.algorithm,
                    limit: record.limit, counter: record.counter)
            }
        }
    }

    private static func broadcasts<Record>(
        _ conversation: Conversation, _ read: (Heard) -> [Record]?
    ) async throws -> [[Record]] {
        let journal = conversation.main.journal
        let mark = journal.mark
        var found: [[Record]] = []
        let end = ContinuousClock.now + conversation.target.patience
        while found.count < rounds, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
            found = journal.entries(since: mark).compactMap(read)
        }
        return found
    }
}

/// A counter of a profile as the target broadcast it.
private struct HeardProfile {
    var profile: String
    var value: String?
    var counter: Int32

    var words: String { "\(profile)\(value.map { " \($0)" } ?? "") with \(counter)" }

    func isSame(as other: HeardProfile) -> Bool { profile == other.profile && value == other.value }
}

/// A pipe as the target broadcast it.
private struct HeardPipe {
    var name: String
    var flags: Int32
    var algorithm: Int32
    var limit: Int32
    var counter: Int32

    var words: String { "\(name) with \(counter), limit \(limit), algorithm \(algorithm)" }
}

extension ModulePackets<DialogLayout> {
    fileprivate func packet(_ record: HeardProfile, counter: Int32) throws -> [UInt8] {
        var message = ProfileCounters()
        var texts = PacketTexts()
        var profile = ProfileCounter()
        profile.profile = texts.add(record.profile)
        profile.hasValue = record.value == nil ? 0 : 1
        profile.value = texts.add(record.value ?? "")
        profile.counter = counter
        message.profiles = [profile]
        return try packet(message, texts)
    }
}

extension ModulePackets<PipeLayout> {
    fileprivate func packet(_ records: [HeardPipe]) throws -> [UInt8] {
        var message = PipeCounters()
        var texts = PacketTexts()
        message.pipes = records.map { record in
            var pipe = Pipe()
            pipe.name = texts.add(record.name)
            (pipe.flags, pipe.algorithm) = (record.flags, record.algorithm)
            (pipe.limit, pipe.counter) = (record.limit, record.counter)
            return pipe
        }
        return try packet(message, texts)
    }
}
