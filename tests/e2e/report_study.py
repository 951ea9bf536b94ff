#!/usr/bin/python3
"""report_study.py MONAMI SCENARIOS SCRATCH: the page of a study says what study.sqlite says, computed here
anew; it needs no other file, is well-formed, the same each time and there whole or not at all; its colours
can be told apart, light and dark; and so for studies that failed, have no figures, or are damaged."""
import base64
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import xml.etree.ElementTree as xml

monami, scenarios, scratch = sys.argv[1:4]
base = os.path.join(scratch, 'report-study')
shutil.rmtree(base, ignore_errors=True)
os.makedirs(base)
X = '{http://www.w3.org/1999/xhtml}'
S = '{http://www.w3.org/2000/svg}'
T975 = {1: 12.7062, 2: 4.30265, 3: 3.18245, 4: 2.77645, 5: 2.57058, 6: 2.44691, 7: 2.36462}  # Student's t


def ask(*args, code=0, env=None):
    done = subprocess.run([monami, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=dict(os.environ, **env) if env else None)
    assert done.returncode == code, (args, done.returncode, done.stderr)
    return done.stdout, done.stderr


def text_of(node):
    return ' '.join(''.join(node.itertext()).split())


def sections(body):
    """What stands below each h2."""
    found, at = {}, None
    for node in body:
        if node.tag == X + 'h2':
            at = found.setdefault(node.get('id'), [])
        elif at is not None:
            at.append(node)
    return found


def table_in(nodes):
    """Heads, and rows of cells, of all parts of the first table, folded ones too."""
    heads, rows = None, []
    for node in nodes:
        for table in node.iter(X + 'table'):
            first = [cell for cell in table.find(X + 'thead').iter(X + 'th')]
            if heads is not None and [text_of(cell) for cell in first] != heads:
                return heads, rows
            heads = [text_of(cell) for cell in first]
            rows += [list(row) for row in table.find(X + 'tbody')]
    return heads, rows


def numbers(cell):
    """A cell: the estimate, and what stands below it."""
    below = cell.find(X + 'span')
    value = (cell.text or '').strip()
    return (None if value == '\u2013' else float(value)), '' if below is None else text_of(below)


def near(shown, exact):
    return abs(shown - exact) <= max(5.1e-4 * abs(exact), 1e-9) + (0.5 if abs(exact) >= 1000 else 0)


# ---- any page ----------------------------------------------------------------------------------


def luminance(colour):
    """Of a colour #rrggbb; WCAG 2.1, relative luminance."""
    parts = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    a, b = sorted((luminance(a), luminance(b)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def check_style(css):
    blocks = re.findall(r':root\{([^}]*)\}', css)
    assert len(blocks) == 2, 'light and dark'
    light, dark = (dict(re.findall(r'--([a-z-]+):(#[0-9a-f]{6})', block)) for block in blocks)
    assert light.keys() == dark.keys() and re.search(r'@media screen and \(prefers-color-scheme:dark\)', css)
    used = set(re.findall(r'var\(--([a-z-]+)\)', css))
    assert used == light.keys(), used ^ light.keys()
    for name, scheme in (('light', light), ('dark', dark)):
        words = [('fg', 'bg'), ('muted', 'bg'), ('accent', 'bg'), ('good', 'bg'), ('bad', 'bg'), ('fg', 'soft'),
                 ('on-badge', 'badge-good'), ('on-badge', 'badge-bad'), ('on-badge', 'badge-note')]
        for text, ground in words:
            assert contrast(scheme[text], scheme[ground]) >= 4.5, (name, text, ground, contrast(scheme[text], scheme[ground]))
        for line in ('bu', 'ba', 'ike', 'lost', 'wait-edge', 'dot'):  # WCAG 2.1, 1.4.11
            assert contrast(scheme[line], scheme['bg']) >= 3, (name, line)
    # every colour of text is one of those above, and no colour is outside of the two blocks but the card's
    rest = re.sub(r':root\{[^}]*\}', '', css)
    assert {c for c in re.findall(r'[{;]color:([^;}]*)', rest)} <= {
        'var(--%s)' % c for c in ('fg', 'muted', 'accent', 'good', 'bad', 'on-badge')} | {'#000000'}, rest
    assert set(re.findall(r'#[0-9a-f]{3,8}\b', rest)) == {'#ffffff', '#000000'}
    assert css.count('{') == css.count('}') and not re.search(r'@import|url\(', css)
    assert '@media print' in css


def check_page(path):
    raw = open(path, 'rb').read()
    root = xml.fromstring(raw)
    body = root.find(X + 'body')
    assert root.get('lang') == 'en' and root.find('.//' + X + 'script') is None and b'<script' not in raw
    assert root.find(".//%smeta[@name='viewport']" % X).get('content') == 'width=device-width, initial-scale=1'
    for name in (b'@import', b'<iframe', b'<object', b'<embed', b' srcset', b'http-equiv'):
        assert name not in raw, name
    ids = [node.get('id') for node in root.iter() if node.get('id')]
    assert len(ids) == len(set(ids)), [name for name in ids if ids.count(name) > 1][:5]
    for node in root.iter():
        for name, value in node.attrib.items():
            name = name.split('}')[-1]
            if name in ('src', 'href'):
                assert value.startswith(('#', 'data:')), (name, value)
                assert not value.startswith('#') or value[1:] in ids, value
            assert not name.startswith('on'), name
    # names of namespaces apart, nothing names a place in the network
    pages = re.sub(rb'xmlns(:\w+)?="[^"]*"|<pre>.*?</pre>', b'', raw, flags=re.S)
    assert not re.search(rb'(href|src)="(https?:|//|file:)', pages) and not re.search(rb'url\((?!#|\'#)', pages)
    levels = [int(node.tag[-1]) for node in body.iter() if re.fullmatch(re.escape(X) + 'h[1-6]', node.tag)]
    assert levels[0] == 1 and levels.count(1) == 1, levels
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:])), levels
    for head in body.iter(X + 'th'):
        assert head.get('scope') in ('col', 'row') and text_of(head), xml.tostring(head)
    for picture in body.iter(S + 'svg'):
        assert picture.get('role') == 'img' and picture.get('aria-label')
        assert text_of(picture.find(S + 'title')) == ' '.join(picture.get('aria-label').split())
    boxed = {table for box in body.iter(X + 'div') if 'scroll' in box.get('class', '').split() for table in box.iter(X + 'table')}
    boxed |= {p for box in body.iter(X + 'div') if 'scroll' in box.get('class', '').split() for p in box.iter(S + 'svg')}
    assert set(body.iter(X + 'table')) | set(body.iter(S + 'svg')) == boxed, 'what is wide has a box'
    check_style(''.join(root.find(X + 'head').find(X + 'style').itertext()))
    return root, body


def page_of(study, *more):
    page = os.path.join(study, 'report.html')
    words = ask('report', study, *more)
    assert words[0] == page + '\n', words
    first = open(page, 'rb').read()
    ask('report', study, '-o', page + '.again')
    assert open(page + '.again', 'rb').read() == first, 'another page of the same study'
    assert ask('report', study, '-o', '-')[0].encode() == first
    assert not [name for name in os.listdir(study) if name.endswith('.part')]
    root, body = check_page(page)
    return root, body, words[1]


# ---- a study -----------------------------------------------------------------------------------


def estimate(metric, samples):
    """By unit of replication, then the mean or the median, and the interval of the mean."""
    units = {}
    for unit, value in samples:
        units.setdefault(unit, []).append(value)
    if metric.startswith('disruption.'):
        x = [statistics.median(values) for values in units.values()]
        return statistics.median(x), None, len(x)
    x = [statistics.fmean(values) for values in units.values()]
    if len(x) < 2:
        return x[0], None, 1
    half = T975[len(x) - 1] * statistics.stdev(x) / len(x) ** 0.5
    mean = statistics.fmean(x)
    return mean, (mean - half, mean + half), len(x)


def check_results(db, nodes):
    heads, rows = table_in(nodes)
    varying = [name for name, in db.execute('SELECT name FROM axis ORDER BY rowid') if db.execute(
        'SELECT count(DISTINCT value) FROM parameter WHERE name = ?', (name,)).fetchone()[0] > 1]
    points = [point for point, in db.execute('SELECT DISTINCT point FROM job ORDER BY number')]
    first = len(varying) or 1
    assert heads[:first] == (varying or ['point']) and heads[first] == 'runs', heads
    assert len(rows) == len(points)
    checked = 0
    for point, row in zip(points, rows):
        number, runs, good = db.execute('SELECT min(number), count(*), sum(exit_code <= 1) FROM job WHERE point = ?', (point,)).fetchone()
        values = dict(db.execute('SELECT name, value FROM parameter WHERE number = ?', (number,)))
        assert not varying or [text_of(cell) for cell in row[:first]] == [values[name] for name in varying]
        assert text_of(row[first]) == (str(runs) if good == runs else '%d of %d' % (good, runs))
        for head, cell in zip(heads[first + 1:], row[first + 1:]):
            metric = head.split()[0].rstrip(',')
            divisor = 1e6 if ', ms' in head else 1e9 if ', s ' in head else 1
            assert (divisor > 1) == ('_ns' in metric or metric.startswith(('disruption.', 'since.'))), head
            assert head.endswith('median') == metric.startswith('disruption.'), head
            samples = [(unit, value / divisor) for unit, value in db.execute(
                'SELECT unit, value FROM scalar JOIN job USING (number) WHERE point = ? AND name = ?', (point, metric))]
            shown, below = numbers(cell)
            if not samples:
                assert shown is None and not below
                continue
            value, interval, n = estimate(metric, samples)
            assert near(shown, value), (metric, shown, value)
            if interval:
                low, high = map(float, below.split(' to '))
                assert near(low, interval[0]) or abs(low - interval[0]) < 1e-3 * abs(value), (low, interval)
                assert near(high, interval[1]) or abs(high - interval[1]) < 1e-3 * abs(value), (high, interval)
            elif n < 6:
                assert below == 'n = %d' % n, below
            checked += 1
    return checked, heads


def check_expectations(db, nodes):
    _, rows = table_in(nodes)
    want = db.execute('SELECT text, sum(held), count(*) FROM expectation GROUP BY line, text ORDER BY line, text').fetchall()
    assert len(rows) == len(want)
    for row, (text, held, n) in zip(rows, want):
        assert text_of(row[0]) == ' '.join(text.split()) and text_of(row[1]) == '%d of %d' % (held, n)
        z = 1.959964  # Wilson 1927
        p = held / n
        middle, half = (p + z * z / 2 / n) / (1 + z * z / n), z / (1 + z * z / n) * (p * (1 - p) / n + z * z / 4 / n / n) ** 0.5
        low, high = map(float, text_of(row[2].find(X + 'span')).rstrip(' %').split(' to '))
        assert abs(low - 100 * (middle - half)) < 0.5 and abs(high - 100 * (middle + half)) < 0.5, (low, high, middle, half)
    unequal = db.execute(
        'SELECT count(*) FROM (SELECT 1 FROM (SELECT line, text, avg(held) AS a FROM expectation JOIN job USING (number) '
        'GROUP BY line, text, point) GROUP BY line, text HAVING min(a) <> max(a))').fetchone()[0]
    assert len([node for node in nodes if node.tag == X + 'details']) == unequal


def check_figures(db, nodes, study):
    ask('plot', study)
    figures = os.path.join(study, 'figures')
    names = [name for name, in db.execute('SELECT name FROM figure ORDER BY position')]
    assert [text_of(node) for node in nodes if node.tag == X + 'h3'] == names
    drawn = [node for node in nodes if node.tag == X + 'figure']
    assert len(drawn) == len(names) and all(text_of(figure.find(X + 'figcaption')) for figure in drawn)
    links = {}
    for node in nodes:
        for link in node.iter(X + 'a'):
            kind, data = link.get('href').split(',', 1)
            assert kind in ('data:text/csv;charset=utf-8;base64', 'data:text/plain;charset=utf-8;base64'), kind
            links[link.get('download')] = base64.b64decode(data, validate=True)
    assert sorted(links) == sorted(name + suffix for name in names for suffix in ('.csv', '.gp'))
    for name, data in links.items():
        assert data == open(os.path.join(figures, name), 'rb').read(), name
    shown = [node for node in nodes if node.tag == X + 'details' and node.find('.//' + X + 'table') is not None]
    for name, node in zip(names, shown):
        _, rows = table_in([node])
        assert len(rows) == min(200, links[name + '.csv'].count(b'\n') - 1)


def check_transitions(db, nodes):
    heads, rows = table_in(nodes)
    kinds = db.execute('SELECT point, kind, count(*), count(DISTINCT number) FROM transition JOIN job USING (number) '
                       'GROUP BY point, kind ORDER BY point, kind').fetchall()
    assert len(rows) == len(kinds)
    if not rows:
        assert text_of(nodes[0]).startswith('None: ')
        return
    at = heads.index('kind')
    parts = {'disruption': 'worst / 1e6', 'packets lost': 'lost * 1.0'}
    for row, (point, kind, n, runs) in zip(rows, kinds):
        assert [text_of(cell) for cell in row[at:at + 3]] == [kind, str(n), str(runs)]
        for head, of in parts.items():
            x = [value for value, in db.execute(
                'SELECT %s FROM (SELECT kind, max(disruption_ns) AS worst, sum(lost) AS lost FROM disruption d JOIN transition t ON '
                'd.number = t.number AND d.transition = t.transition JOIN job ON job.number = t.number WHERE point = ? AND kind = ? '
                'GROUP BY t.number, t.transition)' % of, (point, kind)) if value is not None]
            shown, below = numbers(row[heads.index(head)])
            if not x:
                assert shown is None
                continue
            assert near(shown, statistics.median(x)), (head, shown, x)
            assert len(x) == 1 or [near(float(a), b) for a, b in zip(below.split(' to '), (min(x), max(x)))] == [True, True]
        # registration, where both of its times are known
        x = [(ba - bu) / 1e6 for bu, ba in db.execute(
            'SELECT bu_sent_ns, ba_received_ns FROM transition JOIN job USING (number) WHERE point = ? AND kind = ? AND '
            'bu_sent_ns >= coalesce(link_down_ns, detected_ns, link_up_ns, 0) AND ba_received_ns >= bu_sent_ns', (point, kind))]
        shown, _ = numbers(row[heads.index('BU to BA')])
        if kind == 'BID moved' and x:
            assert near(shown, statistics.median(x)), (shown, x)


def check_study(study):
    db = sqlite3.connect(os.path.join(study, 'study.sqlite'))
    root, body, said = page_of(study)
    title, text, key = db.execute('SELECT title, text, study_key FROM study').fetchone()
    assert text_of(body.find(X + 'h1')) == ' '.join(title.split()) == text_of(root.find(X + 'head').find(X + 'title'))
    assert text_of(body.find("%sp[@class='lead']" % X)) == ' '.join(text.split())
    of = sections(body)
    runs, failed = db.execute('SELECT count(*), ifnull(sum(exit_code > 1), 0) FROM job').fetchone()
    points = db.execute('SELECT count(DISTINCT point) FROM job').fetchone()[0]
    words = ' '.join(text_of(node) for node in of['varied'])
    assert '%d point%s, each with' % (points, '' if points == 1 else 's') in words and ': %d run%s.' % (runs, '' if runs == 1 else 's') in words, words
    assert key in ' '.join(text_of(node) for node in of['provenance'])
    listed = of['provenance'][-2]
    assert text_of(listed[0]).startswith('The runs') and len(table_in([listed])[1]) == min(runs, 500)
    badges = [text_of(node) for node in body.iter(X + 'span') if 'badge' in node.get('class', '')]
    unmet, asked = db.execute('SELECT count(DISTINCT CASE WHEN NOT held THEN number END), count(DISTINCT number) FROM expectation').fetchone()
    assert ('expectations did not hold in %d of %d runs' % (unmet, asked) in badges) == (unmet > 0), badges
    assert any('all expectations held' in badge for badge in badges) == (asked > 0 and not unmet)
    assert ('%d of %d runs failed' % (failed, runs) in badges) == (failed > 0), badges
    oracle, ran = db.execute("SELECT count(CASE knowledge WHEN 'oracle' THEN 1 END), count(*) FROM run").fetchone()
    assert any(badge.startswith('detection by oracle') for badge in badges) == (oracle > 0)
    check_expectations(db, of['expectations'])
    check_transitions(db, of['transitions'])
    return db, body, of, badges, said


loss = os.path.join(scenarios, 'loss.yaml')
moves = os.path.join(scenarios, 'break-before-make.yaml')


def sweep(name, scenario, *sets, more=(), code=0):
    out = os.path.join(base, name)
    args = [part for one in sets for part in ('--set', one)]
    ask('sweep', 'run', scenario, '-q', '-o', out, '-j', '2', *more, *args, code=code)
    return out


has_gnuplot = shutil.which('gnuplot') is not None

# two parameters, seeds, an expectation that does not hold everywhere
hostile = "title='a <b>study</b> & \"its\" \u2192 title'"
study = sweep('loss', loss, 'general.stop=30 s', hostile,
              'sweep={parameters: {networks.wlan.loss: [0 %, 5 %], flows.call.traffic.voice: [g711, g729]}, replicate: {seeds: 3}, '
              'metrics: [flow.call.down.delay_mean_ns, disruption.call.down]}')
db, body, of, badges, said = check_study(study)
checked, heads = check_results(db, of['results'])
assert checked >= 12, checked
assert 'flow.call.down.lost' in heads[3] and heads[5].startswith('flow.call.down.delay_mean_ns, ms'), heads
if has_gnuplot:
    check_figures(db, of['figures'], study)
assert 'keep: events' in text_of(of['messages'][0]) and not list(body.iter(S + 'g')) == []
command = [text_of(node) for node in of['provenance'] if node.tag == X + 'pre'][0]
assert command.startswith('monami sweep run %s -o loss' % loss) and "--set 'general.stop=30 s'" in command, command

# hand-overs, with their messages: the run in the middle of its point
study = sweep('moves', moves, 'sweep={parameters: {networks.east.attach_time: [200 ms, 900 ms]}, replicate: {seeds: 5}, keep: [events]}'
              if 'east:' in open(moves).read() else 'sweep={replicate: {seeds: 5}, keep: [events]}', 'figures={}')
db, body, of, badges, said = check_study(study)
ladders = [node for node in body.iter(S + 'svg') if node.get('class') == 'ladder']
points = db.execute('SELECT DISTINCT point FROM job JOIN transition USING (number) ORDER BY point').fetchall()
told = [int(re.match(r'Run (\d+), in the middle of (\d+)', text_of(node)).group(1)) for node in of['messages']
        if node.tag == X + 'p' and text_of(node).startswith('Run ')]
assert len(ladders) == len(told) == min(6, len(points)) > 0, (len(ladders), told)
for (point,), number in zip(points, told):
    worst = sorted((max((d or 0 for d, in db.execute('SELECT disruption_ns FROM disruption WHERE number = ?', (n,))), default=0), n)
                   for n, in db.execute('SELECT DISTINCT number FROM transition JOIN job USING (number) WHERE point = ?', (point,)))
    assert worst[(len(worst) - 1) // 2][1] == number, (worst, number)
assert all('BU' in text_of(ladder) for ladder in ladders)
assert text_of(of['figures'][0]).startswith('None: ') and 'No figure' in text_of(of['results'][1]), text_of(of['figures'][0])

# one point, one run, detection by an oracle; nothing that was varied
study = sweep('oracle', os.path.join(scenarios, 'two-operators-study.yaml'), 'general.stop=20 s', 'expect=[]',
              'sweep={parameters: {nodes.car.profile: [oracle, duplicate]}}', 'figures={missed: {plot: flow.stream.down.missed, x: nodes.car.profile}}')
db, body, of, badges, said = check_study(study)
assert badges == ['detection by oracle in 1 of 2 runs'], badges
checked, heads = check_results(db, of['results'])
assert checked == 2 and 'n = 1' in text_of(of['results'][0])

# the files of an input are the samples, not the seeds over one of them
drive = os.path.join(scenarios, 'traces', 'two-operators.csv')
files = [shutil.copy(drive, os.path.join(base, 'drive-%d.csv' % k)) for k in range(3)]
study = sweep('drives', os.path.join(scenarios, 'two-operators.yaml'), 'general.stop=20 s', 'expect=[]', 'events=[]',
              'inputs={drive: {files: [%s], format: pam2025}}' % ', '.join(files),
              'sweep={replicate: {over: drive, seeds: 2, shift: 60 s}, metrics: [flow.stream.down.missed, disruption.stream.down]}')
db, body, of, badges, said = check_study(study)
checked, heads = check_results(db, of['results'])
assert db.execute('SELECT count(DISTINCT unit), count(*) FROM job').fetchone() == (3, 6) and checked == 2, checked
words = ' '.join(text_of(node) for node in of['varied'])
assert '1 point, each with 3 files of drive and 2 seeds of each: 6 runs.' in words and 'Files: drive-0.csv' in words, words

# more points than a table shows at once
study = sweep('many', loss, 'general.stop=25 s', 'expect=[]', 'figures={}',
              'sweep={parameters: {networks.wlan.delay: {from: 1 ms, to: 70 ms, step: 1 ms}}, metrics: [flow.call.down.delay_mean_ns]}')
db, body, of, badges, said = check_study(study)
checked, heads = check_results(db, of['results'])
folded = [node for node in of['results'] if node.tag == X + 'details']
assert checked == 70 and len(folded) == 1 and folded[0].get('class') == 'keep' and len(table_in(folded)[1]) == 10
assert text_of(folded[0][0]) == 'The other 10 rows'

# a figure that cannot be, and that a plan of today would have refused: the page says why
study = sweep('pooled', loss, 'general.stop=25 s', 'expect=[]',
              'figures={a: {plot: flow.call.down.lost, x: networks.wlan.loss, lines: flows.call.traffic.voice}}',
              'sweep={parameters: {networks.wlan.loss: [0 %, 5 %], flows.call.traffic.voice: [g711, g729]}}')
asked = sqlite3.connect(os.path.join(study, 'study.sqlite'))
asked.execute('UPDATE figure SET lines = NULL')
asked.commit()
asked.close()
db, body, of, badges, said = check_study(study)
assert 'figure a: ' in said and text_of(of['figures'][0]).startswith('Not all are here: figure a: '), said

# runs that fail
study = sweep('failed', loss, 'sweep={parameters: {networks.wlan.loss: [0 %, 5 %]}, replicate: {seeds: 2}}', 'figures={}',
              'general.stop=100000 s', more=['--timeout', '1 ms'], code=1)
db, body, of, badges, said = check_study(study)
assert badges == ['4 of 4 runs failed'], badges
failed = [text_of(row[-1]) for row in table_in([node for node in of['provenance'] if node.tag == X + 'div'][1:])[1]]
assert failed == [' '.join((message or '').split()) for message, in db.execute('SELECT message FROM job ORDER BY number')], failed
assert all(failed), failed

# no gnuplot: the numbers are there all the same
empty = os.path.join(base, 'bin')
os.makedirs(empty)
study = os.path.join(base, 'loss')
words = ask('report', study, env={'PATH': empty})[1]
assert 'gnuplot is not installed' in words, words
root, body = check_page(os.path.join(study, 'report.html'))
assert not list(body.iter(X + 'figure')) and len(list(body.iter(X + 'a'))) > 7
ask('report', study)

# pages of runs are of the same kind
ask('run', os.path.join(scenarios, 'wifi-lte-voice.yaml'), '-q', '-o', os.path.join(base, 'run'), '--pcap', 'none')
ask('report', os.path.join(base, 'run'))
check_page(os.path.join(base, 'run', 'report.html'))

# damaged: a sentence, and the page of before stays
page = os.path.join(study, 'report.html')
before = open(page, 'rb').read()
database = os.path.join(study, 'study.sqlite')
whole = open(database, 'rb').read()
half = whole[:len(whole) // 2 // 4096 * 4096]
scratched = whole[:8192] + b'\x5a' * 8192 + whole[16384:]
for damaged in (b'', b'not a database', whole[:4096], half, scratched):
    with open(database, 'wb') as file:
        file.write(damaged)
    out, words = ask('report', study, code=1)
    assert out == '' and words.startswith('error: ') and words.count('\n') == 1, words
    assert 'study.sqlite' in words, words
    assert open(page, 'rb').read() == before and not [n for n in os.listdir(study) if n.endswith('.part')]
with open(database, 'wb') as file:
    file.write(whole)
os.rename(os.path.join(study, 'study.json'), os.path.join(study, 'study.json.aside'))
assert 'study.json' in ask('report', study, code=2)[1]
os.rename(os.path.join(study, 'study.json.aside'), os.path.join(study, 'study.json'))
assert ask('report', study)[0] == page + '\n' and open(page, 'rb').read() == before
shutil.rmtree(base)
print('the pages say what the studies say')
