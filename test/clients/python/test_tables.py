"""CreateTable, DescribeTable, ListTables, DeleteTable and their waiters."""
import datetime
import unittest

from support import TableTest, make_table, pages, unique_name

WAIT = {'Delay': 1, 'MaxAttempts': 30}


class Tables(TableTest):
    def test_description(self):
        before = datetime.datetime.now(datetime.timezone.utc)
        table = self.create_table(range_type='N')
        described = self.client.describe_table(TableName=table)['Table']

        self.assertEqual(described['TableName'], table)
        self.assertEqual(described['TableStatus'], 'ACTIVE')
        self.assertEqual(described['KeySchema'],
                         [{'AttributeName': 'p', 'KeyType': 'HASH'},
                          {'AttributeName': 's', 'KeyType': 'RANGE'}])
        self.assertCountEqual(described['AttributeDefinitions'],
                              [{'AttributeName': 'p', 'AttributeType': 'S'},
                               {'AttributeName': 's', 'AttributeType': 'N'}])
        self.assertEqual(described['BillingModeSummary']['BillingMode'], 'PAY_PER_REQUEST')
        self.assertEqual(described['ItemCount'], 0)
        self.assertEqual(described['TableSizeBytes'], 0)
        self.assertRegex(described['TableArn'],
                         f'^arn:aws:dynamodb:[a-z0-9-]+:[0-9]{{12}}:table/{table}$')
        self.assertLess(abs(described['CreationDateTime'] - before),
                        datetime.timedelta(minutes=1))

    def test_create_answers_with_the_description(self):
        name = unique_name()
        reply = self.client.create_table(
            TableName=name, BillingMode='PAY_PER_REQUEST',
            AttributeDefinitions=[{'AttributeName': 'k', 'AttributeType': 'B'}],
            KeySchema=[{'AttributeName': 'k', 'KeyType': 'HASH'}])
        self.addCleanup(self.client.delete_table, TableName=name)
        self.assertEqual(reply['TableDescription']['TableName'], name)
        self.assertIn(reply['TableDescription']['TableStatus'], ('CREATING', 'ACTIVE'))

    def test_provisioned_throughput_is_kept(self):
        table = self.create_table(
            BillingMode='PROVISIONED',
            ProvisionedThroughput={'ReadCapacityUnits': 7, 'WriteCapacityUnits': 3})
        kept = self.client.describe_table(TableName=table)['Table']['ProvisionedThroughput']
        self.assertEqual((kept['ReadCapacityUnits'], kept['WriteCapacityUnits']), (7, 3))

    def test_time_to_live_is_disabled(self):
        table = self.create_table()
        reply = self.client.describe_time_to_live(TableName=table)
        self.assertEqual(reply['TimeToLiveDescription'], {'TimeToLiveStatus': 'DISABLED'})
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.describe_time_to_live(TableName=table + '-missing')

    def test_table_is_there_once(self):
        table = self.create_table()
        with self.assertRaises(self.client.exceptions.ResourceInUseException):
            make_table(self.client, name=table)

    def test_delete(self):
        table = make_table(self.client)
        reply = self.client.delete_table(TableName=table)
        self.assertEqual(reply['TableDescription']['TableName'], table)
        self.client.get_waiter('table_not_exists').wait(TableName=table, WaiterConfig=WAIT)
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.describe_table(TableName=table)
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.delete_table(TableName=table)

    def test_name_can_be_used_again(self):
        table = make_table(self.client)
        self.client.put_item(TableName=table, Item={'p': {'S': 'old'}})
        self.client.delete_table(TableName=table)
        self.client.get_waiter('table_not_exists').wait(TableName=table, WaiterConfig=WAIT)
        self.create_table(name=table, hash_type='N')
        self.assertEqual(self.client.scan(TableName=table)['Count'], 0)

    def test_names_that_sql_would_quote(self):
        for name in ('select', 'with.dot', 'UPPER-lower_9', 'x' * 255):
            with self.subTest(name=name):
                table = self.create_table(name=name)
                self.client.put_item(TableName=table, Item={'p': {'S': 'a'}})
                self.assertEqual(self.client.scan(TableName=table)['Count'], 1)

    def test_names_differ_by_case(self):
        lower = self.create_table(name=unique_name('case'))
        upper = self.create_table(name=lower.replace('case', 'CASE'))
        self.client.put_item(TableName=lower, Item={'p': {'S': 'a'}})
        self.assertEqual(self.client.scan(TableName=upper)['Count'], 0)

    def test_attribute_names_that_sql_would_quote(self):
        for attribute in ('select', 'with "quotes"', "it's", 'dot.ted', 'ä', 'ctid', 'item',
                          'x' * 255):
            with self.subTest(attribute=attribute):
                name = unique_name()
                self.client.create_table(
                    TableName=name, BillingMode='PAY_PER_REQUEST',
                    AttributeDefinitions=[{'AttributeName': attribute, 'AttributeType': 'S'}],
                    KeySchema=[{'AttributeName': attribute, 'KeyType': 'HASH'}])
                self.addCleanup(self.client.delete_table, TableName=name)
                item = {attribute: {'S': 'a'}, 'other': {'N': '1'}}
                self.client.put_item(TableName=name, Item=item)
                read = self.client.get_item(TableName=name, Key={attribute: {'S': 'a'}})
                self.assertEqual(read['Item'], item)

    def test_list(self):
        prefix = unique_name('List')
        names = [self.create_table(name=f'{prefix}.{i}') for i in range(5)]

        listed = []
        for page in pages(self.client.list_tables, PaginationConfig={'PageSize': 2}):
            self.assertLessEqual(len(page['TableNames']), 2)
            listed += page['TableNames']
        self.assertEqual([n for n in listed if n.startswith(prefix)], names)
        self.assertEqual(len(listed), len(set(listed)))

        page = self.client.list_tables(ExclusiveStartTableName=names[1], Limit=2)
        self.assertEqual(page['TableNames'], names[2:4])
        self.assertEqual(page['LastEvaluatedTableName'], names[3])

    def test_resource_interface(self):
        table = self.resource.create_table(
            TableName=unique_name(), BillingMode='PAY_PER_REQUEST',
            AttributeDefinitions=[{'AttributeName': 'p', 'AttributeType': 'S'}],
            KeySchema=[{'AttributeName': 'p', 'KeyType': 'HASH'}])
        table.wait_until_exists()
        self.assertEqual(table.table_status, 'ACTIVE')
        table.delete()
        table.wait_until_not_exists()


class BadTables(TableTest):
    def request(self, **changes):
        request = dict(
            TableName=unique_name(), BillingMode='PAY_PER_REQUEST',
            AttributeDefinitions=[{'AttributeName': 'p', 'AttributeType': 'S'}],
            KeySchema=[{'AttributeName': 'p', 'KeyType': 'HASH'}])
        request.update(changes)
        return {name: value for name, value in request.items() if value is not None}

    def refused(self, message=None, **changes):
        request = self.request(**changes)
        self.assert_fails('ValidationException', self.client.create_table, message, **request)

    def test_names(self):
        for name in ('ab', 'x' * 256, 'with space', 'slash/', 'é' * 3, ''):
            with self.subTest(name=name):
                self.refused(TableName=name)

    def test_key_without_definition(self):
        self.refused(KeySchema=[{'AttributeName': 'q', 'KeyType': 'HASH'}])

    def test_definition_without_key(self):
        self.refused(AttributeDefinitions=[{'AttributeName': 'p', 'AttributeType': 'S'},
                                           {'AttributeName': 'q', 'AttributeType': 'S'}])

    def test_key_types(self):
        for kind in ('BOOL', 'SS', 'M', 'X', ''):
            with self.subTest(kind=kind):
                self.refused(AttributeDefinitions=[{'AttributeName': 'p', 'AttributeType': kind}])

    def test_schemas(self):
        two = [{'AttributeName': 'p', 'AttributeType': 'S'},
               {'AttributeName': 's', 'AttributeType': 'S'}]
        for schema in ([],
                       [{'AttributeName': 'p', 'KeyType': 'RANGE'}],
                       [{'AttributeName': 'p', 'KeyType': 'HASH'},
                        {'AttributeName': 's', 'KeyType': 'HASH'}],
                       [{'AttributeName': 's', 'KeyType': 'RANGE'},
                        {'AttributeName': 'p', 'KeyType': 'HASH'}],
                       [{'AttributeName': 'p', 'KeyType': 'HASH'},
                        {'AttributeName': 'p', 'KeyType': 'RANGE'}]):
            with self.subTest(schema=schema):
                self.refused(KeySchema=schema, AttributeDefinitions=two)

    def test_throughput(self):
        for changes in (dict(BillingMode='PROVISIONED'),
                        dict(BillingMode='CHEAP'),
                        dict(BillingMode='PROVISIONED',
                             ProvisionedThroughput={'ReadCapacityUnits': 0,
                                                    'WriteCapacityUnits': 1}),
                        dict(ProvisionedThroughput={'ReadCapacityUnits': 1,
                                                    'WriteCapacityUnits': 1})):
            with self.subTest(changes=changes):
                self.refused(**changes)

    def test_missing_members(self):
        for member in ('TableName', 'KeySchema', 'AttributeDefinitions'):
            with self.subTest(member=member):
                self.refused(**{member: None})

    def test_nothing_was_created(self):
        request = self.request(KeySchema=[{'AttributeName': 'q', 'KeyType': 'HASH'}])
        self.assert_fails('ValidationException', self.client.create_table, **request)
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.describe_table(TableName=request['TableName'])


if __name__ == '__main__':
    unittest.main()
