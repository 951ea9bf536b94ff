#!/usr/bin/python3
"""rules.py CSV LOGS [SPEC]

Compares tests/rules.csv (rule, test or `later: topic` or `not modelled: reason`) with what the
tests logged when they ran: LOGS/<test>.rules, a rule a line.  SPEC is the folder of the numbered
rules, with rule_ids.py; where it is not there, only the log is compared, and that is said.
Prints the counts.
"""
import collections
import csv
import os
import subprocess
import sys

table, logs = sys.argv[1:3]
spec = sys.argv[3] if len(sys.argv) > 3 else ''
FILES = ['ipv6.md', 'mipv6.md', 'mcoa.md', 'ipsec.md', 'ikev2.md']
faults = []

rows = {}
with open(table, newline='') as f:
    for row in csv.DictReader(f):
        if row['rule'] in rows:
            faults.append('%s stands twice in the table' % row['rule'])
        rows[row['rule']] = row['shown by']

shown = collections.defaultdict(set)
for name in os.listdir(logs):
    if name.endswith('.rules'):
        with open(os.path.join(logs, name)) as f:
            for line in f:
                shown[line.strip()].add(name[:-len('.rules')])

for rule, where in rows.items():
    if where.startswith(('later: ', 'not modelled: ')):
        if rule in shown:
            faults.append('%s is said to be "%s", but %s shows it' % (rule, where, sorted(shown[rule])))
    elif not where:
        faults.append('%s is shown by nothing' % rule)
    else:
        for test in where.split():
            if test not in shown[rule]:
                faults.append('%s: %s does not show it' % (rule, test))
for rule in sorted(shown):
    if rule not in rows:
        faults.append('%s is shown by %s and stands in no row' % (rule, sorted(shown[rule])))

level = {}
if spec and os.path.exists(os.path.join(spec, 'rule_ids.py')):
    listing = subprocess.run([sys.executable, os.path.join(spec, 'rule_ids.py')]
                             + [os.path.join(spec, f) for f in FILES], check=True, text=True, stdout=subprocess.PIPE)
    for row in csv.DictReader(listing.stdout.splitlines()):
        if row['id'] == 'id':
            continue
        level[row['id']] = row['level']
        if row['id'] not in rows:
            faults.append('%s (%s) stands in no row' % (row['id'], row['level']))
    faults += ['%s is no rule' % rule for rule in rows if rule not in level]
else:
    print('SKIPPED in part: the numbered rules are not beside the checkout')

kinds = collections.Counter()
for rule, where in rows.items():
    kind = where.split(':')[0] if where.startswith(('later: ', 'not modelled: ')) else 'shown'
    kinds[kind] += 1
    kinds[level.get(rule, '?'), kind] += 1
print('%d rules: %d shown by tests that ran, %d later, %d not modelled'
      % (len(rows), kinds['shown'], kinds['later'], kinds['not modelled']))
for name in sorted(set(level.values())):
    print('  %-12s %3d shown %3d later %3d not modelled'
          % (name, kinds[name, 'shown'], kinds[name, 'later'], kinds[name, 'not modelled']))
for fault in faults:
    print(fault, file=sys.stderr)
sys.exit(1 if faults else 0)
