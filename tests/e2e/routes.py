#!/usr/bin/python3
"""routes.py MONAMI SCENARIOS SCRATCH: what the text of comparisons/routes.yaml says of delay, silence and bytes: to the
packet and to the byte."""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

monami, scenarios, scratch = sys.argv[1:4]
scenario = os.path.join(scenarios, 'comparisons', 'routes.yaml')
place = tempfile.mkdtemp(dir=scratch)
NEAR = 10  # ms between mobile node and correspondent
failures = 0


def check(held, *words):
    global failures
    if not held:
        failures += 1
        print('NOT SO:', *words)


def study(name, *words):
    """By way and distance in ms: the metrics."""
    out = os.path.join(place, name)
    subprocess.run([monami, 'sweep', 'run', scenario, '--study', name, '-q', '-o', out, *words], check=True)
    db = sqlite3.connect(os.path.join(out, 'study.sqlite'))
    found = {}
    for number, way, far in db.execute(
            "SELECT a.number, a.value, b.value FROM parameter a JOIN parameter b USING (number) WHERE "
            "a.name = 'nodes.mn.profile' AND b.name = 'backbone.ha-cn.delay'"):
        found[way, int(far.split()[0])] = dict(db.execute('SELECT name, value FROM scalar WHERE number = ?', (number,)))
    db.close()
    return found


def silence(way, d):
    """F8 and F9 of docs/validation.md, and 2 ms for the router."""
    return {'tunnel': 2 * d, 'tunnel-esp': 2 * d, 'direct': 2 * d + 4 * NEAR, 'direct-unasked': 2 * d + 4 * NEAR,
            'direct-old-token': 2 * d + max(4 * d, 2 * NEAR) + 2 * NEAR, 'two-bound': 2 * NEAR - 2}[way] + 2


def late(way, d):
    """Upwards, until packets go directly again, by 1 ms each; the home agent is on the way at 5 ms."""
    if d == 5:
        return 0
    return {'direct': 2 * d + 4 * NEAR, 'direct-unasked': 2 * d + 2 * NEAR,
            'direct-old-token': 2 * d + max(4 * d, 2 * NEAR) + 2 * NEAR, 'two-bound': 0}[way]


found = study('distance')
check(len(found) == 42, 'runs', len(found))
for (way, d), of in found.items():
    check(of['disruption.stream.down'] == silence(way, d) * 1e6, way, d, 'silent for', of['disruption.stream.down'], silence(way, d))
    one_way = 2 * d if way.startswith('tunnel') else NEAR
    check(0 < of['flow.stream.down.delay_p50_ns'] - one_way * 1e6 < 20e3, way, d, 'delay', of['flow.stream.down.delay_p50_ns'])
    check(of['flow.stream.up.lost'] == (1 if way == 'two-bound' else 3), way, d, 'lost upwards', of['flow.stream.up.lost'])
found = study('asked')
check(len(found) == 28, 'runs', len(found))
for (way, d), of in found.items():
    check(of['flow.stream.up.late'] == late(way, d), way, d, 'late', of['flow.stream.up.late'], late(way, d))


# ---- bytes upwards: what packets save, and what signalling costs ------------------------------------
def run(way, interval):
    out = os.path.join(place, 'run')
    subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', out, '-s', 'study=bytes', '-s', 'nodes.mn.profile=' + way,
                    '-s', 'flows.stream.traffic.constant.interval=' + interval], check=True)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    sent = dict(db.execute("SELECT name, sum(value) FROM counter WHERE node = 'mn' AND name LIKE '%.sent' GROUP BY 1"))
    packets = dict(db.execute("SELECT path, count(*) FROM packet WHERE direction = 'up' GROUP BY 1"))
    db.close()
    return sent, packets


for interval in ('2 s', '8 s', '20 s'):
    plain, packets = run('tunnel', interval)
    n = packets['tunnel']
    esp, _ = run('tunnel-esp', interval)
    of = {'direct': run('direct', interval), 'two-bound': run('two-bound', interval)}
    check(esp['bytes.sent'] - plain['bytes.sent'] == 36 * n, 'ESP', esp['bytes.sent'] - plain['bytes.sent'], n)
    sent, packets = of['direct']
    cost = sent['bytes.sent'] - plain['bytes.sent'] + 16 * packets['optimised']
    signalling = 132 * sent['mh.hoti.sent'] + 56 * sent['mh.coti.sent'] + 96 * (sent['mh.bu.sent'] - plain['mh.bu.sent'])
    check(cost == signalling, 'bytes of signalling', cost, signalling, 'at', interval)
    check((sent['bytes.sent'] < plain['bytes.sent']) == (16 * packets['optimised'] > signalling), 'what pays', interval)
    check(of['two-bound'][0]['bytes.sent'] > sent['bytes.sent'], 'two care-of addresses cost more', interval)
    print('%-5s tunnel %d, in ESP %d, direct %d with %d of signalling, two bound %d bytes' % (
        interval, plain['bytes.sent'], esp['bytes.sent'], sent['bytes.sent'], signalling, of['two-bound'][0]['bytes.sent']))
shutil.rmtree(place)
sys.exit(1 if failures else 0)
