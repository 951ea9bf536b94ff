#!/usr/bin/python3
"""walk.py MONAMI SCENARIOS SCRATCH: the scenarios whose access ns-3 makes, scenarios/ns3. Each runs twice to the same
digest, holds what it expects, and accounts for every frame that ns-3 was handed; what it captures tshark finds
nothing wrong with; its transitions are drawn. MONAMI has monami-ns3 beside it. Exit code 77: it has not."""
import glob
import json
import os
import shutil
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:]
place = os.path.join(scratch, 'ns3-walk')
wrong = []


def demand(good, file, what, *found):
    if not good:
        wrong.append(what)
        print(os.path.basename(file), what, *found)


def run(file, to, *more):
    r = subprocess.run([monami, 'run', file, '-q', '-f', '-o', to, *more], text=True, stderr=subprocess.PIPE,
                       timeout=1200)
    if r.returncode:
        return r.stderr, None
    with open(os.path.join(to, 'manifest.json')) as f:
        return '', json.load(f)


def look_at_frames(file, folder):
    if not shutil.which('tshark'):
        print('not looked at: the frames, without tshark')
        return
    captures = glob.glob(os.path.join(folder, 'packets', '*.pcapng'))
    demand(captures, file, 'captures nothing')
    for capture in captures:
        bad = subprocess.run(['tshark', '-r', capture, '-Y', '_ws.malformed || _ws.expert.severity == "Error"'], capture_output=True, text=True)
        demand(bad.returncode == 0 and not bad.stdout, file, 'malformed:', capture, bad.stdout[:400], bad.stderr[:400])


def look(file):
    folder = os.path.join(place, os.path.basename(file)[:-5])
    said, first = run(file, folder, '--set', 'general.record.pcap=all', '--set', 'general.record.packets=all')
    demand(not said, file, 'does not run:', said)
    if said:
        return
    demand(first['engine'] == 'ns3', file, 'ran natively')
    for n in first['outside']['networks']:
        print('%s, %s: %d frames, %d taken, %d lost, %d in flight' % (
            os.path.basename(file), n['network'], n['frames'], n['done'], n['lost'], n['in_flight']))
        demand(n['frames'] > 0, file, 'nothing went through', n['network'])
        demand(n['frames'] == n['done'] + n['lost'] + n['in_flight'], file, 'the ledger of', n['network'])
    look_at_frames(file, folder)
    drawn = subprocess.run([monami, 'plot', folder], capture_output=True, text=True)
    demand(drawn.returncode == 0, file, 'cannot be drawn:', drawn.stderr)
    said, again = run(file, folder + '-again')
    demand(again and again['digest'] == first['digest'], file, 'another digest the second time', said)


if not os.path.exists(os.path.join(os.path.dirname(monami), 'monami-ns3')):
    print('SKIPPED: there is no monami-ns3 here: cmake -DNS3=ON, with libns3-dev')
    sys.exit(77)
os.makedirs(place, exist_ok=True)
files = sorted(glob.glob(os.path.join(scenarios, 'ns3', '*.yaml')))
for one in files:
    look(one)
sys.exit(bool(wrong) or not files)
