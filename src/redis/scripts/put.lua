-- Creates or replaces the record of a task.
--
-- KEYS[1]  the record
-- KEYS[2]  absent, or the index of the tasks of the definition
-- KEYS[3]  absent, or the stream of its events
-- ARGV[1]  the lifetime of the record from now, ms; 0: without an end
-- ARGV[2]  "0": in any case; "1": only if the task is absent; " 5 7 ": only if
--          the task exists with one of these revs; "*": with any rev
-- ARGV[3]  state
-- ARGV[4]  description
-- ARGV[5]  parentUrl
-- ARGV[6]  app
-- ARGV[7]  ... and more: the name of each of the last three that is null
--          and at the end, with a stream, how many events it keeps
--
-- returns  "created NOW REV", confirmed now
--          "applied NOW REV BEFORE": the state before
--          { "seen NOW", state, description, parentUrl, app, rev, confirmed }
--          "absent NOW"
--          the error WRONGTYPE or TOOLONG: the key has no usable record
--
-- A record whose state is unknown counts as absent, but its rev still counts.

local time = redis.call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)

local r = redis.pcall('HMGET', KEYS[1], 'lease', 'state', 'description',
                      'parentUrl', 'app', 'rev', 'confirmed', 'leaseUntil')

if r.err then
    -- not a hash: the key belongs to another program
    return r
end

local before = is_state(r[2]) and r[2]

if r[1] then
    local ends = r[8] and string.find(r[8], '^%d+$') and tonumber(r[8]) or 0

    if ends <= tonumber(now) then
        -- the holder never settled: the state is unknown
        before = nil
    end
end

local legal = ARGV[2] == '0' or ARGV[2] == (before and '*' or '1')

if before and not legal then
    local was = r[6] and #r[6] < 19 and string.match(r[6], '^0*(%d+)$') or '0'

    legal = string.find(ARGV[2], ' ' .. was .. ' ', 1, true)
end

if not legal and not before then
    return 'absent ' .. now
end

if not legal then
    local size = 0

    for i = 2, 7 do
        size = size + (r[i] and #r[i] or 0)
    end

    if size > 1000000 then
        return redis.error_reply('TOOLONG the record')
    end

    return { 'seen ' .. now, r[2], r[3], r[4], r[5], r[6], r[7] }
end

local rev = r[6] and #r[6] < 16 and string.find(r[6], '^%d+$')
            and string.format('%.0f', r[6] + 1) or now

local index, id = KEYS[2]

if index then
    id = string.sub(KEYS[1], string.find(KEYS[1], '}/', 1, true) + 2)

    local listed = redis.pcall('ZSCORE', index, id)

    if type(listed) == 'table' and listed.err then
        return listed
    end

    if listed then
        index = nil
    end
end

local last = #ARGV

-- the first write needs memory: if Redis refuses it, nothing has changed

if KEYS[3] then
    local null = {}

    for i = 7, last - 1 do
        null[ARGV[i]] = true
    end

    local added = append_event(KEYS[3], ARGV[last],
                               before and 'updated' or 'created', KEYS[1],
                               ARGV[3], not null.description and ARGV[4],
                               not null.parentUrl and ARGV[5],
                               not null.app and ARGV[6], rev, now)

    if type(added) == 'table' then
        return added
    end

    last = last - 1
end

redis.call('HSET', KEYS[1], 'rev', rev, 'confirmed', now, 'state', ARGV[3],
           'description', ARGV[4], 'parentUrl', ARGV[5], 'app', ARGV[6])

redis.call('HDEL', KEYS[1], 'lease', 'leaseUntil', 'leaseTime', 'since',
           'overdue', unpack(ARGV, 7, last))

if ARGV[1] == '0' then
    redis.call('PERSIST', KEYS[1])
else
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
end

if index then
    redis.call('ZADD', index, 0, id)

    -- removes expired tasks from the index faster than it grows

    if ARGV[1] ~= '0' then
        local prefix = string.sub(KEYS[1], 1, -#id - 1)

        for _, other in ipairs(redis.call('ZRANDMEMBER', index, 3)) do
            if redis.call('EXISTS', prefix .. other) == 0 then
                redis.call('ZREM', index, other)
            end
        end
    end
end

if before then
    return 'applied ' .. now .. ' ' .. rev .. ' ' .. before
end

return 'created ' .. now .. ' ' .. rev
