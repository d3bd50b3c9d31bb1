-- The type item: operators, casts, hashing, size, and its binary form.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
\pset null '(null)'

-- What an expression raises: SQLSTATE and message.
CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;

CREATE TEMP TABLE items (id int PRIMARY KEY, item dynamo.item);
INSERT INTO items VALUES
    (1, '{}'),
    (2, '{"a":{"S":"x"}}'),
    (3, '{"a":{"S":"y"}}'),
    (4, '{"a":{"N":"1"},"b":{"N":"2"}}'),
    (5, '{"b":{"N":"2.0"},"a":{"N":"1e0"}}'),
    (6, '{"s":{"SS":["b","a"]}}'),
    (7, '{"s":{"SS":["a","b"]}}'),
    (8, NULL);

-- Equality is that of values: neither order nor spelling counts.
SELECT l.id, r.id AS equals FROM items l JOIN items r ON l.item = r.item WHERE l.id < r.id ORDER BY 1, 2;
SELECT count(*) FROM items l JOIN items r ON l.item <> r.item;
SELECT '{"a":{"S":"1"}}'::dynamo.item = '{"a":{"N":"1"}}'::dynamo.item AS string_is_no_number,
    '{"a":{"BOOL":true}}'::dynamo.item = '{"a":{"BOOL":false}}'::dynamo.item AS true_is_false,
    '{"a":{"L":[{"S":"x"},{"S":"y"}]}}'::dynamo.item = '{"a":{"L":[{"S":"y"},{"S":"x"}]}}'::dynamo.item AS lists_have_no_order,
    '{"a":{"S":""}}'::dynamo.item = '{"a":{"B":""}}'::dynamo.item AS empty_string_is_empty_binary;

-- Hashing: GROUP BY, DISTINCT, UNION, a hash join, a hash index.
SELECT item, count(*) FROM items GROUP BY item ORDER BY item::text;
SELECT item FROM (SELECT DISTINCT item FROM items) d ORDER BY item::text;
SELECT count(*) FROM (SELECT item FROM items UNION SELECT item FROM items) u;
SELECT count(*) FROM (SELECT item FROM items INTERSECT SELECT item FROM items WHERE id < 4) u;
SET enable_nestloop = off; SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT * FROM items l JOIN items r USING (item);
SELECT count(*) FROM items l JOIN items r USING (item);
RESET enable_nestloop; RESET enable_mergejoin;
CREATE INDEX items_hash ON items USING hash (item);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM items WHERE item = '{"b":{"N":"2"},"a":{"N":"1"}}';
SELECT id FROM items WHERE item = '{"b":{"N":"2"},"a":{"N":"1"}}' ORDER BY id;
RESET enable_seqscan;
SELECT dynamo.item_hash(a.item) = dynamo.item_hash(b.item) AS same_hash,
    dynamo.item_hash_extended(a.item, 7) = dynamo.item_hash_extended(b.item, 7) AS same_extended,
    dynamo.item_hash_extended(a.item, 7) = dynamo.item_hash_extended(a.item, 8) AS seed_ignored,
    dynamo.item_hash_extended(a.item, 0) & 4294967295 = dynamo.item_hash(a.item)::bigint & 4294967295 AS low_bits_agree
FROM items a, items b WHERE a.id = 4 AND b.id = 5;
-- There is no order of items.
SELECT error_of('SELECT item FROM items ORDER BY item');

-- Document paths.
CREATE TEMP TABLE doc AS SELECT '{
    "a": {"M": {"b": {"L": [{"S": "zero"}, {"N": "1.50"}, {"M": {"c": {"S": "deep"}, "d e": {"B": "AAE="}}}]}}},
    "s": {"S": "plain \"text\""},
    "n": {"N": "-00.10"},
    "t": {"BOOL": true},
    "f": {"BOOL": false},
    "u": {"NULL": true},
    "bin": {"B": "3q2+7w=="},
    "ss": {"SS": ["z", "a"]},
    "ns": {"NS": ["10", "9", "-1"]},
    "bs": {"BS": ["/w==", "AA=="]},
    "a.b": {"S": "dotted"},
    "a[0]": {"S": "bracketed"},
    "q\"q": {"S": "quoted"},
    "empty": {"M": {}},
    "none": {"L": []},
    "é": {"S": "acute"},
    " ": {"S": "blank"}
}'::dynamo.item AS item;
SELECT path, item -> path AS json, item ->> path AS text
FROM doc, unnest(ARRAY[
    'a', 'a.b', 'a.b[0]', 'a.b[1]', 'a.b[2].c', 'a.b[2]."d e"', 'a.b[2].d e',
    's', 'n', 't', 'f', 'u', 'bin', 'ss', 'ns', 'bs', '"a.b"', '"a[0]"', '"q""q"', '"a".b', 'a."b"[0]',
    'empty', 'none', 'é', ' ',
    'missing', 'a.missing', 'a.b[3]', 'a.b[4294967295]', 'a.b[99999999999999999999]', 'a[0]', 's.x', 's[0]',
    'ss[0]', 'none[0]', 'empty.x', 'a.b[0].c', 'a.b[2][0]', 'A'
]) WITH ORDINALITY AS paths(path, n) ORDER BY n;
SELECT path, error_of(format('SELECT item -> %L FROM doc', path))
FROM unnest(ARRAY['', '.', 'a.', '.a', 'a..b', 'a[', 'a[]', 'a[x]', 'a[-1]', 'a[1', 'a]', 'a[1]b', '"a', '"a"b', '""', 'a.""', '[0]', 'a"b', 'a[ 1]'])
    WITH ORDINALITY AS paths(path, n) ORDER BY n;
SELECT item -> NULL, item ->> NULL, NULL::dynamo.item -> 'a' FROM doc;

-- Is there an attribute?  The name is no path.
SELECT name, item ? name AS has FROM doc, unnest(ARRAY['a', 'a.b', 'a.b[0]', 'b', '', 'u', 'é', 'A']) WITH ORDINALITY AS names(name, n) ORDER BY n;

-- Attributes as rows, in order of name.
SELECT a.* FROM doc, dynamo.attributes(item) a;
SELECT count(*) FROM dynamo.attributes('{}');
SELECT id, a.name FROM items LEFT JOIN LATERAL dynamo.attributes(item) a ON true ORDER BY 1, 2;

-- To and from jsonb: DynamoDB JSON by cast, plain JSON by function.
SELECT item::jsonb FROM doc;
SELECT (item::jsonb)::dynamo.item = item AS round_trip FROM doc;
SELECT jsonb_pretty(dynamo.to_json(item)) FROM doc;
SELECT dynamo.from_json('{"s":"x","n":1.50,"t":true,"f":false,"u":null,"l":[1,"a",{"b":[]}],"m":{},"e":""}');
SELECT dynamo.to_json(dynamo.from_json(j)) = j AS round_trip
FROM (VALUES ('{}'::jsonb), ('{"a":[1,2.5,"x",null,true,false,{"b":{"c":[[]]}}]}'), ('{"é":"\u20ac \ud83d\ude00"}')) v(j);
SELECT dynamo.to_json('{"n":{"N":"1E-130"},"m":{"N":"-9.9999999999999999999999999999999999999E+125"},"k":{"N":"12345678901234567890.123456789012345678"}}');
CREATE TEMP TABLE assigned (item dynamo.item);
INSERT INTO assigned SELECT '{"a":{"S":"by assignment"}}'::jsonb RETURNING item;
SELECT json, error_of(format('SELECT dynamo.from_json(%L)', json)) AS from_json, error_of(format('SELECT %L::jsonb::dynamo.item', json)) AS cast
FROM (VALUES ('[]'), ('1'), ('"a"'), ('null'), ('{"":1}'), ('{"n":1e126}'), ('{"n":1e-131}'),
    ('{"n":123456789012345678901234567890123456789}'), ('{"a":{"":1}}')) v(json);
SELECT error_of('SELECT dynamo.from_json(''{"a":' || repeat('[', 31) || repeat(']', 31) || '}'')') AS nested_31,
    error_of('SELECT dynamo.from_json(''{"a":' || repeat('[', 32) || repeat(']', 32) || '}'')') AS nested_32;
SELECT error_of('SELECT dynamo.from_json(jsonb_build_object(''a'', repeat(''x'', 409599)))') AS fits,
    error_of('SELECT dynamo.from_json(jsonb_build_object(''a'', repeat(''x'', 409600)))') AS too_large;

-- The service's size: names and values, by its own rule.
SELECT value, dynamo.item_size(('{"x":' || value || '}')::dynamo.item) - 1 AS got, size AS expected
FROM (VALUES
    ('{"S":""}', 0), ('{"S":"abc"}', 3), ('{"S":"é"}', 2), ('{"S":"😀"}', 4), ('{"B":""}', 0), ('{"B":"YWJj"}', 3),
    ('{"BOOL":true}', 1), ('{"BOOL":false}', 1), ('{"NULL":true}', 1),
    ('{"SS":["a"]}', 1), ('{"SS":["a","b"]}', 2), ('{"SS":["abc","de","f"]}', 6),
    ('{"NS":["1"]}', 2), ('{"NS":["1","2"]}', 4), ('{"NS":["1","22","333"]}', 7), ('{"NS":["-1","100"]}', 5),
    ('{"BS":["YQ==","YmM="]}', 3),
    ('{"L":[]}', 3), ('{"L":[{"S":""}]}', 4), ('{"L":[{"S":"a"}]}', 5), ('{"L":[{"S":"a"},{"S":"b"}]}', 7),
    ('{"L":[{"N":"1"}]}', 6), ('{"L":[{"BOOL":true}]}', 5), ('{"L":[{"NULL":true}]}', 5), ('{"L":[{"L":[]}]}', 7),
    ('{"L":[{"M":{}}]}', 7), ('{"L":[{"SS":["a","b"]}]}', 6),
    ('{"M":{}}', 3), ('{"M":{"a":{"S":""}}}', 5), ('{"M":{"a":{"S":"b"}}}', 6), ('{"M":{"abc":{"S":"b"}}}', 8),
    ('{"M":{"a":{"S":"b"},"c":{"S":"d"}}}', 9), ('{"M":{"a":{"N":"1"}}}', 7), ('{"M":{"a":{"M":{}}}}', 8),
    ('{"M":{"a":{"L":[{"S":"x"}]}}}', 10), ('{"M":{"é":{"S":"é"}}}', 8)
) v(value, size);
SELECT dynamo.item_size('{}'), dynamo.item_size('{"é":{"S":"é"},"abc":{"N":"12"}}');

-- The binary form: there and back, small and large (wide directories).
CREATE TEMP TABLE wide AS
    SELECT 1 AS n, item FROM doc
    UNION ALL SELECT 2, dynamo.from_json(jsonb_object_agg('k' || i, i)) FROM generate_series(1, 20000) i
    UNION ALL SELECT 3, dynamo.from_json(jsonb_build_object('l', jsonb_agg(NULL::int))) FROM generate_series(1, 70000) i
    UNION ALL SELECT 4, ('{"ns":{"NS":["' || string_agg(i::text, '","') || '"]}}')::dynamo.item FROM generate_series(1, 70000) i
    UNION ALL SELECT 5, dynamo.from_json(jsonb_build_object('s', repeat('x', 400000)))
    UNION ALL SELECT 6, '{}';
CREATE TEMP TABLE wide_again (n int, item dynamo.item);
\copy wide TO 'results/item.bin' WITH (FORMAT binary)
\copy wide_again FROM 'results/item.bin' WITH (FORMAT binary)
SELECT n, a.item = b.item AS equal, a.item::text = b.item::text AS same_text, dynamo.item_size(a.item) = dynamo.item_size(b.item) AS same_size,
    length(dynamo.item_send(a.item)) > 65535 AS long
FROM wide a JOIN wide_again b USING (n) ORDER BY n;
SELECT dynamo.item_send('{}'), dynamo.item_send('{"a":{"S":"x"},"n":{"N":"-1"}}');

-- Differences: of each item to each, and what little a changed attribute takes.
SELECT count(*), count(*) FILTER (WHERE dynamo.item_apply(a.item, dynamo.item_difference(a.item, b.item)) = b.item) AS right
FROM wide a, wide b;
SELECT name, octet_length(dynamo.item_difference(item, changed)) AS bytes, dynamo.item_apply(item, dynamo.item_difference(item, changed)) = changed AS right
FROM (SELECT dynamo.from_json(jsonb_build_object('a', repeat('x', 1000), 'n', 9, 'z', repeat('y', 1000))) AS item) i,
    LATERAL (VALUES ('same', dynamo.to_json(item)), ('one', '{"n":7}'), ('longer', '{"n":12345}'), ('more', '{"m":1}'),
        ('first', '{"a":"xxxxx"}'), ('last', '{"z":"yyyyy"}'), ('all', '{"a":1,"n":"x","z":2}')) v(name, attributes),
    LATERAL (SELECT dynamo.from_json(dynamo.to_json(item) || attributes::jsonb) AS changed) c;
-- two that are not whole, two of other items, and one that makes no item
SELECT dynamo.item_apply('{"a":{"S":"x"}}', '\x00');
SELECT dynamo.item_apply('{"a":{"S":"x"}}', '\x');
SELECT dynamo.item_apply('{}', dynamo.item_difference('{"a":{"S":"xxxx"}}', '{"a":{"S":"xxxx"},"b":{"S":"x"}}'));
SELECT dynamo.item_apply('{"a":{"S":"x"}}', dynamo.item_difference('{"a":{"S":"xxxx"}}', '{"a":{"S":"xyxx"}}'));
SELECT dynamo.item_apply('{"a":{"N":"1"}}', dynamo.item_difference('{"a":{"S":"xx"}}', '{"a":{"S":"yx"}}'));


-- Bytes that are no item are refused, one reason each.
CREATE FUNCTION receive(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file bytea := '\x5047434f50590aff0d0a0000000000000000000001'::bytea || int4send(length(bytes)) || bytes || '\xffff'::bytea;
    item dynamo.item;
BEGIN
    EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)',
        'echo ' || translate(encode(file, 'base64'), E'\n', '') || ' | base64 -d');
    SELECT received.item INTO STRICT item FROM received;
    DELETE FROM received;
    IF dynamo.item_send(item) <> bytes THEN
        RETURN 'sent back otherwise: ' || item;
    END IF;
    RETURN 'item: ' || item;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
CREATE TEMP TABLE received (item dynamo.item);
SELECT what, receive(bytes) FROM (VALUES
    ('an empty item', '\x01 07 0000'::text),
    ('a string', '\x01 07 0100 0100 0300 61 01 78'),
    ('one, zero, minus one', '\x01 07 0300 0100 0200 0300 0700 0900 0e00 616263 02034101 0202 02013e63ff'),
    ('a list of true, false, null', '\x01 07 0100 0100 0d00 61 08 0300 0100 0200 0300 04 05 06'),
    ('a string set', '\x01 07 0100 0100 0a00 61 09 0200 0100 0200 6162'),
    ('nothing', '\x'),
    ('the version alone', '\x01'),
    ('an unknown version', '\x02 07 0000'),
    ('version zero', '\x00 07 0000'),
    ('no map', '\x01 08 0000'),
    ('a string at the top', '\x01 01 78'),
    ('no count', '\x01 07'),
    ('half a count', '\x01 07 00'),
    ('a count without directory', '\x01 07 0100'),
    ('a huge count', '\x01 07 ffff'),
    ('a huge wide count', '\x01 17 ffffffff'),
    ('a wide directory that need not be', '\x01 17 00000000'),
    ('a reserved tag bit', '\x01 27 0000'),
    ('bytes behind the item', '\x01 07 0000 00'),
    ('a name end behind the item', '\x01 07 0100 0900 0300 61 01 78'),
    ('a value end behind the item', '\x01 07 0100 0100 0900 61 01 78'),
    ('a value end short of the item', '\x01 07 0100 0100 0200 61 01 78'),
    ('a value without tag', '\x01 07 0100 0100 0100 61'),
    ('an empty name', '\x01 07 0100 0000 0200 01 78'),
    ('names out of order', '\x01 07 0200 0100 0200 0300 0400 6261 04 04'),
    ('a name twice', '\x01 07 0200 0100 0200 0300 0400 6161 04 04'),
    ('ends that go back', '\x01 07 0200 0200 0100 0300 0400 6162 04 04'),
    ('a name that is not UTF-8', '\x01 07 0100 0100 0200 ff 04'),
    ('a name with NUL', '\x01 07 0100 0100 0200 00 04'),
    ('a string that is not UTF-8', '\x01 07 0100 0100 0300 61 01 c3'),
    ('a string with a surrogate', '\x01 07 0100 0100 0500 61 01 eda080'),
    ('a string with an overlong character', '\x01 07 0100 0100 0400 61 01 c080'),
    ('a string with NUL', '\x01 07 0100 0100 0300 61 01 00'),
    ('an unknown type', '\x01 07 0100 0100 0200 61 0c'),
    ('type zero', '\x01 07 0100 0100 0200 61 00'),
    ('a wide string', '\x01 07 0100 0100 0300 61 11 78'),
    ('true with a payload', '\x01 07 0100 0100 0300 61 04 00'),
    ('null with a payload', '\x01 07 0100 0100 0300 61 06 00'),
    ('a number without bytes', '\x01 07 0100 0100 0200 61 02'),
    ('a number with another sign', '\x01 07 0100 0100 0500 61 02 044101'),
    ('zero with digits', '\x01 07 0100 0100 0400 61 02 0201'),
    ('a number without digits', '\x01 07 0100 0100 0400 61 02 0341'),
    ('a number that starts with zero', '\x01 07 0100 0100 0600 61 02 03410001'),
    ('a number that ends in zero', '\x01 07 0100 0100 0600 61 02 03410100'),
    ('a digit of 100', '\x01 07 0100 0100 0500 61 02 034164'),
    ('a digit of 255', '\x01 07 0100 0100 0500 61 02 0341ff'),
    ('an exponent above 127', '\x01 07 0100 0100 0500 61 02 038001'),
    ('the largest exponent', '\x01 07 0100 0100 0500 61 02 037f63'),
    ('the smallest exponent, 1E-129', '\x01 07 0100 0100 0500 61 02 03000a'),
    ('the smallest number, 1E-130', '\x01 07 0100 0100 0500 61 02 030001'),
    ('a negative number without its end', '\x01 07 0100 0100 0500 61 02 013e63'),
    ('a negative number of digit 100', '\x01 07 0100 0100 0600 61 02 013e64ff'),
    ('21 digits', '\x01 07 0100 0100 1900 61 02 0341010101010101010101010101010101010101010101'),
    ('39 significant digits', '\x01 07 0100 0100 1800 61 02 03410101010101010101010101010101010101010101'),
    ('40 significant digits', '\x01 07 0100 0100 1800 61 02 03410a01010101010101010101010101010101010101'),
    ('38 significant digits', '\x01 07 0100 0100 1800 61 02 0341010101010101010101010101010101010101010a'),
    ('an empty set', '\x01 07 0100 0100 0400 61 09 0000'),
    ('a set out of order', '\x01 07 0100 0100 0a00 61 09 0200 0100 0200 6261'),
    ('a set with an element twice', '\x01 07 0100 0100 0a00 61 09 0200 0100 0200 6161'),
    ('a number set with a bad number', '\x01 07 0100 0100 0700 61 0a 0100 0100 01'),
    ('a string set that is not UTF-8', '\x01 07 0100 0100 0700 61 09 0100 0100 ff'),
    ('a list element without tag', '\x01 07 0100 0100 0600 61 08 0100 0000')
) AS v(what, hex), LATERAL (SELECT replace(hex, ' ', '')::bytea) AS b(bytes);
-- Depth and size are judged in the binary form too.
CREATE FUNCTION uint16(value int) RETURNS bytea LANGUAGE sql AS
    $$ SELECT set_byte(set_byte('\x0000', 0, value % 256), 1, value / 256) $$;
CREATE FUNCTION nested(depth int) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    bytes bytea := '\x04';
BEGIN
    FOR i IN 1 .. depth LOOP
        bytes := '\x080100'::bytea || uint16(length(bytes)) || bytes;
    END LOOP;
    RETURN '\x010701000100'::bytea || uint16(length(bytes) + 1) || '\x61'::bytea || bytes;
END
$$;
SELECT left(receive(nested(31)), 30) AS nested_31, receive(nested(32)) AS nested_32, receive(nested(1000)) AS nested_1000;

DROP FUNCTION error_of;
DROP FUNCTION receive;
DROP FUNCTION nested;
DROP FUNCTION uint16;
