#!/usr/bin/python3
"""equal.py MONAMI SCENARIOS SCRATCH: every shipped scenario runs the same with ns-3's clock and over ns-3's
point-to-point devices as natively: equal digests, equal tables of flows and links, and every frame of a link of
the backbone is one of its device's. MONAMI has monami-ns3 beside it. Exit code 77: it has not."""
import glob
import json
import os
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:]
folders = ('', 'ietf68', 'attacks', 'ike', 'comparisons', 'validation')
tables = ('flow', 'link', 'packet', 'disruption', 'binding', 'counter')
place = os.path.join(scratch, 'ns3-equal')
os.makedirs(place, exist_ok=True)
wrong = frames = early = 0


def run(file, engine):
    to = os.path.join(place, engine)
    r = subprocess.run([monami, 'run', file, '-q', '-f', '-o', to, '--engine', engine, '--set', 'expect=[]'],
                       text=True, stderr=subprocess.PIPE, timeout=600)
    if r.returncode:
        return r.stderr or 'exit code %d' % r.returncode, None, None
    with open(os.path.join(to, 'manifest.json')) as f:
        return '', json.load(f), sqlite3.connect(os.path.join(to, 'results.sqlite'))


def rows(db, table):
    there = db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return db.execute('SELECT * FROM %s' % table).fetchall() if there else []


def compare(file):
    global frames, early
    said, native, db = run(file, 'native')
    if said:
        return said
    said, foreign, other = run(file, 'ns3')
    if said:
        return said
    if native['digest'] != foreign['digest']:
        return 'another digest'
    for table in tables:
        if rows(db, table) != rows(other, table):
            return 'another table %s' % table
    taken = {(link, direction): n for link, direction, n in
             other.execute('SELECT link, direction, packets FROM link')}
    for d in foreign['outside']['devices']:
        if taken[d['link'], d['direction']] != d['frames']:
            return 'the device of %(link)s, %(direction)s took %(frames)d frames' % d
        frames += d['frames']
        early += d['early']
    return ''


if not os.path.exists(os.path.join(os.path.dirname(monami), 'monami-ns3')):
    print('SKIPPED: there is no monami-ns3 here: cmake -DNS3=ON, with libns3-dev')
    sys.exit(77)
files = [f for folder in folders for f in sorted(glob.glob(os.path.join(scenarios, folder, '*.yaml')))]
for file in files:
    said = compare(file)
    if said:
        wrong += 1
        print(os.path.relpath(file, scenarios), said)
print('%d of %d scenarios are the same under ns-3: %d frames through its devices, %d of them before they were due'
      % (len(files) - wrong, len(files), frames, early))
sys.exit(bool(wrong) or len(files) < 100)
