#!/usr/bin/python3
"""bench.py MONAMI SCENARIOS SCRATCH

`monami bench --profile` writes what a scenario reads; the profile that is shipped as `measured` is
of the same shape; a profile is an input of a run, and named by what the run leaves.
"""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

monami, scenarios, scratch = sys.argv[1:4]
place = tempfile.mkdtemp(dir=scratch)
mine = os.path.join(place, 'my-machine.csv')
failures = 0


def check(what, holds, got=''):
    global failures
    print('%-70s %s%s' % (what, got, '' if holds else '   DOES NOT HOLD'))
    failures += not holds


def sh(*args):
    return subprocess.run([monami, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def rows(path):
    """(operation, algorithm): (ns, ps), of what is no comment and not the head."""
    with open(path) as f:
        lines = [line.strip() for line in f if not line.startswith('#')]
    check('the head of %s' % os.path.basename(path), lines[0] == 'operation,algorithm,cost_ns,per_byte_ps')
    return {tuple(line.split(',')[:2]): tuple(int(n) for n in line.split(',')[2:]) for line in lines[1:]}


check('bench without --profile is refused', sh('bench').returncode == 2)
wrote = sh('bench', '--profile', '-o', mine)
check('it is written', wrote.returncode == 0 and os.path.exists(mine), wrote.stderr.strip())
check('nothing is written over', sh('bench', '--profile', '-o', mine).returncode == 2)
own = rows(mine)
shipped = [os.path.join(scenarios, 'profiles', f) for f in os.listdir(os.path.join(scenarios, 'profiles'))]
for path in shipped:
    theirs = rows(path)
    check('%s has the same operations' % os.path.basename(path), set(theirs) == set(own),
          set(theirs) ^ set(own) or '')
    text = open(path).read()
    check('it says of which processor and library', '# processor: ' in text and '# library: OpenSSL' in text)
check('all that costs something is measured', all(own[k][0] > 0 for k in own if not k[0].startswith('ike.')),
      [k for k in own if not own[k][0]] or '')
check('a longer RSA key takes longer', own['sign', 'rsa4096'][0] > own['sign', 'rsa2048'][0])
check('a signature by RSA takes longer to make than to check', own['sign', 'rsa3072'] > own['verify', 'rsa3072'])
check('a larger group takes longer', own['dh.shared', 'modp4096'][0] > own['dh.shared', 'modp2048'][0])
check('bytes cost something', all(own[k][1] > 0 for k in own if k[0] == 'esp.seal'),
      [k for k in own if k[0] == 'esp.seal' and not own[k][1]] or '')

scenario = os.path.join(scenarios, 'protected-call.yaml')


def run(name, profile):
    out = os.path.join(place, name)
    ran = sh('run', scenario, '-q', '-o', out, '--pcap', 'none', '-s', 'general.record.series=1 s',
             '-s', 'nodes.ha.cpu.profile=%s' % profile)
    check('the run with %s' % name, ran.returncode == 0, ran.stderr)
    manifest = open(os.path.join(out, 'manifest.json')).read()
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    return re.search('"run_key": "(.*?)"', manifest).group(1), manifest, db, out


key, manifest, db, out = run('measured', 'measured')
check('it names the profile', db.execute('SELECT processor FROM run').fetchone()[0] ==
      os.path.basename(shipped[0])[:-4])
busy = db.execute("SELECT value FROM counter WHERE node = 'ha' AND name = 'cpu.busy_ns'").fetchone()[0]
use = db.execute("SELECT sum(value) FROM series WHERE node = 'ha' AND interface IS NULL AND name = 'cpu.use'").fetchone()[0]
check('the series of its use is its busy time', abs(use * 1e9 / busy - 1) < 1e-9, '%d ns, %.9f s' % (busy, use))
page = os.path.join(place, 'page.html')
told = sh('report', out, '-o', page)
check('the report names it', told.returncode == 0 and 'processor time by profile ' + os.path.basename(shipped[0])[:-4]
      in open(page).read(), told.stderr)
own_key, own_manifest, db, _ = run('mine', mine)
check('a file is an input', 'my-machine.csv' in own_manifest and 'my-machine.csv' not in manifest)
with open(mine, 'a') as f:
    f.write('# a word more\n')
again_key, _, _, _ = run('mine-again', mine)
check('each is another run', len({key, own_key, again_key}) == 3)

shutil.rmtree(place)
sys.exit(1 if failures else 0)
