#!/usr/bin/python3
"""engine.py MONAMI STANDIN SCENARIOS SCRATCH: a run with another engine is one of a program of its own. STANDIN is
that program with a small simulator in the place of ns-3 (tests/foreign_program.c).

It is found beside the program and in its installation, and nowhere else; what it makes is the same run; runs of
sweeps and reruns go there, too; and whatever goes wrong there is a sentence and an exit code here."""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

monami, standin, scenarios, scratch = sys.argv[1:]
place = os.path.join(scratch, 'engine')
shutil.rmtree(place, ignore_errors=True)
os.makedirs(os.path.join(place, 'bin'))
here = os.path.join(place, 'bin', 'monami')
there = os.path.join(place, 'bin', 'monami-ns3')
shutil.copy(monami, here)
failed = 0
scenario = os.path.join(scenarios, 'route-optimised.yaml')


def check(good, what, *more):
    global failed
    if not good:
        failed += 1
        print('wrong:', what, *more)


def run(*words, **env):
    return subprocess.run([here, *words], cwd=place, text=True, capture_output=True, timeout=120,
                          env={**os.environ, **env})


def ns3(name, *words, **env):
    return run('run', scenario, '-f', '-o', name, '--engine', 'ns3', *words, **env)


def manifest(name):
    with open(os.path.join(place, name, 'manifest.json')) as f:
        return json.load(f)


# ---- where it is
r = ns3('none')
check(r.returncode == 2 and '-DNS3=ON' in r.stderr and 'libns3-dev' in r.stderr and 'docs/ns3.md' in r.stderr,
      'it is not there', r)
check(not os.path.exists(os.path.join(place, 'none')), 'nothing is left where it is not there')
said = r.stderr.removeprefix('error: ').strip()


def checked(*words):
    r = run('check', scenario, '--set', 'general.engine=ns3', *words)
    check(r.returncode == 0, 'a good scenario', words, r)
    return r.stdout if '--json' in words else r.stderr


# the file is good all the same
check(checked().splitlines()[1:] == ['%s: note: %s' % (scenario, said)] and ': good: ' in checked(),
      'a check tells what run would', checked())
check('note: ' + said in checked('-e'), 'a check that prints the scenario tells it, too')
check(checked('-q') == '', 'only what is wrong', checked('-q'))
one, = json.loads(checked('--json'))
check(one['good'] and one['complaints'] == [] and one['notes'] == [said], 'a note in JSON', one)
r = run('check', scenario, '--json')
check(json.loads(r.stdout)[0]['notes'] == [], 'the engine that is here', r)
libexec = os.path.join(place, 'libexec', 'monami')
os.makedirs(libexec)
shutil.copy(standin, os.path.join(libexec, 'monami-ns3'))
r = ns3('from-libexec')
check(r.returncode == 0, 'of an installation', r)
check('note' not in checked() and json.loads(checked('--json'))[0]['notes'] == [], 'nothing is missing')
shutil.rmtree(os.path.dirname(libexec))
shutil.copy(standin, there)
r = run('run', scenario, '-o', 'x', '--engine', 'ns4')
check(r.returncode == 2 and "'ns4' is not one of: native, ns3" in r.stderr, 'a word', r)
r = run('live', scenario, '--node', 'car', '--tun', 'no', '--set', 'general.engine=ns3')
check(r.returncode == 2 and 'clock of the wall' in r.stderr, 'live', r)

# ---- the same run
r = run('run', scenario, '-f', '-o', 'native', '--pcap', 'all')
check(r.returncode == 0, 'native', r)
other = ns3('foreign', '--pcap', 'all')
check(other.returncode == 0, 'foreign', other)
a, b = manifest('native'), manifest('foreign')
check(a['digest'] == b['digest'], 'the digest')
check((a['engine'], b['engine']) == ('native', 'ns3'), 'the engine in the manifest', a['engine'], b['engine'])
check(a['run_key'] != b['run_key'], 'who it is includes the engine')
check(a['events'] == b['events'], 'events of the engine', a['events'], b['events'])
check('--engine' in b['command'] and b['command'][0] == 'run', 'the command is what the user said', b['command'])
check('outside' not in a and b['outside']['version'] == 'a small one', 'who had the clock')
rows = sqlite3.connect(os.path.join(place, 'foreign', 'results.sqlite')).execute(
    'SELECT link, direction, packets FROM link').fetchall()
devices = {(d['link'], d['direction']): d for d in b['outside']['devices']}
check(len(devices) == len(b['outside']['devices']) >= 4, 'devices', devices)
for link, direction, packets in rows:
    if (link, direction) in devices:
        check(devices.pop((link, direction))['frames'] == packets, 'frames of', link, direction)
check(not devices, 'each device is a link of the table', devices)
same = 0
for folder in ('packets', 'flows', 'keys'):
    for name in os.listdir(os.path.join(place, 'native', folder)):
        with open(os.path.join(place, 'native', folder, name), 'rb') as f:
            with open(os.path.join(place, 'foreign', folder, name), 'rb') as g:
                check(f.read() == g.read(), 'the file', name)
                same += 1
check(same >= 3, 'files', same)
with open(os.path.join(place, 'native', 'events.sqlog')) as f, open(os.path.join(place, 'foreign', 'events.sqlog')) as g:
    check(f.readlines()[2:] == g.readlines()[2:], 'events')
check(r.stderr.split('\n')[0] == other.stderr.split('\n')[0], 'the summary', r.stderr, other.stderr)
r = ns3('as-json', '--json', '-q')
check(r.returncode == 0 and 'flows' in json.loads(r.stdout), 'the summary as JSON', r)
r = ns3('unmet', '--set', 'expect=[{flow: voice, sent: 3}]')
check(r.returncode == 1 or 'error' in r.stderr, 'an expectation', r)
r = run('rerun', 'foreign')
check(r.returncode == 0 and 'equal' in r.stdout, 'rerun', r)
os.rename(there, there + '.away')
r = run('rerun', 'foreign')
check(r.returncode == 2 and 'monami-ns3' in r.stderr, 'rerun with the engine of the manifest', r)
os.rename(there + '.away', there)

# ---- sweeps
sweep = ['sweep', 'run', scenario, '--set', 'sweep={parameters: {"backbone.wlan-inet.delay": [6 ms, 7 ms]}, '
         'replicate: {seeds: 2}}', '-j', '2']
for name, words in (('study-native', []), ('study-ns3', ['--engine', 'ns3'])):
    r = run(*sweep, '-o', name, *words)
    check(r.returncode == 0, name, r)
tables = [sqlite3.connect(os.path.join(place, name, 'study.sqlite')) for name in ('study-native', 'study-ns3')]
# `run` holds keys; what was measured is the same
for table in ('flow', 'link'):
    found = [sorted(map(repr, t.execute('SELECT * FROM %s' % table).fetchall())) for t in tables]
    check(found[0] == found[1] and len(found[0]) > 1, 'table', table)
check({x for x, in tables[1].execute('SELECT engine FROM run')} == {'ns3'}, 'the engine of a sweep')
r = run('sweep', 'status', 'study-ns3', '--engine', 'ns3')
check(r.returncode == 2 and 'the folder knows its --engine' in r.stderr, 'status', r)
r = run(*sweep, '-o', 'study-bad', '--engine', 'ns3', MONAMI_FOREIGN='die')
check(r.returncode == 1 and r.stderr.count('signal 9') >= 4, 'each run of a sweep that dies is one that failed', r)
r = run(*sweep, '-o', 'study-late', '--engine', 'ns3', MONAMI_FOREIGN='late')
check(r.returncode == 1 and r.stderr.count('has not come out of the device') >= 4, 'and so is one whose link goes wrong', r)

# ---- what goes wrong there
r = ns3('late', MONAMI_FOREIGN='late')
check(r.returncode == 1 and 'has not come out of the device' in r.stderr, 'a frame that is late', r)
r = ns3('dead', MONAMI_FOREIGN='die')
check(r.returncode == 128 + 9 and 'signal 9' in r.stderr and 'no results' in r.stderr, 'a signal', r)
r = ns3('refused', MONAMI_FOREIGN='refuse')
check(r.returncode == 2 and '20 parsecs' in r.stderr and 'route-optimised.yaml' in r.stderr, 'its last words', r)
r = ns3('stopped', MONAMI_FOREIGN='stop')
check(r.returncode == 130, 'told to end', r)
for name in ('late', 'dead', 'refused', 'stopped'):
    check(not os.path.exists(os.path.join(place, name)), 'nothing that looks whole is left of', name)

# A signal for this program is one for that, too.
p = subprocess.Popen([here, 'run', scenario, '-o', 'long', '--engine', 'ns3', '--set', 'general.stop=100000 s',
                      '--set', 'expect=[]'], cwd=place, stderr=subprocess.PIPE, text=True)
time.sleep(1)
p.send_signal(signal.SIGTERM)
said = p.communicate(timeout=60)[1]
check(p.returncode == 130 and not os.path.exists(os.path.join(place, 'long')), 'SIGTERM', p.returncode, said)
p = subprocess.Popen([here, 'run', scenario, '-o', 'killed', '--engine', 'ns3', '--set', 'general.stop=100000 s',
                      '--set', 'expect=[]'], cwd=place, stderr=subprocess.PIPE, text=True)
time.sleep(0.5)
children = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(p.pid)], text=True, capture_output=True).stdout.split()
p.kill()
p.communicate()
time.sleep(0.5)
left = [c for c in children if os.path.exists('/proc/%s' % c) and
        open('/proc/%s/stat' % c).read().split(')')[1].split()[0] != 'Z']
check(children and not left, 'it does not outlive who started it', children, left)

# ---- words that say two things; a plan tries no other engine
r = run('run', scenario, '-o', 'two', '--engine', 'ns3', '--set', 'general.engine=native')
check(r.returncode == 2 and 'are two engines' in r.stderr, 'two engines', r)
r = run('sweep', 'plan', scenario, '--engine', 'ns3', '--set', 'sweep.replicate.seeds=2')
check(r.returncode == 0 and 'another engine is not tried' in r.stderr, 'the plan', r)

# ---- that program by itself
for words, sentence in ((['one'], 'monami run FILE --engine ns3'),
                        (['one', 'build', '0', 'tell', '1', 'file', 'x', 'command'], 'build both anew')):
    r = subprocess.run([there, *words], text=True, capture_output=True)
    check(r.returncode == 2 and sentence in r.stderr, words, r)
if not failed:
    print('the other engine is found, does the same run, and ends with a sentence')
sys.exit(bool(failed))
