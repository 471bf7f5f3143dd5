-- Deletes the record of a task.
--
-- KEYS[1]  the record
-- KEYS[2]  absent, or the index of the tasks of the definition
-- ARGV[1]  the revs that may be deleted: " 5 7 "; "*" or absent: any
--
-- returns  { "applied NOW", state, description, parentUrl, app, rev, confirmed }
--          { "seen NOW", ... }: the record has another rev and is kept
--          "absent NOW"
--          the error WRONGTYPE or TOOLONG: the key has no usable record
--
-- A record whose state is unknown counts as absent and is kept.

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
    if KEYS[2] then
        local gone = redis.pcall('ZREM', KEYS[2],
                                 string.match(KEYS[1], '[^/]*$'))

        if type(gone) == 'table' and gone.err then
            return gone
        end
    end

    redis.call('DEL', KEYS[1])
end

return { result .. now, r[2], r[3], r[4], r[5], r[6], r[7] }
