-- A snapshot of the record of a task.
--
-- KEYS[1]  the record
--
-- returns  { "seen NOW" | "seen NOW LEFT", state, description, parentUrl, app, rev, confirmed }
--          "absent NOW"
--          the error WRONGTYPE or TOOLONG: the key has no usable record
--
-- LEFT is the remaining time of the lease, ms.
--
-- After a lease has run out without a settlement the state is unknown.  This
-- script only reports that; the next reservation removes the state.

local time = redis.call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)

local r = redis.pcall('HMGET', KEYS[1], 'lease', 'state', 'description',
                      'parentUrl', 'app', 'rev', 'confirmed')

if r.err then
    -- not a hash: the key belongs to another program
    return r
end

local size = 0

for i = 1, 7 do
    size = size + (r[i] and #r[i] or 0)
end

if size > 1000000 then
    return redis.error_reply('TOOLONG the record')
end

if not (r[1] or r[2] or r[6]) then
    return 'absent ' .. now
end

local seen = 'seen ' .. now

if r[1] then
    local ends = redis.call('HGET', KEYS[1], 'leaseUntil')

    ends = ends and string.find(ends, '^%d+$') and tonumber(ends) or 0

    if ends <= tonumber(now) then
        return { seen, false, false, false, false, r[6], false }
    end

    seen = seen .. string.format(' %.0f', ends - now)
end

r[1] = seen

return r
