-- GetItem of random keys; the requests are made beforehand, so that wrk's own
-- work does not eat the processors it shares with the server.
local requests = {}
local next_request = 0

function init(args)
	local items = tonumber(os.getenv("ITEMS"))
	math.randomseed(os.time())
	wrk.headers["X-Amz-Target"] = "DynamoDB_20120810.GetItem"
	wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
	for i = 1, 20000 do
		requests[i] = wrk.format("POST", "/", nil,
			'{"TableName":"bench","Key":{"pk":{"S":"user' .. math.random(items) .. '"}}}')
	end
end

function request()
	next_request = next_request % #requests + 1
	return requests[next_request]
end
