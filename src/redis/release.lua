-- Ends a lease: nothing was changed.
--
-- KEYS[1]  the record
-- ARGV[1]  id of the lease
--
-- returns  "released" | "lost"

if redis.pcall('HGET', KEYS[1], 'lease') ~= ARGV[1] then
    return 'lost'
end

redis.call('HDEL', KEYS[1], 'lease', 'leaseUntil')

return 'released'
