#!/usr/bin/python3
"""tokens.py MONAMI SCENARIOS SCRATCH

Keygen tokens, cookies and authenticators as they pass the correspondents of whole runs: two seeds, two
mobile nodes, two correspondents, several nonces each.  A token is the same whenever the same
correspondent gives it for the same address and nonce, and else no two are: not of another seed, node,
correspondent, nonce, or test.  Each HoTI and CoTI has a cookie of its own, and its answer has it too.
The authenticator of every Binding Update and acknowledgement is what hashlib makes of the tokens that
were seen on the way (RFC 6275 5.2.5, 6.2.7).
"""
import collections
import hashlib
import hmac
import os
import shutil
import struct
import subprocess
import sys
import tempfile

from pcapng import frames

monami, _, scratch = sys.argv[1:4]
place = tempfile.mkdtemp(dir=scratch)
failures = 0
SCENARIO = '''
monami: 1
title: Two mobile nodes, two correspondents
general: {stop: 130 s, seed: 1}
networks:
  home: {prefix: "2001:db8:a::/64", agent: ha}
  lte: {access: cellular, prefix: {pool: "2001:db8:1000::/40"}, dad: none, rate: 20 Mbit/s, delay: 5 ms}
  inet: {prefix: "2001:db8:c::/64"}
backbone:
  ha-lte: {between: [home, lte], delay: 5 ms}
  ha-inet: {between: [home, inet], delay: 10 ms}
profiles:
  node: &node
    role: mobile
    interfaces: {a: {attach: lte}, b: {attach: lte}}
    route_optimisation: {ahead: 150 s, lifetime: 100 s}
nodes:
  ha: {role: home-agent, network: home}
  c1: {role: correspondent, network: inet, correspondent: {}}
  c2: {role: correspondent, network: inet, correspondent: {}}
  m1: {profile: node, home: {agent: ha, address: "2001:db8:a::100"}}
  m2: {profile: node, home: {agent: ha, address: "2001:db8:a::200"}}
flows:
  f11: {between: [m1, c1], traffic: {constant: {interval: 1 s}}, start: 5 s}
  f12: {between: [m1, c2], traffic: {constant: {interval: 1 s}}, start: 5 s}
  f21: {between: [m2, c1], traffic: {constant: {interval: 1 s}}, start: 5 s}
  f22: {between: [m2, c2], traffic: {constant: {interval: 1 s}}, start: 5 s}
events:
  - {at: 110 s, detach: m1.a}
'''
HOTI, COTI, HOT, COT, BU, BA = range(1, 7)


def check(what, holds, got):
    global failures
    print('%-64s %s%s' % (what, got, '' if holds else '   DOES NOT HOLD'))
    failures += not holds


def message(ip):
    """Source and destination as on the wire, the home address if there is one, and the Mobility Header; or None."""
    nxt, at, home = ip[6], 40, None
    while nxt in (43, 60):
        if nxt == 43 and ip[at + 2] == 2:
            home = ip[at + 8:at + 24]
        if nxt == 60 and ip[at + 6] == 201:
            home = ip[at + 8:at + 24]
        nxt, at = ip[at], at + 8 * (ip[at + 1] + 1)
    return (ip[8:24], ip[24:40], home, ip[at:]) if ip[0] >> 4 == 6 and nxt == 135 else None


def options(mh):
    at, out = 12, {}
    while at < len(mh):
        if mh[at] == 0:
            at += 1
            continue
        out[mh[at]] = mh[at + 2:at + 2 + mh[at + 1]]
        at += 2 + mh[at + 1]
    return out


class Seen:
    def __init__(self, seed):
        self.seed = seed
        self.tokens = {}  # (correspondent, address, type, nonce): token
        self.cookies, self.echoed, self.updates = collections.Counter(), collections.Counter(), {}
        self.changed = self.right = self.wrong = self.bare = 0

    def give(self, mh, cn, to):
        nonce, = struct.unpack_from('>H', mh, 6)
        key = cn, to, mh[2], nonce
        self.changed += self.tokens.setdefault(key, mh[16:24]) != mh[16:24]
        self.echoed[mh[8:16]] += 1

    def authentic(self, mh, cn, keys, coa):
        kbm = hashlib.sha1(keys).digest()
        bare = mh[:4] + b'\0\0' + mh[6:-12]
        same = hmac.new(kbm, coa + cn + bare, hashlib.sha1).digest()[:12] == mh[-12:]
        self.right += same
        self.wrong += not same

    def update(self, src, cn, home, mh):
        home = home or src
        o = options(mh)
        deletes = mh[10:12] == b'\0\0'
        hni, cni = struct.unpack('>HH', o[4])
        coa = home if deletes else o[35][4:] if 35 in o else src
        keys = self.tokens[cn, home, HOT, hni] + (b'' if deletes else self.tokens[cn, coa, COT, cni])
        self.updates[cn, home, mh[6:8]] = keys, coa
        self.authentic(mh, cn, keys, coa)

    def answer(self, cn, dst, home, mh):
        if 5 not in options(mh):
            self.bare += 1
            return
        self.authentic(mh, cn, *self.updates[cn, home or dst, mh[8:10]])

    def take(self, src, dst, home, mh):
        if mh[2] in (HOTI, COTI):
            self.cookies[mh[8:16]] += 1
        elif mh[2] in (HOT, COT):
            self.give(mh, src, dst)
        elif mh[2] == BU:
            self.update(src, dst, home, mh)
        elif mh[2] == BA:
            self.answer(src, dst, home, mh)


def run(seed):
    file, out = os.path.join(place, 'tokens.yaml'), os.path.join(place, 'run')
    with open(file, 'w') as f:
        f.write(SCENARIO)
    subprocess.run([monami, 'run', file, '-q', '-f', '-o', out, '--pcap', 'all', '-s', 'general.seed=%d' % seed], check=True)
    seen = Seen(seed)
    for where, frame in frames(os.path.join(out, 'packets', 'all.pcapng')):
        m = message(frame[14:]) if where in ('c1.eth0', 'c2.eth0') and frame[12:14] == b'\x86\xdd' else None
        if m:
            seen.take(*m)
    return seen


runs = [run(1), run(2)]
given = [(token, (s.seed,) + key) for s in runs for key, token in s.tokens.items()]
check('the same address and nonce, the same token', not any(s.changed for s in runs), 'never another')
check('tokens: each is unlike all others', len({t for t, _ in given}) == len(given), len(given))
for what, at, least in (('seeds', 0, 2), ('correspondents', 1, 2), ('addresses of nodes', 2, 6), ('tests', 3, 2)):
    check('there are several ' + what, len({k[at] for _, k in given}) >= least, len({k[at] for _, k in given}))
nonces = collections.defaultdict(set)
for _, k in given:
    nonces[k[:4]].add(k[4])
# b of each is renewed: two home addresses at two correspondents, under each seed
check('several nonces for the same address', sum(len(n) > 1 for n in nonces.values()) >= 16, max(len(n) for n in nonces.values()))
cookies = sum((s.cookies for s in runs), collections.Counter())
check('cookies: none comes twice, all are answered', set(cookies.values()) == {1} and
      cookies == sum((s.echoed for s in runs), collections.Counter()), len(cookies))
check('authenticators as hashlib makes them', all(s.right and not s.wrong for s in runs), sum(s.right for s in runs))
check('answers without one', not any(s.bare for s in runs), sum(s.bare for s in runs))
shutil.rmtree(place)
sys.exit(1 if failures else 0)
