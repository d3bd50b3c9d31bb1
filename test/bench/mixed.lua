-- All kinds of operations on random keys among ITEMS.  Some of them fail, as
-- their conditions say.
local items = tonumber(os.getenv("ITEMS"))
local requests = {}
local next_request = 0

local function item(key)
	return '{"pk":{"S":"' .. key .. '"},"f0":{"S":"' .. string.rep("x", math.random(1500)) ..
		'"},"f9":{"N":"' .. math.random(1000) .. '"}}'
end

local function key_of(key)
	return '{"pk":{"S":"' .. key .. '"}}'
end

local function on_table(members)
	return '{"TableName":"bench",' .. members .. '}'
end

local operations = {
	{"GetItem", function(key) return on_table('"Key":' .. key_of(key)) end},
	{"GetItem", function(key) return on_table('"Key":' .. key_of(key) .. ',"ProjectionExpression":"f0, f9"') end},
	{"PutItem", function(key) return on_table('"Item":' .. item(key) .. ',"ReturnValues":"ALL_OLD"') end},
	{"PutItem", function(key)
		return on_table('"Item":' .. item(key) .. ',"ConditionExpression":"f9 < :n","ExpressionAttributeValues":{":n":{"N":"500"}}')
	end},
	{"UpdateItem", function(key)
		return on_table('"Key":' .. key_of(key) .. ',"UpdateExpression":"ADD f9 :one","ReturnValues":"ALL_NEW",' ..
			'"ExpressionAttributeValues":{":one":{"N":"1"}}')
	end},
	{"DeleteItem", function(key) return on_table('"Key":' .. key_of(key)) end},
	{"Query", function(key)
		return on_table('"KeyConditionExpression":"pk = :p","FilterExpression":"size(f0) > :n",' ..
			'"ExpressionAttributeValues":{":p":{"S":"' .. key .. '"},":n":{"N":"100"}}')
	end},
	{"Scan", function() return on_table('"Segment":' .. math.random(1000) - 1 .. ',"TotalSegments":1000,"Limit":20') end},
	{"BatchGetItem", function(key)
		return '{"RequestItems":{"bench":{"Keys":[' .. key_of(key) .. ',' .. key_of(key .. "x") .. ']}}}'
	end},
	{"TransactWriteItems", function(key)
		return '{"TransactItems":[{"Put":' .. on_table('"Item":' .. item(key)) .. '},{"Update":' ..
			on_table('"Key":' .. key_of(key .. "x") .. ',"UpdateExpression":"ADD n :one",' ..
				'"ExpressionAttributeValues":{":one":{"N":"1"}}') .. '}]}'
	end},
	{"DescribeTable", function() return '{"TableName":"bench"}' end},
	{"GetItem", function() return '{"TableName":"bench","Key":{"pk":{"N":"1"}}}' end},
	{"GetItem", function() return '{"TableName":' end},
}

function init(args)
	math.randomseed(os.time())
	for i = 1, 20000 do
		local operation = operations[math.random(#operations)]
		local headers = {
			["X-Amz-Target"] = "DynamoDB_20120810." .. operation[1],
			["Content-Type"] = "application/x-amz-json-1.0",
		}

		requests[i] = wrk.format("POST", "/", headers, operation[2]("user" .. math.random(items)))
	end
end

function request()
	next_request = next_request % #requests + 1
	return requests[next_request]
end
