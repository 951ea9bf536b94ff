#!/usr/bin/python3
"""crypto.py MONAMI SCENARIOS SCRATCH [DRIVE...]

`general.crypto: sized` tells what `real` tells: tables flow, packet, disruption, transition, binding, sa,
counter and event have the same rows in the same order, for each protected scenario; and keys/, with
which nobody could open anything, is not left.  With DRIVEs: for a protected stream over each of them.
"""
import glob
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

monami, scenarios, scratch = sys.argv[1:4]
TABLES = ['flow', 'packet', 'disruption', 'transition', 'binding', 'sa', 'counter', 'event', 'expectation']
NAMES = ['protected-call', 'protected-suites', 'protected-chacha20', 'protected-esn', 'protected-prefix-change',
         'validation/esp-sizes', 'validation/esp-mtu']
failures = 0
place = tempfile.mkdtemp(dir=scratch)  # two of this test may run at a time


def fail(text):
    global failures
    failures += 1
    print('  ' + text)


def run(scenario, crypto, sets):
    out = os.path.join(place, crypto)
    subprocess.run([monami, 'run', os.path.join(scenarios, scenario + '.yaml'), '-q', '-f', '-o', out, '--pcap', 'all',
                    *[x for s in sets + ['general.crypto=' + crypto] for x in ('-s', s)]], check=True)
    if os.path.exists(os.path.join(out, 'keys')) != (crypto == 'real'):
        fail('%s: keys/ with crypto %s' % (scenario, crypto))
    return sqlite3.connect(os.path.join(out, 'results.sqlite'))


def compare(what, scenario, sets=()):
    real, sized = (run(scenario, crypto, list(sets)) for crypto in ('real', 'sized'))
    told = [db.execute('SELECT crypto FROM run').fetchone()[0] for db in (real, sized)]
    if told != ['real', 'sized']:
        fail('table run says %s' % told)
    rows, sealed = 0, real.execute('SELECT sum(packets) FROM sa').fetchone()[0]
    for table in TABLES:
        a, b = (db.execute('SELECT * FROM ' + table).fetchall() for db in (real, sized))
        rows += len(a)
        if a != b:
            first = next((k for k, pair in enumerate(zip(a, b)) if pair[0] != pair[1]), min(len(a), len(b)))
            fail('%s: table %s differs at row %d: %s, %s' % (what, table, first, a[first:first + 1], b[first:first + 1]))
    if not sealed or not real.execute('SELECT count(*) FROM packet').fetchone()[0]:
        fail('%s: nothing was protected' % what)
    print('%s: %d rows are equal, %d packets in ESP' % (what, rows, sealed or 0))


drives = [file for pattern in sys.argv[4:] for file in sorted(glob.glob(pattern))]
if sys.argv[4:]:
    if not drives:
        fail('no such drive')
    for drive in drives:
        compare(os.path.basename(drive), 'two-operators-study',
                ['nodes.car.profile=probes', 'nodes.car.ipsec={payload: tunnel}', 'inputs.drive.file=' + os.path.abspath(drive)])
else:
    for name in NAMES:
        compare(name, name)
    for profile in ('probes', 'duplicate'):
        compare('two-operators-study, ' + profile, 'two-operators-study',
                ['nodes.car.profile=' + profile, 'nodes.car.ipsec={payload: tunnel}'])
shutil.rmtree(place)
sys.exit(1 if failures else 0)
