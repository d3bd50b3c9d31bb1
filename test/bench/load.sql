-- The table "bench": 1 KB items, ten attributes, one of them a number.
SELECT dynamo.create_table('{"TableName": "bench", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}') \g /dev/null
INSERT INTO bench
    SELECT 'user' || i,
        format('{"f0":{"S":"%1$s"},"f1":{"S":"%1$s"},"f2":{"S":"%1$s"},"f3":{"S":"%1$s"},"f4":{"S":"%1$s"},'
               '"f5":{"S":"%1$s"},"f6":{"S":"%1$s"},"f7":{"S":"%1$s"},"f8":{"S":"%1$s"},"f9":{"N":"%2$s"}}',
               repeat(md5(i::text), 3) || 'abcdefgh', i)::dynamo.item
    FROM generate_series(1, :items) AS i;
VACUUM (FREEZE, ANALYZE) bench;
CHECKPOINT;
