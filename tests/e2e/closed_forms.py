#!/usr/bin/python3
"""closed_forms.py MONAMI SCENARIOS SCRATCH

Numbers that follow from arithmetic alone, held exactly, to the nanosecond:
  F0   delay of a packet = sum over hops of 8 S / R + L
  F4   first registration = d(BU) + 1 s (the home agent tests the address) + d(BA)
  F11  packets lost in an outage of D with no queue to wait in: D / interval
  F14  a G.711 packet is 220 B, 260 B in the tunnel
"""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

monami, scenarios, scratch = sys.argv[1:4]
place = tempfile.mkdtemp(dir=scratch)
failures = 0


def run(file, *settings):
    out = os.path.join(place, 'run')
    subprocess.run([monami, 'run', file, '-q', '-f', '-o', out] + [x for s in settings for x in ('-s', s)],
                   check=True)
    return sqlite3.connect(os.path.join(out, 'results.sqlite'))


def check(what, got, want):
    global failures
    print('%-34s %s' % (what, got))
    if got != want:
        failures += 1
        print('  want %s' % (want,))


def transmission(size, rate):
    return (8 * size * 10**9 + rate // 2) // rate


CHAIN = '''
monami: 1
title: A chain
general: {stop: 3 s}
networks:
  n1: {prefix: "2001:db8:1::/64", rate: 100 Mbit/s, delay: 10 us}
  n2: {prefix: "2001:db8:2::/64"}
  n3: {prefix: "2001:db8:3::/64", rate: 10 Mbit/s, delay: 30 us}
backbone:
  a: {between: [n1, n2], rate: 7 Mbit/s, delay: 5 ms}
  b: {between: [n2, n3], rate: 3 Mbit/s, delay: 7 ms, frame_bytes: 2 B}
nodes:
  x: {role: correspondent, network: n1}
  y: {role: correspondent, network: n3}
flows:
  f: {between: [x, y], traffic: {constant: {payload: 333 B, interval: 100 ms}}, directions: up, start: 1 s}
'''
chain = os.path.join(place, 'chain.yaml')
with open(chain, 'w') as f:
    f.write(CHAIN)
db = run(chain)
ip = 333 + 8 + 40
want = (transmission(ip + 14, 100 * 10**6) + 10000 + transmission(ip, 7 * 10**6) + 5 * 10**6
        + transmission(ip + 2, 3 * 10**6) + 7 * 10**6 + transmission(ip + 14, 10 * 10**6) + 30000)
delays = {r - s for s, r in db.execute('SELECT sent_ns, received_ns FROM packet WHERE sequence > 0')}
check('F0 delay over four hops, ns', delays, {want})

db = run(os.path.join(scenarios, 'fall-back.yaml'))
events = {name: t for t, name in db.execute('SELECT t_ns, name FROM event ORDER BY id DESC')}
up = events['mip6.bu_received'] - events['mip6.bu_sent']
down = events['mip6.ba_received'] - events['mip6.ba_sent']
check('F4 first registration, ns', events['mip6.ba_received'] - events['mip6.bu_sent'], up + 10**9 + down)
bu = 40 + 24 + 40  # IPv6, home address option, BU with one BID and its care-of address
hop = transmission(bu, 10 * 10**6) + 25 * 10**6 + transmission(bu, 10**9) + 5 * 10**6
check('F4 one way of the BU, ns', up, hop)

db = run(os.path.join(scenarios, 'errors.yaml'), 'networks.lte.queue=0 packets', 'expect=[]',
         'events=[{at: 12 s, outage: lte, for: 2 s}]', 'flows.large.start=19 s')
lost = db.execute("SELECT count(*) FROM packet WHERE flow = 'probe' AND direction = 'down' AND fate = "
                  "'queue_full'").fetchone()[0]
check('F11 lost in an outage of 2 s', lost in (19, 20), True)  # one is being sent when it begins or waits

db = run(os.path.join(scenarios, 'wifi-lte-voice.yaml'))
check('F14 bytes and overhead of G.711', db.execute(
    "SELECT DISTINCT bytes, overhead_bytes FROM packet WHERE fate = 'received'").fetchall(), [(220, 40)])
shutil.rmtree(place)
sys.exit(1 if failures else 0)
