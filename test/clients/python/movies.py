"""The file of movies, and a table of them.

Years and titles are the key; everything else stands in the map "info".
"""
import json
import os
import unittest
from decimal import Decimal
from pathlib import Path

from support import ROOT, put_all, unique_name, wire

MOVIES = Path(os.environ.get('DYNAMO_MOVIES') or ROOT.parent / 'shared/data/movies.jsonl')
YEAR = 2013

needs_movies = unittest.skipUnless(MOVIES.exists(), f'no {MOVIES.name} beside the clone')


def load():
    """The movies by year and title; the last of two with one key."""
    with MOVIES.open(encoding='utf-8') as lines:
        movies = [json.loads(line, parse_float=Decimal) for line in lines]
    return {(movie['year'], movie['title']): movie for movie in movies}


class MovieTable:
    """Mixed into a test: a table for the class, with the movies chosen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.movies = {key: movie for key, movie in load().items() if cls.chosen(movie)}
        cls.items = {key: wire(**movie) for key, movie in cls.movies.items()}
        cls.of_year = sorted((title for year, title in cls.items if year == YEAR), key=str.encode)
        cls.table = unique_name('Movies')
        cls.client.create_table(
            TableName=cls.table, BillingMode='PAY_PER_REQUEST',
            AttributeDefinitions=[{'AttributeName': 'year', 'AttributeType': 'N'},
                                  {'AttributeName': 'title', 'AttributeType': 'S'}],
            KeySchema=[{'AttributeName': 'year', 'KeyType': 'HASH'},
                       {'AttributeName': 'title', 'KeyType': 'RANGE'}])
        cls.addClassCleanup(cls.client.delete_table, TableName=cls.table)
        cls.client.get_waiter('table_exists').wait(
            TableName=cls.table, WaiterConfig={'Delay': 1, 'MaxAttempts': 30})
        cls.write()

    @classmethod
    def chosen(cls, movie):
        return True

    @classmethod
    def write(cls):
        put_all(cls.client, cls.table, cls.items.values())
