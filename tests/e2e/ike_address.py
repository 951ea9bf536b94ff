#!/usr/bin/python3
"""ike_address.py MONAMI SCENARIOS SCRATCH

RFC 5648 9.1, message by message, in ike/one-address.yaml: all of IKE from one care-of address between
moves, whatever carries the data; the K bit moves it, and no message says so; SPIs and message numbers go
on; the home agent's next request reaches the new address.  And what the two readings of the K bit with
several care-of addresses come to.
"""
import json
import os
import sqlite3
import struct
import subprocess
import sys

from pcapng import frames

monami, scenarios, scratch = sys.argv[1:4]
failures = 0
MOVE, SEEN = 40e9, 40.05e9  # the link is lost, and the node knows


def check(held, *words):
    global failures
    if not held:
        failures += 1
        print('NOT SO:', *words)


def run(*sets):
    out = os.path.join(scratch, 'ike-address')
    subprocess.run([monami, 'run', os.path.join(scenarios, 'ike', 'one-address.yaml'), '-q', '-f', '-o', out,
                    *[x for s in sets for x in ('--set', s)]], check=True)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    return [(t, node, name, json.loads(data)) for t, node, name, data in
            db.execute('SELECT t_ns, node, name, data FROM event ORDER BY id')], db


def ports(packet, at):
    return set(struct.unpack_from('>HH', packet, at)) & {500, 4500}


events, db = run('general.record.pcap=all')
on_wire = list(frames(os.path.join(scratch, 'ike-address', 'packets', 'all.pcapng')))
messages = [(t, node, d) for t, node, name, d in events if name == 'ike.message']
mine = [(t, d) for t, node, d in messages if node == 'car']
near, middle = ({d['address'] for _, node, name, d in events if name == 'nd.address' and node == 'car' and
                 d['interface'] == i and not d['address'].startswith('fe80')} for i in ('near0', 'middle0'))
check({d['local'] for t, d in mine if t < SEEN} == near, 'before the move all is at', near)
check({d['local'] for t, d in mine if t >= SEEN} == middle, 'after it all is at', middle)
check({d['remote'] for t, d in mine} == {'2001:db8:a::1'}, 'with the home agent')
uses = dict(db.execute("SELECT bid, count(*) FROM packet WHERE direction = 'up' GROUP BY bid"))
check(set(uses) == {2, 3}, 'the data is on the other two:', uses)

# The K bit, and nothing else, moves it.
moved = [(t, node) for t, node, name, d in events if name == 'ike.moved']
bus = [t for t, node, name, d in events if name == 'mip6.bu_sent' and t >= SEEN]
check([n for _, n in moved] == ['car', 'ha'] and moved[0][0] == bus[0] == SEEN, 'moved', moved, bus)
gap = [(t, d) for t, node, d in messages if MOVE <= t <= moved[1][0]]
check(not gap, 'a message of IKE for the move', gap)
before = [d for t, node, d in messages if t < MOVE][-1]['spi_i']
after = [(t, node, d) for t, node, d in messages if t > moved[1][0]]
check(after[0][2]['spi_i'] == before, 'the IKE SA is another')
for node in ('car', 'ha'):  # each numbers its own requests
    ids = [d['message_id'] for t, n, d in messages if n == node and d['direction'] == 'sent' and
           d['kind'] == 'request' and d['tries'] == 1 and d['spi_i'] == before]
    check(ids == list(range(ids[0], ids[0] + len(ids))), node, 'numbers its requests', ids)
asked = [(t, d) for t, n, d in after if n == 'ha' and d['direction'] == 'sent' and d['kind'] == 'request'][0]
check({asked[1]['remote']} == middle, 'the home agent asks at the new address', asked)
check(any(n == 'car' and d['direction'] == 'received' and d['message_id'] == asked[1]['message_id'] and
          d['kind'] == 'request' for t, n, d in after), 'and is heard')
check(not [d for t, n, d in messages if d['exchange'] == 'IKE_SA_INIT' and t > 5e9], 'no new authentication')
made = db.execute('SELECT count(*) FROM sa WHERE made_ns >= ? AND made_ns <= ?', (MOVE, moved[1][0])).fetchone()[0]
check(not made, 'SAs were made for the move')
# On the wire: UDP right behind the header of the care-of address, never a Home Address option before it.
plainly = [(of, p) for of, p in on_wire if of.startswith('car.') and p[6] == 17 and ports(p, 40)]
check(len(plainly) == len(mine), 'messages on the wire', len(plainly), 'in the log', len(mine))
behind = [p for _, p in on_wire if p[6] in (60, 41) and p[40] == 17 and ports(p, 40 + 8 * (p[41] + 1))]
behind += [p for _, p in on_wire if p[6] == 41 and p[46] == 17 and ports(p, 80)]
check(not behind, len(behind), 'messages of IKE with a Home Address option or in a tunnel')
with_option = [p for of, p in on_wire if of.startswith('car.') and p[6] == 60]
check(with_option, 'the Binding Updates have one')

# Liveness: ESP of any care-of address is a sign of life, and silence is asked about.
probes = [t for t, n, d in messages if n == 'ha' and d['task'] == 'liveness' and d['direction'] == 'sent' and
          d['kind'] == 'request']
check(not [t for t in probes if 9e9 < t < 19e9 or 64e9 < t < 74e9], 'asked while ESP came', probes)
check([t for t in probes if 23e9 < t < 40e9] and [t for t in probes if 42e9 < t < 60e9], 'asked in silence', probes)

# By the letter every Binding Update carries K, and IKE goes with each.
literal, _ = run('nodes.ha.responder.k_policy=literal', 'nodes.car.mcoa.registration=serial', 'expect=[]')
plain, _ = run('nodes.car.mcoa.registration=serial', 'expect=[]')
count = [sum(name == 'ike.moved' and node == 'car' for _, node, name, _ in e) for e in (literal, plain)]
check(count[0] > count[1], 'by the letter it moves more often', count)

# A home agent that cannot move it: the mobile node sets up another IKE SA from the new address.
refused, _ = run('nodes.ha.agent.k_bit=false', 'expect=[]')
inits = [(t, d['local']) for t, n, name, d in refused if name == 'ike.message' and n == 'car' and
         d['exchange'] == 'IKE_SA_INIT' and d['direction'] == 'sent' and t > MOVE]
check(len(inits) == 1 and {inits[0][1]} <= middle, 'set up again from the new address', inits)

# It waits for the care-of address of ike.coa: no other Binding Update takes it along, and it goes on from there.
waits, _ = run('nodes.car.ike.when_dead=wait', 'events=[{at: 40 s, detach: car.near0}, {at: 60 s, attach: car.near0}]',
               'expect=[]')
moved = [(t, node) for t, node, name, d in waits if name == 'ike.moved']
check([n for _, n in moved] == ['car', 'ha'] and moved[0][0] > 60e9, 'it waits', moved)
back = [(t, d['interface']) for t, n, name, d in waits if name == 'mip6.bu_sent' and t > 60e9]
check(back and back[0] == (moved[0][0], 'near0'), 'and goes with the Binding Update from there', back[:1], moved)
check(not [1 for t, n, name, d in waits if name == 'ike.message' and d['exchange'] == 'IKE_SA_INIT' and t > MOVE],
      'the IKE SA is the same')

if 'MONAMI_RULES' in os.environ and not failures:
    with open(os.environ['MONAMI_RULES'], 'w') as log:
        log.write('\n'.join(('MCOA-SEC-1', 'MCOA-SEC-2', 'MCOA-SEC-3', 'IPS-K-4', 'IPS-K-5', 'IPS-K-8', 'IPS-K-9',
                             'IKE-MIP-1', 'IKE-DPD-3', 'MIP6-MN-11', 'MIP6-MN-18')) + '\n')
sys.exit(1 if failures else 0)
