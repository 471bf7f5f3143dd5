-- Some of the indexes of the server, in no order.
--
-- KEYS[1]  any key of a slot of the server
-- ARGV[1]  the cursor of the previous part; "0": from the start
--
-- returns  { "seen NOW", next cursor, index, index, ... }
--
-- The next cursor is "0" at the end.  The script asks for about 500 keys of the
-- server, of which few or none may be indexes.

local time = redis.call('TIME')
local found = redis.pcall('SCAN', ARGV[1], 'MATCH', 'print-task-index:{*}',
                          'COUNT', 500, 'TYPE', 'zset')

if found.err then
    return found
end

local part = { 'seen ' .. time[1] .. string.sub('00000' .. time[2], -6, -4),
               found[1] }

for i, index in ipairs(found[2]) do
    part[2 + i] = index
end

return part
