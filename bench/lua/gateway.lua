-- The gateway that a careful user would write with lua-nginx-module: tokens
-- with a cache of verdicts, strict bodies, rules, and compare-and-set in Redis.
-- It has no leases, and is to be as fast as it can be: what is measured against
-- a slow rival proves nothing.

local cjson    = require "cjson.safe"
local lrucache = require "resty.lrucache"
local redis    = require "nginx.redis"
local rs256    = require "rs256"

local decode_base64url = require("ngx.base64").decode_base64url

local ngx = ngx
local var = ngx.var
local ngx_time, re_find, capture = ngx.time, ngx.re.find, ngx.location.capture
local byte, find, lower, sub = string.byte, string.find, string.lower,
                               string.sub
local type, next = type, next

local LEEWAY = 60
local CACHE_TTL = 300
local DESCRIPTION_MAX = 1024

local _M = {}

local json = cjson.new()
json.decode_max_depth(3)
json.decode_invalid_numbers(false)
local encode = json.encode

local token_json = cjson.new()
token_json.decode_max_depth(10)

local accepted = assert(lrucache.new(20000))

local set, keys, script, sha = nil, {}, nil, nil


local function slurp(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read("*a")

    file:close()

    return text
end


-- called by init_by_lua, with issuer, audience, role, keys (file names by kid),
-- script (a file name), sha (its SHA-1), redis_port

function _M.init(options)
    set = options

    for kid, file in pairs(set.keys) do
        keys[kid] = rs256.key(slurp(file))
    end

    script, sha = slurp(set.script), set.sha
end


local function fail(status, code, message)
    ngx.status = status
    ngx.header["Content-Type"] = "application/json"

    if status == 401 then
        ngx.header["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    end

    ngx.print({ '{"error":{"code":"', code, '","message":"', message, '"}}' })

    return ngx.exit(ngx.HTTP_OK)
end


-- the token

local function parts(token)
    local first = find(token, ".", 1, true)
    local second = first and find(token, ".", first + 1, true)

    if not second or find(token, ".", second + 1, true) then
        return nil
    end

    return sub(token, 1, first - 1), sub(token, first + 1, second - 1),
           sub(token, second + 1), sub(token, 1, second - 1)
end


local function verify(token)
    local header, payload, signature, text = parts(token)

    header = header and decode_base64url(header)
    header = header and token_json.decode(header)

    if type(header) ~= "table" or header.alg ~= "RS256" then
        return nil
    end

    local key = keys[header.kid]

    signature = decode_base64url(signature)

    if not key or not signature or not rs256.verify(key, text, signature) then
        return nil
    end

    payload = decode_base64url(payload)
    payload = payload and token_json.decode(payload)

    if type(payload) ~= "table" then
        return nil
    end

    local now = ngx_time()

    if payload.iss ~= set.issuer or payload.aud ~= set.audience
       or payload.idtyp ~= "app"
       or type(payload.exp) ~= "number" or payload.exp + LEEWAY <= now
       or (payload.nbf ~= nil
           and (type(payload.nbf) ~= "number"
                or payload.nbf - LEEWAY > now))
    then
        return nil
    end

    return payload
end


local function permitted(payload)
    local roles = payload.roles

    if payload.scp ~= nil or type(roles) ~= "table" then
        return false
    end

    for i = 1, #roles do
        if roles[i] == set.role then
            return true
        end
    end

    return false
end


local function authenticate()
    local field = var.http_authorization

    if not field or #field > 8192 or lower(sub(field, 1, 7)) ~= "bearer " then
        return fail(401, "unauthorized", "There is no token.")
    end

    local exp = accepted:get(field)

    if exp and exp + LEEWAY > ngx_time() then
        return
    end

    local payload = verify(sub(field, 8))

    if not payload then
        return fail(401, "unauthorized", "The token is not valid.")
    end

    if not permitted(payload) then
        return fail(403, "forbidden", "The role is missing.")
    end

    local ttl = payload.exp + LEEWAY - ngx_time()

    accepted:set(field, payload.exp, ttl < CACHE_TTL and ttl or CACHE_TTL)
end


-- the body: {"status":{"state":S}} or {"status":{"state":S,"description":D}}

local STATES = { pending = true, processing = true, completed = true,
                 aborted = true }


local function bad_body(why)
    return fail(400, "badRequest", why)
end


local function read_body()
    local content_type = var.content_type

    if not content_type
       or not re_find(content_type, [[\Aapplication/json\s*(;|\z)]], "ijo")
    then
        return fail(415, "unsupportedMediaType", "The body has to be JSON.")
    end

    ngx.req.read_body()

    local data = ngx.req.get_body_data()

    if not data then
        return bad_body("There is no body, or it is too large.")
    end

    -- for PCRE a subject that is not UTF-8 is an error

    if not re_find(data, [[\A]], "ujo") then
        return bad_body("The body is not UTF-8.")
    end

    local body = json.decode(data)

    if type(body) ~= "table" then
        return bad_body("The body is not valid JSON.")
    end

    local status = body.status

    if type(status) ~= "table" or next(body) ~= "status"
       or next(body, "status") ~= nil
    then
        return bad_body("The body is not a change of a task.")
    end

    local state, description, members = status.state, status.description, 1

    if type(state) ~= "string" or not STATES[state] then
        return bad_body("The state is not one.")
    end

    if description ~= nil then
        if type(description) ~= "string" or #description > DESCRIPTION_MAX then
            return bad_body("The description is not one.")
        end

        members = 2
    end

    for _ in next, status do
        members = members - 1
    end

    if members ~= 0 then
        return bad_body("The status has other members.")
    end

    return state, description
end


-- Redis

local function unavailable(err)
    ngx.log(ngx.ERR, "redis: ", err)

    return fail(503, "serviceUnavailable", "Redis does not answer.")
end


local function redis_open()
    local red = redis:new()

    red:set_timeout(2000)

    local ok, err = red:connect("127.0.0.1", set.redis_port)

    if not ok then
        return unavailable(err)
    end

    return red
end


local function redis_close(red)
    local ok, err = red:set_keepalive(60000, 256)

    if not ok then
        ngx.log(ngx.ERR, "redis: ", err)
    end
end


local function redis_change(red, key, state, description)
    local result, err

    if description then
        result, err = red:evalsha(sha, 1, key, state, description)
    else
        result, err = red:evalsha(sha, 1, key, state)
    end

    if result == false and find(err, "NOSCRIPT", 1, true) then
        result, err = red:eval(script, 1, key, state, description)
    end

    if not result then
        return unavailable(err)
    end

    return result
end


local function conflict(from, to)
    return fail(409, "conflict", "Not allowed: from " .. from .. " to " .. to)
end


local DONE, MISSING = byte("km", 1, 2)


local function refused(result, state)
    if byte(result) == MISSING then
        return fail(404, "notFound", "There is no such task.")
    end

    return conflict(sub(result, 2), state)
end


-- the two modes

-- pieces, not one string: that would have to be interned

local function reply(id, parent, state, description)
    local out = { '{"id":"', id, '","parentUrl":', encode(parent),
                  ',"status":{"state":"', state }

    if description then
        out[7], out[8], out[9] = '","description":', encode(description), '}}'
    else
        out[7] = '"}}'
    end

    local len = 0

    for i = 1, #out do
        len = len + #out[i]
    end

    ngx.header["Content-Type"] = "application/json"
    ngx.header["Content-Length"] = len
    ngx.print(out)
end


function _M.answer()
    local definition, task = var[1], var[2]

    authenticate()

    local state, description = read_body()
    local red = redis_open()
    local result = redis_change(red, "pt:" .. definition .. ":" .. task, state,
                                description)

    redis_close(red)

    if byte(result) ~= DONE then
        return refused(result, state)
    end

    return reply(task, sub(result, 2), state, description)
end


-- looks at the state, forwards, and keeps what the print service has taken

function _M.forward()
    local definition, task = var[1], var[2]

    authenticate()

    local state, description = read_body()
    local key = "pt:" .. definition .. ":" .. task
    local red = redis_open()
    local now, err = red:hget(key, "state")

    if not now then
        return unavailable(err)
    end

    if now == ngx.null then
        redis_close(red)
        return fail(404, "notFound", "There is no such task.")
    end

    if now ~= "processing" and now ~= "pending" or state == "pending" then
        redis_close(red)
        return conflict(now, state)
    end

    local back = capture("/_backend" .. var.uri, { method = ngx.HTTP_PATCH,
                                               always_forward_body = true })

    if back.status >= 200 and back.status < 300 and not back.truncated then
        local result = redis_change(red, key, state, description)

        redis_close(red)

        if byte(result) ~= DONE then
            return refused(result, state)
        end

    else
        redis_close(red)
    end

    ngx.status = back.status
    ngx.header["Content-Type"] = back.header["Content-Type"]
    ngx.header["Content-Length"] = #back.body
    ngx.print(back.body)
end


return _M
