-- A snapshot of the record of a task.
--
-- KEYS[1]  the record
--
-- returns  { "seen" | "absent", now,
--            state, description, parentUrl, app, rev, confirmed }
--
-- A lease that has run out without a settlement leaves the state unknown; this
-- script only reports it so, the next reservation writes it down.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local r = redis.pcall('HMGET', KEYS[1], 'state', 'description', 'parentUrl',
                      'app', 'rev', 'confirmed', 'lease', 'leaseUntil')

-- of a key that is not a hash there are no fields, only an error

if not (r[1] or r[5] or r[7]) then
    return { 'absent', now }
end

if r[7] then
    local ends = r[8] and string.find(r[8], '^%d+$') and tonumber(r[8]) or 0

    if ends <= now then
        return { 'seen', now, false, false, false, false, r[5], false }
    end
end

return { 'seen', now, r[1], r[2], r[3], r[4], r[5], r[6] }
