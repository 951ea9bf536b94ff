#!/usr/bin/python3
"""tshark_counts.py MONAMI SCENARIOS SCRATCH NAME...

Runs each scenario with its frames kept, and holds what tshark reads in the file against table
`counter`: nothing malformed, no warning, and the same number of each message and option on each
interface.  Over all scenarios every counter that a model can produce must be above zero.
Exit code 77: tshark is not installed.
"""
import collections
import os
import shutil
import sqlite3
import subprocess
import sys

ICMP = {1: 'unreachable', 2: 'too_big', 3: 'time_exceeded', 4: 'parameter_problem',
        128: 'echo_request', 129: 'echo_reply', 133: 'rs', 134: 'ra', 135: 'ns', 136: 'na',
        137: 'redirect', 143: 'mld2_report'}
MH = ['brr', 'hoti', 'coti', 'hot', 'cot', 'bu', 'ba', 'be']
OPTIONS = {'mip6.bra.interval': 'option.refresh_advice', 'mip6.acoa.acoa': 'option.alternate_coa',
           'mip6.bi.bid': 'option.bid', 'ipv6.opt.mipv6.home_address': 'header.home_address',
           'ipv6.routing.mipv6.home_address': 'header.routing2'}
# What no model sends yet: return routability, refresh requests, redirects, ...
LATER = {'mh.brr', 'mh.hoti', 'mh.coti', 'mh.hot', 'mh.cot', 'mh.be', 'option.refresh_advice',
         'option.nonce_indices', 'option.authorization', 'icmp6.redirect'}
FIELDS = ['frame.interface_name', 'frame.packet_flags_direction', 'frame.comment', 'icmpv6.type',
          'mip6.mhtype', 'ipv6.nxt', 'udp.srcport', 'ipv6.fraghdr.ident',
          'ipv6.fraghdr.nxt', 'ipv6.fraghdr.offset'] + list(OPTIONS)

monami, scenarios, scratch = sys.argv[1:4]
if not shutil.which('tshark'):
    print('SKIPPED: tshark is not installed')
    sys.exit(77)
failures = 0


def fail(text):
    global failures
    failures += 1
    print(text)


def tshark(trace, *args, join=False):
    # each frame as it is: a fragment is met on every link, and would be joined with its own copies
    done = subprocess.run(['tshark', '-r', trace, '-o', 'udp.check_checksum:TRUE',
                           '-o', 'ipv6.defragment:%s' % str(join).upper(), *args],
                          capture_output=True, text=True)
    if done.returncode:
        fail('%s: tshark: %s' % (trace, done.stderr.strip()[-300:]))
    return done.stdout


def read_counts(trace):
    """(interface, name) -> number, as tshark reads the file in one pass."""
    counts = collections.Counter()
    out = tshark(trace, '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a',
                 *[x for f in FIELDS for x in ('-e', f)])
    for line in out.splitlines():
        cell = dict(zip(FIELDS, line.split('|')))
        way = 'received' if cell['frame.packet_flags_direction'] in ('1', '0x00000001') else 'sent'
        if 'not sent:' in cell['frame.comment']:
            way = 'dropped'
        nexts = cell['ipv6.nxt'].split(',')
        icmp = [int(t) for t in cell['icmpv6.type'].split(',') if t]
        if icmp and icmp[0] < 128:  # what an error quotes is not counted
            counts[cell['frame.interface_name'], 'icmp6.%s.%s' % (ICMP[icmp[0]], way)] += 1
            tunnels = nexts[:nexts.index('58')].count('41')
            if tunnels:
                counts[cell['frame.interface_name'], 'header.tunnel.%s' % way] += tunnels
            continue
        for t in icmp:
            counts[cell['frame.interface_name'], 'icmp6.%s.%s' % (ICMP[t], way)] += 1
        for t in cell['mip6.mhtype'].split(','):
            if t:
                counts[cell['frame.interface_name'], 'mh.%s.%s' % (MH[int(t)], way)] += 1
        for _ in [p for p in cell['udp.srcport'].split(',') if p]:
            counts[cell['frame.interface_name'], 'udp.%s' % way] += 1
        for _ in [f for f in cell['ipv6.fraghdr.ident'].split(',') if f]:
            counts[cell['frame.interface_name'], 'header.fragment.%s' % way] += 1
        firsts = zip(cell['ipv6.fraghdr.nxt'].split(','), cell['ipv6.fraghdr.offset'].split(','))
        for _ in range(nexts.count('41') + sum(n == '41' and int(o) == 0 for n, o in firsts if o)):
            counts[cell['frame.interface_name'], 'header.tunnel.%s' % way] += 1
        for field, name in OPTIONS.items():
            n = len([v for v in cell[field].split(',') if v])
            if n:
                counts[cell['frame.interface_name'], '%s.%s' % (name, way)] += n
    return counts


def check_joined(name, out):
    """Fragments, seen from a node with one interface, are joined by tshark without complaint."""
    subprocess.run([monami, 'run', os.path.join(scenarios, name + '.yaml'), '-q', '-f', '-o', out,
                    '--pcap', 'nodes'], check=True)
    trace = os.path.join(out, 'packets', 'cn.pcapng')
    bad = tshark(trace, '-Y', '_ws.malformed || _ws.expert.severity >= "Warning"', join=True)
    joined = tshark(trace, '-Y', 'ipv6.reassembled.in || ipv6.fragment.count', join=True)
    if bad.strip() or not joined.strip():
        fail('%s: tshark joins %d frames and complains:\n%s' % (name, len(joined.splitlines()), bad[:2000]))


seen = collections.Counter()
for name in sys.argv[4:]:
    out = os.path.join(scratch, 'tshark-' + name)
    subprocess.run([monami, 'run', os.path.join(scenarios, name + '.yaml'), '-q', '-f', '-o', out,
                    '--pcap', 'all'], check=True)
    trace = os.path.join(out, 'packets', 'all.pcapng')
    bad = tshark(trace, '-Y', '!ipv6.fraghdr && (_ws.malformed || _ws.expert.severity >= "Warning")')
    if bad.strip():
        fail('%s: tshark complains:\n%s' % (name, bad[:2000]))
    theirs = read_counts(trace)
    if any(counter.startswith('header.fragment') for _, counter in theirs):
        check_joined(name, out)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    ours = collections.Counter()
    for node, interface, counter, value in db.execute(
            'SELECT node, interface, name, value FROM counter WHERE interface IS NOT NULL'):
        if counter.split('.')[0] in ('icmp6', 'mh', 'option', 'header', 'udp'):
            ours[node + '.' + interface, counter] = value
            seen[counter.rsplit('.', 1)[0]] += value
    for key in sorted(set(ours) | set(theirs)):
        if ours[key] != theirs[key]:
            fail('%s: %s %s: counter says %d, tshark %d' % (name, *key, ours[key], theirs[key]))
    print('%s: %d counters agree with tshark' % (name, len(ours)))

names = {'icmp6.' + n for n in ICMP.values()} | {'mh.' + n for n in MH} | set(OPTIONS.values())
names |= {'udp', 'header.tunnel', 'header.fragment', 'option.nonce_indices', 'option.authorization'}
for name in sorted(names - LATER):
    if not seen[name]:
        fail('%s is in no scenario of the library' % name)
for name in sorted(LATER):
    if seen[name]:
        fail('%s is sent after all: take it out of the list' % name)
sys.exit(1 if failures else 0)
