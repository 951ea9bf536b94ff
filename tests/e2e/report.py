#!/usr/bin/python3
"""report.py MONAMI SCENARIOS SCRATCH: the page of a run is well-formed, needs no other file, says what
the results say, is the same each time, and is there whole or not at all."""
import os
import re
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as xml

monami, scenarios, scratch = sys.argv[1:4]
out = os.path.join(scratch, 'report')
page = os.path.join(out, 'report.html')
X = '{http://www.w3.org/1999/xhtml}'


def ask(*args, code=0):
    done = subprocess.run([monami, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == code, (args, done.returncode, done.stderr)
    return done.stdout, done.stderr


def text_of(node):
    return ' '.join(''.join(node.itertext()).split())


def rows_after(body, title):
    """Rows of the first table behind a heading."""
    at = [k for k, node in enumerate(body) if node.tag == X + 'h2' and text_of(node) == title][0]
    for node in body[at + 1:]:
        table = node if node.tag == X + 'table' else node.find(X + 'table')  # in its box
        if table is not None:
            return [[text_of(cell) for cell in row] for row in table.iter(X + 'tr')][1:]
        if node.tag == X + 'h2':
            return []
    return []


def check(scenario, *more):
    ask('run', os.path.join(scenarios, scenario), '-q', '-f', '-o', out, '--pcap', 'none', *more)
    ask('report', out)
    first = open(page, 'rb').read()
    root = xml.fromstring(first)
    body = root.find(X + 'body')
    # a reference leaves the page nowhere
    for node in root.iter():
        for name, value in node.attrib.items():
            if name.split('}')[-1] in ('src', 'href'):
                assert value.startswith(('#', 'data:')), (name, value)
    assert not re.search(rb'url\((?!#)', first) and root.find('.//' + X + 'script') is None
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    one = lambda sql: db.execute(sql).fetchall()
    assert text_of(root.find('.//' + X + 'h1')) == one('SELECT title FROM run')[0][0]
    said = [row[0] for row in rows_after(body, 'Expectations')]
    assert said == [' '.join(text.split()) for text, in one('SELECT text FROM expectation ORDER BY line')]
    flows = [(row[0], int(row[3]), int(row[4].split()[0])) for row in rows_after(body, 'Flows')]
    assert flows == one("SELECT flow || '.' || direction, sent, lost FROM flow") and flows, flows
    assert len(rows_after(body, 'Transitions')) == min(200, one('SELECT count(*) FROM transition')[0][0])
    dead = sum(int(row[2]) for row in rows_after(body, 'Packets that died'))
    assert dead == one("SELECT total(value) FROM counter WHERE name LIKE 'drop.%'")[0][0], dead
    ask('report', out, '-o', page + '.again')
    assert open(page + '.again', 'rb').read() == first, 'another page of the same run'
    return body


hostile = 'a <b>title</b> & "quotes" \''
body = check('wifi-lte-voice.yaml', '--set', 'title=' + "'" + hostile.replace("'", "''") + "'")
svg = '{http://www.w3.org/2000/svg}svg'
assert len(list(body.iter(svg))) >= 3 + 3, 'three figures and three ladders'
ladder = [text_of(node) for node in body.iter(svg) if 'ladder' in node.get('class', '')]
assert len(ladder) == 3 and 'BU' in ladder[1] and 'link lost: wlan0' in ladder[1], ladder
check('fleet.yaml')
check('errors.yaml')

# whole or not at all, and a sentence for each way it cannot be
os.remove(page)
assert 'no such folder' in ask('report', out, '-o', os.path.join(out, 'no such folder', 'x.html'), code=1)[1]
assert 'manifest.json' in ask('report', os.path.join(scratch, 'nothing here'), code=2)[1]
assert os.listdir(out).count('report.html.part') == 0
