-- Makes the record of a task, or replaces it.
--
-- KEYS[1]  the record
-- ARGV[1]  how long the record lives from now, ms; 0: without an end
-- ARGV[2]  "1": only if the task is not there, "0": in any case
-- ARGV[3]  state
-- ARGV[4]  ... and further: names and values of the fields that are not null,
--          of description, parentUrl, app
--
-- returns  { "created" | "applied" | "seen", now,
--            state, description, parentUrl, app, rev, confirmed
--            [, the state before, of what was applied] }
--
-- A record whose state is not known is not there, but its rev still counts.

local states = { pending = 1, processing = 1, completed = 1, aborted = 1 }
local names = { 'description', 'parentUrl', 'app' }

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local r = redis.pcall('HMGET', KEYS[1], 'state', 'description', 'parentUrl',
                      'app', 'rev', 'confirmed', 'lease', 'leaseUntil')

if r.err then
    -- not a hash: nobody's record
    redis.call('DEL', KEYS[1])
    r = { false, false, false, false, false, false, false, false }
end

local before = states[r[1]] and r[1]

if r[7] then
    local ends = r[8] and string.find(r[8], '^%d+$') and tonumber(r[8]) or 0

    if ends <= now then
        -- its holder never told what became of the task
        before = nil
    end
end

if before and ARGV[2] == '1' then
    return { 'seen', now, r[1], r[2], r[3], r[4], r[5], r[6] }
end

local rev = r[5] and #r[5] < 16 and string.find(r[5], '^%d+$') and r[5] + 1

rev = string.format('%.0f', rev or now)

-- the first command that writes is the one that needs memory: it may fail

redis.call('HSET', KEYS[1], 'rev', rev,
           'confirmed', string.format('%.0f', now), 'state', unpack(ARGV, 3))

local given = {}

for i = 4, #ARGV, 2 do
    given[ARGV[i]] = ARGV[i + 1]
end

local gone = { 'lease', 'leaseUntil' }

for i, name in ipairs(names) do
    if not given[name] then
        given[name] = false
        gone[#gone + 1] = name
    end
end

redis.call('HDEL', KEYS[1], unpack(gone))

if ARGV[1] == '0' then
    redis.call('PERSIST', KEYS[1])
else
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
end

return { before and 'applied' or 'created', now, ARGV[3], given.description,
         given.parentUrl, given.app, rev, string.format('%.0f', now), before }
