#!/usr/bin/python3
"""operators.py MONAMI SCENARIOS SCRATCH [TRACE...]

comparisons/operators.yaml, packet by packet, over its own drives or over each TRACE. The choices in hindsight miss exactly
what both operators alone miss, and so does a copy on each; no choice that does so moves less often. The better operator
alone is that. Failover with one care-of address and with several miss the same packets. The choices that are kept beside the
drives are those that choose.py makes today.
"""
import filecmp
import glob
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

monami, scenarios, scratch = sys.argv[1:4]
scenario = os.path.join(scenarios, 'comparisons', 'operators.yaml')
traces = os.path.join(scenarios, 'traces')
place = tempfile.mkdtemp(dir=scratch)
DEADLINE = 200_000_000
failures = 0
said = []


def check(held, *words):
    global failures
    if not held:
        failures += 1
        print('NOT SO:', *words)


def missed(profile, drive, choices):
    out = os.path.join(place, profile)
    words = ['-s', 'nodes.car.profile=' + profile, '-s', 'inputs.drive.file=' + drive, '-s', 'expect=[]']
    for which, name in (('best-alone', 'best'), ('optimum', 'optimum')):
        words += ['-s', 'profiles.%s.decision.replay=%s/{drive}.%s.csv' % (which, choices, name)]
    subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', out] + words, check=True)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    got = {s for s, first in db.execute('SELECT sequence, min(received_ns - sent_ns) FROM packet GROUP BY sequence')
           if first is None or first > DEADLINE}
    n = db.execute('SELECT sent FROM flow').fetchone()[0]
    db.close()
    return got, n


def fewest_pieces(came, n):
    """By dynamic programming over all choices that miss only what all miss."""
    cost = [1] * len(came)
    for k in range(n):
        able = [k not in of for of in came]
        least = min(cost) + 1
        cost = [min(c, least) if a or not any(able) else 10**9 for c, a in zip(cost, able)]
    return min(cost)


drives = [os.path.abspath(f) for pattern in sys.argv[4:] for f in sorted(glob.glob(pattern))]
if len(sys.argv) > 4 and not drives:
    print('SKIPPED: no file', sys.argv[4:])
    sys.exit(77)
own = not drives
drives = drives or [os.path.join(os.path.abspath(traces), 'drive-%d.csv' % k) for k in range(1, 7)]
made = os.path.join(place, 'choices')
os.mkdir(made)
subprocess.run([os.path.join(traces, 'choose.py'), monami, scenario, made, *drives], check=True, stdout=subprocess.DEVNULL)
for drive in drives:
    name = os.path.splitext(os.path.basename(drive))[0]
    of = {}
    for profile in ('att-alone', 'verizon-alone', 'best-alone', 'one', 'several', 'oracle', 'optimum', 'duplicate'):
        of[profile], n = missed(profile, drive, made)
    alone = of['att-alone'], of['verizon-alone']
    check(of['optimum'] == alone[0] & alone[1], name, 'optimum', sorted(of['optimum'] ^ (alone[0] & alone[1]))[:10])
    check(of['duplicate'] == of['optimum'], name, 'duplicate', sorted(of['duplicate'] ^ of['optimum'])[:10])
    check(of['best-alone'] == min(alone, key=len), name, 'best alone')
    check(of['one'] == of['several'], name, 'one and several differ', sorted(of['one'] ^ of['several'])[:10])
    check(len(of['optimum']) <= len(of['oracle']) <= len(of['several']), name, 'knowledge', {k: len(v) for k, v in of.items()})
    with open(os.path.join(made, name + '.optimum.csv')) as file:
        pieces = sum(line[0].isdigit() for line in file)
    check(pieces == fewest_pieces(alone, n), name, 'moves', pieces, fewest_pieces(alone, n))
    for which in ('best', 'optimum') if own else ():
        kept = '%s.%s.csv' % (name, which)
        check(filecmp.cmp(os.path.join(made, kept), os.path.join(traces, kept), shallow=False), kept, 'is not what choose.py makes')
    said.append({k: len(v) for k, v in of.items()})
    print('%-30s' % name, ' '.join('%s %d' % kv for kv in said[-1].items()))
if own:
    mean = {k: sum(s[k] for s in said) / len(said) for k in said[0]}
    check(1.8 < mean['best-alone'] / mean['several'] < 2.2, 'failover halves the best alone', mean)
    check(0.8 < 1 - mean['oracle'] / mean['several'] < 0.87, 'the oracle takes away five sixths', mean)
    check(any(s['best-alone'] < s['several'] for s in said), 'no drive on which one operator is better than failover')
    check(max(s['optimum'] for s in said) == 7, 'the optimum misses 7 at most')
shutil.rmtree(place)
sys.exit(1 if failures else 0)
