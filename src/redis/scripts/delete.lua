-- Deletes the record of a task.
--
-- KEYS[1]  the record
-- KEYS[2]  absent, or the index of the tasks of the definition
-- KEYS[3]  absent, or the stream of its events
-- ARGV[1]  the revs that may be deleted: " 5 7 "; "*" or absent: any
-- ARGV[2]  how many events the stream keeps
--
-- returns  { "applied NOW", state, description, parentUrl, app, rev, confirmed }
--          { "seen NOW", ... }: the record has another rev and is kept
--          "absent NOW"
--          the error WRONGTYPE or TOOLONG: the key has no usable record
--
-- A record whose state is unknown counts as absent and is kept.
--
-- The event of the deletion has a rev of its own.  A new record of the task gets
-- the clock as its rev, which could be the same: then the rev of the deletion
-- stays until the clock is ahead of it.

local time = redis.call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)

local r = redis.pcall('HMGET', KEYS[1], 'lease', 'state', 'description',
                      'parentUrl', 'app', 'rev', 'confirmed', 'leaseUntil')

if r.err then
    -- not a hash: the key belongs to another program
    return r
end

local ends = r[8] and string.find(r[8], '^%d+$') and tonumber(r[8]) or 0

if not is_state(r[2]) or r[1] and ends <= tonumber(now) then
    return 'absent ' .. now
end

local size = 0

for i = 2, 7 do
    size = size + (r[i] and #r[i] or 0)
end

if size > 1000000 then
    return redis.error_reply('TOOLONG the record')
end

local result = 'applied '

if ARGV[1] and ARGV[1] ~= '*' then
    local rev = r[6] and #r[6] < 19 and string.match(r[6], '^0*(%d+)$') or '0'

    if not string.find(ARGV[1], ' ' .. rev .. ' ', 1, true) then
        result = 'seen '
    end
end

if result == 'applied ' then
    local rev = r[6] and #r[6] < 16 and string.find(r[6], '^%d+$')
                and r[6] + 1 or tonumber(now)
    local digits = string.format('%.0f', rev)
    local id = KEYS[2] and string.sub(KEYS[1],
                                      string.find(KEYS[1], '}/', 1, true) + 2)

    -- nothing is written before each key is known to have the right type

    if KEYS[2] then
        local listed = redis.pcall('ZSCORE', KEYS[2], id)

        if type(listed) == 'table' then
            return listed
        end
    end

    if KEYS[3] then
        local added = append_event(KEYS[3], ARGV[2], 'deleted', KEYS[1], r[2],
                                   r[3], r[4], r[5], digits, now)

        if type(added) == 'table' then
            return added
        end
    end

    if KEYS[2] then
        redis.call('ZREM', KEYS[2], id)
    end

    redis.call('DEL', KEYS[1])

    if KEYS[3] and rev >= tonumber(now) then
        redis.call('HSET', KEYS[1], 'rev', digits)
        redis.call('PEXPIRE', KEYS[1],
                   string.format('%.0f', rev - now + 1000))
    end
end

return { result .. now, r[2], r[3], r[4], r[5], r[6], r[7] }
