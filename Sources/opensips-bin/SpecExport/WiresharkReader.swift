/// The part of the dissector that reads packets by the tables. It is plain Lua and does not know Wireshark.
enum WiresharkReader {
    /// Lua source.
    static let text = #"""
        ------------------------------------------------------------------------------------------------------------------------
        -- Reading. Offsets count from 0 at the first byte of a packet; a packet is a Lua string.
        ------------------------------------------------------------------------------------------------------------------------

        local BIN = {lists = {}, capabilities = {}}

        local byte, find, floor, sub = string.byte, string.find, math.floor, string.sub

        local function u16(s, at)
          local a, b = byte(s, at + 1, at + 2)
          return a + b * 256
        end

        local function u32(s, at)
          local a, b, c, d = byte(s, at + 1, at + 4)
          return a + b * 256 + c * 65536 + d * 16777216
        end

        local function i16(s, at)
          local value = u16(s, at)
          return value < 32768 and value or value - 65536
        end

        local function i32(s, at)
          local value = u32(s, at)
          return value < 2147483648 and value or value - 4294967296
        end

        BIN.u16, BIN.u32, BIN.i16, BIN.i32 = u16, u32, i16, i32

        -- The rules of the wire and what breaking one is called.
        local reasons = {
          badMagic = "the packet does not begin with P4CK",
          lengthMismatch = "the length field differs from the number of bytes",
          badCapabilityLength = "the capability name has no valid length",
          capabilityPastEnd = "the capability name runs past the end of the packet",
          badChecksum = "the checksum is wrong",
          trailerMissing = "there is no room for the routing trailer",
          integerPastEnd = "the packet ends where a 4-byte integer was expected",
          lengthPastEnd = "the packet ends where the length of a string was expected",
          negativeLength = "the length of a string is negative",
          textPastEnd = "a string runs past the end of the packet",
          wrongValueSize = "a string that carries a fixed-size value has another size",
          countOutOfRange = "a count is negative or above its limit",
          trailingBytes = "bytes remain behind the last field",
          badChunkMarker = "a sync chunk does not begin with its marker",
          badChunkSize = "the size of a sync chunk is negative or runs past the end of the packet",
        }
        BIN.reasons = reasons

        -- Refuses what is being read; caught by BIN.check and BIN.describe.
        local function refuse(code, at)
          error({code = code, at = at}, 0)
        end

        -- A cursor over the bytes from 'first' up to 'last', which is not included. With 'nodes' what is read is written down.
        local function cursor(s, first, last, framing, nodes)
          return {
            s = s, at = first, last = last, wide = framing ~= "2.3", may_omit = framing == "2.2", nodes = nodes,
            plausible = true,
          }
        end

        local function read_integer(c)
          local at = c.at
          if c.last - at < 4 then refuse("integerPastEnd", at) end
          c.at = at + 4
          return i32(c.s, at)
        end

        -- Reads a string; returns where it begins and its length.
        local function read_text(c)
          local at, left = c.at, c.last - c.at
          local start, length
          if c.wide then
            if left < 4 then
              -- 2.2 counts no null string that stands last.
              if not (c.may_omit and left == 0) then refuse("lengthPastEnd", at) end
              c.may_omit = false
              return at, 0
            end
            start, length = at + 4, i32(c.s, at)
            if length < 0 then refuse("negativeLength", at) end
          else
            if left < 2 then refuse("lengthPastEnd", at) end
            start, length = at + 2, u16(c.s, at)
          end
          if length > c.last - start then refuse("textPastEnd", at) end
          c.at = start + length
          return start, length
        end

        -- Reads a string of 'size' bytes; a wrong size is reported before a missing end, as memory images are.
        local function read_image(c, size)
          local at, prefix = c.at, c.wide and 4 or 2
          if c.last - at < prefix then refuse("lengthPastEnd", at) end
          local length = c.wide and u32(c.s, at) or u16(c.s, at)
          if length ~= size then refuse("wrongValueSize", at) end
          if c.last - at < prefix + size then refuse("textPastEnd", at) end
          c.at = at + prefix + size
          return at + prefix
        end

        -- Where a value is kept for the conditions and counts that look at it: in its group or one around it.
        local function lookup(env, name)
          while env do
            local value = env[name]
            if value ~= nil then return value end
            env = env[1]
          end
        end

        local function note(c, kind, field, first, value, text, length)
          local nodes = c.nodes
          local node = {kind = kind, field = field, first = first, last = c.at, value = value, text = text, length = length}
          nodes[#nodes + 1] = node
          return node
        end

        local walk

        local function keep(c, field, env, first, value)
          env[field.name] = value
          local rule = c.rules and c.rules[field.name]
          if rule and not rule(value) then c.plausible = false end
          if c.nodes then return note(c, "number", field, first, value) end
        end

        local function keep_text(c, field, env, first, start, length)
          local value = sub(c.s, start + 1, start + length)
          env[field.name] = value
          local rule = c.rules and c.rules[field.name]
          if rule and not rule(value) then c.plausible = false end
          rule = field.rule
          if rule and not rule(value) then c.plausible = false end
          if c.nodes then note(c, "text", field, first, value, start, length) end
        end

        local read = {}

        function read.integer(c, field, env)
          c.field = field.name
          local first = c.at
          local value = read_integer(c)
          local rule = field.rule
          if rule and not rule(value) then c.plausible = false end
          keep(c, field, env, first, value)
        end

        function read.text(c, field, env)
          c.field = field.name
          local first = c.at
          keep_text(c, field, env, first, read_text(c))
        end

        function read.fixed(c, field, env)
          c.field = field.name
          local first = c.at
          local start, length = read_text(c)
          if length ~= field.size then refuse("wrongValueSize", first) end
          keep_text(c, field, env, first, start, length)
        end

        function read.value64(c, field, env)
          c.field = field.name
          local first = c.at
          local start = read_image(c, 8)
          if c.nodes then note(c, "value64", field, first, nil, start, 8) end
        end

        function read.value32(c, field, env)
          c.field = field.name
          local first = c.at
          local start = read_image(c, 4)
          local node = keep(c, field, env, first, i32(c.s, start))
          if node then node.text, node.length = start, 4 end
        end

        function read.count(c, field, env)
          c.field = field.name
          local first = c.at
          local value = read_integer(c)
          if value < 0 or value > field.limit then refuse("countOutOfRange", first) end
          keep(c, field, env, first, value)
        end

        local function begin(c, kind, field)
          return c.nodes and note(c, "begin_" .. kind, field, c.at)
        end

        local function finish(c, node)
          if not node then return end
          node.last = c.at
          note(c, "end", node.field, c.at)
        end

        function read.integers(c, field, env)
          c.field = field.name
          local count = lookup(env, field.count) or 0
          if count > floor((c.last - c.at) / 4) then refuse("integerPastEnd", c.at) end
          local list = begin(c, "list", field)
          for _ = 1, count do
            local first = c.at
            keep(c, field, env, first, read_integer(c))
          end
          finish(c, list)
        end

        function read.texts(c, field, env)
          c.field = field.name
          local list = begin(c, "list", field)
          for _ = 1, lookup(env, field.count) or 0 do
            local first = c.at
            keep_text(c, field, env, first, read_text(c))
          end
          finish(c, list)
        end

        local function read_record(c, field, env)
          local record = begin(c, "record", field)
          walk(c, field.fields, {env})
          finish(c, record)
        end

        function read.records(c, field, env)
          local list = begin(c, "records", field)
          if field.count then
            for _ = 1, lookup(env, field.count) or 0 do read_record(c, field, env) end
          else
            while c.at < c.last do read_record(c, field, env) end
          end
          finish(c, list)
        end

        function read.rest(c, field, env)
          local first = c.at
          c.at = c.last
          env[field.name] = first
          if field.rule and not field.rule(c.s, first, c.last) then c.plausible = false end
          if c.nodes then note(c, "rest", field, first, nil, first, c.last - first) end
        end

        function read.when(c, field, env)
          if lookup(env, field.name) == field.value then walk(c, field.fields, env) end
        end

        function read.unless(c, field, env)
          local value = lookup(env, field.name)
          for _, other in ipairs(field.values) do
            if value == other then return end
          end
          walk(c, field.fields, env)
        end

        function read.remainder(c, field, env)
          if c.at < c.last then walk(c, field.fields, env) end
        end

        function read.group(c, field, env)
          local group = begin(c, "group", field)
          local inner = {env}
          env[field.name] = inner
          walk(c, field.fields, inner)
          finish(c, group)
        end

        function walk(c, fields, env)
          for index = 1, #fields do
            local field = fields[index]
            field.read(c, field, env)
          end
        end

        -- What a list of fields is made of; used by the tables below.
        local function leaf(shape)
          return function(name, meaning, key)
            return {read = read[shape], shape = shape, name = name, meaning = meaning or "plain", key = key or name,
              rule = BIN.meaning_rules[meaning]}
          end
        end

        local function leaf_with(shape, property)
          local new = leaf(shape)
          return function(name, value, meaning, key)
            local field = new(name, meaning, key)
            field[property] = value
            return field
          end
        end

        BIN.integer, BIN.text, BIN.rest = leaf("integer"), leaf("text"), leaf("rest")
        BIN.value64, BIN.value32 = leaf("value64"), leaf("value32")
        BIN.fixed, BIN.count = leaf_with("fixed", "size"), leaf_with("count", "limit")
        BIN.integers, BIN.texts = leaf_with("integers", "count"), leaf_with("texts", "count")
        BIN.group = leaf_with("group", "fields")

        function BIN.records(name, count, fields, meaning, key)
          local field = leaf("records")(name, meaning, key)
          field.count, field.fields = count, fields
          return field
        end

        function BIN.when(name, value, fields) return {read = read.when, name = name, value = value, fields = fields} end

        function BIN.unless(name, values, fields) return {read = read.unless, name = name, values = values, fields = fields} end

        function BIN.remainder(fields) return {read = read.remainder, fields = fields} end

        -- Reads a candidate from 'first'; returns where it ended, what was wrong, whether the values make sense, and the field.
        local function run(candidate, s, first, last, framing, nodes)
          local c = cursor(s, first, last, framing, nodes)
          local env = {}
          c.rules = candidate.leaf_rules
          local ok, problem = pcall(walk, c, candidate.fields, env)
          if not ok and type(problem) ~= "table" then error(problem, 0) end
          local plausible = c.plausible
          if ok and plausible and candidate.rule then plausible = candidate.rule(env, candidate) and true or false end
          return c.at, not ok and problem or nil, plausible, c.field
        end

        -- How well bytes fit: "fits", "length" (to the last byte, but the values make no sense) or nil.
        function BIN.check(candidate, s, first, last, framing)
          local stop, problem, plausible = run(candidate, s, first, last, framing)
          if problem or stop < last then return nil end
          return plausible and "fits" or "length"
        end

        -- Where a candidate ends, or nil when it cannot be read.
        function BIN.measure(candidate, s, first, last, framing)
          local stop, problem = run(candidate, s, first, last, framing)
          return not problem and stop or nil
        end

        -- Writes what a candidate says behind 'nodes'; returns where it ended, what was wrong, and the field.
        function BIN.describe(candidate, s, first, last, framing, nodes)
          local begun = #nodes
          local stop, problem, _, field = run(candidate, s, first, last, framing, nodes)
          if problem then
            -- Lists and groups that the mistake left open are ended.
            local open = {}
            for index = begun + 1, #nodes do
              local node = nodes[index]
              if node.kind == "end" then
                open[#open] = nil
              elseif sub(node.kind, 1, 6) == "begin_" then
                open[#open + 1] = node
              end
            end
            for index = #open, 1, -1 do
              open[index].last = stop
              nodes[#nodes + 1] = {kind = "end", field = open[index].field, first = stop, last = stop}
            end
          end
          return stop, problem, field
        end

        """#
}
