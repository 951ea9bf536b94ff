#!/usr/bin/python3
"""ietf68.py MONAMI SCENARIOS SCRATCH [--write]: scenarios/ietf68/README.md says what the runs found.

Each row below is a line of the slides; its files are seed-ROW.yaml and those whose names go on with
a minus.  They are run, and the page is made of their own words, of what their `expect` lists found, and of the
planted bugs of tests/breaks that name the row; --write writes it.  In an outcome {FILE:TEXT} is what
the one expectation of seed-FILE with TEXT in it found.
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
         '{1:binding_moved} binding moves at 10 s, {1:near0.option.bid}, {1:middle0.option.bid} and {1:far0.option.bid} Binding Identifiers leave on the three paths'),
        ('2', 'It stands in the IPsec database for encapsulation and decapsulation.',
         'RFC 5648 9; RFC 3776 4.3; RFC 4301', 'same',
         'the Binding Update moves the tunnels ({2:migrated, node: ha} time at the home agent), {2:sa_made} new SAs; without K they move as well ({2-without-k:migrated})'),
        ('3', 'The source of what comes from the mobile node is verified against the binding.',
         'RFC 5648 9; RFC 6275 10.4.5', 'same', '{3:drop.esp_source_not_bound} authentic packet dropped, whose outer source somebody has changed'),
        ('3a', 'Of what is reverse tunnelled it is the outer source.', 'RFC 5648 9; RFC 6275 10.4.5', 'same',
         '{3a:drop.source_not_bound} plain packet dropped, whatever its inner source'),
        ('4', 'The IKE SA is based on the care-of address.', 'RFC 5648 9; RFC 6275 11.3.2', 'same',
         '{4:before: 10 s} messages with the first care-of address, {4:at_least} with the second, {4:never: ike.message, node: ha, remote} with the home address'),
    ]),
    ('IKEv2 security associations', [
        ('5', 'One care-of address is picked, the same for all IKEv2 exchanges.', 'RFC 5648 9.1', 'for each home address',
         '{5:node: car, local} of {5:node: car, count} messages from the near path; {5:middle0.ike} and {5:far0.ike} of CREATE_CHILD_SA on the paths of the data'),
        ('5a', 'For a new one: just a Binding Update with K.', 'RFC 5648 9.1; RFC 6275 10.3.1', 'adds its Binding Identifier',
         'moved by {5a:mip6.bu_sent} Binding Update; {5a:ike.message, after: 10 s} messages of IKE, {5a:sa_made} new SAs; the next request, of the same IKE SA, is from the new address'),
        ('5b', 'No dynamic update: the IKEv2 SAs are re-established from the new one.', 'RFC 5648 9.1; RFC 4877 7.4',
         'MUST, and new IPsec SAs follow',
         '{5b:never: ike.moved} moves; {5b:exchanges.init} IKE_SA_INIT in all, {5b:event: ipsec.sa_made} new SAs, {5b:event: ike.sa_down} old IKE SA replaced; no K in the mobile node: {5b-mobile:exchanges.init} and {5b-mobile:event: ipsec.sa_made}'),
    ]),
    ('Transport mode IPsec SAs', [
        ('4t', 'Transport mode for Binding Updates, their answers and prefix discovery.', 'RFC 5648 9.2; RFC 4877 4.3', 'same',
         '{4t:policy: bu} SAs for Binding Updates and {4t:policy: mps} for prefix discovery, transport mode; {4t:mps_received} solicitation, answered by {4t:accepted} advertisement'),
        ('4u', 'A source that matches any care-of address is accepted, others are dropped.', 'RFC 5648 6.5, 9.2',
         '**not of the Binding Update**',
         'RFC: {4u:drop.no_binding} solicitation from elsewhere dropped, {4u:drop.bu_source} Binding Updates, {4u:binding_made} bindings. Slide to the letter: {4u-deck:drop.bu_source} Binding Updates dropped, {4u-deck:binding_made} binding'),
        ('4v', 'The check is done by the MIPv6/Monami6 implementation.', 'RFC 5648 6.5', 'same',
         '{4v:drops.mobility} packet dropped by mobility, {4v:drops.ipsec} by IPsec, whose SA has opened all {4v:packets}'),
        ('4w', 'IPsec does not care about the source of the Binding Update.', 'RFC 5648 9.2', 'same',
         '{4w:binding_made} bindings from three sources by {4w:sa_made} SA; it opens {4w:source} from nobody\'s address, too'),
    ]),
    ('Tunneled HoTi/HoT messages', [
        ('7', 'One care-of address for all HoTIs; the correspondent does not see it.', 'RFC 5648 9.3.1', 'MAY',
         '{7:care_of_address} of {7:rr.hoti_sent, node: car, count} HoTIs from the near path, {7:hoti_received, node: cn} and {7:hoti_received, node: other} with the home address at the two correspondents. In turn: {7-in-turn:2001:db8:1000}, {7-in-turn:2001:db8:2000}, {7-in-turn:2001:db8:3000}, and there {7-in-turn:hoti_received, node: cn} and {7-in-turn:hoti_received, node: other}'),
        ('7a', 'The same tunnel mode SA for all HoTIs.', 'RFC 5648 9.3.1; RFC 4877 6.2, 7.2.2', 'same',
         '{7a:sa.ha.in.hoti} HoTIs from three care-of addresses and {7a:sa.ha.out.hoti} HoTs by {7a:policy: hoti, mode: tunnel, direction: in} pair of SAs, where the payload has {7a:policy: payload}'),
        ('7b', 'Forwarded if the outer source is one of the care-of addresses.', 'RFC 5648 9.3.1', 'else dropped silently',
         'of {7b:sa.ha.in.hoti} that IPsec opened {7b:ha-inet.mh.hoti} are forwarded; {7b:esp_source_not_bound} from elsewhere is dropped, nobody is told'),
        ('7c', 'For HoTs any care-of address will do.', 'RFC 5648 9.3.1', 'same',
         '{7c:hot_sent, node: cn} and {7c:hot_sent, node: other} HoTs sent, {7c:believed: 1, count} arrived and believed'),
    ]),
    ('Tunneled payload traffic', [
        ('6h', 'Multiple IPsec protected tunneled flows is a bit harder.', 'RFC 5648 9.3.2', 'same',
         'all three flows have the delay of the near path: {6h:first.down}, {6h:second.down}, {6h:third.down} down'),
        ('6', 'Receiving: IPsec ignores the outer source.', 'RFC 5648 9.3.2', 'same',
         '{6:payload.packets} packets from three care-of addresses and from nobody\'s by {6:sa_made} SA, {6:no_sa} without one'),
        ('6a', 'The care-of address of payload may differ from that of the SA.', 'RFC 5648 9.3.2', 'same',
         'IKE on the near path ({6a:local} of {6a:CREATE_CHILD_SA, count} CREATE_CHILD_SA), ESP by all: {6a:middle0} and {6a:far0} packets leave on the two others'),
        ('6b', 'The home agent must still verify the care-of address.', 'RFC 5648 9.3.2; RFC 6275 10.4.5',
         '**RFC 6275: not necessary under ESP**',
         'slide: {6b:esp_source} foreign packet dropped; RFC 6275: {6b-off:esp_source}. Where nobody attacks, at the end of a binding: {6b-in-flight:esp_source} packets on their way dropped; RFC 6275: {6b-in-flight-off:esp_source}'),
        ('8', 'Sending: IPsec may not know which care-of address to use.', 'RFC 5648 9.3.2', 'same',
         'all flows follow the one address of the SAs, which moves {8:migrated} time; {8:first.down.lost} and {8:third.down.lost} packets of two flows lost'),
        ('8a', 'The Monami6 stack must specify the tunnel end point.', 'RFC 5648 9.3.2', 'two ways',
         'each flow has the delay of its own path, {8a:first.down}, {8a:second.down}, {8a:third.down}, by {8a:sa_made} SA'),
        ('8b', 'That needs tighter integration.', 'RFC 5648 9.3.2', 'same',
         'rewritten after IPsec: {8b:fragment} fragments, {8b:too_big} Packet Too Big; told with the packet: {8b-told:too_big}'),
    ]),
    ('Not on the slides', [
        ('9', 'Anti-replay where one SA is on several care-of addresses.', 'RFC 6089 7', 'new',
         'window 32, 140 ms apart: where 42 packets overtake {9:third.up.lost} of the far path are lost, where 28 do {9-below:third.up.lost}; with an SA for each care-of address {9-per-coa:third.up.lost}'),
        ('10', 'Only what IPsec protects may move a tunnel.', 'RFC 4877 4.3', 'new',
         '{10:binding_made} bindings by Binding Updates in the clear, {10:migrated} moves'),
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
            fits = [what for text, what in found['seed-' + m.group(1)] if m.group(2) in text]
            if len(fits) != 1:
                sys.exit('row %s: %d expectations have %s' % (row, len(fits), m.group(2)))
            return plain(fits[0])

        table += '| [%s](seed-%s.yaml) | %s | %s | %s | %s |\n' % (
            row, row, line, place, relation, re.sub(r'\{([\w-]+):([^}]+)\}', value, outcome))
        sections += section(row, line, place, relation, names, found)
if set(every) - taken:
    sys.exit('of no row: ' + ' '.join(sorted(set(every) - taken)))
whole = TOLD + table + sections
if '--write' in sys.argv:
    open(page, 'w').write(whole)
elif not os.path.exists(page) or open(page).read() != whole:
    sys.exit('scenarios/ietf68/README.md is not what the runs found: tests/e2e/ietf68.py MONAMI SCENARIOS SCRATCH --write')
print('%d rows, %d scenarios' % (sum(len(rows) for _, rows in SLIDES), len(every)))
