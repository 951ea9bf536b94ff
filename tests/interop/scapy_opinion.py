#!/usr/bin/python3
"""scapy_opinion.py MONAMI SCENARIOS SCRATCH JUDGE NAME...

JUDGE (a script on scapy that lies beside the checkout) looks at checksum, length and alignment of
every Mobility Header in each scenario's frames, and opens ESP with the keys that the run left; it must
find as many as table `counter` has, and no fault.  scapy is slow: of a protected scenario it sees what
passes the mobile nodes' own interfaces, and of some (SHORT) a shorter call.  It knows no GCM with
check values of 12 and 8 bytes; extended sequence numbers and ChaCha20-Poly1305 it knows, and is told
of them (TOLD).  Exit code 77: JUDGE or scapy is not here.
"""
import os
import shutil
import sqlite3
import subprocess
import sys

SHORT = {'fleet': ['nodes.car.count=3'], 'protected-call': ['flows.call.stop=34 s'], 'protected-chacha20': ['flows.call.stop=16 s'],
         'protected-prefix-change': ['flows.call.stop=13 s'], 'protected-esn': ['flows.near.stop=11 s'],
         'ike/mass-move': ['general.crypto=real', 'nodes.fleet.count=4'], 'ike/moving': ['flows.down.stop=20.3 s'],
         'ike/one-address': ['flows.first.stop=7 s', 'flows.second.stop=7 s'],
         'comparisons/tunnel-ends': ['flows.flow.stop=6 s'], 'comparisons/vpn': ['flows.down.stop=20.3 s'],
         'comparisons/routes': ['flows.stream.stop=260.2 s'], 'comparisons/operators': ['flows.stream.stop=30 s'],
         'comparisons/detectors': ['flows.stream.stop=17 s'],
         'ike/call': ['flows.call.stop=30 s'], 'ike/behind-a-translator': ['flows.call.stop=40 s', 'flows.late.stop=175 s']}
for many in ('9', '9-below', '9-per-coa', '6b-in-flight', '6b-in-flight-off'):
    SHORT['ietf68/seed-' + many] = ['flows.%s.stop=6 s' % flow for flow in ('first', 'second', 'third')]
UNKNOWN = ('aes128-gcm12', 'aes128-gcm8')
TOLD = {'protected-esn': 'opens = S.decrypt; S.decrypt = lambda s, p: opens(s, p, esn_en=True, esn=0)',
        'protected-chacha20': 'begins = S.__init__; S.__init__ = lambda *a, **k: '
                              'begins(*a, **{**k, "crypt_algo": "CHACHA20-POLY1305"})'}
# tshark has no word for ChaCha20, so that keys/ has no line; a suite with keys as long has the same.
SAME_KEYS = {'protected-chacha20': 'nodes.car.ipsec.suite=aes256-gcm16'}
SPOILT = {'attacks/wrong-icv'}  # the judge must find a fault with each that is injected
SHIM = '''import runpy, sys
from scapy.layers.ipsec import SecurityAssociation as S
%s
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name='__main__')
'''

JOIN = '''import collections, logging, sys
logging.getLogger('scapy').setLevel(logging.ERROR)
from scapy.all import IPv6, raw, rdpcap, wrpcap
from scapy.layers.inet6 import IPv6ExtHdrFragment, defragment6
parts = collections.defaultdict(list)
for p in rdpcap(sys.argv[1]):
    p = IPv6(raw(p[IPv6] if IPv6 in p else p))
    parts[p.src, p.dst, p[IPv6ExtHdrFragment].id].append(p)
whole = [defragment6(list) for list in parts.values()]
if whole:
    wrpcap(sys.argv[2], whole)
print(len(whole))
'''

monami, scenarios, scratch, judge = sys.argv[1:5]
if not os.path.exists(judge):
    print('SKIPPED: the judge is not beside this checkout')
    sys.exit(77)
if not shutil.which('tshark'):
    print('SKIPPED: tshark is not installed')
    sys.exit(77)
if subprocess.run([sys.executable, '-c', 'import scapy.all'], capture_output=True).returncode:
    print('SKIPPED: scapy is not installed')
    sys.exit(77)
failures = 0


def run(name, out, more=()):
    sets = [x for s in SHORT.get(name, []) + list(more) for x in ('-s', s)]
    done = subprocess.run([monami, 'run', os.path.join(scenarios, name + '.yaml'), '-q', '-f', '-o', out,
                           '--pcap', 'all', *sets], capture_output=bool(sets))
    if done.returncode > (1 if sets else 0):  # a shorter call need not be what the scenario expects
        sys.exit('%s: exit code %d' % (name, done.returncode))


def shown(db):
    """Which interfaces the judge sees, as tshark and as table counter say it, or all."""
    skip = ','.join('?' * len(UNKNOWN))
    nodes = [n for n, in db.execute(
        'SELECT DISTINCT node FROM sa WHERE suite NOT IN (%s) AND node IN '
        "(SELECT node FROM occurrence WHERE name = 'mip6.bu_sent')" % skip, UNKNOWN)]
    if not nodes:
        return 'mipv6', '1'
    return ('(mipv6 || esp) && frame.interface_name matches "^(%s)[.]"' % '|'.join(nodes),
            'node IN (%s)' % ','.join("'%s'" % n for n in nodes))


def keys_of(name, out):
    path = os.path.join(out, 'keys', 'esp_sa')
    if name in SAME_KEYS:
        run(name, out + '-keys', [SAME_KEYS[name]])
        path = os.path.join(out + '-keys', 'keys', 'esp_sa')
    keys = os.path.join(scratch, 'scapy-keys')
    with open(keys, 'w') as f:
        if os.path.exists(path):
            f.writelines(line for line in open(path) if 'with 12 octet' not in line and 'with 8 octet' not in line)
    return keys


def join(which, whole):
    """The judge does not put fragments together: scapy does that for it, into a file of its own. How many."""
    subprocess.run([*whole, '(%s) && ipv6.fraghdr.nxt == 50' % which.replace('mipv6 || esp', 'ipv6'), '-w',
                    os.path.join(scratch, 'scapy-cut.pcapng')], check=True, capture_output=True)
    joined = subprocess.run([sys.executable, '-c', JOIN, os.path.join(scratch, 'scapy-cut.pcapng'),
                             os.path.join(scratch, 'scapy-joined.pcap')], check=True, capture_output=True, text=True)
    return int(joined.stdout)


def counted(db, like, where):
    return db.execute('SELECT coalesce(sum(value), 0) FROM counter WHERE name LIKE ? AND interface IS NOT NULL AND ' +
                      where, (like,)).fetchone()[0]


def check(name):
    """One that sends no Mobility Header, as a client of IPsec alone, is not for this judge."""
    global failures
    out = os.path.join(scratch, 'scapy-' + name.replace('/', '-'))
    run(name, out)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    if not db.execute("SELECT count(*) FROM occurrence WHERE name = 'mip6.bu_sent'").fetchone()[0]:
        print('%s: no Mobility Headers, not shown' % name)
        return
    which, where = shown(db)
    some = os.path.join(scratch, 'scapy.pcapng')  # let it see what it judges
    whole = ['tshark', '-r', os.path.join(out, 'packets', 'all.pcapng'), '-o', 'ipv6.defragment:FALSE', '-Y']
    subprocess.run([*whole, '(%s) && !ipv6.fraghdr.nxt' % which, '-w', some], check=True, capture_output=True)
    cut = join(which, whole) if counted(db, 'header.esp.%', where) and counted(db, 'header.fragment.%', where) else 0
    how = ['-c', SHIM % TOLD[name], judge] if name in TOLD else [judge]
    keys = keys_of(name, out)
    done = subprocess.run([sys.executable, *how, some, keys], capture_output=True, text=True)
    said, code = done.stdout, done.returncode
    if cut:
        more = subprocess.run([sys.executable, *how, os.path.join(scratch, 'scapy-joined.pcap'), keys],
                              capture_output=True, text=True)
        said, code = said + more.stdout, code | more.returncode
    found = said.count('MH type'), said.count(' ESP ')
    ours = tuple(counted(db, like, where) for like in ('mh.%', 'header.esp.%'))
    print('%s: %d Mobility Headers, %d in ESP, exit code %d%s' %
          (name, *found, code, ', %d of them put together from fragments' % cut if cut else ''))
    if name in SPOILT:
        faults = said.count(': BAD')
        spoilt, = db.execute("SELECT sum(value) FROM counter WHERE name LIKE 'injected.%' AND interface IS NOT NULL "
                             'AND ' + where).fetchone()
        print('  %d faults found, %d injected' % (faults, spoilt))
        failures += faults != spoilt or found[1] != ours[1]
        return
    if code or found != ours:
        failures += 1
        print('  the counters say %d and %d' % ours)
        print('\n'.join(line for line in said.splitlines() if 'BAD' in line)[:2000])
        print(done.stderr[-500:])


for scenario in sys.argv[5:]:
    check(scenario)
sys.exit(1 if failures else 0)
