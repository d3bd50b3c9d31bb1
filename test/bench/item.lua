-- GetItem, PutItem, UpdateItem or TransactWriteItems of four puts (OPERATION) of
-- random keys among ITEMS, or Query of a full page.  The requests are made
-- beforehand, so that wrk's own work does not eat the processors that it shares
-- with the server.
local operation = os.getenv("OPERATION")
local items = tonumber(os.getenv("ITEMS"))
local requests = {}
local next_request = 0

local function put(key)
	return '{"TableName":"bench","Item":{"pk":{"S":"' .. key .. '"},"f0":{"S":"' ..
		string.rep("x", 1000) .. '"}}}'
end

local bodies = {
	GetItem = function(key)
		return '{"TableName":"bench","Key":{"pk":{"S":"' .. key .. '"}}}'
	end,
	PutItem = put,
	-- no two of one item
	TransactWriteItems = function(key)
		local actions, keys = {}, {[key] = true}
		actions[1] = '{"Put":' .. put(key) .. '}'
		while #actions < 4 do
			local other = "user" .. math.random(items)
			if not keys[other] then
				keys[other] = true
				actions[#actions + 1] = '{"Put":' .. put(other) .. '}'
			end
		end
		return '{"TransactItems":[' .. table.concat(actions, ",") .. ']}'
	end,
	-- a condition and two actions
	UpdateItem = function(key)
		return '{"TableName":"bench","Key":{"pk":{"S":"' .. key .. '"}},' ..
			'"UpdateExpression":"SET f1 = :s, f9 = :n","ConditionExpression":"attribute_exists(f0)",' ..
			'"ExpressionAttributeValues":{":s":{"S":"changed"},":n":{"N":"' .. math.random(1000000) .. '"}}}'
	end,
	Query = function()
		return '{"TableName":"pages","KeyConditionExpression":"pk = :p",' ..
			'"ExpressionAttributeValues":{":p":{"S":"page"}}}'
	end,
}

function init(args)
	math.randomseed(os.time())
	wrk.headers["X-Amz-Target"] = "DynamoDB_20120810." .. operation
	wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
	-- others want one, whatever it says
	if os.getenv("AUTHORIZATION") then
		wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, " ..
			"SignedHeaders=host, Signature=x"
		wrk.headers["X-Amz-Date"] = "20260101T000000Z"
	end
	for i = 1, operation == "Query" and 1 or 20000 do
		requests[i] = wrk.format("POST", "/", nil, bodies[operation]("user" .. math.random(items)))
	end
end

function request()
	next_request = next_request % #requests + 1
	return requests[next_request]
end

-- With WAIT (ms) the rate is limited; the waits differ, so that not all come at once.
if os.getenv("WAIT") then
	function delay()
		return math.random(0, 2 * tonumber(os.getenv("WAIT")))
	end
end
