-- The requests of the file SIGNED, which sign_requests.pl has made.
local requests = {}
local next_request = 0

function init(args)
	wrk.headers["X-Amz-Target"] = "DynamoDB_20120810.GetItem"
	wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
	for line in io.lines(os.getenv("SIGNED")) do
		local body, date, authorization = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)$")
		requests[#requests + 1] = wrk.format("POST", "/",
			{["X-Amz-Date"] = date, ["Authorization"] = authorization, ["Host"] = wrk.headers["Host"],
			 ["X-Amz-Target"] = wrk.headers["X-Amz-Target"], ["Content-Type"] = wrk.headers["Content-Type"]}, body)
	end
end

function request()
	next_request = next_request % #requests + 1
	return requests[next_request]
end
