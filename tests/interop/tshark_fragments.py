#!/usr/bin/python3
"""tshark_fragments.py MONAMI SCENARIO SCRATCH

tshark puts the fragments in the file of each end of a flow together, fragments in fragmented tunnels,
too, without a complaint, and finds as many whole datagrams that came in as table `flow` has.  Exit
code 77: tshark is not installed.
"""
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
out = os.path.join(scratch, 'tshark-fragments')
subprocess.run([monami, 'run', scenario, '-q', '-f', '-o', out, '--pcap', 'nodes'], check=True)
db = sqlite3.connect(os.path.join(out, 'results.sqlite'))


def tshark(node, what, *args):
    trace = os.path.join(out, 'packets', node + '.pcapng')
    done = subprocess.run(['tshark', '-r', trace, '-o', 'udp.check_checksum:TRUE', '-Y', what, *args],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit('%s: tshark: %s' % (trace, done.stderr.strip()[-300:]))
    return done.stdout.splitlines()


for flow, direction, end, received in db.execute('SELECT flow, direction, destination, received FROM flow'):
    size, = db.execute('SELECT max(bytes) FROM packet WHERE flow = ? AND direction = ?',
                       (flow, direction)).fetchone()
    bad = tshark(end, '_ws.malformed || _ws.expert.severity >= "Warning"')
    whole = [line for line in tshark(end, 'udp.length == %d && !icmpv6' % (size - 40), '-T', 'fields', '-e',
                                     'frame.packet_flags_direction') if int(line, 16) & 3 == 1]
    cut = tshark(end, 'ipv6.fraghdr')
    print('%s.%s: %d datagrams came whole to %s, in %d frames with fragments' %
          (flow, direction, len(whole), end, len(cut)))
    if bad or len(whole) != received or not cut:
        failures += 1
        print('  table flow has %d; complaints: %s' % (received, '\n'.join(bad[:10])))
sys.exit(1 if failures else 0)
