#!/usr/bin/python3
"""qlog.py MONAMI SCENARIOS SCRATCH: events.sqlog is a JSON text sequence (RFC 7464) with a qlog 0.3
header, and its events are those of table event: each with its time, name, node, id, cause and every
field.  `record.events: none` leaves none."""
import decimal
import glob
import json
import os
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
out = os.path.join(scratch, 'qlog')
file = os.path.join(out, 'events.sqlog')
title = 'title="A \\"title\\" with \u00e4 and \\\\"'  # what JSON must escape


def run(scenario, *more):
    subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', out, '--pcap', 'none', *more], check=True)


def records():
    whole = open(file, 'rb').read()
    assert whole[:1] == b'\x1e', 'a record begins with RS'
    for one in whole[1:].split(b'\x1e'):
        assert one.endswith(b'\n') and one.count(b'\n') == 1, 'a record is a line'
        yield json.loads(one, parse_float=decimal.Decimal)


def check(scenario):
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    header, about, *events = records()
    assert header['qlog_version'] == '0.3' and header['qlog_format'] == 'JSON-SEQ', header
    assert header['title'] == 'A "title" with \u00e4 and \\', header
    assert header['trace']['vantage_point']['type'] in ('client', 'server', 'network', 'unknown')
    common = header['trace']['common_fields']
    assert common['time_format'] == 'relative' and common['reference_time'] == 1767225600000, common
    assert about['name'] == 'simulation:scenario' and about['time'] == 0, about
    assert about['data']['name'] == os.path.basename(scenario), about
    assert about['data']['details']['seed'] == db.execute('SELECT seed FROM run').fetchone()[0]
    rows = db.execute('SELECT id, cause, t_ns, node, name, data FROM event ORDER BY rowid').fetchall()
    assert len(rows) == len(events) > 10, (len(rows), len(events))
    for row, event in zip(rows, events):
        assert sorted(event) == ['data', 'name', 'time'], event
        fields = json.loads(row[5])
        assert not {'node', 'id', 'cause'} & set(fields), fields
        want = dict(fields, node=row[3], id=row[0], cause=row[1])
        assert event['data'] == want, (event['data'], want)
        assert event['time'] * 1000000 == row[2], (event, row)
        assert event['name'].replace(':', '.', 1) == row[4], (event, row)
    return len(events), {e['name'].split(':')[0] for e in events}


total, spaces = 0, set()
for scenario in sorted(glob.glob(os.path.join(scenarios, '*.yaml'))):
    run(scenario, '--set', title)
    n, names = check(scenario)
    total += n
    spaces |= names
assert {'l2', 'nd', 'mip6', 'decision'} <= spaces, spaces
run(scenario, '--set', 'general.record.events=none')
assert not os.path.exists(file), 'record.events: none'
print('%d events of the namespaces %s' % (total, ' '.join(sorted(spaces))))
