"""What UpdateItem answers: ReturnValues, capacity, and the item that failed a condition."""
import unittest

from support import ItemTest, wire


class ReturnValues(ItemTest):
    BEFORE = dict(n=5, l=['a', 'b', 'c', 'd'], m={'x': 1, 'd': {'y': 2}}, texts={'a', 'b'})

    def reply(self, mode, expression, values=None, before=None):
        """What is returned, None if nothing, and the item after it."""
        if before is None:
            self.delete()
        else:
            self.put(**before)
        reply = self.update(expression, values, ReturnValues=mode)
        return reply.get('Attributes'), self.get()

    def check(self, expression, values=None, before=BEFORE, old=None, new=None):
        """All modes: old and new are what UPDATED_OLD and UPDATED_NEW show."""
        with self.subTest(expression=expression):
            shown, item = self.reply('ALL_OLD', expression, values, before)
            if before is None:
                self.assertIsNone(shown)
            else:
                self.assert_attributes(shown, **self.key(), **before)
            shown, again = self.reply('ALL_NEW', expression, values, before)
            self.assertEqual(shown, item)
            self.assertEqual(again, item)
            for mode, expected in (('UPDATED_OLD', old), ('UPDATED_NEW', new)):
                shown, again = self.reply(mode, expression, values, before)
                if expected is None:
                    self.assertIsNone(shown)
                else:
                    self.assert_attributes(shown, **expected)
                self.assertEqual(again, item)
            for mode in ('NONE', None):
                shown, again = self.reply(mode or 'NONE', expression, values, before)
                self.assertIsNone(shown)
                self.assertEqual(again, item)

    def test_attributes(self):
        self.check('SET n = :v', dict(v=9), old=dict(n=5), new=dict(n=9))
        self.check('SET n = :v, v = n', dict(v=9), old=dict(n=5), new=dict(n=9, v=5))
        self.check('SET v = :v', dict(v=9), new=dict(v=9))
        self.check('SET n = n', old=dict(n=5), new=dict(n=5))
        self.check('SET m = :v', dict(v={}), old=dict(m=self.BEFORE['m']), new=dict(m={}))
        self.check('ADD n :v, v :v', dict(v=1), old=dict(n=5), new=dict(n=6, v=1))
        self.check('ADD texts :v', dict(v={'c'}),
                   old=dict(texts={'a', 'b'}), new=dict(texts={'a', 'b', 'c'}))
        self.check('DELETE texts :v', dict(v={'a'}), old=dict(texts={'a', 'b'}),
                   new=dict(texts={'b'}))

    def test_attributes_that_go(self):
        self.check('REMOVE n, nothing', old=dict(n=5))
        self.check('REMOVE nothing')
        self.check('DELETE texts :v', dict(v={'a', 'b'}), old=dict(texts={'a', 'b'}))
        self.check('DELETE nothing :v', dict(v={'a'}))
        self.check('REMOVE n SET v = n', old=dict(n=5), new=dict(v=5))

    def test_no_expression(self):
        self.check(None)
        self.check(None, before=None)

    def test_absent_item(self):
        self.check('SET v = :v', dict(v=9), before=None, new=dict(v=9))
        self.check('ADD v :v', dict(v={'a'}), before=None, new=dict(v={'a'}))
        self.check('REMOVE v', before=None)

    # Of a document only the parts that the update named are shown.  DynamoDB
    # Local shows the whole attribute; the service's documentation says "only
    # the updated attributes".

    def test_members_of_maps(self):
        self.check('SET m.x = :v', dict(v=9), old=dict(m={'x': 1}), new=dict(m={'x': 9}))
        self.check('SET m.d.y = :v', dict(v=9), old=dict(m={'d': {'y': 2}}),
                   new=dict(m={'d': {'y': 9}}))
        self.check('SET m.x = :v, m.d.y = :v', dict(v=9), old=dict(m={'x': 1, 'd': {'y': 2}}),
                   new=dict(m={'x': 9, 'd': {'y': 9}}))
        self.check('SET m.v = :v', dict(v=9), new=dict(m={'v': 9}))
        self.check('REMOVE m.x', old=dict(m={'x': 1}))
        self.check('ADD m.x :v', dict(v=1), old=dict(m={'x': 1}), new=dict(m={'x': 2}))

    def test_elements_of_lists(self):
        self.check('SET l[1] = :v', dict(v=9), old=dict(l=['b']), new=dict(l=[9]))
        self.check('SET l[3] = :v, l[1] = :w', dict(v=9, w=8),
                   old=dict(l=['b', 'd']), new=dict(l=[8, 9]))
        self.check('SET l[1] = l[0], n = :v', dict(v=9),
                   old=dict(l=['b'], n=5), new=dict(l=['a'], n=9))
        self.check('SET l = list_append(l, :v)', dict(v=['e']),
                   old=dict(l=['a', 'b', 'c', 'd']), new=dict(l=['a', 'b', 'c', 'd', 'e']))


class Capacity(ItemTest):
    def units(self, expression, values=None, mode='TOTAL'):
        reply = self.update(expression, values, ReturnConsumedCapacity=mode)
        self.assertEqual(reply['ConsumedCapacity']['TableName'], self.table)
        return reply['ConsumedCapacity']['CapacityUnits']

    def test_the_larger_of_both_items_counts(self):
        self.delete()
        self.assertEqual(self.units('SET a = :v', dict(v='x')), 1)
        self.assertEqual(self.units('SET a = :v', dict(v='x' * 3000)), 3)
        self.assertEqual(self.units('SET b = :v', dict(v='x')), 3)
        self.assertEqual(self.units('SET b = :v', dict(v='x' * 2000)), 5)
        self.assertEqual(self.units('REMOVE a'), 5)
        self.assertEqual(self.units('REMOVE a'), 2 + 1)
        self.assertEqual(self.units(None), 3)

    def test_modes(self):
        self.assertNotIn('ConsumedCapacity', self.update('SET a = :v', dict(v=1)))
        reply = self.update('SET a = :v', dict(v=1), ReturnConsumedCapacity='NONE')
        self.assertNotIn('ConsumedCapacity', reply)
        reply = self.update('SET a = :v', dict(v=1), ReturnConsumedCapacity='TOTAL')
        self.assertEqual(reply['ConsumedCapacity'], {'TableName': self.table, 'CapacityUnits': 1})
        reply = self.update('SET a = :v', dict(v=1), ReturnConsumedCapacity='INDEXES')
        self.assertEqual(reply['ConsumedCapacity'], {'TableName': self.table, 'CapacityUnits': 1,
                                                     'Table': {'CapacityUnits': 1}})

    def test_no_item_collections(self):
        reply = self.update('SET a = :v', dict(v=1), ReturnItemCollectionMetrics='SIZE')
        self.assertNotIn('ItemCollectionMetrics', reply)


class FailedConditions(ItemTest):
    def fail(self, **options):
        """The error's reply to an update whose condition is false."""
        return self.refused('The conditional request failed', 'SET n = n + :one',
                            dict(one=1, limit=0), 'ConditionalCheckFailedException',
                            ConditionExpression='n < :limit', **options)

    def test_the_item_is_left_and_shown_if_asked_for(self):
        self.put(n=1, m={'x': ['y']})
        self.assertNotIn('Item', self.fail())
        self.assertNotIn('Item', self.fail(ReturnValuesOnConditionCheckFailure='NONE'))
        shown = self.fail(ReturnValuesOnConditionCheckFailure='ALL_OLD')
        self.assert_attributes(shown['Item'], **self.key(), n=1, m={'x': ['y']})
        self.assertNotIn('Attributes', shown)
        shown = self.fail(ReturnValuesOnConditionCheckFailure='ALL_OLD', ReturnValues='ALL_NEW')
        self.assert_attributes(shown['Item'], **self.key(), n=1, m={'x': ['y']})
        self.assert_attributes(self.get(), **self.key(), n=1, m={'x': ['y']})

    def test_no_item_to_show(self):
        self.assertNotIn('Item', self.fail(ReturnValuesOnConditionCheckFailure='ALL_OLD'))
        self.assertIsNone(self.get())

    def test_put_and_delete_show_it_too(self):
        self.put(n=1)
        request = dict(TableName=self.table, ConditionExpression='n = :v',
                       ExpressionAttributeValues=wire(**{':v': 2}),
                       ReturnValuesOnConditionCheckFailure='ALL_OLD')
        for call, what in ((self.client.put_item, dict(Item=wire(**self.key(), n=3))),
                           (self.client.delete_item, dict(Key=wire(**self.key())))):
            with self.subTest(call=call.__name__):
                shown = self.assert_fails('ConditionalCheckFailedException', call, **request, **what)
                self.assert_attributes(shown['Item'], **self.key(), n=1)

    def test_success_shows_what_return_values_say(self):
        self.put(n=1)
        reply = self.update('SET n = n + :one', dict(one=1), ConditionExpression='n = :one',
                            ReturnValuesOnConditionCheckFailure='ALL_OLD',
                            ReturnValues='UPDATED_NEW')
        self.assert_attributes(reply['Attributes'], n=2)
        self.assertNotIn('Item', reply)


if __name__ == '__main__':
    unittest.main()
