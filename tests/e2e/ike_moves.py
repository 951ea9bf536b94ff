#!/usr/bin/python3
"""ike_moves.py MONAMI SCENARIOS SCRATCH

What a movement of IKE adds to the disruption of a flow downwards, in round trips between mobile node
and home agent, beyond the Binding Update itself: F10 of docs/validation.md, exact when nothing is lost.
Study `ways` of ike/moving.yaml has every way over seven round trips and one further pair of SAs; three
ways more are run with three further pairs, and with cookies.
"""
import json
import os
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
moving = os.path.join(scenarios, 'ike', 'moving.yaml')
failures = 0

# Round trips, with the payload's pair as the first further one (j = 1) of one (n = 1).
EXTRA = {'k-bit': 0, 'mobike': 1, 'mobike-untested': 0, 'mobike-first': 1, 'new-sa': 0,
         'new-sa-old-dropped': 2 + 1, 'new-sa-first': 1 + 1, 'all-sas-first': 2 + 1}
DETECTION, INTERVAL = 50e6, 1e6  # ns: how long until the node knows; from packet to packet of the flow


def fail(text):
    global failures
    failures += 1
    print(text)


def expect(what, found, round_trip, extra):
    """To the packet: a gap is measured between packets of the flow, and serialisation takes some microseconds."""
    want = DETECTION + (1 + extra) * round_trip
    if abs(found - want) > INTERVAL:
        fail('%s: disrupted for %.3f ms, F10 says %.3f ms' % (what, found / 1e6, want / 1e6))


def ns(text):
    return float(text.split()[0]) * 1e6


def study():
    out = os.path.join(scratch, 'ike-moves')
    subprocess.run(['rm', '-rf', out], check=True)
    subprocess.run([monami, 'sweep', 'run', moving, '--study', 'ways', '-o', out, '-q'], check=True)
    db = sqlite3.connect(os.path.join(out, 'study.sqlite'))
    seen = 0
    for number, found in db.execute("SELECT number, value FROM scalar WHERE name = 'disruption.down.down'"):
        said = dict(db.execute('SELECT name, value FROM parameter WHERE number = ?', (number,)))
        way, delay = said['nodes.car.profile'], ns(said['backbone.ha-two.delay'])
        expect('%s at %g ms' % (way, delay / 1e6), found, 2 * delay, EXTRA[way])
        seen += 1
    if seen != 7 * len(EXTRA):
        fail('%d runs, want %d' % (seen, 7 * len(EXTRA)))


def run(way, extra, *sets):
    out = os.path.join(scratch, 'ike-moves-run')
    subprocess.run([monami, 'run', moving, '-q', '-f', '-o', out, '--set', 'nodes.car.profile=' + way, '--set',
                    'expect=[]', *[x for s in sets for x in ('--set', s)]], check=True)
    found, = sqlite3.connect(os.path.join(out, 'results.sqlite')).execute(
        "SELECT max(disruption_ns) FROM disruption WHERE direction = 'down'").fetchone()
    expect('%s with %s' % (way, ', '.join(sets)), found, 50e6, extra)
    return out


THREE = ('profiles.%s.ipsec.prefix_discovery=esp', 'profiles.%s.ipsec.return_routability=esp')
study()
for way, extra in (('new-sa-old-dropped', 2 + 3), ('new-sa-first', 1 + 3), ('all-sas-first', 2 + 3)):
    run(way, extra, *[s % way for s in THREE])
for way in ('new-sa-old-dropped', 'new-sa-first'):  # a cookie costs a round trip more
    run(way, EXTRA[way] + 1, 'nodes.ha.responder.cookies_from=0')

# The home agent refuses what has no binding yet: asked again when it has one, it takes it (RFC 4555 3.5).
for way, extra in (('mobike-untested', 1), ('mobike', 1 + 1), ('mobike-first', 1 + 1 + 1)):
    run(way, extra, 'nodes.ha.responder.mobike_unbound=refuse')

# IKE begins where it does not stay: from the address that comes first, then from the one that is preferred.
for way, replication in (('new-sa-first', 3), ('mobike', 8)):
    out = run(way, EXTRA[way], 'timers.ike_patience=0 s', 'general.replication=%d' % replication)
    unreachable, = sqlite3.connect(os.path.join(out, 'results.sqlite')).execute(
        "SELECT value FROM counter WHERE node = 'car' AND name = 'ike.unreachable_ns'").fetchone()
    if unreachable > 0.5e9:
        fail('%s: IKE is not reached for %.3f ms' % (way, unreachable / 1e6))


def look(out, way):
    """What became of the SAs, and who said what from where."""
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    def events(name, node, after=20e9):
        return [(t, json.loads(d)) for t, d in db.execute(
            'SELECT t_ns, data FROM event WHERE name = ? AND node = ? AND t_ns >= ? ORDER BY id', (name, node, after))]
    inits = [d for _, d in events('ike.message', 'car') if d['exchange'] == 'IKE_SA_INIT' and d['direction'] == 'sent']
    updates = [d for _, d in events('ike.message', 'car') if d['task'] == 'update_addresses' and d['kind'] == 'request'
               and d['direction'] == 'sent']
    new = way.startswith('new-sa')
    if (len(inits), len(updates)) != (1 if new else 0, 1 if way.startswith('mobike') else 0):
        fail('%s: %d IKE_SA_INIT and %d updates' % (way, len(inits), len(updates)))
    migrated = len(events('ipsec.migrated', 'ha'))
    if way.startswith('mobike') and migrated != 1:
        fail('%s: the home agent moved the tunnel SAs %d times' % (way, migrated))
    before = db.execute('SELECT count(*), sum(ended_ns IS NULL) FROM sa WHERE made_ns < 20e9').fetchone()
    after = db.execute('SELECT count(*), sum(packets > 0) FROM sa WHERE made_ns > 20e9').fetchone()
    if new:
        acked = events('mip6.ba_received', 'car')[0][0]
        up = events('ike.sa_up', 'car')[0][0]
        if acked > up:  # it came on the old SAs
            fail('%s: acknowledged only when the new IKE SA was up' % way)
        if inits and inits[0]['local'] == events('ike.sa_up', 'car', 0)[0][1]['local']:
            fail('%s: IKE_SA_INIT from the old address' % way)
        if before[1] or after[0] != before[0] or not after[1]:
            fail('%s: of %d SAs %s are left, %d new ones, %s used' % (way, *before, *after))
    elif after[0] or before[1] != before[0]:
        fail('%s: %d new SAs, %s of %s left' % (way, after[0], before[1], before[0]))


# No message of IKE for the move (K bit); one exchange, two with the check (MOBIKE); 2 + n exchanges (new SA).
for way, exchanges in (('k-bit', 0), ('mobike-untested', 1), ('mobike', 2), ('new-sa', 3), ('new-sa-old-dropped', 3)):
    out = run(way, EXTRA[way])
    look(out, way)
    count, = sqlite3.connect(os.path.join(out, 'results.sqlite')).execute(
        "SELECT count(*) FROM event WHERE name = 'ike.message' AND t_ns > 20e9 AND t_ns < 24e9 AND "
        "data LIKE '%\"direction\":\"sent\"%' AND data LIKE '%\"kind\":\"request\"%' AND data NOT LIKE '%liveness%'"
    ).fetchone()
    if count != exchanges:
        fail('%s: %d exchanges for the move, want %d' % (way, count, exchanges))
if 'MONAMI_RULES' in os.environ and not failures:
    with open(os.environ['MONAMI_RULES'], 'w') as log:
        log.write('IKE-MIP-8\nIKE-MOB-10\nIKE-MOB-8\nIKE-MOB-9\nMCOA-SEC-3\nIPS-K-5\nIPS-K-6\n')
sys.exit(1 if failures else 0)
