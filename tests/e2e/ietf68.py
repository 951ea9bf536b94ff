#!/usr/bin/python3
"""ietf68.py MONAMI SCENARIOS SCRATCH [--write]: scenarios/ietf68/README.md says what the runs found.

Each row below is a line of the slides; its files are seed-ROW.yaml and those whose names go on with
a minus.  They are run, and the page is made of their own words, of what their `expect` lists found, and of the
planted bugs of tests/breaks that name the row; --write writes it.  In an outcome {FILE:N} is what
expectation N of seed-FILE found.
"""
import glob
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap

monami, scenarios, scratch = sys.argv[1:4]
folder = os.path.join(scenarios, 'ietf68')
page = os.path.join(folder, 'README.md')
breaks = os.path.join(scenarios, '..', 'tests', 'breaks')

# The slide's title, then its rows: id, the line, where the RFCs have it, how the two are related, what came out.
SLIDES = [
    ('Assumptions in RFC 3775, 3963', [
        ('1', 'One primary care-of address for a mobile node.', 'RFC 5648 9', 'same',
         '{1:2} binding moves at 10 s, {1:3}, {1:4} and {1:5} Binding Identifiers leave on the three paths'),
        ('2', 'It stands in the IPsec database for encapsulation and decapsulation.',
         'RFC 5648 9; RFC 3776 4.3; RFC 4301', 'same',
         'the Binding Update moves the tunnels ({2:1} time at the home agent), {2:3} new SAs; without K they move as well ({2-without-k:1})'),
        ('3', 'The source of what comes from the mobile node is verified against the binding.',
         'RFC 5648 9; RFC 6275 10.4.5', 'same', '{3:1} authentic packet dropped, whose outer source somebody has changed'),
        ('3a', 'Of what is reverse tunnelled it is the outer source.', 'RFC 5648 9; RFC 6275 10.4.5', 'same',
         '{3a:1} plain packet dropped, whatever its inner source'),
        ('4', 'The IKE SA is based on the care-of address.', 'RFC 5648 9; RFC 6275 11.3.2', 'same',
         '{4:2} messages with the first care-of address, {4:3} with the second, {4:5} with the home address'),
    ]),
    ('IKEv2 security associations', [
        ('5', 'One care-of address is picked, the same for all IKEv2 exchanges.', 'RFC 5648 9.1', 'for each home address',
         '{5:1} of {5:2} messages from the near path; {5:5} and {5:6} of CREATE_CHILD_SA on the paths of the data'),
        ('5a', 'For a new one: just a Binding Update with K.', 'RFC 5648 9.1; RFC 6275 10.3.1', 'adds its Binding Identifier',
         'moved by {5a:2} Binding Update; {5a:4} messages of IKE, {5a:7} new SAs; the next request, of the same IKE SA, is from the new address'),
        ('5b', 'No dynamic update: the IKEv2 SAs are re-established from the new one.', 'RFC 5648 9.1; RFC 4877 7.4',
         'MUST, and new IPsec SAs follow',
         '{5b:1} moves; {5b:2} IKE_SA_INIT in all, {5b:4} new SAs, {5b:5} old IKE SA replaced'),
    ]),
    ('Transport mode IPsec SAs', [
        ('4t', 'Transport mode for Binding Updates, their answers and prefix discovery.', 'RFC 5648 9.2; RFC 4877 4.3', 'same',
         '{4t:1} SAs for Binding Updates and {4t:2} for prefix discovery, transport mode; {4t:3} solicitation, {4t:4} advertisements'),
        ('4u', 'A source that matches any care-of address is accepted, others are dropped.', 'RFC 5648 6.5, 9.2',
         '**not of the Binding Update**',
         'RFC: {4u:1} solicitation from elsewhere dropped, {4u:3} bindings. Slide to the letter: {4u-deck:1} Binding Updates dropped, {4u-deck:3} binding'),
        ('4v', 'The check is done by the MIPv6/Monami6 implementation.', 'RFC 5648 6.5', 'same',
         '{4v:2} packet dropped by mobility, {4v:3} by IPsec, whose SA has opened all {4v:7}'),
        ('4w', 'IPsec does not care about the source of the Binding Update.', 'RFC 5648 9.2', 'same',
         '{4w:6} Binding Updates from three sources by {4w:5} SA, {4w:4} bindings'),
    ]),
    ('Tunneled HoTi/HoT messages', [
        ('7', 'One care-of address for all HoTIs; the correspondent does not see it.', 'RFC 5648 9.3.1', 'MAY',
         '{7:2} of {7:1} HoTIs from the near path, {7:6} and {7:7} with the home address at the two correspondents. In turn: {7-in-turn:1}, {7-in-turn:2}, {7-in-turn:3}, and there the same'),
        ('7a', 'The same tunnel mode SA for all HoTIs.', 'RFC 5648 9.3.1; RFC 4877 6.2, 7.2.2', 'same',
         '{7a:6} HoTIs from three care-of addresses and {7a:7} HoTs by {7a:1} pair of SAs'),
        ('7b', 'Forwarded if the outer source is one of the care-of addresses.', 'RFC 5648 9.3.1', 'else dropped silently',
         'of {7b:3} that IPsec opened {7b:5} are forwarded; {7b:4} from elsewhere is dropped, nobody is told'),
        ('7c', 'For HoTs any care-of address will do.', 'RFC 5648 9.3.1', 'same',
         '{7c:1} and {7c:2} HoTs sent, {7c:3} arrived and believed'),
    ]),
    ('Tunneled payload traffic', [
        ('6h', 'Multiple IPsec protected tunneled flows is a bit harder.', 'RFC 5648 9.3.2', 'same',
         'all three flows have the delay of the near path: {6h:1}, {6h:2}, {6h:3} down'),
        ('6', 'Receiving: IPsec ignores the outer source.', 'RFC 5648 9.3.2', 'same',
         '{6:5} packets from three care-of addresses by {6:1} SA, {6:6} without one'),
        ('6a', 'The care-of address of payload may differ from that of the SA.', 'RFC 5648 9.3.2', 'same',
         'IKE on the near path ({6a:1} of {6a:2} messages), ESP by all: {6a:4} and {6a:5} packets leave on the two others'),
        ('6b', 'The home agent must still verify the care-of address.', 'RFC 5648 9.3.2; RFC 6275 10.4.5',
         '**RFC 6275: not necessary under ESP**',
         'slide: {6b:1} foreign packet dropped, RFC 6275: {6b-off:1}. Where nobody attacks, at the end of a binding: {6b-in-flight:1} packets on their way dropped, RFC 6275: {6b-in-flight-off:1}'),
        ('8', 'Sending: IPsec may not know which care-of address to use.', 'RFC 5648 9.3.2', 'same',
         'all flows follow the one address of the SAs, which moves {8:2} time; {8:3} and {8:4} packets lost'),
        ('8a', 'The Monami6 stack must specify the tunnel end point.', 'RFC 5648 9.3.2', 'two ways',
         'each flow has the delay of its own path, {8a:1}, {8a:2}, {8a:3}, by {8a:4} SA'),
        ('8b', 'That needs tighter integration.', 'RFC 5648 9.3.2', 'same',
         'rewritten after IPsec: {8b:4} fragments, nobody is told; told with the packet: {8b-told:1} Packet Too Big'),
    ]),
    ('Not on the slides', [
        ('9', 'Anti-replay where one SA is on several care-of addresses.', 'RFC 6089 7', 'new',
         'window 32, 140 ms apart: 42 packets overtake, {9:1} lost; 28 do, {9-below:1}; an SA for each care-of address, {9-per-coa:2}'),
        ('10', 'Only what IPsec protects may move a tunnel.', 'RFC 4877 4.3', 'new',
         '{10:1} bindings by Binding Updates in the clear, {10:2} moves'),
    ]),
]
LADDERS = {'5a': ('9.99 s', '10.2 s'), '5b': ('9.99 s', '10.35 s')}
TOLD = '''# The slides, line by line

"Use of IKEv2 and IPsec with Multiple CoA support" (V. Devarapalli, MONAMI6, IETF 68) is what section 9 of RFC 5648 came
from. Each of its lines is a scenario here: it says what the line claims, and its `expect` list holds the outcome against
it. Two rows are of what the slides do not say. Where the slides and an RFC disagree (4u, 6b) both readings run.

```sh
monami run scenarios/ietf68/seed-5a.yaml -o out
monami trace show out --ladder
```

All derive from [three-paths](three-paths.yaml): a protected mobile node with care-of addresses on three networks, `near`, `middle`
and `far`, 10, 60 and 150 ms from its home agent, and a flow on each. For each row there is a bug that, planted into
the program, makes its scenarios fail and those of no other row (`tests/breaks`).

This page is made from the runs by `tests/e2e/ietf68.py`, and a test compares.
'''


def run(name):
    out = os.path.join(scratch, 'ietf68-run', name)
    done = subprocess.run([monami, 'run', '-q', '-f', '-o', out, os.path.join(folder, name + '.yaml')],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(done.stdout)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    return [(text, found) for text, found in db.execute('SELECT text, found FROM expectation ORDER BY line')]


def ladder(name, start, end):
    shown = subprocess.run([monami, 'trace', 'show', os.path.join(scratch, 'ietf68-run', name), '--ladder', '--from', start,
                            '--to', end], stdout=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL='C'), check=True)
    return '```\n' + ''.join(line.rstrip() + '\n' for line in shown.stdout.splitlines()) + '```\n'


def plain(found):
    """12.345600 ms as 12.3 ms, 99.15384615 % as 99.15 %."""
    number, _, unit = found.partition(' ')
    if unit in ('ms', '%'):
        return '%s %s' % (re.sub(r'\.?0+$', '', '%.*f' % (1 if unit == 'ms' else 2, float(number))), unit)
    return found


def files_of(row, names):
    return [n for n in names if n == 'seed-' + row or re.match('seed-%s-' % row, n)]


def said(name):
    whole = open(os.path.join(folder, name + '.yaml')).read()
    quote = re.match(r'((?:# .*\n)*)', whole).group(1).replace('# ', '')
    title = re.search(r'^title: (.*?) \(seed \w+\)$', whole, re.M)
    text = re.search(r'^text: >-\n((?:  .*\n)+)', whole, re.M)
    return ' '.join(quote.split()), title.group(1), ' '.join(text.group(1).split())


def wrapped(text):
    return '\n'.join(textwrap.wrap(text, 118, break_long_words=False, break_on_hyphens=False)) + '\n'


def fault(row):
    """What a planted bug does that fails this row alone."""
    for file in sorted(glob.glob(os.path.join(breaks, '*.patch'))):
        head = open(file).read().split('\n\n')[0]
        if 'row:' + row in head.splitlines()[1].split():
            return re.match('Fault: (.*)', head).group(1)
    sys.exit('row %s: no planted bug names it' % row)


def section(row, line, place, relation, names, found):
    told = '\n### %s. %s\n\n%s: %s.\n' % (row, line.rstrip('.'), place, relation)
    for name in names:
        quote, title, text = said(name)
        told += '\n**[%s](%s.yaml)** - %s\n\n' % (name, name, title) + wrapped(quote) + '\n' + wrapped(text)
        told += '\n| expected | found |\n|---|---|\n'
        for text, value in found[name]:
            told += '| `%s` | %s |\n' % (text, plain(value))
        if name == 'seed-' + row and row in LADDERS:
            told += '\n' + ladder(name, *LADDERS[row])
    return told + '\n' + wrapped('Planted bug that fails this row alone: %s.' % fault(row))


shutil.rmtree(os.path.join(scratch, 'ietf68-run'), ignore_errors=True)
os.makedirs(os.path.join(scratch, 'ietf68-run'))
every = sorted(os.path.basename(f)[:-5] for f in glob.glob(os.path.join(folder, 'seed-*.yaml')))
found = {name: run(name) for name in every}
table = '\n| row | slide | RFC | there | outcome |\n|---|---|---|---|---|\n'
sections = ''
taken = set()
for title, rows in SLIDES:
    sections += '\n## %s\n' % title
    for row, line, place, relation, outcome in rows:
        names = files_of(row, every)
        taken.update(names)

        def value(m):
            return plain(found['seed-' + m.group(1)][int(m.group(2)) - 1][1])

        table += '| [%s](seed-%s.yaml) | %s | %s | %s | %s |\n' % (
            row, row, line, place, relation, re.sub(r'\{([\w-]+):(\d+)\}', value, outcome))
        sections += section(row, line, place, relation, names, found)
if set(every) - taken:
    sys.exit('of no row: ' + ' '.join(sorted(set(every) - taken)))
whole = TOLD + table + sections
if '--write' in sys.argv:
    open(page, 'w').write(whole)
elif not os.path.exists(page) or open(page).read() != whole:
    sys.exit('scenarios/ietf68/README.md is not what the runs found: tests/e2e/ietf68.py MONAMI SCENARIOS SCRATCH --write')
print('%d rows, %d scenarios' % (sum(len(rows) for _, rows in SLIDES), len(every)))
