#!/usr/bin/python3
"""causes.py MONAMI SCENARIOS SCRATCH: every exchange of IKE has its cause in the event log.

Of each request that is sent for the first time, the events that led to it at that node and at that instant are
gone through: one of them must be a reason for what the request is about. What the time alone begins (silence, an
IKE SA's or a Child SA's lifetime) is told as an event before. A repeated request has the cause of its first try,
and what arrives has been sent."""
import json
import os
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]

# What may lead to a request of each kind.  An answer frees the window for what waits: ike.message is one of them.
MOVED = ['nd.address', 'nd.address_gone', 'nd.unique', 'l2.down_seen', 'path.dead', 'path.alive', 'ike.suspect',
         'mip6.registered', 'mip6.ba_received', 'nd.router_lost']
REASONS = {
    'init': MOVED + ['ike.sa_down', 'ike.waited', 'ike.message'],  # another INIT with a cookie or another group, too
    'auth': ['ike.message'],
    'child': ['ike.message', 'ipsec.acquire', 'ike.again'],
    'rekey_child': ['ipsec.sa_soft', 'ike.message', 'ike.again'],
    'rekey_ike': ['ike.lifetime', 'ike.message', 'ike.again'],
    'delete_child': ['ike.message', 'ipsec.sa_ended'],
    'delete_ike': ['ike.message'],
    'liveness': ['ike.silent', 'ike.message'],
    'update_addresses': MOVED + ['ike.message'],
    'check_address': ['ike.message', 'mip6.bu_received', 'mip6.binding_made', 'mip6.binding_moved'],
    'additional_addresses': MOVED + ['ike.message'],
    'tell': ['ike.message', 'ike.refused'],
}

CAR = """scenario: %s
general: {stop: 70 s, record: {pcap: none}}
nodes: {car: {detection: {path_probe: {every: 500 ms, lost: 3}}, ipsec: {keying: ike, payload: tunnel, suite: aes128-gcm16, lifetime: {soft: %s}},
  ike: {coa: %s, dpd: 5 s, soft: %s, mobility: %s, order: %s}}}
expect: []
"""

RUNS = [
    # base scenario, soft lifetime of Child SAs, interface, of the IKE SA, mobility, order
    ('wifi-lte-voice.yaml', '20 s', 'cell0', '30 s', 'k-bit', 'parallel'),
    ('wifi-lte-voice.yaml', '0 s', 'wlan0', '0 s', 'k-bit', 'parallel'),
    ('wifi-lte-voice.yaml', '7 s', 'wlan0', '9 s', 'mobike', 'parallel'),
    ('wifi-lte-voice.yaml', '20 s', 'wlan0', '30 s', 'mobike', 'ike-first'),
    ('wifi-lte-voice.yaml', '20 s', 'wlan0', '30 s', 're-establish', 'sas-first'),
    ('wifi-lte-voice.yaml', '11 s', 'wlan0', '0 s', 're-establish', 'parallel'),
    ('main-street.yaml', '6 s', 'wlan0', '10 s', 'k-bit', 'parallel'),
    ('ietf68/three-paths.yaml', '4 s', 'middle0', '6 s', 'mobike', 'ike-first'),
]

told = {}


def chain(events, e):
    """The events that led to e, at its node and at its instant, and what led to the first of them."""
    found = []
    at = events.get(e['cause'])
    while at and at['node'] == e['node'] and at['t'] == e['t']:
        found.append(at)
        at = events.get(at['cause'])
    return found, at


def check(name, events):
    first = {}
    for e in events.values():
        if e['name'] != 'ike.message':
            continue
        d = e['data']
        key = (e['node'], d['spi_i'], d['message_id'], d['kind'], d['exchange'])
        if d['direction'] == 'received':
            sent = events[e['cause']]
            while sent['node'] == e['node'] and sent['t'] == e['t']:  # what its packet did before it was read
                sent = events[sent['cause']]
            assert sent['name'] == 'ike.message' and sent['data']['direction'] == 'sent', (name, e, sent)
            assert sent['data']['message_id'] == d['message_id'] and sent['t'] < e['t'], (name, e, sent)
            continue
        if d['kind'] != 'request' or d['exchange'] == 'keepalive':
            continue
        if d['tries'] > 1:
            assert e['cause'] == first[key], (name, 'a repeated request has another cause', e)
            continue
        if d['fragment'] <= 1:
            first[key] = e['cause']
            before, _ = chain(events, e)
            reasons = [b['name'] for b in before if b['name'] in REASONS[d['task']]]
            assert reasons, (name, 'nothing explains it', e, [b['name'] for b in before])
            told.setdefault(d['task'], set()).add(reasons[0])


for number, (base, child, interface, ike, mobility, order) in enumerate(RUNS):
    scenario = os.path.join(scratch, 'causes-%d.yaml' % number)
    out = os.path.join(scratch, 'causes-%d' % number)
    with open(scenario, 'w') as f:
        f.write(CAR % (os.path.join(scenarios, base), child, interface, ike, mobility, order))
    done = subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', out], capture_output=True, text=True)
    assert done.returncode == 0, (scenario, done.stderr)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    events = {row[0]: dict(zip(('id', 'cause', 't', 'node', 'name', 'data'), row[:5] + (json.loads(row[5]),)))
              for row in db.execute('SELECT id, cause, t_ns, node, name, data FROM event')}
    check(scenario, events)
for task in sorted(told):
    print('%-20s %s' % (task, ' '.join(sorted(told[task]))))
for task in ('init', 'auth', 'child', 'rekey_child', 'rekey_ike', 'delete_child', 'delete_ike', 'liveness',
             'update_addresses', 'check_address'):
    assert task in told, task + ': no run had one'
assert 'ike.silent' in told['liveness'] and 'ike.lifetime' in told['rekey_ike']
assert 'ipsec.sa_soft' in told['rekey_child']
