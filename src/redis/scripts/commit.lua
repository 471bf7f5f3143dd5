-- Ends a lease: the record is what the back end said now; or, if a change was
-- made without the lease meanwhile, nobody can tell.
--
-- KEYS[1]  the record
-- ARGV[1]  id of the lease; empty: the task was seen, without a lease, in a
--          state that nothing follows, and any lease ends
-- ARGV[2]  how long the record lives from now, ms; 0: without an end
-- ARGV[3]  rev of the record when the lease was granted; 0: not known
-- ARGV[4]  ... and the one after it
-- ARGV[5]  state
-- ARGV[6]  description
-- ARGV[7]  parentUrl
-- ARGV[8]  app
-- ARGV[9]  ... and further: the names of those of the last three that are null
--
-- returns  "committed" | "invalidated" | "lost"
--          the error WRONGTYPE: the key is of somebody else
--
-- A lease that has run out still counts, as long as nobody else took one.

local r = redis.pcall('HMGET', KEYS[1], 'lease', 'rev', 'state')

if r.err then
    return r
end

if ARGV[1] ~= '' and r[1] ~= ARGV[1] or not (r[1] or r[2] or r[3]) then
    return 'lost'
end

local time = redis.call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)

local rev = r[2]
local told = ARGV[3] == rev or ARGV[3] == '0'

if ARGV[3] == rev then
    rev = ARGV[4]
elseif rev and #rev < 16 and string.find(rev, '^%d+$') then
    rev = string.format('%.0f', rev + 1)
else
    rev = now
end

-- what is removed first is removed even out of memory, and what follows a
-- write is not refused any more: the old state never outlives its lease

redis.call('HDEL', KEYS[1], 'lease', 'leaseUntil', 'leaseTime', 'state')

if told then
    redis.call('HSET', KEYS[1], 'rev', rev, 'confirmed', now,
               'state', ARGV[5], 'description', ARGV[6],
               'parentUrl', ARGV[7], 'app', ARGV[8])

    if ARGV[9] then
        redis.call('HDEL', KEYS[1], unpack(ARGV, 9))
    end
else
    redis.call('HDEL', KEYS[1], 'description', 'parentUrl', 'app', 'confirmed')
    redis.call('HSET', KEYS[1], 'rev', rev)
end

if ARGV[2] == '0' then
    redis.call('PERSIST', KEYS[1])
else
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
end

return told and 'committed' or 'invalidated'
