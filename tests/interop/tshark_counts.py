#!/usr/bin/python3
"""tshark_counts.py MONAMI SCENARIOS SCRATCH NAME...

Runs each scenario with its frames kept, and holds what tshark reads in the file against table
`counter`: nothing malformed, no warning, and the same number of each message and option on each
interface.  Over all scenarios every counter that a model can produce must be above zero.

What is protected is read with the keys that the run left, what is inside of ESP counted like the rest:
every ESP packet must have a good check value and be open, but for those that the run injected with a
wrong one, each of which must be bad.  What
tshark cannot read (UNREADABLE) is compared as far as it stands outside of ESP.
Exit code 77: tshark is not installed.
"""
import collections
import os
import shutil
import sqlite3
import struct
import subprocess
import sys

ICMP = {1: 'unreachable', 2: 'too_big', 3: 'time_exceeded', 4: 'parameter_problem',
        128: 'echo_request', 129: 'echo_reply', 133: 'rs', 134: 'ra', 135: 'ns', 136: 'na',
        137: 'redirect', 143: 'mld2_report', 144: 'haad_request', 145: 'haad_reply', 146: 'mps',
        147: 'mpa'}
MH = ['brr', 'hoti', 'coti', 'hot', 'cot', 'bu', 'ba', 'be']
OPTIONS = {'mip6.bra.interval': 'option.refresh_advice', 'mip6.acoa.acoa': 'option.alternate_coa',
           'mip6.bi.bid': 'option.bid', 'ipv6.opt.mipv6.home_address': 'header.home_address',
           'ipv6.routing.mipv6.home_address': 'header.routing2',
           'mip6.ni.hni': 'option.nonce_indices', 'mip6.bad.auth': 'option.authorization',
           'ipv6.opt.tel': 'header.encapsulation_limit'}
# What no scenario here sends.
LATER = {'option.refresh_advice', 'icmp6.redirect'}
# What must be seen inside of ESP, too.
INSIDE = {'udp', 'icmp6.mps', 'icmp6.mpa', 'mh.bu', 'mh.ba', 'mh.hoti', 'mh.hot', 'option.bid', 'header.fragment'}
UNREADABLE = {'protected-esn': 'extended sequence numbers', 'protected-chacha20': 'ChaCha20-Poly1305'}
SPOILT = {'attacks/wrong-icv'}  # what is injected there has wrong check values; nothing else has
# Those that are too much to be read by tshark, or have no ciphertext: less of them, which is the same.
LESS = {'fleet': ('nodes.car.count=3',), 'ike/mass-move': ('general.crypto=real', 'nodes.fleet.count=6'), 'ike/moving': ('flows.down.stop=20.8 s',)}
OUTSIDE = ('header.esp.', 'header.home_address.', 'header.routing2.')
FIELDS = ['isakmp.exchangetype', 'isakmp.enc.decrypted', 'frame.interface_name', 'frame.packet_flags_direction', 'frame.comment', 'icmpv6.type',
          'mip6.mhtype', 'ipv6.nxt', 'udp.srcport', 'esp.spi', 'esp.icv_good', 'esp.icv_bad', 'frame.number',
          '_ws.malformed', '_ws.expert.severity', 'ipv6.fraghdr.offset', 'ipv6.plen_exceeds_framing',
          'ipv6.routing.type', 'udp.checksum.status'] + list(OPTIONS) + ['_ws.expert.message']

IKE = {'34': 'sa_init', '35': 'auth', '36': 'create_child_sa', '37': 'informational'}

APART = ['-o', 'ipv6.defragment:FALSE']
WARNING, CHECKSUM_BAD = 0x600000, '0'

monami, scenarios, scratch = sys.argv[1:4]
if not shutil.which('tshark'):
    print('SKIPPED: tshark is not installed')
    sys.exit(77)
failures = 0


def fail(text):
    global failures
    failures += 1
    print(text)


def tshark(trace, keys, *args):
    done = subprocess.run(['tshark', '-r', trace, '-o', 'udp.check_checksum:TRUE', '-o',
                           'esp.do_esp_sequence_analysis:FALSE', *args],
                          capture_output=True, text=True, env=dict(os.environ, WIRESHARK_CONFIG_DIR=keys))
    if done.returncode or 'esp_sa' in done.stderr:
        fail('%s: tshark: %s' % (trace, done.stderr.strip()[-300:]))
    return done.stdout


def numbers(cell):
    return [v for v in cell.split(',') if v]


def complains(cell, apart):
    """Whether tshark finds something wrong with a frame. It holds the checksum of a quoted packet against its
    destination, which is not the last one where a routing header stands (RFC 8200 8.1). `apart`: the first fragment
    of a tunnel's packet holds a part of the inner one."""
    error = any(int(t) < 128 for t in numbers(cell['icmpv6.type']))
    if cell['_ws.malformed']:
        return apart or not error
    if all(int(s) < WARNING for s in numbers(cell['_ws.expert.severity'])):
        return False
    if not apart:
        return not error
    first = '0' in numbers(cell['ipv6.fraghdr.offset']) and cell['ipv6.plen_exceeds_framing']
    quoted = error and '2' in numbers(cell['ipv6.routing.type']) and CHECKSUM_BAD in numbers(cell['udp.checksum.status'])
    return not first and not quoted


class Read:
    """What tshark saw: counts by (interface, name), the same of what was in ESP, check values, and what is wrong."""

    def __init__(self, apart):
        self.apart, self.wrong = apart, []
        self.counts, self.inside = collections.Counter(), collections.Counter()
        self.good, self.bad, self.closed = collections.Counter(), collections.Counter(), []
        self.shut_ike = []  # frames of IKE that were not decrypted

    def look_at_esp(self, cell, where, way, spis):
        good, bad = (numbers(cell[f]).count('1') for f in ('esp.icv_good', 'esp.icv_bad'))
        self.good[where, way] += good
        self.bad[where, way] += bad
        if good + bad != spis:
            self.closed.append(cell['frame.number'])

    def take(self, cell):
        if complains(cell, self.apart):
            self.wrong.append('frame %s on %s: %s %s' % tuple(cell[f] for f in (
                'frame.number', 'frame.interface_name', '_ws.malformed', '_ws.expert.message')))
        where, counts = cell['frame.interface_name'], collections.Counter()
        way = 'received' if cell['frame.packet_flags_direction'] in ('1', '0x00000001') else 'sent'
        if 'not sent:' in cell['frame.comment']:
            way = 'dropped'
        nexts = cell['ipv6.nxt'].split(',')
        icmp = [int(t) for t in numbers(cell['icmpv6.type'])]
        tunnels = nexts.index('58') if '58' in nexts else len(nexts) - 1  # ICMPv6 may quote more
        own = nexts[:tunnels + 1]
        error = icmp and icmp[0] < 128  # what an error quotes is not counted
        spis = own.count('50') if error else len(numbers(cell['esp.spi']))
        for name, n in (('tunnel', tunnels), ('fragment', own.count('44')), ('esp', spis)):
            counts['header.' + name] += n
        if spis and not error:
            self.look_at_esp(cell, where, way, spis)
        if error:
            counts['icmp6.' + ICMP[icmp[0]]] += 1
        else:
            for t in icmp:
                counts['icmp6.' + ICMP[t]] += 1
            for t in numbers(cell['mip6.mhtype']):
                counts['mh.' + MH[int(t)]] += 1
            counts['udp'] += len(numbers(cell['udp.srcport']))
            for t in numbers(cell['isakmp.exchangetype']):
                counts['ike.' + IKE[t]] += 1
                if t != '34' and not cell['isakmp.enc.decrypted']:
                    self.shut_ike.append(cell['frame.number'])
            for field, name in OPTIONS.items():
                counts[name] += len(numbers(cell[field]))
        for name, n in counts.items():
            if n:
                self.counts[where, name + '.' + way] += n
                self.inside[name] += n if spis else 0


def read(trace, keys, into, *args):
    """In one pass."""
    out = tshark(trace, keys, *args, '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a',
                 *[x for f in FIELDS for x in ('-e', f)])
    for line in out.splitlines():
        into.take(dict(zip(FIELDS, line.split('|', len(FIELDS) - 1))))


def split(trace, folder):
    """A file for each direction of each interface: what crosses several links would be put together
    from the fragments of all."""
    with open(trace, 'rb') as f:
        data = f.read()
    at, head, frames = 0, b'', collections.defaultdict(list)
    while at < len(data):
        kind, n = struct.unpack_from('=II', data, at)
        block = data[at:at + n]
        at += n
        if kind != 6:  # enhanced packet block
            head += block
            continue
        port, _, _, size = struct.unpack_from('=IIII', block, 8)
        option, flags = 28 + (size + 3) // 4 * 4, 0
        while option < n - 4:
            code, length = struct.unpack_from('=HH', block, option)
            if code == 2:
                flags, = struct.unpack_from('=I', block, option + 4)
            if code == 0:
                break
            option += 4 + (length + 3) // 4 * 4
        frames[port, flags & 3].append(block)
    for (port, way), blocks in frames.items():
        path = os.path.join(folder, '%d-%d.pcapng' % (port, way))
        with open(path, 'wb') as f:
            f.write(head + b''.join(blocks))
        yield path


def read_run(name, out, keys, ours):
    trace = os.path.join(out, 'packets', 'all.pcapng')
    esp_in_fragments = any(k.startswith('header.fragment') and ours[port, k.replace('fragment', 'esp')]
                           for port, k in list(ours))
    got = Read(not esp_in_fragments)
    if not esp_in_fragments:  # each fragment for itself: the file has every interface that it passed
        read(trace, keys, got, *APART)
    else:
        for part in split(trace, os.path.join(out, 'packets')):
            read(part, keys, got)
            os.unlink(part)
    if got.wrong:
        fail('%s: tshark complains:\n%s' % (name, '\n'.join(got.wrong)[:2000]))
    return got


def check_esp(name, got, ours):
    if got.shut_ike:
        fail('%s: %d messages of IKE that tshark did not decrypt, such as %s' % (name, len(got.shut_ike), got.shut_ike[:5]))
    if got.closed:
        fail('%s: %d frames with ESP that tshark did not open, such as %s' % (name, len(got.closed), got.closed[:5]))
    for port, way in sorted(set(got.good) | set(got.bad)):
        bad, injected = got.bad[port, way], ours[port, 'injected.' + way] if name in SPOILT else 0
        sealed = ours[port, 'header.esp.' + way]
        if bad != injected or got.good[port, way] + bad != sealed:
            fail('%s: %s %s: %d good and %d bad check values; counters say %d in ESP, %d injected' %
                 (name, port, way, got.good[port, way], bad, sealed, injected))
    return sum(got.good.values())


def counters(out):
    ours = collections.Counter()
    for node, interface, counter, value in sqlite3.connect(os.path.join(out, 'results.sqlite')).execute(
            'SELECT node, interface, name, value FROM counter WHERE interface IS NOT NULL'):
        if counter.split('.')[0] in ('icmp6', 'mh', 'option', 'header', 'udp', 'ike', 'injected'):
            ours[node + '.' + interface, counter] = value
            seen[counter.rsplit('.', 1)[0]] += value
    return ours


def compare(name, ours, theirs, shut):
    """`shut`: of interfaces with ESP only what stands outside of it."""
    n = 0
    ports = {port for port, key in ours if key.startswith('header.esp.')} if shut else ()
    for port, key in sorted(set(ours) | set(theirs)):
        a, b = ours[port, key], theirs[port, key]
        if key.startswith('injected.'):
            continue
        if port in ports and not key.startswith(OUTSIDE):
            if b > a:
                fail('%s: %s %s: counter says %d, tshark %d outside of ESP' % (name, port, key, a, b))
            continue
        n += 1
        if a != b:
            fail('%s: %s %s: counter says %d, tshark %d' % (name, port, key, a, b))
    return n


def check(name):
    out = os.path.join(scratch, 'tshark-' + name.replace('/', '-'))
    subprocess.run([monami, 'run', os.path.join(scenarios, name + '.yaml'), '-q', '-f', '-o', out,
                    '--pcap', 'all'] + [x for s in LESS.get(name, ()) for x in ('-s', s)], check=True)
    ours = counters(out)
    shut = UNREADABLE.get(name)
    keys = os.path.join(out, 'no-keys' if shut else 'keys')
    os.makedirs(keys, exist_ok=True)
    got = read_run(name, out, keys, ours)
    n = compare(name, ours, got.counts, shut)
    esp = sum(v for (_, key), v in ours.items() if key.startswith('header.esp.'))
    if shut:
        print('%s: NOT READABLE by tshark (%s): %d ESP packets; %d counters outside of them agree' % (name, shut, esp, n))
        if sum(got.good.values()) or not esp:
            fail('%s: tshark reads it after all' % name)
        return
    inside.update(got.inside)
    good = check_esp(name, got, ours)
    print('%s: %d counters agree with tshark%s' % (name, n, ', %d ESP packets verified' % good if esp else ''))


seen, inside = collections.Counter(), collections.Counter()
for scenario in sys.argv[4:]:
    check(scenario)

names = {'icmp6.' + n for n in ICMP.values()} | {'mh.' + n for n in MH} | set(OPTIONS.values())
names |= {'ike.' + n for n in IKE.values()}
names |= {'udp', 'header.tunnel', 'header.fragment', 'header.esp'}
for name in sorted(names - LATER):
    if not seen[name]:
        fail('%s is in no scenario of the library' % name)
for name in sorted(INSIDE):
    if not inside[name]:
        fail('%s is never inside of ESP' % name)
for name in sorted(LATER):
    if seen[name]:
        fail('%s is sent after all: take it out of the list' % name)
sys.exit(1 if failures else 0)
