-- A snapshot of the record of a task, and a lease on the task where a change
-- could be legal and nobody else holds one.
--
-- KEYS[1]  the record
-- ARGV[1]  id of the lease
-- ARGV[2]  how long it lasts, ms
-- ARGV[3]  the states that a change could be legal from: "pending processing"
--
-- returns  { "granted" | "busy" | "seen", now,
--            state, description, parentUrl, app, rev, confirmed }
--
-- The fence of a granted lease is rev + 1.  It grows over the life of a record
-- and from one record to the next, because rev starts at the clock.

local states = { pending = 1, processing = 1, completed = 1, aborted = 1 }

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local r = redis.pcall('HMGET', KEYS[1], 'state', 'description', 'parentUrl',
                      'app', 'rev', 'confirmed', 'lease', 'leaseUntil')

if r.err then
    -- not a hash: nobody's record
    redis.call('DEL', KEYS[1])
    r = { false, false, false, false, false, false, false, false }
end

local other = r[7] and r[7] ~= ARGV[1]
local ends = r[8] and string.find(r[8], '^%d+$') and tonumber(r[8]) or 0
local lost = other and ends <= now

if not lost and r[7] ~= ARGV[1] then

    if states[r[1]]
       and not string.find(' ' .. ARGV[3] .. ' ', ' ' .. r[1] .. ' ', 1, true)
    then
        return { 'seen', now, r[1], r[2], r[3], r[4], r[5], r[6] }
    end

    if other then
        return { 'busy', now, r[1], r[2], r[3], r[4], r[5], r[6] }
    end
end

-- a record lives longer than its lease; one without an end stays so

local ttl = redis.call('PTTL', KEYS[1])
local least = ARGV[2] + 60000

if not (r[5] and #r[5] < 16 and string.find(r[5], '^%d+$')) then
    r[5] = string.format('%.0f', now)

elseif lost then
    r[5] = string.format('%.0f', r[5] + 1)
end

redis.call('HSET', KEYS[1], 'rev', r[5], 'lease', ARGV[1],
           'leaseUntil', string.format('%.0f', now + ARGV[2]))

if lost then
    -- its holder never told what became of the task
    redis.call('HDEL', KEYS[1], 'state', 'description', 'parentUrl', 'app',
               'confirmed')
    r[1], r[2], r[3], r[4], r[6] = false, false, false, false, false
end

if ttl ~= -1 and ttl < least then
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', least))
end

return { 'granted', now, r[1], r[2], r[3], r[4], r[5], r[6] }
