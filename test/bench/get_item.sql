\set id random(1, :items)
SELECT dynamo.get_item(('{"TableName":"bench","Key":{"pk":{"S":"user' || :id || '"}}}')::json);
