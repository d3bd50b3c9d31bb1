-- GetItem or PutItem (OPERATION) of random keys among ITEMS.  The requests are
-- made beforehand, so that wrk's own work does not eat the processors that it
-- shares with the server.
local operation = os.getenv("OPERATION")
local items = tonumber(os.getenv("ITEMS"))
local requests = {}
local next_request = 0

local function body(key)
	if operation == "GetItem" then
		return '{"TableName":"bench","Key":{"pk":{"S":"' .. key .. '"}}}'
	end
	return '{"TableName":"bench","Item":{"pk":{"S":"' .. key .. '"},"f0":{"S":"' ..
		string.rep("x", 1000) .. '"}}}'
end

function init(args)
	math.randomseed(os.time())
	wrk.headers["X-Amz-Target"] = "DynamoDB_20120810." .. operation
	wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
	for i = 1, 20000 do
		requests[i] = wrk.format("POST", "/", nil, body("user" .. math.random(items)))
	end
end

function request()
	next_request = next_request % #requests + 1
	return requests[next_request]
end
