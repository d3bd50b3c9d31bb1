-- PutItem or Query (OPERATION; MoveItem: PutItem with other keys of the index) of
-- TABLE, with INDEX or on the table's own key; ITEMS are in the table, ten to a
-- key.  The requests are made beforehand, so
-- that wrk's own work does not eat the processors that it shares with the
-- server.
local operation = os.getenv("OPERATION")
local table_name = os.getenv("TABLE")
local index_name = os.getenv("INDEX")
local keys = math.floor(tonumber(os.getenv("ITEMS")) / 10)
local requests = {}
local next_request = 0

-- The content is by chance: an item that is put as it is changes no index.
local function put(pk, sk, gpk, gsk)
	return '{"TableName":"' .. table_name .. '","Item":{"pk":{"S":"p' .. pk .. '"},"sk":{"N":"' .. sk ..
		'"},"gpk":{"S":"g' .. gpk .. '"},"gsk":{"N":"' .. gsk .. '"},"n":{"N":"' .. math.random(1000000000) ..
		'"},"f0":{"S":"' .. string.rep("x", 1000) .. '"}}}'
end

local bodies = {
	-- an item that keeps its place in the index, but not its content
	PutItem = function()
		local key = math.random(0, keys - 1)

		return put(key, math.random(0, 9), key, 0)
	end,
	-- an item that gets another place in the index
	MoveItem = function()
		return put(math.random(0, keys - 1), math.random(0, 9), math.random(0, keys - 1), math.random(0, 1000000))
	end,
	Query = function()
		local from = '"KeyConditionExpression":"pk = :k","ExpressionAttributeValues":{":k":{"S":"p'

		if index_name ~= "" then
			from = '"IndexName":"' .. index_name .. '","KeyConditionExpression":"gpk = :k","ExpressionAttributeValues":{":k":{"S":"g'
		end
		return '{"TableName":"' .. table_name .. '",' .. from .. math.random(0, keys - 1) .. '"}}}'
	end,
}

function init(args)
	math.randomseed(os.time())
	wrk.headers["X-Amz-Target"] = "DynamoDB_20120810." .. (operation == "Query" and operation or "PutItem")
	wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
	for i = 1, 20000 do
		requests[i] = wrk.format("POST", "/", nil, bodies[operation]())
	end
end

function request()
	next_request = next_request % #requests + 1
	return requests[next_request]
end

-- With WAIT (ms) the rate is limited; the waits differ, so that not all come at once.
local wait = tonumber(os.getenv("WAIT") or "")
if wait then
	function delay()
		return math.random(0, 2 * wait)
	end
end
