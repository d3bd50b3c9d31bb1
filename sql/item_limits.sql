-- The limits of an item and of its keys, each at the last value that is
-- allowed and the first that is not.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
\pset null '(null)'

-- What a statement raises: SQLSTATE and message.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
CREATE FUNCTION try_item(input text) RETURNS text LANGUAGE sql AS $$ SELECT try(format('SELECT %L::dynamo.item', input)) $$;

-- 400 KB in all, names and values together.
SELECT try_item('{"x":{"S":"' || repeat('a', 409599) || '"}}') AS fits, try_item('{"x":{"S":"' || repeat('a', 409600) || '"}}') AS too_large;
SELECT try_item('{"' || repeat('n', 50000) || '":{"S":"' || repeat('a', 359600) || '"}}') AS fits,
    try_item('{"' || repeat('n', 50000) || '":{"S":"' || repeat('a', 359601) || '"}}') AS too_large;
SELECT try_item('{"x":{"S":"' || repeat('é', 204799) || 'a"}}') AS fits, try_item('{"x":{"S":"' || repeat('é', 204800) || '"}}') AS too_large;
SELECT try_item('{"x":{"B":"' || translate(encode(convert_to(repeat('a', 409599), 'UTF8'), 'base64'), E'\n', '') || '"}}') AS fits,
    try_item('{"x":{"B":"' || translate(encode(convert_to(repeat('a', 409600), 'UTF8'), 'base64'), E'\n', '') || '"}}') AS too_large;
-- Spelling does not count: each number here is longer as text than as value.
SELECT dynamo.item_size(('{"x":{"L":[' || string_agg('{"N":"0.000000000000000000000000000000000001"}', ',') || ']}}')::dynamo.item)
FROM generate_series(1, 100000);
SELECT try_item('{"x":{"L":[' || string_agg('{"NULL":true}', ',') || ']}}') AS fits FROM generate_series(1, 204798);
SELECT try_item('{"x":{"L":[' || string_agg('{"NULL":true}', ',') || ']}}') AS too_large FROM generate_series(1, 204799);
SELECT try_item('{"x":{"SS":["' || string_agg(lpad(i::text, 8, '0'), '","') || '"]}}') AS fits FROM generate_series(1, 51199) i;
SELECT try_item('{"x":{"SS":["' || string_agg(lpad(i::text, 8, '0'), '","') || '"]}}') AS too_large FROM generate_series(1, 51200) i;
SELECT try_item('{' || string_agg(format('"%s":{"NULL":true}', lpad(i::text, 7, '0')), ',') || '}') AS fits FROM generate_series(1, 51200) i;
SELECT try_item('{' || string_agg(format('"%s":{"NULL":true}', lpad(i::text, 7, '0')), ',') || '}') AS too_large FROM generate_series(1, 51201) i;

-- 31 documents within each other, and the item around them.
SELECT kind, inner_value, levels, try_item('{"x":' || repeat(opening, levels) || inner_value || repeat(closing, levels) || '}')
FROM (VALUES ('L', '{"L":[', ']}'), ('M', '{"M":{"m":', '}}')) k(kind, opening, closing),
    (VALUES ('{"S":"a"}'), ('{"SS":["a"]}')) v(inner_value),
    generate_series(30, 33) levels
ORDER BY kind, inner_value, levels;
SELECT try_item('{"x":' || repeat('{"L":[', 30) || '{"L":[]}' || repeat(']}', 30) || '}') AS empty_31,
    try_item('{"x":' || repeat('{"L":[', 31) || '{"L":[]}' || repeat(']}', 31) || '}') AS empty_32,
    try_item('{"x":' || repeat('{"L":[', 100) || repeat(']}', 100) || '}') AS of_100;
SELECT try_item('{"x":' || repeat('{"M":{"a":{"L":[', 15) || '{"M":{}}' || repeat(']}}}', 15) || '}') AS mixed_31,
    try_item('{"x":' || repeat('{"M":{"a":{"L":[', 16) || '{"S":""}' || repeat(']}}}', 16) || '}') AS mixed_32;

-- Names: 1 to 65,535 bytes, at the top and inside.
SELECT try_item('{"":{"S":""}}') AS empty, try_item('{"x":{"M":{"":{"S":""}}}}') AS empty_inside,
    try_item('{"' || repeat('n', 65535) || '":{"S":""}}') AS fits, try_item('{"' || repeat('n', 65536) || '":{"S":""}}') AS too_long;
SELECT try_item('{"x":{"M":{"' || repeat('n', 65535) || '":{"S":""}}}}') AS fits, try_item('{"x":{"M":{"' || repeat('n', 65536) || '":{"S":""}}}}') AS too_long,
    try_item('{"' || repeat('é', 32767) || '":{"S":""}}') AS fits, try_item('{"' || repeat('é', 32768) || '":{"S":""}}') AS too_long;
SELECT try_item('{"' || repeat('n', 1000000) || '":{"S":""}}') AS a_million;

-- Keys: 2048 and 1024 bytes, not empty; by the API and by SQL.
SELECT dynamo.create_table(format('{"TableName":"limits_%s","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"%s"},{"AttributeName":"r","AttributeType":"%s"}]}',
    lower(type), type, type)::json) IS NOT NULL AS created
FROM (VALUES ('S'), ('B')) t(type);
CREATE FUNCTION key_text(type text, len int) RETURNS text LANGUAGE sql AS $$
    SELECT CASE type WHEN 'S' THEN repeat('k', len) ELSE translate(encode(convert_to(repeat('k', len), 'UTF8'), 'base64'), E'\n', '') END
$$;
SELECT type, hash, range,
    try(format('SELECT dynamo.put_item(''{"TableName":"limits_%s","Item":{"p":{"%s":"%s"},"r":{"%s":"%s"}}}'')',
        lower(type), type, key_text(type, hash), type, key_text(type, range))) AS put_item,
    try(format('SELECT dynamo.get_item(''{"TableName":"limits_%s","Key":{"p":{"%s":"%s"},"r":{"%s":"%s"}}}'')',
        lower(type), type, key_text(type, hash), type, key_text(type, range))) AS get_item,
    try(CASE type WHEN 'S' THEN format('INSERT INTO limits_s VALUES (repeat(''k'', %s), repeat(''k'', %s), ''{}'') ON CONFLICT DO NOTHING', hash, range)
        ELSE format('INSERT INTO limits_b VALUES (repeat(''k'', %s)::bytea, repeat(''k'', %s)::bytea, ''{}'') ON CONFLICT DO NOTHING', hash, range) END) AS insert
FROM (VALUES ('S'), ('B')) t(type), (VALUES (1, 1), (2048, 1), (2049, 1), (1, 1024), (1, 1025), (2048, 1024), (2049, 1025), (0, 1), (1, 0)) k(hash, range);
-- Bytes count, not characters.
SELECT try(format('INSERT INTO limits_s VALUES (repeat(''é'', 1024), repeat(''é'', 512), ''{}'')')) AS fits,
    try(format('INSERT INTO limits_s VALUES (repeat(''é'', 1025), ''r'', ''{}'')')) AS hash_too_long,
    try(format('INSERT INTO limits_s VALUES (''p'', repeat(''é'', 513), ''{}'')')) AS range_too_long;
SELECT count(*), max(length(p)), max(length(r)) FROM limits_s;
-- A row of the primary key's index holds no more than this; keys that long
-- and do not compress are refused.
CREATE FUNCTION noise(len int, seed text) RETURNS text LANGUAGE sql AS
    $$ SELECT left(string_agg(md5(seed || i), ''), len) FROM generate_series(1, len / 32 + 1) i $$;
SELECT try('INSERT INTO limits_s VALUES (noise(2048, ''p''), noise(1024, ''r''), ''{}'')') AS largest_keys;
-- Keys filled in from the columns count for the size of the item.
SELECT try(format('INSERT INTO limits_s VALUES (''pp'', ''rr'', ''{"x":{"S":"%s"}}'')', repeat('a', 409600 - 1 - 6))) AS fits,
    try(format('INSERT INTO limits_s VALUES (''pp'', ''qq'', ''{"x":{"S":"%s"}}'')', repeat('a', 409600 - 1 - 5))) AS too_large;
SELECT dynamo.item_size(item) FROM limits_s WHERE p = 'pp';
DROP TABLE limits_s, limits_b;

DROP FUNCTION noise;
DROP FUNCTION key_text;
DROP FUNCTION try_item;
DROP FUNCTION try;
