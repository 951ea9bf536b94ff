#!/usr/bin/python3
"""schema.py MONAMI SCENARIOS BAD SCRATCH: `monami schema` and `monami check` agree.

Every scenario validates, also with all defaults written out.  What the schema refuses, the program
refuses; what the program refuses because of a key, a type or a unit, the schema refuses.  Both are
tried with the files of BAD and with thousands of scenarios that have one thing changed."""
import copy
import glob
import json
import os
import random
import re
import shutil
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print('SKIPPED: %s is not installed' % missing.name)
    sys.exit(77)

monami, scenarios, bad, scratch = sys.argv[1:5]
SAMPLE = 2500
# Complaints that come from the tables of keys; others need names, numbers or meaning.
BY_TABLE = re.compile(r"unknown key|' is missing|is not one of|has no unit|is not a unit|is not a (time|rate|size|"
                      r"share|whole number|number|list|map)(?!,| of (paths|names))|is neither true nor false|(list|map|value) stands here, not")


class Core(yaml.SafeLoader):
    """The types of YAML 1.2, as editors have them: no dates, no octal, yes is a text."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (('bool', 'true|false', 'tf'), ('int', '-?(0|[1-9][0-9]*)', '-0123456789'),
                            ('float', r'-?(0|[1-9][0-9]*)\.[0-9]+', '-0123456789'), ('merge', '<<', '<')):
    Core.add_implicit_resolver('tag:yaml.org,2002:' + tag, re.compile('^(%s)$' % pattern), list(first))


def load(text):
    return yaml.load(text, Loader=Core)


def output(*arguments):
    return subprocess.run([monami, *arguments], stdout=subprocess.PIPE, check=True).stdout.decode()


schema = json.loads(output('schema'))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
whole = schema['else']  # a file that is no change of another
assert whole['additionalProperties'] is False and 'title' in whole['required']
failed = 0


def complain(*what):
    global failed
    failed += 1
    print(*what)


# ---- scenarios that are right
good = {}
for file in sorted(glob.glob(os.path.join(scenarios, '*.yaml'))):
    good[file] = load(open(file).read())
    for name, document in ((file, good[file]), (file + ' written out', load(output('check', '-e', file)))):
        for error in validator.iter_errors(document):
            complain(name, list(error.path), error.message[:200])

# ---- files with mistakes
refused = 0
for file in sorted(glob.glob(os.path.join(bad, '*.yaml'))):
    by_table = BY_TABLE.search(open(file.replace('.yaml', '.expected'), errors='replace').read())
    try:
        document = load(open(file).read())
    except (yaml.YAMLError, UnicodeDecodeError):
        continue
    valid = validator.is_valid(document)
    refused += not valid
    if by_table and valid:
        complain(file, 'is valid, but:', by_table.group(0))
assert refused >= 10, refused


# ---- one thing changed
def places(node, path=()):
    yield path
    for key in (node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()):
        yield from places(node[key], path + (key,))


def changed(document, path, how):
    new = copy.deepcopy(document)
    if not path:
        if how == 'unknown key':
            new['no_such_key'] = 1
        return new
    parent = new
    for key in path[:-1]:
        parent = parent[key]
    node = parent[path[-1]]
    if how == 'gone':
        del parent[path[-1]]
    elif how == 'unknown key':
        if isinstance(node, dict):
            node['no_such_key'] = 1
    else:
        parent[path[-1]] = how
    return new


HOW = ['gone', 'unknown key', 'zzz', 7, '7', -1, 1.5, True, 'true', '1e3', '017', '5 s', '5 Mbit/s', '5 Mb/s', '50 %', '4 B',
       '5 packets', '2001:db8::1', '2001:db8:7::/64', [], ['zzz'], {}, {'zzz': 1}, 'x-y', 'none']
everything = [(file, path, how) for file in good for path in places(good[file]) for how in HOW]
folder = os.path.join(scratch, 'schema')
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
os.symlink(os.path.join(os.path.realpath(scenarios), 'traces'), os.path.join(folder, 'traces'))
trial = []
for number, (file, path, how) in enumerate(random.Random(1).sample(everything, SAMPLE)):
    name = os.path.join(folder, '%04d.yaml' % number)
    document = changed(good[file], path, how)
    json.dump(document, open(name, 'w'))  # JSON is YAML
    trial.append((name, document, '%s: %s %r' % (os.path.basename(file), '.'.join(map(str, path)), how)))
said = {name: '' for name, _, _ in trial}
accepted = set()
for k in range(0, SAMPLE, 250):
    words = subprocess.run([monami, 'check', *(name for name, _, _ in trial[k:k + 250])], stderr=subprocess.PIPE).stderr
    for line in words.decode(errors='replace').splitlines():
        name = line.split(':')[0]
        if ': good: ' in line:
            accepted.add(name)
        elif name in said:
            said[name] += line + '\n'
n = 0
for name, document, what in trial:
    valid = validator.is_valid(document)
    n += not valid
    if not valid and name in accepted:
        complain(what, 'is refused by the schema alone:', next(validator.iter_errors(document)).message[:200])
    words = said[name]
    if 'profiles' in document or '.profile: there is no' in words:  # what a profile may say is not missed by the schema
        words = re.sub(r".*: nodes\..*' is missing.*\n", '', words)
    if valid and BY_TABLE.search(words):
        complain(what, 'is refused by the program alone:', said[name])
assert SAMPLE / 4 < n < SAMPLE and SAMPLE / 50 < len(accepted), (n, len(accepted))
if not failed:
    shutil.rmtree(folder)
    print('%d scenarios; %d of %d changed ones refused by the schema, %d accepted by the program' %
          (len(good), n, SAMPLE, len(accepted)))
sys.exit(1 if failed else 0)
