-- Ends a lease and writes the state that the back end answered.  If the record
-- was changed without the lease meanwhile, the state is unknown instead.
--
-- KEYS[1]  the record
-- KEYS[2]  absent, or the stream of the events of the definition
-- ARGV[1]  id of the lease; empty: a final state was observed without a lease,
--          and any lease ends
-- ARGV[2]  how long the record lives from now, ms; 0: without an end
-- ARGV[3]  rev of the record when the lease was granted; 0: unknown
-- ARGV[4]  ... and the one after it
-- ARGV[5]  state
-- ARGV[6]  description
-- ARGV[7]  parentUrl
-- ARGV[8]  app
-- ARGV[9]  ... and more: the name of each of the last three that is null; and
--          at the end, with a stream, how many events it keeps
--
-- returns  "committed" | "invalidated" | "lost"
--          the error WRONGTYPE: the key belongs to another program; if it is
--          that of the stream, the state is unknown
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

local stream, last = KEYS[2], #ARGV
local was = stream and matches
            and redis.call('HMGET', KEYS[1], 'state', 'description',
                           'parentUrl')

-- Redis runs HDEL even when out of memory, and refuses no command after the
-- first write of a script: the old state never outlives its lease

redis.call('HDEL', KEYS[1], 'lease', 'leaseUntil', 'leaseTime', 'state')

local failed

if was then
    local null = {}

    for i = 9, last - 1 do
        null[ARGV[i]] = true
    end

    local description = not null.description and ARGV[6]
    local parent = not null.parentUrl and ARGV[7]

    if was[1] ~= ARGV[5] or was[2] ~= description or was[3] ~= parent then
        local added = append_event(stream, ARGV[last], 'updated', KEYS[1],
                                   ARGV[5], description, parent,
                                   not null.app and ARGV[8], rev, now)

        if type(added) == 'table' then
            matches, failed = false, added
        end
    end

    last = last - 1
end

if matches then
    redis.call('HSET', KEYS[1], 'rev', rev, 'confirmed', now,
               'state', ARGV[5], 'description', ARGV[6],
               'parentUrl', ARGV[7], 'app', ARGV[8])

    if last > 8 then
        redis.call('HDEL', KEYS[1], unpack(ARGV, 9, last))
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

return failed or matches and 'committed' or 'invalidated'
