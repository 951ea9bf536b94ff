#!/usr/bin/python3
"""against_ns3.py BUILD SCENARIO SCRATCH [ROUNDS]: packet-hops a second of one chain three ways, interleaved: natively
(bench_forward), the same world over ns-3's clock and devices (monami-ns3), and plain ns-3 with its own IPv6
stack (ns3_forward). Prints the three medians and their ratios, and asserts none: 15 rounds on a quiet machine are
what is written down. Exit code 77: the build is without ns-3."""
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys

build, scenario, scratch = sys.argv[1:4]
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 15
seconds = 10  # simulated, of the two with ns-3
native_program = os.path.join(build, 'tests', 'bench_forward')
plain_program = os.path.join(build, 'tests', 'ns3_forward')
monami = os.path.join(build, 'monami')
want = {'native / plain ns-3': 20, 'ours over ns-3 / plain ns-3': 4}


def printed(*command):
    out = subprocess.run(command, text=True, stdout=subprocess.PIPE, check=True, timeout=600).stdout
    return [float(rate) for rate in re.findall(r'([0-9.]+) million packet-hops/s', out)]


def native():
    return printed(native_program, scenario, '1')[0]


def plain():
    return printed(plain_program, str(seconds))[0]


def over(engine='ns3'):
    to = os.path.join(scratch, 'against_ns3')
    subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', to, '--engine', engine,
                    '--set', 'general.stop=%d s' % seconds], check=True, timeout=600)
    with open(os.path.join(to, 'manifest.json')) as f:
        wall = json.load(f)['wall_s']
    hops = sqlite3.connect(os.path.join(to, 'results.sqlite')).execute('SELECT sum(packets) FROM link').fetchone()[0]
    return hops / wall / 1e6


def missing():
    for program in (native_program, plain_program, monami, os.path.join(build, 'monami-ns3')):
        if not os.path.exists(program):
            return program
    return None


if missing():
    print('SKIPPED: there is no %s: cmake -DNS3=ON, with libns3-dev' % missing())
    sys.exit(77)
ways = {'native': native, 'ours over ns-3': over, 'plain ns-3': plain}
rates = {name: [] for name in ways}
for k in range(rounds):
    for name, way in ways.items():
        rates[name].append(way())
    print('round %2d: ' % (k + 1) + ', '.join('%s %.3f' % (name, rates[name][-1]) for name in ways), flush=True)
for name in ways:
    print('%-15s %8.3f million packet-hops/s (%.3f to %.3f)'
          % (name, statistics.median(rates[name]), min(rates[name]), max(rates[name])))
for pair, least in want.items():
    one, other = pair.split(' / ')
    ratio = statistics.median(a / b for a, b in zip(rates[one], rates[other]))
    print('%-28s %7.1f (%s %d)' % (pair, ratio, 'at least' if ratio >= least else 'NOT at least', least))
