-- ProjectionExpression and the placeholders, by way of GetItem.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA expressions;
SET search_path = expressions, public;
SET dynamo.schema = expressions;

SELECT dynamo.create_table('{"TableName":"Items","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]}') IS NOT NULL;
SELECT dynamo.put_item('{"TableName":"Items","Item":{"p":{"S":"k"},"a":{"N":"1"},"name":{"S":"reserved"},"a.b":{"S":"dot"},"x-y":{"S":"dash"},"1st":{"S":"digit"},"_u":{"S":"underscore"},"é":{"S":"not ASCII"},
    "ss":{"SS":["a","b"]},"m":{"M":{"x":{"S":"mx"},"y":{"M":{"z":{"S":"myz"},"w":{"NULL":true}}},"l":{"L":[{"S":"ml0"},{"S":"ml1"}]}}},
    "l":{"L":[{"S":"l0"},{"L":[{"S":"l10"},{"S":"l11"}]},{"M":{"x":{"S":"l2x"},"y":{"S":"l2y"}}},{"S":"l3"}]}}}');
CREATE FUNCTION get(projection text, names text DEFAULT 'null') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.get_item(json_build_object('TableName', 'Items', 'Key', '{"p":{"S":"k"}}'::json, 'ProjectionExpression', projection, 'ExpressionAttributeNames', names::json)) -> 'Item';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

-- Paths
SELECT e, get(e) FROM unnest(ARRAY['p', 'a', 'nothing', 'p, a', 'a,nothing', ' a ', 'm', 'm.x', 'm.y.z', 'm.y', 'm.x, m.y.z', 'm.l[1]', 'm.nothing', 'm[0]', 'm.x.y', 'l', 'l[0]', 'l[3]', 'l[4]', 'l[1][1]', 'l[2].y', 'l[3], l[0]', 'l[1][1], l[1][0]',
    'l[2].y, l[2].x, l[0]', 'l.x', 'ss', 'ss[0]', 'a[0]', 'a.b', E'm\n.\tx', 'l [ 0 ]', 'm . y . z , l[1] [0]', 'A']) e;
-- Names by placeholder: one is one name, dots and all
SELECT e, n, get(e, n) FROM (VALUES ('#n', '{"#n":"name"}'), ('#n', '{"#n":"a.b"}'), ('#n.#n', '{"#n":"m"}'), ('m.#n', '{"#n":"x"}'), ('#n.x', '{"#n":"m"}'), ('#1', '{"#1":"1st"}'), ('#_u,#x', '{"#_u":"_u","#x":"x-y"}'), ('#n', '{"#n":"é"}'), ('m.#e', '{"#e":"l[0]"}'), ('#n', '{"#n":"#n"}')) t(e, n);
-- What is no expression
SELECT e, get(e) FROM unnest(ARRAY['', ' ', ',', 'a,', ',a', 'a,,m', 'a m', '.', 'a.', '.a', 'm..x', 'l[', 'l[]', 'l[-1]', 'l[x]', 'l[0', 'l]', 'l[1.5]', 'l[2147483648]', 'l[00]', '[0]', 'a-b', '1st', '_u', 'é', '"a"', '#', '#n', ':v', 'm.:v', 'a = a', 'size(a)', 'a;', '(a)', 'a.b.', 'm.x.name', 'name', 'NAME', 'Status', 'set', 'and',
    'a, a', 'm, m.x', 'm.x, m', 'm.x, m[0]', 'l[0], l', 'l[0], l[0]', 'l[1], l[1][0]']) e;
SELECT e, n, get(e, n) FROM (VALUES ('a', '{}'), ('a', '{"#a":"a"}'), ('a', '{"#b":"a","#a":"a"}'), ('#a', '{"a":"a"}'), ('#a', '{"#a":""}'), ('#a', '{"#":"a"}'), ('#a', '{"":"a"}'), ('#a', '{"#a b":"a"}'), ('#a', '{"#a":null}'), ('#a', '{"#a":5}'), ('#a, a', '{"#a":"a"}'), ('#a', '{"#A":"a"}'), ('#a.x', '{"#a":"p"}')) t(e, n);
-- Limits: 4 KB of text, 255 bytes of placeholder, 64 KB of name, 32 levels
SELECT get(repeat(' ', 4095) || 'a'), get(repeat(' ', 4096) || 'a');
SELECT get('#' || repeat('n', 254), json_build_object('#' || repeat('n', 254), 'a')::text), get('a', json_build_object('#' || repeat('n', 255), 'a')::text), get('a', json_build_object('#' || repeat('n', 1000000), 'a')::text);
SELECT get('#n', json_build_object('#n', repeat('n', 65535))::text), get('#n', json_build_object('#n', repeat('n', 65536))::text);
SELECT get('m' || repeat('.x', 31)), get('m' || repeat('.x', 32)), get('l' || repeat('[0]', 31)), get('l' || repeat('[0]', 1300));
-- A whole expression of brackets neither recurses away nor takes long
SELECT left(get(repeat('[', 4096)), 80), left(get(repeat('a.', 2048)), 80);
-- many paths, all found
SELECT dynamo.put_item(json_build_object('TableName', 'Items', 'Item', (SELECT json_object_agg('a' || i, json_build_object('N', i::text)) FROM generate_series(1, 800) i)::jsonb || '{"p":{"S":"k"}}')) IS NOT NULL;
SELECT count(*) FROM json_object_keys(get((SELECT string_agg('a' || i, ',' ORDER BY i % 7, i) FROM generate_series(1, 800) i))::json);
-- more different expressions than the cache holds, then the first again
SELECT count(get('a1, b' || i)) FROM generate_series(1, 1200) i;
SELECT get('a1, b1'), get('a1, b1200');

SELECT dynamo.delete_table('{"TableName":"Items"}') IS NOT NULL;
DROP SCHEMA expressions CASCADE;
