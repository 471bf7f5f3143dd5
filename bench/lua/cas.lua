-- Changes a task of the Lua gateway in one step.
--
-- KEYS[1]  the record
-- ARGV[1]  the new state
-- ARGV[2]  the new description, if there is one
--
-- returns  a status: "k" and parentUrl (done), "m" (no such task), or "r" and
--          the state that it may not be changed from
--
-- A status is one line, which takes one read of a socket in Lua; each bulk
-- string, alone or in an array, takes three.

local r = redis.call('HMGET', KEYS[1], 'state', 'parentUrl')
local state = r[1]

if not state then
    return { ok = 'm' }
end

if state ~= 'processing' and state ~= 'pending' or ARGV[1] == 'pending' then
    return { ok = 'r' .. state }
end

if ARGV[2] then
    redis.call('HSET', KEYS[1], 'state', ARGV[1], 'description', ARGV[2])
else
    redis.call('HSET', KEYS[1], 'state', ARGV[1])
end

return { ok = 'k' .. (r[2] or '') }
