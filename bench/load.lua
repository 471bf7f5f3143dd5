-- The load: PATCH of tasks, for wrk.
--
--     wrk ... -s load.lua URL -- KIND TOKENS TASKS REQUESTS SEED DELAY
--
-- KIND      change: processing to processing, with another description;
--           broken: a body that is cut off; illegal: back to pending
-- TOKENS    a file of tokens, one a line: a random one for each request, or
--           all in turn if there are as many as requests
-- TASKS     requests are for random ones of so many
-- REQUESTS  so many are made before the run, and sent round
-- DELAY     ms between an answer and the next request on a connection, on
--           average; 0: none
--
-- The last line of output is the result in JSON.

local definition = "3203656e-6069-4e10-8147-d25290b00a3c"

local printers = { "HP-LJ-4200", "Kyocera-P3155dn", "Xerox-C405",
                   "Lexmark-MS826", "Brother-HL", "Canon-iR-ADV-C3530",
                   "Ricoh-IM-C3000", "Epson-WF-C879R", "OKI-C650",
                   "Sharp-MX-3071" }

local requests, n, last, mean = {}, 0, 0, 0


local function lines(path)
    local list = {}

    for line in io.lines(path) do
        list[#list + 1] = line
    end

    return list
end


-- Bench::Tasks::id() makes the same

local function id(i)
    return ("%08x-1272-4bba-9227-%012x"):format(i * 2654435761 % 2^32, i)
end


-- Descriptions differ in length and in the middle: LuaJIT hashes only a few
-- places of a long string, and a body that never differs there would slow the
-- Lua gateway down.

local bodies = {

    change = function(task)
        return ('{"status":{"state":"processing","description":'
                .. '"Page %d of %d is out on %s tray %d, job %s"}}'):format(
                math.random(999), math.random(9999),
                printers[math.random(#printers)], math.random(4),
                task:sub(1, 8))
    end,

    illegal = function(task)
        return ('{"status":{"state":"pending","description":'
                .. '"Page %d of %d is out on %s tray %d, job %s"}}'):format(
                math.random(999), math.random(9999),
                printers[math.random(#printers)], math.random(4),
                task:sub(1, 8))
    end,

    broken = function(task)
        return ('{"status":{"state":"processing","description":'
                .. '"Page %d of %d is out on %s tray %d, job %s'):format(
                math.random(999), math.random(9999),
                printers[math.random(#printers)], math.random(4),
                task:sub(1, 8))
    end
}


function init(args)
    local kind, tokens, tasks = args[1], lines(args[2]), tonumber(args[3])
    local turn

    n = tonumber(args[4])
    turn = (#tokens >= n)

    math.randomseed(tonumber(args[5]))
    mean = tonumber(args[6])

    for i = 1, n do
        local task = id(math.random(tasks) - 1)
        local token = tokens[turn and i or math.random(#tokens)]
        local headers = {
            ["Authorization"] = "Bearer " .. token,
            ["Content-Type"] = "application/json",
            ["User-Agent"] = "print-worker/2.1",
            ["Accept"] = "application/json",
        }

        requests[i] = wrk.format("PATCH", "/print/taskDefinitions/"
                                 .. definition .. "/tasks/" .. task, headers,
                                 bodies[kind](task))
    end

    if mean == 0 then
        delay = nil
    end

    collectgarbage()
    collectgarbage("stop")
end


function request()
    last = last + 1

    if last > n then
        last = 1
    end

    return requests[last]
end


-- Between 0 and twice the mean, so that connections do not keep step; wrk takes
-- whole ms.

function delay()
    return math.floor(math.random() * 2 * mean + math.random())
end


function done(summary, latency)
    io.write(("{\"requests\":%d,\"us\":%d,\"refused\":%d,\"errors\":%d,"
              .. "\"p50\":%d,\"p99\":%d,\"max\":%d}\n"):format(
              summary.requests, summary.duration, summary.errors.status,
              summary.errors.connect + summary.errors.read
              + summary.errors.write + summary.errors.timeout,
              latency:percentile(50), latency:percentile(99), latency.max))
end
