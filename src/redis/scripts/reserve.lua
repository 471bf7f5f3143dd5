-- A snapshot of the record of a task.  Takes a lease on the task if a change
-- could be legal and no other request has a lease.
--
-- KEYS[1]  the record
-- ARGV[1]  id of the lease
-- ARGV[2]  the time of the lease, ms
-- ARGV[3]  the states that a change could be legal from: "pending processing"
-- ARGV[4]  the time that the clock should show, as calculated by the gateway,
--          ms; 0: unknown
--
-- returns  { "granted NOW" | "busy NOW LEFT" | "seen NOW",
--            state, description, parentUrl, app, rev, confirmed }
--          "granted NOW REV STATE\nCONFIRMED\nAPP\nPARENTURL\nDESCRIPTION"
--          the error WRONGTYPE or TOOLONG: the key has no usable record
--
-- LEFT is the remaining time of the lease of another request, ms.
--
-- The fence of a granted lease is rev + 1.  It grows over the life of a record
-- and from one record to the next, because rev starts at the clock.
--
-- A clock that is ahead of ARGV[4] may have been set: leases then run out by
-- ARGV[4].  A lease never lasts longer than the time it was taken for: if more
-- is left, the clock was set back, and the lease lasts that time from now.

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

local lease, state, rev = r[1], r[2], r[6]
local other = lease and lease ~= ARGV[1]
local clock, should = tonumber(now), tonumber(ARGV[4] or 0)
local ahead = should ~= 0 and clock - should or 0
local lost, left

if ahead > 60000 and not lease and not state and not rev then
    -- a record with a live lease may have expired by the clock
    r[1] = 'busy ' .. now .. ' ' .. ARGV[2]
    return r
end

if ahead > 1000 then
    clock = should
end

if other then
    local l = redis.call('HMGET', KEYS[1], 'leaseUntil', 'leaseTime')
    local ends = l[1] and string.find(l[1], '^%d+$') and tonumber(l[1]) or 0
    local most = tonumber(l[2] or ARGV[2]) or 0

    if ends - now > most then
        redis.call('HSET', KEYS[1], 'leaseUntil',
                   string.format('%.0f', now + most))
        ends = now + most
    end

    lost = ends <= clock
    left = math.min(ends - clock, most)
end

if not lost and lease ~= ARGV[1] then

    if is_state(state) and not string.find(ARGV[3], state, 1, true) then
        r[1] = 'seen ' .. now
        return r
    end

    if other then
        r[1] = 'busy ' .. now .. string.format(' %.0f', left)
        return r
    end
end

-- a record must outlive its lease; a record without an end keeps none

local ttl = redis.call('PTTL', KEYS[1])
local least = ARGV[2] + 60000

-- %d is limited to 32 bits on some platforms, and %.0f is slower

local ends = now + ARGV[2]
local low = ends % 1e9

ends = string.format('%d%09d', (ends - low) / 1e9, low)

if not (rev and #rev < 16 and string.find(rev, '^%d+$')) then
    r[6] = now

elseif lost then
    r[6] = string.format('%.0f', rev + 1)
end

if r[6] == rev then
    redis.call('HSET', KEYS[1], 'lease', ARGV[1], 'leaseUntil', ends,
               'leaseTime', ARGV[2])
else
    redis.call('HSET', KEYS[1], 'rev', r[6], 'lease', ARGV[1],
               'leaseUntil', ends, 'leaseTime', ARGV[2])
end

if lost then
    -- the holder never settled: the state is unknown
    redis.call('HDEL', KEYS[1], 'state', 'description', 'parentUrl', 'app',
               'confirmed')
    r[2], r[3], r[4], r[5], r[7] = false, false, false, false, false
end

if ttl ~= -1 and ttl < least then
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', least))
end

-- one string costs less than an array, but it is unambiguous only if no value
-- is null and no value before the description has a line break

local description, parent, app, confirmed = r[3], r[4], r[5], r[7]

if r[2] and description and parent and app and confirmed
   and not string.find(state .. confirmed .. app .. parent, '\n', 1, true)
then
    return 'granted ' .. now .. ' ' .. r[6] .. ' ' .. state .. '\n'
           .. confirmed .. '\n' .. app .. '\n' .. parent .. '\n'
           .. description
end

r[1] = 'granted ' .. now

return r
