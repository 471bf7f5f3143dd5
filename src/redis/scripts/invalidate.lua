-- Ends a lease: the outcome of the change is unknown, and so is the state.
--
-- KEYS[1]  the record
-- ARGV[1]  id of the lease; empty: a change was made without a lease
-- ARGV[2]  the longest lifetime of the record from now, ms; 0: unchanged
-- ARGV[3]  "1": the lease is held until it runs out; "0": it ends now
-- ARGV[4]  absent, or without ARGV[1], for an operator: the revs that the record
--          may have: " 5 7 "; ARGV[3] applies to the lease of any request, and
--          "0" without a lease changes nothing
--
-- returns  "invalidated" | "lost"
--          the error WRONGTYPE: the key belongs to another program

local time = redis.call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)

local r = redis.pcall('HMGET', KEYS[1], 'lease', 'leaseUntil', 'rev', 'state')

if r.err then
    return r
end

if ARGV[1] ~= '' and r[1] ~= ARGV[1] or not r[3] and not r[4] then
    return 'lost'
end

if ARGV[4] then
    local was = r[3] and #r[3] < 19 and string.match(r[3], '^0*(%d+)$') or '0'

    if not string.find(ARGV[4], ' ' .. was .. ' ', 1, true)
       or ARGV[3] ~= '1' and not r[1]
    then
        return 'lost'
    end
end

local rev = r[3] and #r[3] < 16 and string.find(r[3], '^%d+$')
            and string.format('%.0f', r[3] + 1) or now

local left = redis.call('PTTL', KEYS[1])

-- Redis runs HDEL even when out of memory, and refuses no command after the
-- first write of a script

redis.call('HDEL', KEYS[1], 'state', 'description', 'parentUrl', 'app',
           'confirmed')
redis.call('HSET', KEYS[1], 'rev', rev)

if not r[3] and left > 0 then
    -- the record had no other fields
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', left))
end

if ARGV[1] == '' then

    if ARGV[4] and ARGV[3] ~= '1' then
        redis.call('HDEL', KEYS[1], 'lease', 'leaseUntil', 'leaseTime')
    end

    return 'invalidated'
end

local ttl = tonumber(ARGV[2])

if ARGV[3] ~= '1' then
    redis.call('HDEL', KEYS[1], 'lease', 'leaseUntil', 'leaseTime')

elseif ttl > 0 then
    -- a record must outlive its lease
    local ends = r[2] and string.find(r[2], '^%d+$') and tonumber(r[2]) or 0

    ttl = math.max(ttl, ends - now + 60000)
end

if ttl > 0 then
    if left == -1 or left > ttl then
        redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ttl))
    end
end

return 'invalidated'
