"""The parameters that expressions replaced: Expected, AttributeUpdates, filters and so on."""
import operator
import unittest

from condition_model import (
    ABSENT, VALUES, ValueItems, begins, compare, contains, equal, kind)
from support import ItemTest, TableTest, pages, wire

SCALARS = [value for value in VALUES if kind(value) in ('S', 'N', 'B')]


def condition(comparison, *operands):
    """One value of a map of conditions; no operands, no list."""
    result = {'ComparisonOperator': comparison}
    if operands:
        result['AttributeValueList'] = list(operands)
    return result


def conditions():
    """Every operator with every operand it takes, and what the model says."""
    for operand in VALUES:
        yield condition('EQ', operand), lambda x, o=operand: equal(x, o)
        yield condition('NE', operand), lambda x, o=operand: not equal(x, o)
    for operand in SCALARS:
        yield condition('CONTAINS', operand), lambda x, o=operand: contains(x, o)
        yield condition('NOT_CONTAINS', operand), lambda x, o=operand: (
            x is not ABSENT and not contains(x, o))
        for comparison, relation in (('LT', operator.lt), ('LE', operator.le),
                                     ('GT', operator.gt), ('GE', operator.ge)):
            yield condition(comparison, operand), lambda x, o=operand, r=relation: compare(r, x, o)
        if kind(operand) != 'N':
            yield condition('BEGINS_WITH', operand), lambda x, o=operand: begins(x, o)
    yield condition('NULL'), lambda x: x is ABSENT
    yield condition('NOT_NULL'), lambda x: x is not ABSENT
    for low, high in (('a', 'b'), (0, 3), (b'a', b'b'), ('b', 'b')):
        yield condition('BETWEEN', low, high), lambda x, low=low, high=high: (
            compare(operator.ge, x, low) and compare(operator.le, x, high))
    for operands in (['a'], ['a', 'b', 'nothing'], [1, 10], [b'', b'ab']):
        yield condition('IN', *operands), lambda x, o=operands: any(equal(x, each) for each in o)


class Conditions(ValueItems, TableTest):
    KEY = {'p': {'ComparisonOperator': 'EQ', 'AttributeValueList': ['a']}}

    def test_filters(self):
        for each, model in conditions():
            with self.subTest(condition=each):
                page = self.table.scan(ScanFilter={'v': each})
                self.assertEqual(self.found(page), self.expected(model))
                page = self.table.query(KeyConditions=self.KEY, QueryFilter={'v': each})
                self.assertEqual(self.found(page), self.expected(model))

    def test_expected(self):
        for each, model in list(conditions())[::9]:
            for number, value in self.values.items():
                with self.subTest(condition=each, value=value):
                    key = {'p': 'a', 's': number}
                    for call, request in (
                            (self.table.put_item, dict(Item=self.item(number))),
                            (self.table.update_item, dict(Key=key, AttributeUpdates={
                                'w': {'Action': 'PUT', 'Value': 1}})),
                            (self.table.delete_item, dict(Key=key))):
                        request['Expected'] = {'v': each}
                        if model(value):
                            call(**request)
                        else:
                            self.assert_fails('ConditionalCheckFailedException', call,
                                              'The conditional request failed', **request)
                    self.assertEqual('Item' in self.table.get_item(Key=key), not model(value))
                    self.table.put_item(Item=self.item(number))

    def test_together(self):
        string, long = {'v': condition('BETWEEN', '', '\uffff')}, {'s': condition('GT', 3)}
        for joined, model in (
                (None, lambda n: n <= 5 and n > 3), ('AND', lambda n: n <= 5 and n > 3),
                ('OR', lambda n: n <= 5 or n > 3)):
            options = {'ConditionalOperator': joined} if joined else {}
            page = self.table.scan(ScanFilter={**string, **long}, **options)
            self.assertEqual(self.found(page), [n for n in self.values if model(n)])
        page = self.table.query(
            KeyConditions=self.KEY, ConditionalOperator='OR',
            QueryFilter={'v': condition('EQ', 'a'), 'nothing': condition('NOT_NULL')})
        self.assertEqual(self.found(page), [1])

    def test_names_are_not_paths(self):
        number = VALUES.index({'a': 1})
        page = self.table.scan(ScanFilter={'v.a': condition('NOT_NULL')})
        self.assertEqual(self.found(page), [])
        self.table.update_item(Key={'p': 'a', 's': number},
                               AttributeUpdates={'v.a': {'Action': 'PUT', 'Value': 'dotted'}})
        self.addCleanup(self.table.put_item, Item=self.item(number))
        page = self.table.scan(ScanFilter={'v.a': condition('EQ', 'dotted')})
        self.assertEqual(self.found(page), [number])
        self.assertEqual(page['Items'][0]['v'], {'a': 1})


class Expected(ItemTest):
    def put_if(self, expected, code=None, message=None, **options):
        request = dict(TableName=self.table, Item=wire(**self.key(), n=2), Expected=expected,
                       **options)
        if code:
            self.assert_fails(code, self.client.put_item, message, **request)
        else:
            self.client.put_item(**request)
            self.put(n=1)

    def test_forms(self):
        one, two = wire(v=1)['v'], wire(v=2)['v']
        self.put(n=1)
        failed = 'ConditionalCheckFailedException'
        self.put_if({'n': {'Value': one}})
        self.put_if({'n': {'Exists': True, 'Value': one}})
        self.put_if({'x': {'Exists': False}})
        self.put_if({'n': {'ComparisonOperator': 'LT', 'Value': two}})
        self.put_if({'n': {'ComparisonOperator': 'IN', 'AttributeValueList': [two, one]}})
        self.put_if({'n': {'Value': one}, 'x': {'Exists': False}})
        self.put_if({'n': {'Value': two}, 'x': {'Exists': False}}, ConditionalOperator='OR')
        self.put_if({'n': {'Value': two}}, failed)
        self.put_if({'n': {'Exists': False}}, failed)
        self.put_if({'x': {'Value': one}}, failed)
        self.put_if({'n': {'Value': one}, 'x': {'Exists': True, 'Value': one}}, failed)
        self.put_if({'n': {'Value': two}, 'x': {'Value': one}}, failed, ConditionalOperator='OR')
        self.assert_attributes(self.get(), **self.key(), n=1)

    def test_put_if_absent(self):
        request = dict(TableName=self.table, Item=wire(**self.key(), n=1),
                       Expected={'p': {'Exists': False}})
        self.client.put_item(**request)
        self.assert_fails('ConditionalCheckFailedException', self.client.put_item, **request)

    def test_the_item_is_shown(self):
        self.put(n=1)
        with self.assertRaises(self.client.exceptions.ConditionalCheckFailedException) as caught:
            self.client.delete_item(TableName=self.table, Key=wire(**self.key()),
                                    Expected={'n': {'Exists': False}},
                                    ReturnValuesOnConditionCheckFailure='ALL_OLD')
        self.assert_attributes(caught.exception.response['Item'], **self.key(), n=1)

    def test_refused(self):
        value = wire(v=1)['v']
        for message, expected in (
                ('Value must be provided when Exists is null for Attribute: n', {}),
                ('Value must be provided when Exists is true for Attribute: n', {'Exists': True}),
                ('Value cannot be used when Exists is false for Attribute: n',
                 {'Exists': False, 'Value': value}),
                ('Value and AttributeValueList cannot be used together for Attribute: n',
                 {'Value': value, 'AttributeValueList': [value], 'ComparisonOperator': 'EQ'}),
                ('Exists and ComparisonOperator cannot be used together for Attribute: n',
                 {'Exists': True, 'ComparisonOperator': 'NOT_NULL'}),
                ('AttributeValueList can only be used with a ComparisonOperator for Attribute: n',
                 {'AttributeValueList': [value]}),
                ('Value or AttributeValueList must be used with ComparisonOperator: EQ for '
                 'Attribute: n', {'ComparisonOperator': 'EQ'})):
            with self.subTest(expected=expected):
                self.put_if({'n': expected}, 'ValidationException',
                            'One or more parameter values were invalid: ' + message)
        self.put_if({'n': {'Value': value}}, 'ValidationException',
                    'ConditionalOperator can only be used when Filter or Expected has two or more '
                    'elements', ConditionalOperator='OR')
        self.assert_fails('ValidationException', self.client.put_item,
                          'ConditionalOperator cannot be used without Filter or Expected',
                          TableName=self.table, Item=wire(**self.key()), ConditionalOperator='AND')
        self.assertIsNone(self.get())


class AttributeUpdates(ItemTest):
    BEFORE = dict(n=5, word='abc', texts={'a', 'b'}, list=['a'], m={'x': 1})

    def change(self, updates, **options):
        return self.client.update_item(
            TableName=self.table, Key=wire(**self.key()), **options,
            AttributeUpdates={name: self.action(*update) for name, update in updates.items()})

    @staticmethod
    def action(action, *value):
        return {**({'Action': action} if action else {}),
                **({'Value': wire(v=value[0])['v']} if value else {})}

    def check(self, updates, gone=(), **changed):
        with self.subTest(updates=updates):
            self.put(**self.BEFORE)
            self.change(updates)
            expected = {**self.key(), **self.BEFORE, **changed}
            for name in gone:
                del expected[name]
            self.assert_attributes(self.get(), **expected)

    def test_put(self):
        self.check({'n': ('PUT', 'x')}, n='x')
        self.check({'v': ('PUT', {'a': [1]}), 'm': ('PUT', None)}, v={'a': [1]}, m=None)
        self.check({'a.b': ('PUT', 1)}, **{'a.b': 1})
        # DynamoDB Local does nothing here; the documentation says "PUT (default)".
        self.check({'n': (None, 7)}, n=7)

    def test_delete(self):
        self.check({'n': ('DELETE',), 'nothing': ('DELETE',)}, gone=['n'])
        self.check({'texts': ('DELETE', {'a', 'c'})}, texts={'b'})
        self.check({'texts': ('DELETE', {'a', 'b'})}, gone=['texts'])
        self.check({'nothing': ('DELETE', {'a'})})

    def test_add(self):
        self.check({'n': ('ADD', -2), 'v': ('ADD', 3)}, n=3, v=3)
        self.check({'texts': ('ADD', {'b', 'c'}), 'v': ('ADD', {1})}, texts={'a', 'b', 'c'}, v={1})
        self.check({'list': ('ADD', ['b'])}, list=['a', 'b'])

    def test_absent_items(self):
        for updates, expected in (
                ({'v': ('PUT', 1)}, dict(v=1)), ({'v': ('ADD', 1)}, dict(v=1)),
                ({'v': ('ADD', {'a'})}, dict(v={'a'})), ({}, {})):
            with self.subTest(updates=updates):
                self.delete()
                self.change(updates)
                self.assert_attributes(self.get(), **self.key(), **expected)

    def test_return_values(self):
        self.put(**self.BEFORE)
        reply = self.change({'n': ('ADD', 1), 'v': ('PUT', 2)}, ReturnValues='UPDATED_OLD')
        self.assert_attributes(reply['Attributes'], n=5)
        reply = self.change({'n': ('ADD', 1), 'word': ('DELETE',)}, ReturnValues='UPDATED_NEW')
        self.assert_attributes(reply['Attributes'], n=7)
        before = self.get()
        reply = self.change({'n': ('ADD', 1)}, ReturnValues='ALL_OLD')
        self.assertEqual(reply['Attributes'], before)
        reply = self.change({'n': ('ADD', 1)}, ReturnValues='ALL_NEW')
        self.assertEqual(reply['Attributes'], self.get())

    def test_with_expected(self):
        self.put(n=1)
        increment = {'n': ('ADD', 1)}
        self.change(increment, Expected={'n': {'Value': {'N': '1'}}})
        with self.assertRaises(self.client.exceptions.ConditionalCheckFailedException):
            self.change(increment, Expected={'n': {'Value': {'N': '1'}}})
        self.assert_attributes(self.get(), **self.key(), n=2)

    def test_refused(self):
        self.put(**self.BEFORE)
        for message, updates in (
                ('Cannot update attribute p. This attribute is part of the key', {'p': ('PUT', 'x')}),
                ('Cannot update attribute p. This attribute is part of the key', {'p': ('DELETE',)}),
                ('Only DELETE action is allowed when no attribute value is specified',
                 {'n': ('PUT',)}),
                ('Type mismatch for attribute to update', {'word': ('ADD', 1)}),
                ('Type mismatch for attribute to update', {'texts': ('ADD', {1})}),
                ('Type mismatch for attribute to update', {'n': ('DELETE', {1})}),
                ('ADD action is not supported for the type', {'v': ('ADD', 'x')}),
                ('DELETE action with value is not supported for the type', {'v': ('DELETE', 1)})):
            with self.subTest(updates=updates):
                self.assert_fails('ValidationException', self.change, message, updates=updates)
        self.assert_attributes(self.get(), **self.key(), **self.BEFORE)


class Reads(TableTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.name = cls.create_class_table(range_type='N')
        cls.table = cls.resource.Table(cls.name)
        with cls.table.batch_writer() as batch:
            for number in range(40):
                batch.put_item(Item={'p': f'p{number % 2}', 's': number, 'a': number, 'b': 'x',
                                     'm': {'a': 1}})

    def query(self, comparison=None, *operands, **options):
        keys = {'p': condition('EQ', 'p0')}
        if comparison:
            keys['s'] = condition(comparison, *operands)
        return self.table.query(KeyConditions=keys, **options)

    def numbers(self, page):
        return [int(item['s']) for item in page['Items']]

    def test_key_conditions(self):
        for arguments, model in (
                ((), lambda s: True), (('EQ', 10), lambda s: s == 10),
                (('LT', 10), lambda s: s < 10), (('LE', 10), lambda s: s <= 10),
                (('GT', 10), lambda s: s > 10), (('GE', 10), lambda s: s >= 10),
                (('BETWEEN', 10, 20), lambda s: 10 <= s <= 20)):
            expected = [s for s in range(0, 40, 2) if model(s)]
            with self.subTest(arguments=arguments):
                self.assertEqual(self.numbers(self.query(*arguments)), expected)
                page = self.query(*arguments, ScanIndexForward=False)
                self.assertEqual(self.numbers(page), expected[::-1])

    def test_prefix(self):
        name = self.create_table(range_type='S')
        table = self.resource.Table(name)
        for word in ('a', 'ab', 'abc', 'b'):
            table.put_item(Item={'p': 'p', 's': word})
        page = table.query(KeyConditions={'p': condition('EQ', 'p'),
                                          's': condition('BEGINS_WITH', 'ab')})
        self.assertEqual([item['s'] for item in page['Items']], ['ab', 'abc'])

    def test_pages(self):
        keys = {'p': {'ComparisonOperator': 'EQ', 'AttributeValueList': [{'S': 'p1'}]}}
        odd = {'a': {'ComparisonOperator': 'GT', 'AttributeValueList': [{'N': '20'}]}}
        found, counts = [], []
        for page in pages(self.client.query, TableName=self.name, KeyConditions=keys,
                          QueryFilter=odd, PaginationConfig={'PageSize': 6}):
            found += [int(item['s']['N']) for item in page['Items']]
            counts.append((page['Count'], page['ScannedCount']))
        self.assertEqual(found, list(range(21, 40, 2)))
        self.assertEqual(counts, [(0, 6), (2, 6), (6, 6), (2, 2)])
        found = []
        for page in pages(self.client.scan, TableName=self.name, ScanFilter=odd,
                          PaginationConfig={'PageSize': 6}):
            found += [int(item['s']['N']) for item in page['Items']]
        self.assertEqual(sorted(found), list(range(21, 40)))

    def test_key_conditions_with_expressions(self):
        """Older than KeyConditionExpression, the other expressions go with KeyConditions, too."""
        page = self.query('LT', 20, FilterExpression='a > :a', ProjectionExpression='#a',
                          ExpressionAttributeNames={'#a': 'a'}, ExpressionAttributeValues={':a': 10})
        self.assertEqual(page['Items'], [{'a': 12}, {'a': 14}, {'a': 16}, {'a': 18}])
        self.assertEqual((page['Count'], page['ScannedCount']), (4, 10))

    def test_bad_key_conditions(self):
        p = condition('EQ', 'p0')
        for message, keys in (
                ('Query condition missed key schema element: p', {'s': condition('EQ', 1)}),
                ('Query condition missed key schema element: s', {'p': p, 'a': condition('EQ', 1)}),
                ('Query key condition not supported', {'p': condition('GT', 'p0')}),
                ('Attempted conditional constraint is not an indexable operation',
                 {'p': p, 's': condition('NE', 1)}),
                ('Conditions can be of length 1 or 2 only',
                 {'p': p, 's': condition('EQ', 1), 'a': condition('EQ', 1)}),
                ('Condition parameter type does not match schema type', {'p': condition('EQ', 1)}),
                ('Invalid number of argument(s) for the EQ ComparisonOperator',
                 {'p': condition('EQ', 'p0', 'p1')}),
                ('Invalid number of argument(s) for the BETWEEN ComparisonOperator',
                 {'p': p, 's': condition('BETWEEN', 1)})):
            with self.subTest(keys=keys):
                self.assert_fails('ValidationException', self.table.query, message,
                                  KeyConditions=keys)
        self.assert_fails('ValidationException', self.table.query,
                          'QueryFilter can only contain non-primary key attributes: Primary key '
                          'attribute: s', KeyConditions={'p': p},
                          QueryFilter={'s': condition('EQ', 1)})

    def test_bad_filters(self):
        for message, each in (
                ('Invalid number of argument(s) for the LT ComparisonOperator', condition('LT')),
                ('Invalid number of argument(s) for the NULL ComparisonOperator',
                 condition('NULL', 1)),
                ('Invalid number of argument(s) for the IN ComparisonOperator', condition('IN')),
                ('ComparisonOperator LT is not valid for SS AttributeValue type',
                 condition('LT', {'a'})),
                ('ComparisonOperator CONTAINS is not valid for L AttributeValue type',
                 condition('CONTAINS', ['a'])),
                ('ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type',
                 condition('BEGINS_WITH', 1)),
                ('AttributeValues inside AttributeValueList must be of same type',
                 condition('IN', 'a', 1)),
                ('BETWEEN condition was provided a range where the lower bound is greater than the '
                 'upper bound', condition('BETWEEN', 2, 1))):
            with self.subTest(condition=each):
                self.assert_fails('ValidationException', self.table.scan, message,
                                  ScanFilter={'a': each})

    def test_attributes_to_get(self):
        key = {'p': 'p0', 's': 2}
        self.assertEqual(self.table.get_item(Key=key, AttributesToGet=['a', 'nothing'])['Item'],
                         {'a': 2})
        self.assertEqual(self.table.get_item(Key=key, AttributesToGet=['s', 'm'])['Item'],
                         {'s': 2, 'm': {'a': 1}})
        self.assertEqual(self.table.get_item(Key=key, AttributesToGet=['m.a'])['Item'], {})
        page = self.query('LE', 2, AttributesToGet=['a'])
        self.assertEqual(page['Items'], [{'a': 0}, {'a': 2}])
        page = self.query('LE', 2, AttributesToGet=['a'], Select='SPECIFIC_ATTRIBUTES')
        self.assertEqual(page['Items'], [{'a': 0}, {'a': 2}])
        page = self.table.scan(AttributesToGet=['b'], ScanFilter={'a': condition('LT', 5)})
        self.assertEqual(page['Items'], 5 * [{'b': 'x'}])
        keys = [wire(p='p0', s=2), wire(p='p1', s=3)]
        reply = self.client.batch_get_item(
            RequestItems={self.name: {'Keys': keys, 'AttributesToGet': ['a']}})
        self.assertEqual(sorted(item['a']['N'] for item in reply['Responses'][self.name]),
                         ['2', '3'])

    def test_bad_attributes_to_get(self):
        key = {'p': 'p0', 's': 2}
        self.assert_fails('ValidationException', self.table.get_item,
                          'Duplicate value in attribute name: a', Key=key,
                          AttributesToGet=['a', 'b', 'a'])
        for select, text in (('COUNT', 'only the Count'), ('ALL_ATTRIBUTES', 'ALL_ATTRIBUTES')):
            self.assert_fails('ValidationException', self.table.scan,
                              'Cannot specify the AttributesToGet when choosing to get ' + text,
                              AttributesToGet=['a'], Select=select)


class Mixed(ItemTest):
    def test_refused(self):
        """A request has either kind of parameters, and the message names them."""
        name, key = dict(TableName=self.table), wire(**self.key())
        equal_one = {'ComparisonOperator': 'EQ', 'AttributeValueList': [{'N': '1'}]}
        keys = {'p': {'ComparisonOperator': 'EQ', 'AttributeValueList': [{'S': 'a'}]}}
        exists = 'attribute_exists(p)'
        for old, new, call, request in (
                ('AttributesToGet', 'ProjectionExpression', self.client.get_item,
                 dict(Key=key, AttributesToGet=['a'], ProjectionExpression='a')),
                ('Expected', 'ConditionExpression', self.client.put_item,
                 dict(Item=key, Expected={'n': equal_one}, ConditionExpression=exists)),
                ('Expected', 'ConditionExpression', self.client.delete_item,
                 dict(Key=key, Expected={'n': equal_one}, ConditionExpression=exists)),
                ('AttributeUpdates', 'UpdateExpression', self.client.update_item,
                 dict(Key=key, AttributeUpdates={'n': {'Action': 'DELETE'}},
                      UpdateExpression='REMOVE n')),
                ('AttributeUpdates', 'ConditionExpression', self.client.update_item,
                 dict(Key=key, AttributeUpdates={'n': {'Action': 'DELETE'}},
                      ConditionExpression=exists)),
                ('Expected', 'UpdateExpression', self.client.update_item,
                 dict(Key=key, Expected={'n': equal_one}, UpdateExpression='REMOVE n')),
                ('QueryFilter', 'FilterExpression', self.client.query,
                 dict(KeyConditions=keys, QueryFilter={'n': equal_one},
                      FilterExpression='attribute_exists(n)')),
                ('AttributesToGet', 'FilterExpression', self.client.query,
                 dict(KeyConditions=keys, AttributesToGet=['n'],
                      FilterExpression='attribute_exists(n)')),
                ('KeyConditions', 'KeyConditionExpression', self.client.query,
                 dict(KeyConditions=keys, KeyConditionExpression='p = :p',
                      ExpressionAttributeValues=wire(**{':p': 'a'}))),
                ('ScanFilter', 'FilterExpression', self.client.scan,
                 dict(ScanFilter={'n': equal_one}, FilterExpression='attribute_exists(n)')),
                ('ScanFilter', 'ProjectionExpression', self.client.scan,
                 dict(ScanFilter={'n': equal_one}, ProjectionExpression='n'))):
            with self.subTest(old=old, new=new, call=call.__name__):
                self.assert_fails(
                    'ValidationException', call,
                    'Can not use both expression and non-expression parameters in the same request: '
                    f'Non-expression parameters: {{{old}}} Expression parameters: {{{new}}}',
                    **name, **request)
        self.assertIsNone(self.get())

    def test_refused_in_a_batch(self):
        self.assert_fails(
            'ValidationException', self.client.batch_get_item,
            'Can not use both expression and non-expression parameters in the same request',
            RequestItems={self.table: {'Keys': [wire(**self.key())], 'AttributesToGet': ['a'],
                                       'ProjectionExpression': 'a'}})


if __name__ == '__main__':
    unittest.main()
