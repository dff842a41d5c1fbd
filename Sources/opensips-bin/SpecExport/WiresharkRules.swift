/// The part of the dissector that decides between layouts that fit the same bytes: what `isPlausible` of the messages says.
enum WiresharkRules {
    /// Lua source.
    static let text = #"""
        ------------------------------------------------------------------------------------------------------------------------
        -- Which values make sense. It decides between layouts that fit the same bytes.
        ------------------------------------------------------------------------------------------------------------------------

        local function within(low, high)
          return function(value) return value >= low and value <= high end
        end

        local function one_of(...)
          local known = {}
          for _, value in ipairs({...}) do known[value] = true end
          return function(value) return known[value] == true end
        end

        -- Skips a part of the text form of dialog variables up to 'ending', a special byte that no backslash protects.
        local function skip_part(s, at, ending)
          while true do
            at = find(s, "[|#\\]", at)
            if not at then return nil end
            local special = sub(s, at, at)
            if special == ending then return at + 1 end
            if special ~= "\\" or not find(s, "^[|#\\]", at + 1) then return nil end
            at = at + 2
          end
        end

        -- Reads 'name#value|' or 'name#T#value|' up to the end; nil when the text is of another form.
        local function dialog_records(s, typed)
          local records, at = {}, 1
          while at <= #s do
            local record = {}
            local stop = skip_part(s, at, "#")
            if not stop then return nil end
            record.name, at = sub(s, at, stop - 2), stop
            if typed then
              if not find(s, "^[12]#", at) then return nil end
              record.type, at = sub(s, at, at), at + 2
            end
            stop = skip_part(s, at, "|")
            if not stop then return nil end
            record.value, at = sub(s, at, stop - 2), stop
            records[#records + 1] = record
          end
          return records
        end
        BIN.dialog_records = dialog_records

        local function untyped(s) return dialog_records(s, false) ~= nil end
        local function typed(s) return dialog_records(s, true) ~= nil end

        local MARKER = 101010101

        -- The next sized chunk: where its content begins and ends; nil and what is wrong.
        function BIN.next_chunk(s, at, last)
          if last - at < 4 then return nil, "integerPastEnd", at end
          if last - at < 8 then return nil, "integerPastEnd", at + 4 end
          local size = i32(s, at)
          if i32(s, at + 4) ~= MARKER then return nil, "badChunkMarker", at + 4 end
          if size < 0 or size > last - at - 8 then return nil, "badChunkSize", at end
          return at + 8, at + 8 + size
        end

        -- The content of an unsized chunk begins behind its marker.
        function BIN.skip_marker(s, at, last)
          if last - at < 4 then return nil, "integerPastEnd", at end
          if i32(s, at) ~= MARKER then return nil, "badChunkMarker", at end
          return at + 4
        end

        local function sized_chunks(s, at, last)
          while at < last do
            local content, stop = BIN.next_chunk(s, at, last)
            if not content then return false end
            at = stop
          end
          return true
        end

        local function unsized_chunks(s, at, last)
          return at == last or BIN.skip_marker(s, at, last) ~= nil
        end

        -- By the meaning of a field.
        BIN.meaning_rules = {
          untypedVariables = untyped, untypedProfiles = untyped, typedVariables = typed, typedProfiles = typed,
          chunks = sized_chunks, unsizedChunks = unsized_chunks,
          destinationFlags = one_of(0, 4, 8, 12), carrierFlagsBefore3_1 = one_of(0, 4), carrierFlags = one_of(0, 2),
          dispatcherFlags = within(0, 31),
        }

        -- Pipes: algorithm and flags tell records with flags from records without.
        local pipe_rules = {
          pipeName = function(value) return value ~= "" end, algorithm = within(0, 5), flags = within(0, 3),
        }

        -- Transactions (tm): address and message look as they must; port 0 tells the releases that name sockets by their tag.
        local function tm_rule(env, candidate)
          local address, message = env.srcIp, env.message
          local family, length = u32(address, 0), u32(address, 4)
          if length ~= 4 and length ~= 16 then return false end
          if family == 2 and length ~= 4 or family == 10 and length ~= 16 then return false end
          if not within(1, 7)(env.proto) or not within(0, 65535)(env.srcPort) then return false end
          if not within(candidate.layouts[1].name == "TM-C" and 0 or 1, 65535)(env.dstPort) then return false end
          if #message < 2 or byte(message, #message) ~= 0 then return false end
          for _, part in ipairs({"viaBranch", "viaHost", "viaTransport"}) do
            local offset, size = env[part .. "Off"], env[part .. "Len"] or 0
            if offset and offset ~= 0 and (offset < 0 or size < 0 or offset + size > #message) then return false end
          end
          return true
        end

        -- Back-to-back entities: b2b_logic says which records it sends, and layouts differ in the states they have.
        local function logic_rule(tail, kinds)
          local info = tail.tupleInfo
          if not kinds[info] then return false end
          if info == 1 or info == 2 then
            local lowest = tail.scenarioState and -2 or tail.nextScenarioState and -20 or 0
            if (tail.scenarioState or tail.state) < lowest or tail.lifetime < 0 then return false end
          end
          if tail.entityNo and not within(0, 1)(tail.entityNo) then return false end
          -- Some layouts send one description twice; two different ones show a layout that sends the incoming one.
          return info ~= 1 or not tail.dupOutSdp or tail.dupOutSdp == tail.outSdp
        end

        local function media_rule(tail)
          return tail.dlgCallid ~= "" and not find(tail.dlgCallid, "[%z\1-\32]") and within(0, 3)(tail.leg)
            and (not tail.type or within(0, 1)(tail.type))
        end

        local function entity_rule(kinds)
          return function(env)
            if not within(0, 1)(env.entityType) or not within(0, 7)(env.state) then return false end
            local tail = env.tail
            if not tail then return true end
            if env.modName == "b2b_logic" then return logic_rule(tail, kinds) end
            if env.modName == "media_exchange" then return media_rule(tail) end
            return true
          end
        end

        local function entity_deletion_rule(env)
          if not within(0, 1)(env.entityType) then return false end
          local tail = env.tail
          if not tail then return true end
          if tail.tupleInfo then return logic_rule(tail, {[0] = true, [2] = true, [3] = true}) end
          return media_rule(tail)
        end

        -- Recording sessions: the oldest layout repeats the Call-ID.
        local function siprec_rule(env)
          return BIN.is_utf8(env.callid) and BIN.is_utf8(env.uuid) and (not env.callidDup or env.callidDup == env.callid)
        end

        -- Whether a text is UTF-8.
        function BIN.is_utf8(s)
          local at, size = 1, #s
          while at <= size do
            local a, b, c, d = byte(s, at, at + 3)
            local function follows(x) return x and x >= 128 and x < 192 end
            if a < 128 then
              at = at + 1
            elseif a >= 194 and a < 224 and follows(b) then
              at = at + 2
            elseif a >= 224 and a < 240 and follows(b) and follows(c) and (a > 224 or b >= 160) and (a ~= 237 or b < 160) then
              at = at + 3
            elseif a >= 240 and a < 245 and follows(b) and follows(c) and follows(d) and (a > 240 or b >= 144)
              and (a < 244 or b < 144) then
              at = at + 4
            else
              return false
            end
          end
          return true
        end

        -- The rules of a message: of single fields by their name, and of all of them together.
        local function rules_of(candidate)
          local capability, name, kind = candidate.capability, candidate.message, candidate.type
          if name == "pipe-counters" then return pipe_rules, nil end
          if capability == "tm-repl" then return nil, tm_rule end
          if capability == "siprec" and name == "session" then return nil, siprec_rule end
          if capability ~= "b2be-entities-repl" then return nil, nil end
          if kind == nil or kind == 1 then return nil, entity_rule({[1] = true, [3] = true}) end
          if kind == 2 or kind == 4 then return nil, entity_rule({[2] = true, [3] = true}) end
          return nil, entity_deletion_rule
        end

        -- Sets of releases; used by the tables below.
        local function set_of(pairs_of_releases)
          local set = {}
          for index = 1, #pairs_of_releases, 2 do
            for release = pairs_of_releases[index], pairs_of_releases[index + 1] do set[release] = true end
          end
          return set
        end

        function BIN.overlaps(left, right)
          for release in pairs(left) do
            if right[release] then return true end
          end
          return false
        end

        function BIN.union(left, right)
          local set = {}
          for release in pairs(left) do set[release] = true end
          for release in pairs(right) do set[release] = true end
          return set
        end

        function BIN.intersection(left, right)
          local set = {}
          for release in pairs(left) do set[release] = right[release] end
          return set
        end

        -- The capability of the messages that follow, and where its packets say whom they come from.
        function BIN.capability(name, routing)
          BIN.current = {name = name, routing = routing, families = {}}
          BIN.capabilities[name] = BIN.current
        end

        -- One way to read the packets of a type; 'chunk' stands for what a sync packet carries.
        function BIN.message(kind, version, framing, name, layouts, fields)
          local candidate = {
            capability = BIN.current.name, type = kind, version = version, framing = framing, message = name, layouts = {},
            fields = fields, releases = {},
          }
          for index, layout in ipairs(layouts) do
            local releases = set_of(layout[2])
            candidate.layouts[index] = {name = layout[1], releases = releases}
            candidate.releases = BIN.union(candidate.releases, releases)
          end
          candidate.leaf_rules, candidate.rule = rules_of(candidate)
          local families = BIN.current.families
          local family = kind or "chunk"
          families[family] = families[family] or {}
          table.insert(families[family], candidate)
        end

        """#
}
