-- Counts the overdue tasks of a part of a definition, in the order of their ids.
--
-- KEYS[1]  the index: a sorted set of ids, each with the score 0
-- ARGV[1]  the last id of the previous part; empty: from the start
-- ARGV[2]  the largest number of tasks to report
-- ARGV[3]  the states of the tasks: "pending processing"
-- ARGV[4]  the time after which a task is overdue, ms
--
-- returns  { "seen NOW", next, count, id, state, app, since, id, ... }
--          the error WRONGTYPE: the key belongs to another program
--
-- next is the last id of this part; it is absent at the end.  The script reads
-- at most 200 records.  A task that is reported has the field "overdue", so that
-- it is not reported again.  A task without "since" gets this field: the time of
-- the last change, or now.

local most = 200

local time = redis.call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)

local from = ARGV[1] == '' and '-' or '(' .. ARGV[1]
local ids = redis.pcall('ZRANGEBYLEX', KEYS[1], from, '+', 'LIMIT', 0,
                        most + 1)

if ids.err then
    return ids
end

local prefix = 'print-task:' .. string.match(KEYS[1], '{.*}') .. '/'
local max, n, count = tonumber(ARGV[2]), 0, 0
local part = { 'seen ' .. now, false, '0' }
local clock = tonumber(now)
local latest = clock - tonumber(ARGV[4])

local function number(text)
    return text and #text < 16 and string.find(text, '^%d+$') and tonumber(text)
end

for i, id in ipairs(ids) do

    if i > most then
        part[2] = ids[most]
        break
    end

    local key = prefix .. id
    local state = redis.pcall('HGET', key, 'state')

    if is_state(state) and string.find(ARGV[3], state, 1, true) then
        local r = redis.call('HMGET', key, 'since', 'confirmed', 'overdue',
                             'app', 'lease', 'leaseUntil')
        local since = number(r[1])
        local lapsed = r[5] and (number(r[6]) or 0) <= clock

        -- Redis may have no memory for the fields: then another walk adds them

        if not since and not lapsed then
            since = number(r[2]) or clock
            redis.pcall('HSET', key, 'since', string.format('%.0f', since))
        end

        if not lapsed and since < latest then
            count = count + 1

            if not r[3] and n < max
               and type(redis.pcall('HSET', key, 'overdue', '1')) == 'number'
            then
                part[4 + 4 * n] = id
                part[5 + 4 * n] = state
                part[6 + 4 * n] = r[4]
                part[7 + 4 * n] = string.format('%.0f', since)
                n = n + 1
            end
        end
    end
end

part[3] = tostring(count)

return part
