#!/usr/bin/env python3
"""Sends the same requests to dynamo and to DynamoDB Local; compares the answers.

    parity.py OURS OTHER [--topic NAME]... [--seed N] [--random N] [--all] [--each]
    parity.py --list        the topics
    parity.py --rules       the accepted differences, as a table for README.md

OURS and OTHER are HOST:PORT.  Tables of either whose names begin with "Parity-"
are dropped.

The requests are those of the topics in cases/: products of operators, types,
parameters and errors, and a number of random ones that --random sets.  One seed
always gives the same requests.

Differences that are meant to be are in accepted.py with their reasons and are
only counted.  Every other one is shown, by operation, and of those that differ
in the same way the first only, unless --each is given; the exit status is 1 if
there is one.  A run of all topics also fails if a rule accepted nothing, or if
README.md does not list the rules as they are.  --all shows the accepted ones, too.
"""

import argparse
import collections
import json
import random
import re
import sys
from pathlib import Path

import accepted
import cases
import client
import compare
import local
import service
import step as steps

README = Path(__file__).with_name('README.md')
SHOWN_LENGTH = 500
SHOWN_DIFFERENCES = 4


class Runner:
    def __init__(self, ours, other, show_all):
        self.endpoints = (client.Endpoint(ours), client.Endpoint(other))
        self.show_all = show_all
        self.outcome = collections.Counter()
        self.rules = collections.Counter()
        self.found = collections.defaultdict(list)
        self.state = None

    def run_topic(self, topic, rng):
        self.tables = topic.TABLES
        self.fixture = tuple(topic.fixture()) if hasattr(topic, 'fixture') else ()
        self.make_tables()
        for step in topic.cases(rng):
            self.run_step(step)
        self.drop_tables()

    def run_step(self, step):
        self.bring_about(step.before)
        ours = compare.send(self.endpoints[0], step, step.request)
        request, spelled = local.request_for(step)
        other = compare.send(self.endpoints[1], step, request)
        for answer in other:
            answer.body = local.with_numbers_spelled(answer.body)
        if ours[0].ok or other[0].ok:
            self.state = None
        found = self.judge(step, ours, other, spelled)
        different = [each for each in found if each[2] is None]
        self.outcome[step.operation, 'different' if different else 'accepted' if found else 'same'] += 1
        self.rules.update({rule for _, _, rule in found if rule})
        shown = found if self.show_all else different
        if shown:
            self.found[step.operation, tuple(in_general(each) for each in shown)].append((step, shown))
        if ours[0].ok != other[0].ok:
            self.make_tables()

    def bring_about(self, before):
        """Makes the state a step needs, unless it is that of the step before."""
        if before and before != self.state:
            for operation, request in before:
                self.both(operation, request)
            self.state = before

    def judge(self, step, ours, other, spelled):
        """(ours, other, the rule that accepts it) for each difference."""
        expected = service.expectation(step.operation, step.request)
        if expected and not re.fullmatch(expected, ours[0].error or '', re.S):
            return [(compare.outcome(ours[0]), f'expected: {expected}', None)]
        found = spelled + local.cut(step, other[0]) + list(compare.differences(ours, other))
        return [(*each, accepted.rule_for(step.operation, expected, *each)) for each in found]

    def both(self, operation, request):
        for endpoint in self.endpoints:
            answer = endpoint.call(operation, request)
            if not answer.ok:
                raise RuntimeError(
                    f'{endpoint.address} refuses {operation} {json.dumps(request)}: {answer.error}'
                )

    def make_tables(self):
        self.drop_tables()
        for table in self.tables:
            self.both(*steps.create_table(table))
        for operation, request in self.fixture:
            self.both(operation, request)

    def drop_tables(self):
        self.state = None
        for endpoint in self.endpoints:
            for table in self.tables:
                endpoint.call('DeleteTable', {'TableName': table.name})

    def report(self, each):
        """Prints what differed, by operation and by the way it differed."""
        for (_, _), examples in sorted(self.found.items(), key=lambda entry: entry[0]):
            for step, shown in examples if each else examples[:1]:
                print_step(step, shown)
            if not each and len(examples) > 1:
                print(f'  and {len(examples) - 1} more like this')

    def summary(self):
        """Prints the counts; true if nothing is unexplained."""
        print_counts(self.outcome)
        for name, count in sorted(self.rules.items(), key=lambda each: -each[1]):
            print(f'{count:6} {name}')
        totals = collections.Counter()
        for (_, kind), count in self.outcome.items():
            totals[kind] += count
        print(
            f'{sum(totals.values())} requests: {totals["same"]} same, {totals["accepted"]} accepted, '
            f'{totals["different"]} unexplained'
        )
        return totals['different'] == 0


def print_counts(outcome):
    kinds = ('same', 'accepted', 'different')
    print(f'{"":16}{"requests":>9}{"same":>9}{"accepted":>9}{"unexplained":>12}')
    for operation in sorted({operation for operation, _ in outcome}):
        counts = [outcome[operation, kind] for kind in kinds]
        print(f'{operation:16}{sum(counts):9}{counts[0]:9}{counts[1]:9}{counts[2]:12}')


def in_general(difference):
    """The difference without what is the single request's own."""
    return tuple(re.sub(r'"[^"]*"|\d+|(?<=[:;] )\S+$', '.', text or '') for text in difference)


def print_step(step, shown):
    for operation, before in step.before:
        print(f'--- after {operation} {shortened(before)}')
    print(f'--- {step.operation} {shortened(step.request)}')
    for ours, other, rule in shown[:SHOWN_DIFFERENCES]:
        print(f'  ours:  {shortened(ours)}')
        print(f'  other: {shortened(other)}')
        if rule:
            print(f'  accepted: {rule}')


def shortened(what):
    """As text of a bounded length, without long repetitions."""
    text = what if isinstance(what, str) else json.dumps(what, ensure_ascii=False)
    text = re.sub(r'(.{1,8}?)\1{20,}', lambda found: f'{found[1]}...{len(found[0])}...', text, flags=re.S)
    return text[:SHOWN_LENGTH]


def run(options):
    names = options.topic or list(cases.TOPICS)
    runner = Runner(options.ours, options.other, options.all)
    for name in names:
        rng = random.Random(f'{options.seed} {name}')
        rng.requests = options.random
        runner.run_topic(cases.TOPICS[name], rng)
    runner.report(options.each)
    good = runner.summary()
    if not options.topic:
        for rule in accepted.RULES:
            if rule.name not in runner.rules:
                print(f'rule "{rule.name}" accepted nothing')
                good = False
        if accepted.as_table() not in README.read_text(encoding='utf-8'):
            print(f'{README.name} does not list the rules as they are: see --rules')
            good = False
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('ours', nargs='?')
    parser.add_argument('other', nargs='?')
    parser.add_argument('--topic', action='append', choices=list(cases.TOPICS))
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--random', type=int, default=1500, help='how many random requests')
    parser.add_argument('--all', action='store_true')
    parser.add_argument('--each', action='store_true')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--rules', action='store_true')
    options = parser.parse_args()
    sys.stdout.reconfigure(errors='backslashreplace')

    if options.list:
        for name, topic in cases.TOPICS.items():
            print(f'{name:16} {topic.__doc__.splitlines()[0]}')
    elif options.rules:
        print(accepted.as_table())
    elif options.other:
        sys.exit(0 if run(options) else 1)
    else:
        parser.error('two endpoints are needed')


if __name__ == '__main__':
    main()
