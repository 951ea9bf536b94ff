#!/usr/bin/python3
"""accounts.py MONAMI SCENARIOS SCRATCH: nothing dies without a reason that is counted.

Of every scenario: what table packet says of the fates of payload is at most what the counters say, and
the links' own tables say the same as the counters of the ports that sent to them."""
import collections
import glob
import os
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
out = os.path.join(scratch, 'accounts')
reasons = collections.Counter()
wrong = 0
found = glob.glob(os.path.join(scenarios, '*.yaml')) + glob.glob(os.path.join(scenarios, 'validation', '*.yaml'))
for scenario in sorted(found):
    done = subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', out, '--pcap', 'none'],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit('%s: %s' % (scenario, done.stderr))
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    counted = dict(db.execute("SELECT substr(name, 6), sum(value) FROM counter WHERE name LIKE 'drop.%' GROUP BY 1"))
    fates = dict(db.execute('SELECT fate, count(*) FROM packet GROUP BY 1'))
    links = db.execute('SELECT total(dropped_queue), total(dropped_loss) FROM link').fetchone()
    for fate, n in fates.items():
        reasons[fate] += n
        if fate not in ('received', 'in_flight') and n > counted.get(fate, 0):
            wrong += 1
            print('%s: %d packets died of %s, and %d were counted' % (scenario, n, fate, counted.get(fate, 0)))
    for name, n in zip(('queue_full', 'link_loss'), links):
        if n != counted.get(name, 0):
            wrong += 1
            print('%s: links say %s %d, ports %d' % (scenario, name, n, counted.get(name, 0)))
    sent, told = db.execute('SELECT total(sent), total(received + lost + in_flight) FROM flow').fetchone()
    if sent != told:
        wrong += 1
        print('%s: %d sent, and %d received, lost or in flight' % (scenario, sent, told))
assert reasons['link_down'] and reasons['link_loss'] and reasons['queue_full'], reasons
print(', '.join('%s %d' % one for one in sorted(reasons.items())))
sys.exit(1 if wrong else 0)
