#!/usr/bin/python3
"""overtaken.py MONAMI SCENARIOS SCRATCH

Packet by packet: what the anti-replay window of an SA drops is exactly what was overtaken too far.

A run without a window gives each packet's time of sealing and of arrival. From these alone follows
who must die with a window of W: whoever finds, when it comes, that a packet W or more numbers
newer has come already. The same run with that window must lose exactly these, as too_old, and with
extended sequence numbers as icv; nothing else may change. Beside that stand the closed forms that
the scenario's text has: of a constant rate, of bursts, of a hand-over.
"""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

monami, scenarios, scratch = sys.argv[1:4]
scenario = os.path.join(scenarios, 'replay-window.yaml')
place = tempfile.mkdtemp(dir=scratch)
FLOWS = ('fast', 'medium', 'slow')
REPLAY = 'nodes.mn.ipsec.anti_replay.'
D = {'fast': 0, 'medium': 0.05, 'slow': 0.14}  # s behind the fast path
failures = runs = deaths = 0
margins = {}  # by window: how far from it a packet was, and whether it must die


def check(held, *words):
    global failures
    if not held:
        failures += 1
        print('NOT SO:', *words)


def run(settings):
    """{(flow, sequence): (sealed, arrived, BID, fate)} in the order of sealing; and what SAs refused."""
    global runs
    runs += 1
    out = os.path.join(place, 'run')
    words = [w for pair in settings.items() for w in ('--set', '%s=%s' % pair)]
    subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', out, '--set', 'expect=[]', *words], check=True)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    packets = {(f, s): (sent, came, bid, fate) for f, s, sent, came, bid, fate in db.execute(
        'SELECT flow, sequence, sent_ns, received_ns, bid, fate FROM packet ORDER BY sent_ns')}
    refused = db.execute("SELECT sum(too_old), sum(icv), sum(replay) FROM sa WHERE direction = 'in'").fetchone()
    others = db.execute("SELECT sum(packets) FROM sa WHERE direction = 'out' AND selectors LIKE '% any any'").fetchone()[0]
    db.close()
    late = max(p[0] for p in packets.values()) - 2000000  # of the last 2 ms some are not at the home agent yet
    check(len(packets) - sum(p[0] > late for p in packets.values()) <= others <= len(packets),
          'the payload SAs carry the flows alone:', others, len(packets))
    return packets, refused


def sa_of(flow, bid, settings):
    """Which of the parallel SAs."""
    bid = bid or (1 + FLOWS.index(flow) if 'study' not in settings or settings['study'] != 'handover' else 1)
    sas = settings.get('nodes.mn.ipsec.payload_sas', 'shared')
    return 0 if sas == 'shared' else bid if sas == 'per-coa' else bid % int(sas.split()[1])


def behind(packets, settings):
    """How many numbers newer the newest is that came before, of each packet that comes; of its own SA."""
    number, last, newest, k = {}, {}, {}, {}
    for key, (_, _, bid, _) in packets.items():
        sa = sa_of(key[0], bid, settings)
        last[sa] = last.get(sa, 0) + 1
        number[key] = sa, last[sa]
    for key in sorted((key for key in packets if packets[key][1] is not None), key=lambda key: packets[key][1]):
        sa, own = number[key]
        k[key] = max(0, newest.get(sa, 0) - own)
        newest[sa] = max(newest.get(sa, 0), own)
    return k


def is_ordered(packets):
    """No two at one time: their order would not be known."""
    sealed = [p[0] for p in packets.values()]
    came = [p[1] for p in packets.values() if p[1] is not None]
    return len(set(sealed)) == len(sealed) and len(set(came)) == len(came)


def measure(name, settings, windows, esns=(False, True)):
    """Without a window, then with each. Answers the run without and how far each packet was behind."""
    global deaths
    for seed in range(1, 9):
        settings = {'general.crypto': 'sized', **settings, 'general.seed': seed}
        free, _ = run({**settings, REPLAY + 'window': 0})
        if is_ordered(free):
            break
    check(is_ordered(free), name, 'has two packets at one time')
    check({p[3] for p in free.values()} <= {'received', 'in_flight'}, name, 'without a window something is lost')
    k = behind(free, settings)
    for window in windows:
        must = {key for key in k if k[key] >= window}
        for key, far in k.items():
            if abs(far - window) <= 1:
                margins.setdefault(window, {}).setdefault(far - window, set()).add(key in must)
        for esn in esns:
            got, (too_old, icv, replay) = run({**settings, REPLAY + 'window': window, REPLAY + 'esn': 'true' if esn else 'false'})
            fate = 'icv' if esn else 'too_old'
            died = {key for key, p in got.items() if p[3] == fate}
            check(died == must, name, window, esn, 'must die', len(must), 'died', len(died), sorted(died ^ must)[:5])
            check((icv if esn else too_old) == len(must) and (too_old if esn else icv) == 0 and replay == 0,
                  name, window, esn, 'table sa says', too_old, icv, replay)
            check(all(got[key] == p for key, p in free.items() if key not in must) and got.keys() == free.keys(),
                  name, window, esn, 'others have changed')
            deaths += len(died)
    return free, k


def rates(r, **more):
    return {**{'flows.%s.traffic.constant.rate' % f: r for f in FLOWS}, **more}


# ---- constant rates: a step where R D is W --------------------------------------------------------
n = len(FLOWS)
# 50 to 40,000 a second in all
for r, windows in ((17, (32,)), (50, (32,)), (76, (32,)), (152, (32, 64, 128)), (600, (256,)), (1219, (512,)),
                   (2438, (1024,)), (9752, (4096,)), (13333, (2048, 4096))):
    free, k = measure('%d/s' % r, rates(r), windows)
    for f in FLOWS[1:]:
        far = [k[key] for key in k if key[0] == f]
        check(3 * r * D[f] - 2 * n <= min(far) and max(far) <= 3 * r * D[f] + n, r, f, 'is', min(far), 'to', max(far), 'behind')
    check(not any(k[key] for key in k if key[0] == 'fast'), 'the fast path is overtaken')

# ---- at the edge: rates without a common measure, so that packets are W - 1, W and W + 1 behind ----------
for window in (32, 64, 128, 256, 512, 1024, 2048, 4096):
    a = (window + 2) / D['slow'] / 2.67
    measure('edge', {'flows.fast.traffic.constant.rate': round(a), 'flows.medium.traffic.constant.rate': round(1.37 * a),
                     'flows.slow.traffic.constant.rate': round(0.3 * a)}, (window,))
    check(margins.get(window) == {-1: {False}, 0: {True}, 1: {True}}, 'no packet at the edge of', window, margins.get(window))

# ---- other delays, other SAs, the other direction, real ciphers --------------------------------------
measure('delays', rates(500, **{'networks.sat.delay': '53 ms', 'networks.cell.delay': '52.9 ms'}), (32, 64))
for sas in ('per-coa', 'pool 2', 'pool 3'):
    for r in (229, 2500):
        _, k = measure(sas, rates(r, **{'nodes.mn.ipsec.payload_sas': sas}), (32, 64))
        far = max(k[key] for key in k if key[0] == 'slow')
        check(far == 0 if sas != 'pool 2' else 2 * r * D['slow'] - 4 <= far <= 2 * r * D['slow'] + 2, sas, r, far)
up = {'flows.%s.directions' % f: 'up' for f in FLOWS}
up.update({'flows.%s.stop' % f: '2.9 s' for f in FLOWS})  # all are there at the end
measure('up', rates(1000, **up), (128, 512))
measure('real', rates(152, **{'general.crypto': 'real'}), (64,))
measure('three calls', {'flows.%s.traffic' % f: '{voice: g711}' for f in FLOWS}, (32,))

# ---- bursts: who of a burst dies does not depend on D ------------------------------------------------
for size in (10, 22, 23, 24, 60):
    bursts = {'study': 'bursts', 'general.stop': '6 s', **{'flows.%s.traffic.constant.bursts.packets' % f: size for f in FLOWS}}
    free, k = measure('bursts', rates(60, **bursts), (32, 64), (False,))
    for (f, s), far in k.items():  # the next burst begins after more than D
        check(f != 'slow' or far == max(0, 3 * (size - s % size) - 4), 'burst of', size, 'packet', s, 'is', far, 'behind')
    apart = {'flows.%s.random_phase' % f: 'true' for f in FLOWS}
    free, _ = measure('bursts apart', rates(60, **bursts, **apart), (32, 64), (False,))
    first = {f: free[f, 0][0] - 2 * 10 ** 9 for f in FLOWS}  # at a random part of the time from burst to burst
    check(len(set(first.values())) == n and all(0 <= t < size / 60 * 10 ** 9 + 20001 for t in first.values()), 'bursts begin at', first)
    check(all(free[f, s][0] - free[f, s - s % size][0] == s % size * 50000 for f, s in free), 'bursts are not in a row')

# ---- a hand-over from the slow to the fast path --------------------------------------------------------
for sas in ('shared', 'pool 2', 'per-coa'):
    for r in (148, 156, 600, 2500):
        settings = rates(r, **{'study': 'handover', 'nodes.mn.ipsec.payload_sas': sas})
        free, k = measure('hand-over, ' + sas, settings, (64, 1024))
        way = 3 * r * D['slow']
        for window in (64, 1024):
            died = sum(far >= window for far in k.values())
            if sas == 'per-coa' or way + n < window:
                check(died == 0, 'hand-over', sas, r, window, died)
            elif way - 2 * n >= window:
                check(way - 2 * n <= died <= way + n, 'hand-over', sas, r, window, died, 'of', way)

shutil.rmtree(place)
if 'MONAMI_RULES' in os.environ and not failures:
    with open(os.environ['MONAMI_RULES'], 'w') as log:
        log.write('MCOA-SEC-12\nIPS-REP-1\nIPS-REP-3\n')
print('%d runs, %d packets refused, all of them and only they by rule' % (runs, deaths))
sys.exit(1 if failures else 0)
