-- Changes a task that the store owns, in one step.
--
-- KEYS[1]  the record
-- ARGV[1]  the application that asks
-- ARGV[2]  the states that the change is legal from: "pending processing"
-- ARGV[3]  the new state; empty: as it is
-- ARGV[4]  the new description; absent: as it is
-- ARGV[5]  there: null
--
-- returns  "applied NOW REV BEFORE OWNED PARENTURL", confirmed now
--          { "applied ...", description } where it stays as it is
--          { "seen NOW", state, description, parentUrl, app, rev, confirmed }
--          "seen NOW REV STATE\nCONFIRMED\nAPP\nPARENTURL\nDESCRIPTION"
--          "absent NOW"
--
-- BEFORE is the state before the change, OWNED 1 if the record has an owner,
-- and 0 if not.  A parentUrl of null is left out with the space before it.
-- "absent" is also the answer to another application than the owner.  How
-- long the record lives is up to who made it.

local time = redis.call('TIME')
local now = time[1] .. string.sub('00000' .. time[2], -6, -4)

local r = redis.pcall('HMGET', KEYS[1], 'state', 'app', 'rev', 'parentUrl')
local state, app, rev = r[1], r[2], r[3]

if state ~= 'processing' and state ~= 'pending' and state ~= 'completed'
   and state ~= 'aborted'
   or app and app ~= ARGV[1]
then
    return 'absent ' .. now
end

if not string.find(ARGV[2], state, 1, true) then
    local more = redis.call('HMGET', KEYS[1], 'description', 'confirmed')
    local description, parent, confirmed = more[1], r[4], more[2]

    -- clear only if nothing is null, and no line ends before the description

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

-- %d takes no more than 32 bits everywhere, and %.0f takes longer

if n < 1e9 then
    rev = string.format('%d', n)
else
    rev = string.format('%d%09d', (n - n % 1e9) / 1e9, n % 1e9)
end

local after = ARGV[3] ~= '' and ARGV[3] or state
local reply = 'applied ' .. now .. ' ' .. rev .. ' ' .. state
              .. (app and ' 1' or ' 0') .. (r[4] and ' ' .. r[4] or '')

if not ARGV[4] then
    redis.call('HSET', KEYS[1], 'state', after, 'rev', rev, 'confirmed', now)

    return { reply, redis.call('HGET', KEYS[1], 'description') }
end

if not ARGV[5] then
    redis.call('HSET', KEYS[1], 'state', after, 'rev', rev, 'confirmed', now,
               'description', ARGV[4])
else
    redis.call('HSET', KEYS[1], 'state', after, 'rev', rev, 'confirmed', now)
    redis.call('HDEL', KEYS[1], 'description')
end

return reply
