#!/usr/bin/env python3
"""Sends the same generated requests to two endpoints and compares the answers.

    parity.py OURS OTHER [--requests N] [--invalid PERCENT] [--seed N] [--all]

OURS and OTHER are HOST:PORT; OTHER is DynamoDB Local or the like.  Tables of
either endpoint that begin with "Parity-" are dropped first.

Differences that are meant to be are in accepted.py with their reasons and only
counted.  Every other one is shown; the exit status is 1 if there is one.
--all shows the accepted ones, too.
"""
import argparse
import collections
import json
import random
import sys

import accepted
import client
import generate

SHOWN_LENGTH = 600


def pages(endpoint, step):
    """All pages as one body: counts, and the items in the order they came."""
    request = dict(step.request)
    body = {"Items": [], "Pages": []}
    seen = []
    while True:
        answer = endpoint.call(step.operation, request)
        if not answer.ok:
            return answer
        page = dict(answer.body)
        body["Items"] += page.pop("Items", [])
        body["Pages"].append(page)
        if step.operation == "ListTables":
            last, name = page.get("LastEvaluatedTableName"), "ExclusiveStartTableName"
        else:
            last, name = page.get("LastEvaluatedKey"), "ExclusiveStartKey"
        if last is None:
            break
        if last in seen:
            raise RuntimeError(f"{step.operation} gives the same page again: {step.request}")
        seen.append(last)
        request[name] = last
    if step.operation == "Scan":
        body = summary_of_scan(body)
    answer.body = body
    return answer


def summary_of_scan(body):
    """What two endpoints that scan in different orders have in common."""
    return {
        "ScannedItems": body["Items"],
        "Counts": [(page["Count"], page["ScannedCount"]) for page in body["Pages"]],
    }


def run(endpoint, step):
    answer = pages(endpoint, step) if step.pages else endpoint.call(step.operation, step.request)
    if answer.ok:
        answer.body = client.canonical(accepted.comparable(step.operation, answer.body))
    return answer


def differences(ours, other):
    """(ours, other) in a few words, for each difference."""
    if ours.error or other.error:
        one, two = ours.error or "200", other.error or "200"
        return [(one, two)] if one != two else []
    return [(f"{path}: {json.dumps(one)}", f"{path}: {json.dumps(two)}")
            for path, one, two in client.differences(ours.body, other.body)]


def steps(rng, count, invalid):
    for _ in range(count):
        yield generate.invalid(rng) if rng.random() * 100 < invalid else generate.valid(rng)


def drop_tables(endpoint):
    for table in generate.TABLES:
        endpoint.call("DeleteTable", {"TableName": table.name})


def make_tables(endpoint):
    drop_tables(endpoint)
    for table in generate.TABLES:
        create = generate.create_table(table)
        answer = endpoint.call(create.operation, create.request)
        if not answer.ok:
            raise RuntimeError(f"cannot make {table.name}: {answer.error}")


def report(step, shown):
    print(f"--- {step.operation} {json.dumps(step.request, ensure_ascii=False)[:SHOWN_LENGTH]}")
    for ours, other, reason in shown:
        print(f"  ours:  {ours[:SHOWN_LENGTH]}")
        print(f"  other: {other[:SHOWN_LENGTH]}")
        if reason:
            print(f"  accepted: {reason}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ours")
    parser.add_argument("other")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--invalid", type=float, default=30, help="percent of requests that are spoilt")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()

    ours, other = client.Endpoint(options.ours), client.Endpoint(options.other)
    outcome = collections.Counter()
    reasons = collections.Counter()
    for endpoint in (ours, other):
        make_tables(endpoint)
    for step in steps(random.Random(options.seed), options.requests, options.invalid):
        one, two = run(ours, step), run(other, step)
        found = [(*each, accepted.reason(step, *each)) for each in differences(one, two)]
        different = [each for each in found if not each[2]]
        outcome["different" if different else "accepted" if found else "same"] += 1
        reasons.update({reason for _, _, reason in found if reason})
        shown = found if options.all else different
        if shown:
            report(step, shown)
        if one.ok != two.ok and step.operation in generate.WRITES:
            for endpoint in (ours, other):
                make_tables(endpoint)
    for endpoint in (ours, other):
        drop_tables(endpoint)

    for reason, count in reasons.most_common():
        print(f"{count:6} {reason}")
    print(", ".join(f"{outcome[name]} {name}" for name in ("same", "accepted", "different")))
    sys.exit(1 if outcome["different"] else 0)


if __name__ == "__main__":
    main()
