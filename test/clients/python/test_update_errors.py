"""UpdateItem: what is refused, and in which words; nothing refused changes an item."""
import unittest
from decimal import Decimal

from support import ItemTest, wire

INVALID = 'Invalid UpdateExpression: '
VALUES = dict(v=1, s='x', l=[1], t={'a'}, n={1})


class Refusals(ItemTest):
    BEFORE = dict(n=5, word='abc', list=['a'], l=[1, 2], m={'x': 1}, texts={'a'}, numbers={1})

    def check(self, *cases, prefix='', **options):
        """Each is a message and an expression, which gets the VALUES it uses."""
        for message, expression in cases:
            with self.subTest(expression=expression):
                self.put(**self.BEFORE)
                values = {name: value for name, value in VALUES.items() if f':{name}' in expression}
                self.refused(prefix + message, expression, values, **options)
                self.assert_attributes(self.get(), **self.key(), **self.BEFORE)


class Texts(Refusals):
    def test_syntax(self):
        self.check(
            ('The expression can not be empty;', ''),
            ('Syntax error; token: "<EOF>", near: "SET"', 'SET'),
            ('Syntax error; token: "<EOF>", near: "a"', 'SET a'),
            ('Syntax error; token: "<EOF>", near: "="', 'SET a ='),
            ('Syntax error; token: "<EOF>", near: ","', 'SET a = :v,'),
            ('Syntax error; token: "a", near: "a ="', 'a = :v'),
            ('Syntax error; token: "1", near: "= 1"', 'SET a = 1'),
            ('Syntax error; token: "+", near: ":v + :v"', 'SET a = :v + :v + :v'),
            ('Syntax error; token: "*", near: ":v * :v"', 'SET a = :v * :v'),
            ('Syntax error; token: "b", near: ":v b ="', 'SET a = :v b = :v'),
            ('Syntax error; token: ":v", near: "SET :v ="', 'SET :v = :v'),
            ('Syntax error; token: "+", near: "a +="', 'SET a += :v'),
            ('Syntax error; token: "REMOVE", near: ", REMOVE b"', 'SET a = :v, REMOVE b'),
            ('Syntax error; token: "=", near: "a = :v"', 'REMOVE a = :v'),
            ('Syntax error; token: "=", near: "a = :v"', 'ADD a = :v'),
            ('Syntax error; token: "b", near: "a b"', 'ADD a b'),
            ('Syntax error; token: "<EOF>", near: "a"', 'DELETE a'),
            ('Syntax error; token: ";", near: ":v; REMOVE"', 'SET a = :v; REMOVE b'),
            prefix=INVALID)

    def test_names_and_functions(self):
        self.check(
            ('Attribute name is a reserved keyword; reserved keyword: name', 'SET name = :v'),
            ('Attribute name is a reserved keyword; reserved keyword: Status', 'REMOVE m.Status'),
            ('Invalid function name; function: foo', 'SET a = foo(n)'),
            ('Invalid function name; function: IF_NOT_EXISTS', 'SET a = IF_NOT_EXISTS(a, :v)'),
            ('The function is not allowed in an update expression; function: size',
             'SET a = size(word)'),
            ('The function is not allowed in an update expression; function: contains',
             'SET a = contains(texts, :s)'),
            ('The function is not allowed to be used this way in an expression; '
             'function: list_append', 'SET a = if_not_exists(a, list_append(l, l))'),
            ('Incorrect number of operands for operator or function; operator or function: '
             'if_not_exists, number of operands: 1', 'SET a = if_not_exists(a)'),
            ('Incorrect number of operands for operator or function; operator or function: '
             'list_append, number of operands: 3', 'SET a = list_append(l, l, l)'),
            ('Operator or function requires a document path; operator or function: '
             'if_not_exists', 'SET a = if_not_exists(:v, :v)'),
            ('The expression has redundant parentheses;', 'SET a = ((:v))'),
            prefix=INVALID)

    def test_clauses(self):
        self.check(*((f'The "{word}" section can only be used once in an update expression;',
                      f'{word} {one} {word} {two}')
                     for word, one, two in (('SET', 'a = :v', 'b = :v'), ('REMOVE', 'a', 'b'),
                                            ('ADD', 'a :v', 'b :v'),
                                            ('DELETE', 'a :t', 'b :t'))), prefix=INVALID)

    def test_paths_that_meet(self):
        overlap = 'Two document paths overlap with each other; must remove or rewrite one of ' \
                  'these paths; path one: [%s], path two: [%s]'
        conflict = overlap.replace('overlap', 'conflict')
        self.check(
            (overlap % ('a', 'a'), 'SET a = :v, a = :v'),
            (overlap % ('a', 'a'), 'SET a = :v REMOVE a'),
            (overlap % ('m', 'm, x'), 'SET m = :v, m.x = :v'),
            (overlap % ('l, [0]', 'l, [0]'), 'REMOVE l[0], l[0]'),
            (overlap % ('l, [0]', 'l, [0], x'), 'REMOVE l[0] SET l[0].x = :v'),
            (conflict % ('a, [0]', 'a, b'), 'SET a[0] = :v, a.b = :v'),
            prefix=INVALID)

    def test_placeholders(self):
        self.check(
            ('An expression attribute value used in expression is not defined; attribute value: '
             ':undefined', 'SET a = :undefined'),
            ('An expression attribute name used in the document path is not defined; attribute '
             'name: #undefined', 'SET #undefined = :v'),
            prefix=INVALID)
        self.refused('Value provided in ExpressionAttributeValues unused in expressions: '
                     'keys: {:w}', 'SET a = :v', dict(v=1, w=2))
        self.refused('Value provided in ExpressionAttributeNames unused in expressions: '
                     'keys: {#a}', 'SET a = :v', dict(v=1), ExpressionAttributeNames={'#a': 'a'})
        self.refused('ExpressionAttributeValues must not be empty', 'REMOVE a',
                     ExpressionAttributeValues={})
        self.refused('ExpressionAttributeNames must not be empty', 'REMOVE a',
                     ExpressionAttributeNames={})

    def test_limits(self):
        self.put(**self.BEFORE)
        many = ','.join(f'a{i}=n+:v' for i in range(301))
        self.refused(INVALID + 'The expression contains too many operators; operator count: 301',
                     'SET ' + many, dict(v=1))
        self.update('SET ' + many[:many.rindex(',')], dict(v=1))
        self.refused(INVALID + 'Expression size has exceeded the maximum allowed size;',
                     'SET a = :v'.ljust(4097), dict(v=1))
        self.update('SET a = :v'.ljust(4096), dict(v=1))


class Operands(Refusals):
    def test_types_of_given_values(self):
        wrong = 'Incorrect operand type for operator or function; operator'
        self.check(
            (wrong + ' or function: +, operand type: S', 'SET a = n + :s'),
            (wrong + ' or function: -, operand type: SS', 'SET a = n - :t'),
            (wrong + ' or function: list_append, operand type: N', 'SET a = list_append(l, :v)'),
            (wrong + ': ADD, operand type: STRING', 'ADD a :s'),
            (wrong + ': ADD, operand type: LIST', 'ADD a :l'),
            (wrong + ': DELETE, operand type: NUMBER', 'DELETE a :v'),
            (wrong + ': DELETE, operand type: LIST', 'DELETE a :l'),
            prefix=INVALID)

    def test_types_in_the_item(self):
        self.check(*(('An operand in the update expression has an incorrect data type', expression)
                     for expression in ('SET a = word + :v', 'SET a = :v - texts',
                                        'SET a = list_append(word, :l)', 'ADD word :v',
                                        'ADD texts :v', 'ADD texts :n', 'ADD numbers :t',
                                        'ADD n :t', 'ADD l :v', 'DELETE n :t', 'DELETE texts :n',
                                        'DELETE word :t')))

    def test_attributes_that_are_not_there(self):
        self.check(*(('The provided expression refers to an attribute that does not exist in the '
                      'item', expression)
                     for expression in ('SET a = b', 'SET a = n + b', 'SET a = m.y', 'SET a = l[2]',
                                        'SET a = list_append(b, :l)', 'SET n = if_not_exists(a, b)',
                                        'SET n = :v, a = b')))

    def test_numbers_that_do_not_fit(self):
        for message, a, operator, b in (
                ('overflow', '9E125', '+', '9E125'),
                ('overflow', '-9E125', '-', '9E125'),
                ('38 significant digits', '1E37', '+', '0.1'),
                ('38 significant digits', '1E125', '+', '1E-130')):
            with self.subTest(a=a, operator=operator, b=b):
                self.put(n=5)
                self.refused(message, f'SET n = :a {operator} :b', dict(a=Decimal(a), b=Decimal(b)))
                self.assert_attributes(self.get(), **self.key(), n=5)

    def test_empty_sets(self):
        for kind in ('SS', 'NS', 'BS'):
            for expression in ('SET a = :v', 'ADD a :v', 'DELETE a :v'):
                with self.subTest(kind=kind, expression=expression):
                    self.refused('set', expression,
                                 ExpressionAttributeValues={':v': {kind: []}})


class Keys(ItemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.create_class_table(range_type='N')

    def key(self):
        return {'p': self.id(), 's': 1}

    def test_key_attributes_cannot_be_updated(self):
        self.put(n=5)
        for name, expression in (
                ('p', 'SET p = :v'), ('s', 'SET s = :v'), ('s', 'SET n = :v, s = :v'),
                ('s', 'SET s = s + :v'), ('s', 'ADD s :v'), ('p', 'REMOVE p'),
                ('s', 'REMOVE n, s')):
            with self.subTest(expression=expression):
                self.refused('One or more parameter values were invalid: Cannot update attribute '
                             f'{name}. This attribute is part of the key', expression,
                             dict(v=1) if ':v' in expression else None)
        self.assert_attributes(self.get(), **self.key(), n=5)
        self.assertEqual(self.client.query(
            TableName=self.table, KeyConditionExpression='p = :p',
            ExpressionAttributeValues={':p': {'S': self.id()}})['Count'], 1)

    def test_keys_can_be_read(self):
        self.update('SET a = p, b = s + :v', dict(v=1))
        self.assert_attributes(self.get(), **self.key(), a=self.id(), b=2)

    def test_bad_keys(self):
        for message, key in (
                ('number of conditions on the keys is invalid', wire(p='a')),
                ('number of conditions on the keys is invalid', wire(p='a', s=1, x=2)),
                ('key element does not match the schema', wire(p='a', s='1')),
                ('key element does not match the schema', wire(p='a', x=1)),
                ('empty string value. Key: p', wire(p='', s=1))):
            with self.subTest(key=key):
                self.assert_fails('ValidationException', self.client.update_item, message,
                                  TableName=self.table, Key=key, UpdateExpression='REMOVE a')

    def test_no_table(self):
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.update_item(TableName='no-such-table', Key=wire(p='a'),
                                    UpdateExpression='REMOVE a')

    def test_enums(self):
        for name in ('ReturnValues', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics',
                     'ReturnValuesOnConditionCheckFailure'):
            with self.subTest(name=name):
                self.refused('failed to satisfy constraint: Member must satisfy enum value set',
                             'REMOVE a', **{name: 'SOME'})


if __name__ == '__main__':
    unittest.main()
