-- Numbers: spelling, precision, range, order, size.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
\pset null '(null)'

-- The number as the item says it, or the error: SQLSTATE and message.
CREATE FUNCTION number(spelling text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN json_build_object('n', json_build_object('N', spelling))::text::dynamo.item ->> 'n';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;

-- One spelling comes out.
SELECT spelling, number(spelling) FROM (VALUES
    ('0'), ('-0'), ('+0'), ('0.00'), ('-0.0'), ('00'), ('0e9'), ('0E400'), ('0E-400'), ('-0E9999'), ('.0'), ('0.'),
    ('1'), ('+1'), ('-1'), ('007'), ('-007'), ('1.0'), ('1.10'), ('00012.500'), ('.5'), ('5.'), ('-.5'), ('-5.'),
    ('100'), ('1E2'), ('1e2'), ('1E+2'), ('1e+02'), ('1E-2'), ('10e-1'), ('1e0'), ('12e4'), ('120000'), ('1.5E3'), ('1.5E-3'),
    ('1e0000000000000000001'), ('1e-0000000000000000001'),
    ('0.1'), ('0.12'), ('0.00001'), ('1e-5'), ('0.00000012'), ('123.456'), ('12.3456e1'),
    ('1E21'), ('1E37'), ('1E38'), ('1E40'), ('1e-20'),
    ('1234567890123456789012345678901234567800000'), ('123456789012345678901234567890.12345678'), ('-1.5e-100')
) v(spelling);

-- 38 significant digits; zeros at both ends are none.
SELECT spelling, number(spelling) FROM (VALUES
    (repeat('1', 38)), (repeat('1', 39)), (repeat('1', 38) || '0'), (repeat('1', 38) || repeat('0', 76)), (repeat('1', 38) || '01'),
    ('0.' || repeat('1', 38)), ('0.' || repeat('1', 39)), ('0.' || repeat('1', 38) || '000'), ('1.' || repeat('1', 38)), ('1.' || repeat('1', 37)),
    ('000000' || repeat('1', 38)), ('0.000000' || repeat('1', 38)), ('1' || repeat('0', 37) || '1'), ('1' || repeat('0', 36) || '1'),
    ('123456789012345678901234567890.123456789'), (repeat('9', 38)), ('-' || repeat('9', 38)), ('-' || repeat('9', 39)),
    ('-0.' || repeat('9', 37)), ('99' || repeat('0', 36) || '0.1')
) v(spelling);

-- 1E-130 to 9.99...E+125, and zero.
SELECT spelling, number(spelling) FROM (VALUES
    ('1E125'), ('9.9999999999999999999999999999999999999E+125'), ('-9.9999999999999999999999999999999999999E+125'), ('-9.9E125'), ('0.1E126'), ('10E124'),
    ('1E126'), ('9.9999999999999999999999999999999999999E+126'), ('99E125'), ('10E125'), ('-1E126'), ('1E400'), ('-1E400'), ('1E2147483647'), ('1E99999999999'),
    ('1' || repeat('0', 125)), ('1' || repeat('0', 126)), (repeat('9', 126)), (repeat('9', 127)),
    ('1E-130'), ('-1E-130'), ('10E-131'), ('1.5E-130'), ('9.9E-130'), ('0.1E-129'),
    ('1E-131'), ('-1E-131'), ('9E-131'), ('0.1E-130'), ('9.9E-131'), ('1E-400'), ('1E-2147483647'), ('1E-99999999999'), ('-1E-9223372036854775808'),
    ('0.' || repeat('0', 129) || '1'), ('0.' || repeat('0', 130) || '1')
) v(spelling);

-- No numbers.
SELECT spelling, number(spelling) FROM (VALUES
    (''), ('abc'), ('1e'), ('e1'), ('1e+'), ('1e-'), ('1e1.5'), (' 1'), ('1 '), ('1 0'), ('-'), ('+'), ('--1'), ('+-1'), ('1-'), ('1+1'), ('1_0'), ('1,000'),
    ('NaN'), ('nan'), ('Infinity'), ('-Infinity'), ('inf'), ('0x10'), ('1f'), ('1d'), ('1L'), ('.'), ('..'), ('1.2.3'), ('.e1'), ('-.'), ('½'), ('1'), ('''1''')
) v(spelling);

-- Order, equality and exactness beside numeric: neighbours around every change of form.
CREATE TEMP TABLE numbers AS
    SELECT DISTINCT value::numeric FROM (
        SELECT sign || digits || 'e' || exponent AS value
        FROM unnest(ARRAY['', '-']) sign,
            unnest(ARRAY['1', '2', '9', '1.1', '1.01', '1.09', '9.9', '9.99', '9.90', '1.23456789', '1.2345678901234567890123456789012345678',
                '9.9999999999999999999999999999999999999', '1.0000000000000000000000000000000000001', '1.00000000000000000000000000000000001']) digits,
            unnest(ARRAY[-130, -129, -128, -100, -39, -38, -37, -3, -2, -1, 0, 1, 2, 3, 10, 37, 38, 39, 99, 100, 124, 125]) exponent
        UNION ALL SELECT '0'
        UNION ALL SELECT i::text FROM generate_series(-1100, 1100) i
    ) v;
SELECT count(*) FROM numbers;
SELECT count(*) AS inexact FROM numbers WHERE (json_build_object('n', json_build_object('N', value::text))::text::dynamo.item ->> 'n')::numeric <> value;
-- A set stands in the order of its elements' bytes.
WITH item AS (
    SELECT json_build_object('ns', json_build_object('NS', json_agg(value::text ORDER BY md5(value::text))))::text::dynamo.item AS item FROM numbers
), stands AS (
    SELECT value::numeric, n FROM item, jsonb_array_elements_text(item -> 'ns' -> 'NS') WITH ORDINALITY AS a(value, n)
)
SELECT count(*) AS compared, count(*) FILTER (WHERE value <= previous) AS wrong
FROM (SELECT value, lag(value) OVER (ORDER BY n) AS previous FROM stands) s;

-- A sort key of type N stands in numeric order, however it is spelled.
SELECT dynamo.create_table('{"TableName":"numbers","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"N"},{"AttributeName":"r","AttributeType":"N"}]}') IS NOT NULL AS created;
INSERT INTO public.numbers SELECT 1, value, '{}' FROM pg_temp.numbers;
WITH reply AS (
    SELECT dynamo.query('{"TableName":"numbers","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"N":"1.0"}}}')::jsonb AS reply
), stands AS (
    SELECT (item -> 'r' ->> 'N')::numeric AS value, n FROM reply, jsonb_array_elements(reply -> 'Items') WITH ORDINALITY AS a(item, n)
)
SELECT count(*) = (SELECT count(*) FROM pg_temp.numbers) AS all_there, count(*) FILTER (WHERE value <= previous) AS wrong
FROM (SELECT value, lag(value) OVER (ORDER BY n) AS previous FROM stands) s;
SELECT dynamo.put_item('{"TableName":"numbers","Item":{"p":{"N":"-00.50"},"r":{"N":"1E2"},"x":{"S":"first"}}}');
SELECT dynamo.get_item('{"TableName":"numbers","Key":{"p":{"N":"-5e-1"},"r":{"N":"100.0"}}}');
SELECT * FROM public.numbers WHERE p = -0.5;
INSERT INTO public.numbers VALUES (-0.500, 1e2, '{}') ON CONFLICT (p, r) DO UPDATE SET item = '{"x":{"S":"second"}}' RETURNING *;
SELECT dynamo.delete_item('{"TableName":"numbers","Key":{"p":{"N":"-.5"},"r":{"N":"+100"}},"ReturnValues":"ALL_OLD"}');
-- Not every numeric is a number of the service.
INSERT INTO public.numbers VALUES (1, 'NaN', '{}');
INSERT INTO public.numbers VALUES (1, 'Infinity', '{}');
INSERT INTO public.numbers VALUES (1, 1e126, '{}');
INSERT INTO public.numbers VALUES (1, 1e-131, '{}');
INSERT INTO public.numbers VALUES (123456789012345678901234567890123456789, 1, '{}');
INSERT INTO public.numbers VALUES (1, 1e130000, '{}');
SELECT dynamo.delete_table('{"TableName":"numbers"}') IS NOT NULL AS deleted;

-- The service's size.
SELECT spelling, size AS expected, dynamo.item_size(json_build_object('n', json_build_object('N', spelling))::text::dynamo.item) - 1 AS got
FROM (VALUES ('0', 1), ('-0', 1), ('1', 2), ('-1', 3), ('5', 2), ('9', 2), ('10', 2), ('11', 2), ('12', 2), ('99', 2), ('100', 2), ('101', 3), ('110', 3),
    ('123', 3), ('999', 3), ('1000', 2), ('1001', 3), ('1234', 3), ('12345', 4), ('123456', 4), ('1234567', 5), ('12345678', 5), ('123456789', 6),
    ('1234567890', 6), ('-12', 3), ('-123', 4), ('-1234', 4), ('-12345', 5), ('-100', 3), ('-1000', 3), ('0.1', 2), ('0.01', 2), ('0.001', 2),
    ('0.12', 2), ('0.123', 3), ('0.1234', 3), ('0.0012', 2), ('0.00123', 3), ('1.1', 3), ('1.2', 3), ('1.23', 3), ('12.3', 3), ('12.34', 3),
    ('123.4', 4), ('123.45', 4), ('1234.5', 4), ('10.01', 3), ('100.001', 5), ('-0.1', 3), ('-1.5', 4), ('-12.34', 4), ('-0.001', 3),
    ('1e10', 2), ('1e11', 2), ('1e20', 2), ('1e21', 2), ('1e100', 2), ('1e125', 2), ('1.5e100', 3), ('12e10', 2), ('12e11', 3), ('1e-10', 2), ('1e-11', 2),
    ('1e-100', 2), ('1e-130', 2), ('12e-10', 2), ('12e-11', 3), ('-1e125', 3), ('-1e-130', 3),
    ('11111111111111111111111111111111111111', 20), ('1111111111111111111111111111111111111', 20), ('-11111111111111111111111111111111111111', 21),
    ('-1111111111111111111111111111111111111', 21), ('0.11111111111111111111111111111111111111', 20), ('0.1111111111111111111111111111111111111', 20),
    ('1234567890123456789.1234567890123456789', 21), ('9.9999999999999999999999999999999999999E+125', 20)
) v(spelling, size);

DROP FUNCTION number;
