"""Conditions made by the SDK's own builders, Attr and Key, in every place that takes one.

Whether one holds for an item is what condition_model.py says.
"""
import operator
import unittest
from decimal import Decimal

from boto3.dynamodb.conditions import Attr, Key

from condition_model import (
    ABSENT, VALUES, ValueItems, begins, compare, contains, equal, has_size, kind)
from support import TableTest

def conditions():
    """Every builder with every operand it takes, and what the model says."""
    v = Attr('v')
    for operand in VALUES:
        yield v.eq(operand), lambda x, o=operand: equal(x, o)
        yield v.ne(operand), lambda x, o=operand: not equal(x, o)
        yield v.contains(operand), lambda x, o=operand: contains(x, o)
        if kind(operand) in ('S', 'N', 'B'):
            yield v.lt(operand), lambda x, o=operand: compare(operator.lt, x, o)
            yield v.lte(operand), lambda x, o=operand: compare(operator.le, x, o)
            yield v.gt(operand), lambda x, o=operand: compare(operator.gt, x, o)
            yield v.gte(operand), lambda x, o=operand: compare(operator.ge, x, o)
        if kind(operand) in ('S', 'B'):
            yield v.begins_with(operand), lambda x, o=operand: begins(x, o)
    for low, high in (('a', 'b'), ('', 'ab'), (0, 3), (Decimal('-2'), Decimal('0.5')),
                      (b'a', b'b'), ('b', 'b')):
        yield v.between(low, high), lambda x, low=low, high=high: (
            compare(operator.ge, x, low) and compare(operator.le, x, high))
    for operands in (['a'], ['a', 1, None, True, {'a'}], [[], {}, b'a', {1, 2, 3}], VALUES):
        yield v.is_in(operands), lambda x, o=operands: any(equal(x, each) for each in o)
    for kinds in ('S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS'):
        yield v.attribute_type(kinds), lambda x, k=kinds: x is not ABSENT and kind(x) == k
    yield v.exists(), lambda x: x is not ABSENT
    yield v.not_exists(), lambda x: x is ABSENT
    for size in (0, 1, 3):
        yield v.size().eq(size), lambda x, n=size: has_size(operator.eq, x, n)
        yield v.size().lt(size), lambda x, n=size: has_size(operator.lt, x, n)
        yield v.size().lte(size), lambda x, n=size: has_size(operator.le, x, n)
        yield v.size().gt(size), lambda x, n=size: has_size(operator.gt, x, n)
        yield v.size().gte(size), lambda x, n=size: has_size(operator.ge, x, n)
    yield v.size().between(1, 2), lambda x: (
        has_size(operator.ge, x, 1) and has_size(operator.le, x, 2))


def combined():
    """AND, OR and NOT, as the builders nest them."""
    v = Attr('v')
    string, short, one, b = (v.attribute_type('S'), v.size().lt(2), v.eq(1), v.begins_with('b'))

    def holds(x):
        return (x is not ABSENT and kind(x) == 'S', has_size(operator.lt, x, 2), equal(x, 1),
                begins(x, 'b'))

    for condition, model in (
            (string & short, lambda s, h, o, b: s and h),
            (string | short, lambda s, h, o, b: s or h),
            (~string, lambda s, h, o, b: not s),
            (~(string & short), lambda s, h, o, b: not (s and h)),
            (~string & short, lambda s, h, o, b: not s and h),
            (string & ~short, lambda s, h, o, b: s and not h),
            (one | string & b, lambda s, h, o, b: o or s and b),
            ((one | string) & b, lambda s, h, o, b: (o or s) and b),
            (~(~(~one)), lambda s, h, o, b: not o),
            (((string & short) & ~b) | one, lambda s, h, o, b: s and h and not b or o)):
        yield condition, lambda x, model=model: model(*holds(x))


class BuilderTest(ValueItems, TableTest):
    def text(self, condition):
        """A condition, to name the subtest."""
        expression = condition.get_expression()
        return expression['operator'], [getattr(v, 'name', v) for v in expression['values']]


class Reads(BuilderTest):
    def test_scan(self):
        for condition, model in conditions():
            with self.subTest(condition=self.text(condition)):
                self.assertEqual(self.found(self.table.scan(FilterExpression=condition)),
                                 self.expected(model))

    def test_query(self):
        for condition, model in conditions():
            with self.subTest(condition=self.text(condition)):
                self.assertEqual(
                    self.found(self.table.query(KeyConditionExpression=Key('p').eq('a'),
                                                FilterExpression=condition)),
                    self.expected(model))

    def test_combined(self):
        for condition, model in combined():
            with self.subTest(condition=self.text(condition)):
                page = self.table.scan(FilterExpression=condition)
                self.assertEqual(self.found(page), self.expected(model))
                page = self.table.query(KeyConditionExpression=Key('p').eq('a'),
                                        FilterExpression=condition)
                self.assertEqual(self.found(page), self.expected(model))

    def test_key_conditions(self):
        s = Key('s')
        for condition, model in (
                (s.eq(3), lambda n: n == 3), (s.lt(3), lambda n: n < 3),
                (s.lte(3), lambda n: n <= 3), (s.gt(3), lambda n: n > 3),
                (s.gte(3), lambda n: n >= 3), (s.between(3, 5), lambda n: 3 <= n <= 5)):
            for both in (Key('p').eq('a') & condition, condition & Key('p').eq('a')):
                page = self.table.query(KeyConditionExpression=both)
                self.assertEqual([int(item['s']) for item in page['Items']],
                                 [number for number in self.values if model(number)])

    def test_prefixes_of_keys(self):
        name = self.create_table(range_type='S')
        table = self.resource.Table(name)
        words = ['', 'a', 'ab', 'abc', 'b', 'ä']
        for word in words[1:]:
            table.put_item(Item={'p': 'a', 's': word})
        for prefix in words[1:]:
            page = table.query(
                KeyConditionExpression=Key('p').eq('a') & Key('s').begins_with(prefix))
            self.assertEqual([item['s'] for item in page['Items']],
                             [word for word in words[1:] if word.startswith(prefix)])

    def test_paths(self):
        name = self.create_table()
        table = self.resource.Table(name)
        table.put_item(Item={'p': 'a', 'm': {'list': [1, {'x': 'deep'}], 'dot.ted': 1}, 'l': [[5]]})
        for condition, holds in (
                (Attr('m.list[1].x').eq('deep'), True), (Attr('m.list[0]').lt(2), True),
                (Attr('m.list[2]').exists(), False), (Attr('m.list').size().eq(2), True),
                (Attr('m.list').contains(1), True), (Attr('l[0][0]').between(5, 5), True),
                (Attr('l[0]').attribute_type('L'), True), (Attr('m.nothing.x').exists(), False),
                (Attr('m.nothing.x').not_exists(), True), (Attr('l[0].x').ne(1), True)):
            with self.subTest(condition=self.text(condition)):
                self.assertEqual(table.scan(FilterExpression=condition)['Count'], int(holds))


class Writes(BuilderTest):
    """The same conditions decide whether a write takes place."""

    def check(self, write, some):
        """write(number, condition) takes place where the model says so."""
        for condition, model in some:
            for number, value in self.values.items():
                with self.subTest(condition=self.text(condition), value=value):
                    try:
                        write(number, condition)
                        done = True
                    except self.client.exceptions.ConditionalCheckFailedException as error:
                        self.assertEqual(error.response['Error']['Message'],
                                         'The conditional request failed')
                        done = False
                    self.assertEqual(done, model(value))

    def some(self):
        """A condition of each kind; all of them would take minutes."""
        return list(conditions())[::11] + list(combined())

    def test_put(self):
        def put(number, condition):
            self.table.put_item(Item=self.item(number), ConditionExpression=condition)

        self.check(put, self.some())

    def test_update(self):
        def update(number, condition):
            self.table.update_item(Key={'p': 'a', 's': number}, ConditionExpression=condition,
                                   UpdateExpression='SET w = :w REMOVE nothing',
                                   ExpressionAttributeValues={':w': number})

        self.check(update, self.some())

    def test_delete(self):
        def delete(number, condition):
            try:
                self.table.delete_item(Key={'p': 'a', 's': number}, ConditionExpression=condition)
            finally:
                self.table.put_item(Item=self.item(number))

        self.check(delete, self.some())

    def test_absent_items(self):
        key = {'p': 'nobody', 's': 1}
        for condition in (Attr('p').exists(), Attr('v').eq(1), Attr('v').size().gte(0),
                          Attr('v').not_exists() & Attr('s').eq(1)):
            for call, request in (
                    (self.table.put_item, dict(Item=key)),
                    (self.table.update_item, dict(Key=key)),
                    (self.table.delete_item, dict(Key=key))):
                with self.subTest(call=call, condition=self.text(condition)):
                    self.assert_fails('ConditionalCheckFailedException', call,
                                      ConditionExpression=condition, **request)
                    self.assertNotIn('Item', self.table.get_item(Key=key))
        self.table.delete_item(Key=key, ConditionExpression=Attr('p').not_exists())
        self.table.update_item(Key=key, ConditionExpression=Attr('p').not_exists(),
                               UpdateExpression='SET v = :v', ExpressionAttributeValues={':v': 1})
        self.assertEqual(self.table.get_item(Key=key)['Item'], {**key, 'v': 1})
        self.assert_fails('ConditionalCheckFailedException', self.table.put_item, Item=key,
                          ConditionExpression=Attr('p').not_exists())
        self.table.put_item(Item=key, ConditionExpression=Attr('v').eq(1))
        self.assertEqual(self.table.get_item(Key=key)['Item'], key)
        self.table.delete_item(Key=key, ConditionExpression=Attr('s').eq(1))
        self.assertNotIn('Item', self.table.get_item(Key=key))

    def test_optimistic_locking(self):
        key = {'p': 'counter', 's': 1}
        self.table.put_item(Item={**key, 'version': 1})
        self.addCleanup(self.table.delete_item, Key=key)

        def save(version):
            self.table.put_item(Item={**key, 'version': version + 1},
                                ConditionExpression=Attr('version').eq(version))

        save(1)
        with self.assertRaises(self.client.exceptions.ConditionalCheckFailedException):
            save(1)
        save(2)
        self.assertEqual(self.table.get_item(Key=key)['Item']['version'], 3)


class Refused(BuilderTest):
    def test_operands(self):
        """What an operator cannot take is refused whatever the items are."""
        v = Attr('v')
        for message, condition in (
                ('operator or function: <, operand type: BOOL', v.lt(True)),
                ('operator or function: >=, operand type: L', v.gte([1])),
                ('operator or function: <=, operand type: SS', v.lte({'a'})),
                ('operator or function: BETWEEN, operand type: NULL', v.between(None, None)),
                ('operator or function: begins_with, operand type: N', v.begins_with(1)),
                ('operator or function: attribute_type, operand type: N', v.attribute_type(1)),
                ('Invalid attribute type name found; type: X', v.attribute_type('X')),
                ('The BETWEEN operator requires upper bound to be greater than or equal to lower '
                 'bound', v.between(2, 1)),
                ('requires same data type for lower and upper bounds', v.between(1, 'a'))):
            with self.subTest(condition=self.text(condition)):
                self.assert_fails('ValidationException', self.table.scan, message,
                                  FilterExpression=condition)
                self.assert_fails('ValidationException', self.table.put_item, message,
                                  Item={'p': 'b', 's': 1}, ConditionExpression=condition)
        self.assertNotIn('Item', self.table.get_item(Key={'p': 'b', 's': 1}))

    def test_limits(self):
        v = Attr('v')
        self.assertEqual(self.table.scan(FilterExpression=v.is_in(list(range(100))))['Count'], 4)
        self.assert_fails('ValidationException', self.table.scan, 'IN operator',
                          FilterExpression=v.is_in(list(range(101))))
        key = {'p': 'a', 's': 1}
        self.assert_fails('ValidationException', self.table.query, 'primary key attribute',
                          KeyConditionExpression=Key('p').eq('a'), FilterExpression=Attr('s').eq(1))
        self.assert_fails('ValidationException', self.table.delete_item,
                          'The expression can not be empty', Key=key, ConditionExpression='')


if __name__ == '__main__':
    unittest.main()
