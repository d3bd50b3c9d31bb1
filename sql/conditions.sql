-- Conditions: ConditionExpression on writes, FilterExpression on Query and Scan.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA conditions;
SET search_path = conditions, public;
SET dynamo.schema = conditions;

SELECT dynamo.create_table('{"TableName":"Conditions","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"}]}') IS NOT NULL AS made;

-- The reply of an operation; of an error its code, message and detail.
CREATE FUNCTION call(operation text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    RETURN dynamo.call(operation, (jsonb_build_object('TableName', 'Conditions') || request)::json);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM, nullif(detail, ''));
END
$$;

----------------------------------------------------------------------
-- What every operator and function says of every type of attribute
----------------------------------------------------------------------
SELECT call('PutItem', '{"Item":{"p":{"S":"types"},"r":{"N":"1"},
    "s":{"S":"hello"},"e":{"S":""},"n":{"N":"5"},"b":{"B":"AQID"},"t":{"BOOL":true},"f":{"BOOL":false},"z":{"NULL":true},
    "l":{"L":[{"S":"x"},{"N":"1"},{"L":[]}]},"m":{"M":{"k":{"S":"v"}}},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AQ==","Ag=="]},
    "wide":{"S":"é😀"}}}');

-- Is the condition true of that item?  Values are :s, :n ... below.
CREATE FUNCTION holds(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    all_values jsonb := '{":s":{"S":"hello"},":he":{"S":"he"},":e":{"S":""},":x":{"S":"x"},":a":{"S":"a"},":zz":{"S":"zz"},":n":{"N":"5"},":one":{"N":"1"},":three":{"N":"3"},
        ":b":{"B":"AQID"},":b2":{"B":"Ag=="},":t":{"BOOL":true},":f":{"BOOL":false},":z":{"NULL":true},":l":{"L":[]},":m":{"M":{"k":{"S":"v"}}},
        ":ss":{"SS":["b","a"]},":ns":{"NS":["2.0","1"]},":bs":{"BS":["Ag==","AQ=="]},":S":{"S":"S"},":BOOL":{"S":"BOOL"},":L":{"S":"L"},":NS":{"S":"NS"}}';
    used jsonb := (SELECT jsonb_object_agg(key, value) FROM jsonb_each(all_values) WHERE condition ~ (key || '\M'));
    reply text := call('Scan', jsonb_strip_nulls(jsonb_build_object('FilterExpression', condition, 'ExpressionAttributeValues', used, 'Select', 'COUNT')));
BEGIN
    RETURN CASE reply WHEN '{"Count":1,"ScannedCount":1}' THEN 'true' WHEN '{"Count":0,"ScannedCount":1}' THEN 'false' ELSE reply END;
END
$$;
CREATE TABLE attributes AS SELECT unnest('{s,e,n,b,t,f,z,l,m,ss,ns,bs,nope}'::text[]) AS a;

-- equality is by type and value; sets have no order, numbers no spelling
SELECT a, string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(format('%s = :%s', a, v)) = 'true') AS equals,
       string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(format('%s <> :%s', a, v)) = 'false') AS not_unequal
FROM attributes, unnest('{s,he,e,n,one,b,b2,t,f,z,l,m,ss,ns,bs}'::text[]) v GROUP BY 1 ORDER BY 1;
-- order needs two strings, two numbers or two binaries
SELECT a, op, string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(format('%s %s :%s', a, op, v)) = 'true') AS holds_for
FROM attributes, unnest('{<,<=,>,>=}'::text[]) op, unnest('{s,he,e,n,one,b,b2}'::text[]) v GROUP BY 1, 2 ORDER BY 1, 2;
SELECT a, holds(a || ' BETWEEN :one AND :n') AS number, holds(a || ' BETWEEN :he AND :s') AS string, holds(a || ' BETWEEN :b AND :b2') AS binary,
       holds(a || ' BETWEEN n AND :n') AS paths, holds(a || ' IN (:he, :n, :m, :ss)') AS "in", holds(a || ' IN (nope)') AS in_nope
FROM attributes ORDER BY 1;
SELECT a, holds(format('attribute_exists(%s)', a)) AS exists, holds(format('attribute_not_exists(%s)', a)) AS not_exists,
       (SELECT string_agg(t, ' ') FROM unnest('{S,BOOL,L,NS}'::text[]) t WHERE holds(format('attribute_type(%s, :%s)', a, t)) = 'true') AS type,
       (SELECT string_agg(v, ' ') FROM unnest('{he,e,s,zz,b,b2}'::text[]) v WHERE holds(format('begins_with(%s, :%s)', a, v)) = 'true') AS begins_with,
       (SELECT string_agg(v, ' ') FROM unnest('{he,e,x,a,n,one,b,b2,l,ss,t}'::text[]) v WHERE holds(format('contains(%s, :%s)', a, v)) = 'true') AS contains,
       (SELECT string_agg(i::text, ' ') FROM generate_series(0, 6) i WHERE call('Scan', jsonb_build_object('Select', 'COUNT',
            'FilterExpression', format('size(%s) = :i', a), 'ExpressionAttributeValues', jsonb_build_object(':i', jsonb_build_object('N', i::text)))) LIKE '%"Count":1,%') AS size
FROM attributes ORDER BY 1;
-- whatever is not there makes a comparison false, but for <>
SELECT c, holds(c) FROM unnest(ARRAY['nope = nope2', 'nope <> nope2', 'nope <> :s', 'NOT nope = :s', 'nope < :s', 'NOT nope < :s', 'size(nope) = :n', 'size(nope) <> :n',
    'size(n) = :n', 'size(n) <> :n', 'attribute_exists(m.k)', 'attribute_exists(m.k.deeper)', 'attribute_exists(l[0])', 'attribute_exists(l[3])', 'attribute_exists(s[0])',
    'contains(l[0], :x)', 'm.k = l[0]', 'm.k <> l[0]', ':s = s', ':one < :n', ':n = size(s)', 'size(wide) = :three', 'n BETWEEN size(m) AND size(s)', 'begins_with(:s, s)', 'contains(:ss, l[0])',
    'size(:s) = n', 'b BETWEEN nope AND :b', ':n IN (size(s), :s)', 'size(s) IN (:s, n)']) c;

-- NOT binds closer than AND, AND closer than OR; parentheses first
SELECT c, holds(c) FROM unnest(ARRAY['t = :t OR t = :f AND t = :f', '(t = :t OR t = :f) AND t = :f', 'NOT t = :f AND t = :f', 'NOT (t = :f AND t = :f)',
    'NOT NOT t = :t', 'NOT t = :f OR t = :f', 't = :f AND t = :f OR t = :t', 't=:f OR(t=:t AND NOT t=:f)', 'not t = :f And f = :f oR z = :n']) c;

----------------------------------------------------------------------
-- Errors, which say which expression they are about
----------------------------------------------------------------------
SELECT c, holds(c) FROM unnest(ARRAY['', 'n', ':n', 'n =', 'n = :n AND', '(n = :n', '((n = :n))', 'n = :n n', 'size(n)', 'n = attribute_exists(s)', 'NOT n', 'n IN ()', 'n BETWEEN :one', 'n + :n = :n',
    'attribute_exists(:s)', 'attribute_exists(s, n)', 'begins_with(s, :n)', 'begins_with(s)', 'contains(s, s)', 'attribute_type(s, :s)', 'attribute_type(s, n)', 'n < :ss', 'n BETWEEN :n AND :one',
    'n BETWEEN :n AND :s', 'size(:n) = n', 'Size(s) = :n', 'if_not_exists(n, :n) = :n', 'list_append(l, :l) = :l', 'foo(n) = :n', 'name = :n', '#n = :n', 'n = :nope', 'n = n', 's[-1] = :s', 'SET n = :n']) c;
SELECT holds('n IN (' || (SELECT string_agg(':n', ', ') FROM generate_series(1, 100)) || ')'),
       holds('n IN (' || (SELECT string_agg(':n', ', ') FROM generate_series(1, 101)) || ')');
-- 300 operators: 150 comparisons with 149 ANDs between are 299
SELECT holds((SELECT string_agg('n=:n', ' AND ') FROM generate_series(1, 150))),
       holds('NOT ' || (SELECT string_agg('n=:n', ' AND ') FROM generate_series(1, 150))),
       holds('NOT NOT ' || (SELECT string_agg('n=:n', ' AND ') FROM generate_series(1, 150)));
SELECT holds(rpad('n = :n', 4096)), holds(rpad('n = :n', 4097));
SELECT left(holds(repeat('(', 2000) || 'n = :n' || repeat(')', 2000)), 100), left(holds(repeat('NOT ', 299) || 'n = :n'), 100), left(holds(repeat('NOT ', 1000) || 'n = :n'), 120);

----------------------------------------------------------------------
-- PutItem and DeleteItem
----------------------------------------------------------------------
-- put if absent
SELECT call('PutItem', '{"Item":{"p":{"S":"a"},"r":{"N":"1"},"v":{"N":"1"}},"ConditionExpression":"attribute_not_exists(p)"}');
SELECT call('PutItem', '{"Item":{"p":{"S":"a"},"r":{"N":"1"},"v":{"N":"2"}},"ConditionExpression":"attribute_not_exists(p)"}');
SELECT call('PutItem', '{"Item":{"p":{"S":"a"},"r":{"N":"1"},"v":{"N":"2"}},"ConditionExpression":"attribute_not_exists(p)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}');
SELECT call('PutItem', '{"Item":{"p":{"S":"a"},"r":{"N":"1"},"v":{"N":"2"}},"ConditionExpression":"attribute_not_exists(p)","ReturnValuesOnConditionCheckFailure":"NONE"}');
-- compare and set
SELECT call('PutItem', '{"Item":{"p":{"S":"a"},"r":{"N":"1"},"v":{"N":"2"}},"ConditionExpression":"#v = :v","ExpressionAttributeNames":{"#v":"v"},"ExpressionAttributeValues":{":v":{"N":"1.0"}},"ReturnValues":"ALL_OLD"}');
SELECT call('PutItem', '{"Item":{"p":{"S":"a"},"r":{"N":"1"},"v":{"N":"3"}},"ConditionExpression":"v = :v","ExpressionAttributeValues":{":v":{"N":"1"}},"ReturnValues":"ALL_OLD"}');
SELECT call('GetItem', '{"Key":{"p":{"S":"a"},"r":{"N":"1"}}}');
-- an item that is not there has no attribute, not even its key
SELECT call('DeleteItem', '{"Key":{"p":{"S":"b"},"r":{"N":"1"}},"ConditionExpression":"p = :b","ExpressionAttributeValues":{":b":{"S":"b"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}');
SELECT call('DeleteItem', '{"Key":{"p":{"S":"b"},"r":{"N":"1"}},"ConditionExpression":"p <> :b","ExpressionAttributeValues":{":b":{"S":"b"}},"ReturnValues":"ALL_OLD"}');
SELECT call('DeleteItem', '{"Key":{"p":{"S":"a"},"r":{"N":"1"}},"ConditionExpression":"v < :v","ExpressionAttributeValues":{":v":{"N":"2"}}}');
SELECT call('DeleteItem', '{"Key":{"p":{"S":"a"},"r":{"N":"1"}},"ConditionExpression":"v < :v","ExpressionAttributeValues":{":v":{"N":"3"}},"ReturnValues":"ALL_OLD","ReturnConsumedCapacity":"TOTAL"}');
SELECT call('GetItem', '{"Key":{"p":{"S":"a"},"r":{"N":"1"}}}');
-- what is refused, and in which order
SELECT more, call('PutItem', '{"Item":{"p":{"S":"a"},"r":{"N":"1"}}}' || more::jsonb) FROM unnest(ARRAY[
    '{"ConditionExpression":""}',
    '{"ConditionExpression":"a","ReturnValues":"ALL_NEW"}',
    '{"ConditionExpression":"a","ReturnValuesOnConditionCheckFailure":"ALL_NEW"}',
    '{"ConditionExpression":"a","Item":{"p":{"N":"x"}}}',
    '{"ConditionExpression":"a = :a"}',
    '{"ConditionExpression":"attribute_exists(a)","ExpressionAttributeValues":{":a":{"S":"a"}}}',
    '{"ConditionExpression":"attribute_exists(a)","ExpressionAttributeValues":{}}',
    '{"ConditionExpression":"attribute_exists(a)","ExpressionAttributeNames":{"#a":"a"}}',
    '{"ConditionExpression":"a = :a","ExpressionAttributeValues":{":a":{"N":"x"}}}',
    '{"ConditionExpression":"p.a = :a","ExpressionAttributeValues":{":a":{"N":"1"}},"TableName":"Nope"}',
    '{"ConditionExpression":"p.a = :a","ExpressionAttributeValues":{":a":{"N":"1"}},"Item":{"p":{"N":"1"},"r":{"N":"1"}}}',
    '{"ConditionExpression":"p.a = :a","ExpressionAttributeValues":{":a":{"N":"1"}}}',
    '{"ExpressionAttributeValues":{":a":{"N":"1"}}}']) more;

----------------------------------------------------------------------
-- Query and Scan: a limit counts what is read, not what is left of it
----------------------------------------------------------------------
SELECT count(call('PutItem', jsonb_build_object('Item', jsonb_build_object('p', '{"S":"page"}'::jsonb, 'r', jsonb_build_object('N', i::text), 'odd', jsonb_build_object('BOOL', i % 2 = 1), 'v', jsonb_build_object('N', (i % 3)::text)))))
FROM generate_series(1, 9) i;
CREATE FUNCTION query(more jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT call('Query', '{"KeyConditionExpression":"p = :p","ProjectionExpression":"r","ExpressionAttributeValues":{":p":{"S":"page"},":t":{"BOOL":true}}}' || more)
$$;
SELECT query('{"FilterExpression":"odd = :t"}');
SELECT query('{"FilterExpression":"odd = :t","Limit":3}');
SELECT query('{"FilterExpression":"odd = :t","Limit":1,"ExclusiveStartKey":{"p":{"S":"page"},"r":{"N":"1"}}}');
SELECT query('{"FilterExpression":"odd = :t","Limit":4,"ScanIndexForward":false,"ReturnConsumedCapacity":"TOTAL"}');
SELECT query('{"FilterExpression":"odd = :t","Limit":9}');
SELECT query('{"FilterExpression":"odd = :t","Limit":10}');
SELECT query('{"FilterExpression":"odd = :t","Select":"COUNT","ProjectionExpression":null}');
SELECT call('Query', '{"KeyConditionExpression":"p = :p AND r > :v","FilterExpression":"v = :v","Select":"COUNT","ExpressionAttributeValues":{":p":{"S":"page"},":v":{"N":"2"}}}');
SELECT call('Scan', '{"FilterExpression":"v = :v AND p = :p","ProjectionExpression":"p","ExpressionAttributeValues":{":p":{"S":"page"},":v":{"N":"2"}}}');
-- a filter of Query may not name a key; one of Scan may
SELECT query('{"FilterExpression":"odd = :t OR r = :p"}');
SELECT query('{"FilterExpression":"NOT (odd = :t AND contains(p, :p))"}');
SELECT query('{"FilterExpression":"p.a = :t"}');
SELECT call('Scan', '{"FilterExpression":"p.a = :t","ExpressionAttributeValues":{":t":{"BOOL":true}}}');
-- of several expressions the filter is read first, then the projection, then the key condition
SELECT query('{"FilterExpression":"odd","ProjectionExpression":"r[","KeyConditionExpression":"p"}');
SELECT query('{"FilterExpression":"odd = :t","ProjectionExpression":"r[","KeyConditionExpression":"p"}');
SELECT query('{"FilterExpression":"odd = :t","KeyConditionExpression":"p"}');
SELECT query('{"FilterExpression":"odd = :t","KeyConditionExpression":"odd = :p"}');
SELECT query('{"FilterExpression":"odd = :t","ExpressionAttributeNames":{"#x":"x"}}');
SELECT query('{"FilterExpression":"odd = :t","KeyConditionExpression":null}');
SELECT call('Scan', '{"FilterExpression":"odd = :t"}');
SELECT call('Scan', '{"ExpressionAttributeValues":{":t":{"BOOL":true}}}');
SELECT call('Scan', '{"ExpressionAttributeValues":{":t":{"BOOL":true}},"ProjectionExpression":"p"}');

-- the keys of an empty page go on where the page ended
SELECT query('{"FilterExpression":"odd <> :t AND attribute_exists(nope)","Limit":2}');


SELECT dynamo.delete_table('{"TableName":"Conditions"}') -> 'TableDescription' ->> 'TableStatus' AS status;
DROP SCHEMA conditions CASCADE;
