/// The part of the dissector that shows what was read in Wireshark's tree and info column.
enum WiresharkTree {
    /// Lua source.
    static let text = #"""
        ------------------------------------------------------------------------------------------------------------------------
        -- The tree
        ------------------------------------------------------------------------------------------------------------------------

        local bin = Proto("opensips-bin", "OpenSIPS BIN")
        local PREFIX = "opensips-bin."

        local head = {
          framing = ProtoField.string(PREFIX .. "framing", "framing", base.ASCII, "the series that began it: 2.1, 2.2 or 2.3"),
          magic = ProtoField.string(PREFIX .. "magic", "magic", base.ASCII, "P4CK"),
          length = ProtoField.uint32(PREFIX .. "length", "length", base.DEC, nil, nil, "bytes of the whole packet"),
          checksum = ProtoField.uint32(PREFIX .. "checksum", "checksum", base.HEX, nil, nil, "CRC-32 of what follows it (2.1)"),
          undefined = ProtoField.bytes(PREFIX .. "undefined", "undefined", base.NONE, "bytes that nobody reads (2.2)"),
          version = ProtoField.int32(PREFIX .. "version", "version", base.DEC, nil, nil, "version of the capability's packets"),
          capability = ProtoField.string(PREFIX .. "capability", "capability", base.ASCII, "capability or module"),
          type = ProtoField.int32(PREFIX .. "type", "type", base.DEC, nil, nil, "packet type, defined by the capability"),
          message = ProtoField.string(PREFIX .. "message", "message", base.ASCII, "what capability and type mean"),
          layout = ProtoField.string(PREFIX .. "layout", "layout", base.ASCII, "every layout that fits the bytes"),
          releases = ProtoField.string(PREFIX .. "releases", "releases", base.ASCII, "releases that send these layouts"),
          cluster = ProtoField.int32(PREFIX .. "routing.cluster", "cluster", base.DEC, nil, nil, "the cluster"),
          source = ProtoField.int32(PREFIX .. "routing.source", "source", base.DEC, nil, nil, "the node it comes from"),
          destination = ProtoField.int32(PREFIX .. "routing.destination", "destination", base.DEC, nil, nil, "the node it is for"),
          destination_cluster = ProtoField.int32(
            PREFIX .. "routing.destinationCluster", "destination cluster", base.DEC, nil, nil,
            "the cluster that a bridge packet is for"),
          undecoded = ProtoField.bytes(PREFIX .. "undecoded", "body", base.NONE, "bytes that no declaration explains"),
          trailing = ProtoField.bytes(PREFIX .. "trailing", "not decoded", base.NONE, "bytes behind what could be read"),
        }

        local expert_malformed = ProtoExpert.new(
          PREFIX .. "malformed", "Malformed packet", expert.group.MALFORMED, expert.severity.ERROR)
        local expert_undeclared = ProtoExpert.new(
          PREFIX .. "undeclared", "Not declared", expert.group.UNDECODED, expert.severity.NOTE)
        bin.experts = {expert_malformed, expert_undeclared}

        local shown, named_by_field = {}, {}
        do
          local all = {}
          for _, field in pairs(head) do all[#all + 1] = field end
          for _, entry in ipairs(BIN.fields) do
            local key, kind, name, what, meaning = entry[1], entry[2], entry[3], entry[4], entry[5]
            local abbreviation, words = PREFIX .. key, meaning and BIN.number_names[meaning]
            local field
            if kind == "integer" then
              field = ProtoField.int32(abbreviation, name, base.DEC, words, nil, what)
            elseif kind == "value64" then
              field = ProtoField.int64(abbreviation, name, base.DEC, nil, nil, what)
            elseif kind == "id" then
              field = ProtoField.uint64(abbreviation, name, base.DEC, nil, nil, what)
            elseif kind == "bytes" then
              field = ProtoField.bytes(abbreviation, name, base.NONE, what)
            elseif kind == "list" then
              field = ProtoField.none(abbreviation, name, what)
            else
              field = ProtoField.string(abbreviation, name, base.UNICODE, what)
            end
            shown[key], named_by_field[key] = field, words ~= nil
            all[#all + 1] = field
          end
          bin.fields = all
        end

        BIN.chunk_fields = {}
        for _, entry in ipairs(BIN.fields) do
          local key, kind, name = entry[1], entry[2], entry[3]
          if name == "size" or name == "marker" or (name == "chunks" and kind == "list") then
            BIN.chunk_fields[name] = {name = name, key = key, meaning = "plain"}
          end
        end

        -- The names of the bits of a number, lowest first.
        local function bit_names(value, names)
          if value == -1 and names.all then return names.all end
          local list, left = {}, value % 4294967296
          for place = 0, 31 do
            if left % 2 == 1 then
              local name = names[place + 1]
              list[#list + 1] = name and name ~= "" and name or "bit" .. place
            end
            left = floor(left / 2)
          end
          return table.concat(list, ", ")
        end

        local function calendar_time(seconds)
          local ok, text = pcall(os.date, "!%Y-%m-%d %H:%M:%S UTC", seconds)
          return ok and text or nil
        end

        -- What a number means, for the meanings that have words.
        local function explanation(node)
          local meaning, value = node.field.meaning, node.value
          local flags = BIN.flag_names[meaning]
          if flags then return value ~= 0 and bit_names(value, flags) or nil end
          if meaning == "method" then
            local name = bit_names(value, BIN.flag_names.methods)
            return name ~= "" and not find(name, ",") and name or nil
          end
          local words = BIN.number_names[meaning]
          if words and not named_by_field[node.field.key] then return words[value] end
          if meaning == "unixTime" and value > 10 then return calendar_time(value) end
        end

        -- The same for 64 bits.
        local function explanation64(s, node)
          local low, high = u32(s, node.text), u32(s, node.text + 4)
          if node.field.meaning == "contactID" then
            local record = floor(low / 16384) + high % 16384 * 262144
            return string.format(
              "contact %d, record %d, AoR hash %d", low % 16384, record, floor(high / 16384) % 65536)
          end
          if node.field.meaning == "unixTime" and high < 16 and low + high > 10 then
            return calendar_time(low + high * 4294967296)
          end
        end

        -- A text as it may stand in a line: no control characters, no broken UTF-8, not too long.
        local function printable(s)
          if #s > 120 then
            local last = 120
            -- Not in the middle of a character.
            while last > 116 and (byte(s, last + 1) or 0) >= 128 and byte(s, last + 1) < 192 do last = last - 1 end
            s = sub(s, 1, last)
          end
          s = string.gsub(s, "[%z\1-\31\127]", ".")
          return BIN.is_utf8(s) and s or (string.gsub(s, "[\128-\255]", "."))
        end

        local function unescaped(s) return (string.gsub(s, "\\([|#\\])", "%1")) end

        -- Dialog variables and profiles as one line each.
        local function add_records(item, range, node)
          local meaning = node.field.meaning
          if meaning ~= "typedVariables" and meaning ~= "untypedVariables" and meaning ~= "typedProfiles"
            and meaning ~= "untypedProfiles" then
            return
          end
          local records = BIN.dialog_records(node.value, meaning == "typedVariables" or meaning == "typedProfiles")
          for index = 1, math.min(records and #records or 0, 500) do
            local record = records[index]
            item:add(range, printable(unescaped(record.name)) .. " = " .. printable(unescaped(record.value)))
          end
        end

        local function address_text(s)
          local family, length = u32(s, 0), u32(s, 4)
          if length == 4 then
            return string.format("%d.%d.%d.%d (address family %d)", byte(s, 9), byte(s, 10), byte(s, 11), byte(s, 12), family)
          elseif length == 16 then
            local groups = {}
            for at = 9, 24, 2 do groups[#groups + 1] = string.format("%x", byte(s, at) * 256 + byte(s, at + 1)) end
            return table.concat(groups, ":") .. string.format(" (address family %d)", family)
          end
        end

        -- The bytes from 'first' up to 'last' of a packet that begins at 'origin'; nil when there are none.
        local function range_of(tvb, origin, first, last)
          if last > first then return tvb:range(origin + first, last - first) end
        end

        local function add_leaf(parent, tvb, origin, s, node)
          local field = shown[node.field.key]
          local item
          if node.kind == "number" then
            local first = node.text or node.first
            item = parent:add_le(field, tvb:range(origin + first, 4))
            local text = explanation(node)
            if text then item:append_text(" (" .. text .. ")") end
          elseif node.kind == "value64" then
            item = parent:add_le(field, tvb:range(origin + node.text, 8))
            local text = explanation64(s, node)
            if text then item:append_text(" (" .. text .. ")") end
          elseif node.kind == "text" and node.length > 0 then
            local range = tvb:range(origin + node.text, node.length)
            if node.field.meaning == "rawAddress" then
              item = parent:add(field, range)
              local text = address_text(node.value)
              if text then item:append_text(" (" .. text .. ")") end
            else
              item = parent:add_packet_field(field, range, ENC_UTF_8)
              add_records(item, range, node)
            end
          elseif node.kind == "text" then
            -- Of an empty text the bytes of its length are shown; 2.2 may leave out even those.
            local range = range_of(tvb, origin, node.first, node.last)
            item = range and parent:add(field, range, "") or parent:add(field, "")
            if not range then item:set_generated() end
          else
            local range = range_of(tvb, origin, node.first, node.last)
            if range then item = parent:add(field, range) end
          end
          return item
        end

        -- Adds nodes as items, lists and groups as subtrees.
        local function add_nodes(tree, tvb, origin, s, nodes)
          local stack, counts = {tree}, {0}
          for _, node in ipairs(nodes) do
            local parent = stack[#stack]
            if node.kind == "end" then
              if #stack > 1 then
                if node.field and counts[#counts] and stack.kinds and stack.kinds[#stack] == "begin_records" then
                  parent:append_text(" (" .. counts[#counts] .. ")")
                end
                stack[#stack], counts[#counts] = nil, nil
              end
            elseif node.kind == "undecoded" then
              local range = range_of(tvb, origin, node.first, node.last)
              if range then parent:add(head.undecoded, range) end
            elseif sub(node.kind, 1, 6) == "begin_" then
              local range = range_of(tvb, origin, node.first, node.last)
              local item
              if node.kind == "begin_record" then
                counts[#counts] = counts[#counts] + 1
                local label = node.field.name .. " " .. counts[#counts]
                item = range and parent:add(range, label) or parent:add(tvb:range(origin, 1), label)
              elseif node.kind == "begin_list" then
                item = range and parent:add(range, node.field.name .. ":") or parent:add(tvb:range(origin, 1), node.field.name .. ": none")
              else
                local field = shown[node.field.key]
                item = range and parent:add(field, range) or parent:add(field)
              end
              stack[#stack + 1], counts[#counts + 1] = item, 0
              stack.kinds = stack.kinds or {}
              stack.kinds[#stack] = node.kind
            else
              add_leaf(parent, tvb, origin, s, node)
            end
          end
        end

        ------------------------------------------------------------------------------------------------------------------------
        -- The info column
        ------------------------------------------------------------------------------------------------------------------------

        local function value_text(s, node)
          if node.kind == "text" then
            return printable(node.value)
          elseif node.kind == "number" then
            return tostring(node.value)
          elseif node.kind == "value64" then
            local low, high = u32(s, node.text), u32(s, node.text + 4)
            return high < 2097152 and string.format("%d", low + high * 4294967296) or string.format("0x%08x%08x", high, low)
          end
          return (node.last - node.first) .. " bytes"
        end

        local element_names = {pipeName = true, profileName = true, nodeId = true, aor = true, callid = true, value = true}

        -- The fields of a packet that matter, in one line.
        local function summary(s, header, description)
          local words = {printable(header.capability), description.message or ("type " .. header.type)}
          local routing = description.routing
          if routing and routing.destination then
            words[#words + 1] = "node " .. routing.source .. "→" .. routing.destination
          elseif routing then
            words[#words + 1] = "cluster " .. routing.cluster .. "→" .. routing.destination_cluster
          end
          local depth, elements, list = 0, 0, nil
          for _, node in ipairs(description.nodes) do
            local kind = node.kind
            if kind == "begin_records" or kind == "begin_list" or kind == "begin_group" then
              depth = depth + (kind == "begin_group" and 2 or 1)
              if depth == 1 then elements, list = 0, {name = node.field.name, text = {}} end
              node.depth = depth
            elseif kind == "begin_record" then
              if depth == 1 then
                elements = elements + 1
                if list then list.fresh = true end
              end
            elseif kind == "end" then
              -- Ends do not say of what; what began last ends first.
              local opened = table.remove(description.open)
              if opened == "begin_records" or opened == "begin_list" then
                if depth == 1 and list then
                  local text = table.concat(list.text, " ")
                  if elements > BIN.shown_elements then text = text .. " … " .. elements .. " in all" end
                  words[#words + 1] = list.name .. ": " .. (elements == 0 and "none" or text)
                  list = nil
                end
                depth = depth - 1
              elseif opened == "begin_group" then
                depth = depth - 2
              end
            elseif depth == 0 and node.field then
              local name = node.field.name
              if BIN.bare[name] then
                words[#words + 1] = value_text(s, node)
              elseif BIN.named[name] then
                words[#words + 1] = name .. "=" .. value_text(s, node)
              end
            elseif depth == 1 and list and node.field then
              local name = node.field.name
              if name == list.name and (kind == "number" or kind == "text") then
                elements = elements + 1
                if elements <= BIN.shown_elements then list.text[#list.text + 1] = value_text(s, node) end
              elseif elements <= BIN.shown_elements then
                if name == "counter" and #list.text > 0 then
                  list.text[#list.text] = list.text[#list.text] .. "=" .. value_text(s, node)
                elseif element_names[name] and list.fresh then
                  list.text[#list.text + 1] = value_text(s, node)
                  list.fresh = false
                elseif element_names[name] and #list.text > 0 then
                  list.text[#list.text] = list.text[#list.text] .. "/" .. value_text(s, node)
                end
              end
            end
            if sub(kind, 1, 6) == "begin_" then
              description.open = description.open or {}
              table.insert(description.open, kind)
            end
          end
          local failure = description.failure
          if failure then
            words[#words + 1] = (failure.undeclared and "[not decoded: " or "[malformed: ") .. failure.reason .. "]"
          end
          return table.concat(words, " ")
        end

        """#
}
