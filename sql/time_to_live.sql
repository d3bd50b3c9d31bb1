-- DescribeTimeToLive by SQL function
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
RESET client_min_messages;
\pset format unaligned
\pset tuples_only on

SELECT dynamo.create_table('{"TableName": "Sessions", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]}') IS NOT NULL;

SELECT dynamo.describe_time_to_live('{"TableName": "Sessions"}');
SELECT dynamo.call('DescribeTimeToLive', '{"TableName": "arn:aws:dynamodb:us-east-1:123456789012:table/Sessions"}');

-- What is refused, word for word as it is of other operations
CREATE FUNCTION pg_temp.answer(request text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.describe_time_to_live(request::json);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT request, pg_temp.answer(request) FROM unnest(ARRAY['{}', '[]', '{"TableName": null}', '{"TableName": ""}', '{"TableName": "a"}',
    '{"TableName": "a$b"}', '{"TableName": 1}', '{"TableName": "Missing"}',
    '{"TableName": "arn:aws:dynamodb:local:000000000000:table/Missing"}', '{"TableName": "arn:aws:s3:local:000000000000:table/Sessions"}']) AS request;

-- Nothing expires, and nobody may believe that it does
SELECT dynamo.call('UpdateTimeToLive', '{"TableName": "Sessions", "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "t"}}');

DROP TABLE "Sessions";
