#!/usr/bin/python3
"""tshark_routes.py MONAMI SCENARIO SCRATCH

tshark sees the packets of one call at the mobile node's interface, first in the tunnel and then going
directly, and once more with a tunnel of ESP: as many of each as table `packet` has, every UDP checksum
good (over the home address, wherever the headers have it), the Home Address option upwards and the
type 2 routing header downwards where they go directly, and in nothing else but Binding Updates and
their answers.  HoTI and HoT are inside of ESP in the tunnel and opened with the keys of the run; cookies
and nonce indices are echoed.  Exit code 77: tshark is not installed.
"""
import collections
import os
import shutil
import sqlite3
import subprocess
import sys

monami, scenario, scratch = sys.argv[1:4]
if not shutil.which('tshark'):
    print('SKIPPED: tshark is not installed')
    sys.exit(77)
failures = 0
FIELDS = ['frame.packet_flags_direction', 'ipv6.src', 'ipv6.dst', 'ipv6.nxt', 'udp.checksum.status', 'esp.icv_good',
          'ipv6.opt.mipv6.home_address', 'ipv6.routing.mipv6.home_address', 'mip6.mhtype', 'mip6.hoti.cookie',
          'mip6.hot.cookie', 'mip6.coti.cookie', 'mip6.cot.cookie', 'mip6.hot.nindex', 'mip6.cot.nindex',
          'mip6.ni.hni', 'mip6.ni.cni', 'mip6.bad.auth']
HOTI, COTI, HOT, COT, BU, BA = '1', '2', '3', '4', '5', '6'


def check(what, holds, got):
    global failures
    print('%-66s %s%s' % (what, got, '' if holds else '   DOES NOT HOLD'))
    failures += not holds


def run(payload):
    out = os.path.join(scratch, 'tshark-routes')
    subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', out, '--pcap', 'all', '-s', 'expect=[]', '-s', 'events=[]',
                    '-s', 'general.stop=14 s', '-s', 'nodes.car.ipsec.payload=' + payload], check=True)
    return out, sqlite3.connect(os.path.join(out, 'results.sqlite'))


def seen(out, where):
    """What passed an interface, each frame a dictionary."""
    done = subprocess.run(['tshark', '-r', os.path.join(out, 'packets', 'all.pcapng'), '-o', 'udp.check_checksum:TRUE', '-Y',
                           'frame.interface_name == "%s"' % where, '-T', 'fields', '-E', 'separator=|',
                           *[x for f in FIELDS for x in ('-e', f)]], capture_output=True, text=True,
                          env=dict(os.environ, WIRESHARK_CONFIG_DIR=os.path.join(out, 'keys')))
    if done.returncode:
        sys.exit(done.stderr)
    return [dict(zip(FIELDS, line.split('|'))) for line in done.stdout.splitlines()]


def clothes(f):
    """Of a UDP packet: what stands around it."""
    nxt = f['ipv6.nxt'].split(',')
    if nxt[0] == '50':
        return 'tunnel' if nxt[1:] == ['17'] and f['esp.icv_good'] == '1' else 'not opened'
    return {('41', '17'): 'tunnel', ('60',): 'optimised', ('43',): 'optimised'}.get(tuple(nxt), 'other')


def call(out, db, payload):
    home = '2001:db8:a::100'
    got, good, wrong = collections.Counter(), collections.Counter(), []
    for f in seen(out, 'car.wlan0'):
        if not f['udp.checksum.status'] or f['mip6.mhtype']:
            continue
        way = 'down' if int(f['frame.packet_flags_direction'], 0) & 3 == 1 else 'up'
        kind = way, clothes(f)
        got[kind] += 1
        good[kind] += f['udp.checksum.status'] == '1'
        hao, rh2 = f['ipv6.opt.mipv6.home_address'], f['ipv6.routing.mipv6.home_address']
        want = {('up', 'optimised'): (home, ''), ('down', 'optimised'): ('', home)}.get(kind, ('', ''))
        esp = f['ipv6.nxt'].startswith('50')
        if (hao, rh2) != want or (kind[1] == 'tunnel') != ((',' in f['ipv6.src'])) or (kind[1] == 'tunnel' and esp != (payload == 'tunnel')):
            wrong.append(f)
    passed = {(way, path): n for way, path, n in db.execute(
        "SELECT direction, path, count(*) FROM packet WHERE received_ns IS NOT NULL AND path IN ('tunnel', 'optimised') GROUP BY 1, 2")}
    name = 'in ESP' if payload == 'tunnel' else 'in the clear'
    check('tunnel %s: packets that tshark saw are those of the table' % name, got == passed and len(got) == 4, dict(got))
    check('tunnel %s: every UDP checksum is good' % name, good == got, '%d' % sum(good.values()))
    check('tunnel %s: headers, and none too many' % name, not wrong, wrong[:1])


def tests(out):
    """What the mobile node sends and receives to be believed."""
    frames = [f for f in seen(out, 'car.wlan0') + seen(out, 'car.cell0') if f['mip6.mhtype']]
    of = collections.defaultdict(list)
    for f in frames:
        of[f['mip6.mhtype']].append(f)
    peer, = {f['ipv6.dst'] for f in of[COTI]}
    agent = '2001:db8:a::1'
    check('HoTI and HoT in ESP in the tunnel, opened', len(of[HOTI]) == len(of[HOT]) == 1 and all(
        f['ipv6.nxt'] == '50,135' and f['esp.icv_good'] == '1' for f in of[HOTI] + of[HOT]), len(of[HOTI] + of[HOT]))
    check('from home agent to correspondent and back', all(
        f['ipv6.dst'] == agent + ',' + peer for f in of[HOTI]) and all(f['ipv6.src'] == agent + ',' + peer for f in of[HOT]), peer)
    check('CoTI and CoT in nothing', len(of[COTI]) == len(of[COT]) == 2 and all(
        f['ipv6.nxt'] == '135' for f in of[COTI] + of[COT]), len(of[COTI] + of[COT]))
    asked = [f['mip6.hoti.cookie'] for f in of[HOTI]] + [f['mip6.coti.cookie'] for f in of[COTI]]
    echoed = [f['mip6.hot.cookie'] for f in of[HOT]] + [f['mip6.cot.cookie'] for f in of[COT]]
    check('cookies are echoed, and differ', sorted(asked) == sorted(echoed) and len(set(asked)) == 3, len(set(asked)))
    updates = [f for f in of[BU] if peer in f['ipv6.dst'].split(',')]
    answers = [f for f in of[BA] if peer in f['ipv6.src'].split(',')]
    index = ({f['mip6.hot.nindex'] for f in of[HOT]}, {f['mip6.cot.nindex'] for f in of[COT]})
    check('nonce indices are those of HoT and CoT', len(updates) == 2 and (
        {f['mip6.ni.hni'] for f in updates}, {f['mip6.ni.cni'] for f in updates}) == index, index)
    check('authorization in both; option upwards, routing header downwards', len(answers) == 2 and all(
        len(f['mip6.bad.auth'].replace(':', '')) == 24 for f in updates + answers) and all(
        f['ipv6.opt.mipv6.home_address'] for f in updates) and all(f['ipv6.routing.mipv6.home_address'] for f in answers), 4)
    check('neither in a test', not any(f['ipv6.opt.mipv6.home_address'] or f['ipv6.routing.mipv6.home_address']
                                       for t in (HOTI, COTI, HOT, COT) for f in of[t]), 'none')


for payload in ('none', 'tunnel'):
    place, tables = run(payload)
    call(place, tables, payload)
    tests(place)
sys.exit(1 if failures else 0)
