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
        137: 'redirect', 143: 'mld2_report', 146: 'mps', 147: 'mpa'}
MH = ['brr', 'hoti', 'coti', 'hot', 'cot', 'bu', 'ba', 'be']
OPTIONS = {'mip6.bra.interval': 'option.refresh_advice', 'mip6.acoa.acoa': 'option.alternate_coa',
           'mip6.bi.bid': 'option.bid', 'ipv6.opt.mipv6.home_address': 'header.home_address',
           'ipv6.routing.mipv6.home_address': 'header.routing2',
           'ipv6.opt.tel': 'header.encapsulation_limit'}
# What no model sends yet: return routability, refresh requests, redirects, prefixes, ESP, ...
LATER = {'mh.brr', 'mh.hoti', 'mh.coti', 'mh.hot', 'mh.cot', 'mh.be', 'option.refresh_advice',
         'option.nonce_indices', 'option.authorization', 'icmp6.redirect', 'header.esp'}
FIELDS = ['frame.interface_name', 'frame.packet_flags_direction', 'frame.comment', 'icmpv6.type',
          'mip6.mhtype', 'ipv6.nxt', 'udp.srcport'] + list(OPTIONS)

APART = ['-o', 'ipv6.defragment:FALSE']

monami, scenarios, scratch = sys.argv[1:4]
if not shutil.which('tshark'):
    print('SKIPPED: tshark is not installed')
    sys.exit(77)
failures = 0


def fail(text):
    global failures
    failures += 1
    print(text)


def tshark(trace, *args):
    done = subprocess.run(['tshark', '-r', trace, '-o', 'udp.check_checksum:TRUE', *args],
                          capture_output=True, text=True)
    if done.returncode:
        fail('%s: tshark: %s' % (trace, done.stderr.strip()[-300:]))
    return done.stdout


def read_counts(trace):
    """(interface, name) -> number, as tshark reads the file in one pass.  Each fragment for itself: the
    file has every interface that it passed."""
    counts = collections.Counter()
    out = tshark(trace, *APART, '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a',
                 *[x for f in FIELDS for x in ('-e', f)])
    for line in out.splitlines():
        cell = dict(zip(FIELDS, line.split('|')))
        way = 'received' if cell['frame.packet_flags_direction'] in ('1', '0x00000001') else 'sent'
        if 'not sent:' in cell['frame.comment']:
            way = 'dropped'
        nexts = cell['ipv6.nxt'].split(',')
        icmp = [int(t) for t in cell['icmpv6.type'].split(',') if t]
        tunnels = nexts.index('58') if '58' in nexts else len(nexts) - 1  # ICMPv6 may quote more
        own = nexts[:tunnels + 1]
        for name, n in (('tunnel', tunnels), ('fragment', own.count('44')), ('esp', own.count('50'))):
            if n:
                counts[cell['frame.interface_name'], 'header.%s.%s' % (name, way)] += n
        if icmp and icmp[0] < 128:  # what an error quotes is not counted
            counts[cell['frame.interface_name'], 'icmp6.%s.%s' % (ICMP[icmp[0]], way)] += 1
            continue
        for t in icmp:
            counts[cell['frame.interface_name'], 'icmp6.%s.%s' % (ICMP[t], way)] += 1
        for t in cell['mip6.mhtype'].split(','):
            if t:
                counts[cell['frame.interface_name'], 'mh.%s.%s' % (MH[int(t)], way)] += 1
        for _ in [p for p in cell['udp.srcport'].split(',') if p]:
            counts[cell['frame.interface_name'], 'udp.%s' % way] += 1
        for field, name in OPTIONS.items():
            n = len([v for v in cell[field].split(',') if v])
            if n:
                counts[cell['frame.interface_name'], '%s.%s' % (name, way)] += n
    return counts


seen = collections.Counter()
for name in sys.argv[4:]:
    out = os.path.join(scratch, 'tshark-' + name)
    subprocess.run([monami, 'run', os.path.join(scenarios, name + '.yaml'), '-q', '-f', '-o', out,
                    '--pcap', 'all'], check=True)
    trace = os.path.join(out, 'packets', 'all.pcapng')
    # the first fragment of a tunnel's packet holds a part of the inner one
    bad = tshark(trace, *APART, '-Y', '_ws.malformed || (_ws.expert.severity >= "Warning" && '
                 '!(ipv6.fraghdr.offset == 0 && ipv6.plen_exceeds_framing))')
    if bad.strip():
        fail('%s: tshark complains:\n%s' % (name, bad[:2000]))
    theirs = read_counts(trace)
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
names |= {'udp', 'header.tunnel', 'header.fragment', 'header.esp', 'option.nonce_indices', 'option.authorization'}
for name in sorted(names - LATER):
    if not seen[name]:
        fail('%s is in no scenario of the library' % name)
for name in sorted(LATER):
    if seen[name]:
        fail('%s is sent after all: take it out of the list' % name)
sys.exit(1 if failures else 0)
