-- DynamoDB JSON in and out: every type, its one written form, and what is refused.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
\pset null '(null)'

-- The item's text, or the error: SQLSTATE and message.
CREATE FUNCTION parse(input text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN input::dynamo.item::text;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
-- The same for one AttributeValue.
CREATE FUNCTION parse_value(input text) RETURNS text LANGUAGE sql AS
    $$ SELECT regexp_replace(parse('{"x":' || input || '}'), '^{"x":(.*)}$', '\1') $$;

-- Every type.
SELECT value, parse_value(value) FROM (VALUES
    ('{"S":"text"}'), ('{"S":""}'), ('{"N":"42"}'), ('{"B":"AAEC/w=="}'), ('{"B":""}'),
    ('{"BOOL":true}'), ('{"BOOL":false}'), ('{"NULL":true}'),
    ('{"M":{}}'), ('{"M":{"b":{"S":"1"},"a":{"M":{"c":{"NULL":true}}}}}'),
    ('{"L":[]}'), ('{"L":[{"S":"z"},{"S":"a"},{"L":[{"N":"1"}]},{"M":{}}]}'),
    ('{"SS":["a"]}'), ('{"SS":[""]}'), ('{"SS":["a",""]}'), ('{"NS":["1"]}'), ('{"BS":["YQ=="]}'), ('{"BS":[""]}')
) v(value);

-- Members in order of name, sets in order of element: bytes and numbers, no language.
SELECT parse('{"z":{"S":"1"},"a":{"S":"2"},"é":{"S":"3"},"B":{"S":"4"},"aa":{"S":"5"},"10":{"S":"6"},"9":{"S":"7"},"😀":{"S":"8"},"\uffee":{"S":"9"}}');
SELECT parse_value('{"SS":["b","a","C","ä","B","aa","é","10","9","😀","\uffee",""]}');
SELECT parse_value('{"NS":["3","-1","10","2","1e2","0.5","-0.5","0","-100","1e-130","1e125"]}');
SELECT parse_value('{"BS":["YmI=","YQ==","/w==","AA==",""]}');

-- Of a repeated name the last counts.
SELECT parse('{"x":{"S":"1"},"y":{"S":"1"},"x":{"S":"2"}}');
SELECT parse_value('{"M":{"x":{"S":"1"},"x":{"N":"2"},"a":{"S":""},"x":{"S":"3"}}}');
SELECT parse_value('{"S":"a","S":"b"}');
-- A duplicate that is dropped is not looked at.
SELECT parse('{"x":{"N":"bad"},"x":{"N":"1"}}');

-- Members of an AttributeValue that are null or unknown do not count.
SELECT value, parse_value(value) FROM (VALUES
    ('{"S":null,"N":"1"}'), ('{"S":"a","N":null}'), ('{"NULL":true,"S":null}'), ('{"S":"a","Foo":1}'), ('{"Foo":{"S":"x"},"S":"a"}')
) v(value);

-- Strings: escapes, controls, characters beyond the BMP.
SELECT value, parse_value(value) FROM (VALUES
    ('{"S":"\/\b\f\n\r\t\"\\"}'), ('{"S":"\u0001\u001f\u007f"}'), ('{"S":"\u00e9\u20ac\ud83d\ude00"}'), ('{"S":"é€😀"}'),
    ('{"S":"<>&''\u2028"}'), ('{"S":"\uffff\ufeff"}'), ('{"M":{"\n\"":{"S":"odd name"}}}')
) v(value);
SELECT parse_value('{"S":"\u00e9"}') = parse_value('{"S":"é"}') AS same;

-- Base64.
SELECT value, parse_value(value) FROM (VALUES
    ('{"B":"YQ=="}'), ('{"B":"YWI="}'), ('{"B":"YWJj"}'), ('{"B":"+/8="}'), ('{"B":"YQ==\n"}'),
    ('{"B":"YR=="}'), ('{"B":"!!!!"}'), ('{"B":"YQ"}'), ('{"B":"YQ="}'), ('{"B":"YQ==="}'), ('{"B":"Y"}'), ('{"B":"_-8="}'),
    ('{"B":"=YQ="}'), ('{"B":"===="}'), ('{"B":"é"}'), ('{"BS":["!!!!"]}')
) v(value);

-- No AttributeValue, or more than one.
SELECT value, parse_value(value) FROM (VALUES
    ('{}'), ('{"Foo":1}'), ('{"Foo":{}}'), ('{"s":"a"}'), ('{"S":null}'), ('{"N":null}'), ('{"BOOL":null}'), ('{"NULL":null}'),
    ('{"L":null}'), ('{"M":null}'), ('{"SS":null}'), ('null'), ('{"L":[null]}'), ('{"M":{"a":null}}'), ('{"L":[{}]}'), ('{"M":{"a":{}}}'),
    ('{"":"a"}'), ('{"SSS":["a"]}'), ('{"bool":true}'),
    ('{"S":"a","N":"1"}'), ('{"S":"a","M":{}}'), ('{"L":[],"M":{}}'), ('{"SS":["a"],"NS":["1"]}'), ('{"L":[{"S":"a"},{"S":"a","N":"1"}]}')
) v(value);

-- JSON of another kind than the type wants.
SELECT value, parse_value(value) FROM (VALUES
    ('"a"'), ('5'), ('true'), ('[]'), ('[{"S":"a"}]'),
    ('{"S":5}'), ('{"S":true}'), ('{"S":[]}'), ('{"S":{}}'),
    ('{"N":5}'), ('{"N":5.5}'), ('{"N":true}'), ('{"N":[]}'), ('{"N":{}}'),
    ('{"B":5}'), ('{"B":true}'), ('{"B":[]}'), ('{"B":{}}'),
    ('{"BOOL":"true"}'), ('{"BOOL":1}'), ('{"BOOL":[]}'), ('{"BOOL":{}}'),
    ('{"NULL":"true"}'), ('{"NULL":1}'), ('{"NULL":[]}'), ('{"NULL":false}'),
    ('{"L":{}}'), ('{"L":"a"}'), ('{"L":["a"]}'), ('{"L":[["a"]]}'),
    ('{"M":[]}'), ('{"M":"a"}'), ('{"M":{"a":"b"}}'),
    ('{"SS":"a"}'), ('{"SS":{}}'), ('{"SS":[5]}'), ('{"SS":[{"S":"a"}]}'), ('{"NS":[5]}'), ('{"NS":"1"}'), ('{"BS":[5]}'), ('{"BS":{}}')
) v(value);
SELECT item, parse(item) FROM (VALUES ('[]'), ('5'), ('"a"'), ('true'), ('null')) v(item);

-- Sets: not empty, no null, no element twice.
SELECT value, parse_value(value) FROM (VALUES
    ('{"SS":[]}'), ('{"NS":[]}'), ('{"BS":[]}'), ('{"L":[{"SS":[]}]}'),
    ('{"SS":[null]}'), ('{"SS":["a",null]}'),
    ('{"SS":["a","a"]}'), ('{"SS":["b","a","b","a","c"]}'), ('{"SS":["é","\u00e9"]}'), ('{"M":{"a":{"SS":["x","x"]}}}'),
    ('{"NS":["1","1"]}'), ('{"NS":["1","1.0"]}'), ('{"NS":["1","2","1e0","2.0"]}'), ('{"NS":["0","-0"]}'),
    ('{"BS":["YQ==","YQ=="]}'), ('{"BS":["YQ==","YR=="]}'),
    ('{"NS":["x"]}'), ('{"NS":[""]}'), ('{"NS":["1","1e200"]}')
) v(value);

-- Names.
SELECT item, parse(item) FROM (VALUES
    ('{"":{"S":"a"}}'), ('{"x":{"M":{"":{"S":"a"}}}}'), ('{"a b.c[0]#:é":{"S":"x"}}'), ('{" ":{"S":"x"}}')
) v(item);

-- What is no JSON at all, and JSON that no text of PostgreSQL can hold.
SELECT item, parse(item) FROM (VALUES
    (''), (' '), ('{'), ('}'), ('{"a"}'), ('{"a":}'), ('{"a":{"S":"x"}'), ('{"a":{"S":"x"}}}'), ('{"a":{"S":"x"}} x'), ('{"a":{"S":"x"}}{}'),
    ('{"a":{"S":"x"},}'), ('{"a":{"S":"x"} "b":{"S":"x"}}'), ('{a:{"S":"x"}}'), ('{''a'':{"S":"x"}}'), ('{"a":{"S":"x}}'), ('{"a":{"S":x}}'),
    ('{"a":{"S":"\x"}}'), ('{"a":{"S":"\u12"}}'), (E'{"a":{"S":"a\tb"}}'), (E'{"a":{"S":"a\nb"}}'), ('{"a":{"BOOL":tru}}'), ('{"a":{"BOOL":TRUE}}'),
    ('{"a":{"N":01}}'), ('{"a":{"N":NaN}}'), ('{"a":{"N":1e}}'), ('/*c*/{}'), ('{"a":{"S":"x"}}//'),
    ('{"a":{"S":"a\u0000b"}}'), ('{"a\u0000":{"S":"x"}}'),
    ('{"a":{"S":"\ud800"}}'), ('{"a":{"S":"\udc00"}}'), ('{"a":{"S":"\ud800\ud800"}}'), ('{"a":{"S":"\ud800x"}}')
) v(item);
SELECT parse(repeat('[', 10000)), parse(repeat('{"a":', 300) || repeat('}', 300));
-- Bytes that are no UTF-8 do not get as far as the type.
CREATE FUNCTION parse_bytes(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN parse(convert_from('{"a":{"S":"' || bytes || '"}}', 'UTF8'));
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
SELECT bytes, parse_bytes(bytes) FROM (VALUES ('\xc3a9'::bytea), ('\xc3'), ('\x80'), ('\xeda080'), ('\xc080'), ('\xf8888080'), ('\xf4908080'), ('\x00')) v(bytes);

DROP FUNCTION parse_bytes;
DROP FUNCTION parse_value;
DROP FUNCTION parse;
