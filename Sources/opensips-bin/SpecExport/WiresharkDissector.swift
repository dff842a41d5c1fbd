/// The part of the dissector that Wireshark calls: streams, datagrams, heuristics, preferences.
enum WiresharkDissector {
    /// Lua source.
    static let text = #"""
        ------------------------------------------------------------------------------------------------------------------------
        -- Packets
        ------------------------------------------------------------------------------------------------------------------------

        local function add_header(tree, tvb, origin, header)
          local framing = header.framing
          tree:add(head.framing, framing):set_generated()
          tree:add(head.magic, tvb:range(origin, 4))
          if framing == "2.1" then
            tree:add(head.length, header.length):set_generated()
            tree:add_le(head.checksum, tvb:range(origin + 4, 4))
          elseif framing == "2.2" then
            tree:add_le(head.length, tvb:range(origin + 4, 2))
            tree:add(head.undefined, tvb:range(origin + 6, 2))
            tree:add(head.version, tvb:range(origin + 8, 2), header.version)
            tree:add(head.undefined, tvb:range(origin + 10, 2))
          else
            tree:add_le(head.length, tvb:range(origin + 4, 4))
            tree:add(head.version, tvb:range(origin + 8, 2), header.version)
          end
          tree:add(head.capability, tvb:range(origin + header.name_at, header.type_at - header.name_at))
          tree:add_le(head.type, tvb:range(origin + header.type_at, 4))
        end

        local function add_routing(tree, tvb, origin, routing)
          local item = tree:add(tvb:range(origin + routing.at, routing.size), "routing")
          item:add_le(head.cluster, tvb:range(origin + routing.at, 4))
          if routing.destination_cluster then
            item:add_le(head.destination_cluster, tvb:range(origin + routing.at + 4, 4))
            item:add_le(head.source, tvb:range(origin + routing.at + 8, 4))
          else
            item:add_le(head.source, tvb:range(origin + routing.at + 4, 4))
            item:add_le(head.destination, tvb:range(origin + routing.at + 8, 4))
          end
        end

        local function failure_text(failure)
          local place = failure.field and (failure.field .. " at offset ") or "at offset "
          return place .. failure.at .. ": " .. failure.reason
        end

        -- Shows bytes that are no packet although they stand where one should.
        local function show_refused(tvb, tree, origin, length, reason, at)
          local item = tree:add(bin, tvb:range(origin, length))
          item:append_text(", not a packet")
          item:add(head.undecoded, tvb:range(origin, length))
          item:add_proto_expert_info(expert_malformed, "at offset " .. at .. ": " .. reason)
          return "[malformed: " .. reason .. "]"
        end

        -- Shows the packet of 'length' bytes at 'origin'; returns its line for the info column.
        local function show_packet(tvb, tree, origin, length, framing, checksum_is_wrong)
          local s = tvb:raw(origin, length)
          local header, code, at = BIN.header(s, framing)
          if not header then return show_refused(tvb, tree, origin, length, BIN.reasons[code], at) end
          local item = tree:add(bin, tvb:range(origin, length))
          if checksum_is_wrong then
            add_header(item, tvb, origin, header)
            if length > header.body_at then
              item:add(head.undecoded, tvb:range(origin + header.body_at, length - header.body_at))
            end
            item:add_proto_expert_info(expert_malformed, "at offset 4: " .. BIN.reasons.badChecksum)
            return printable(header.capability) .. " [malformed: " .. BIN.reasons.badChecksum .. "]"
          end
          local description = BIN.interpret(s, header)
          item:append_text(", " .. printable(header.capability) .. " " .. (description.message or ("type " .. header.type)))
          add_header(item, tvb, origin, header)
          if description.message then item:add(head.message, description.message):set_generated() end
          if description.layout then item:add(head.layout, description.layout):set_generated() end
          if description.releases then item:add(head.releases, description.releases):set_generated() end
          add_nodes(item, tvb, origin, s, description.nodes)
          if description.trailing then
            local range = range_of(tvb, origin, description.trailing[1], description.trailing[2])
            if range then item:add(head.trailing, range) end
          end
          if description.routing then add_routing(item, tvb, origin, description.routing) end
          local failure = description.failure
          if failure then
            item:add_proto_expert_info(
              failure.undeclared and expert_undeclared or expert_malformed, failure_text(failure))
          end
          return summary(s, header, description)
        end

        -- The same, and nothing that goes wrong in it stops Wireshark.
        local function safely_show(tvb, pinfo, tree, origin, length, ...)
          local ok, line = pcall(show_packet, tvb, tree, origin, length, ...)
          if not ok then
            tree:add_proto_expert_info(expert_malformed, "the dissector failed: " .. tostring(line))
            line = "[the dissector failed]"
          end
          pinfo.cols.info:append(line .. "  ")
        end

        ------------------------------------------------------------------------------------------------------------------------
        -- Streams and datagrams
        ------------------------------------------------------------------------------------------------------------------------

        local HEAD_SIZE = 96
        local MORE = DESEGMENT_ONE_MORE_SEGMENT

        local function begin_columns(pinfo)
          pinfo.cols.protocol = "BIN"
          pinfo.cols.info:clear()
        end

        -- Where the next packet may begin in what is no packet: at the next magic.
        local function next_magic(tvb, at)
          if at + 1 >= tvb:len() then return tvb:len() end
          local place = find(tvb:raw(at + 1, tvb:len() - at - 1), BIN.MAGIC, 1, true)
          return place and at + place or tvb:len()
        end

        -- 2.2 writes a null string that stands last, but does not count it: four zero bytes in front of the next packet.
        local function is_null_string(start)
          local follows = sub(start, 5, 8)
          return sub(start, 1, 4) == "\0\0\0\0" and follows == sub(BIN.MAGIC, 1, #follows)
        end

        -- Cuts what TCP hands over into packets, and asks for more bytes where one is not complete.
        local function dissect_stream(tvb, pinfo, tree)
          local available = tvb:len()
          local is_cut_off = tvb:reported_len() > available
          begin_columns(pinfo)
          local at = 0
          local function wait_for(missing)
            if is_cut_off or not (pinfo.can_desegment and pinfo.can_desegment > 0) then return false end
            pinfo.desegment_offset, pinfo.desegment_len = at, missing
            pinfo.cols.info:append("[part of a BIN packet]  ")
            return true
          end
          while at < available do
            local left = available - at
            local start = tvb:raw(at, math.min(left, HEAD_SIZE))
            local framing = BIN.detect_stream(start)
            if framing == nil and is_null_string(start) then
              tree:add(bin, tvb:range(at, 4)):append_text(", null string that its packet does not count")
              at = at + 4
            elseif framing == nil and left < 4 and start == string.rep("\0", left) and wait_for(MORE) then
              return available
            elseif framing == nil then
              local stop = next_magic(tvb, at)
              pinfo.cols.info:append(show_refused(tvb, tree, at, stop - at, BIN.reasons.badMagic, 0) .. "  ")
              at = stop
            elseif framing == "more" then
              if wait_for(MORE) then return available end
              pinfo.cols.info:append(show_refused(tvb, tree, at, left, BIN.reasons.lengthMismatch, 4) .. "  ")
              at = available
            else
              local length = BIN.stream_length(start, framing)
              if length > left and wait_for(length - left) then return available end
              safely_show(tvb, pinfo, tree, at, math.min(length, left), framing)
              at = at + math.min(length, left)
            end
          end
          pinfo.cols.info:fence()
          return available
        end

        local function dissect_datagram(tvb, pinfo, tree)
          begin_columns(pinfo)
          local length = tvb:len()
          local framing, checksum_is_right = BIN.detect_datagram(tvb:raw(0, length))
          if framing then
            safely_show(tvb, pinfo, tree, 0, length, framing, checksum_is_right == false)
          else
            pinfo.cols.info:append(show_refused(tvb, tree, 0, length, BIN.reasons.badMagic, 0))
          end
          return length
        end

        local PORT_UDP = 3

        function bin.dissector(tvb, pinfo, tree)
          if tvb:len() == 0 then return 0 end
          local dissect = pinfo.port_type == PORT_UDP and dissect_datagram or dissect_stream
          local ok, result = pcall(dissect, tvb, pinfo, tree)
          if ok then return result end
          tree:add_proto_expert_info(expert_malformed, "the dissector failed: " .. tostring(result))
          return tvb:len()
        end

        ------------------------------------------------------------------------------------------------------------------------
        -- Registration
        ------------------------------------------------------------------------------------------------------------------------

        local function stream_heuristic(tvb, pinfo, tree)
          if tvb:len() < 4 then return false end
          local ok, framing = pcall(function() return BIN.detect_stream(tvb:raw(0, math.min(tvb:len(), HEAD_SIZE))) end)
          -- The beginning of a header is taken for one when length and version are there.
          if not ok or framing == nil or (framing == "more" and tvb:len() < 12) then return false end
          pinfo.conversation = bin
          bin.dissector(tvb, pinfo, tree)
          return true
        end

        local function datagram_heuristic(tvb, pinfo, tree)
          if tvb:len() < 17 then return false end
          local ok, framing = pcall(function() return BIN.detect_datagram(tvb:raw(0, tvb:len())) end)
          if not ok or framing == nil then return false end
          bin.dissector(tvb, pinfo, tree)
          return true
        end

        bin.prefs.tcp_ports = Pref.range("TCP ports", "5555", "TCP ports on which OpenSIPS servers listen for BIN", 65535)
        bin.prefs.udp_ports = Pref.range("UDP ports", "", "UDP ports on which OpenSIPS 2.1 listens for BIN", 65535)

        local tcp_table, udp_table = DissectorTable.get("tcp.port"), DissectorTable.get("udp.port")
        local registered = {}

        local function register_ports(dissectors, name, ports)
          ports = tostring(ports or "")
          if registered[name] == ports then return end
          if registered[name] and registered[name] ~= "" then dissectors:remove(registered[name], bin) end
          if ports ~= "" then dissectors:add(ports, bin) end
          registered[name] = ports
        end

        local function apply_preferences()
          register_ports(tcp_table, "tcp", bin.prefs.tcp_ports)
          register_ports(udp_table, "udp", bin.prefs.udp_ports)
        end

        bin.prefs_changed = apply_preferences
        apply_preferences()
        tcp_table:add_for_decode_as(bin)
        udp_table:add_for_decode_as(bin)
        bin:register_heuristic("tcp", stream_heuristic)
        bin:register_heuristic("udp", datagram_heuristic)
        -- From 2.3 on servers may use TLS; where its keys are known, what is inside is found as well.
        pcall(function() bin:register_heuristic("tls", stream_heuristic) end)
        """# + "\n"
}
