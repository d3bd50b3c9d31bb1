-- The table "pages": 2,000 items of 1 KB under one partition key, which is two
-- pages of Query.
SELECT dynamo.create_table('{"TableName": "pages", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}]}') \g /dev/null
INSERT INTO pages
    SELECT 'page', i,
        format('{"f0":{"S":"%1$s"},"f1":{"S":"%1$s"},"f2":{"S":"%1$s"},"f3":{"S":"%1$s"},"f4":{"S":"%1$s"},'
               '"f5":{"S":"%1$s"},"f6":{"S":"%1$s"},"f7":{"S":"%1$s"},"f8":{"S":"%1$s"},"f9":{"N":"%2$s"}}',
               repeat(md5(i::text), 3) || 'abcdefgh', i)::dynamo.item
    FROM generate_series(1, 2000) AS i;
VACUUM (FREEZE, ANALYZE) pages;
