-- The parameters that expressions replaced: Expected, QueryFilter, ScanFilter, KeyConditions, AttributesToGet, AttributeUpdates.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA legacy;
SET search_path = legacy, public;
SET dynamo.schema = legacy;

SELECT dynamo.create_table('{"TableName":"Legacy","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"}]}') IS NOT NULL AS made;

-- The reply of an operation on that table, or its error.  The request keeps its order: members is the inside of an object.
CREATE FUNCTION call(operation text, members text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.call(operation, ('{"TableName":"Legacy",' || members || '}')::json);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

----------------------------------------------------------------------
-- What every comparison operator says of every type of attribute
----------------------------------------------------------------------
SELECT call('PutItem', '"Item":{"p":{"S":"types"},"r":{"N":"1"},
    "s":{"S":"hello"},"e":{"S":""},"n":{"N":"5"},"b":{"B":"AQID"},"t":{"BOOL":true},"z":{"NULL":true},
    "l":{"L":[{"S":"he"},{"N":"5"},{"BOOL":true},{"NULL":true},{"L":[]}]},"m":{"M":{"he":{"S":"he"}}},
    "ss":{"SS":["he","x"]},"ns":{"NS":["1","5"]},"bs":{"BS":["AQID","Ag=="]},"a.b":{"S":"dot"}}');
CREATE TABLE attributes AS SELECT unnest('{s,e,n,b,t,z,l,m,ss,ns,bs,nope}'::text[]) AS a;
CREATE TABLE vals (v text, value text);
INSERT INTO vals VALUES ('s', '{"S":"hello"}'), ('he', '{"S":"he"}'), ('e', '{"S":""}'), ('n', '{"N":"5.0"}'), ('one', '{"N":"1"}'), ('b', '{"B":"AQID"}'), ('b2', '{"B":"Ag=="}'),
    ('t', '{"BOOL":true}'), ('z', '{"NULL":true}'), ('l', '{"L":[{"S":"he"},{"N":"5"},{"BOOL":true},{"NULL":true},{"L":[]}]}'), ('m', '{"M":{"he":{"S":"he"}}}'),
    ('ss', '{"SS":["x","he"]}'), ('ns', '{"NS":["5.0","1"]}'), ('bs', '{"BS":["Ag==","AQID"]}');

-- Is the condition true of that item?  By ScanFilter, QueryFilter and Expected, which must agree.
CREATE FUNCTION holds(attribute text, operator text, list text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    condition text := format('"%s":{"ComparisonOperator":"%s","AttributeValueList":[%s]}', attribute, operator, list);
    scan text := call('Scan', format('"Select":"COUNT","ScanFilter":{%s}', condition));
    query text := call('Query', format('"Select":"COUNT","KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"types"}]}},"QueryFilter":{%s}', condition));
    expected text := call('UpdateItem', format('"Key":{"p":{"S":"types"},"r":{"N":"1"}},"Expected":{%s}', condition));
    result text := CASE scan WHEN '{"Count":1,"ScannedCount":1}' THEN 'true' WHEN '{"Count":0,"ScannedCount":1}' THEN 'false' ELSE scan END;
BEGIN
    expected := CASE expected WHEN '{}' THEN '{"Count":1,"ScannedCount":1}' WHEN 'DY007 The conditional request failed' THEN '{"Count":0,"ScannedCount":1}' ELSE expected END;
    IF query <> scan OR expected <> scan THEN
        RETURN format('Scan: %s, Query: %s, Expected: %s', scan, query, expected);
    END IF;
    RETURN result;
END
$$;
-- equality is by type and value, and a missing attribute is unequal to everything
SELECT a, string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(a, 'EQ', value) = 'true') AS eq,
       string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(a, 'NE', value) = 'false') AS not_ne,
       string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(a, 'NE', value) NOT IN ('true', 'false')) AS wrong
FROM attributes, vals GROUP BY 1 ORDER BY 1;
-- order is within one type, and of a missing attribute nothing is true
SELECT a, string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(a, 'LT', value) = 'true') AS lt, string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(a, 'LE', value) = 'true') AS le,
       string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(a, 'GT', value) = 'true') AS gt, string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(a, 'GE', value) = 'true') AS ge,
       holds(a, 'BETWEEN', '{"S":"he"},{"S":"hello"}') AS s, holds(a, 'BETWEEN', '{"N":"5"},{"N":"5"}') AS n, holds(a, 'BETWEEN', '{"B":"AA=="},{"B":"AQM="}') AS b
FROM attributes, vals WHERE v IN ('s', 'he', 'e', 'n', 'one', 'b', 'b2') GROUP BY 1 ORDER BY 1;
-- NOT_CONTAINS is true of every attribute that is there and does not contain the value
SELECT a, string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(a, 'CONTAINS', value) = 'true') AS contains,
       string_agg(v, ' ' ORDER BY v) FILTER (WHERE holds(a, 'NOT_CONTAINS', value) = 'true') AS not_contains,
       string_agg(v, ' ' ORDER BY v) FILTER (WHERE v IN ('s', 'he', 'e', 'b', 'b2') AND holds(a, 'BEGINS_WITH', value) = 'true') AS begins_with
FROM attributes, vals WHERE v IN ('s', 'he', 'e', 'n', 'one', 'b', 'b2', 't', 'z') GROUP BY 1 ORDER BY 1;
SELECT a, holds(a, 'NULL', '') AS "NULL", holds(a, 'NOT_NULL', '') AS "NOT_NULL", holds(a, 'IN', '{"S":"x"},{"S":"hello"}') AS s, holds(a, 'IN', '{"N":"5.00"}') AS n, holds(a, 'IN', '{"B":""},{"B":"AQID"},{"B":"AQID"}') AS b
FROM attributes ORDER BY 1;
-- dots and brackets are part of a name
SELECT holds('a.b', 'EQ', '{"S":"dot"}') AS dotted, holds('m.he', 'NULL', '') AS no_path, holds('l[0]', 'NULL', '') AS no_index, holds('#s', 'NULL', '') AS no_placeholder;

----------------------------------------------------------------------
-- Arguments of operators
----------------------------------------------------------------------
CREATE TABLE operators AS SELECT unnest('{EQ,NE,LE,LT,GE,GT,NOT_NULL,"NULL",CONTAINS,NOT_CONTAINS,BEGINS_WITH,IN,BETWEEN}'::text[]) AS op;
-- how many
SELECT op, string_agg(n::text, ' ' ORDER BY n) FILTER (WHERE reply IN ('true', 'false')) AS takes, max(reply) FILTER (WHERE reply NOT IN ('true', 'false')) AS otherwise
FROM operators, generate_series(0, 4) n, LATERAL holds('s', op, coalesce((SELECT string_agg('{"S":"a"}', ',') FROM generate_series(1, n)), '')) reply GROUP BY op ORDER BY op;
-- of which types
SELECT op, string_agg(v, ' ' ORDER BY v) FILTER (WHERE reply IN ('true', 'false')) AS takes,
       string_agg(substring(reply, '^DY001 One or more parameter values were invalid: ComparisonOperator ' || op || ' is not valid for (\w+) AttributeValue type$'), ' ' ORDER BY v) AS is_not_valid_for
FROM operators, vals, LATERAL holds('s', op, CASE op WHEN 'BETWEEN' THEN value || ',' || value ELSE value END) reply WHERE op NOT LIKE '%NULL' AND v NOT IN ('he', 'e', 'one', 'b2') GROUP BY op ORDER BY op;
SELECT op, list, holds('s', op, list) FROM (VALUES
    ('IN', '{"S":"a"},{"N":"1"}'), ('IN', '{"S":"a"},{"N":"1"},{"SS":["a"]}'), ('IN', '{"S":"a"},{"SS":["a"]}'), ('BETWEEN', '{"S":"a"},{"N":"1"}'), ('BETWEEN', '{"S":"a"},{"BOOL":true}'),
    ('BETWEEN', '{"S":"b"},{"S":"a"}'), ('BETWEEN', '{"N":"10"},{"N":"9"}'), ('BETWEEN', '{"B":"AQ=="},{"B":""}'),
    ('EQ', '{}'), ('EQ', '{"S":"a","N":"1"}'), ('EQ', 'null'), ('LT', '{"N":"x"},{"S":"a"}'), ('EQ', '{"SS":[]}'), ('EQ', '{"NULL":false}')) t(op, list);
-- a value too large: by document in filters, all that is expected together
SELECT call('Scan', format('"Select":"COUNT","ScanFilter":{"x":{"ComparisonOperator":"NE","AttributeValueList":[{"L":[{"S":"%s"}]}]}}', repeat('x', 409600))) AS document,
       call('Scan', format('"Select":"COUNT","ScanFilter":{"x":{"ComparisonOperator":"NE","AttributeValueList":[{"S":"%s"}]}}', repeat('x', 409601))) AS string;
SELECT n, call('UpdateItem', format('"Key":{"p":{"S":"types"},"r":{"N":"1"}},"Expected":{"x":{"ComparisonOperator":"NE","AttributeValueList":[{"S":"%s"}]},"y":{"ComparisonOperator":"NE","AttributeValueList":[{"S":"%1$s"}]}}', repeat('x', n))) AS expected
FROM (VALUES (204799), (204800)) t(n);

----------------------------------------------------------------------
-- Expected
----------------------------------------------------------------------
CREATE FUNCTION expect(expected text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT call('UpdateItem', format('"Key":{"p":{"S":"types"},"r":{"N":"1"}},"Expected":{%s}%s', expected, more))
$$;
SELECT form, expect('"s":' || form) FROM unnest(ARRAY['{"Value":{"S":"hello"}}', '{"Value":{"S":"x"}}', '{"Exists":true,"Value":{"S":"hello"}}', '{"Exists":false}', '{"Exists":null,"Value":{"S":"hello"},"AttributeValueList":null}',
    '{"Value":{"S":"hello"},"ComparisonOperator":"EQ"}', '{"Value":{"S":"x"},"ComparisonOperator":"NE"}', '{"Value":{"S":"hello"},"ComparisonOperator":"IN"}', '{"ComparisonOperator":"NOT_NULL"}', '{"ComparisonOperator":"NULL"}',
    '{}', '{"Exists":true}', '{"Exists":false,"Value":{"S":"x"}}', '{"Exists":false,"Value":{}}', '{"Value":{}}', '{"AttributeValueList":[]}', '{"Exists":false,"AttributeValueList":[{}]}', '{"Value":{"S":"x"},"AttributeValueList":[]}',
    '{"Value":{"S":"x"},"AttributeValueList":[{"S":"x"}],"ComparisonOperator":"EQ"}', '{"Exists":true,"ComparisonOperator":"NOT_NULL"}', '{"Exists":false,"ComparisonOperator":"EQ","Value":{"S":"x"},"AttributeValueList":[]}',
    '{"ComparisonOperator":"EQ"}', '{"ComparisonOperator":"BETWEEN","Value":{"S":"x"}}', '{"ComparisonOperator":"NULL","Value":{"S":"x"}}', '{"ComparisonOperator":"eq"}', 'null']) form;
-- of several the first that is wrong; a name behind its values, before their number
SELECT expected, expect(expected) FROM unnest(ARRAY['"s":{},"n":{"Exists":true}', '"n":{"Exists":true},"s":{}', '"n":{"ComparisonOperator":"LT","AttributeValueList":[]},"s":{}', '"":{"Exists":false}', '"":{}', '"":{"Value":{}}', '"":{"ComparisonOperator":"LT","AttributeValueList":[]}',
    '"s":{"ComparisonOperator":"LT","AttributeValueList":[]},"s":{"Value":{"S":"hello"}}', '']) expected;

-- AND is the default, and joining needs two
SELECT expected, operator, expect(expected, coalesce(',"ConditionalOperator":"' || operator || '"', '')) FROM
    (VALUES ('"s":{"Value":{"S":"hello"}},"n":{"Value":{"N":"5"}}'), ('"s":{"Value":{"S":"hello"}},"n":{"Exists":false}'), ('"s":{"Exists":false},"n":{"Exists":false}'), ('"s":{"Value":{"S":"hello"}}'), ('"s":{}'), ('')) t(expected),
    unnest('{NULL,AND,OR}'::text[]) operator ORDER BY operator NULLS FIRST, expected COLLATE "C" DESC;
SELECT op, call(op, request || '"ConditionalOperator":"OR"') AS without, call(op, request || filter || ':{},"ConditionalOperator":"OR"') AS empty,
       call(op, request || filter || ':{"s":{"ComparisonOperator":"NULL"}},"ConditionalOperator":"OR"') AS one, call(op, request || filter || ':{},"ConditionalOperator":"XOR"') AS "XOR"
FROM (VALUES ('PutItem', '"Item":{"p":{"S":"new"},"r":{"N":"1"}},', '"Expected"'), ('UpdateItem', '"Key":{"p":{"S":"new"},"r":{"N":"1"}},', '"Expected"'), ('DeleteItem', '"Key":{"p":{"S":"new"},"r":{"N":"1"}},', '"Expected"'),
    ('Scan', '', '"ScanFilter"'), ('Query', '"KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"new"}]}},', '"QueryFilter"')) t(op, request, filter);

-- on an item that is not there, and writing only if it fits
SELECT call('PutItem', '"Item":{"p":{"S":"new"},"r":{"N":"1"},"v":{"N":"1"}},"Expected":{"p":{"Exists":true,"Value":{"S":"new"}}}');
SELECT call('PutItem', '"Item":{"p":{"S":"new"},"r":{"N":"1"},"v":{"N":"1"}},"Expected":{"p":{"Exists":false}}');
SELECT call('PutItem', '"Item":{"p":{"S":"new"},"r":{"N":"1"},"v":{"N":"2"}},"Expected":{"p":{"Exists":false}}');
SELECT call('PutItem', '"Item":{"p":{"S":"new"},"r":{"N":"1"},"v":{"N":"2"}},"Expected":{"v":{"Value":{"N":"1.0"}}},"ReturnValues":"ALL_OLD"');
SELECT call('DeleteItem', '"Key":{"p":{"S":"new"},"r":{"N":"1"}},"Expected":{"v":{"ComparisonOperator":"LT","AttributeValueList":[{"N":"2"}]}}');
SELECT call('DeleteItem', '"Key":{"p":{"S":"new"},"r":{"N":"1"}},"Expected":{"v":{"ComparisonOperator":"LE","AttributeValueList":[{"N":"2"}]}},"ReturnValues":"ALL_OLD"');

----------------------------------------------------------------------
-- KeyConditions and filters
----------------------------------------------------------------------
SELECT call('PutItem', format('"Item":{"p":{"S":"q"},"r":{"N":"%s"},"odd":{"BOOL":%s}}', i, (i % 2 = 1)::text)) AS reply, count(*) FROM generate_series(1, 9) i GROUP BY 1;
-- The sort keys of the items found, or the error.
CREATE FUNCTION found(operation text, members text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    reply text := call(operation, members);
BEGIN
    IF reply NOT LIKE '{%' THEN
        RETURN reply;
    END IF;
    RETURN concat_ws(' of ', (SELECT string_agg(item #>> '{r,N}', ' ' ORDER BY n) FROM json_array_elements(reply::json -> 'Items') WITH ORDINALITY i(item, n)), reply::json ->> 'ScannedCount');
END
$$;
CREATE FUNCTION keys(conditions text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT found('Query', format('"KeyConditions":{%s}%s', conditions, more))
$$;
CREATE TABLE ranges AS SELECT * FROM (VALUES ('EQ', '{"N":"4"}'), ('LT', '{"N":"4"}'), ('LE', '{"N":"4"}'), ('GT', '{"N":"4"}'), ('GE', '{"N":"4"}'), ('BETWEEN', '{"N":"4"},{"N":"6.5"}'),
    ('NE', '{"N":"4"}'), ('NULL', ''), ('NOT_NULL', ''), ('CONTAINS', '{"N":"4"}'), ('NOT_CONTAINS', '{"N":"4"}'), ('IN', '{"N":"4"}'), ('BEGINS_WITH', '{"S":"4"}'), ('BEGINS_WITH', '{"N":"4"}'),
    ('BETWEEN', '{"N":"6"},{"N":"4"}'), ('BETWEEN', '{"N":"6"},{"S":"7"}'), ('EQ', ''), ('EQ', '{"N":"4"},{"N":"4"}'), ('EQ', '{"S":"4"}'), ('EQ', '{"SS":["4"]}'), ('LT', '{"SS":["4"]}'), ('EQ', '{}')) t(op, list);
SELECT op, list, keys(format('"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"q"}]},"r":{"ComparisonOperator":"%s","AttributeValueList":[%s]}', op, list)) FROM ranges;
SELECT conditions, keys(conditions) FROM unnest(ARRAY['"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"q"}]}', '"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"nobody"}]}', '"p":{"ComparisonOperator":"GE","AttributeValueList":[{"S":"q"}]}',
    '"p":{"ComparisonOperator":"NE","AttributeValueList":[{"S":"q"}]}', '"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]}', '"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":""}]}', '"r":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]}',
    '"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"q"}]},"x":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]}',
    '"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"q"}]},"r":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]},"x":{"ComparisonOperator":"NE","AttributeValueList":[{"N":"1"}]}',
    '"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"q"}]},"r":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]},"x":{"ComparisonOperator":"EQ","AttributeValueList":[]}',
    '"":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"q"}]}', '"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"nobody"}]},"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"q"}]}', '', '"p":{"AttributeValueList":[{"S":"q"}]}']) conditions;
SELECT call('Query', '"Select":"COUNT"');
-- a page is counted before the filter; a filter of a Query leaves the keys alone, one of a Scan need not
CREATE FUNCTION filtered(filter text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT keys('"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"q"}]}', format(',"QueryFilter":{%s}%s', filter, more))
$$;
SELECT filtered(odd), filtered(odd, ',"ScanIndexForward":false'), filtered(odd, ',"Limit":4'), filtered('') FROM (VALUES ('"odd":{"ComparisonOperator":"EQ","AttributeValueList":[{"BOOL":true}]}')) t(odd);
SELECT filtered('"r":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]}'), filtered('"r":{"ComparisonOperator":"NULL"},"p":{"ComparisonOperator":"NULL"}'), filtered('"r":{"ComparisonOperator":"LT","AttributeValueList":[]}');
SELECT found('Scan', '"ScanFilter":{"r":{"ComparisonOperator":"GT","AttributeValueList":[{"N":"7"}]}}'), found('Scan', '"ScanFilter":{"r":{"ComparisonOperator":"GT","AttributeValueList":[{"N":"7"}]},"s":{"ComparisonOperator":"NOT_NULL"}},"ConditionalOperator":"OR"'),
       found('Scan', '"ScanFilter":{"":{"ComparisonOperator":"NULL"}}'), found('Scan', '"ScanFilter":{"x":{"AttributeValueList":[]}}');

----------------------------------------------------------------------
-- AttributesToGet
----------------------------------------------------------------------
CREATE TABLE lists AS SELECT unnest(ARRAY['["s","n"]', '["n","nope","p"]', '["nope"]', '["m.he","l[0]","a.b"]', '["s","s"]', '["s","b","b","s"]', '[""]', '["",""]', '["s","s",""]', '[]', '[null]', '"s"']) AS list;
SELECT list, call('GetItem', format('"Key":{"p":{"S":"types"},"r":{"N":"1"}},"AttributesToGet":%s', list)) FROM lists;
SELECT list, call('BatchGetItem', format('"RequestItems":{"Legacy":{"Keys":[{"p":{"S":"types"},"r":{"N":"1"}}],"AttributesToGet":%s}}', list)) FROM lists LIMIT 5;
SELECT list, call('Query', format('"KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"types"}]}},"AttributesToGet":%s', list)) AS query,
       call('Scan', format('"ScanFilter":{"s":{"ComparisonOperator":"NOT_NULL"}},"AttributesToGet":%s', list)) AS scan FROM lists LIMIT 5;
SELECT sel, call('Scan', format('"Select":"%s","AttributesToGet":["n"],"ScanFilter":{"s":{"ComparisonOperator":"NOT_NULL"}}', sel)) FROM unnest('{SPECIFIC_ATTRIBUTES,COUNT,ALL_ATTRIBUTES,ALL_PROJECTED_ATTRIBUTES}'::text[]) sel;

----------------------------------------------------------------------
-- AttributeUpdates
----------------------------------------------------------------------
-- The item after an update of one with a number, a string, a set and a list, or the error.
CREATE FUNCTION updated(updates text, more text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM call('PutItem', '"Item":{"p":{"S":"u"},"r":{"N":"1"},"n":{"N":"5"},"s":{"S":"x"},"ss":{"SS":["a","b"]},"l":{"L":[{"N":"1"}]}}');
    RETURN call('UpdateItem', format('"Key":{"p":{"S":"u"},"r":{"N":"1"}},"AttributeUpdates":{%s},"ReturnValues":"ALL_NEW"%s', updates, more));
END
$$;
SELECT updates, updated(updates) FROM unnest(ARRAY['"n":{"Value":{"S":"put"}}', '"n":{"Action":"PUT","Value":{"M":{}}}', '"a.b":{"Action":"PUT","Value":{"S":"dot"}}', '"n":{"Action":"DELETE"}', '"nope":{"Action":"DELETE"}',
    '"n":{"Action":"ADD","Value":{"N":"-2.5"}}', '"new":{"Action":"ADD","Value":{"N":"3"}}', '"ss":{"Action":"ADD","Value":{"SS":["b","c"]}}', '"new":{"Action":"ADD","Value":{"NS":["1"]}}',
    '"l":{"Action":"ADD","Value":{"L":[{"S":"last"}]}}', '"new":{"Action":"ADD","Value":{"L":[{"S":"last"}]}}', '"ss":{"Action":"DELETE","Value":{"SS":["b","c"]}}', '"ss":{"Action":"DELETE","Value":{"SS":["b","a"]}}', '"nope":{"Action":"DELETE","Value":{"SS":["b"]}}',
    '"n":{"Action":"DELETE"},"s":{"Value":{"S":"y"}},"ss":{"Action":"DELETE","Value":{"SS":["a"]}}', '']) updates;
SELECT updates, updated(updates) FROM unnest(ARRAY['"n":{}', '"n":{"Value":null}', '"n":{"Action":"PUT"}', '"n":{"Action":"ADD"}', '"n":{"Value":{}}', '"n":{"Action":"delete"}', '"n":null', '"":{"Value":{}}', '"s":{},"n":{"Value":{}}', '"n":{"Value":{}},"s":{}',
    '"n":{"Action":"ADD","Value":{"SS":["a"]}}', '"s":{"Action":"ADD","Value":{"N":"1"}}', '"l":{"Action":"ADD","Value":{"N":"1"}}', '"ss":{"Action":"DELETE","Value":{"NS":["1"]}}', '"l":{"Action":"DELETE","Value":{"SS":["1"]}}',
    '"p":{"Value":{"S":"x"}}', '"r":{"Action":"ADD","Value":{"N":"1"}}', '"r":{"Action":"DELETE"}']) updates;
-- types that ADD and DELETE take: numbers, sets and lists; sets
SELECT action, string_agg(v, ' ' ORDER BY v) FILTER (WHERE reply LIKE '{%') AS takes, string_agg(reply, E'\n' ORDER BY v) FILTER (WHERE reply NOT LIKE '{%') AS otherwise
FROM unnest('{ADD,DELETE}'::text[]) action, vals, LATERAL updated(format('"new":{"Action":"%s","Value":%s}', action, value)) reply WHERE v NOT IN ('he', 'e', 'one', 'b2') GROUP BY 1 ORDER BY 1;
-- an item that is not there is made, whatever the actions
SELECT i, call('UpdateItem', format('"Key":{"p":{"S":"made"},"r":{"N":"%s"}},"AttributeUpdates":{%s},"ReturnValues":"ALL_NEW"', i, updates)) FROM unnest(ARRAY['"x":{"Action":"DELETE"}', '"x":{"Action":"ADD","Value":{"N":"1"}}', '"x":{"Value":{"N":"1"}}', '']) WITH ORDINALITY t(updates, i);
SELECT found('Scan', '"ScanFilter":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"made"}]}}') AS found, count(*) FROM legacy."Legacy" WHERE p = 'made';
-- with a condition
SELECT updated('"n":{"Action":"ADD","Value":{"N":"1"}}', ',"Expected":{"n":{"Value":{"N":"6"}}}'), updated('"n":{"Action":"ADD","Value":{"N":"1"}}', ',"Expected":{"n":{"Value":{"N":"5"}}}'), updated('"p":{"Value":{"S":"x"}}', ',"Expected":{"n":{"Exists":false}}');

----------------------------------------------------------------------
-- Together with expressions
----------------------------------------------------------------------
SELECT op, call(op, members) FROM (VALUES
    ('PutItem', '"Item":{"p":{"S":"x"},"r":{"N":"1"}},"ConditionalOperator":"OR","Expected":{"s":{"Exists":false}},"ConditionExpression":"a = b"'),
    ('DeleteItem', '"Key":{"p":{"S":"x"},"r":{"N":"1"}},"Expected":{},"ConditionExpression":"a = b"'),
    ('UpdateItem', '"Key":{"p":{"S":"x"},"r":{"N":"1"}},"Expected":{"s":{"Exists":false}},"AttributeUpdates":{"s":{}},"ConditionExpression":"a = b","UpdateExpression":"SET a = b"'),
    ('GetItem', '"Key":{"p":{"S":"x"},"r":{"N":"1"}},"AttributesToGet":["s"],"ProjectionExpression":"s"'),
    ('BatchGetItem', '"RequestItems":{"Legacy":{"Keys":[{"p":{"S":"types"},"r":{"N":"1"}}],"AttributesToGet":["s"],"ProjectionExpression":"s"}}'),
    ('Query', '"KeyConditions":{},"QueryFilter":{},"ConditionalOperator":"OR","AttributesToGet":["s"],"KeyConditionExpression":"a","FilterExpression":"a","ProjectionExpression":"a"'),
    ('Scan', '"ScanFilter":{},"ConditionalOperator":"OR","AttributesToGet":["s"],"FilterExpression":"a","ProjectionExpression":"a"'),
    ('GetItem', '"Key":{"p":{"S":"x"},"r":{"N":"1"}},"AttributesToGet":["s"],"ExpressionAttributeNames":{"#a":"s"}'),
    ('PutItem', '"Item":{"p":{"S":"x"},"r":{"N":"1"}},"Expected":{"s":{}},"ExpressionAttributeValues":{":a":{"S":"s"}}'),
    -- members of other operations do not count
    ('GetItem', '"Key":{"p":{"S":"x"},"r":{"N":"1"}},"ProjectionExpression":"s","Expected":{"s":{}},"ConditionalOperator":"OR"')) t(op, members);

SELECT dynamo.delete_table('{"TableName":"Legacy"}') IS NOT NULL AS deleted;
RESET dynamo.schema;
DROP SCHEMA legacy CASCADE;
