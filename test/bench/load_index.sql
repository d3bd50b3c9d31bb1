-- Item tables "own" and "indexed", which has a global index besides; "by_hand"
-- and "by_c", heap tables of the same columns with an index table that an AFTER
-- ROW trigger keeps; and a file of their items: 1 KB, ten to a key, whether the
-- table's or the index's.
SELECT dynamo.create_table('{"TableName": "own", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}]}') \g /dev/null
SELECT dynamo.create_table('{"TableName": "indexed", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"},
        {"AttributeName": "gpk", "AttributeType": "S"}, {"AttributeName": "gsk", "AttributeType": "N"}],
    "GlobalSecondaryIndexes": [{"IndexName": "by_g", "Projection": {"ProjectionType": "ALL"},
        "KeySchema": [{"AttributeName": "gpk", "KeyType": "HASH"}, {"AttributeName": "gsk", "KeyType": "RANGE"}]}]}') \g /dev/null

CREATE TABLE by_hand (pk text COLLATE "C", sk numeric, item dynamo.item NOT NULL, PRIMARY KEY (pk, sk));
CREATE TABLE by_hand_g (gpk text COLLATE "C", gsk numeric, pk text COLLATE "C", sk numeric, item dynamo.item NOT NULL,
    PRIMARY KEY (gpk, gsk, pk, sk));
CREATE FUNCTION keep_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO by_hand_g VALUES (new.item ->> 'gpk', (new.item ->> 'gsk')::numeric, new.pk, new.sk, new.item);
    RETURN NULL;
END
$$;
CREATE TRIGGER keep AFTER INSERT ON by_hand FOR EACH ROW EXECUTE FUNCTION keep_by_hand();

CREATE TABLE by_c (LIKE by_hand INCLUDING ALL);
CREATE TABLE by_c_g (LIKE by_hand_g INCLUDING ALL);
CREATE FUNCTION keep_by_c() RETURNS trigger LANGUAGE c AS :'trigger_library', 'keep_entry';
CREATE TRIGGER keep AFTER INSERT ON by_c FOR EACH ROW EXECUTE FUNCTION keep_by_c('by_c_g');

-- the index's keys are the table's, turned around
CREATE TEMP VIEW items AS
    SELECT pk, sk,
        format('{"pk":{"S":"%2$s"},"sk":{"N":"%3$s"},"gpk":{"S":"g%4$s"},"gsk":{"N":"%5$s"},'
               '"f0":{"S":"%1$s"},"f1":{"S":"%1$s"},"f2":{"S":"%1$s"},"f3":{"S":"%1$s"},"f4":{"S":"%1$s"},"f5":{"S":"%1$s"}}',
               repeat(md5(i::text), 5), pk, sk, (i * 7919::bigint) % (:items / 10), i % 10)::dynamo.item AS item
    FROM generate_series(0, :items - 1) AS i, LATERAL (SELECT 'p' || i / 10 AS pk, i % 10 AS sk) AS key;
COPY (SELECT * FROM items ORDER BY md5(pk || sk)) TO :'items_file';
