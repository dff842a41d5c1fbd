-- opensips-bin.lua: BIN, the replication protocol of OpenSIPS servers, for Wireshark 3.6 and later.
--
-- Written by 'opensips-bin spec export' from the declarations of the messages; do not edit.
-- SPDX-License-Identifier: Apache-2.0
--
-- How to use it is told in README.md beside this file. Filter names are 'opensips-bin.' and the name of the field
-- in layouts.json. Names that the header has already, and names that carry another kind of value in another
-- message, end in the kind:
--
--   opensips-bin.message_text: message where it is a text
--   opensips-bin.capability_text: capability where it is a text
--   opensips-bin.path_text: path where it is a text
--   opensips-bin.cflags_text: cflags where it is a text
--   opensips-bin.profiles_list: profiles where it is a list or a group of fields
--   opensips-bin.value_integer: value where it is a 32-bit integer
--   opensips-bin.type_integer: type where it is a 32-bit integer
--   opensips-bin.expires_integer: expires where it is a 32-bit integer
--   opensips-bin.event_integer: event where it is a 32-bit integer
--   opensips-bin.streams_list: streams where it is a list or a group of fields
--   opensips-bin.version_integer: version where it is a 32-bit integer
--   opensips-bin.group_text: group where it is a text
--   opensips-bin.port_integer: port where it is a 32-bit integer
--   opensips-bin.flags_text: flags where it is a text
--   opensips-bin.checksum_integer: checksum where it is a 32-bit integer
--   opensips-bin.flag_text: flag where it is a text
--   opensips-bin.flags_list: flags where it is a list or a group of fields


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

------------------------------------------------------------------------------------------------------------------------
-- Tables
------------------------------------------------------------------------------------------------------------------------

-- Every known release, oldest first.
BIN.releases = {
  "2.1.0", "2.1.1", "2.1.2", "2.1.3", "2.1.4", "2.1.5", "2.2.0", "2.2.1", "2.2.2", "2.2.3", "2.2.4", "2.2.5",
  "2.2.6", "2.2.7", "2.2.8", "2.3.0", "2.3.1", "2.3.2", "2.3.3", "2.3.4", "2.3.5", "2.3.6", "2.4.0", "2.4.1",
  "2.4.2", "2.4.3", "2.4.4", "2.4.5", "2.4.6", "2.4.7", "2.4.8", "2.4.9", "2.4.10", "2.4.11", "3.0.0", "3.0.1",
  "3.0.2", "3.0.3", "3.0.4", "3.0.5", "3.1.0", "3.1.1", "3.1.2", "3.1.3", "3.1.4", "3.1.5", "3.1.6", "3.1.7",
  "3.1.8", "3.1.9", "3.1.10", "3.1.11", "3.1.12", "3.1.13", "3.1.14", "3.1.15", "3.1.16", "3.1.17", "3.2.0", "3.2.1",
  "3.2.2", "3.2.3", "3.2.4", "3.2.5", "3.2.6", "3.2.7", "3.2.8", "3.2.9", "3.2.10", "3.2.11", "3.2.12", "3.2.13",
  "3.2.14", "3.2.15", "3.2.16", "3.2.17", "3.2.18", "3.2.19", "3.3.0", "3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.3.5",
  "3.3.6", "3.3.7", "3.3.8", "3.3.9", "3.3.10", "3.4.0", "3.4.1", "3.4.2", "3.4.3", "3.4.4", "3.4.5", "3.4.6",
  "3.4.7", "3.4.8", "3.4.9", "3.4.10", "3.4.11", "3.4.12", "3.4.13", "3.4.14", "3.4.15", "3.4.16", "3.4.17", "3.4.18",
  "3.5.0", "3.5.1", "3.5.2", "3.5.3", "3.5.4", "3.5.5", "3.5.6", "3.5.7", "3.5.8", "3.5.9", "3.6.0", "3.6.1",
  "3.6.2", "3.6.3", "3.6.4", "3.6.5", "3.6.6", "3.6.7", "3.6.8", "4.0.0", "4.0.1", "4.1",
}

-- Words for numbers, by meaning.
BIN.number_names = {
  linkState = {[0] = "up", [1] = "down"},
  capabilityState = {[0] = "not synced", [1] = "synced"},
  dialogState = {[1] = "unconfirmed", [2] = "early", [3] = "confirmed, no ACK", [4] = "confirmed", [5] = "deleted"},
  algorithm = {[0] = "none", [1] = "TAILDROP", [2] = "RED", [3] = "FEEDBACK", [4] = "NETWORK", [5] = "SBT"},
  matchMode = {[-1] = "default", [0] = "contact", [1] = "contact and Call-ID", [2] = "URI parameters"},
  valueType = {[0] = "none", [1] = "string", [2] = "integer"},
  transport = {[1] = "UDP", [2] = "TCP", [3] = "TLS", [4] = "SCTP", [5] = "WS", [6] = "WSS", [7] = "IPsec"},
  entityType = {[0] = "server", [1] = "client"},
  entityState = {[0] = "undefined", [1] = "new", [2] = "new with auth", [3] = "early", [4] = "confirmed", [5] = "established", [6] = "modified", [7] = "terminated"},
  tupleInfo = {[0] = "no tuple", [1] = "new tuple", [2] = "tuple update", [3] = "context values only"},
  mediaLeg = {[0] = "unspecified", [1] = "caller", [2] = "callee", [3] = "both"},
  mediaKind = {[0] = "fork", [1] = "exchange"},
  forkState = {[0] = "on", [1] = "off"},
  participantKind = {[0] = "XML value", [1] = "name and address"},
  memberStatus = {[0] = "alive", [1] = "suspected", [2] = "down", [3] = "left"},
}

-- Names of bits from the lowest, by meaning; 'all' is what all bits together are called.
BIN.flag_names = {
  methods = {"INVITE", "CANCEL", "ACK", "BYE", "INFO", "OPTIONS", "UPDATE", "REGISTER", "MESSAGE", "SUBSCRIBE", "NOTIFY", "PRACK", "REFER", "PUBLISH", "OTHER", all = "ALL"},
  contactFlags = {"memoryOnly", "extraHop", "pushNotification"},
  dialogFlags = {"newForDB", "changed", "byeSeen", "byeOnTimeout", "initialised", "optionsPingCaller", "optionsPingCallee", "loadedFromDB", "valuesChanged", "deletedFromDB", "enforceCSeq", "reInvitePingCaller", "reInvitePingCallee", "reInvitePingEngagedRequest", "reInvitePingEngagedReply", "endOnRace", "wasCancelled", "raceOccurred", "selfExtendedTimeout", "synced", "autoPRACK"},
  dialogFlagsBefore2_4 = {"newForDB", "changed", "byeSeen", "byeOnTimeout", "initialised", "optionsPingCaller", "optionsPingCallee", "topologyHiding", "valuesChanged", "deletedFromDB", "enforceCSeq", "reInvitePingCaller", "reInvitePingCallee", "reInvitePingEngagedRequest", "reInvitePingEngagedReply", "endOnRace", "wasCancelled", "raceOccurred", "selfExtendedTimeout", "synced", "autoPRACK"},
  pipeFlags = {"bin", "cachedb"},
  destinationFlags = {"", "", "disabled", "noAutoEnable"},
  carrierFlagsBefore3_1 = {"", "", "off"},
  carrierFlags = {"", "off"},
  dispatcherFlags = {"inactive", "probing", "resetFailures", "dirty", "permanentProbing"},
  puaFlags = {"UL_PUBLISH", "BLA_PUBLISH", "BLA_SUBSCRIBE", "XMPP_PUBLISH", "XMPP_SUBSCRIBE", "XMPP_INITIAL_SUBS", "MI_PUBLISH", "MI_ASYN_PUBLISH", "MI_SUBSCRIBE", "RLS_SUBSCRIBE", "DIALOG_PUBLISH", "CALLINFO_PUBLISH", "REGINFO_SUBSCRIBE", "REGINFO_PUBLISH"},
  puaEvents = {"PRESENCE", "PWINFO", "BLA", "MSGSUM", "CONFERENCE", "XCAPDIFF", "DIALOG", "CALLINFO", "REGINFO"},
  copyFlags = {"siprec", "disabled", "callerLeg", "calleeLeg"},
  demuxClientFlags = {"early", "started", "pending", "replicated", "cancel"},
  siprecFlags = {"started", "dialogCallbacks", "paused", "ongoing", "late", "answered"},
  relayContextFlags = {"engaged", "established", "pending", "b2b"},
  relaySessionFlags = {"disabled", "pending", "success", "late", "ongoing"},
  relayLegFlags = {"disabled"},
  copiedStreamFlags = {"inactive", "started"},
}

-- What the info column shows: fields by their value alone, fields with their name, lists by their first elements.
BIN.bare = {address = true, aor = true, attr = true, body = true, callid = true, capability = true, 
  carrierId = true, command = true, contact = true, event = true, gwId = true, message = true, 
  modName = true, presUri = true, relay = true, tag1 = true, tagName = true, uri = true, url = true, 
  user = true, variableName = true, }
BIN.named = {clusterId = true, collection = true, cseq = true, dataVersion = true, expires = true, group = true, 
  hId = true, inflatedSize = true, lastGeneratedCseq = true, neighbourId = true, nodeId = true, 
  packetCount = true, reqLike = true, reqNodeList = true, requireReply = true, seq = true, 
  serverId = true, setId = true, sourceCluster = true, sourceNodeId = true, state = true, 
  statusFlags = true, tag = true, totalChunks = true, }
BIN.shown_elements = 3

BIN.fields = {
  {"clusterId", "integer", "clusterId", "the cluster"},
  {"sourceNodeId", "integer", "sourceNodeId", "the node that made the packet"},
  {"seq", "integer", "seq", "sequence number, 0 after a restart"},
  {"neighbourId", "integer", "neighbourId", "the other end of the link"},
  {"state", "integer", "state", "0 up, 1 down"},
  {"pathLen", "integer", "pathLen", "number of nodes passed"},
  {"path", "integer", "path", "nodes passed, the originator first"},
  {"noNodes", "integer", "noNodes", "number of nodes"},
  {"nodes", "list", "nodes", "the nodes, the source itself first"},
  {"nodeId", "integer", "nodeId", "the node"},
  {"lsSeq", "integer", "lsSeq", "sequence number of its last link state update"},
  {"noNeigh", "integer", "noNeigh", "number of its links"},
  {"neigh", "integer", "neigh", "the nodes it has a link to"},
  {"description", "text", "description", "free text"},
  {"url", "text", "url", "where it listens"},
  {"sipAddr", "text", "sipAddr", "its SIP address, may be empty"},
  {"priority", "integer", "priority", "the lower, the rather it is used as a hop"},
  {"noPingRetries", "integer", "noPingRetries", "ping retries before it is taken as down"},
  {"topSeq", "integer", "topSeq", "sequence number of its last topology update"},
  {"isOrigSource", "integer", "isOrigSource", "1 from the joining node itself"},
  {"reqNodeList", "integer", "reqNodeList", "1 asks for the list of known nodes"},
  {"n", "integer", "n", "number of nodes listed"},
  {"nodeIds", "integer", "nodeIds", "nodes that the sender knows"},
  {"timestamp", "integer", "timestamp", "Unix time in seconds"},
  {"hasDescr", "integer", "hasDescr", "1 when the description follows"},
  {"lsTimestamp", "integer", "lsTimestamp", "Unix time of that update, in seconds"},
  {"nNodes", "integer", "nNodes", "number of nodes"},
  {"nCaps", "integer", "nCaps", "number of its capabilities"},
  {"caps", "list", "caps", "its capabilities"},
  {"capabilityName", "text", "capabilityName", "name of the capability"},
  {"requireReply", "integer", "requireReply", "1 asks the receiver for its own"},
  {"reqLike", "integer", "reqLike", "1 request, 0 reply"},
  {"tag", "text", "tag", "what a reply repeats of its request"},
  {"message_text", "text", "message", "the message"},
  {"command", "text", "command", "name of the command"},
  {"parameters", "text", "parameters", "its parameters, in order"},
  {"capability_text", "text", "capability", "the capability to be synced"},
  {"chunks", "list", "chunks", "chunks without a size"},
  {"dataVersion", "integer", "dataVersion", "version of the capability's format"},
  {"totalChunks", "integer", "totalChunks", "number of chunks in all packets of this sync"},
  {"tagName", "text", "tagName", "name of the sharing tag"},
  {"domain", "text", "domain", "name of the table of contacts"},
  {"aor", "text", "aor", "address of record"},
  {"serverId", "integer", "serverId", "node id of the sender"},
  {"contact", "text", "contact", "contact URI"},
  {"callid", "text", "callid", "Call-ID of the REGISTER"},
  {"userAgent", "text", "userAgent", "User-Agent of the REGISTER"},
  {"path_text", "text", "path", "Path header body"},
  {"attr", "text", "attr", "free registration attributes"},
  {"received", "text", "received", "real source of the REGISTER, may be empty"},
  {"instance", "text", "instance", "value of +sip.instance"},
  {"expires", "value64", "expires", "Unix time in seconds; 0 for ever, 10 deleted but not yet flushed"},
  {"q", "integer", "q", "preference times 1000, -1 unspecified"},
  {"sock", "text", "sock", "receiving socket, empty for none"},
  {"cseq", "integer", "cseq", "CSeq number of the REGISTER"},
  {"flags", "integer", "flags", "internal flags of the contact"},
  {"cflags", "integer", "cflags", "branch flags, bits local to each node"},
  {"methods", "integer", "methods", "methods the contact accepts, all bits when not stated"},
  {"lastModified", "value64", "lastModified", "Unix time in seconds"},
  {"label", "integer", "label", "number of the record in its hash slot"},
  {"nextClabel", "integer", "nextClabel", "number of the next contact, 0 to 16383"},
  {"kv", "text", "kv", "key/values of the record"},
  {"contactId", "id", "contactId", "AoR hash, record label and contact label"},
  {"matchMode", "integer", "matchMode", "-1 default, 0 contact only, 1 contact and Call-ID, 2 URI parameters", "matchMode"},
  {"matchCount", "integer", "matchCount", "number of URI parameters"},
  {"matchParams", "text", "matchParams", "names of the URI parameters"},
  {"cflags_text", "text", "cflags", "branch flags by name"},
  {"kind", "integer", "kind", "0 address of record, otherwise contact"},
  {"fromTag", "text", "fromTag", "tag of the caller"},
  {"toTag", "text", "toTag", "tag of the callee"},
  {"fromUri", "text", "fromUri", "From URI"},
  {"toUri", "text", "toUri", "To URI"},
  {"hId", "integer", "hId", "number of the dialog inside of its hash bucket"},
  {"startTs", "integer", "startTs", "Unix time of the start, in seconds"},
  {"callerSocket", "text", "callerSocket", "socket towards the caller"},
  {"calleeSocket", "text", "calleeSocket", "socket towards the callee, empty when unknown"},
  {"callerCseq", "text", "callerCseq", "last CSeq received towards the caller, decimal"},
  {"calleeCseq", "text", "calleeCseq", "last CSeq received towards the callee, decimal"},
  {"callerRouteSet", "text", "callerRouteSet", "route set of the caller"},
  {"calleeRouteSet", "text", "calleeRouteSet", "route set of the callee"},
  {"callerContact", "text", "callerContact", "contact of the caller"},
  {"calleeContact", "text", "calleeContact", "contact of the callee"},
  {"calleeMangledFromUri", "text", "calleeMangledFromUri", "From URI as the callee sees it, or empty"},
  {"calleeMangledToUri", "text", "calleeMangledToUri", "To URI as the callee sees it, or empty"},
  {"vars", "text", "vars", "dialog variables"},
  {"profiles", "text", "profiles", "profiles of the dialog"},
  {"userFlags", "integer", "userFlags", "script flags of the dialog"},
  {"timeout", "integer", "timeout", "Unix time at which the dialog expires, in seconds"},
  {"callerLastGeneratedCseq", "integer", "callerLastGeneratedCseq", "last CSeq generated towards the caller"},
  {"calleeLastGeneratedCseq", "integer", "calleeLastGeneratedCseq", "last CSeq generated towards the callee"},
  {"modFlags", "integer", "modFlags", "flags owned by other modules"},
  {"profiles_list", "list", "profiles", "counters"},
  {"profileName", "text", "profileName", "name of the profile"},
  {"hasValue", "integer", "hasValue", "1 when the counter is that of one value"},
  {"value", "text", "value", "value of the profile"},
  {"counter", "integer", "counter", "the sender's own count"},
  {"callerAdvSdp", "text", "callerAdvSdp", "SDP advertised to the caller"},
  {"calleeAdvSdp", "text", "calleeAdvSdp", "SDP advertised to the callee"},
  {"callerSdpAsReceived", "text", "callerSdpAsReceived", "SDP received from the caller"},
  {"callerSdpAsSent", "text", "callerSdpAsSent", "SDP sent to the caller"},
  {"calleeSdpAsReceived", "text", "calleeSdpAsReceived", "SDP received from the callee"},
  {"calleeSdpAsSent", "text", "calleeSdpAsSent", "SDP sent to the callee"},
  {"callerAdvertisedContact", "text", "callerAdvertisedContact", "Contact header sent to the caller"},
  {"calleeAdvertisedContact", "text", "calleeAdvertisedContact", "Contact header sent to the callee"},
  {"onAnswerRoute", "text", "onAnswerRoute", "script route run on answer"},
  {"onTimeoutRoute", "text", "onTimeoutRoute", "script route run on time-out"},
  {"onHangupRoute", "text", "onHangupRoute", "script route run on hang-up"},
  {"optionsPingInterval", "integer", "optionsPingInterval", "interval of OPTIONS pings in seconds"},
  {"reInvitePingInterval", "integer", "reInvitePingInterval", "interval of re-INVITE pings in seconds"},
  {"oppositeTag", "text", "oppositeTag", "tag of the opposite leg"},
  {"legTag", "text", "legTag", "tag of the leg whose generated CSeq changed"},
  {"lastGeneratedCseq", "integer", "lastGeneratedCseq", "new last generated CSeq"},
  {"variableName", "text", "variableName", "name of the variable"},
  {"valueType", "integer", "valueType", "0 none (delete), 1 string, 2 integer", "valueType"},
  {"value_integer", "integer", "value", "value of an integer"},
  {"pipes", "list", "pipes", "counters"},
  {"pipeName", "text", "pipeName", "name of the pipe"},
  {"algorithm", "integer", "algorithm", "0 none, 1 TAILDROP, 2 RED, 3 FEEDBACK, 4 NETWORK, 5 SBT", "algorithm"},
  {"limit", "integer", "limit", "last limit that the script used"},
  {"sourceCluster", "integer", "sourceCluster", "the cluster that is summed"},
  {"group", "integer", "group", "number of the group"},
  {"uri", "text", "uri", "SIP URI as provisioned"},
  {"statusFlags", "integer", "statusFlags", "4 disabled, 8 must not be enabled again automatically"},
  {"partition", "text", "partition", "name of the routing partition"},
  {"gwId", "text", "gwId", "id of the gateway"},
  {"carrierId", "text", "carrierId", "id of the carrier"},
  {"isGw", "integer", "isGw", "0 carrier, otherwise gateway"},
  {"id", "text", "id", "id of the carrier or gateway"},
  {"setId", "integer", "setId", "number of the set of destinations"},
  {"address", "text", "address", "URI of the destination as provisioned"},
  {"type_integer", "integer", "type", "1 the bits of state are set, 0 they are cleared"},
  {"collection", "text", "collection", "name of the collection"},
  {"expires_integer", "integer", "expires", "time to live in seconds, 0 for ever"},
  {"user", "text", "user", "user part of the presentity"},
  {"event", "text", "event", "name of the event package"},
  {"oldEtag", "text", "oldEtag", "ETag that the PUBLISH referred to, one space for none"},
  {"newEtag", "text", "newEtag", "ETag that the sender assigned"},
  {"receivedTime", "integer", "receivedTime", "Unix time of the PUBLISH, in seconds"},
  {"sender", "text", "sender", "URI of the sender of the PUBLISH, one space for none"},
  {"extraHdrs", "text", "extraHdrs", "more header fields, one space for none"},
  {"sphere", "text", "sphere", "the sphere, one space for none"},
  {"body", "text", "body", "the presence document, may be empty"},
  {"presUri", "text", "presUri", "URI of the presentity"},
  {"flag", "integer", "flag", "source and kind of the record"},
  {"event_integer", "integer", "event", "event package"},
  {"etag", "text", "etag", "ETag, one space for none"},
  {"proto", "integer", "proto", "transport of the receiving socket: 1 UDP, 2 TCP, 3 TLS, 4 SCTP, 5 WS, 6 WSS, 7 IPsec", "transport"},
  {"dstHost", "text", "dstHost", "name of the receiving socket"},
  {"dstPort", "integer", "dstPort", "port of the receiving socket"},
  {"srcIp", "bytes", "srcIp", "address family, length, address"},
  {"srcPort", "integer", "srcPort", "port the message came from"},
  {"viaBranchOff", "integer", "viaBranchOff", "offset of the Via branch in message, 0 for none"},
  {"viaBranchLen", "integer", "viaBranchLen", "its length in bytes"},
  {"viaHostOff", "integer", "viaHostOff", "offset of the Via host in message, 0 for none"},
  {"viaHostLen", "integer", "viaHostLen", "its length in bytes"},
  {"viaTransportOff", "integer", "viaTransportOff", "offset of the Via transport in message, 0 for none"},
  {"viaTransportLen", "integer", "viaTransportLen", "its length in bytes"},
  {"viaPort", "integer", "viaPort", "port of the top Via"},
  {"cancelReason", "text", "cancelReason", "Reason header fields, may be empty"},
  {"hashIndex", "integer", "hashIndex", "bucket of the transaction in the sender's table"},
  {"entityType", "integer", "entityType", "0 server, 1 client", "entityType"},
  {"tag0", "text", "tag0", "tag of the caller's side"},
  {"tag1", "text", "tag1", "tag of the callee's side, the key of a server entity"},
  {"ruri", "text", "ruri", "request URI"},
  {"fromDname", "text", "fromDname", "From display name"},
  {"toDname", "text", "toDname", "To display name"},
  {"routeSet0", "text", "routeSet0", "route set of the caller's side"},
  {"routeSet1", "text", "routeSet1", "route set of the callee's side"},
  {"sendSock", "text", "sendSock", "sending socket, its tag if it has one; empty for none"},
  {"logicKey", "text", "logicKey", "key of the upper module"},
  {"modName", "text", "modName", "name of the upper module, decides what tail is"},
  {"cseq0", "integer", "cseq0", "CSeq of the caller's side"},
  {"cseq1", "integer", "cseq1", "CSeq of the callee's side"},
  {"lastMethod", "integer", "lastMethod", "bit of the last request's method, 0 for none"},
  {"lastReplyCode", "integer", "lastReplyCode", "code of the last reply"},
  {"lastInviteCseq", "integer", "lastInviteCseq", "CSeq of the last INVITE"},
  {"contact0", "text", "contact0", "contact of the caller's side"},
  {"contact1", "text", "contact1", "contact of the callee's side"},
  {"legCseq", "integer", "legCseq", "CSeq of the leg"},
  {"legContact", "text", "legContact", "contact of the leg"},
  {"legRouteSet", "text", "legRouteSet", "route set of the leg"},
  {"tail", "list", "tail", ""},
  {"tupleInfo", "integer", "tupleInfo", "0 no tuple, 1 new tuple, 2 tuple update, 3 context values only", "tupleInfo"},
  {"scenarioId", "text", "scenarioId", "id of the scenario, empty for an internal one"},
  {"param1", "text", "param1", "parameter 1 of the scenario"},
  {"param2", "text", "param2", "parameter 2 of the scenario"},
  {"param3", "text", "param3", "parameter 3 of the scenario"},
  {"param4", "text", "param4", "parameter 4 of the scenario"},
  {"param5", "text", "param5", "parameter 5 of the scenario"},
  {"sdp", "text", "sdp", "stored session description"},
  {"scenarioState", "integer", "scenarioState", "state of the scenario, -1 without one"},
  {"nextScenarioState", "integer", "nextScenarioState", "next state of the scenario"},
  {"lifetime", "integer", "lifetime", "seconds left to live, 0 for ever"},
  {"valuesCount", "integer", "valuesCount", "number of context values"},
  {"values", "list", "values", "context values"},
  {"name", "text", "name", "name of the value"},
  {"entityScenarioId", "text", "entityScenarioId", "id of the entity in the scenario"},
  {"hdrs", "text", "hdrs", "more header fields"},
  {"dlgCallid", "text", "dlgCallid", "Call-ID of the dialog"},
  {"dlgFromtag", "text", "dlgFromtag", "From tag of the dialog"},
  {"dlgTotag", "text", "dlgTotag", "To tag of the dialog"},
  {"startTime", "integer", "startTime", "statistics: start"},
  {"setupTime", "integer", "setupTime", "statistics: set-up"},
  {"callTime", "integer", "callTime", "statistics: call"},
  {"entityNo", "integer", "entityNo", "which of the two bridged entities, 0 or 1"},
  {"leg", "integer", "leg", "0 unspecified, 1 caller, 2 callee, 3 both", "mediaLeg"},
  {"nohold", "integer", "nohold", "1 the other party is not put on hold"},
  {"forksCount", "integer", "forksCount", "number of forks"},
  {"forks", "list", "forks", "the forks"},
  {"dlgLeg", "integer", "dlgLeg", "leg of the dialog"},
  {"medianum", "integer", "medianum", "number of the stream in the call"},
  {"forkMedianum", "integer", "forkMedianum", "number of the stream in the fork"},
  {"ip", "text", "ip", "address of the destination"},
  {"port", "text", "port", "port of the destination, in decimal"},
  {"proxy", "text", "proxy", "URI of the outbound proxy"},
  {"copyFlags", "integer", "copyFlags", "1 siprec, 2 disabled, 4 caller leg, 8 callee leg"},
  {"streams", "integer", "streams", "one bit a stream, all ones for all of them"},
  {"paused", "integer", "paused", "one bit a paused stream"},
  {"clientsCount", "integer", "clientsCount", "number of clients"},
  {"sessId", "integer", "sessId", "low 32 bits of the id of the SDP session"},
  {"sessIp", "text", "sessIp", "address of the SDP session"},
  {"clients", "list", "clients", "the clients"},
  {"b2bKey", "text", "b2bKey", "key of the client entity"},
  {"streamsCount", "integer", "streamsCount", "number of streams"},
  {"streams_list", "list", "streams", "the streams"},
  {"index", "integer", "index", "number of the stream in the server's session description"},
  {"clientIndex", "integer", "clientIndex", "number of the stream in the client's session description"},
  {"disabledBody", "text", "disabledBody", "section used while the stream is disabled"},
  {"labelLen", "integer", "labelLen", "length of the label in bytes, 0 for none"},
  {"labelOff", "integer", "labelOff", "offset of the label in disabledBody"},
  {"disabledCount", "integer", "disabledCount", "number of streams without a client"},
  {"disabled", "list", "disabled", "streams without a client"},
  {"serverKey", "text", "serverKey", "key of the server entity"},
  {"dupOutSdp", "text", "dupOutSdp", "outgoing session description"},
  {"outSdp", "text", "outSdp", "outgoing session description"},
  {"inSdp", "text", "inSdp", "incoming session description"},
  {"ts", "value64", "ts", "start of the session, Unix time in seconds"},
  {"version_integer", "integer", "version", "version counter of the session description"},
  {"media", "text", "media", "media address"},
  {"srsUri", "text", "srsUri", "URI of the recording server that was chosen"},
  {"group_text", "text", "group", "group of the communication session"},
  {"groupExt", "text", "groupExt", "extension of the group, XML"},
  {"sessionExt", "text", "sessionExt", "extension of the session, XML"},
  {"socket", "text", "socket", "sending socket, empty for the default one"},
  {"uuid", "text", "uuid", "identifier of the session, base64"},
  {"participantsCount", "integer", "participantsCount", "number of participants, at most 2"},
  {"participants", "list", "participants", "the participants"},
  {"xmlVal", "text", "xmlVal", "the participant as XML"},
  {"sessionsCount", "integer", "sessionsCount", "number of recording sessions"},
  {"sessions", "list", "sessions", "the recording sessions"},
  {"rtpproxy", "text", "rtpproxy", "URI of the RTP proxy"},
  {"mediaIp", "text", "mediaIp", "media address"},
  {"callidDup", "text", "callidDup", "the Call-ID once more"},
  {"relay", "text", "relay", "name of the relay engine"},
  {"branch", "integer", "branch", "number of the branch"},
  {"set", "integer", "set", "number of the set of relays"},
  {"node", "text", "node", "the relay"},
  {"offerSelf", "text", "offerSelf", "flag self of the offer"},
  {"offerPeer", "text", "offerPeer", "flag peer of the offer"},
  {"offerIp", "text", "offerIp", "flag ip of the offer"},
  {"offerType", "text", "offerType", "flag type of the offer"},
  {"offerIface", "text", "offerIface", "flag iface of the offer"},
  {"answerSelf", "text", "answerSelf", "flag self of the answer"},
  {"answerPeer", "text", "answerPeer", "flag peer of the answer"},
  {"answerIp", "text", "answerIp", "flag ip of the answer"},
  {"answerType", "text", "answerType", "flag type of the answer"},
  {"answerIface", "text", "answerIface", "flag iface of the answer"},
  {"ctxState", "integer", "ctxState", "state of the context"},
  {"sessState", "integer", "sessState", "2 pending, 4 success, 8 late, 16 ongoing"},
  {"callerLeg", "list", "callerLeg", ""},
  {"flagSelf", "text", "flagSelf", "flag self"},
  {"flagPeer", "text", "flagPeer", "flag peer"},
  {"flagIp", "text", "flagIp", "flag ip"},
  {"flagType", "text", "flagType", "flag type"},
  {"flagIface", "text", "flagIface", "flag iface"},
  {"flagBody", "text", "flagBody", "flag body"},
  {"flagDelete", "text", "flagDelete", "flag delete"},
  {"calleeLeg", "list", "calleeLeg", ""},
  {"copiesCount", "integer", "copiesCount", "number of copies of the media"},
  {"copies", "list", "copies", "copies of the media"},
  {"maxIndex", "integer", "maxIndex", "highest number of a stream"},
  {"streamsMask", "integer", "streamsMask", "one bit a stream"},
  {"callerCount", "integer", "callerCount", "number of streams of the caller"},
  {"callerStreams", "list", "callerStreams", "streams of the caller"},
  {"port_integer", "integer", "port", "port"},
  {"calleeCount", "integer", "calleeCount", "number of streams of the callee"},
  {"calleeStreams", "list", "calleeStreams", "streams of the callee"},
  {"flags_text", "text", "flags", "more flags"},
  {"delete", "text", "delete", "flags of the deletion"},
  {"dictionary", "integer", "dictionary", "Adler-32 of the dictionary, 0 for none"},
  {"packetCount", "integer", "packetCount", "number of packets inside, 1 to 65535"},
  {"inflatedSize", "integer", "inflatedSize", "bytes of the packets inside"},
  {"checksum_integer", "integer", "checksum", "CRC-32 of the packets inside"},
  {"payload", "bytes", "payload", "the packets, one after the other, in raw deflate"},
  {"rangeCount", "integer", "rangeCount", "number of ranges"},
  {"ranges", "list", "ranges", "the ranges"},
  {"prefix", "integer", "prefix", "leading bits of the positions in the range"},
  {"bits", "integer", "bits", "how many bits those are, a multiple of 4 from 0 to 24"},
  {"sums", "text", "sums", "16 sums of 8 bytes, one for each part of the range"},
  {"memberCount", "integer", "memberCount", "number of members"},
  {"members", "list", "members", "every known member in those ranges"},
  {"generation", "integer", "generation", "when it was started, or a later number"},
  {"incarnation", "integer", "incarnation", "how often it contradicted a suspicion"},
  {"status", "integer", "status", "0 alive, 1 suspected, 2 down, 3 left", "memberStatus"},
  {"hasMore", "integer", "hasMore", "1 when there is more than fitted"},
  {"newsCount", "integer", "newsCount", "members with news"},
  {"news", "list", "news", "the members of which something is new"},
  {"base", "integer", "base", "the entries are those changed after this version, 0 for all"},
  {"floor", "integer", "floor", "deletions up to this version are forgotten"},
  {"entryCount", "integer", "entryCount", "number of entries"},
  {"entries", "list", "entries", "the entries, by version"},
  {"isDeleted", "integer", "isDeleted", "1 when the key was deleted"},
  {"key", "text", "key", "the key"},
  {"wantCount", "integer", "wantCount", "members asked for"},
  {"wants", "list", "wants", "what the sender knows of those it asks for"},
  {"sequence", "integer", "sequence", "number that the answer repeats"},
  {"isReached", "integer", "isReached", "1 when it answered, 0 when it did not so far"},
  {"purpose", "integer", "purpose", "0 asks for the highest fence, 1 for the lease, 2 gives it back"},
  {"fence", "value64", "fence", "fencing number under which the sender would have it"},
  {"flag_text", "text", "flag", "name of the flag"},
  {"outcome", "integer", "outcome", "0 refused, 1 granted, 2 the sender does not vote yet"},
  {"highestFence", "value64", "highestFence", "highest fencing number the sender knows of"},
  {"flagCount", "integer", "flagCount", "number of flags"},
  {"flags_list", "list", "flags", "the flags"},
  {"holder", "integer", "holder", "the node that has the vote, 0 for none"},
  {"size", "integer", "size", "bytes of the content of a chunk"},
  {"marker", "integer", "marker", "101010101, in front of the content of a chunk"},
}

-- Lists of fields, in wire order.
do
local integer, text, fixed, value64, value32, count = BIN.integer, BIN.text, BIN.fixed, BIN.value64, BIN.value32, BIN.count
local integers, texts, records, rest, group = BIN.integers, BIN.texts, BIN.records, BIN.rest, BIN.group
local when, unless, remainder = BIN.when, BIN.unless, BIN.remainder
local L = BIN.lists
L[1] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node")}
L[2] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), integer("seq"),
  integer("neighbourId", "node"), integer("state", "linkState"), count("pathLen", 26),
  integers("path", "pathLen", "node")}
L[3] = {integer("nodeId", "node"), integer("lsSeq"), count("noNeigh", 128), integers("neigh", "noNeigh", "node")}
L[4] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), integer("seq"), count("noNodes", 128),
  records("nodes", "noNodes", L[3]), count("pathLen", 26), integers("path", "pathLen", "node")}
L[5] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), text("description"), text("url"),
  text("sipAddr"), integer("priority"), integer("noPingRetries"), integer("lsSeq"), integer("topSeq"),
  integer("isOrigSource", "boolean"), count("pathLen", 26), integers("path", "pathLen", "node")}
L[6] = {integer("nodeId", "node"), count("noNeigh", 128), integers("neigh", "noNeigh", "node")}
L[7] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), count("noNodes", 128),
  records("nodes", "noNodes", L[6])}
L[8] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), integer("reqNodeList", "boolean")}
L[9] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), count("n", 128),
  integers("nodeIds", "n", "node")}
L[10] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), integer("seq"),
  integer("timestamp", "unixTime"), integer("neighbourId", "node"), integer("state", "linkState"),
  count("pathLen", 26), integers("path", "pathLen", "node")}
L[11] = {text("url"), text("sipAddr"), integer("priority"), integer("noPingRetries")}
L[12] = {integer("nodeId", "node"), integer("hasDescr", "boolean"), unless("hasDescr", {0}, L[11]), integer("lsSeq"),
  integer("lsTimestamp", "unixTime"), count("noNeigh", 128), integers("neigh", "noNeigh", "node")}
L[13] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), integer("seq"),
  integer("timestamp", "unixTime"), count("noNodes", 128), records("nodes", "noNodes", L[12]), count("pathLen", 26),
  integers("path", "pathLen", "node")}
L[14] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), text("url"), text("sipAddr"),
  integer("priority"), integer("noPingRetries"), count("pathLen", 26), integers("path", "pathLen", "node")}
L[15] = {text("capabilityName", "capability"), integer("state", "capabilityState")}
L[16] = {integer("nodeId", "node"), count("nCaps", 64), records("caps", "nCaps", L[15])}
L[17] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), count("nNodes", 128),
  records("nodes", "nNodes", L[16]), integer("requireReply", "boolean"), count("pathLen", 26),
  integers("path", "pathLen", "node")}
L[18] = {integer("clusterId", "cluster"), integer("sourceNodeId", "node"), integer("seq"),
  integer("timestamp", "unixTime"), count("nNodes", 128), records("nodes", "nNodes", L[16]),
  integer("requireReply", "boolean"), count("pathLen", 26), integers("path", "pathLen", "node")}
L[19] = {integer("nodeId", "node")}
L[20] = {integer("reqLike", "boolean"), text("tag"), text("message", "plain", "message_text")}
L[21] = {text("command"), count("n", 20), texts("parameters", "n")}
L[22] = {text("capability", "capability", "capability_text")}
L[23] = {text("capability", "capability", "capability_text"), rest("chunks", "unsizedChunks")}
L[24] = {text("capability", "capability", "capability_text"), integer("dataVersion"), rest("chunks", "chunks")}
L[25] = {text("capability", "capability", "capability_text"), integer("totalChunks")}
L[26] = {text("tagName")}
L[27] = {text("domain"), text("aor", "addressOfRecord")}
L[28] = {integer("serverId", "node"), text("domain"), text("aor", "addressOfRecord")}
L[29] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), text("callid"), text("userAgent"),
  text("path", "plain", "path_text"), text("attr"), text("received", "uri"), text("instance"),
  value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), integer("cflags", "bits"), integer("methods", "methods"),
  value64("lastModified", "unixTime")}
L[30] = {integer("serverId", "node"), text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"),
  text("callid"), text("userAgent"), text("path", "plain", "path_text"), text("attr"), text("received", "uri"),
  text("instance"), value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), integer("cflags", "bits"), integer("methods", "methods"),
  value64("lastModified", "unixTime")}
L[31] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), text("callid"), integer("cseq")}
L[32] = {integer("serverId", "node"), text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"),
  text("callid"), integer("cseq")}
L[33] = {text("domain"), text("aor", "addressOfRecord"), integer("label"), integer("nextClabel")}
L[34] = {text("domain"), text("aor", "addressOfRecord"), integer("label"), integer("nextClabel"),
  text("kv", "keyValues")}
L[35] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), value64("contactId", "contactID"),
  text("callid"), text("userAgent"), text("path", "plain", "path_text"), text("attr"), text("received", "uri"),
  text("instance"), value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), integer("cflags", "bits"), integer("methods", "methods"),
  value64("lastModified", "unixTime")}
L[36] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), value64("contactId", "contactID"),
  text("callid"), text("userAgent"), text("path", "plain", "path_text"), text("attr"), text("received", "uri"),
  text("instance"), value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), integer("cflags", "bits"), integer("methods", "methods"),
  value64("lastModified", "unixTime"), text("kv", "keyValues")}
L[37] = {count("matchCount", 64), texts("matchParams", "matchCount")}
L[38] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), value64("contactId", "contactID"),
  text("callid"), text("userAgent"), text("path", "plain", "path_text"), text("attr"), text("received", "uri"),
  text("instance"), value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), integer("cflags", "bits"), integer("methods", "methods"),
  value64("lastModified", "unixTime"), text("kv", "keyValues"), integer("matchMode", "matchMode"),
  when("matchMode", 2, L[37])}
L[39] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), value64("contactId", "contactID"),
  text("callid"), text("userAgent"), text("path", "plain", "path_text"), text("attr"), text("received", "uri"),
  text("instance"), value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), text("cflags", "flagNames", "cflags_text"), integer("methods", "methods"),
  value64("lastModified", "unixTime"), text("kv", "keyValues"), integer("matchMode", "matchMode"),
  when("matchMode", 2, L[37])}
L[40] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), text("callid"), text("userAgent"),
  text("path", "plain", "path_text"), text("attr"), text("received", "uri"), text("instance"),
  value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), integer("cflags", "bits"), integer("methods", "methods"),
  value64("lastModified", "unixTime"), text("kv", "keyValues")}
L[41] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), text("callid"), text("userAgent"),
  text("path", "plain", "path_text"), text("attr"), text("received", "uri"), text("instance"),
  value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), integer("cflags", "bits"), integer("methods", "methods"),
  value64("lastModified", "unixTime"), text("kv", "keyValues"), value64("contactId", "contactID")}
L[42] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), text("callid"), text("userAgent"),
  text("path", "plain", "path_text"), text("attr"), text("received", "uri"), text("instance"),
  value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), integer("cflags", "bits"), integer("methods", "methods"),
  value64("lastModified", "unixTime"), text("kv", "keyValues"), value64("contactId", "contactID"),
  integer("matchMode", "matchMode"), when("matchMode", 2, L[37])}
L[43] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), text("callid"), text("userAgent"),
  text("path", "plain", "path_text"), text("attr"), text("received", "uri"), text("instance"),
  value64("expires", "unixTime"), value32("q", "q"), text("sock", "socket"), integer("cseq"),
  integer("flags", "contactFlags"), text("cflags", "flagNames", "cflags_text"), integer("methods", "methods"),
  value64("lastModified", "unixTime"), text("kv", "keyValues"), value64("contactId", "contactID"),
  integer("matchMode", "matchMode"), when("matchMode", 2, L[37])}
L[44] = {text("domain"), text("aor", "addressOfRecord"), text("contact", "uri"), text("callid"), integer("cseq"),
  integer("matchMode", "matchMode"), when("matchMode", 2, L[37])}
L[45] = {integer("kind"), when("kind", 0, L[27]), unless("kind", {0}, L[29])}
L[46] = {integer("kind"), when("kind", 0, L[27]), unless("kind", {0}, L[35])}
L[47] = {integer("kind"), when("kind", 0, L[33]), unless("kind", {0}, L[35])}
L[48] = {integer("kind"), when("kind", 0, L[27]), unless("kind", {0}, L[36])}
L[49] = {integer("kind"), when("kind", 0, L[33]), unless("kind", {0}, L[36])}
L[50] = {integer("kind"), when("kind", 0, L[33]), unless("kind", {0}, L[38])}
L[51] = {integer("kind"), when("kind", 0, L[34]), unless("kind", {0}, L[39])}
L[52] = {text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"), text("toUri", "uri"), integer("hId"),
  integer("startTs", "unixTime"), integer("state", "dialogState"), text("callerSocket", "socket"),
  text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"), text("callerRouteSet"),
  text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("vars", "untypedVariables"),
  text("profiles", "untypedProfiles"), integer("userFlags", "bits"), integer("flags", "dialogFlagsBefore2_4"),
  integer("timeout", "unixTime"), integer("callerLastGeneratedCseq"), integer("calleeLastGeneratedCseq")}
L[53] = {integer("serverId", "node"), text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"),
  text("toUri", "uri"), integer("hId"), integer("startTs", "unixTime"), integer("state", "dialogState"),
  text("callerSocket", "socket"), text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"),
  text("callerRouteSet"), text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("vars", "untypedVariables"),
  text("profiles", "untypedProfiles"), integer("userFlags", "bits"), integer("flags", "dialogFlagsBefore2_4"),
  integer("timeout", "unixTime"), integer("callerLastGeneratedCseq"), integer("calleeLastGeneratedCseq")}
L[54] = {integer("serverId", "node"), text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"),
  text("toUri", "uri"), integer("hId"), integer("startTs", "unixTime"), integer("state", "dialogState"),
  text("callerSocket", "socket"), text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"),
  text("callerRouteSet"), text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("vars", "untypedVariables"),
  text("profiles", "untypedProfiles"), integer("userFlags", "bits"), integer("modFlags", "bits"),
  integer("flags", "dialogFlagsBefore2_4"), integer("timeout", "unixTime"), integer("callerLastGeneratedCseq"),
  integer("calleeLastGeneratedCseq")}
L[55] = {text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"), text("toUri", "uri"), integer("hId"),
  integer("startTs", "unixTime"), integer("state", "dialogState"), text("callerSocket", "socket"),
  text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"), text("callerRouteSet"),
  text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("vars", "untypedVariables"),
  text("profiles", "untypedProfiles"), integer("userFlags", "bits"), integer("modFlags", "bits"),
  integer("flags", "dialogFlagsBefore2_4"), integer("timeout", "unixTime"), integer("callerLastGeneratedCseq"),
  integer("calleeLastGeneratedCseq")}
L[56] = {text("callid"), text("fromTag"), text("toTag")}
L[57] = {integer("serverId", "node"), text("callid"), text("fromTag"), text("toTag")}
L[58] = {text("value")}
L[59] = {text("profileName"), integer("hasValue", "boolean"), unless("hasValue", {0}, L[58]), integer("counter")}
L[60] = {integer("serverId", "node"), records("profiles", nil, L[59], "plain", "profiles_list")}
L[61] = {records("profiles", nil, L[59], "plain", "profiles_list")}
L[62] = {text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"), text("toUri", "uri"), integer("hId"),
  integer("startTs", "unixTime"), integer("state", "dialogState"), text("callerSocket", "socket"),
  text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"), text("callerRouteSet"),
  text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("vars", "untypedVariables"),
  text("profiles", "untypedProfiles"), integer("userFlags", "bits"), integer("modFlags", "bits"),
  integer("flags", "dialogFlags"), integer("timeout", "unixTime"), integer("callerLastGeneratedCseq"),
  integer("calleeLastGeneratedCseq")}
L[63] = {text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"), text("toUri", "uri"), integer("hId"),
  integer("startTs", "unixTime"), integer("state", "dialogState"), text("callerSocket", "socket"),
  text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"), text("callerRouteSet"),
  text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("callerAdvSdp"), text("calleeAdvSdp"),
  text("vars", "untypedVariables"), text("profiles", "untypedProfiles"), integer("userFlags", "bits"),
  integer("modFlags", "bits"), integer("flags", "dialogFlags"), integer("timeout", "unixTime"),
  integer("callerLastGeneratedCseq"), integer("calleeLastGeneratedCseq")}
L[64] = {text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"), text("toUri", "uri"), integer("hId"),
  integer("startTs", "unixTime"), integer("state", "dialogState"), text("callerSocket", "socket"),
  text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"), text("callerRouteSet"),
  text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("callerSdpAsReceived"),
  text("callerSdpAsSent"), text("calleeSdpAsReceived"), text("calleeSdpAsSent"), text("callerAdvertisedContact"),
  text("calleeAdvertisedContact"), text("vars", "untypedVariables"), text("profiles", "untypedProfiles"),
  integer("userFlags", "bits"), integer("modFlags", "bits"), integer("flags", "dialogFlags"),
  integer("timeout", "unixTime"), integer("callerLastGeneratedCseq"), integer("calleeLastGeneratedCseq")}
L[65] = {text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"), text("toUri", "uri"), integer("hId"),
  integer("startTs", "unixTime"), integer("state", "dialogState"), text("callerSocket", "socket"),
  text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"), text("callerRouteSet"),
  text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("callerSdpAsReceived"),
  text("callerSdpAsSent"), text("calleeSdpAsReceived"), text("calleeSdpAsSent"), text("callerAdvertisedContact"),
  text("calleeAdvertisedContact"), text("vars", "untypedVariables"), text("profiles", "untypedProfiles"),
  integer("userFlags", "bits"), integer("modFlags", "bits"), integer("flags", "dialogFlags"),
  integer("timeout", "unixTime"), integer("callerLastGeneratedCseq"), integer("calleeLastGeneratedCseq"),
  text("onAnswerRoute"), text("onTimeoutRoute"), text("onHangupRoute")}
L[66] = {text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"), text("toUri", "uri"), integer("hId"),
  integer("startTs", "unixTime"), integer("state", "dialogState"), text("callerSocket", "socket"),
  text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"), text("callerRouteSet"),
  text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("callerSdpAsReceived"),
  text("callerSdpAsSent"), text("calleeSdpAsReceived"), text("calleeSdpAsSent"), text("callerAdvertisedContact"),
  text("calleeAdvertisedContact"), text("vars", "typedVariables"), text("profiles", "typedProfiles"),
  integer("userFlags", "bits"), integer("modFlags", "bits"), integer("flags", "dialogFlags"),
  integer("timeout", "unixTime"), integer("callerLastGeneratedCseq"), integer("calleeLastGeneratedCseq"),
  text("onAnswerRoute"), text("onTimeoutRoute"), text("onHangupRoute")}
L[67] = {text("callid"), text("fromTag"), text("toTag"), text("fromUri", "uri"), text("toUri", "uri"), integer("hId"),
  integer("startTs", "unixTime"), integer("state", "dialogState"), text("callerSocket", "socket"),
  text("calleeSocket", "socket"), text("callerCseq"), text("calleeCseq"), text("callerRouteSet"),
  text("calleeRouteSet"), text("callerContact", "uri"), text("calleeContact", "uri"),
  text("calleeMangledFromUri", "uri"), text("calleeMangledToUri", "uri"), text("callerSdpAsReceived"),
  text("callerSdpAsSent"), text("calleeSdpAsReceived"), text("calleeSdpAsSent"), text("callerAdvertisedContact"),
  text("calleeAdvertisedContact"), text("vars", "typedVariables"), text("profiles", "typedProfiles"),
  integer("userFlags", "bits"), integer("modFlags", "bits"), integer("flags", "dialogFlags"),
  integer("optionsPingInterval", "seconds"), integer("reInvitePingInterval", "seconds"),
  integer("timeout", "unixTime"), integer("callerLastGeneratedCseq"), integer("calleeLastGeneratedCseq"),
  text("onAnswerRoute"), text("onTimeoutRoute"), text("onHangupRoute")}
L[68] = {text("callid"), text("fromTag"), text("toTag"), integer("hId")}
L[69] = {text("callid"), text("oppositeTag"), text("legTag"), integer("lastGeneratedCseq")}
L[70] = {text("callid"), text("oppositeTag"), text("legTag"), integer("hId"), integer("lastGeneratedCseq")}
L[71] = {text("value", "variableValue")}
L[72] = {integer("value", "plain", "value_integer")}
L[73] = {text("callid"), integer("hId"), text("variableName", "variableName"), integer("valueType", "valueType"),
  when("valueType", 1, L[71]), when("valueType", 2, L[72])}
L[74] = {text("pipeName"), integer("algorithm", "algorithm"), integer("limit"), integer("counter")}
L[75] = {integer("serverId", "node"), records("pipes", nil, L[74])}
L[76] = {records("pipes", nil, L[74])}
L[77] = {text("pipeName"), integer("flags", "pipeFlags"), integer("algorithm", "algorithm"), integer("limit"),
  integer("counter")}
L[78] = {records("pipes", nil, L[77])}
L[79] = {integer("sourceCluster", "cluster"), records("pipes", nil, L[77])}
L[80] = {integer("group"), text("uri", "uri"), integer("statusFlags", "destinationFlags")}
L[81] = {text("partition"), text("gwId"), integer("statusFlags", "destinationFlags")}
L[82] = {text("partition"), text("carrierId"), integer("statusFlags", "carrierFlagsBefore3_1")}
L[83] = {text("partition"), text("carrierId"), integer("statusFlags", "carrierFlags")}
L[84] = {integer("statusFlags", "carrierFlags")}
L[85] = {integer("statusFlags", "destinationFlags")}
L[86] = {integer("isGw", "boolean"), text("partition"), text("id"), when("isGw", 0, L[84]),
  unless("isGw", {0}, L[85])}
L[87] = {text("partition"), integer("setId"), text("address", "uri"), integer("type", "boolean", "type_integer"),
  integer("state", "dispatcherFlags")}
L[88] = {text("partition"), integer("setId"), text("address", "uri"), integer("state", "dispatcherFlags")}
L[89] = {text("collection"), text("attr"), text("value"), integer("expires", "seconds", "expires_integer")}
L[90] = {text("collection"), text("attr")}
L[91] = {text("collection"), text("attr"), text("value"), integer("expires", "senderUptime", "expires_integer")}
L[92] = {text("user"), text("domain"), text("event"), text("oldEtag"), text("newEtag"),
  integer("expires", "seconds", "expires_integer"), integer("receivedTime", "unixTime"), text("sender", "uri"),
  text("extraHdrs"), text("sphere"), text("body")}
L[93] = {text("presUri", "uri"), text("event")}
L[94] = {text("tag")}
L[95] = {text("presUri", "uri"), integer("flag", "puaFlags"), text("id"),
  integer("event", "puaEvents", "event_integer"), text("etag")}
L[96] = {integer("proto", "transport"), text("dstHost"), integer("dstPort"), fixed("srcIp", 24, "rawAddress"),
  integer("srcPort"), text("message", "sipMessage", "message_text")}
L[97] = {integer("proto", "transport"), text("dstHost"), integer("dstPort"), fixed("srcIp", 24, "rawAddress"),
  integer("srcPort"), text("message", "sipMessage", "message_text"), integer("viaBranchOff"), integer("viaBranchLen"),
  integer("viaHostOff"), integer("viaHostLen"), integer("viaTransportOff"), integer("viaTransportLen"),
  integer("viaPort"), text("cancelReason"), integer("hashIndex")}
L[98] = {integer("viaBranchLen")}
L[99] = {integer("viaHostLen")}
L[100] = {integer("viaTransportLen")}
L[101] = {integer("proto", "transport"), text("dstHost"), integer("dstPort"), fixed("srcIp", 24, "rawAddress"),
  integer("srcPort"), text("message", "sipMessage", "message_text"), integer("viaBranchOff"),
  unless("viaBranchOff", {0}, L[98]), integer("viaHostOff"), unless("viaHostOff", {0}, L[99]),
  integer("viaTransportOff"), unless("viaTransportOff", {0}, L[100]), integer("viaPort"), text("cancelReason"),
  integer("hashIndex")}
L[102] = {integer("legCseq"), text("legContact", "uri"), text("legRouteSet")}
L[103] = {text("name"), text("value")}
L[104] = {text("entityScenarioId"), text("toUri", "uri"), text("fromUri", "uri"), text("fromDname"), text("hdrs"),
  text("dlgCallid"), text("dlgFromtag"), text("dlgTotag"), integer("startTime"), integer("setupTime"),
  integer("callTime"), integer("entityNo")}
L[105] = {text("scenarioId"), text("param1"), text("param2"), text("param3"), text("param4"), text("param5"),
  text("sdp"), text("extraHdrs"), integer("scenarioState"), integer("nextScenarioState"),
  integer("lifetime", "seconds"), count("valuesCount", 16383), records("values", "valuesCount", L[103]),
  remainder(L[104])}
L[106] = {count("valuesCount", 16383), records("values", "valuesCount", L[103])}
L[107] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 1, L[105]), when("tupleInfo", 3, L[106])}
L[108] = {group("tail", L[107])}
L[109] = {remainder(L[108])}
L[110] = {integer("dlgLeg"), integer("medianum"), integer("forkMedianum"), integer("state", "forkState"), text("ip"),
  text("port")}
L[111] = {count("forksCount", 5461), records("forks", "forksCount", L[110])}
L[112] = {text("dlgCallid"), integer("leg", "mediaLeg"), integer("type", "mediaKind", "type_integer"),
  integer("nohold", "boolean"), when("type", 0, L[111])}
L[113] = {group("tail", L[112])}
L[114] = {remainder(L[113])}
L[115] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[109]), when("modName", "media_exchange", L[114])}
L[116] = {text("scenarioId"), text("param1"), text("param2"), text("param3"), text("param4"), text("param5"),
  text("sdp"), text("extraHdrs"), integer("state"), integer("nextScenarioState"), integer("lifetime", "seconds"),
  count("valuesCount", 16383), records("values", "valuesCount", L[103]), remainder(L[104])}
L[117] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 1, L[116]), when("tupleInfo", 3, L[106])}
L[118] = {group("tail", L[117])}
L[119] = {remainder(L[118])}
L[120] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[119]), when("modName", "media_exchange", L[114])}
L[121] = {text("entityScenarioId"), text("toUri", "uri"), text("proxy", "uri"), text("fromUri", "uri"),
  text("fromDname"), text("hdrs"), text("dlgCallid"), text("dlgFromtag"), text("dlgTotag"), integer("startTime"),
  integer("setupTime"), integer("callTime"), integer("entityNo")}
L[122] = {text("scenarioId"), text("sdp"), text("extraHdrs"), integer("state"), integer("lifetime", "seconds"),
  count("valuesCount", 16383), records("values", "valuesCount", L[103]), remainder(L[121])}
L[123] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 1, L[122]), when("tupleInfo", 3, L[106])}
L[124] = {group("tail", L[123])}
L[125] = {remainder(L[124])}
L[126] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[125]), when("modName", "media_exchange", L[114])}
L[127] = {integer("copyFlags", "copyFlags"), integer("streams", "bits"), integer("paused", "bits")}
L[128] = {text("dlgCallid"), integer("leg", "mediaLeg"), integer("type", "mediaKind", "type_integer"),
  integer("nohold", "boolean"), when("type", 0, L[127])}
L[129] = {group("tail", L[128])}
L[130] = {remainder(L[129])}
L[131] = {integer("labelOff")}
L[132] = {integer("index"), integer("clientIndex"), text("disabledBody"), integer("labelLen"),
  unless("labelLen", {0}, L[131]), text("body")}
L[133] = {integer("flags", "demuxClientFlags"), text("b2bKey"), text("hdrs"), text("body"),
  count("streamsCount", 10922), records("streams", "streamsCount", L[132], "plain", "streams_list")}
L[134] = {text("callid"), count("clientsCount", 4681), integer("sessId"), text("sessIp"),
  records("clients", "clientsCount", L[133]), count("disabledCount", 10922),
  records("disabled", "disabledCount", L[132])}
L[135] = {group("tail", L[134])}
L[136] = {remainder(L[135])}
L[137] = {text("serverKey")}
L[138] = {group("tail", L[137])}
L[139] = {remainder(L[138])}
L[140] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[125]), when("modName", "media_exchange", L[130]),
  when("modName", "b2b_sdp_demux_server", L[136]), when("modName", "b2b_sdp_demux_client", L[139])}
L[141] = {text("entityScenarioId"), text("toUri", "uri"), text("proxy", "uri"), text("fromUri", "uri"),
  text("fromDname"), text("hdrs"), text("dupOutSdp"), text("dlgCallid"), text("dlgFromtag"), text("dlgTotag"),
  text("outSdp"), integer("startTime"), integer("setupTime"), integer("callTime"), integer("entityNo")}
L[142] = {text("scenarioId"), text("extraHdrs"), integer("state"), integer("lifetime", "seconds"),
  count("valuesCount", 16383), records("values", "valuesCount", L[103]), remainder(L[141])}
L[143] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 1, L[142]), when("tupleInfo", 3, L[106])}
L[144] = {group("tail", L[143])}
L[145] = {remainder(L[144])}
L[146] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[145]), when("modName", "media_exchange", L[130]),
  when("modName", "b2b_sdp_demux_server", L[136]), when("modName", "b2b_sdp_demux_client", L[139])}
L[147] = {text("entityScenarioId"), text("toUri", "uri"), text("proxy", "uri"), text("fromUri", "uri"),
  text("fromDname"), text("hdrs"), text("inSdp"), text("dlgCallid"), text("dlgFromtag"), text("dlgTotag"),
  text("outSdp"), integer("startTime"), integer("setupTime"), integer("callTime"), integer("entityNo")}
L[148] = {text("scenarioId"), text("extraHdrs"), integer("state"), integer("lifetime", "seconds"),
  count("valuesCount", 16383), records("values", "valuesCount", L[103]), remainder(L[147])}
L[149] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 1, L[148]), when("tupleInfo", 3, L[106])}
L[150] = {group("tail", L[149])}
L[151] = {remainder(L[150])}
L[152] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[151]), when("modName", "media_exchange", L[130]),
  when("modName", "b2b_sdp_demux_server", L[136]), when("modName", "b2b_sdp_demux_client", L[139])}
L[153] = {text("xmlVal")}
L[154] = {text("aor", "addressOfRecord"), text("name")}
L[155] = {integer("label"), integer("medianum"), fixed("uuid", 24)}
L[156] = {integer("kind", "participantKind"), when("kind", 0, L[153]), unless("kind", {0}, L[154]), fixed("uuid", 24),
  value64("ts", "unixTime"), count("streamsCount", 1927),
  records("streams", "streamsCount", L[155], "plain", "streams_list")}
L[157] = {value64("ts", "unixTime"), integer("version", "plain", "version_integer"), integer("flags", "siprecFlags"),
  text("media"), text("srsUri", "uri"), text("group", "plain", "group_text"), text("groupExt"), text("sessionExt"),
  text("socket", "socket"), fixed("uuid", 24), text("b2bKey"), text("fromTag"), text("toTag"), text("callid"),
  count("participantsCount", 2), records("participants", "participantsCount", L[156])}
L[158] = {group("tail", L[157])}
L[159] = {remainder(L[158])}
L[160] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[145]), when("modName", "media_exchange", L[130]),
  when("modName", "b2b_sdp_demux_server", L[136]), when("modName", "b2b_sdp_demux_client", L[139]),
  when("modName", "siprec", L[159])}
L[161] = {integer("copyFlags", "copyFlags"), integer("streams", "bits"), integer("paused", "bits"), text("instance")}
L[162] = {text("dlgCallid"), integer("leg", "mediaLeg"), integer("type", "mediaKind", "type_integer"),
  integer("nohold", "boolean"), when("type", 0, L[161])}
L[163] = {group("tail", L[162])}
L[164] = {remainder(L[163])}
L[165] = {value64("ts", "unixTime"), text("instance"), integer("version", "plain", "version_integer"),
  integer("flags", "siprecFlags"), text("media"), text("srsUri", "uri"), text("group", "plain", "group_text"),
  text("groupExt"), text("sessionExt"), text("socket", "socket"), fixed("uuid", 24), text("b2bKey"), text("fromTag"),
  text("toTag"), text("callid"), count("participantsCount", 2), records("participants", "participantsCount", L[156])}
L[166] = {count("sessionsCount", 885), records("sessions", "sessionsCount", L[165])}
L[167] = {group("tail", L[166])}
L[168] = {remainder(L[167])}
L[169] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[145]), when("modName", "media_exchange", L[164]),
  when("modName", "b2b_sdp_demux_server", L[136]), when("modName", "b2b_sdp_demux_client", L[139]),
  when("modName", "siprec", L[168])}
L[170] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[151]), when("modName", "media_exchange", L[164]),
  when("modName", "b2b_sdp_demux_server", L[136]), when("modName", "b2b_sdp_demux_client", L[139]),
  when("modName", "siprec", L[168])}
L[171] = {integer("startTime"), integer("setupTime"), integer("callTime"), integer("entityNo")}
L[172] = {integer("scenarioState"), integer("nextScenarioState"), integer("lifetime", "seconds"),
  count("valuesCount", 16383), records("values", "valuesCount", L[103]), remainder(L[171])}
L[173] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 2, L[172]), when("tupleInfo", 3, L[106])}
L[174] = {group("tail", L[173])}
L[175] = {remainder(L[174])}
L[176] = {integer("forkMedianum"), integer("state", "forkState"), text("ip"), text("port")}
L[177] = {count("forksCount", 5461), records("forks", "forksCount", L[176])}
L[178] = {text("dlgCallid"), integer("leg", "mediaLeg"), remainder(L[177])}
L[179] = {group("tail", L[178])}
L[180] = {remainder(L[179])}
L[181] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[175]), when("modName", "media_exchange", L[180])}
L[182] = {integer("state"), integer("nextScenarioState"), integer("lifetime", "seconds"), count("valuesCount", 16383),
  records("values", "valuesCount", L[103]), remainder(L[171])}
L[183] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 2, L[182]), when("tupleInfo", 3, L[106])}
L[184] = {group("tail", L[183])}
L[185] = {remainder(L[184])}
L[186] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[185]), when("modName", "media_exchange", L[180])}
L[187] = {integer("state"), integer("lifetime", "seconds"), count("valuesCount", 16383),
  records("values", "valuesCount", L[103]), remainder(L[171])}
L[188] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 2, L[187]), when("tupleInfo", 3, L[106])}
L[189] = {group("tail", L[188])}
L[190] = {remainder(L[189])}
L[191] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[190]), when("modName", "media_exchange", L[180])}
L[192] = {text("dlgCallid"), integer("leg", "mediaLeg"), remainder(L[127])}
L[193] = {group("tail", L[192])}
L[194] = {remainder(L[193])}
L[195] = {integer("index"), text("body")}
L[196] = {integer("flags", "demuxClientFlags"), text("body"), count("streamsCount", 10922),
  records("streams", "streamsCount", L[195], "plain", "streams_list")}
L[197] = {group("tail", L[196])}
L[198] = {remainder(L[197])}
L[199] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[190]), when("modName", "media_exchange", L[194]),
  when("modName", "b2b_sdp_demux_client", L[198])}
L[200] = {text("outSdp"), integer("startTime"), integer("setupTime"), integer("callTime"), integer("entityNo")}
L[201] = {integer("state"), integer("lifetime", "seconds"), count("valuesCount", 16383),
  records("values", "valuesCount", L[103]), remainder(L[200])}
L[202] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 2, L[201]), when("tupleInfo", 3, L[106])}
L[203] = {group("tail", L[202])}
L[204] = {remainder(L[203])}
L[205] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[204]), when("modName", "media_exchange", L[194]),
  when("modName", "b2b_sdp_demux_client", L[198])}
L[206] = {text("instance"), integer("copyFlags", "copyFlags"), integer("streams", "bits"), integer("paused", "bits")}
L[207] = {text("dlgCallid"), integer("leg", "mediaLeg"), remainder(L[206])}
L[208] = {group("tail", L[207])}
L[209] = {remainder(L[208])}
L[210] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[204]), when("modName", "media_exchange", L[209]),
  when("modName", "b2b_sdp_demux_client", L[198])}
L[211] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("logicKey")}
L[212] = {integer("scenarioState"), integer("nextScenarioState"), integer("lifetime", "seconds"),
  count("valuesCount", 16383), records("values", "valuesCount", L[103])}
L[213] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 2, L[212]), when("tupleInfo", 3, L[106])}
L[214] = {group("tail", L[213])}
L[215] = {remainder(L[214])}
L[216] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[215]), when("modName", "media_exchange", L[180])}
L[217] = {integer("state"), integer("nextScenarioState"), integer("lifetime", "seconds"), count("valuesCount", 16383),
  records("values", "valuesCount", L[103])}
L[218] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 2, L[217]), when("tupleInfo", 3, L[106])}
L[219] = {group("tail", L[218])}
L[220] = {remainder(L[219])}
L[221] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[220]), when("modName", "media_exchange", L[180])}
L[222] = {integer("state"), integer("lifetime", "seconds"), count("valuesCount", 16383),
  records("values", "valuesCount", L[103])}
L[223] = {integer("tupleInfo", "tupleInfo"), when("tupleInfo", 2, L[222]), when("tupleInfo", 3, L[106])}
L[224] = {group("tail", L[223])}
L[225] = {remainder(L[224])}
L[226] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[225]), when("modName", "media_exchange", L[180])}
L[227] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[225]), when("modName", "media_exchange", L[194]),
  when("modName", "b2b_sdp_demux_server", L[136])}
L[228] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), text("ruri", "uri"),
  text("fromUri", "uri"), text("fromDname"), text("toUri", "uri"), text("toDname"), text("routeSet0"),
  text("routeSet1"), text("sendSock", "socket"), text("logicKey"), text("modName"), integer("state", "entityState"),
  integer("cseq0"), integer("cseq1"), integer("lastMethod", "method"), integer("lastReplyCode"),
  integer("lastInviteCseq"), text("contact0", "uri"), text("contact1", "uri"), text("legTag"),
  unless("legTag", {""}, L[102]), when("modName", "b2b_logic", L[225]), when("modName", "media_exchange", L[209]),
  when("modName", "b2b_sdp_demux_server", L[136])}
L[229] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid")}
L[230] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), group("tail", L[213])}
L[231] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), group("tail", L[218])}
L[232] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), group("tail", L[223])}
L[233] = {text("dlgCallid"), integer("leg", "mediaLeg")}
L[234] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), group("tail", L[233])}
L[235] = {text("instance")}
L[236] = {text("dlgCallid"), integer("leg", "mediaLeg"), integer("type", "mediaKind", "type_integer"),
  when("type", 0, L[235])}
L[237] = {integer("entityType", "entityType"), text("tag0"), text("tag1"), text("callid"), group("tail", L[236])}
L[238] = {integer("label"), integer("medianum"), fixed("uuid", 24), text("body")}
L[239] = {integer("kind", "participantKind"), when("kind", 0, L[153]), unless("kind", {0}, L[154]), fixed("uuid", 24),
  count("streamsCount", 1927), records("streams", "streamsCount", L[238], "plain", "streams_list")}
L[240] = {value64("ts", "unixTime"), integer("version", "plain", "version_integer"), text("rtpproxy"), text("mediaIp"),
  text("srsUri", "uri"), text("group", "plain", "group_text"), text("socket", "socket"), fixed("uuid", 24),
  text("b2bKey"), text("fromTag"), text("toTag"), text("callid"), text("callidDup"), count("participantsCount", 2),
  records("participants", "participantsCount", L[239])}
L[241] = {value64("ts", "unixTime"), integer("version", "plain", "version_integer"), text("rtpproxy"), text("mediaIp"),
  text("srsUri", "uri"), text("group", "plain", "group_text"), text("socket", "socket"), fixed("uuid", 24),
  text("b2bKey"), text("fromTag"), text("toTag"), text("callid"), count("participantsCount", 2),
  records("participants", "participantsCount", L[239])}
L[242] = {integer("kind", "participantKind"), when("kind", 0, L[153]), unless("kind", {0}, L[154]), fixed("uuid", 24),
  value64("ts", "unixTime"), count("streamsCount", 1927),
  records("streams", "streamsCount", L[238], "plain", "streams_list")}
L[243] = {value64("ts", "unixTime"), integer("version", "plain", "version_integer"), text("rtpproxy"), text("mediaIp"),
  text("srsUri", "uri"), text("group", "plain", "group_text"), text("socket", "socket"), fixed("uuid", 24),
  text("b2bKey"), text("fromTag"), text("toTag"), text("callid"), count("participantsCount", 2),
  records("participants", "participantsCount", L[242])}
L[244] = {value64("ts", "unixTime"), integer("version", "plain", "version_integer"), integer("flags", "siprecFlags"),
  text("media"), text("srsUri", "uri"), text("group", "plain", "group_text"), text("socket", "socket"),
  fixed("uuid", 24), text("b2bKey"), text("fromTag"), text("toTag"), text("callid"), count("participantsCount", 2),
  records("participants", "participantsCount", L[156])}
L[245] = {text("relay"), integer("branch"), integer("state", "relaySessionFlags"), integer("set"), text("node"),
  text("offerSelf"), text("offerPeer"), text("offerIp"), text("offerType"), text("offerIface"), text("answerSelf"),
  text("answerPeer"), text("answerIp"), text("answerType"), text("answerIface")}
L[246] = {integer("index"), integer("state", "relayLegFlags"), text("tag"), text("flagSelf"), text("flagPeer"),
  text("flagIp"), text("flagType"), text("flagIface"), text("flagBody"), text("flagDelete")}
L[247] = {text("id"), text("toTag")}
L[248] = {records("copies", "copiesCount", L[247])}
L[249] = {integer("port", "plain", "port_integer"), integer("index"), integer("flags", "copiedStreamFlags"),
  integer("medianum")}
L[250] = {text("id"), value64("ts", "unixTime"), text("mediaIp"), integer("flags", "bits"),
  integer("version", "plain", "version_integer"), integer("maxIndex"), integer("streamsMask", "bits"),
  count("callerCount", 4095), records("callerStreams", "callerCount", L[249]), count("calleeCount", 4095),
  records("calleeStreams", "calleeCount", L[249])}
L[251] = {records("copies", "copiesCount", L[250])}
L[252] = {text("id")}
L[253] = {records("copies", "copiesCount", L[252])}
L[254] = {text("relay"), integer("ctxState", "relayContextFlags"), integer("branch"),
  integer("sessState", "relaySessionFlags"), integer("set"), text("node"), group("callerLeg", L[246]),
  group("calleeLeg", L[246]), count("copiesCount", 32767), when("relay", "rtpengine", L[248]),
  when("relay", "rtpproxy", L[251]), unless("relay", {"rtpengine", "rtpproxy"}, L[253]), text("callid"),
  text("fromTag"), text("toTag"), text("flags", "plain", "flags_text"), text("delete")}
L[255] = {integer("dictionary", "bits"), integer("packetCount"), integer("inflatedSize"),
  integer("checksum", "bits", "checksum_integer"), rest("payload", "opaque")}
L[256] = {integer("prefix", "bits"), integer("bits"), fixed("sums", 128, "opaque")}
L[257] = {count("rangeCount", 474), records("ranges", "rangeCount", L[256])}
L[258] = {integer("prefix", "bits"), integer("bits")}
L[259] = {integer("nodeId", "node"), integer("generation", "unixTime"), integer("version", "plain", "version_integer"),
  integer("incarnation"), integer("status", "memberStatus")}
L[260] = {count("rangeCount", 8191), records("ranges", "rangeCount", L[258]), count("memberCount", 3276),
  records("members", "memberCount", L[259])}
L[261] = {integer("version", "plain", "version_integer"), integer("isDeleted", "boolean"), text("key"),
  when("isDeleted", 0, L[58])}
L[262] = {integer("nodeId", "node"), integer("generation", "unixTime"), integer("version", "plain", "version_integer"),
  integer("incarnation"), integer("status", "memberStatus"), integer("base"), integer("floor"),
  count("entryCount", 6553), records("entries", "entryCount", L[261])}
L[263] = {integer("hasMore", "boolean"), count("newsCount", 2047), records("news", "newsCount", L[262]),
  count("wantCount", 3276), records("wants", "wantCount", L[259])}
L[264] = {integer("sequence"), integer("generation", "unixTime"), integer("incarnation"),
  integer("status", "memberStatus")}
L[265] = {integer("sequence"), integer("generation", "unixTime"), integer("incarnation")}
L[266] = {integer("sequence"), integer("nodeId", "node")}
L[267] = {integer("sequence"), integer("nodeId", "node"), integer("isReached", "boolean"),
  integer("generation", "unixTime"), integer("incarnation")}
L[268] = {integer("sequence"), integer("purpose"), value64("fence"), text("flag", "plain", "flag_text")}
L[269] = {integer("sequence"), integer("outcome"), value64("highestFence"), text("flag", "plain", "flag_text")}
L[270] = {text("flag", "plain", "flag_text"), value64("highestFence"), integer("holder", "node")}
L[271] = {integer("nodeId", "node"), text("url")}
L[272] = {integer("generation", "unixTime"), count("flagCount", 4095),
  records("flags", "flagCount", L[270], "plain", "flags_list"), count("memberCount", 10922),
  records("members", "memberCount", L[271])}
end

-- Messages: type (nil: a chunk of a sync), version, framing, name, layouts and the releases of each, fields.
do
local capability, message, L = BIN.capability, BIN.message, BIN.lists
capability("clusterer", "leading")
message(0, 1, "2.3", "PING", {{"CL-A", {16, 22}}}, L[1])
message(1, 1, "2.3", "PONG", {{"CL-A", {16, 22}}}, L[1])
message(2, 1, "2.3", "LS_UPDATE", {{"CL-A", {16, 22}}}, L[2])
message(3, 1, "2.3", "FULL_TOP_UPDATE", {{"CL-A", {16, 22}}}, L[4])
message(4, 1, "2.3", "UNKNOWN_ID", {{"CL-A", {16, 22}}}, L[1])
message(5, 1, "2.3", "JOIN_REQUEST", {{"CL-A", {16, 22}}}, L[1])
message(6, 1, "2.3", "JOIN_ACCEPT", {{"CL-A", {16, 22}}}, L[1])
message(7, 1, "2.3", "JOIN_CONFIRM", {{"CL-A", {16, 22}}}, L[5])
message(8, 1, "2.3", "TOP_DESCRIPTION", {{"CL-A", {16, 22}}}, L[7])
capability("clusterer-internal", "leading")
message(0, 1, "2.3", "PING", {{"CL-B", {23, 29}}, {"CL-B", {35, 35}}, {"CL-B", {30, 34}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}, {"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[8])
message(1, 1, "2.3", "PONG", {{"CL-B", {23, 29}}, {"CL-B", {35, 35}}, {"CL-B", {30, 34}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}, {"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[9])
message(2, 1, "2.3", "LS_UPDATE", {{"CL-B", {23, 29}}, {"CL-B", {35, 35}}, {"CL-B", {30, 34}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}, {"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[10])
message(3, 1, "2.3", "FULL_TOP_UPDATE", {{"CL-B", {23, 29}}, {"CL-B", {35, 35}}, {"CL-B", {30, 34}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}, {"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[13])
message(4, 1, "2.3", "UNKNOWN_ID", {{"CL-B", {23, 29}}, {"CL-B", {35, 35}}, {"CL-B", {30, 34}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}, {"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[1])
message(5, 1, "2.3", "NODE_DESCRIPTION", {{"CL-B", {23, 29}}, {"CL-B", {35, 35}}, {"CL-B", {30, 34}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}, {"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[14])
message(8, 1, "2.3", "CAP_UPDATE", {{"CL-B old", {23, 29}}, {"CL-B old", {35, 35}}, {"CL-B old", {30, 34}}, {"CL-B old", {36, 47}}}, L[17])
message(8, 1, "2.3", "CAP_UPDATE", {{"CL-B new", {48, 58}}}, L[18])
message(9, 1, "2.3", "CAP_UPDATE", {{"CL-C old", {59, 62}}}, L[17])
message(9, 1, "2.3", "CAP_UPDATE", {{"CL-C new", {63, 78}}, {"CL-C new", {79, 130}}}, L[18])
capability("clusterer-extra", "trailer")
message(6, 1, "2.3", "REMOVE_NODE", {{"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[19])
message(6, 1, "2.3", "GENERIC_MSG", {{"CL-B", {23, 29}}, {"CL-B", {35, 35}}, {"CL-B", {30, 34}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}}, L[20])
message(7, 1, "2.3", "GENERIC_MSG", {{"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[20])
message(7, 1, "2.3", "MI_CMD", {{"CL-B", {23, 29}}, {"CL-B", {35, 35}}, {"CL-B", {30, 34}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}}, L[21])
message(8, 1, "2.3", "MI_CMD", {{"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[21])
message(9, 1, "2.3", "SYNC_REQ", {{"CL-B", {23, 29}}, {"CL-B", {35, 35}}}, L[22])
message(9, 2, "2.3", "SYNC_REQ", {{"CL-B", {30, 34}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}}, L[22])
message(10, 2, "2.3", "SYNC_REQ", {{"CL-C", {59, 62}}, {"CL-C", {63, 78}}}, L[22])
message(10, 3, "2.3", "SYNC_REQ", {{"CL-C", {79, 130}}}, L[22])
message(10, 1, "2.3", "SYNC", {{"CL-B v1", {23, 29}}, {"CL-B v1", {35, 35}}}, L[23])
message(10, 2, "2.3", "SYNC", {{"CL-B v2", {30, 34}}, {"CL-B v2", {36, 47}}, {"CL-B v2", {48, 58}}}, L[24])
message(11, 2, "2.3", "SYNC", {{"CL-C v2", {59, 62}}, {"CL-C v2", {63, 78}}}, L[24])
message(11, 3, "2.3", "SYNC", {{"CL-C v3", {79, 130}}}, L[24])
message(11, 1, "2.3", "SYNC_END", {{"CL-B v1", {23, 29}}, {"CL-B v1", {35, 35}}}, L[22])
message(11, 2, "2.3", "SYNC_END", {{"CL-B v2", {30, 34}}, {"CL-B v2", {36, 47}}, {"CL-B v2", {48, 58}}}, L[22])
message(12, 2, "2.3", "SYNC_END", {{"CL-C v2", {59, 62}}, {"CL-C v2", {63, 78}}}, L[22])
message(12, 3, "2.3", "SYNC_END", {{"CL-C v3", {79, 130}}}, L[25])
message(12, 1, "2.3", "SHTAG_ACTIVE", {{"CL-B", {35, 35}}, {"CL-B", {36, 47}}, {"CL-B", {48, 58}}}, L[26])
message(13, 1, "2.3", "SHTAG_ACTIVE", {{"CL-C", {59, 62}}, {"CL-C", {63, 78}}, {"CL-C", {79, 130}}}, L[26])
capability("ul", "trailer")
message(1, nil, "2.1", "aor-insert", {{"U-A", {1, 6}}}, L[27])
message(1, 1, "2.2", "aor-insert", {{"U-B", {7, 15}}}, L[28])
message(1, 1, "2.3", "aor-insert", {{"U-C", {16, 22}}}, L[27])
message(2, nil, "2.1", "aor-delete", {{"U-A", {1, 6}}}, L[27])
message(2, 1, "2.2", "aor-delete", {{"U-B", {7, 15}}}, L[28])
message(2, 1, "2.3", "aor-delete", {{"U-C", {16, 22}}}, L[27])
message(3, nil, "2.1", "contact-insert", {{"U-A", {1, 6}}}, L[29])
message(3, 1, "2.2", "contact-insert", {{"U-B", {7, 15}}}, L[30])
message(3, 1, "2.3", "contact-insert", {{"U-C", {16, 22}}}, L[29])
message(4, nil, "2.1", "contact-update", {{"U-A", {1, 6}}}, L[29])
message(4, 1, "2.2", "contact-update", {{"U-B", {7, 15}}}, L[30])
message(4, 1, "2.3", "contact-update", {{"U-C", {16, 22}}}, L[29])
message(5, nil, "2.1", "contact-delete", {{"U-A", {1, 6}}}, L[31])
message(5, 1, "2.2", "contact-delete", {{"U-B", {7, 15}}}, L[32])
message(5, 1, "2.3", "contact-delete", {{"U-C", {16, 22}}}, L[31])
capability("usrloc-contact-repl", "trailer")
message(1, 1, "2.3", "aor-insert", {{"U-D", {23, 24}}, {"U-E", {25, 25}}, {"U-F", {26, 29}}, {"U-H", {35, 35}}}, L[27])
message(1, 2, "2.3", "aor-insert", {{"U-G", {30, 34}}, {"U-I", {36, 43}}}, L[33])
message(1, 3, "2.3", "aor-insert", {{"U-J", {44, 118}}}, L[33])
message(1, 5, "2.3", "aor-insert", {{"U-K", {119, 130}}}, L[34])
message(2, 1, "2.3", "aor-delete", {{"U-D", {23, 24}}, {"U-E", {25, 25}}, {"U-F", {26, 29}}, {"U-H", {35, 35}}}, L[27])
message(2, 2, "2.3", "aor-delete", {{"U-G", {30, 34}}, {"U-I", {36, 43}}}, L[27])
message(2, 3, "2.3", "aor-delete", {{"U-J", {44, 118}}}, L[27])
message(2, 5, "2.3", "aor-delete", {{"U-K", {119, 130}}}, L[27])
message(3, 1, "2.3", "contact-insert", {{"U-D", {23, 24}}}, L[29])
message(3, 1, "2.3", "contact-insert", {{"U-E", {25, 25}}, {"U-F", {26, 29}}}, L[35])
message(3, 2, "2.3", "contact-insert", {{"U-G", {30, 34}}}, L[35])
message(3, 1, "2.3", "contact-insert", {{"U-H", {35, 35}}}, L[36])
message(3, 2, "2.3", "contact-insert", {{"U-I", {36, 43}}}, L[36])
message(3, 3, "2.3", "contact-insert", {{"U-J", {44, 118}}}, L[38])
message(3, 5, "2.3", "contact-insert", {{"U-K", {119, 130}}}, L[39])
message(4, 1, "2.3", "contact-update", {{"U-D", {23, 24}}}, L[29])
message(4, 1, "2.3", "contact-update", {{"U-E", {25, 25}}}, L[40])
message(4, 1, "2.3", "contact-update", {{"U-F", {26, 29}}, {"U-H", {35, 35}}}, L[41])
message(4, 2, "2.3", "contact-update", {{"U-G", {30, 34}}, {"U-I", {36, 43}}}, L[41])
message(4, 3, "2.3", "contact-update", {{"U-J", {44, 118}}}, L[42])
message(4, 5, "2.3", "contact-update", {{"U-K", {119, 130}}}, L[43])
message(5, 1, "2.3", "contact-delete", {{"U-D", {23, 24}}, {"U-E", {25, 25}}, {"U-F", {26, 29}}, {"U-H", {35, 35}}}, L[31])
message(5, 2, "2.3", "contact-delete", {{"U-G", {30, 34}}, {"U-I", {36, 43}}}, L[31])
message(5, 3, "2.3", "contact-delete", {{"U-J", {44, 118}}}, L[44])
message(5, 5, "2.3", "contact-delete", {{"U-K", {119, 130}}}, L[44])
message(nil, 1, "2.3", "sync-chunk", {{"U-D", {23, 24}}}, L[45])
message(nil, 1, "2.3", "sync-chunk", {{"U-E", {25, 25}}, {"U-F", {26, 29}}}, L[46])
message(nil, 2, "2.3", "sync-chunk", {{"U-G", {30, 34}}}, L[47])
message(nil, 1, "2.3", "sync-chunk", {{"U-H", {35, 35}}}, L[48])
message(nil, 2, "2.3", "sync-chunk", {{"U-I", {36, 43}}}, L[49])
message(nil, 3, "2.3", "sync-chunk", {{"U-J", {44, 118}}}, L[50])
message(nil, 5, "2.3", "sync-chunk", {{"U-K", {119, 130}}}, L[51])
capability("dialog", "trailer")
message(1, nil, "2.1", "created", {{"D-A", {1, 6}}}, L[52])
message(1, 1, "2.2", "created", {{"D-B", {7, 12}}}, L[53])
message(1, 1, "2.2", "created", {{"D-C", {13, 15}}}, L[54])
message(1, 1, "2.3", "created", {{"D-D", {16, 18}}}, L[52])
message(1, 1, "2.3", "created", {{"D-E", {19, 22}}}, L[55])
message(2, nil, "2.1", "updated", {{"D-A", {1, 6}}}, L[52])
message(2, 1, "2.2", "updated", {{"D-B", {7, 12}}}, L[53])
message(2, 1, "2.2", "updated", {{"D-C", {13, 15}}}, L[54])
message(2, 1, "2.3", "updated", {{"D-D", {16, 18}}}, L[52])
message(2, 1, "2.3", "updated", {{"D-E", {19, 22}}}, L[55])
message(3, nil, "2.1", "deleted", {{"D-A", {1, 6}}}, L[56])
message(3, 1, "2.2", "deleted", {{"D-B", {7, 12}}, {"D-C", {13, 15}}}, L[57])
message(3, 1, "2.3", "deleted", {{"D-D", {16, 18}}, {"D-E", {19, 22}}}, L[56])
message(4, 1, "2.2", "profile-counters", {{"D-B", {7, 12}}, {"D-C", {13, 15}}}, L[60])
message(4, 1, "2.3", "profile-counters", {{"D-D", {16, 18}}, {"D-E", {19, 22}}}, L[61])
capability("dialog-dlg-repl", "trailer")
message(1, 1, "2.3", "created", {{"D-E", {23, 27}}}, L[62])
message(1, 1, "2.3", "created", {{"D-F", {28, 34}}}, L[63])
message(1, 1, "2.3", "created", {{"D-G", {35, 35}}}, L[64])
message(1, 2, "2.3", "created", {{"D-H", {36, 40}}}, L[64])
message(1, 2, "2.3", "created", {{"D-I", {41, 44, 59, 59}}}, L[65])
message(1, 3, "2.3", "created", {{"D-J", {45, 46, 60, 61}}}, L[65])
message(1, 4, "2.3", "created", {{"D-K", {47, 58, 62, 89}}}, L[65])
message(1, 4, "2.3", "created", {{"D-L", {90, 129}}}, L[66])
message(1, 5, "2.3", "created", {{"D-M", {130, 130}}}, L[67])
message(2, 1, "2.3", "updated", {{"D-E", {23, 27}}}, L[62])
message(2, 1, "2.3", "updated", {{"D-F", {28, 34}}}, L[63])
message(2, 1, "2.3", "updated", {{"D-G", {35, 35}}}, L[64])
message(2, 2, "2.3", "updated", {{"D-H", {36, 40}}}, L[64])
message(2, 2, "2.3", "updated", {{"D-I", {41, 44, 59, 59}}}, L[65])
message(2, 3, "2.3", "updated", {{"D-J", {45, 46, 60, 61}}}, L[65])
message(2, 4, "2.3", "updated", {{"D-K", {47, 58, 62, 89}}}, L[65])
message(2, 4, "2.3", "updated", {{"D-L", {90, 129}}}, L[66])
message(2, 5, "2.3", "updated", {{"D-M", {130, 130}}}, L[67])
message(3, 1, "2.3", "deleted", {{"D-E", {23, 27}}, {"D-F", {28, 34}}, {"D-G", {35, 35}}}, L[56])
message(3, 2, "2.3", "deleted", {{"D-H", {36, 40}}, {"D-I", {41, 44, 59, 59}}}, L[56])
message(3, 3, "2.3", "deleted", {{"D-J", {45, 46, 60, 61}}}, L[56])
message(3, 4, "2.3", "deleted", {{"D-K", {47, 58, 62, 89}}, {"D-L", {90, 129}}}, L[68])
message(3, 5, "2.3", "deleted", {{"D-M", {130, 130}}}, L[68])
message(4, 1, "2.3", "sharing-tag-active", {{"D-E", {23, 27}}, {"D-F", {28, 34}}}, L[26])
message(4, 1, "2.3", "cseq-update", {{"D-G", {35, 35}}}, L[69])
message(4, 2, "2.3", "cseq-update", {{"D-H", {36, 40}}, {"D-I", {41, 44, 59, 59}}}, L[69])
message(4, 3, "2.3", "cseq-update", {{"D-J", {45, 46, 60, 61}}}, L[69])
message(4, 4, "2.3", "cseq-update", {{"D-K", {47, 58, 62, 89}}, {"D-L", {90, 129}}}, L[70])
message(4, 5, "2.3", "cseq-update", {{"D-M", {130, 130}}}, L[70])
message(5, 1, "2.3", "cseq-update", {{"D-F", {29, 34}}}, L[69])
message(5, 4, "2.3", "value", {{"D-L", {109, 129}}}, L[73])
message(5, 5, "2.3", "value", {{"D-M", {130, 130}}}, L[73])
message(nil, 1, "2.3", "sync-chunk", {{"D-E", {23, 27}}}, L[62])
message(nil, 1, "2.3", "sync-chunk", {{"D-F", {28, 34}}}, L[63])
message(nil, 1, "2.3", "sync-chunk", {{"D-G", {35, 35}}}, L[64])
message(nil, 2, "2.3", "sync-chunk", {{"D-H", {36, 40}}}, L[64])
message(nil, 2, "2.3", "sync-chunk", {{"D-I", {41, 44, 59, 59}}}, L[65])
message(nil, 3, "2.3", "sync-chunk", {{"D-J", {45, 46, 60, 61}}}, L[65])
message(nil, 4, "2.3", "sync-chunk", {{"D-K", {47, 58, 62, 89}}}, L[65])
message(nil, 4, "2.3", "sync-chunk", {{"D-L", {90, 129}}}, L[66])
message(nil, 5, "2.3", "sync-chunk", {{"D-M", {130, 130}}}, L[67])
capability("dialog-prof-repl", "trailer")
message(4, 1, "2.3", "profile-counters", {{"D-E", {23, 27}}, {"D-F", {28, 34}}, {"D-G", {35, 35}}}, L[61])
message(4, 2, "2.3", "profile-counters", {{"D-H", {36, 40}}, {"D-I", {41, 44, 59, 59}}}, L[61])
message(4, 3, "2.3", "profile-counters", {{"D-J", {45, 46, 60, 61}}}, L[61])
message(4, 4, "2.3", "profile-counters", {{"D-K", {47, 58, 62, 89}}, {"D-L", {90, 129}}}, L[61])
message(4, 5, "2.3", "profile-counters", {{"D-M", {130, 130}}}, L[61])
capability("ratelimit", "trailer")
message(0, 1, "2.2", "pipe-counters", {{"R-A", {7, 15}}}, L[75])
message(0, 1, "2.3", "pipe-counters", {{"R-B", {16, 22}}}, L[76])
capability("ratelimit-pipe-repl", "trailer")
message(0, 1, "2.3", "pipe-counters", {{"R-B", {23, 78}}}, L[76])
message(0, 1, "2.3", "pipe-counters", {{"R-C", {79, 127}}, {"R-C", {128, 130}}}, L[78])
message(10, 1, "2.3", "aggregate-edge", {{"R-C", {128, 130}}}, L[79])
message(11, 1, "2.3", "aggregate-core", {{"R-C", {128, 130}}}, L[79])
capability("load_balancer", "trailer")
message(1, 1, "2.3", "REPL_LB_STATUS_UPDATE", {{"LB-A", {16, 22}}}, L[80])
capability("load_balancer-status-repl", "trailer")
message(1, 1, "2.3", "REPL_LB_STATUS_UPDATE", {{"LB-A", {23, 40}}, {"LB-A", {41, 130}}}, L[80])
message(nil, 1, "2.3", "sync-chunk", {{"LB-A", {41, 130}}}, L[80])
capability("drouting", "trailer")
message(1, 1, "2.3", "REPL_GW_STATUS_UPDATE", {{"DR-A", {16, 22}}}, L[81])
message(2, 1, "2.3", "REPL_CR_STATUS_UPDATE", {{"DR-A", {16, 22}}}, L[82])
capability("drouting-status-repl", "trailer")
message(1, 1, "2.3", "REPL_GW_STATUS_UPDATE", {{"DR-A", {23, 40}}, {"DR-B", {41, 130}}}, L[81])
message(2, 1, "2.3", "REPL_CR_STATUS_UPDATE", {{"DR-A", {23, 40}}}, L[82])
message(2, 1, "2.3", "REPL_CR_STATUS_UPDATE", {{"DR-B", {41, 130}}}, L[83])
message(nil, 1, "2.3", "sync-chunk", {{"DR-B", {41, 130}}}, L[86])
capability("dispatcher-status-repl", "trailer")
message(1, 1, "2.3", "REPL_DS_STATUS_UPDATE", {{"DS-A", {35, 40}}, {"DS-A", {41, 130}}}, L[87])
message(nil, 1, "2.3", "sync-chunk", {{"DS-A", {41, 130}}}, L[88])
capability("cachedb-local-repl", "trailer")
message(1, 1, "2.3", "REPL_CACHE_INSERT", {{"CDB-A", {35, 53, 59, 68, 79, 81}}, {"CDB-B", {54, 58, 69, 78, 82, 130}}}, L[89])
message(2, 1, "2.3", "REPL_CACHE_REMOVE", {{"CDB-A", {35, 53, 59, 68, 79, 81}}, {"CDB-B", {54, 58, 69, 78, 82, 130}}}, L[90])
message(nil, 1, "2.3", "sync-chunk", {{"CDB-A", {35, 53, 59, 68, 79, 81}}}, L[91])
message(nil, 1, "2.3", "sync-chunk", {{"CDB-B", {54, 58, 69, 78, 82, 130}}}, L[89])
capability("presence", "trailer")
message(101, 1, "2.3", "CL_PRESENCE_PUBLISH", {{"PR-A", {23, 34}}, {"PR-B", {35, 40}}}, L[92])
message(1, 1, "2.3", "CL_PRESENCE_PUBLISH", {{"PR-C", {41, 130}}}, L[92])
message(102, 1, "2.3", "CL_PRESENCE_PRES_QUERY", {{"PR-A", {23, 34}}, {"PR-B", {35, 40}}}, L[93])
message(2, 1, "2.3", "CL_PRESENCE_PRES_QUERY", {{"PR-C", {41, 130}}}, L[93])
message(10001, 1, "2.3", "SHTAG_IS_ACTIVE", {{"PR-A", {23, 34}}}, L[94])
message(nil, 1, "2.3", "sync-chunk", {{"PR-C", {41, 130}}}, L[92])
capability("pua", "trailer")
message(1, 1, "2.3", "CL_PUA_UPDATE_PRES", {{"PUA-A", {59, 130}}}, L[95])
capability("tm-repl", "trailer")
message(1, 0, "2.3", "TM_CLUSTER_REPLY", {{"TM-A", {23, 28}}, {"TM-B", {29, 39, 41, 42}}}, L[96])
message(1, 0, "2.3", "TM_CLUSTER_REPLY", {{"TM-C", {40, 40, 43, 130}}}, L[96])
message(2, 0, "2.3", "TM_CLUSTER_REQUEST", {{"TM-A", {23, 28}}, {"TM-B", {29, 39, 41, 42}}}, L[96])
message(2, 0, "2.3", "TM_CLUSTER_REQUEST", {{"TM-C", {40, 40, 43, 130}}}, L[96])
message(3, 0, "2.3", "TM_CLUSTER_AUTO_CANCEL", {{"TM-A", {23, 28}}}, L[97])
message(3, 0, "2.3", "TM_CLUSTER_AUTO_CANCEL", {{"TM-B", {29, 39, 41, 42}}}, L[101])
message(3, 0, "2.3", "TM_CLUSTER_AUTO_CANCEL", {{"TM-C", {40, 40, 43, 130}}}, L[101])
capability("b2be-entities-repl", "trailer")
message(1, 1, "2.3", "REPL_ENTITY_CREATE", {{"B2B-A", {41, 54}}, {"B2B-C", {59, 78}}}, L[115])
message(1, 1, "2.3", "REPL_ENTITY_CREATE", {{"B2B-B", {55, 58}}}, L[120])
message(1, 1, "2.3", "REPL_ENTITY_CREATE", {{"B2B-D", {59, 78}}}, L[126])
message(1, 1, "2.3", "REPL_ENTITY_CREATE", {{"B2B-E", {79, 89}}}, L[140])
message(1, 1, "2.3", "REPL_ENTITY_CREATE", {{"B2B-F", {90, 106}}}, L[146])
message(1, 1, "2.3", "REPL_ENTITY_CREATE", {{"B2B-G", {107, 108}}}, L[152])
message(1, 1, "2.3", "REPL_ENTITY_CREATE", {{"B2B-H", {109, 118}}}, L[160])
message(1, 1, "2.3", "REPL_ENTITY_CREATE", {{"B2B-I", {119, 122}}}, L[169])
message(1, 1, "2.3", "REPL_ENTITY_CREATE", {{"B2B-J", {123, 130}}}, L[170])
message(2, 1, "2.3", "REPL_ENTITY_UPDATE", {{"B2B-A", {41, 54}}, {"B2B-C", {59, 78}}}, L[181])
message(2, 1, "2.3", "REPL_ENTITY_UPDATE", {{"B2B-B", {55, 58}}}, L[186])
message(2, 1, "2.3", "REPL_ENTITY_UPDATE", {{"B2B-D", {59, 78}}}, L[191])
message(2, 1, "2.3", "REPL_ENTITY_UPDATE", {{"B2B-E", {79, 89}}}, L[199])
message(2, 1, "2.3", "REPL_ENTITY_UPDATE", {{"B2B-F", {90, 106}}, {"B2B-G", {107, 108}}, {"B2B-H", {109, 118}}}, L[205])
message(2, 1, "2.3", "REPL_ENTITY_UPDATE", {{"B2B-I", {119, 122}}, {"B2B-J", {123, 130}}}, L[210])
message(3, 1, "2.3", "REPL_ENTITY_PARAM_UPDATE", {{"B2B-A", {41, 54}}, {"B2B-B", {55, 58}}, {"B2B-D", {59, 78}}, {"B2B-C", {59, 78}}, {"B2B-E", {79, 89}}, {"B2B-F", {90, 106}}, {"B2B-G", {107, 108}}, {"B2B-H", {109, 118}}, {"B2B-I", {119, 122}}, {"B2B-J", {123, 130}}}, L[211])
message(4, 1, "2.3", "REPL_ENTITY_ACK", {{"B2B-A", {41, 54}}, {"B2B-C", {59, 78}}}, L[216])
message(4, 1, "2.3", "REPL_ENTITY_ACK", {{"B2B-B", {55, 58}}}, L[221])
message(4, 1, "2.3", "REPL_ENTITY_ACK", {{"B2B-D", {59, 78}}}, L[226])
message(4, 1, "2.3", "REPL_ENTITY_ACK", {{"B2B-E", {79, 89}}, {"B2B-F", {90, 106}}, {"B2B-G", {107, 108}}, {"B2B-H", {109, 118}}}, L[227])
message(4, 1, "2.3", "REPL_ENTITY_ACK", {{"B2B-I", {119, 122}}, {"B2B-J", {123, 130}}}, L[228])
message(5, 1, "2.3", "REPL_ENTITY_DELETE", {{"B2B-A", {41, 54}}, {"B2B-B", {55, 58}}, {"B2B-D", {59, 78}}, {"B2B-C", {59, 78}}, {"B2B-E", {79, 89}}, {"B2B-F", {90, 106}}, {"B2B-G", {107, 108}}, {"B2B-H", {109, 118}}, {"B2B-I", {119, 122}}, {"B2B-J", {123, 130}}}, L[229])
message(5, 1, "2.3", "REPL_ENTITY_DELETE", {{"B2B-A b2b_logic", {41, 54}}, {"B2B-C b2b_logic", {59, 78}}}, L[230])
message(5, 1, "2.3", "REPL_ENTITY_DELETE", {{"B2B-B b2b_logic", {55, 58}}}, L[231])
message(5, 1, "2.3", "REPL_ENTITY_DELETE", {{"B2B-D b2b_logic", {59, 78}}, {"B2B-E b2b_logic", {79, 89}}, {"B2B-F b2b_logic", {90, 106}}, {"B2B-G b2b_logic", {107, 108}}, {"B2B-H b2b_logic", {109, 118}}, {"B2B-I b2b_logic", {119, 122}}, {"B2B-J b2b_logic", {123, 130}}}, L[232])
message(5, 1, "2.3", "REPL_ENTITY_DELETE", {{"B2B-A media_exchange", {41, 54}}, {"B2B-B media_exchange", {55, 58}}, {"B2B-D media_exchange", {59, 78}}, {"B2B-C media_exchange", {59, 78}}, {"B2B-E media_exchange", {79, 89}}, {"B2B-F media_exchange", {90, 106}}, {"B2B-G media_exchange", {107, 108}}, {"B2B-H media_exchange", {109, 118}}}, L[234])
message(5, 1, "2.3", "REPL_ENTITY_DELETE", {{"B2B-I media_exchange", {119, 122}}, {"B2B-J media_exchange", {123, 130}}}, L[237])
message(nil, 1, "2.3", "sync-chunk", {{"B2B-A", {41, 54}}, {"B2B-C", {59, 78}}}, L[115])
message(nil, 1, "2.3", "sync-chunk", {{"B2B-B", {55, 58}}}, L[120])
message(nil, 1, "2.3", "sync-chunk", {{"B2B-D", {59, 78}}}, L[126])
message(nil, 1, "2.3", "sync-chunk", {{"B2B-E", {79, 89}}}, L[140])
message(nil, 1, "2.3", "sync-chunk", {{"B2B-F", {90, 106}}}, L[146])
message(nil, 1, "2.3", "sync-chunk", {{"B2B-G", {107, 108}}}, L[152])
message(nil, 1, "2.3", "sync-chunk", {{"B2B-H", {109, 118}}}, L[160])
message(nil, 1, "2.3", "sync-chunk", {{"B2B-I", {119, 122}}}, L[169])
message(nil, 1, "2.3", "sync-chunk", {{"B2B-J", {123, 130}}}, L[170])
capability("siprec", "none")
message(0, 0, "2.3", "session", {{"SR-A0", {23, 29, 35, 36}}}, L[240])
message(0, 0, "2.3", "session", {{"SR-A", {30, 34, 37, 40}}}, L[241])
message(0, 0, "2.3", "session", {{"SR-B", {41, 78}}}, L[243])
message(0, 2, "2.3", "session", {{"SR-C", {79, 108}}}, L[244])
message(0, 2, "2.3", "session", {{"SR-D", {109, 118}}}, L[157])
message(0, 4, "2.3", "context", {{"SR-E", {119, 130}}}, L[166])
capability("rtp_relay_ctx", "none")
message(0, 1, "2.3", "context", {{"RR-A", {59, 78}}}, L[245])
message(0, 4, "2.3", "context", {{"RR-B", {79, 130}}}, L[254])
capability("ext-deflate", "trailer")
message(1, 1, "2.3", "ENVELOPE", {{"DX-A", {}}}, L[255])
capability("ext-gossip", "trailer")
message(1, 1, "2.3", "SUMMARY", {{"GS-A", {}}}, L[257])
message(2, 1, "2.3", "DIGEST", {{"GS-A", {}}}, L[260])
message(3, 1, "2.3", "DELTA", {{"GS-A", {}}}, L[263])
message(4, 1, "2.3", "HEARTBEAT_REQ", {{"GS-A", {}}}, L[264])
message(5, 1, "2.3", "HEARTBEAT", {{"GS-A", {}}}, L[265])
message(6, 1, "2.3", "PROBE_REQ", {{"GS-A", {}}}, L[266])
message(7, 1, "2.3", "PROBE_RESULT", {{"GS-A", {}}}, L[267])
message(8, 1, "2.3", "LEASE_REQ", {{"GS-A", {}}}, L[268])
message(9, 1, "2.3", "LEASE_ANSWER", {{"GS-A", {}}}, L[269])
message(10, 1, "2.3", "MEMORY", {{"GS-A", {}}}, L[272])
end

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
