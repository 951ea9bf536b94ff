#!/usr/bin/python3
"""as_json.py MONAMI SCENARIOS BAD SCRATCH: what check, explain, version and sweep say with --json is what
they say in words."""
import glob
import json
import os
import re
import subprocess
import sys

monami, scenarios, bad, scratch = sys.argv[1:5]


def ask(*arguments, code=0):
    got = subprocess.run([monami, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert got.returncode == code, (arguments, got.returncode, got.stderr)
    return got.stdout.decode(), got.stderr.decode()


def load(*arguments, code=0):
    return json.loads(ask(*arguments, '--json', code=code)[0])


# check: the complaints of a file are those of its words
files = sorted(glob.glob(os.path.join(bad, '*.yaml')))
good = sorted(glob.glob(os.path.join(scenarios, '*.yaml')))
list_ = load('check', *files, *good, code=2)
assert [one['file'] for one in list_] == files + good
for one in list_:
    assert one['good'] is (one['file'] in good) and bool(one['complaints']) is not one['good'], one
    words = ask('check', one['file'], code=0 if one['good'] else 2)[1]
    told = re.findall(r'^(.*):(\d+):(\d+): error: (.*)$', words, re.M)
    mine = [(c['file'], str(c['line']), str(c['column']), c['text']) for c in one['complaints']]
    assert mine[:20] == told, (mine, told)
assert all(one['good'] for one in load('check', *good))

# explain: the same keys and names
for what in ([], ['networks.wlan.rate'], ['--events'], ['--drops'], ['mip6.bu_sent'], ['drop.replay'], ['flow']):
    words = ask('explain', *what)[0]
    heads = [line for line in words.splitlines() if not line.startswith(' ')]
    found = load('explain', *what)
    assert [one.get('key', one.get('name')) for one in found] == heads and heads, what
    assert all(one['help'] in words for one in found)
assert load('explain', 'networks.wlan.rat', code=2) == []

version = load('version')
words = ask('version')[0]
assert version['monami'] in words and version['compiler'] in words and len(version['libraries']) == 4
assert all(library in words for library in version['libraries'])

# sweep: planned and run
loss = os.path.join(scenarios, 'loss.yaml')
few = ['--set', 'sweep.replicate.seeds=1', '--set', 'general.stop=25 s', '--set', 'expect=[]']
plan = load('sweep', 'plan', loss, *few)
assert plan['runs'] == 8 and plan['parameters']['networks.wlan.loss'] == ['0 %', '2 %', '5 %', '10 %'], plan
assert len(ask('sweep', 'plan', loss, *few)[0].splitlines()) == plan['runs'] + 1
done = load('sweep', 'run', loss, '-q', '-f', '-o', os.path.join(scratch, 'json-study'), *few)
assert done['runs'] == 8 and done['failed'] == 0 and done['folder'].endswith('json-study'), done
print('%d files, %d keys' % (len(list_), len(load('explain'))))
