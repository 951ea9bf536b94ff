#!/usr/bin/python3
"""compared_ipsec.py MONAMI SCENARIOS SCRATCH

tunnel-ends, source-checks and vpn of scenarios/comparisons give what their texts derive.
"""
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

monami, scenarios, scratch = sys.argv[1:4]
place = tempfile.mkdtemp(dir=scratch)
failures = checks = 0


def check(held, *words):
    global failures, checks
    checks += 1
    if not held:
        failures += 1
        print('NOT SO:', *words)


def file(name):
    return os.path.join(scenarios, 'comparisons', name + '.yaml')


def study(name, which, *settings):
    """[({last word of a parameter: value}, {metric: value})], a run each."""
    out = os.path.join(place, 'study')
    subprocess.run([monami, 'sweep', 'run', file(name), '--study', which, '-q', '-f', '-j', '2', '-o', out, *settings], check=True)
    db = sqlite3.connect(os.path.join(out, 'study.sqlite'))
    runs = {}
    for number, of, value in db.execute('SELECT number, name, value FROM parameter'):
        said = runs.setdefault(number, ({}, {}))[0]
        if of != 'nodes.ha.profile' or which == 'attack':
            said[of.split('.')[-1]] = float(value.split()[0]) if value[0].isdigit() else value
    for number, of, value in db.execute('SELECT number, name, value FROM scalar'):
        runs[number][1][of] = value
    db.close()
    check(len(runs) > 2, name, which, len(runs), 'runs')
    return list(runs.values())


def run(name, *settings):
    out = os.path.join(place, 'run')
    subprocess.run([monami, 'run', file(name), '-q', '-f', '-o', out, '--set', 'expect=[]'] + [w for s in settings for w in ('--set', s)],
                   check=True)
    return sqlite3.connect(os.path.join(out, 'results.sqlite'))


# ---- where a tunnel ends ---------------------------------------------------------------------------------
def flows_of_a_path(n, profile):
    """Of n flows: those on the near, the middle and the far path."""
    return [n] if profile == 'sa-default' else [len(range(k, n, 3)) for k in range(min(n, 3))]


def tunnel_ends():
    length = 8 * 384 / 1e6  # s that a packet of 260 + 48 + 76 bytes takes at 1 Mbit/s
    most = 10 / length + 51  # that a path takes in 10 s: and 50 that wait and one that is sent at the end
    for said, got in study('tunnel-ends', 'flows'):
        want = sum(max(0, 1000 * k - most) for k in flows_of_a_path(int(said['count']), said['profile']))
        lost = got['sum(flow.flow.*.down.lost)']
        check(abs(lost - want) <= 9, said, lost, 'lost, want', want)
    for said, got in study('tunnel-ends', 'far'):
        delay = [got['flow.flow.%d.down.delay_p50_ns' % k] / 1e6 for k in range(3)]
        free = 1e3 * length + 10
        if said['profile'] == 'sa-default':  # all on the near path: now and then one waits for another
            check(all(0 <= d - free - 10 < 3e3 * length for d in delay), said, delay)
        else:
            want = [free + 10, free + 60, free + said['delay'] + 1]
            check(all(abs(d - w) < 0.1 for d, w in zip(delay, want)), said, delay, want)
    for said, got in study('tunnel-ends', 'lost'):
        lost = [got['flow.flow.%d.down.lost' % k] for k in range(3)]
        silent = said['link_down'] + 10 + 60 + 2  # ms; the Binding Update takes 2 ms at 1 Mbit/s
        dead = 3 if said['profile'] == 'sa-default' else 1
        check(all(abs(n - silent / 10) < 1 for n in lost[:dead]) and not any(lost[dead:]), said, lost)
    for said, got in study('tunnel-ends', 'size'):
        mtu, told = said['mtu'], said['profile'] == 'per-packet'
        pieces = 1 if mtu >= 1476 else 3 if told and mtu < 1280 + 74 else 2
        frames = got['counter.car.far0.frames.received']
        check(abs(frames - 200 * pieces - 3) <= 2 * pieces, said, frames, 'packets, want', 200 * pieces)
        check(got['counter.ha.ha-inet.icmp6.too_big.sent'] == (told and pieces > 1), said, 'who is told')


# ---- the check of the outer source -----------------------------------------------------------------------
def source_checks():
    for said, got in study('source-checks', 'attack'):
        taken, missed = got['flow.first.up.received'], got['flow.second.up.lost_share']
        want = {'any-binding': (0, 0), 'primary-only': (0, 1), 'off': (10, 0)}[said['profile']]
        check((taken, round(missed / 100 if missed > 1 else missed, 3)) == want, said, taken, missed)
    # Another of its own care-of addresses is as good: who changes one for the other is not found.
    db = run('source-checks', *['events.%d.source=2001:db8:1000:1:c2:79ff:fe4d:50f3' % k for k in range(10)])
    check(db.execute("SELECT received FROM flow WHERE flow = 'first'").fetchone() == (10,), 'a bound source')
    for which, late in (('move', 0), ('break', 50)):
        for said, got in study('source-checks', which):
            bound = said['profile'] == 'one-unchecked' or (which == 'move' and said['profile'] == 'several-checked')
            want = 0 if bound else max(0, said['delay'] - 10 - late) / 2
            check(got['counter.ha.drop.esp_source_not_bound'] == want, which, said, got, 'want', want)
    plain = ('study=move', 'profiles.one-checked.ipsec.payload=none')
    for settings, want in (((), 70), (('nodes.ha.profile=off',), 0)):
        db = run('source-checks', *plain, *settings)
        found = db.execute("SELECT sum(value) FROM counter WHERE node = 'ha' AND name = 'drop.source_not_bound'").fetchone()[0] or 0
        check(found == want, 'plain', settings, found, 'want', want)
    p, rate, least = 0.2, 50, {}
    for k in range(6):  # the first Binding Update to arrive is the k-th; so long after the move, at most until the flow's end
        least[min(2 ** k - 1, 9)] = least.get(min(2 ** k - 1, 9), 0) + p ** k * (1 - p)
    mean = sum(s * share for s, share in least.items())
    spread = math.sqrt(sum(s * s * share for s, share in least.items()) - mean * mean)
    runs = study('source-checks', 'loss', '--set', 'studies.loss.sweep.replicate.seeds=40')
    check(not any(got['counter.ha.drop.esp_source_not_bound'] for said, got in runs if said['profile'] == 'several-checked'),
          'several addresses wait for the answer')
    found = [got['counter.ha.drop.esp_source_not_bound'] for said, got in runs if said['profile'] == 'one-checked' and said['up'] == 20]
    got = sum(found) / len(found) / rate / (1 - p)
    check(abs(got - mean) < 3.5 * spread / math.sqrt(len(found)), 'seconds of refusal', got, 'want', mean)


# ---- a VPN -------------------------------------------------------------------------------------------------
TESTED = {'vpn': 2, 'vpn-untested': 1, 'one-address': 1, 'several': 1, 'copies': 1}  # round trips


def vpn():
    for which in ('break', 'overlap'):
        for said, got in study('vpn', which):
            want = TESTED[said['profile']] * 2 * said['delay']
            want = max(0, want - 100) if which == 'overlap' else 0 if said['profile'] == 'copies' else 50 + want
            found = got['disruption.down.0.down'] / 1e6
            check(abs(found - want) <= 1, which, said, found, 'ms, want', want)
    most = 6 * 10e6 / 8 / 1128 + 251  # that a path of 10 Mbit/s takes of packets of 1,000 + 48 + 80 bytes in 6 s
    for said, got in study('vpn', 'load'):
        n = int(said['count'])
        sent, lost, share = n * 6 / 0.009, got['sum(flow.down.*.down.lost)'], n / 2 if said['profile'] == 'spread' else n
        want = max(0, share * 6 / 0.009 - most) * (2 if said['profile'] == 'spread' else 1)
        close = abs(lost - want) < 0.01 * sent if said['profile'] != 'copies' else 0.8 * want <= lost <= want
        check(close, said, lost, 'lost, want', want)
    for way, want in (('vpn', 604), ('vpn-untested', 338), ('one-address', 248), ('several', 496)):
        db = run('vpn', 'nodes.car.profile=' + way)
        found = db.execute('SELECT sum(m.bytes) FROM message m JOIN event e ON e.id = m.event WHERE e.t_ns > 20e9 AND '
                           "(e.name = 'ike.message' OR e.name LIKE 'mip6.b%')").fetchone()[0]
        check(found == want, way, found, 'bytes of signalling, want', want)
        over = db.execute('SELECT min(overhead_bytes), max(overhead_bytes) FROM packet').fetchone()
        check(over == (76, 76), way, 'has', over, 'bytes around a packet')
        silent = db.execute("SELECT max(disruption_ns) FROM disruption WHERE direction = 'up'").fetchone()[0]
        check(abs(silent - 50e6) <= 1e6, way, 'is silent upwards for', silent)


tunnel_ends()
source_checks()
vpn()
shutil.rmtree(place)
print('%d checks' % checks)
sys.exit(1 if failures else 0)
