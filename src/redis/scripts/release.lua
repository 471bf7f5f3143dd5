-- Ends a lease: the task is unchanged.
--
-- KEYS[1]  the record
-- ARGV[1]  id of the lease
--
-- returns  "released" | "lost"
--          the error WRONGTYPE: the key belongs to another program

local r = redis.pcall('HMGET', KEYS[1], 'lease')

if r.err then
    return r
end

if r[1] ~= ARGV[1] then
    return 'lost'
end

redis.call('HDEL', KEYS[1], 'lease', 'leaseUntil', 'leaseTime')

return 'released'
