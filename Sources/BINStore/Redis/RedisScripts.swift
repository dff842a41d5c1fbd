#if Redis
    /// What a server does with a record in one step, so that neither a late packet nor another mirror comes between.
    ///
    /// Records stand in a hash, each behind its order; a second hash remembers for an hour the order that a deleted one had.
    enum RedisScripts {
        /// Bytes of an order: fixed, so that texts compare as the numbers in them do.
        static let orderLength = 35

        /// Keys: records, orders of deleted ones. Arguments: field, order, value, seconds that it counts (0 for ever), a field that
        /// it takes the place of or the empty text. Answers 1 when it was written, 0 when what is there is newer.
        static let put = """
            local gone = redis.call('HGET', KEYS[2], ARGV[1])
            if gone and gone >= ARGV[2] then return 0 end
            local old = redis.call('HGET', KEYS[1], ARGV[1])
            if old and string.sub(old, 1, \(orderLength)) > ARGV[2] then return 0 end
            local isNew = redis.call('EXISTS', KEYS[1]) == 0
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ARGV[3])
            if ARGV[5] ~= '' then redis.call('HDEL', KEYS[1], ARGV[5]) end
            local seconds = tonumber(ARGV[4])
            local left = redis.call('TTL', KEYS[1])
            if seconds == 0 then
                redis.call('PERSIST', KEYS[1])
            elseif isNew or (left >= 0 and left < seconds) then
                redis.call('EXPIRE', KEYS[1], seconds)
            end
            return 1
            """

        /// Keys: the same. Arguments: field, order. Deletes without remembering it. Answers 1 when it is gone, 0 when what is there
        /// is newer.
        static let drop = """
            local old = redis.call('HGET', KEYS[1], ARGV[1])
            if old and string.sub(old, 1, \(orderLength)) > ARGV[2] then return 0 end
            redis.call('HDEL', KEYS[1], ARGV[1])
            return 1
            """

        /// Keys: the same. Arguments: field, order. Answers 1 when it is gone, 0 when what is there is newer.
        static let delete = """
            local old = redis.call('HGET', KEYS[1], ARGV[1])
            if old and string.sub(old, 1, \(orderLength)) > ARGV[2] then return 0 end
            redis.call('HDEL', KEYS[1], ARGV[1])
            local gone = redis.call('HGET', KEYS[2], ARGV[1])
            if not gone or gone < ARGV[2] then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
            redis.call('EXPIRE', KEYS[2], 3600)
            return 1
            """
    }
#endif
