-- Ends a lease: the record is what the back end said now; or, if a change was
-- made without the lease meanwhile, nobody can tell.
--
-- KEYS[1]  the record
-- ARGV[1]  id of the lease
-- ARGV[2]  how long the record lives from now, ms; 0: without an end
-- ARGV[3]  rev of the record when the lease was granted; 0: not known
-- ARGV[4]  state
-- ARGV[5]  ... and further: names and values of the fields that are not null,
--          of description, parentUrl, app
--
-- returns  { "committed" | "forgotten" | "lost", now }
--
-- A lease that has run out still counts, as long as nobody else took one.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local r = redis.pcall('HMGET', KEYS[1], 'lease', 'rev')

if r[1] ~= ARGV[1] then
    return { 'lost', now }
end

local rev = r[2] and #r[2] < 16 and string.find(r[2], '^%d+$') and r[2] + 1

-- what is removed first is removed even out of memory, and what follows a
-- write is not refused any more: the old state never outlives its lease

redis.call('HDEL', KEYS[1], 'lease', 'leaseUntil', 'state', 'description',
           'parentUrl', 'app')

local told = ARGV[3] == '0' or ARGV[3] == r[2]

if told then
    redis.call('HSET', KEYS[1], 'rev', string.format('%.0f', rev or now),
               'confirmed', string.format('%.0f', now),
               'state', unpack(ARGV, 4))
else
    redis.call('HDEL', KEYS[1], 'confirmed')
    redis.call('HSET', KEYS[1], 'rev', string.format('%.0f', rev or now))
end

if ARGV[2] == '0' then
    redis.call('PERSIST', KEYS[1])
else
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
end

return { told and 'committed' or 'forgotten', now }
