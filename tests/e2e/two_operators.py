#!/usr/bin/python3
"""two_operators.py MONAMI SCENARIO SCRATCH [TRACE...]

For each drive: with a copy on both operators exactly those packets are missed (lost, or later than
200 ms) that both operators alone miss; packet by packet, from table `packet`.  Without a TRACE the
scenario's own drive is used.  A pattern that names no file is said: SKIPPED.
"""
import glob
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

monami, scenario, scratch = sys.argv[1:4]
DEADLINE = 200_000_000
failures = 0
place = tempfile.mkdtemp(dir=scratch)  # two of this test may run at a time


def missed(profile, drive):
    out = os.path.join(place, profile)
    subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', out, '-s', 'nodes.car.profile=' + profile]
                   + (['-s', 'inputs.drive.file=' + os.path.abspath(drive)] if drive else []), check=True)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    return {s for s, first in db.execute(
        'SELECT sequence, min(received_ns - sent_ns) FROM packet GROUP BY sequence')
        if first is None or first > DEADLINE}


drives = []
for pattern in sys.argv[4:]:
    found = sorted(glob.glob(pattern))
    if not found:
        print('SKIPPED: no file', os.path.basename(pattern))
    drives += found
for drive in drives or [None]:
    a, b, both = (missed(p, drive) for p in ('att-alone', 'verizon-alone', 'duplicate'))
    print('%-34s att %4d  verizon %4d  both %4d  duplicate %4d' %
          (os.path.basename(drive) if drive else 'the scenario\'s own', len(a), len(b), len(a & b), len(both)))
    if both != a & b:
        failures += 1
        print('  differ:', sorted(both ^ (a & b))[:10])
shutil.rmtree(place)
sys.exit(1 if failures else 0)
