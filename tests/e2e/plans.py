#!/usr/bin/python3
"""plans.py MONAMI SCENARIOS: each study that a scenario of the library has can be planned: no point of it
is refused, and no figure is one that could not be drawn."""
import glob
import os
import re
import subprocess
import sys

monami, scenarios = sys.argv[1:3]


def studies(text):
    """The names in `studies`, or '' of a file whose sweep is its own."""
    held = re.search(r'^studies:.*\n((?:[ #].*\n|\n)+)', text, re.M)
    return re.findall(r'^  ([\w-]+):', held.group(1), re.M) if held else [''] * bool(re.search(r'^sweep:', text, re.M))


done, wrong = 0, []
for path in sorted(glob.glob(os.path.join(scenarios, '**', '*.yaml'), recursive=True)):
    for name in studies(open(path).read()):
        got = subprocess.run([monami, 'sweep', 'plan', path, '-q', *(['--study', name] if name else [])],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        done += 1
        if got.returncode:
            wrong.append((os.path.relpath(path, scenarios), name, got.stderr))
assert not wrong, wrong
assert done > 30, done
print('%d studies can be planned' % done)
