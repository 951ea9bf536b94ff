#!/usr/bin/python3
"""detectors.py MONAMI SCENARIOS SCRATCH: what the text of comparisons/detectors.yaml says: who notices which failure, and how
soon; and how often a probe is wrong."""
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

monami, scenarios, scratch = sys.argv[1:4]
scenario = os.path.join(scenarios, 'comparisons', 'detectors.yaml')
place = tempfile.mkdtemp(dir=scratch)
MS = 1e6
ROUND_TRIP = 60
failures = 0


def check(held, *words):
    global failures
    if not held:
        failures += 1
        print('NOT SO:', *words)


def study(name, first, second, metrics, *words):
    """By two parameters: the values of each metric, over the seeds."""
    out = os.path.join(place, name)
    subprocess.run([monami, 'sweep', 'run', scenario, '--study', name, '-q', '-o', out, *words], check=True)
    db = sqlite3.connect(os.path.join(out, 'study.sqlite'))
    found = {}
    for metric in metrics:
        for a, b, value in db.execute(
                'SELECT a.value, b.value, s.value FROM parameter a JOIN parameter b USING (number) JOIN scalar s USING (number) '
                'WHERE a.name = ? AND b.name = ? AND s.name = ?', (first, second, metric)):
            found.setdefault((a, b), {}).setdefault(metric, []).append(value)
    db.close()
    return found


def within(values, least, most, *words):
    check(values and all(least <= v <= most for v in values), *words, values, 'is not within', least, most)


MISSED, SILENT = 'flow.stream.down.missed', 'disruption.stream.down'
kinds = study('kinds', 'nodes.car.profile', 'nodes.car.interfaces.path0.attach', (MISSED, SILENT), '--set', 'sweep.replicate.seeds=4')
check(len(kinds) == 20, 'points', len(kinds))
for blind in (('link-layer', 'radio'), ('link-layer', 'beyond'), ('nud', 'beyond'), ('oracle', 'beyond')):
    within(kinds[blind][MISSED], 7500, 7503, *blind, 'notices nothing')
within(kinds['link-layer', 'fading'][MISSED], 6900, 7000, 'the link layer is not told of a path that fades')
within(kinds['link-layer', 'told'][SILENT], (50 + ROUND_TRIP) * MS, (50 + ROUND_TRIP + 10) * MS, 'link layer, told')
within(kinds['oracle', 'told'][SILENT], 30 * MS, 40 * MS, 'what is under way from the home agent')
for kind in ('told', 'radio'):
    within(kinds['nud', kind][SILENT], 3000 * MS, (45000 + 5000 + 3000 + ROUND_TRIP + 10) * MS, 'neighbour unreachability', kind)
for kind in ('told', 'radio', 'beyond'):
    for every in (100, 500):
        within(kinds['probe-%dms' % every, kind][SILENT], 3 * every * MS, (4 * every + ROUND_TRIP) * MS, 'probe', every, kind)
check(max(kinds['probe-100ms', 'fading'][MISSED]) < max(kinds['probe-500ms', 'fading'][MISSED]) < min(kinds['oracle', 'fading'][MISSED]),
      'probes are better than the oracle where a path fades')

AT = 'profiles.probe-500ms.detection.path_probe.'
for (every, lost), of in study('eager', AT + 'every', AT + 'lost', (SILENT,), '--set', 'sweep.replicate.seeds=4').items():
    interval = (1000 if every == '1 s' else int(every.split()[0])) * MS
    within(of[SILENT], int(lost) * interval, (int(lost) + 1) * interval + ROUND_TRIP * MS, 'eager', every, lost)

SEEDS = 4
alarms = study('false-alarms', 'networks.radio.loss', 'profiles.lossy.detection.path_probe.lost', ('event.car.path.dead', MISSED), '--set',
               'sweep.replicate.seeds=%d' % SEEDS, '--set', 'sweep.parameters."networks.radio.loss"=[1 %, 10 %, 20 %]')
for (loss, lost), of in alarms.items():
    q = 1 - (1 - int(loss.split()[0]) / 100) ** 2
    expected = SEEDS * 605 / 0.2 * (1 - q) * q ** int(lost)
    got = sum(of['event.car.path.dead'])
    check(abs(got - expected) <= 4 * math.sqrt(expected) + 0.02 * expected + 1, 'false alarms', loss, lost, got, expected)
    print('%4s lost, %s in a row: %7.2f false alarms, %7.2f expected, %6.0f missed' % (
        loss, lost, got / SEEDS, expected / SEEDS, sum(of[MISSED]) / SEEDS))
for loss in ('10 %', '20 %'):
    costs = [sum(alarms[loss, lost][MISSED]) for lost in ('1', '2', '3', '5')]
    check(costs == sorted(costs, reverse=True), 'the more eager the more is missed', loss, costs)
good = study('false-alarms', 'networks.radio.loss', 'profiles.lossy.detection.path_probe.lost', (MISSED, 'event.car.mip6.bu_sent'),
             '--set', 'sweep.replicate.seeds=2', '--set', 'sweep.parameters."networks.radio.loss"=[10 %]', '--set', 'networks.spare.delay=20 ms',
             '-f')
costs, updates = ([sum(good['10 %', lost][of]) for lost in ('1', '2', '3', '5')] for of in (MISSED, 'event.car.mip6.bu_sent'))
check(costs[0] < 0.8 * costs[3] and updates[0] > 100 * updates[3], 'a good spare: fewer missed, more Binding Updates', costs, updates)
shutil.rmtree(place)
sys.exit(1 if failures else 0)
