#!/usr/bin/python3
"""processor.py MONAMI SCENARIOS SCRATCH

Every scenario with IPsec, once as it is and once with processors that take a nanosecond or two a
packet at each of its nodes that has IPsec: what comes back to the way of a packet is what left it,
so that all that the scenario expects holds, each flow receives as many packets, and as many die of
each reason.
"""
import glob
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

monami, scenarios, scratch = sys.argv[1:4]
place = tempfile.mkdtemp(dir=scratch)
profile = os.path.join(place, 'tiny.csv')
failures = 0
done = 0

# Where numbers of the processor itself are expected; where chance loses messages of IKE and Binding
# Updates: one that is sealed leaves after one that is not, and which of the two is lost follows from that.
APART = {'validation/cpu-saturated', 'validation/cpu-idle', 'ike/unlucky'}


def effective(file):
    return subprocess.run([monami, 'check', '--effective', file], check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def nodes_of(text):
    """Name and text of each."""
    nodes = re.search(r'^nodes:\n((?: .*\n)+)', text, re.M).group(1)
    return re.findall(r'^  ([\w.-]+):\n((?:    .*\n)+)', nodes, re.M)


def run(file, *settings):
    out = os.path.join(place, 'run')
    ran = subprocess.run([monami, 'run', file, '-q', '-f', '-o', out, '--pcap', 'none']
                         + [x for s in settings for x in ('-s', s)], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    flows = db.execute('SELECT flow, direction, sent, received FROM flow').fetchall()
    drops = db.execute("SELECT node, name, sum(value) FROM counter WHERE name LIKE 'drop.%' "
                       'GROUP BY 1, 2').fetchall()
    jobs = db.execute("SELECT sum(value) FROM counter WHERE name = 'cpu.jobs'").fetchone()[0]
    sealed = db.execute('SELECT sum(packets) FROM sa').fetchone()[0]
    return ran, flows, drops, jobs or 0, sealed or 0


with open(profile, 'w') as f:
    f.write('operation,algorithm,cost_ns,per_byte_ps\n')
    for suite in re.findall(r'\| `nodes.NAME.ipsec.suite` \| ([^|]*) \|',
                            subprocess.run([monami, 'reference'], check=True, stdout=subprocess.PIPE,
                                           text=True).stdout)[0].split(', '):
        f.write('esp.seal,%s,2,0\nesp.open,%s,1,0\n' % (suite, suite))

for file in sorted(glob.glob(os.path.join(scenarios, '*.yaml')) + glob.glob(os.path.join(scenarios, '*', '*.yaml'))):
    name = os.path.relpath(file, scenarios)[:-5]
    if name.startswith('ns3/'):
        continue  # of another engine
    if name in APART or name.startswith('decision-module'):
        continue
    nodes = nodes_of(effective(file))
    if not any('    ipsec:\n' in text for _, text in nodes):
        continue
    slow = ['nodes.%s.cpu.profile=%s' % (node, profile) for node, text in nodes
            if '    ipsec:\n' in text or 'role: home-agent' in text]
    if len(slow) > 40:
        continue  # a fleet: as many --set
    plain = run(file)
    again = run(file, *slow)
    done += 1
    same = plain[1:3] == again[1:3] and again[0].returncode == plain[0].returncode == 0
    worked = again[3] >= again[4] > 0 or again[4] == 0
    if not same or not worked:
        failures += 1
        print('%s: %s' % (name, again[0].stdout))
        print('  flows %s\n     to %s\n  drops %s\n     to %s\n  jobs %d, packets %d'
              % (plain[1], again[1], plain[2], again[2], again[3], again[4]))
print('%d scenarios with processors' % done)
sys.exit(1 if failures or done < 20 else 0)
