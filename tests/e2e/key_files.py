#!/usr/bin/python3
"""key_files.py MONAMI SCENARIOS SCRATCH: keys and certificates of IKE are input files of a run: named in
its manifest, each once, and of its identity; what they say decides who is let in."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
here = os.path.join(scratch, 'key-files')
shutil.rmtree(here, ignore_errors=True)
shutil.copytree(os.path.join(scenarios, 'certs'), os.path.join(here, 'certs'))
os.mkdir(os.path.join(here, 'ike'))
scenario = shutil.copy(os.path.join(scenarios, 'ike', 'certificates.yaml'), os.path.join(here, 'ike'))
failed = 0


def check(what, holds):
    global failed
    if not holds:
        failed += 1
        print('does not hold:', what)


def run(name, *sets):
    where = os.path.join(here, name)
    words = [monami, 'run', scenario, '-f', '-o', where]
    for s in sets:
        words += ['--set', s]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    check('%s exits with 0: %s' % (name, done.stderr), done.returncode == 0)
    return json.load(open(os.path.join(where, 'manifest.json'))), where


def up(where):
    db = sqlite3.connect(os.path.join(where, 'results.sqlite'))
    return {n for n, in db.execute("SELECT DISTINCT node FROM event WHERE name = 'ike.sa_up'")} - {'ha'}


def file(name):
    return os.path.join(here, 'certs', name)


first, where = run('first')
names = [i['name'] for i in first['inputs']]
files = [os.path.basename(i['file']) for i in first['inputs']]
check('each file once: ' + ' '.join(files), sorted(files) == sorted(
    ['ca.pem'] + [n + e for n in ('ha', 'ed', 'ec', 'rsa', 'late', 'other') for e in ('.key', '.pem')]))
check('by the name of its key', 'ha.responder.key' in names and 'rsa.ike.certificates' in names)
check('three are let in', up(where) == {'ed', 'ec', 'rsa'})

again, where = run('again')
check('the same files are the same run', again['run_key'] == first['run_key'])
with open(file('ca.pem'), 'a') as f:
    f.write('# a word\n')
other, where = run('other')
check('another file is another run', other['run_key'] != first['run_key'])
check('with the same results, since the word says nothing', other['digest'] == first['digest'])

late, where = run('late', 'general.date=1767225580', 'expect=[]')
check('ten seconds before the end of its certificate it is let in', up(where) == {'ed', 'ec', 'rsa', 'late'})
shutil.copy(file('ha.pem'), file('ca.pem'))  # trusts nobody who signed the others
nobody, where = run('nobody', 'expect=[]')
check('nobody is let in by another CA', not up(where))
psk, where = run('psk', *['nodes.%s.ike={}' % n for n in ('ed', 'ec', 'rsa', 'late', 'other')], 'expect=[]')
check('with a shared secret no file is read', not psk['inputs'] and len(up(where)) == 5)
done = subprocess.run([monami, 'check', scenario, '--set', 'nodes.ed.ike.auth=psk'], stderr=subprocess.PIPE, text=True)
check('and files beside one are no use: ' + done.stderr,
      done.returncode == 2 and 'nodes.ed.ike.key: goes with `auth: signature`' in done.stderr)

os.remove(file('rsa.key'))
done = subprocess.run([monami, 'check', scenario], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
check('a missing file is told with its place: ' + done.stderr,
      done.returncode == 2 and 'nodes.rsa.ike.key: ' in done.stderr and 'rsa.key: No such file' in done.stderr)
print(len(files), 'key files,', failed, 'failures')
sys.exit(1 if failed else 0)
