-- UpdateExpression: SET, REMOVE, ADD, DELETE.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA update_expression;
SET search_path = update_expression, public;
SET dynamo.schema = update_expression;

SELECT dynamo.create_table('{"TableName":"Updates","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"}]}') IS NOT NULL AS made;

-- The reply of an operation, or its error.
CREATE FUNCTION call(operation text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.call(operation, (jsonb_build_object('TableName', 'Updates') || request)::json);
EXCEPTION WHEN OTHERS THEN
    RETURN CASE SQLSTATE WHEN 'DY001' THEN '' ELSE SQLSTATE || ' ' END || SQLERRM;
END
$$;

-- The item that is updated, but for its key, and the values and names there are; a request gets those it uses.
CREATE TABLE given AS SELECT
    '{"s":{"S":"abc"},"n":{"N":"5"},"t":{"BOOL":true},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AQ==","Ag=="]},
      "l":{"L":[{"S":"x"},{"N":"1"},{"L":[{"N":"7"}]},{"M":{"k":{"S":"v"}}}]},
      "m":{"M":{"x":{"S":"y"},"d":{"M":{"e":{"N":"1"}}},"l":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]}}}}'::jsonb AS item,
    '{":v":{"N":"1"},":w":{"N":"-2.5"},":s":{"S":"str"},":ss":{"SS":["a","z"]},":ns":{"NS":["2.0","3"]},":bs":{"BS":["AQ==","Aw=="]},":l":{"L":[{"N":"8"},{"N":"9"}]},":m":{"M":{"new":{"S":"map"}}},
      ":b":{"B":"AQ=="},":t":{"BOOL":true},":z":{"NULL":true},":none":{"L":[]}}'::jsonb AS "values",
    '{"#name":"name","#dot":"a.b","#m":"m","#p":"p"}'::jsonb AS names;
CREATE FUNCTION used(placeholders jsonb, expression text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_object_agg(key, value) FROM jsonb_each(placeholders) WHERE expression ~ (key || '\M')
$$;
CREATE FUNCTION request(expression text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('Key', '{"p":{"S":"k"},"r":{"N":"1"}}'::jsonb, 'UpdateExpression', expression,
        'ExpressionAttributeValues', used("values", expression), 'ExpressionAttributeNames', used(names, expression))) FROM given
$$;

-- What an update changes in the item: the new attributes, and the names of those that are gone.
CREATE FUNCTION updated(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    old jsonb := (SELECT item FROM given);
    put text := call('PutItem', jsonb_build_object('Item', old || '{"p":{"S":"k"},"r":{"N":"1"}}'));
    reply text := call('UpdateItem', request(expression) || '{"ReturnValues":"ALL_NEW"}');
    new jsonb;
BEGIN
    IF put <> '{}' OR reply !~ '^\{' THEN
        RETURN reply;
    END IF;
    new := (reply::jsonb -> 'Attributes') - '{p,r}'::text[];
    RETURN (SELECT coalesce(string_agg(coalesce(key || ' ' || (new -> key), 'no ' || key), '; ' ORDER BY key), '-')
            FROM jsonb_object_keys(old || new) key WHERE old -> key IS DISTINCT FROM new -> key);
END
$$;

----------------------------------------------------------------------
-- SET
----------------------------------------------------------------------
SELECT e, updated(e) FROM unnest(ARRAY['SET a = :v', 'SET a = n', 'SET n = :s, s = :v', 'SET n = s, s = n', 'SET a = m.d', 'SET m = m.d', 'SET a = l[2][0]', 'SET #name = :m', 'SET #dot = :l', 'SET a = :z, b = :t, c = :bs',
    'SET a = n + :v', 'SET a = n - :w', 'SET n = n - n', 'SET a = :v + :w', 'SET n=n+:v', 'SET a = m.d.e + l[1]', 'SET a = (n + :v)', 'SET a = (n) + (:v)', 'SET a = ((n) + :v)', 'SET a = (n)',
    'SET a = if_not_exists(a, :v)', 'SET a = if_not_exists(n, :v)', 'SET n = if_not_exists(n, :v) + :v', 'SET a = if_not_exists(a, :v) + :v', 'SET a = :v - if_not_exists(a, n)', 'SET a = if_not_exists(a, if_not_exists(b, :s))',
    'SET a = if_not_exists(m.x.y, :v)', 'SET a = if_not_exists(l[9], :v)', 'SET a = (if_not_exists (a, :v))',
    'SET l = list_append(l, :l)', 'SET l = list_append(:l, l)', 'SET a = list_append(l[2], m.l)', 'SET a = list_append(:l, :l)', 'SET l = list_append(l, :none)', 'SET a = list_append(if_not_exists(a, :none), :l)', 'SET a = (list_append((l), (:l)))']) e;
-- nested paths and list indexes
SELECT e, updated(e) FROM unnest(ARRAY['SET m.x = :v', 'SET m.novel = :v', 'SET m.#dot = :v', 'SET m.d.e = :s, m.d.f = :v', 'SET l[0] = :v', 'SET l[3].k = :v, l[3].j = :v', 'SET l[2][0] = :s', 'SET m.l[1] = :s, m.d.g = :m, l[3].k = :v',
    'SET l[4] = :s', 'SET l[99] = :s', 'SET l[99] = :s, l[7] = :v, l[2147483647] = :t', 'SET l[9] = :s, l[1] = :s', 'SET l[0] = l[1], l[1] = l[0]', 'SET l[9] = l', 'SET m.l[3] = m.l[0] + m.l[2]', 'SET m.d = :m, a = m.d.e']) e;
-- a path must lead somewhere
SELECT e, updated(e) FROM unnest(ARRAY['SET a.b = :v', 'SET a[0] = :v', 'SET m.a.b = :v', 'SET m.x.y = :v', 'SET m[0] = :v', 'SET l.x = :v', 'SET l[9].x = :v', 'SET l[0][0] = :v', 'SET ss[0] = :v', 'SET n.x = :v',
    'REMOVE a.b', 'REMOVE m.x.y', 'REMOVE m.a.b', 'REMOVE m[0]', 'REMOVE l.x', 'REMOVE l[9].x', 'ADD a.b :v', 'ADD l[9][0] :v', 'DELETE a.b :ss', 'DELETE s[0] :ss']) e;
-- operands that are not there, or of the wrong type
SELECT e, updated(e) FROM unnest(ARRAY['SET a = b', 'SET a = m.b', 'SET a = l[4]', 'SET a = m[0]', 'SET a = l.x', 'SET a = b + :v', 'SET a = n + b', 'SET a = s + :v', 'SET a = :v + s', 'SET a = s + b', 'SET a = b + s', 'SET a = ns + ns', 'SET a = list_append(b, :l)', 'SET a = list_append(:l, s)',
    'SET a = list_append(s, b)', 'SET a = if_not_exists(a, b)', 'SET a = if_not_exists(n, b)', 'SET a = if_not_exists(n, :s) + :v', 'SET a = if_not_exists(a, :s) + :v', 'SET a = list_append(if_not_exists(a, :v), l)', 'SET a = s + if_not_exists(n, b)']) e;

----------------------------------------------------------------------
-- REMOVE, ADD, DELETE
----------------------------------------------------------------------
-- indexes are those of the old list
SELECT e, updated(e) FROM unnest(ARRAY['REMOVE n', 'REMOVE n, s, nothing', 'REMOVE m.x', 'REMOVE m.nothing', 'REMOVE m.d.e', 'REMOVE l[0]', 'REMOVE l[0], l[2]', 'REMOVE l[3], l[1], l[2], l[0]', 'REMOVE l[4]', 'REMOVE l[2][0], l[0]', 'REMOVE l[3].k',
    'REMOVE l[1] SET l[2] = :s', 'REMOVE l[0] SET l[9] = l[0]', 'REMOVE l[0], l[1], l[2], l[3] SET l[5] = :s', 'REMOVE m.l[0] SET m.l[7] = :v ADD m.l[2] :v', 'REMOVE #m']) e;
SELECT attribute, value, updated(format('ADD %s %s', attribute, value)) AS "add", updated(format('DELETE %s %s', attribute, value)) AS "delete"
FROM unnest('{n,ss,ns,bs,s,l,m,a,m.d.e,m.d.f,l[1],l[8]}'::text[]) attribute, unnest('{:w,:ss,:ns,:bs}'::text[]) value ORDER BY 1, 2;
SELECT value, updated('ADD a ' || value) AS "add", updated('DELETE a ' || value) AS "delete" FROM given, jsonb_object_keys("values") value ORDER BY 1;
-- of a set nothing may be left
SELECT e, updated(e) FROM unnest(ARRAY['DELETE ss :ss SET s = :s', 'ADD ss :ss, n :v', 'SET a = :ss', 'ADD l[9] :v, l[8] :ss SET l[7] = :s']) e;
SELECT call('UpdateItem', jsonb_set(jsonb_set(request('DELETE ss :ss'), '{ExpressionAttributeValues,:ss}', '{"SS":["b","c","a"]}'), '{ReturnValues}', '"UPDATED_NEW"'));
SELECT updated('SET a = :v DELETE ss :ss REMOVE s ADD n :v'), updated('add n :v set a = :v remove s'), updated(E'SET\n\ta=:v\n\tReMoVe s');

----------------------------------------------------------------------
-- What the text alone decides, and its order
----------------------------------------------------------------------
SELECT e, updated(e) FROM unnest(ARRAY['', ' ', 'SET', 'SET a', 'SET a =', 'SET a = :v,', 'a = :v', 'SET a == :v', 'SET a = :v b = :v', 'SET :v = :v', 'SET (a) = :v', 'SET a = 1', 'SET a = -:v', 'SET a = :v * :v', 'SET a = :v + :v + :v', 'SET a = (:v + :v) + :v', 'SET a = :v + (:v + :v)',
    'SET a = :v = :v', 'SET a = NOT :v', 'SET a = :v AND b = :v', 'SET a = if_not_exists(a, :v + :v)', 'SET a = if_not_exists()', 'SET a = list_append(:l', 'SET a = :v)', 'SET a = :v; REMOVE b', 'SET a = :v, REMOVE b', 'SET a.set = :v', 'SET add = :v', 'SET a += :v',
    'REMOVE', 'REMOVE a b', 'REMOVE a = :v', 'REMOVE :v', 'REMOVE (a)', 'REMOVE a,', 'ADD a', 'ADD a = :v', 'ADD a b', 'ADD a (:v)', 'ADD a :v + :v', 'ADD a :v,', 'DELETE a', 'DELETE a b', 'DELETE a :ss b :ss',
    'SET a = ((:v))', 'SET a = ((:v + :v))', 'SET a = ((if_not_exists(a, :v)))', 'SET a = list_append(((l)), :l)']) e;
SELECT e, updated(e) FROM unnest(ARRAY['SET a = :v SET b = :v', 'REMOVE a REMOVE b', 'ADD a :v SET b = :v ADD c :v', 'DELETE a :ss, b :ss DELETE c :ss', 'SET a = :v SET name = :v', 'SET name = foo(a)', 'SET a = foo(name)', 'SET a = name', 'REMOVE a[99999999999]', 'SET a = b[2147483648]',
    'SET a = foo(a)', 'SET a = IF_NOT_EXISTS(a, :v)', 'SET a = size(s)', 'SET a = attribute_exists(s)', 'SET a = list_append(l, list_append(l, l))', 'SET a = if_not_exists(a, list_append(l, l))', 'SET a = :v + list_append(l, l)', 'SET a = if_not_exists(a, contains(s, :s))']) e;
-- in other expressions neither the words nor the functions have a place
SELECT e, call('DeleteItem', request('') - 'UpdateExpression' || jsonb_build_object('ConditionExpression', e)) FROM unnest(ARRAY['set = p', 'a = remove', 'if_not_exists(a, b) = c', 'a = list_append(b, c)', 'a = b + c']) e;

----------------------------------------------------------------------
-- What the placeholders and values decide, from the last action to the first
----------------------------------------------------------------------
SELECT e, updated(e) FROM unnest(ARRAY['SET a = :undefined', 'SET #undefined = :v', 'SET a = #undefined', 'ADD a :undefined', 'SET a.:v = :v', 'SET a = :u1, b = :u2', 'SET a = :u1, #u2 = :v', 'SET #u1 = :v, a = :v, a = :v', 'SET a = :v, a = #u1',
    'SET a = :v, a = :v', 'SET a = :v REMOVE a', 'REMOVE a.b SET a = :v', 'ADD a :v DELETE a.b :ss', 'SET a[0] = :v, a.b = :v', 'REMOVE l[0], l[0]', 'SET #m = :v, m = :v', 'SET a.b = :v, a.c = :v, a[1] = :v',
    'SET a = :s + :v', 'SET a = n - :ss', 'SET a = :t + :u1', 'SET a = list_append(l, :v)', 'SET a = list_append(:s, if_not_exists(:s, l))', 'SET a = if_not_exists(:v, :v)', 'SET a = if_not_exists(a)', 'SET a = if_not_exists(a, :v, :v)', 'SET a = list_append(l)', 'SET a = list_append(:v, :v, :v)',
    'SET a = if_not_exists(n, n)', 'SET a = if_not_exists(m.x, m.x)', 'SET a = :s + :v, b = :v - :ss', 'SET a = :s + :v ADD b :s', 'ADD b :s SET a = :s + :v']) e;
SELECT call('UpdateItem', request('SET a = :v') || e) FROM unnest(ARRAY['{"ExpressionAttributeValues":{":v":{"N":"1"},":w":{"N":"1"}}}', '{"ExpressionAttributeNames":{"#n":"n"}}', '{"ConditionExpression":"foo("}', '{"UpdateExpression":"SET a =","ConditionExpression":"foo("}',
    '{"ConditionExpression":"attribute_exists(nothing)"}', '{"ConditionExpression":"a = :v","UpdateExpression":"REMOVE a","ReturnValues":"ALL_OLD"}', '{"UpdateExpression":null,"ExpressionAttributeValues":null,"ReturnValues":"ALL_OLD"}']::jsonb[]) e;
-- key attributes
SELECT e, updated(e) FROM unnest(ARRAY['SET p = :s', 'SET r = :v', 'REMOVE r', 'ADD r :v', 'DELETE #p :ss', 'SET p.a = :v', 'SET a = b, p = :s', 'SET a = p', 'SET a = r + :v', 'SET a = p.x', 'SET a = if_not_exists(r[0], :v)']) e;
SELECT call('UpdateItem', request('SET p = :s') || '{"ConditionExpression":"attribute_exists(nothing)"}'), call('UpdateItem', request('SET a = p.x') || '{"ConditionExpression":"attribute_exists(nothing)"}');

----------------------------------------------------------------------
-- Numbers
----------------------------------------------------------------------
CREATE FUNCTION arithmetic(a text, op text, b text) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(call('UpdateItem', jsonb_build_object('Key', '{"p":{"S":"numbers"},"r":{"N":"1"}}'::jsonb, 'UpdateExpression', format('SET x = :a %s :b', op), 'ReturnValues', 'UPDATED_NEW',
        'ExpressionAttributeValues', jsonb_build_object(':a', jsonb_build_object('N', a), ':b', jsonb_build_object('N', b)))), '^.*"N":"(.*)".*$', '\1')
$$;
SELECT a, b, arithmetic(a, '+', b), arithmetic(a, '-', b)
FROM (VALUES ('0', '0'), ('0.1', '0.2'), ('1', '-1'), ('-5', '2.50'), ('99', '1'), ('1e3', '0.001'), ('99999999999999999999999999999999999999', '1'), ('9999999999999999999999999999999999999.9', '0.1'),
    ('12345678901234567890', '0.123456789012345678'), ('12345678901234567890123456789012345678', '0.5'), ('1E37', '0.1'), ('1E37', '1'), ('1E125', '1E-130'), ('9E125', '9E125'), ('-9E125', '9E125'), ('1E-130', '1E-130'), ('1.1E-130', '1E-130')) v(a, b);
SELECT call('PutItem', '{"Item":{"p":{"S":"numbers"},"r":{"N":"1"},"x":{"N":"9E125"},"y":{"N":"1E20"}}}');
SELECT e, call('UpdateItem', jsonb_build_object('Key', '{"p":{"S":"numbers"},"r":{"N":"1"}}'::jsonb, 'UpdateExpression', e, 'ReturnValues', 'UPDATED_NEW', 'ExpressionAttributeValues', '{":big":{"N":"9E125"},":small":{"N":"1E-20"},":minus":{"N":"-1E20"}}'::jsonb))
FROM unnest(ARRAY['ADD x :big, y :minus, z :small', 'ADD y :small SET x = :big + :minus', 'ADD y :minus SET x = if_not_exists(z, :big), z = :small']) e;
SELECT call('UpdateItem', '{"Key":{"p":{"S":"numbers"},"r":{"N":"1"}},"UpdateExpression":"ADD y :a, n :b","ExpressionAttributeValues":{":a":{"N":"-1E20"},":b":{"NS":["1.0","2"]}},"ReturnValues":"ALL_NEW"}');

----------------------------------------------------------------------
-- Limits
----------------------------------------------------------------------
-- 300 operators and functions; the clauses do not count
SELECT n, updated('SET ' || string_agg(format('m.a%s=n+:v', i), ',' ORDER BY i)) ~ 'a300' AS written, left(updated('SET ' || string_agg(format('m.a%s=n+:v', i), ',' ORDER BY i)), 110) AS reply
FROM generate_series(300, 301) n, generate_series(1, n) i GROUP BY 1 ORDER BY 1;
SELECT updated('REMOVE ' || string_agg('x' || i, ',')) FROM generate_series(1, 500) i;
SELECT updated('SET a = ' || repeat('if_not_exists(x,', 226) || ':v' || repeat(')', 226));
SELECT n, updated('SET ' || repeat('a.', n) || 'a = :v') FROM generate_series(31, 32) n;
-- the item may have 400 KB afterwards, and the values given that, too
CREATE FUNCTION sized(expression text, size int, old_size int DEFAULT 1) RETURNS text LANGUAGE sql AS $$
    SELECT left(call('PutItem', jsonb_build_object('Item', jsonb_build_object('p', '{"S":"big"}'::jsonb, 'r', '{"N":"1"}'::jsonb, 'o', jsonb_build_object('S', repeat('x', old_size)))))
        || call('UpdateItem', jsonb_build_object('Key', '{"p":{"S":"big"},"r":{"N":"1"}}'::jsonb, 'UpdateExpression', expression, 'ExpressionAttributeValues', jsonb_build_object(':v', jsonb_build_object('S', repeat('x', size))))), 110)
$$;
-- 7 bytes of keys, 2 of "o" and its value
SELECT sized('SET a = :v', 409600 - 10), sized('SET a = :v', 409600 - 9), sized('SET o = :v', 409600 - 8, 300000), sized('SET o = :v', 409600 - 7, 300000), sized('SET a = :v REMOVE o', 300000, 300000), sized('SET a = :v', 300000, 300000);
SELECT sized('SET a = o, b = :v', 150000, 150000), sized('REMOVE o SET a = o, b = :v', 150000, 150000), sized('SET o = if_not_exists(o, :v)', 409600 - 1), sized('SET o = if_not_exists(o, :v)', 409600), sized('SET o = if_not_exists(o, :v), a = if_not_exists(o, :v)', 204799), sized('SET o = if_not_exists(o, :v), a = if_not_exists(o, :v)', 204800);
-- 32 levels, the item itself being one
CREATE FUNCTION nested(expression text, levels int, given int) RETURNS text LANGUAGE sql AS $$
    SELECT call('PutItem', jsonb_build_object('Item', '{"p":{"S":"deep"},"r":{"N":"1"}}'::jsonb || jsonb_build_object('a', (repeat('{"M":{"a":', levels) || '{"M":{}}' || repeat('}}', levels))::jsonb)))
        || call('UpdateItem', jsonb_build_object('Key', '{"p":{"S":"deep"},"r":{"N":"1"}}'::jsonb, 'UpdateExpression', expression, 'ExpressionAttributeValues', jsonb_build_object(':v', (repeat('{"L":[', given) || '{"N":"1"}' || repeat(']}', given))::jsonb)))
$$;
SELECT n, nested('SET x = :v', 0, n), nested('SET a' || repeat('.a', n - 3) || ' = :v', n - 3, 3), nested('SET a.a = a, b = :v', n - 2, 0), nested('SET a.b = list_append(:v, :v)', 0, n - 1) FROM generate_series(31, 32) n;

----------------------------------------------------------------------
-- Items that are not there, and what is given back
----------------------------------------------------------------------
SELECT e, call('DeleteItem', '{"Key":{"p":{"S":"k"},"r":{"N":"1"}}}') AS deleted, call('UpdateItem', request(e) || '{"ReturnValues":"ALL_NEW"}'), call('GetItem', '{"Key":{"p":{"S":"k"},"r":{"N":"1"}}}')
FROM unnest(ARRAY['SET a = :v', 'SET a = p, b = if_not_exists(n, :v)', 'ADD a :v, b :ss', 'REMOVE a', 'DELETE a :ss', 'SET a = b', 'SET m.x = :v', 'REMOVE a.b']) e;
CREATE FUNCTION given_back(expression text, return_values text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    put text := (SELECT call('PutItem', jsonb_build_object('Item', item || '{"p":{"S":"k"},"r":{"N":"1"}}')) FROM given);
BEGIN
    RETURN call('UpdateItem', request(expression) || jsonb_build_object('ReturnValues', return_values));
END
$$;
SELECT e, given_back(e, 'UPDATED_OLD') AS updated_old, given_back(e, 'UPDATED_NEW') AS updated_new
FROM unnest(ARRAY['SET n = :s', 'SET a = :v', 'SET m.x = :v', 'SET m.novel = :v, s = :v', 'SET m.d.e = :s REMOVE m.x', 'SET l[1] = :s', 'SET l[4] = :s', 'SET l[9] = :s', 'SET l[3].k = :v, l[0] = :v', 'REMOVE n', 'REMOVE m.d.e', 'REMOVE l[0]', 'REMOVE l[3]', 'REMOVE nothing',
    'ADD n :v', 'ADD a :ss', 'ADD ss :ss', 'DELETE ss :ss', 'DELETE ns :ns', 'DELETE a :ss', 'REMOVE l[0], l[1], l[2], l[3]', 'REMOVE l[1] SET l[9] = :s']) e;
SELECT given_back('SET n = :s', 'NONE'), given_back('SET n = :s', 'ALL_OLD')::json -> 'Attributes' -> 'n' AS n, given_back('SET n = :s', 'SOME');

SELECT dynamo.delete_table('{"TableName":"Updates"}') -> 'TableDescription' ->> 'TableStatus' AS status;
DROP SCHEMA update_expression CASCADE;
