-- A part of the tasks of a definition, in the order of their ids.
--
-- KEYS[1]  the index: a sorted set of ids, each with the score 0
-- ARGV[1]  the last id of the previous part; empty: from the start
-- ARGV[2]  the largest number of tasks
-- ARGV[3]  the states of the tasks: "pending processing"
-- ARGV[4]  the time after which a task is overdue, ms, for the overdue tasks
--          only; "0": all tasks
-- ARGV[5]  the owner; absent: any.  A task without an owner belongs to all
--
-- returns  { "seen NOW", next, id, state, description, parentUrl, app, rev,
--            id, state, ... }
--          the error WRONGTYPE: the key belongs to another program
--
-- next is the last id of this part; it is absent at the end of the list.  The
-- script reads at most 200 records.  It removes ids without a record from the
-- index.

local most, bytes = 200, 500000

local time = redis.call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)

local from = ARGV[1] == '' and '-' or '(' .. ARGV[1]
local ids = redis.pcall('ZRANGEBYLEX', KEYS[1], from, '+', 'LIMIT', 0,
                        most + 1)

if ids.err then
    return ids
end

local prefix = 'print-task:' .. string.match(KEYS[1], '{.*}') .. '/'
local max, n, size = tonumber(ARGV[2]), 0, 0
local page = { 'seen ' .. now, false }
local clock = tonumber(now)
local latest = ARGV[4] ~= '0' and clock - tonumber(ARGV[4])

local function is_overdue(key)
    local times = redis.call('HMGET', key, 'since', 'confirmed')

    for i = 1, 2 do
        local text = times[i]

        if text and #text < 16 and string.find(text, '^%d+$') then
            return tonumber(text) < latest
        end
    end
end

for i, id in ipairs(ids) do

    if i > most or n == max or size > bytes then
        page[2] = ids[i - 1]
        return page
    end

    local key = prefix .. id
    local r = redis.pcall('HMGET', key, 'state', 'description', 'parentUrl',
                          'app', 'rev', 'lease', 'leaseUntil')
    local state = r[1]
    local ends = r[7] and string.find(r[7], '^%d+$') and tonumber(r[7]) or 0

    if not r.err and not state and redis.call('EXISTS', key) == 0 then
        redis.call('ZREM', KEYS[1], id)

    elseif is_state(state) and string.find(ARGV[3], state, 1, true)
       and not (r[6] and ends <= clock)
       and not (ARGV[5] and r[4] and r[4] ~= ARGV[5])
       and (not latest or is_overdue(key))
    then
        local length = #id + #(r[2] or '') + #(r[3] or '') + #(r[4] or '')
                       + #(r[5] or '')

        -- skips a record that READ would not accept

        if length <= bytes then
            size = size + length

            page[3 + 6 * n] = id

            for k = 1, 5 do
                page[3 + 6 * n + k] = r[k]
            end

            n = n + 1
        end
    end
end

return page
