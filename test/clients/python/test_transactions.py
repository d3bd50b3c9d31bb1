"""TransactWriteItems and TransactGetItems."""
import threading
import unittest
import uuid

from support import TableTest, wire


class Transactions(TableTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.create_class_table()
        cls.other = cls.create_class_table(range_type='N')

    def name(self, suffix):
        return f'{self.id()}/{suffix}'

    def put(self, suffix, **attributes):
        return {'Put': {'TableName': self.table, 'Item': wire(p=self.name(suffix), **attributes)}}

    def on(self, kind, suffix, **more):
        return {kind: {'TableName': self.table, 'Key': wire(p=self.name(suffix)), **more}}

    def add(self, suffix, amount, condition=None):
        more = {'ConditionExpression': condition} if condition else {}
        return self.on('Update', suffix, UpdateExpression='ADD n :n', **more,
                       ExpressionAttributeValues=wire(**{':n': amount}))

    def write(self, *actions, **options):
        return self.client.transact_write_items(TransactItems=list(actions), **options)

    def read(self, *suffixes):
        reply = self.client.transact_get_items(TransactItems=[self.on('Get', s) for s in suffixes])
        return [response.get('Item') for response in reply['Responses']]

    def numbers(self, *suffixes):
        return [item and int(item['n']['N']) for item in self.read(*suffixes)]

    def cancelled(self, *actions):
        """The transaction is cancelled; the reasons."""
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.write(*actions)
        return caught.exception.response['CancellationReasons']

    def test_all_actions(self):
        self.write(self.put('a', n=1), self.put('gone', n=1))
        sort_key = {'TableName': self.other, 'Item': wire(p=self.id(), s=1)}
        reply = self.write(self.add('a', 5), self.on('Delete', 'gone'), {'Put': sort_key},
                           self.on('ConditionCheck', 'none', ConditionExpression='attribute_not_exists(p)'),
                           ReturnConsumedCapacity='TOTAL')
        self.assertEqual(self.numbers('a', 'gone'), [6, None])
        consumed = {entry['TableName']: entry['CapacityUnits'] for entry in reply['ConsumedCapacity']}
        self.assertEqual(consumed, {self.table: 6, self.other: 2})

    def test_reasons(self):
        self.write(self.put('a', n=1))
        reasons = self.cancelled(
            self.put('b', n=1), self.add('a', 1, 'n > :n'),
            self.on('ConditionCheck', 'c', ConditionExpression='attribute_exists(p)'))
        self.assertEqual([reason['Code'] for reason in reasons],
                         ['None', 'ConditionalCheckFailed', 'ConditionalCheckFailed'])
        self.assertEqual(self.read('b'), [None])

    def test_item_of_a_failed_condition(self):
        self.write(self.put('a', n=1))
        reasons = self.cancelled(self.on('Delete', 'a', ConditionExpression='attribute_not_exists(p)',
                                         ReturnValuesOnConditionCheckFailure='ALL_OLD'))
        self.assertEqual(reasons[0]['Item'], wire(p=self.name('a'), n=1))

    def test_validation_error_is_a_reason(self):
        self.write(self.put('a', n='text'))
        reasons = self.cancelled(self.put('b', n=1), self.add('a', 1))
        self.assertEqual([reason['Code'] for reason in reasons], ['None', 'ValidationError'])
        self.assertIn('incorrect data type', reasons[1]['Message'])

    def test_two_actions_on_one_item(self):
        self.assert_fails('ValidationException', self.client.transact_write_items, 'multiple operations on one item',
                          TransactItems=[self.put('a'), self.on('Delete', 'a')])

    def test_token(self):
        token = str(uuid.uuid4())
        for _ in range(3):
            self.write(self.add('a', 1), ClientRequestToken=token)
        self.assertEqual(self.numbers('a'), [1])
        self.assert_fails('IdempotentParameterMismatchException', self.client.transact_write_items,
                          TransactItems=[self.add('a', 2)], ClientRequestToken=token)

    def test_one_hundred_actions(self):
        self.write(*[self.put(str(i), n=i) for i in range(100)])
        self.assertEqual(self.numbers(*map(str, range(100))), list(range(100)))
        self.assert_fails('ValidationException', self.client.transact_write_items, 'less than or equal to 100',
                          TransactItems=[self.put(str(i)) for i in range(101)])

    def test_get_projection_and_capacity(self):
        self.write(self.put('a', n=1, x='y'))
        reply = self.client.transact_get_items(
            TransactItems=[self.on('Get', 'a', ProjectionExpression='n'), self.on('Get', 'none')],
            ReturnConsumedCapacity='TOTAL')
        self.assertEqual(reply['Responses'], [{'Item': wire(n=1)}, {}])
        self.assertEqual(reply['ConsumedCapacity'][0]['CapacityUnits'], 4)

    def test_transfers_keep_the_sum(self):
        accounts = [str(i) for i in range(4)]
        self.write(*[self.put(account, n=100) for account in accounts])
        sums = []
        conflicts = self.client.exceptions.TransactionCanceledException

        def transfer(worker):
            for i in range(25):
                source, target = accounts[(worker + i) % 4], accounts[(worker + 3 * i + 1) % 4]
                if source == target:
                    continue
                try:
                    self.write(self.add(source, -1, 'n > :n'), self.add(target, 1))
                except conflicts:
                    pass
                sums.append(sum(self.numbers(*accounts)))

        threads = [threading.Thread(target=transfer, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(set(sums), {400})


if __name__ == '__main__':
    unittest.main()
