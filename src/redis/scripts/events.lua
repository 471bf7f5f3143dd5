-- A part of the events of a definition, in the order of their changes.
--
-- KEYS[1]  the stream
-- ARGV[1]  the position after which they are; empty: no event, only the end
-- ARGV[2]  how many events there may be
-- ARGV[3]  how many events the stream keeps
--
-- returns  { "seen NOW", next, "more" | "end" | "missed",
--            position, type, task, state, description, parentUrl, app, rev,
--            time, position, type, ... }
--          the error WRONGTYPE: the key belongs to another program
--
-- next is the position of the last event of this part.  "missed": events after
-- the position are gone, or it is not of this stream, and next is the end.

local bytes = 500000
local names = { 'type', 'task', 'state', 'description', 'parentUrl', 'app',
                'rev', 'time' }

local time = redis.call('TIME')
local page = { 'seen ' .. time[1] .. string.sub('00000' .. time[2], -6, -4),
               '0-0', 'end' }

local function id(text)
    local ms, n = string.match(text, '^(%d+)-(%d+)$')

    return tonumber(ms), tonumber(n)
end

-- that a client may have: its numbers are exact in Lua, and those that follow
-- are valid in Redis

local function is_position(text)
    local ms, n = string.match(text, '^(%d+)-(%d+)$')

    return ms and #ms <= 15 and #n <= 15
end

local function is_after(a, b)
    local ms, n = id(a)
    local other, m = id(b)

    return ms > other or ms == other and n > m
end

local info, first, added = {}, nil, nil

if redis.call('EXISTS', KEYS[1]) == 1 then
    local reply = redis.pcall('XINFO', 'STREAM', KEYS[1])

    if reply.err then
        return reply
    end

    for i = 1, #reply, 2 do
        info[reply[i]] = reply[i + 1]
    end

    page[2] = info['last-generated-id']
    first = info['first-entry'] and info['first-entry'][1]
    added = info['entries-added']
end

local after = ARGV[1]

if after == '' or after == page[2] then
    return page
end

if not is_position(after) or is_after(after, page[2]) then
    page[3] = 'missed'
    return page
end

-- of what was cut off before the first event, Redis 6 does not know how much

if (not first or is_after(first, after)) and info.length
   and (added and added > info.length
        or not added and info.length >= tonumber(ARGV[3])
        or not first and page[2] ~= after)
then
    page[3] = 'missed'
    return page
end

-- the least position after it: Redis 6.0 has no exclusive ranges

local ms, n = string.match(after, '^(%d+)-(%d+)$')
local from = string.format('%s-%.0f', ms, n + 1)

local max, size = tonumber(ARGV[2]), 0
local entries = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', max + 1)

page[2] = after

for i, entry in ipairs(entries) do

    if i > max or size > bytes then
        page[3] = 'more'
        return page
    end

    local fields = {}

    for k = 1, #entry[2], 2 do
        fields[entry[2][k]] = entry[2][k + 1]
    end

    local last = 3 + 9 * (i - 1)

    page[last + 1] = entry[1]

    for k, name in ipairs(names) do
        page[last + 1 + k] = fields[name] or false
        size = size + #(fields[name] or '')
    end

    page[2] = entry[1]
end

return page
