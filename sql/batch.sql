-- BatchWriteItem and BatchGetItem.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA batch;
SET search_path = batch, public;
SET dynamo.schema = batch;

-- The reply of an operation, or its error.
CREATE FUNCTION call(operation text, request text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.call(operation, request::json);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || regexp_replace(SQLERRM, '@[0-9a-f]+', '@hash', 'g');
END
$$;
CREATE FUNCTION batch_write(items text) RETURNS text LANGUAGE sql AS $$ SELECT call('BatchWriteItem', format('{"RequestItems":{%s}}', items)) $$;
CREATE FUNCTION batch_get(items text) RETURNS text LANGUAGE sql AS $$ SELECT call('BatchGetItem', format('{"RequestItems":{%s}}', items)) $$;
-- n puts, or keys, p1 to pn
CREATE FUNCTION puts(n int) RETURNS text LANGUAGE sql AS $$ SELECT json_agg(format('{"PutRequest":{"Item":{"p":{"S":"p%s"}}}}', i)::json)::text FROM generate_series(1, n) i $$;
CREATE FUNCTION keys(n int) RETURNS text LANGUAGE sql AS $$ SELECT json_agg(format('{"p":{"S":"p%s"}}', i)::json)::text FROM generate_series(1, n) i $$;
SELECT dynamo.create_table(json_build_object('TableName', name, 'BillingMode', 'PAY_PER_REQUEST', 'KeySchema', '[{"AttributeName":"p","KeyType":"HASH"}]'::json,
    'AttributeDefinitions', '[{"AttributeName":"p","AttributeType":"S"}]'::json)) IS NOT NULL FROM unnest('{One,Two}'::text[]) name;
SELECT dynamo.create_table('{"TableName":"Three","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"n","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"},{"AttributeName":"b","AttributeType":"B"}]}') IS NOT NULL;

----------------------------------------------------------------------
-- Puts and deletes of several tables
----------------------------------------------------------------------
SELECT batch_write('"One":[{"PutRequest":{"Item":{"p":{"S":"a"},"x":{"N":"1"}}}},{"PutRequest":{"Item":{"p":{"S":"b"}}}},{"DeleteRequest":{"Key":{"p":{"S":"absent"}}}}],"Three":[{"PutRequest":{"Item":{"n":{"N":"1"},"b":{"B":"AA=="}}}}]');
SELECT batch_write('"One":[{"PutRequest":{"Item":{"p":{"S":"a"},"x":{"N":"2"}}}},{"DeleteRequest":{"Key":{"p":{"S":"b"}}}}],"Two":[{"PutRequest":{"Item":{"p":{"S":"a"}}}}]');
SELECT 'One', item FROM "One" UNION ALL SELECT 'Two', item FROM "Two" UNION ALL SELECT 'Three', item FROM "Three";
SELECT call('BatchWriteItem', '{"ReturnConsumedCapacity":"TOTAL","ReturnItemCollectionMetrics":"SIZE","RequestItems":{"One":[{"PutRequest":{"Item":{"p":{"S":"a"}}}},{"PutRequest":{"Item":{"p":{"S":"b"}}}}],"Two":[{"DeleteRequest":{"Key":{"p":{"S":"absent"}}}}]}}');
SELECT call('BatchWriteItem', '{"ReturnConsumedCapacity":"INDEXES","RequestItems":{"arn:aws:dynamodb:local:000000000000:table/One":[{"DeleteRequest":{"Key":{"p":{"S":"b"}}}}]}}');
SELECT batch_write('"One":' || puts(25)), count(*) FROM "One";
SELECT count(*) FROM "One";

----------------------------------------------------------------------
-- A batch is written as a whole or not at all
----------------------------------------------------------------------
TRUNCATE "One", "Two", "Three";
SELECT bad, batch_write('"One":[{"PutRequest":{"Item":{"p":{"S":"good"}}}}],' || bad), (SELECT count(*) FROM "One")
FROM unnest(ARRAY['"Two":[{}]', '"Two":[]', '"Two":{}', '"Two":[{"PutRequest":{}}]', '"Two":[{"PutRequest":{"Item":{"p":{"S":"a"}}},"DeleteRequest":{"Key":{"p":{"S":"b"}}}}]', '"Two":[{"PutRequest":{"Item":{}}}]', '"Two":[{"PutRequest":{"Item":{"p":{"N":"1"}}}}]',
    '"Two":[{"PutRequest":{"Item":{"p":{"S":""}}}}]', '"Two":[{"PutRequest":{"Item":{"p":{"S":"a"},"x":{"SS":[]}}}}]', '"Two":[{"DeleteRequest":{"Key":{"p":{"S":"a"},"x":{"S":"b"}}}}]', '"Two":[{"DeleteRequest":{"Key":{"p":{"N":"1"}}}}]', '"Two":[{"DeleteRequest":{"Key":{"q":{"S":"a"}}}}]',
    '"Two":[{"PutRequest":{"Item":{"p":{"S":"a"}}}},{"PutRequest":{"Item":{"p":{"S":"a"},"x":{"N":"1"}}}}]', '"Two":[{"PutRequest":{"Item":{"p":{"S":"a"}}}},{"DeleteRequest":{"Key":{"p":{"S":"a"}}}}]', '"arn:aws:dynamodb:local:000000000000:table/One":[{"DeleteRequest":{"Key":{"p":{"S":"good"}}}}]',
    '"Three":[{"DeleteRequest":{"Key":{"n":{"N":"1"},"b":{"B":"AA=="}}}},{"DeleteRequest":{"Key":{"n":{"N":"1.0"},"b":{"B":"AA=="}}}}]', '"Nope":[{"PutRequest":{"Item":{"p":{"S":"a"}}}}]', '"no":[{"PutRequest":{"Item":{"p":{"S":"a"}}}}]', '"Two":[null]', '"Two":[{"UpdateRequest":{}}]']) bad;
-- of two members of one name the last counts
SELECT batch_write('"One":[{"PutRequest":{"Item":{"p":{"S":"first"}}}}],"One":[{"PutRequest":{"Item":{"p":{"S":"last"}}}}]');
SELECT item FROM "One";
SELECT batch_get('"One":{"Keys":[{"p":{"S":"first"}}]},"One":{"Keys":[{"p":{"S":"last"}}]}');
TRUNCATE "One";
SELECT batch_write('"One":' || puts(13) || ',"Two":' || puts(13)), (SELECT count(*) FROM "One");
SELECT left(batch_write('"One":' || puts(26)), 80), right(batch_write('"One":' || puts(26)), 180);
SELECT batch_write(''), call('BatchWriteItem', '{}');
SELECT batch_write(format('"One":[{"PutRequest":{"Item":{"p":{"S":"good"}}}},{"PutRequest":{"Item":{"p":{"S":"big"},"x":{"S":"%s"}}}}]', repeat('x', 409600))), (SELECT count(*) FROM "One");
-- so it is when the database refuses the last of it: a value too long for an index, a missing right
CREATE INDEX two_x ON "Two" ((item ->> 'x'));
SELECT left(batch_write(format('"One":[{"PutRequest":{"Item":{"p":{"S":"good"}}}}],"Two":[{"PutRequest":{"Item":{"p":{"S":"big"},"x":{"S":"%s"}}}}]', (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 1000) i))), 20), (SELECT count(*) FROM "One");
DROP INDEX two_x;
CREATE ROLE batch_writer;
GRANT USAGE ON SCHEMA batch TO batch_writer;
GRANT INSERT, UPDATE ON "One" TO batch_writer;
SET ROLE batch_writer;
SELECT batch_write('"One":[{"PutRequest":{"Item":{"p":{"S":"good"}}}}],"Two":[{"PutRequest":{"Item":{"p":{"S":"good"}}}}]');
SELECT batch_write('"One":[{"PutRequest":{"Item":{"p":{"S":"good"}}}},{"DeleteRequest":{"Key":{"p":{"S":"other"}}}}]');
RESET ROLE;
SELECT count(*) FROM "One";
REVOKE ALL ON "One" FROM batch_writer;
REVOKE ALL ON SCHEMA batch FROM batch_writer;
DROP ROLE batch_writer;

----------------------------------------------------------------------
-- BatchGetItem
----------------------------------------------------------------------
SELECT batch_write('"One":[{"PutRequest":{"Item":{"p":{"S":"a"},"x":{"N":"1"},"m":{"M":{"k":{"S":"v"}}}}}},{"PutRequest":{"Item":{"p":{"S":"b"}}}}],"Three":[{"PutRequest":{"Item":{"n":{"N":"1"},"b":{"B":"AA=="}}}}]');
SELECT batch_get('"One":{"Keys":[{"p":{"S":"b"}},{"p":{"S":"absent"}},{"p":{"S":"a"}}]},"Three":{"Keys":[{"n":{"N":"1.0"},"b":{"B":"AA=="}}]},"Two":{"Keys":[{"p":{"S":"a"}}]}');
SELECT batch_get('"One":{"Keys":[{"p":{"S":"a"}},{"p":{"S":"b"}}],"ProjectionExpression":"#m.k, x","ExpressionAttributeNames":{"#m":"m"}}');
SELECT batch_get('"arn:aws:dynamodb:local:000000000000:table/One":{"Keys":[{"p":{"S":"b"}}]}');
-- what is absent is paid for, too, and each table in its own way of reading
SELECT call('BatchGetItem', '{"ReturnConsumedCapacity":"TOTAL","RequestItems":{"One":{"Keys":[{"p":{"S":"a"}},{"p":{"S":"absent"}}],"ConsistentRead":true},"Three":{"Keys":[{"n":{"N":"1"},"b":{"B":"AA=="}}]}}}');
SELECT call('BatchGetItem', '{"ReturnConsumedCapacity":"INDEXES","RequestItems":{"One":{"Keys":[{"p":{"S":"a"}}]}}}');
SELECT batch_get('"One":{"Keys":' || keys(100) || '}'), batch_get('"One":{"Keys":' || keys(60) || '},"Two":{"Keys":' || keys(41) || '}');
SELECT right(batch_get('"One":{"Keys":' || keys(101) || '}'), 120);
SELECT bad, batch_get(bad)
FROM unnest(ARRAY['"Two":{}', '"Two":{"Keys":[]}', '"Two":{"Keys":[null]}', '"Two":{"Keys":[{}]}', '"Two":{"Keys":[{"p":{"S":"a"},"x":{"S":"b"}}]}', '"Two":{"Keys":[{"p":{"N":"1"}}]}', '"Two":{"Keys":[{"p":{"S":""}}]}', '"Two":{"Keys":[{"p":{}}]}', '"Two":[]',
    '"Two":{"Keys":[{"p":{"S":"a"}},{"p":{"S":"a"}}]}', '"Three":{"Keys":[{"n":{"N":"1"},"b":{"B":"AA=="}},{"n":{"N":"1.0"},"b":{"B":"AA=="}}]}', '"One":{"Keys":[{"p":{"S":"a"}}]},"arn:aws:dynamodb:local:000000000000:table/One":{"Keys":[{"p":{"S":"a"}}]}', '"Nope":{"Keys":[{"p":{"S":"a"}}]}',
    '"Two":{"Keys":[{"p":{"S":"a"}}],"ProjectionExpression":"a,"}', '"Two":{"Keys":[{"p":{"S":"a"}}],"ProjectionExpression":"p.a"}', '"Two":{"Keys":[{"p":{"S":"a"}}],"ExpressionAttributeNames":{"#a":"b"}}', '"Two":{"Keys":[{"p":{"S":"a"}}],"ProjectionExpression":"a","ExpressionAttributeNames":{"#a":"b"}}', '"Two":{"Keys":[{"p":{"S":"a"}}],"AttributesToGet":["a"]}']) bad;
SELECT batch_get(''), call('BatchGetItem', '{}');

-- A reply holds 16 MB; the other keys come back, with what was said about their table.
SELECT count(dynamo.put_item(json_build_object('TableName', 'Two', 'Item', json_build_object('p', json_build_object('S', 'p' || i), 'x', json_build_object('S', repeat('x', 400000)))))) FROM generate_series(1, 44) i;
CREATE TABLE answer AS SELECT dynamo.batch_get_item(format('{"ReturnConsumedCapacity":"TOTAL","RequestItems":{"Two":{"Keys":%s,"ProjectionExpression":"#p","ExpressionAttributeNames":{"#p":"p"},"ConsistentRead":true},"One":{"Keys":[{"p":{"S":"a"}}]}}}', keys(44))::json) AS reply;
SELECT json_array_length(reply -> 'Responses' -> 'Two'), json_array_length(reply -> 'Responses' -> 'One'), reply -> 'UnprocessedKeys', reply -> 'ConsumedCapacity' FROM answer;
SELECT json_array_length(r -> 'Responses' -> 'Two'), r -> 'Responses' -> 'One', r -> 'UnprocessedKeys' FROM answer, LATERAL dynamo.batch_get_item(json_build_object('RequestItems', reply -> 'UnprocessedKeys')) r;

SELECT dynamo.delete_table(json_build_object('TableName', name)) IS NOT NULL FROM unnest('{One,Two,Three}'::text[]) name;
DROP SCHEMA batch CASCADE;
