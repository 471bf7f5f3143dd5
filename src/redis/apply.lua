-- Changes a task that the store owns, in one step.
--
-- KEYS[1]  the record
-- ARGV[1]  the application that asks
-- ARGV[2]  the states that the change is legal from: "pending processing"
-- ARGV[3]  the new state; empty: as it is
-- ARGV[4]  the description: "keep", "null" or "set"
-- ARGV[5]  ... its text
--
-- returns  { "applied" | "seen" | "absent", now,
--            state, description, parentUrl, app, rev, confirmed
--            [, the state before, of what was applied] }
--
-- "absent" is also the answer to another application than the owner.  How
-- long the record lives is up to who made it.

local states = { pending = 1, processing = 1, completed = 1, aborted = 1 }

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local r = redis.pcall('HMGET', KEYS[1], 'state', 'description', 'parentUrl',
                      'app', 'rev', 'confirmed')

if r.err or not states[r[1]] or r[4] and r[4] ~= ARGV[1] then
    return { 'absent', now }
end

if not string.find(' ' .. ARGV[2] .. ' ', ' ' .. r[1] .. ' ', 1, true) then
    return { 'seen', now, r[1], r[2], r[3], r[4], r[5], r[6] }
end

local before = r[1]

if ARGV[3] ~= '' then
    r[1] = ARGV[3]
end

local rev = r[5] and #r[5] < 16 and string.find(r[5], '^%d+$') and r[5] + 1

r[5] = string.format('%.0f', rev or 1)
r[6] = string.format('%.0f', now)

if ARGV[4] == 'set' then
    r[2] = ARGV[5]
    redis.call('HSET', KEYS[1], 'state', r[1], 'rev', r[5], 'confirmed', r[6],
               'description', r[2])
else
    redis.call('HSET', KEYS[1], 'state', r[1], 'rev', r[5], 'confirmed', r[6])
end

if ARGV[4] == 'null' then
    r[2] = false
    redis.call('HDEL', KEYS[1], 'description')
end

return { 'applied', now, r[1], r[2], r[3], r[4], r[5], r[6], before }
