/// The part of the dissector that finds the header and chooses layouts. It is plain Lua and does not know Wireshark.
enum WiresharkInterpreter {
    /// Lua source.
    static let text = #"""
        ------------------------------------------------------------------------------------------------------------------------
        -- Headers
        ------------------------------------------------------------------------------------------------------------------------

        local MAGIC = "P4CK"
        local MAXIMUM_LENGTH = 65535
        local LONGEST_NAME = 64
        local MINIMUM_LENGTH = {["2.1"] = 18, ["2.2"] = 21, ["2.3"] = 17}
        BIN.MAGIC = MAGIC

        -- Whether a plausible capability name stands there; nil when it is cut off but fits so far.
        local function is_name(s, at, length)
          if length <= 0 or length > LONGEST_NAME then return false end
          local name = sub(s, at + 1, at + length)
          if find(name, "[^%w%-_.]") then return false end
          if #name < length then return nil end
          return true
        end

        local function looks_like_2_3(s)
          local length, name = u32(s, 4), u16(s, 10)
          if length < MINIMUM_LENGTH["2.3"] or length > MAXIMUM_LENGTH or name > length - 16 then return false end
          return is_name(s, 12, name)
        end

        local function looks_like_2_2(s)
          local length, name = u16(s, 4), i32(s, 12)
          if length < MINIMUM_LENGTH["2.2"] or name > length - 20 then return false end
          return is_name(s, 16, name)
        end

        -- What the beginning of a stream looks like: "2.2", "2.3", "more" (not enough bytes to tell) or nil.
        --
        -- The two cannot be confused: where 2.3 has the first letters of the name 2.2 has its length.
        function BIN.detect_stream(s)
          if #s < 4 then return sub(MAGIC, 1, #s) == s and "more" or nil end
          if sub(s, 1, 4) ~= MAGIC then return nil end
          if #s < MINIMUM_LENGTH["2.2"] then
            if #s >= MINIMUM_LENGTH["2.3"] and looks_like_2_3(s) then return "2.3" end
            return "more"
          end
          local verdict = looks_like_2_3(s)
          if verdict then return "2.3" end
          if verdict == nil then return "more" end
          verdict = looks_like_2_2(s)
          if verdict then return "2.2" end
          return verdict == nil and "more" or nil
        end

        -- The total length of a packet in a stream.
        function BIN.stream_length(s, framing)
          return framing == "2.2" and u16(s, 4) or u32(s, 4)
        end

        -- Exclusive or of two 32-bit numbers, with whatever this Lua has.
        local bxor
        do
          local ok, operator = pcall(load, "return function(a, b) return a ~ b end")
          if ok and operator then
            bxor = operator()
          elseif bit32 then
            bxor = bit32.bxor
          elseif bit then
            bxor = function(a, b) return bit.bxor(a, b) % 4294967296 end
          else
            bxor = function(a, b)
              local result, place = 0, 1
              while a > 0 or b > 0 do
                if a % 2 ~= b % 2 then result = result + place end
                a, b, place = floor(a / 2), floor(b / 2), place * 2
              end
              return result
            end
          end
        end

        -- CRC-32 without the final inversion, of everything behind the checksum.
        local crc_table
        function BIN.checksum(s)
          if not crc_table then
            crc_table = {}
            for index = 0, 255 do
              local value = index
              for _ = 1, 8 do
                local half = floor(value / 2)
                value = value % 2 == 1 and bxor(half, 3988292384) or half
              end
              crc_table[index] = value
            end
          end
          local value = 4294967295
          for index = 9, #s do
            value = bxor(floor(value / 256), crc_table[bxor(value % 256, byte(s, index))])
          end
          return value
        end

        -- What a datagram looks like: its framing, and whether the checksum of 2.1 is right; nil when it is no BIN packet.
        function BIN.detect_datagram(s)
          if #s < MINIMUM_LENGTH["2.3"] or sub(s, 1, 4) ~= MAGIC then return nil end
          local name = i32(s, 8)
          local is_2_1 = #s >= MINIMUM_LENGTH["2.1"] and name > 0 and name <= #s - 16
          if is_2_1 and BIN.checksum(s) == u32(s, 4) then return "2.1", true end
          if u32(s, 4) == #s and looks_like_2_3(s) then return "2.3" end
          -- A damaged 2.1 datagram still has its name in the right place.
          if is_name(s, 12, name) then return "2.1", false end
          return nil
        end

        -- The header of a packet; nil, the reason and the offset when it is wrong.
        function BIN.header(s, framing)
          local header = {framing = framing, length = #s}
          local name
          if #s < MINIMUM_LENGTH[framing] then return nil, "lengthMismatch", 4 end
          if framing == "2.1" then
            name, header.name_at = i32(s, 8), 12
          elseif framing == "2.2" then
            header.length, header.version, name, header.name_at = u16(s, 4), i16(s, 8), i32(s, 12), 16
          else
            header.length, header.version, name, header.name_at = u32(s, 4), i16(s, 8), u16(s, 10), 12
          end
          if header.length > #s then return nil, "lengthMismatch", 4 end
          local prefix = framing == "2.3" and 2 or 4
          if name <= 0 then return nil, "badCapabilityLength", header.name_at - prefix end
          if name > header.length - header.name_at - 4 then return nil, "capabilityPastEnd", header.name_at - prefix end
          header.type_at = header.name_at + name
          header.capability = sub(s, header.name_at + 1, header.type_at)
          header.type = i32(s, header.type_at)
          header.body_at = header.type_at + 4
          return header
        end

        ------------------------------------------------------------------------------------------------------------------------
        -- Choosing a layout
        ------------------------------------------------------------------------------------------------------------------------

        -- The candidates that fit best: those whose values make sense, or else those that fit to the last byte.
        local function best(candidates, verdict)
          local full, by_length = {}, {}
          for _, candidate in ipairs(candidates) do
            local result = verdict(candidate)
            if result == "fits" then
              full[#full + 1] = candidate
            elseif result then
              by_length[#by_length + 1] = candidate
            end
          end
          local list = #full > 0 and full or by_length
          if #list == 0 then return nil end
          local choice = {candidate = list[#list], all = list, fits = true, releases = list[1].releases}
          for index = 2, #list do choice.releases = BIN.union(choice.releases, list[index].releases) end
          return choice
        end

        -- Tries the candidates that the releases 'known' allow (nil: all); if none of them fits, the others.
        local function choose(candidates, known, verdict)
          local allowed, others = candidates, {}
          if known then
            allowed = {}
            for _, candidate in ipairs(candidates) do
              table.insert(BIN.overlaps(candidate.releases, known) and allowed or others, candidate)
            end
          end
          local choice = best(allowed, verdict)
          if choice then
            if known then choice.releases = BIN.intersection(known, choice.releases) end
            return choice
          end
          choice = best(others, verdict)
          if choice then return choice end
          local fallback = allowed[#allowed] or candidates[#candidates]
          return {candidate = fallback, all = {fallback}, fits = false, releases = known or fallback.releases}
        end

        -- The names of the layouts of a choice, joined with '|'.
        local function layout_name(choice)
          local names, seen, every = {}, {}, {}
          for _, candidate in ipairs(choice.all) do
            for _, layout in ipairs(candidate.layouts) do
              if #every == 0 or every[#every] ~= layout.name then every[#every + 1] = layout.name end
              if not seen[layout.name] and BIN.overlaps(layout.releases, choice.releases) then
                seen[layout.name] = true
                names[#names + 1] = layout.name
              end
            end
          end
          return table.concat(#names > 0 and names or every, "|")
        end

        -- Releases in words: "2.4.7–2.4.11, 3.0.1".
        local function release_text(set)
          local ranges, first = {}, nil
          for index = 1, #BIN.releases + 1 do
            if set[index] then
              first = first or index
            elseif first then
              local last = index - 1
              ranges[#ranges + 1] = first == last and BIN.releases[first] or BIN.releases[first] .. "–" .. BIN.releases[last]
              first = nil
            end
          end
          return table.concat(ranges, ", ")
        end

        -- Describes the chunks of a sync packet in place of the node that stands for all of them.
        local function describe_chunks(s, header, node, description)
          local nodes = description.nodes
          local sized = node.field.meaning == "chunks"
          local framing, first, last = header.framing, node.first, node.last
          nodes[#nodes] = nil
          local inner = BIN.capabilities[nodes[1] and nodes[1].value or ""]
          local family, refusal = inner and inner.families.chunk, nil
          local choice
          if family and first < last then
            local candidates = family
            if sized then
              candidates = {}
              -- The version in a header has 16 bits.
              local version = (nodes[#nodes].value + 32768) % 65536 - 32768
              for _, candidate in ipairs(family) do
                if candidate.version == version then candidates[#candidates + 1] = candidate end
              end
              if #candidates == 0 then refusal = "no layout has version " .. version end
            end
            if #candidates > 0 then
              choice = choose(candidates, description.release_set, function(candidate)
                local verdict, at = "fits", first
                while at < last do
                  local content, stop
                  if sized then
                    content, stop = BIN.next_chunk(s, at, last)
                  else
                    content = BIN.skip_marker(s, at, last)
                    stop = content and BIN.measure(candidate, s, content, last, framing)
                  end
                  if not content or not stop then return nil end
                  if content < stop or not sized then
                    local one = BIN.check(candidate, s, content, stop, framing)
                    if not one then return nil end
                    if one == "length" then verdict = one end
                  end
                  at = stop
                end
                return verdict
              end)
              if choice.fits then description.release_set = choice.releases end
              description.layout = description.layout .. "/" .. layout_name(choice)
            end
          else
            refusal = "the capability is not declared"
          end
          local list = {kind = "begin_records", field = BIN.chunk_fields.chunks, first = first, last = last}
          nodes[#nodes + 1] = list
          local at, failure = first, nil
          -- The first failure counts, and the bytes from 'left' up to 'right' that the first of them left over.
          local function fail(reason, where, field, left, right)
            failure = failure or {reason = reason, at = where, field = field, undeclared = left == nil}
            if left and left < right and not description.trailing then description.trailing = {left, right} end
          end
          while at < last do
            local content, stop, where
            if sized then
              content, stop, where = BIN.next_chunk(s, at, last)
            else
              content, stop, where = BIN.skip_marker(s, at, last)
            end
            if not content then
              fail(reasons[stop], where, nil, at, last)
              break
            end
            local record = {kind = "begin_record", field = BIN.chunk_fields.chunks, first = at, last = last}
            nodes[#nodes + 1] = record
            if sized then
              nodes[#nodes + 1] =
                {kind = "number", field = BIN.chunk_fields.size, first = at, last = at + 4, value = stop - content}
            else
              stop = last
            end
            nodes[#nodes + 1] =
              {kind = "number", field = BIN.chunk_fields.marker, first = content - 4, last = content, value = MARKER}
            local reached = stop
            if content < stop and choice then
              local problem, field
              reached, problem, field = BIN.describe(choice.candidate, s, content, stop, framing, nodes)
              if problem then
                fail(reasons[problem.code], problem.at, field, reached, stop)
              elseif sized and reached < stop then
                fail(reasons.trailingBytes, reached, nil, reached, stop)
              end
            elseif content < stop then
              nodes[#nodes + 1] = {kind = "undecoded", first = content, last = stop}
              fail(refusal, content)
            end
            record.last = sized and stop or reached
            nodes[#nodes + 1] = {kind = "end", field = BIN.chunk_fields.chunks, first = record.last, last = record.last}
            if failure and not sized then break end
            at = record.last
          end
          nodes[#nodes + 1] = {kind = "end", field = BIN.chunk_fields.chunks, first = last, last = last}
          description.failure = failure
        end

        -- Reads a packet whose header was read.
        function BIN.interpret(s, header)
          local description = {nodes = {}, body_at = header.body_at, body_end = header.length}
          local nodes = description.nodes
          local function give_up(reason, undeclared, at)
            nodes[#nodes + 1] = {kind = "undecoded", first = description.body_at, last = description.body_end}
            description.failure = {reason = reason, at = at or header.type_at, undeclared = undeclared}
            return description
          end
          local capability = BIN.capabilities[header.capability]
          if header.framing == "2.3" and not (capability and capability.routing == "leading") then
            local stop = header.length
            local size = 12
            if stop - header.body_at >= 12 and u32(s, stop - 4) == 3221225472 then size = 16 end
            if stop - header.body_at < size then return give_up(reasons.trailerMissing, false, header.body_at) end
            description.routing = {at = stop - size, size = size, cluster = i32(s, stop - size), source = i32(s, stop - 8)}
            if size == 16 then
              description.routing.destination_cluster = i32(s, stop - 12)
            else
              description.routing.destination = i32(s, stop - 4)
            end
            description.body_end = stop - size
          end
          if not capability then return give_up("the capability is not declared", true) end
          local family = capability.families[header.type]
          if not family then return give_up("type " .. header.type .. " is not declared", true) end
          local candidates, framed = {}, nil
          for _, candidate in ipairs(family) do
            if candidate.framing == header.framing then
              framed = candidate
              if candidate.version == header.version then candidates[#candidates + 1] = candidate end
            end
          end
          if #candidates == 0 then
            description.message = framed and framed.message
            return give_up("no layout has version " .. (header.version or 0), true)
          end
          local first, last = description.body_at, description.body_end
          local choice = choose(candidates, nil, function(candidate)
            return BIN.check(candidate, s, first, last, header.framing)
          end)
          local candidate = choice.candidate
          description.message, description.layout = candidate.message, layout_name(choice)
          if choice.fits then description.release_set = choice.releases end
          local stop, problem, field = BIN.describe(candidate, s, first, last, header.framing, nodes)
          if problem or stop < last then
            if stop < last then description.trailing = {stop, last} end
            local reason = problem and reasons[problem.code] or reasons.trailingBytes
            description.failure = {reason = reason, at = problem and problem.at or stop, field = problem and field}
          end
          local node = nodes[#nodes]
          if not description.failure and node and node.kind == "rest" then
            local meaning = node.field.meaning
            if meaning == "chunks" or meaning == "unsizedChunks" then describe_chunks(s, header, node, description) end
          end
          if description.release_set then description.releases = release_text(description.release_set) end
          return description
        end

        """#
}
