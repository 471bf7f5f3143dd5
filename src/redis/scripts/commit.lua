-- Ends a lease and writes the state that the back end answered.  If the record
-- was changed without the lease meanwhile, the state is unknown instead.
--
-- KEYS[1]  the record
-- ARGV[1]  id of the lease; empty: a final state was observed without a lease,
--          and any lease ends
-- ARGV[2]  how long the record lives from now, ms; 0: without an end
-- ARGV[3]  rev of the record when the lease was granted; 0: unknown
-- ARGV[4]  ... and the one after it
-- ARGV[5]  state
-- ARGV[6]  description
-- ARGV[7]  parentUrl
-- ARGV[8]  app
-- ARGV[9]  ... and more: the name of each of the last three that is null
--
-- returns  "committed" | "invalidated" | "lost"
--          the error WRONGTYPE: the key belongs to another program
--
-- A lease that has run out is still valid until another request takes one.

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
local matches = ARGV[3] == rev or ARGV[3] == '0'

if ARGV[3] == rev then
    rev = ARGV[4]
elseif rev and #rev < 16 and string.find(rev, '^%d+$') then
    rev = string.format('%.0f', rev + 1)
else
    rev = now
end

-- Redis runs HDEL even when out of memory, and refuses no command after the
-- first write of a script: the old state never outlives its lease

redis.call('HDEL', KEYS[1], 'lease', 'leaseUntil', 'leaseTime', 'state')

if matches then
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

return matches and 'committed' or 'invalidated'
