#!/usr/bin/python3
"""populations.py MONAMI SCENARIOS SCRATCH: one number of all members of a population, in a study: what is kept, what
is drawn and what is expected is what the tables of the runs say."""
import csv
import glob
import math
import os
import shutil
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
base = os.path.join(scratch, 'populations')
study = os.path.join(base, 'study')
shutil.rmtree(base, ignore_errors=True)
os.makedirs(base)
file = os.path.join(base, 'many.yaml')
text = open(os.path.join(scenarios, 'fleet.yaml')).read()
with open(file, 'w') as out:
    out.write(text + '''  - {metric: max(flow.call.*.down.lost_share), max: 3 %}
  - {metric: sum(flow.call.*.down.lost), max: 2 %}
  - {metric: sum(flow.call.*.up.sent), equals: "1"}
sweep:
  parameters: {nodes.car.count: [3, 12]}
  metrics: [sum(counter.car.*.mh.bu.sent), p90(flow.call.*.up.delay_max_ns)]
  replicate: {seeds: 1, until: {metrics: sum(flow.call.*.down.sent), half_width: 50 %, most: 2}}
figures:
  worst: {kind: bars, plot: p95(disruption.call.*.down), x: nodes.car.count}
''')


def ask(*arguments, code=0):
    got = subprocess.run([monami, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert got.returncode == code, (arguments, got.returncode, got.stderr)
    return got.stdout, got.stderr


def nearest(values, p):
    return sorted(values)[max(0, math.ceil(len(values) * p - 1e-9) - 1)]


ask('sweep', 'run', file, '-q', '-o', study)
db = sqlite3.connect(os.path.join(study, 'study.sqlite'))
count = dict(db.execute("SELECT number, CAST(value AS INTEGER) FROM parameter"))
assert sorted(count.values()) == [3, 3, 12, 12], count
for number, n in count.items():
    one = lambda sql: [r[0] for r in db.execute(sql + ' AND number = %d' % number + (' GROUP BY flow' if 'disruption' in sql else ''))]
    has = dict(db.execute('SELECT name, value FROM scalar WHERE number = ?', (number,)))
    worst = one("SELECT max(disruption_ns) FROM disruption WHERE direction = 'down'")
    delay = one("SELECT delay_max_ns FROM flow WHERE direction = 'up'")
    sent = one("SELECT value FROM counter WHERE node GLOB 'car.*' AND name = 'mh.bu.sent'")
    assert len(worst) == len(delay) == n, (n, worst, delay)
    assert has['p95(disruption.call.*.down)'] == nearest(worst, 0.95), (has, worst)
    assert has['p90(flow.call.*.up.delay_max_ns)'] == nearest(delay, 0.9), (has, delay)
    assert has.get('sum(counter.car.*.mh.bu.sent)') == sum(sent) > 0, (has, sent)
    found = dict(db.execute('SELECT text, found FROM expectation WHERE number = ?', (number,)))
    held = dict(db.execute('SELECT text, held FROM expectation WHERE number = ?', (number,)))
    assert held['metric: max(flow.call.*.down.lost_share), max: 3 %'] == 1, found
    assert held['metric: sum(flow.call.*.down.lost), max: 2 %'] == 1, found
    all_sent = sum(one("SELECT sent FROM flow WHERE direction = 'down'"))
    assert ' of %d (' % all_sent in found['metric: sum(flow.call.*.down.lost), max: 2 %'], found
    assert held['metric: sum(flow.call.*.up.sent), equals: 1'] == 0, found
    assert sum(t.startswith('metric: flow.call.') for t in held) == n, held  # each of them

for metric, wrong in (('flow.call.*.down.lost', 'such as max(flow.call.*.down.lost)'),
                      ('max(flow.call.2.down.lost)', 'as in max(flow.NAME.*.down.lost)'),
                      ('avg(flow.call.*.down.lost)', "there is no function 'avg'"),
                      ('max(flow.talk.*.down.lost)', "there is no population 'talk' of flows"),
                      ('max(counter.bus.*.mh.bu.sent)', "there is no population 'bus' of nodes")):
    assert wrong in ask('plot', study, '--metric', metric, '--x', 'nodes.car.count', code=2)[1], metric
if not shutil.which('gnuplot'):
    print('the numbers; gnuplot is not here')
    sys.exit(0)
# a metric that the study has not kept is asked of each run; its files have names for a shell
ask('plot', study, '--metric', 'median(flow.call.*.down.delay_max_ns)', '--x', 'nodes.car.count')
ask('plot', study)
names = {os.path.basename(f) for f in glob.glob(os.path.join(study, 'figures', '*.csv'))}
assert names == {'worst.csv', 'median-flow.call.all.down.delay_max_ns-by-count.csv'}, names
svg = open(os.path.join(study, 'figures', 'worst.svg')).read()
assert '95th percentile over call.*' in svg, svg
for row in csv.DictReader(open(os.path.join(study, 'figures', 'median-flow.call.all.down.delay_max_ns-by-count.csv'))):
    n = int(float(row['x']))
    runs = [sorted(r[0] for r in db.execute("SELECT delay_max_ns FROM flow WHERE direction = 'down' AND number = ?", (k,)))
            for k in count if count[k] == n]
    want = sum((r[(n - 1) // 2] + r[n // 2]) / 2 for r in runs) / len(runs)
    scale = {'ms': 1e6, 's': 1e9}[row['unit']]
    assert abs(float(row['value']) * scale - want) < 1e-6 * want, (row, want)
print('functions over populations: kept, drawn, expected, refused')
