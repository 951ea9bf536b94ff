#!/usr/bin/python3
"""fleet_cost.py BENCH_FLEET SCENARIO: a packet costs no more among 1,000 mobile nodes than among 10.

Instructions a packet-hop, counted by valgrind: they are the same on every run and do not depend on
what else the machine does, so that a limit can be a test.  The load is 20,000 packets a second in all,
each node has two interfaces and moves once, and all that it does beside (addresses, registrations,
advertisements) is counted in.  What a larger world costs in time is shown by the misses of a cache of
1 MiB, simulated, and by bench_fleet itself.
"""
import re
import subprocess
import sys
import tempfile

MOST = 1.5
NODES = ((10, '1 ms'), (1000, '100 ms'))

bench, scenario = sys.argv[1:3]


def start(count, interval, out):
    sets = ['nodes.car.count=%d' % count, 'general.stop=14 s', 'expect=[]', 'flows.call.start=8 s',
            'events=[{at: 9 s, spread: 4 s, attach: car.*.wlan0, to: east}]',
            'flows.call.traffic={constant: {payload: 20 B, interval: %s}}' % interval]
    return subprocess.Popen(['valgrind', '--tool=callgrind', '--cache-sim=yes', '--LL=1048576,16,64',
                             '--toggle-collect=sim_run_until', '--callgrind-out-file=' + out, bench, scenario]
                            + sets, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


try:
    subprocess.run(['valgrind', '--version'], stdout=subprocess.DEVNULL, check=True)
except (OSError, subprocess.CalledProcessError):
    print('SKIPPED: valgrind is not here')
    sys.exit(77)
cost = []
with tempfile.TemporaryDirectory() as scratch:
    runs = [start(count, interval, '%s/%d' % (scratch, count)) for count, interval in NODES]
    for (count, _), run in zip(NODES, runs):
        text = run.communicate()[0]
        hops = re.search(r'(\d+) hops', text)
        instructions = re.search(r'I +refs: +([\d,]+)', text)
        misses = re.search(r'LL misses: +([\d,]+)', text)
        if run.returncode or not hops or not instructions or not misses:
            sys.exit(text)
        n = int(hops.group(1))
        each = [int(m.group(1).replace(',', '')) / n for m in (instructions, misses)]
        if each[0] < 100:
            sys.exit('%d instructions a packet-hop: sim_run_until is not what was counted' % each[0])
        print('%5d nodes: %d packet-hops, %.0f instructions and %.1f cache misses each' % (count, n, *each))
        cost.append(each[0])
ratio = cost[1] / cost[0]
print('a packet-hop among 1,000 nodes costs %.2f times one among 10; at most %.1f' % (ratio, MOST))
sys.exit(0 if ratio < MOST else 1)
