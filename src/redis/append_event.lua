-- A function of scripts: appends an event to the stream of a definition.
-- Returns the position of the event, or a table with the error of Redis.
--
-- The id follows the only "}/" of a key.  A pattern such as '[^/]*$' would start
-- at each character of the key, and cost Redis more than the rest of the script.

local function append_event(stream, keep, type, key, state, description,
                            parent, app, rev, now)
    local id = string.sub(key, string.find(key, '}/', 1, true) + 2)

    if description and parent and app then
        return redis.pcall('XADD', stream, 'MAXLEN', '~', keep, '*',
                           'type', type, 'task', id, 'state', state,
                           'rev', rev, 'time', now, 'description', description,
                           'parentUrl', parent, 'app', app)
    end

    local n, more = 0, {}

    if description then
        more[1], more[2], n = 'description', description, 2
    end

    if parent then
        more[n + 1], more[n + 2], n = 'parentUrl', parent, n + 2
    end

    if app then
        more[n + 1], more[n + 2] = 'app', app
    end

    return redis.pcall('XADD', stream, 'MAXLEN', '~', keep, '*', 'type', type,
                       'task', id, 'state', state, 'rev', rev, 'time', now,
                       unpack(more))
end
