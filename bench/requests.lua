-- For wrk: send the requests of the file in BENCH_REQUESTS one after another, and tell the result as one line of JSON.
local requests, turn = {}, 0

function init(args)
  math.randomseed(os.time())
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local method, path, cookie, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    requests[#requests + 1] = { method = method, path = path, cookie = cookie, body = body }
  end
  turn = math.random(#requests)
end

local function uuid()
  return (("xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx"):gsub("x", function() return ("%x"):format(math.random(0, 15)) end))
end

function request()
  turn = turn % #requests + 1
  local wanted = requests[turn]
  local headers = { ["Cookie"] = wanted.cookie, ["Host"] = "localhost", ["Accept-Encoding"] = "gzip, br" }
  if wanted.method == "GET" then return wrk.format("GET", wanted.path, headers) end
  headers["X-CSRFToken"] = wanted.cookie:match("csrftoken=(%w+)")
  headers["Content-Type"] = "application/x-www-form-urlencoded"
  return wrk.format(wanted.method, wanted.path, headers, (wanted.body:gsub("{uuid}", uuid)))
end

function done(summary, latency, all)
  local e = summary.errors
  io.write(("BENCH {\"requests\": %d, \"microseconds\": %d, \"p95\": %d, \"errors\": %d}\n"):format(
    summary.requests, summary.duration, latency:percentile(95), e.connect + e.read + e.write + e.status + e.timeout))
end
