#!/usr/bin/python3
"""library.py ROOT: every scenario has a title, a text and an `expect` list, and scenarios/README.md
tells them as the files do."""
import glob
import os
import re
import sys

root = sys.argv[1]
readme = ' '.join(open(os.path.join(root, 'scenarios', 'README.md')).read().split())
bad = 0
for file in sorted(glob.glob(os.path.join(root, 'scenarios', '*.yaml'))):
    whole = open(file).read()
    title = re.search(r'^title: (.*)$', whole, re.M)
    text = re.search(r'^text: >-\n((?:  .*\n)+)', whole, re.M)
    if not title or not text or not re.search(r'^expect:\n  - ', whole, re.M):
        print(file, 'lacks title, text or expect')
        bad += 1
        continue
    want = '**%s.** %s' % (title.group(1), ' '.join(text.group(1).split()))
    if want not in readme:
        print(os.path.basename(file), 'is told otherwise in scenarios/README.md; it should say:\n' + want)
        bad += 1
sys.exit(1 if bad else 0)
