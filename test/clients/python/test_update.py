"""UpdateItem: what SET, REMOVE, ADD and DELETE make of an item."""
import concurrent.futures
import unittest
from decimal import Decimal

from support import ItemTest

KIB = 1024


class UpdateTest(ItemTest):
    # Most tests begin with this item.
    BEFORE = dict(n=5, word='abc', yes=True, list=['a', 'b', 'c', 'd'],
                  texts={'a', 'b'}, numbers={1, 2}, blobs={b'a', b'b'})

    def check(self, expression, values=None, gone=(), **changed):
        """The expression makes these changes, and no others, of BEFORE."""
        with self.subTest(expression=expression):
            self.put(**self.BEFORE)
            self.update(expression, values)
            expected = {**self.key(), **self.BEFORE, **changed}
            for name in gone:
                del expected[name]
            self.assert_attributes(self.get(), **expected)


class Set(UpdateTest):
    def test_values_of_every_type(self):
        for value in ('', 'x', 0, Decimal('-1.5'), b'', b'\0\xff', True, False, None, [], {},
                      [1, 'x', [None], {'a': {b'x'}}], {'a.b': {'c': []}},
                      {'a', 'ä'}, {1, Decimal('2.5')}, {b'a', b'\0'}):
            self.check('SET v = :v', dict(v=value), v=value)
            self.check('SET n = :v', dict(v=value), n=value)

    def test_other_attributes(self):
        self.check('SET v = n', v=5)
        self.check('SET v = texts, w = blobs', v={'a', 'b'}, w={b'a', b'b'})

    def test_operands_are_those_before_the_update(self):
        self.check('SET n = word, word = n', n='abc', word=5)
        self.check('SET v = n, n = n + :one', dict(one=1), v=5, n=6)
        self.check('SET v = n REMOVE n', v=5, gone=['n'])
        self.check('ADD n :one SET v = n', dict(one=1), v=5, n=6)

    def test_arithmetic(self):
        for expression, result in (
                ('n + :v', '6.25'), ('n - :v', '3.75'), (':v - n', '-3.75'), (':v + :v', '2.5'),
                ('(n + :v)', '6.25'), ('(n) + (:v)', '6.25')):
            self.check(f'SET v = {expression}', dict(v=Decimal('1.25')), v=Decimal(result))
        self.check('SET v = n + n, w = n - n', v=10, w=0)

    def test_arithmetic_is_exact(self):
        for a, operator, b, result in (
                ('0.1', '+', '0.2', '0.3'),
                ('1', '-', '0.9', '0.1'),
                ('9' * 37, '+', '1', '1' + '0' * 37),
                ('12345678901234567890', '+', '0.123456789012345678',
                 '12345678901234567890.123456789012345678'),
                ('1E-130', '+', '1E-130', '2E-130'),
                ('5E125', '+', '4E125', '9E125'),
                ('-1E20', '+', '1E20', '0')):
            self.check(f'SET v = :a {operator} :b', dict(a=Decimal(a), b=Decimal(b)),
                       v=Decimal(result))

    def test_if_not_exists(self):
        self.check('SET n = if_not_exists(n, :v)', dict(v=9), n=5)
        self.check('SET v = if_not_exists(v, :v)', dict(v=9), v=9)
        self.check('SET v = if_not_exists(n, :v)', dict(v=9), v=5)
        self.check('SET v = if_not_exists(v, n)', v=5)
        self.check('SET v = if_not_exists(v, if_not_exists(w, :v))', dict(v=9), v=9)
        self.check('SET v = if_not_exists(v, :zero) + :one', dict(zero=0, one=1), v=1)
        self.check('SET n = if_not_exists(n, :zero) + :one', dict(zero=0, one=1), n=6)

    def test_set_in_a_row(self):
        self.put()
        for number in range(1, 11):
            self.update('SET v = if_not_exists(v, :zero) + :one, #l = '
                        'list_append(if_not_exists(#l, :none), :new)',
                        dict(zero=0, one=1, none=[], new=[number]),
                        ExpressionAttributeNames={'#l': 'list'})
        self.assert_attributes(self.get(), **self.key(), v=10, list=list(range(1, 11)))


class Paths(UpdateTest):
    """Document paths in each place of an expression."""

    BEFORE = dict(n=5, l=['a', 'b', 'c', 'd'], m={'x': 1, 'd': {'y': 2, 'l': [1, 2, 3]}},
                  o=[{'x': 1}, [10, 20]])

    def test_members_of_maps(self):
        self.check('SET m.x = :v', dict(v=9), m={'x': 9, 'd': {'y': 2, 'l': [1, 2, 3]}})
        self.check('SET m.z = :v', dict(v=9), m={'x': 1, 'z': 9, 'd': {'y': 2, 'l': [1, 2, 3]}})
        self.check('SET m.d.y = m.d.y + m.x', m={'x': 1, 'd': {'y': 3, 'l': [1, 2, 3]}})
        self.check('SET m.d = :v', dict(v='flat'), m={'x': 1, 'd': 'flat'})
        self.check('SET v = m.d', v={'y': 2, 'l': [1, 2, 3]})
        self.check('REMOVE m.x, m.d.l, m.nothing', m={'d': {'y': 2}})
        self.check('ADD m.x :v, m.z :v', dict(v=2),
                   m={'x': 3, 'z': 2, 'd': {'y': 2, 'l': [1, 2, 3]}})

    def test_elements_of_lists(self):
        self.check('SET l[1] = :v', dict(v=9), l=['a', 9, 'c', 'd'])
        self.check('SET l[0] = l[3], l[3] = l[0]', l=['d', 'b', 'c', 'a'])
        self.check('SET o[0].x = :v, o[1][0] = o[1][1] + :v', dict(v=9), o=[{'x': 9}, [29, 20]])
        self.check('SET m.d.l[2] = :v', dict(v=9), m={'x': 1, 'd': {'y': 2, 'l': [1, 2, 9]}})
        self.check('ADD o[1][1] :v', dict(v=1), o=[{'x': 1}, [10, 21]])

    def test_elements_beyond_the_end_are_appended(self):
        self.check('SET l[4] = :v', dict(v=9), l=['a', 'b', 'c', 'd', 9])
        self.check('SET l[1000] = :v', dict(v=9), l=['a', 'b', 'c', 'd', 9])
        self.check('SET l[9] = :v, l[5] = :w', dict(v=9, w=8), l=['a', 'b', 'c', 'd', 8, 9])

    def test_removed_elements_close_up(self):
        self.check('REMOVE l[0]', l=['b', 'c', 'd'])
        self.check('REMOVE l[2], l[0]', l=['b', 'd'])
        self.check('REMOVE l[0], l[1], l[2], l[3]', l=[])
        self.check('REMOVE l[4]')
        self.check('REMOVE o[1][0], o[0].x', o=[{}, [20]])

    def test_indexes_are_those_before_the_update(self):
        self.check('REMOVE l[1] SET l[2] = :v', dict(v=9), l=['a', 9, 'd'])
        self.check('SET l[0] = :v REMOVE l[1], l[2]', dict(v=9), l=[9, 'd'])

    def test_list_append(self):
        self.check('SET l = list_append(l, :v)', dict(v=['e', 'f']), l=list('abcdef'))
        self.check('SET l = list_append(:v, l)', dict(v=['e', 'f']), l=list('efabcd'))
        self.check('SET l = list_append(l, l)', l=list('abcdabcd'))
        self.check('SET l = list_append(l, :v)', dict(v=[]))
        self.check('SET m.d.l = list_append(m.d.l, o[1])',
                   m={'x': 1, 'd': {'y': 2, 'l': [1, 2, 3, 10, 20]}})
        self.check('SET v = list_append(if_not_exists(v, :none), l)', dict(none=[]),
                   v=list('abcd'))

    def test_names_with_dots_need_placeholders(self):
        self.put(**{'a.b': 1, 'a': {'b': 2}})
        self.update('SET #dotted = :v, a.b = :w', dict(v=3, w=4),
                    ExpressionAttributeNames={'#dotted': 'a.b'})
        self.assert_attributes(self.get(), **self.key(), **{'a.b': 3, 'a': {'b': 4}})

    def test_reserved_words_need_placeholders(self):
        self.put(data={'value': 1})
        self.update('SET #d.#v = #d.#v + :one', dict(one=1),
                    ExpressionAttributeNames={'#d': 'data', '#v': 'value'})
        self.assert_attributes(self.get(), **self.key(), data={'value': 2})

    def test_paths_that_lead_nowhere(self):
        for expression in ('SET v.x = :v', 'SET v[0] = :v', 'SET m.v.x = :v', 'SET l[9].x = :v',
                           'SET n.x = :v', 'SET n[0] = :v', 'SET l.x = :v', 'SET m[0] = :v',
                           'ADD m.v.x :v', 'SET m.x = :v, v.x = :v'):
            with self.subTest(expression=expression):
                self.put(**self.BEFORE)
                self.refused('The document path provided in the update expression is invalid '
                             'for update', expression, dict(v=1))
                self.assert_attributes(self.get(), **self.key(), **self.BEFORE)


class RemoveAddDelete(UpdateTest):
    def test_remove(self):
        self.check('REMOVE n', gone=['n'])
        self.check('REMOVE n, nothing, texts', gone=['n', 'texts'])
        self.check('REMOVE nothing')

    def test_add_numbers(self):
        self.check('ADD n :v', dict(v=3), n=8)
        self.check('ADD n :v', dict(v=Decimal('-7.5')), n=Decimal('-2.5'))
        self.check('ADD v :v', dict(v=3), v=3)

    def test_add_to_sets(self):
        self.check('ADD texts :v', dict(v={'b', 'c'}), texts={'a', 'b', 'c'})
        self.check('ADD numbers :v', dict(v={2, 3}), numbers={1, 2, 3})
        self.check('ADD blobs :v', dict(v={b'b', b'c'}), blobs={b'a', b'b', b'c'})
        self.check('ADD v :v', dict(v={'x'}), v={'x'})

    def test_delete_from_sets(self):
        self.check('DELETE texts :v', dict(v={'b', 'c'}), texts={'a'})
        self.check('DELETE numbers :v', dict(v={2, 3}), numbers={1})
        self.check('DELETE blobs :v', dict(v={b'x'}))
        self.check('DELETE nothing :v', dict(v={'x'}))

    def test_an_emptied_set_is_gone(self):
        self.check('DELETE texts :v', dict(v={'a', 'b', 'c'}), gone=['texts'])
        self.put(m={'s': {1}})
        self.update('DELETE m.s :v', dict(v={1}))
        self.assert_attributes(self.get(), **self.key(), m={})

    def test_all_clauses_together(self):
        for expression in ('SET v = n REMOVE yes ADD numbers :n DELETE texts :t',
                           'delete texts :t add numbers :n remove yes set v = n',
                           'ADD numbers :n\n\tREMOVE yes\nDELETE texts :t SET v=n'):
            self.check(expression, dict(n={7}, t={'a'}), v=5, numbers={1, 2, 7}, texts={'b'},
                       gone=['yes'])


class Upserts(UpdateTest):
    def test_an_absent_item_is_made(self):
        for expression, values, expected in (
                ('SET v = :v', dict(v='x'), dict(v='x')),
                ('ADD v :v', dict(v=3), dict(v=3)),
                ('ADD v :v', dict(v={'x'}), dict(v={'x'})),
                ('SET v = if_not_exists(v, :v)', dict(v=1), dict(v=1)),
                ('REMOVE v', {}, {}),
                ('DELETE v :v', dict(v={'x'}), {}),
                (None, {}, {}),
                ('SET v = p', {}, dict(v=self.id()))):
            with self.subTest(expression=expression):
                self.delete()
                self.update(expression, values)
                self.assert_attributes(self.get(), **self.key(), **expected)

    def test_what_needs_an_item(self):
        for message, expression in (
                ('attribute that does not exist in the item', 'SET v = n'),
                ('attribute that does not exist in the item', 'SET n = n + :v'),
                ('path provided in the update expression is invalid', 'SET m.x = :v'),
                ('path provided in the update expression is invalid', 'REMOVE m.x')):
            with self.subTest(expression=expression):
                self.refused(message, expression, dict(v=1) if ':v' in expression else None)
                self.assertIsNone(self.get())

    def test_without_expression_an_item_stays(self):
        self.put(n=1)
        self.update(None)
        self.assert_attributes(self.get(), **self.key(), n=1)

    def test_counter_of_an_item_that_comes_and_goes(self):
        for _ in range(3):
            for number in (1, 2, 3):
                reply = self.update('ADD n :one', dict(one=1), ReturnValues='UPDATED_NEW')
                self.assert_attributes(reply['Attributes'], n=number)
            self.delete()


class Sizes(UpdateTest):
    def room(self, *names):
        """Bytes left in an item of 400 KB with the key and those names."""
        return 400 * KIB - len('p') - len(self.id()) - sum(map(len, names))

    def test_of_the_item_afterwards(self):
        self.put(v='x')
        self.update('SET v = :v', dict(v='y' * self.room('v')))
        self.assert_attributes(self.get(), **self.key(), v='y' * self.room('v'))
        self.refused('Item size to update has exceeded the maximum allowed size',
                     'SET w = :v', dict(v=''))
        self.refused('Item size to update has exceeded the maximum allowed size',
                     'SET v = :v', dict(v='z' * (self.room('v') + 1)))
        self.assert_attributes(self.get(), **self.key(), v='y' * self.room('v'))

    def test_growth_in_steps(self):
        self.put(l=[])
        # An element takes its size and 1, the list itself 3.
        steps = (self.room('l') - 3) // 50001
        for _ in range(steps):
            self.update('SET l = list_append(l, :v)', dict(v=['x' * 50000]))
        self.refused('Item size to update has exceeded the maximum allowed size',
                     'SET l = list_append(l, :v)', dict(v=['x' * 50000]))
        self.assertEqual(len(self.get()['l']['L']), steps)

    def test_what_is_removed_makes_room(self):
        self.put(v='x' * (300 * KIB))
        self.update('SET w = :w REMOVE v', dict(w='y' * (300 * KIB)))
        self.assert_attributes(self.get(), **self.key(), w='y' * (300 * KIB))


class Resource(UpdateTest):
    """Through Table.update_item, which speaks Python's own types."""

    def test_values(self):
        table = self.resource.Table(self.table)
        reply = table.update_item(
            Key=self.key(), ReturnValues='ALL_NEW',
            UpdateExpression='SET price = :price, #d = :d ADD tags :tags',
            ExpressionAttributeNames={'#d': 'data'},
            ExpressionAttributeValues={':price': Decimal('19.99'), ':tags': {'a', 'b'},
                                       ':d': {'list': [1, Decimal('0.5'), None, True]}})
        item = {**self.key(), 'price': Decimal('19.99'), 'tags': {'a', 'b'},
                'data': {'list': [1, Decimal('0.5'), None, True]}}
        self.assertEqual(reply['Attributes'], item)
        reply = table.update_item(
            Key=self.key(), ReturnValues='UPDATED_NEW',
            UpdateExpression='SET price = price - :off DELETE tags :tags REMOVE #d.#l[0]',
            ExpressionAttributeNames={'#d': 'data', '#l': 'list'},
            ExpressionAttributeValues={':off': Decimal('0.99'), ':tags': {'a'}})
        self.assertEqual(reply['Attributes']['price'], 19)
        self.assertEqual(reply['Attributes']['tags'], {'b'})
        self.assertEqual(table.get_item(Key=self.key())['Item'],
                         {**self.key(), 'price': 19, 'tags': {'b'},
                          'data': {'list': [Decimal('0.5'), None, True]}})

    def test_counter(self):
        table = self.resource.Table(self.table)
        for _ in range(20):
            table.update_item(Key=self.key(), UpdateExpression='ADD hits :one',
                              ExpressionAttributeValues={':one': 1})
        self.assertEqual(table.get_item(Key=self.key())['Item']['hits'], 20)


class SideBySide(UpdateTest):
    """Several clients at one item."""

    def at_once(self, work, count=60):
        """What count calls of work(number) return, eight at a time."""
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            return list(pool.map(work, range(count)))

    def test_no_increment_is_lost(self):
        seen = self.at_once(lambda _: self.update('ADD n :one', dict(one=1),
                                                  ReturnValues='UPDATED_NEW'))
        self.assertEqual(sorted(int(reply['Attributes']['n']['N']) for reply in seen),
                         list(range(1, 61)))
        self.assert_attributes(self.get(), **self.key(), n=60)

    def test_no_element_is_lost(self):
        self.at_once(lambda number: self.update(
            'SET l = list_append(if_not_exists(l, :none), :new) ADD s :set',
            dict(none=[], new=[number], set={number})))
        item = self.get()
        self.assertEqual(sorted(int(element['N']) for element in item['l']['L']), list(range(60)))
        self.assertEqual(sorted(map(int, item['s']['NS'])), list(range(60)))

    def test_one_of_many_makes_the_item(self):
        def make(number):
            try:
                self.update('SET maker = :n', dict(n=number),
                            ConditionExpression='attribute_not_exists(p)')
                return [number]
            except self.client.exceptions.ConditionalCheckFailedException:
                return []

        maker, = sum(self.at_once(make), [])
        self.assert_attributes(self.get(), **self.key(), maker=maker)

    def test_stock_is_never_oversold(self):
        self.put(stock=25)

        def buy(_):
            try:
                self.update('SET stock = stock - :one ADD sold :one', dict(one=1),
                            ConditionExpression='stock >= :one')
                return 1
            except self.client.exceptions.ConditionalCheckFailedException:
                return 0

        self.assertEqual(sum(self.at_once(buy)), 25)
        self.assert_attributes(self.get(), **self.key(), stock=0, sold=25)


if __name__ == '__main__':
    unittest.main()
