#!/usr/bin/python3
"""scapy_opinion.py MONAMI SCENARIOS SCRATCH JUDGE NAME...

JUDGE (a script on scapy that lies beside the checkout) looks at checksum, length and alignment of
every Mobility Header in each scenario's frames; it must find as many as table `counter` has, and no
fault.  Exit code 77: JUDGE or scapy is not here.
"""
import os
import shutil
import sqlite3
import subprocess
import sys

monami, scenarios, scratch, judge = sys.argv[1:5]
if not os.path.exists(judge):
    print('SKIPPED: the judge is not beside this checkout')
    sys.exit(77)
if not shutil.which('tshark'):
    print('SKIPPED: tshark is not installed')
    sys.exit(77)
if subprocess.run([sys.executable, '-c', 'import scapy.all'], capture_output=True).returncode:
    print('SKIPPED: scapy is not installed')
    sys.exit(77)
failures = 0
keys = os.path.join(scratch, 'no-keys')
open(keys, 'w').close()
for name in sys.argv[5:]:
    out = os.path.join(scratch, 'scapy-' + name)
    subprocess.run([monami, 'run', os.path.join(scenarios, name + '.yaml'), '-q', '-f', '-o', out,
                    '--pcap', 'all'], check=True)
    some = os.path.join(scratch, 'scapy.pcapng')  # scapy is slow: let it see what it judges
    subprocess.run(['tshark', '-r', os.path.join(out, 'packets', 'all.pcapng'), '-Y', 'mipv6', '-w', some],
                   check=True, capture_output=True)
    done = subprocess.run([sys.executable, judge, some, keys],
                          capture_output=True, text=True)
    found = done.stdout.count('MH type')
    ours = sqlite3.connect(os.path.join(out, 'results.sqlite')).execute(
        "SELECT sum(value) FROM counter WHERE name LIKE 'mh.%'").fetchone()[0]
    print('%s: %d Mobility Headers, exit code %d' % (name, found, done.returncode))
    if done.returncode or found != ours or not found:
        failures += 1
        print('  the counters say %s' % ours)
        print('\n'.join(line for line in done.stdout.splitlines() if 'BAD' in line)[:2000])
        print(done.stderr[-500:])
sys.exit(1 if failures else 0)
