#!/usr/bin/python3
"""library.py ROOT [--write]: every scenario has a title, a text and an `expect` list, and
scenarios/README.md tells them as the files do; --write makes that page."""
import glob
import os
import re
import sys

root = sys.argv[1]
page = os.path.join(root, 'scenarios', 'README.md')
bad = 0
told = '''# The library

Each file is run by the tests, and what it says under `expect` holds. Made from the files' own `title`
and `text` by `tests/lint/library.py . --write`; a test compares.
'''
files = sorted(glob.glob(os.path.join(root, 'scenarios', '*.yaml')))
own = sorted(glob.glob(os.path.join(root, 'scenarios', 'decision-module', '*.yaml')))
validation = sorted(glob.glob(os.path.join(root, 'scenarios', 'validation', '*.yaml')))
seed = sorted(glob.glob(os.path.join(root, 'scenarios', 'ietf68', '*.yaml')))
attacks = sorted(glob.glob(os.path.join(root, 'scenarios', 'attacks', '*.yaml')))
ike = sorted(glob.glob(os.path.join(root, 'scenarios', 'ike', '*.yaml')))
comparisons = sorted(glob.glob(os.path.join(root, 'scenarios', 'comparisons', '*.yaml')))
ns3 = sorted(glob.glob(os.path.join(root, 'scenarios', 'ns3', '*.yaml')))
for file in files + own + seed + attacks + ike + comparisons + validation + ns3:
    if own and file == own[0]:
        told += '\n# A decision of one\'s own\n\nIn C, as `models/decision.h` tells; compile it first.\n'
    if seed and file == seed[0]:
        told += '\n# The slides, line by line\n\n"Use of IKEv2 and IPsec with Multiple CoA support", IETF 68, from which section 9 of RFC 5648 came: a\n' \
                'scenario for each line, which it quotes. [ietf68/README.md](ietf68/README.md) has what comes out.\n'
    if attacks and file == attacks[0]:
        told += '\n# Attacks\n\nWhat an attacker on the path may try, injected by `events` (docs/ipsec.md), and what becomes of it.\n'
    if ike and file == ike[0]:
        told += '\n# Key management\n\nIKEv2 between mobile node and home agent (docs/ike.md).\n'
    if comparisons and file == comparisons[0]:
        told += '\n# Comparisons\n\nOne thing done in several ways, with the rest held equal. Figures: `monami sweep run --study`, and docs/gallery.\n'
    if validation and file == validation[0]:
        told += '\n# Held against numbers\n\nWhat each must give stands in `docs/validation.md`.\n'
    if ns3 and file == ns3[0]:
        told += '\n# With access networks of ns-3\n\nThese need monami-ns3 (docs/ns3.md). They have not been run with ns-3 yet: what they expect is reasoned.\n'
    whole = open(file).read()
    title = re.search(r'^title: (.*)$', whole, re.M)
    text = re.search(r'^text: >-\n((?:  .*\n)+)', whole, re.M)
    if not title or not text or not re.search(r'^expect:\n  - ', whole, re.M):
        print(file, 'lacks title, text or expect')
        bad += 1
        continue
    name = os.path.relpath(file, os.path.join(root, 'scenarios'))
    told += '\n## [%s](%s)\n\n**%s.** %s\n' % (name, name, title.group(1), ' '.join(text.group(1).split()))
told += '''
## traces/

`two-operators.csv`, and `drive-1.csv` to `drive-6.csv` by `make_drives.py`, are made up for the examples, in the layout of the replay files of the PAM 2025
multi-carrier data set (NUWiNS/pam2025-multi-carrier-dataset): put measured files in their place.

`cell.down` and `cell.up` (mahimahi) and `main-street.ns_movements` (ns-2 setdest) are made by hand;
`drive-and-walk.ns_movements`, too; `monami trace show` tells what a trace holds. `slow-cell.csv` and `choices.csv` too are made by hand.
'''
if '--write' in sys.argv:
    open(page, 'w').write(told)
elif open(page).read() != told:
    print('scenarios/README.md is not what the files say: tests/lint/library.py . --write')
    bad += 1
sys.exit(1 if bad else 0)
