-- Changes a task that the store owns, in one atomic step.
--
-- KEYS[1]  the record
-- KEYS[2]  absent, or the stream of the events of the definition
-- ARGV[1]  the application of the request
-- ARGV[2]  the states that the change is legal from: "pending processing"
-- ARGV[3]  the new state; empty: unchanged
-- ARGV[4]  the new description; absent: unchanged
-- ARGV[5]  "null": description becomes null; "keep": unchanged; "set" or
--          absent: it becomes ARGV[4]
-- ARGV[6]  the revs that the change applies to: " 5 7 "; "*" or absent: any
-- ARGV[7]  how many events the stream keeps
--
-- returns  "applied NOW REV BEFORE OWNED PARENTURL", confirmed now
--          { "applied ...", description } if it is unchanged
--          { "seen NOW", state, description, parentUrl, app, rev, confirmed }
--          "seen NOW REV STATE\nCONFIRMED\nAPP\nPARENTURL\nDESCRIPTION"
--          "absent NOW"
--          the error WRONGTYPE or TOOLONG: the key has no usable record
--
-- BEFORE is the state before the change.  OWNED is 1 if the record has an
-- owner, else 0.  A parentUrl of null is omitted with the space before it.
-- "absent" is also the answer to an application other than the owner, and for a
-- lease that has run out without a settlement, as in read.lua.  The script does
-- not change the lifetime of the record.

local time = redis.call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)

local r = redis.pcall('HMGET', KEYS[1], 'state', 'app', 'rev', 'parentUrl',
                      'lease')

if r.err then
    -- not a hash: the key belongs to another program
    return r
end

local state, app, rev, parent = r[1], r[2], r[3], r[4]

if not is_state(state) or app and app ~= ARGV[1] then
    return 'absent ' .. now
end

if r[5] then
    local ends = redis.call('HGET', KEYS[1], 'leaseUntil')

    ends = ends and string.find(ends, '^%d+$') and tonumber(ends) or 0

    if ends <= tonumber(now) then
        return 'absent ' .. now
    end
end

local legal = string.find(ARGV[2], state, 1, true)
local given = ARGV[4] and ARGV[5] ~= 'keep'

if legal and ARGV[6] and ARGV[6] ~= '*' then
    local was = rev and #rev < 19 and string.match(rev, '^0*(%d+)$') or '0'

    legal = string.find(ARGV[6], ' ' .. was .. ' ', 1, true)
end

local confirmed = not legal and redis.call('HGET', KEYS[1], 'confirmed')
local description = not (legal and given)
                    and redis.call('HGET', KEYS[1], 'description')

if #(app or '') + #(rev or '') + #(parent or '') + #(confirmed or '')
   + #(description or '') > 1000000
then
    return redis.error_reply('TOOLONG the record')
end

if not legal then

    -- a text is unambiguous only if no value is null and no value before the
    -- description has a line break

    if description and parent and app and rev and confirmed
       and not string.find(rev, '%D')
       and not string.find(confirmed .. app .. parent, '\n', 1, true)
    then
        return 'seen ' .. now .. ' ' .. rev .. ' ' .. state .. '\n'
               .. confirmed .. '\n' .. app .. '\n' .. parent .. '\n'
               .. description
    end

    return { 'seen ' .. now, state, description, parent, app, rev, confirmed }
end

local n = rev and #rev < 16 and string.find(rev, '^%d+$') and rev + 1 or 1

-- %d is limited to 32 bits on some platforms, and %.0f is slower

if n < 1e9 then
    rev = string.format('%d', n)
else
    rev = string.format('%d%09d', (n - n % 1e9) / 1e9, n % 1e9)
end

local after = ARGV[3] ~= '' and ARGV[3] or state
local reply = 'applied ' .. now .. ' ' .. rev .. ' ' .. state
              .. (app and ' 1' or ' 0') .. (parent and ' ' .. parent or '')

-- the first write needs memory: if Redis refuses it, nothing has changed

if KEYS[2] then
    local text = description

    if given then
        text = ARGV[5] ~= 'null' and ARGV[4]
    end

    local added = append_event(KEYS[2], ARGV[7], 'updated', KEYS[1], after,
                               text, parent, app, rev, now)

    if type(added) == 'table' then
        return added
    end
end

if not given then
    redis.call('HSET', KEYS[1], 'state', after, 'rev', rev, 'confirmed', now)

    return { reply, description }
end

if ARGV[5] ~= 'null' then
    redis.call('HSET', KEYS[1], 'state', after, 'rev', rev, 'confirmed', now,
               'description', ARGV[4])
else
    redis.call('HSET', KEYS[1], 'state', after, 'rev', rev, 'confirmed', now)
    redis.call('HDEL', KEYS[1], 'description')
end

return reply
