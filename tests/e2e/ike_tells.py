#!/usr/bin/python3
"""ike_tells.py MONAMI SCENARIOS SCRATCH

What one end tells the other inside the IKE SA, where a scenario asks for it, in ike/one-address.yaml: with
`additional_addresses` the care-of addresses that IKE does not use, when it is up and once for each change
(RFC 4555 3.6); with `tells_invalid_spi` an SPI of ESP that is not known, once a second at most (RFC 7296 1.5).
"""
import json
import os
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
failures = 0


def check(held, *words):
    global failures
    if not held:
        failures += 1
        print('NOT SO:', *words)


def run(*sets):
    out = os.path.join(scratch, 'ike-tells')
    subprocess.run([monami, 'run', os.path.join(scenarios, 'ike', 'one-address.yaml'), '-q', '-f', '-o', out,
                    '--set', 'expect=[]', *[x for s in sets for x in ('--set', s)]], check=True)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    return [(t / 1e9, node, name, json.loads(data)) for t, node, name, data in
            db.execute('SELECT t_ns, node, name, data FROM event ORDER BY id')], db


def sent(events, what, node):
    return [t for t, n, name, d in events if name == 'ike.message' and n == node and what in d['payloads'] and
            d['direction'] == 'sent' and d['tries'] == 1]


# ---- further addresses: IKE on near0, moved to middle0 at 30 s and back at 40 s; from 50 s on it is alone.
EVENTS = ('events=[{at: 30 s, detach: car.near0}, {at: 40 s, attach: car.near0}, {at: 50 s, detach: car.middle0}, '
          '{at: 50 s, detach: car.far0}]')
MOBIKE = 'nodes.car.ike.mobility=mobike'
events, db = run(MOBIKE, 'nodes.car.ike.additional_addresses=true', EVENTS)
interface = {d['address']: d['interface'] for _, node, name, d in events if name == 'nd.address' and node == 'car'}
told = [(t, node, [interface[a] for a in d['list'].split()]) for t, node, name, d in events if name == 'ike.additional']
check([x for _, _, x in told] == [['middle0', 'far0'], ['far0'], ['middle0', 'far0'], []], 'told', told)
check({node for _, node, _ in told} == {'ha'}, 'the home agent knows')
check([int(t / 10) for t, _, _ in told] == [0, 3, 4, 5], 'when they change', told)
check(len(sent(events, 'ADDITIONAL', 'car')) == 4 and not sent(events, 'ADDITIONAL', 'ha'), 'once for each change')
check(len(sent(events, 'NO_ADDITIONAL_ADDRESSES', 'car')) == 1, 'none: that is said, too')
count, = db.execute("SELECT value FROM counter WHERE name = 'ike.exchanges.additional_addresses' AND node = 'car'").fetchone()
check(count == 4, count, 'exchanges')

# A new IKE SA knows of none; one that takes another's place knows them.
again, _ = run(MOBIKE, 'nodes.car.ike.additional_addresses=true', 'nodes.car.ike.hard=60 s', 'events=[]',
               'nodes.car.ike.soft=20 s')
rekeyed = [t for t, node, name, d in again if name == 'ike.sa_up' and node == 'car' and d['replaces']]
check(len(rekeyed) > 1 and len(sent(again, 'ADDITIONAL', 'car')) == 1, 'rekeyed', rekeyed, sent(again, 'ADDITIONAL', 'car'))
again, _ = run(MOBIKE, 'nodes.car.ike.additional_addresses=true', 'nodes.car.ike.hard=30 s', 'events=[]',
               'nodes.car.ike.soft=0 s')
ups = [t for t, node, name, d in again if name == 'ike.sa_up' and node == 'car']
check(len(ups) == 3 and len(sent(again, 'ADDITIONAL', 'car')) == 3, 'begun anew', ups, sent(again, 'ADDITIONAL', 'car'))
quiet, _ = run(MOBIKE, EVENTS)
check(not sent(quiet, 'ADDITIONAL', 'car'), 'nothing is told where nobody asked')

# ---- unknown SPIs: what is replaced is forgotten at once, with packets under way on longer paths.
LINGER = 'timers.ike_linger=0 s'
events, db = run(LINGER, 'nodes.car.ike.tells_invalid_spi=true', 'nodes.ha.responder.tells_invalid_spi=true')
for node in ('car', 'ha'):
    times = sent(events, 'N(INVALID_SPI)', node)
    drops, = db.execute("SELECT sum(value) FROM counter WHERE name = 'drop.no_sa' AND node = ?", (node,)).fetchone()
    check(0 < len(times) < drops, node, 'tells', len(times), 'of', drops)
    check(all(b - a >= 1 for a, b in zip(times, times[1:])), node, 'once a second at most', times)
    heard = [d for _, n, name, d in events if name == 'ike.message' and n != node and d['direction'] == 'received'
             and 'N(INVALID_SPI)' in d['payloads']]
    check(len(heard) == len(times) and all(d['exchange'] == 'INFORMATIONAL' for d in heard), 'inside the IKE SA')
ended = [d for _, _, name, d in events if name == 'ike.sa_down' and d['how'] != 'replaced' and d['how'] != 'deleted_by_peer'
         and d['how'] != 'deleted']
check(not ended, 'nothing else comes of it', ended)
for word in ('car.ike', 'ha.responder'):  # each end for itself
    events, _ = run(LINGER, 'nodes.%s.tells_invalid_spi=true' % word)
    check([bool(sent(events, 'N(INVALID_SPI)', n)) for n in ('car', 'ha')] == [word < 'd', word > 'd'], word)

if 'MONAMI_RULES' in os.environ and not failures:
    with open(os.environ['MONAMI_RULES'], 'w') as log:
        log.write('IKE-MOB-6\nIKE-ERR-2\n')
sys.exit(1 if failures else 0)
