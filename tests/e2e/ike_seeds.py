#!/usr/bin/python3
"""ike_seeds.py MONAMI SCENARIOS SCRATCH

A hand-over between messages of IKE, during a rekeying, with an acknowledgement lost: 200 times for each
way in which IKE follows (study `seeds` of ike/unlucky.yaml), and after each the SAs work.  That these
things do happen there is counted in the events of some of the runs.
"""
import collections
import json
import os
import shutil
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
unlucky = os.path.join(scenarios, 'ike', 'unlucky.yaml')
WAYS = ('k-bit', 'mobike', 'new-sa', 'new-sa-old-dropped', 'one-address')
SEEDS, LOOKED_AT, ENOUGH = 200, 8, 5
LONG = 1e9  # ns: while so long no answer was there, the request was under way
failures = 0


def fail(*words):
    global failures
    failures += 1
    print(*words)


def study():
    out = os.path.join(scratch, 'ike-seeds')
    shutil.rmtree(out, ignore_errors=True)
    done = subprocess.run([monami, 'sweep', 'run', unlucky, '--study', 'seeds', '-o', out, '-q', '-j', '2'])
    if done.returncode:
        fail('the study exits with', done.returncode)
    db = sqlite3.connect(os.path.join(out, 'study.sqlite'))
    for name in ('flow.calm.up.lost', 'flow.calm.down.lost'):
        seen = collections.Counter()
        for number, way, lost in db.execute(
                "SELECT s.number, p.value, s.value FROM scalar s JOIN parameter p ON p.number = s.number AND "
                "p.name = 'nodes.car.profile' WHERE s.name = ?", (name,)):
            seen[way] += 1
            if lost:
                fail('run %d, %s: %s is %g' % (number, way, name, lost))
        if seen != dict.fromkeys(WAYS, SEEDS):
            fail(name, 'of', dict(seen))


def bad_moments(db):
    """How often the car lost a network between its request and the answer; between those of a rekeying;
    how many acknowledgements it never saw."""
    def events(name, node):
        return [(t, json.loads(d)) for t, d in db.execute(
            'SELECT t_ns, data FROM event WHERE name = ? AND node = ? ORDER BY id', (name, node))]
    lost = [t for t, _ in events('l2.down_seen', 'car')]
    asked, answered = {}, {}
    for t, d in events('ike.message', 'car'):
        key = d['spi_i'], d['message_id']
        if d['kind'] == 'request' and d['direction'] == 'sent':
            asked.setdefault(key, (t, d['task']))
        elif d['kind'] == 'response' and d['direction'] == 'received' and key in asked:
            answered.setdefault(key, t)
    hits = {key: sum(since < down < answered.get(key, since + LONG) for down in lost) for key, (since, _) in asked.items()}
    between = sum(hits.values())
    rekeying = sum(n for key, n in hits.items() if asked[key][1].startswith('rekey'))
    heard = {d['sequence'] for _, d in events('mip6.ba_received', 'car')}
    unheard = sum(d['sequence'] not in heard for _, d in events('mip6.ba_sent', 'ha'))
    return between, rekeying, unheard


def look(way):
    out = os.path.join(scratch, 'ike-seeds-run')
    total = [0, 0, 0]
    for replication in range(1, LOOKED_AT + 1):
        subprocess.run([monami, 'run', unlucky, '-q', '-f', '-o', out, '-s', 'nodes.car.profile=' + way, '-s',
                        'general.replication=%d' % replication], check=True)
        found = bad_moments(sqlite3.connect(os.path.join(out, 'results.sqlite')))
        total = [a + b for a, b in zip(total, found)]
    print('%s, %d runs: a network was lost %d times between request and answer, %d times in a rekeying; '
          '%d acknowledgements were lost' % (way, LOOKED_AT, *total))
    if min(total) < ENOUGH:
        fail('that is too few to show anything')


study()
for each in WAYS:
    look(each)
sys.exit(1 if failures else 0)
