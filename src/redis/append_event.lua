-- A function of scripts: appends an event to the stream of a definition.
-- Returns the position of the event, or a table with the error of Redis.

local function append_event(stream, keep, type, key, state, description,
                            parent, app, rev, now)
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
                       'task', string.match(key, '[^/]*$'), 'state', state,
                       'rev', rev, 'time', now, unpack(more))
end
