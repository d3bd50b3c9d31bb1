"""The ten types of AttributeValue, there and back, and what none may hold."""
import unittest
from decimal import Decimal

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from support import TableTest


class Types(TableTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.create_class_table()

    def there_and_back(self, value):
        """The value of an attribute after a write and a read."""
        key = {'p': {'S': self.id()}}
        self.client.put_item(TableName=self.table, Item={**key, 'v': value})
        item = self.client.get_item(TableName=self.table, Key=key)['Item']
        self.assertEqual(item['p'], key['p'])
        return item['v']

    def assert_same(self, value):
        self.assertEqual(self.there_and_back(value), value)

    def refused(self, message, value, code='ValidationException'):
        self.assert_fails(code, self.client.put_item, message, TableName=self.table,
                          Item={'p': {'S': self.id()}, 'v': value})
        read = self.client.get_item(TableName=self.table, Key={'p': {'S': self.id()}})
        self.assertNotIn('Item', read)

    def test_strings(self):
        for text in ('', 'x', 'ä', '\u20ac', '\U0001F1E6', 'a"b\\c/d', '\x01\x1f\x7f', '\t\r\n',
                     '\ufeffx', '\u2028', 'x' * 100000, "'; DROP TABLE x; --", '\\u0041'):
            with self.subTest(text=text[:20]):
                self.assert_same({'S': text})

    def test_numbers(self):
        for text, stored in (
                ('0', '0'), ('-0', '0'), ('0.000', '0'), ('1', '1'), ('-1', '-1'),
                ('+5', '5'), ('007', '7'), ('1.50', '1.5'), ('.5', '0.5'), ('1e3', '1000'),
                ('1E-3', '0.001'), ('123456789.987654321', '123456789.987654321'),
                ('9' * 38, '9' * 38),
                ('-' + '9' * 38, '-' + '9' * 38),
                ('0.' + '1' * 38, '0.' + '1' * 38)):
            with self.subTest(text=text):
                self.assertEqual(self.there_and_back({'N': text}), {'N': stored})

    def test_far_numbers(self):
        for text in ('1E-130', '-1E-130', '9.9999999999999999999999999999999999999E+125',
                     '-9.9999999999999999999999999999999999999E+125', '1.5E-100', '1E125'):
            with self.subTest(text=text):
                self.assertEqual(Decimal(self.there_and_back({'N': text})['N']), Decimal(text))

    def test_bad_numbers(self):
        for message, text in (
                ('cannot be converted to a numeric value', ''),
                ('cannot be converted to a numeric value', 'abc'),
                ('cannot be converted to a numeric value', '1.2.3'),
                ('cannot be converted to a numeric value', '0x10'),
                ('cannot be converted to a numeric value', 'NaN'),
                ('cannot be converted to a numeric value', 'Infinity'),
                ('Number overflow', '1E126'),
                ('Number overflow', '-1E126'),
                ('Number underflow', '1E-131'),
                ('more than 38 significant digits', '1' * 39),
                ('more than 38 significant digits', '0.' + '1' * 39)):
            with self.subTest(text=text):
                self.refused(message, {'N': text})

    def test_binary(self):
        for data in (b'', b'\0', bytes(range(256)), b'\xff' * 1000, 'ä'.encode()):
            with self.subTest(data=data[:20]):
                self.assert_same({'B': data})

    def test_booleans_and_null(self):
        for value in ({'BOOL': True}, {'BOOL': False}, {'NULL': True}):
            with self.subTest(value=value):
                self.assert_same(value)

    def test_sets(self):
        for kind, members in (('SS', ['b', 'a', 'ä', 'x' * 300]), ('SS', ['one']),
                              ('NS', ['3', '-1', '2.5', '1E20']), ('NS', ['0']),
                              ('BS', [b'b', b'a', b'\0\xff']), ('BS', [b'x'])):
            with self.subTest(kind=kind, members=members):
                read = self.there_and_back({kind: members})
                self.assertEqual(list(read), [kind])
                plain = (lambda m: Decimal(m)) if kind == 'NS' else (lambda m: m)
                self.assertEqual(sorted(map(plain, read[kind])), sorted(map(plain, members)))

    def test_bad_sets(self):
        for message, value in (
                ('may not be empty', {'SS': []}),
                ('may not be empty', {'NS': []}),
                ('should not be empty', {'BS': []}),
                ('contains duplicates', {'SS': ['a', 'b', 'a']}),
                ('contains duplicates', {'NS': ['1', '1.0']}),
                ('contains duplicates', {'BS': [b'a', b'a']})):
            with self.subTest(value=value):
                self.refused(message, value)

    def test_documents(self):
        for value in (
                {'L': []},
                {'M': {}},
                {'L': [{'S': ''}, {'N': '1'}, {'B': b'\0'}, {'BOOL': False}, {'NULL': True},
                       {'L': [{'L': []}]}, {'M': {'x': {'SS': ['a']}}}]},
                {'M': {'a.b': {'S': 'y'}, 'ä"': {'M': {'b': {'L': []}}}, ' ': {'S': 'x'}}},
                {'L': [{'N': str(i)} for i in range(5000)]},
                {'M': {f'name{i}': {'N': str(i)} for i in range(5000)}}):
            with self.subTest(value=str(value)[:60]):
                self.assert_same(value)

    def test_nesting(self):
        value = {'S': 'bottom'}
        for level in range(31):
            value = {'M': {'a': value}} if level % 2 else {'L': [value]}
        self.assert_same(value)
        self.client.delete_item(TableName=self.table, Key={'p': {'S': self.id()}})
        self.refused('Nesting Levels have exceeded supported limits', {'L': [{'M': {'a': value}}]})

    def test_one_type_a_value(self):
        for message, value in (
                ('must contain exactly one of the supported datatypes', {}),
                ('has more than one datatypes set', {'S': 'a', 'N': '1'}),
                ('Null attribute value types must have the value of true', {'NULL': False})):
            with self.subTest(value=value):
                self.refused(message, value)

    def test_item_size(self):
        # The key's name and value, the attribute's name, the value.
        room = 400 * 1024 - len('p') - len(self.id()) - len('v')
        self.assert_same({'S': 'x' * room})
        self.client.delete_item(TableName=self.table, Key={'p': {'S': self.id()}})
        self.refused('Item size has exceeded the maximum allowed size', {'S': 'x' * (room + 1)})

    def test_many_attributes(self):
        item = {'p': {'S': self.id()}}
        item.update({f'attribute {i}': {'S': f'value {i}'} for i in range(2000)})
        self.client.put_item(TableName=self.table, Item=item)
        read = self.client.get_item(TableName=self.table, Key={'p': {'S': self.id()}})
        self.assertEqual(read['Item'], item)

    def test_through_the_sdks_own_types(self):
        value = {
            'text': 'x', 'number': Decimal('1.5'), 'big': Decimal('9' * 38),
            'bytes': Binary(b'\0\1'), 'yes': True, 'no': False, 'nothing': None,
            'list': ['x', Decimal(1), {'y': None}],
            'map': {'a': {'b': [Decimal('-2')]}},
            'texts': {'a', 'b'}, 'numbers': {Decimal(1), Decimal('2.5')},
            'blobs': {Binary(b'a'), Binary(b'b')},
        }
        read = self.there_and_back(TypeSerializer().serialize(value))
        self.assertEqual(TypeDeserializer().deserialize(read), value)


if __name__ == '__main__':
    unittest.main()
