#!/usr/bin/python3
"""figures.py MONAMI SCENARIO SCRATCH: every kind of figure of a study says what the study says, by an
independent computation; its caption says what it rests on; what cannot be drawn is told in a sentence."""
import csv
import math
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys

monami, scenario, scratch = sys.argv[1:4]
base = os.path.join(scratch, 'figures')
study = os.path.join(base, 'study')
drawn = os.path.join(study, 'figures')
LOSS, VOICE, DELAY = 'networks.wlan.loss', 'flows.call.traffic.voice', 'backbone.ha-inet.delay'
NEAR = ['--where', DELAY + '=12 ms']
if not shutil.which('gnuplot'):
    print('SKIPPED: gnuplot is not here')
    sys.exit(77)
shutil.rmtree(base, ignore_errors=True)
os.makedirs(base)

# ---- statistics of our own ---------------------------------------------------------------------
T975 = {1: 12.706204736, 2: 4.302652730, 3: 3.182446305, 4: 2.776445105, 5: 2.570581836, 6: 2.446911851,
        19: 2.093024054}  # Student's t, 97.5 %


def mean(x):
    return sum(x) / len(x)


def t_interval(x):
    m = mean(x)
    sd = math.sqrt(sum((v - m) ** 2 for v in x) / (len(x) - 1))
    half = T975[len(x) - 1] * sd / math.sqrt(len(x))
    return m, m - half, m + half


def median(x):
    s = sorted(x)
    return (s[(len(s) - 1) // 2] + s[len(s) // 2]) / 2


def wilson(k, n, z=1.959963985):
    middle = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    return 100 * k / n, 100 * max(0, middle - half), 100 * min(1, middle + half)


def t_test(d):
    """Two-sided p: Student's density, integrated by Simpson's rule over 0..|t|."""
    m, df = mean(d), len(d) - 1
    t = abs(m) / math.sqrt(sum((v - m) ** 2 for v in d) / df / len(d))
    c = math.gamma((df + 1) / 2) / math.sqrt(df * math.pi) / math.gamma(df / 2)
    f = lambda u: c * (1 + u * u / df) ** (-(df + 1) / 2)
    n = 20000
    h = t / n
    inside = h / 3 * sum(f(k * h) * (1 if k in (0, n) else 4 if k % 2 else 2) for k in range(n + 1))
    return 1 - 2 * inside


def holm(p):
    out, worst = [0] * len(p), 0
    for rank, k in enumerate(sorted(range(len(p)), key=lambda k: p[k])):
        worst = max(worst, min(1, (len(p) - rank) * p[k]))
        out[k] = worst
    return out


# ---- asking --------------------------------------------------------------------------------------
def ask(*arguments, code=0, env=None, **more):
    got = subprocess.run([monami, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, **more)
    assert got.returncode == code, (arguments, got.returncode, got.stderr)
    return got.stdout, got.stderr


def refuse(*arguments, says, code=2, **more):
    """One sentence, with all of these words; nothing is left behind."""
    out, words = ask('plot', *arguments, code=code, **more)
    assert out == '' and words.startswith('error: ') and words.count('\n') == 1, words
    for part in says:
        assert part in words, (part, words)


def rows(name, folder=None):
    with open(os.path.join(folder or drawn, name + '.csv'), newline='') as file:
        return list(csv.DictReader(file))


def caption(name, folder=None):
    text = open(os.path.join(folder or drawn, name + '.txt')).read()
    assert max(map(len, text.split('\n'))) <= 125, text
    return ' '.join(text.split())


def near(got, want):
    assert abs(float(got) - want) <= 1e-6 * max(1, abs(want)), (got, want)


def near_row(row, want):
    for key, value in zip(('value', 'low', 'high'), want):
        near(row[key], value)


def draw(metric, *arguments, folder=study):
    name = 'asked'
    where = os.path.join(folder, 'figures')
    words = ask('plot', folder, '--metric', metric, '--name', name, *arguments)
    assert words == (where + '/asked.svg\n', 'drew 1 figure in %s\n' % where), words
    assert not [n for n in os.listdir(where) if n.endswith('.part')]
    return rows(name, where), caption(name, where)


def values(db, metric, **where):
    """{(unit, replication): value}, straight from the tables."""
    kind, flow, way, *column = metric.split('.')
    what = 'flow.' + column[0] if kind == 'flow' else 'max(disruption.disruption_ns)'
    sql = ('SELECT job.unit, job.replication, %s FROM job JOIN %s USING (number) WHERE flow = ? AND direction = ? AND '
           'exit_code < 2' % (what, kind))
    for name, value in where.items():
        sql += " AND number IN (SELECT number FROM parameter WHERE name = '%s' AND value = '%s')" % (PLAIN[name], value)
    return {(u, r): v for u, r, v in db.execute(sql + ' GROUP BY number', (flow, way)) if v is not None}


PLAIN = {'loss': LOSS, 'voice': VOICE, 'delay': DELAY}
ask('sweep', 'run', scenario, '-q', '-o', study, '-j', '2')
shutil.copytree(study, os.path.join(base, 'fresh'))
ask('plot', study)
db = sqlite3.connect(os.path.join(study, 'study.sqlite'))
version, key = db.execute('SELECT version, study_key FROM study').fetchone()
names = ['lost', 'lost-bars', 'often', 'spread', 'boxes', 'map', 'against']
assert sorted(os.listdir(drawn)) == sorted(n + '.' + s for n in names for s in ('csv', 'gp', 'txt', 'svg', 'png', 'pdf'))

# ---- the figures of the scenario -----------------------------------------------------------------
for name in ('lost', 'lost-bars'):
    got = rows(name)
    assert [float(r['x']) for r in got] == [2, 5, 10] * 2, 'numbers ascend, whatever the order of the sweep'
    for row in got:
        sample = values(db, 'flow.call.down.lost', loss=row['text'], voice=row['series'], delay='12 ms')
        assert (row['n'], row['runs'], row['missing'], len(sample)) == ('7', '7', '0', 7)
        near_row(row, t_interval(list(sample.values())))
    assert caption(name).startswith(DELAY + ' = 12 ms; n = 7 seeds; 95 % t interval; '), caption(name)
    assert caption(name).endswith(('study ' + key[:12] + '; ' if key else '') + 'monami ' + version)

for row in rows('often'):
    sample = values(db, 'flow.call.down.lost', loss=row['text'], voice='g711', delay='12 ms').values()
    near_row(row, wilson(sum(v > 20 for v in sample), len(sample)))
    assert row['unit'] == '%'
assert '95 % Wilson interval' in caption('often')

for loss in ('2 %', '5 %', '10 %'):
    for voice in ('g711', 'g729'):
        sample = sorted(values(db, 'flow.call.down.mos_mean', loss=loss, voice=voice, delay='12 ms').values())
        steps = [r for r in rows('spread') if r['series'] == loss and r['text'] == voice]
        assert len(steps) == 8
        for k, row in enumerate(steps):
            near(row['value'], sample[max(0, k - 1)])
            near(row['share_percent'], 100 * k / 7)
        box = [r for r in rows('boxes') if r['text'] == loss and r['series'] == voice]
        near(box[0]['median'], median(sample))
        near(box[0]['q1'], sample[1])  # nearest rank: the 2nd and the 6th of 7
        near(box[0]['q3'], sample[5])
        reach = 1.5 * (sample[5] - sample[1])
        inside = [v for v in sample if sample[1] - reach <= v <= sample[5] + reach]
        near(box[0]['low'], inside[0])
        near(box[0]['high'], inside[-1])
        beyond = sorted(float(r['outlier']) for r in box[1:])
        assert len(beyond) == 7 - len(inside)
        for got, want in zip(beyond, (v for v in sample if v not in inside)):
            near(got, want)

assert [(r['y_text'], r['text']) for r in rows('map')] == [(d, l) for d in ('12 ms', '40 ms') for l in ('2 %', '5 %', '10 %')]
for row in rows('map'):
    near(row['value'], mean(values(db, 'flow.call.down.delay_p99_ns', loss=row['text'], voice='g711',
                                   delay=row['y_text']).values()) / 1e6)
    assert row['unit'] == 'ms'


def check_differences(got, metric, holds=True):
    p = []
    for row in got:
        a = values(db, metric, loss='2 %', voice=row['series'], delay='12 ms')
        b = values(db, metric, loss=row['text'], voice=row['series'], delay='12 ms')
        d = [b[k] - a[k] for k in sorted(a)]
        near_row(row, t_interval(d))
        p.append(t_test(d))
    for row, one, adjusted in zip(got, p, holm(p) if holds else p):
        near(row['p'], one)
        near(row['p_adjusted'], adjusted)
        assert row['significant'] == str(int(adjusted < 0.05)), row


assert [r['text'] for r in rows('against')] == ['5 %', '10 %'] * 2, 'the baseline is not compared with itself'
check_differences(rows('against'), 'flow.call.down.lost')
said = caption('against')
for part in ('n = 7 pairs of seeds', 'paired differences from %s = 2 %%' % LOSS, '95 % t interval',
             "* significant at 5 % after Holm's correction of 4 comparisons"):
    assert part in said, (part, said)
got, said = draw('flow.call.up.lost', '--kind', 'difference', '--x', VOICE, '--lines', LOSS, *NEAR)
assert [r['series'] for r in got] == ['5 %', '5 %', '10 %', '10 %'], got  # the baseline may be a line, too

# ---- any metric, from the tables ------------------------------------------------------------------
got, said = draw('flow.call.up.delay_p95_ns', '--x', LOSS, '--lines', VOICE, *NEAR)
for row in got:
    near_row(row, [v / 1e6 for v in t_interval(list(values(
        db, 'flow.call.up.delay_p95_ns', loss=row['text'], voice=row['series'], delay='12 ms').values()))])
got, said = draw('flow.call.up.lost', '--x', LOSS, '--statistic', 'median', '--where', VOICE + '=g711', '--where', DELAY + '=12ms')
for row in got:
    sample = sorted(values(db, 'flow.call.up.lost', loss=row['text'], voice='g711', delay='12 ms').values())
    near_row(row, (sample[3], sample[0], sample[6]))
assert '95 % interval of order statistics' in said
got, said = draw('flow.call.up.lost', '--x', LOSS, '--statistic', 'p90', '--where', VOICE + '=g711', *NEAR)
assert all(r['low'] == r['high'] == '' for r in got) and 'too few samples (a 90th percentile needs ' in said, said
got, said = draw('flow.call.up.delay_max_ns', '--x', LOSS, '--kind', 'bars', '--statistic', 'share', '--above', '30 ms',
                 '--where', VOICE + '=g711', *NEAR)
for row in got:
    sample = values(db, 'flow.call.up.delay_max_ns', loss=row['text'], voice='g711', delay='12 ms').values()
    near_row(row, wilson(sum(v > 30e6 for v in sample), 7))
got, said = draw('event.mn.mip6.bu_sent', '--x', LOSS, '--where', VOICE + '=g711', *NEAR)
near(got[0]['value'], mean([n for n, in db.execute(
    "SELECT ifnull((SELECT sum(count) FROM occurrence o WHERE o.number = job.number AND node = 'mn' AND name = 'mip6.bu_sent'), 0) "
    "FROM job JOIN parameter a USING (number) JOIN parameter b USING (number) JOIN parameter c USING (number) WHERE a.value = '2 %' "
    "AND b.value = 'g711' AND c.value = '12 ms'")]))
ask('plot', study, '--metric', 'counter.mn.wlan0.mh.bu.sent', '--x', LOSS, *NEAR, '--where', VOICE + '=g711')
assert os.path.exists(os.path.join(drawn, 'counter.mn.wlan0.mh.bu.sent-by-loss.svg')), os.listdir(drawn)

# ---- a share, an axis by ratios, words of one's own ------------------------------------------------
got, said = draw('flow.call.down.lost_share', '--x', LOSS, '--where', VOICE + '=g711', *NEAR, '--log-x', '--label', 'x=loss of the link',
                 '--label', 'value=packets that are gone')
for row in got:
    lost, sent, left = (values(db, 'flow.call.down.' + c, loss=row['text'], voice='g711', delay='12 ms') for c in ('lost', 'sent', 'in_flight'))
    m, low, high = t_interval([100 * lost[k] / (sent[k] - left[k]) for k in lost])
    near_row(row, (m, max(0, low), min(100, high)))
    assert row['unit'] == '%'
script = open(os.path.join(drawn, 'asked.gp')).read()
for part in ('set logscale x', 'set xtics (2, 5, 10)', '"loss of the link, %"', '"packets that are gone, % (mean)"'):
    assert part in script, (part, script)
assert LOSS not in script
got, said = draw('flow.call.down.lost', '--kind', 'bars', '--x', LOSS, '--lines', VOICE, *NEAR, '--log-value')
script = open(os.path.join(drawn, 'asked.gp')).read()
drawn_at = [float(r[c]) for r in got for c in ('value', 'low', 'high') if r[c] and float(r[c]) > 0]
least, most = (float(v) for v in re.search(r'set logscale y\nset yrange \[([0-9.]+):([0-9.]+)\]', script).groups())
near(least, min(drawn_at) / 2)
near(most, max(drawn_at) * 1.5)
assert '$5-drawn($4)' in script, script  # an interval that reaches below ends at the axis
got, said = draw('flow.call.down.lost', '--x', LOSS, '--lines', VOICE, *NEAR, '--log-x', '--label', 'lines=the codec')
script = open(os.path.join(drawn, 'asked.gp')).read()
factors = sorted({float(f) for f in re.findall(r'\$2\*([0-9.]+)', script)})  # as far apart in ratio, not in distance
assert len(factors) == 2 and abs(factors[0] * factors[1] - 1) < 1e-6 and factors[1] > 1.001, factors
assert 'the codec' in script and VOICE not in script
got, said = draw('flow.call.down.delay_p99_ns', '--x', LOSS, '--y', DELAY, '--kind', 'heat', '--where', VOICE + '=g711', '--label',
                 'y=how far', '--label', 'value=late')
script = open(os.path.join(drawn, 'asked.gp')).read()
assert '"how far"' in script and '"late, ms (mean)"' in script and DELAY not in script

# ---- sentences ------------------------------------------------------------------------------------
M = ['--metric', 'flow.call.down.lost']
refuse(study, '--metric', 'flow.call.down.losst', '--x', LOSS, *NEAR, says=["column 'losst'", "did you mean 'flow.call.down.lost'?"])
refuse(study, '--metric', 'flow.video.down.lost', '--x', LOSS, *NEAR, says=["no flow 'video'", 'flows: call'])
refuse(study, '--metric', 'event.car.mip6.bu_sent', '--x', LOSS, *NEAR, says=["no node 'car'", 'nodes: '])
refuse(study, '--metric', 'nonsense', '--x', LOSS, *NEAR, says=["'nonsense' is not a metric; those are flow.NAME"])
refuse(study, *M, '--x', 'networks.wlan.los', *NEAR, says=['networks.wlan.los', "did you mean '%s'?" % LOSS, 'it varies ', VOICE])
refuse(study, *M, '--x', LOSS, '--where', VOICE + '=g712', says=["no value 'g712'", "did you mean 'g711'?", 'g729'])
refuse(study, *M, '--x', LOSS, '--where', VOICE, says=['is not PARAMETER=VALUE'])
refuse(study, *M, '--x', LOSS, '--kind', 'linse', says=["no kind 'linse'", "did you mean 'lines'?", 'distribution'])
refuse(study, *M, '--x', LOSS, '--statistic', 'medain', says=["did you mean 'median'?", 'p99'])
refuse(study, *M, says=['needs x'])
refuse(study, *M, '--x', VOICE, '--where', LOSS + '=2 %', *NEAR, '--log-x', says=['no numbers above 0'])
refuse(study, *M, '--x', LOSS, '--where', VOICE + '=g711', *NEAR, '--kind', 'box', '--log-x', says=['goes with kind lines'])
refuse(study, *M, '--x', LOSS, '--where', VOICE + '=g711', *NEAR, '--label', 'y=u', says=['y goes with kind heat'])
refuse(study, *M, '--x', LOSS, '--where', VOICE + '=g711', *NEAR, '--label', 'z=u', says=["--label: 'z=u'"])
refuse(study, '--log-x', says=['--log-x goes with --metric'])
refuse(study, *M, '--x', LOSS, '--where', VOICE + '=g711', *NEAR, '--kind', 'box', '--log-value', says=['kinds lines and bars'])
refuse(study, *M, '--x', LOSS, '--kind', 'heat', says=['needs y'])
refuse(study, *M, '--x', LOSS, '--y', VOICE, says=['y goes with kind heat'])
refuse(study, *M, '--x', LOSS, '--lines', VOICE, says=["varies '%s' too, which is neither x nor lines" % DELAY, "'%s=12 ms'" % DELAY])
refuse(study, *M, '--x', LOSS, '--statistic', 'share', says=['needs --above'])
refuse(study, *M, '--x', LOSS, '--above', '3', says=['--above goes with --statistic share'])
refuse(study, '--metric', 'disruption.call.down', '--x', LOSS, '--statistic', 'share', '--above', '3', says=["such as '150 ms'"])
refuse(study, *M, '--x', LOSS, '--name', '../up', says=['--name'])
refuse(study, '--x', LOSS, says=['--x goes with --metric'])
refuse(study, '--metric', 'flow.call.down.delay_mean_ns', '--x', LOSS, '--steady', says=['keep: packets'])
refuse(study, *M, '--x', LOSS, '--steady', says=['steady is of flow.NAME'])
assert 'did you mean' in ask('plot', study, '--metrik', 'x', code=2)[1]


# ---- other studies: copies that were changed ---------------------------------------------------------
def copy(name, *statements):
    folder = os.path.join(base, name)
    shutil.copytree(os.path.join(base, 'fresh'), folder)
    other = sqlite3.connect(os.path.join(folder, 'study.sqlite'))
    for statement in statements:
        other.executescript(statement)
    other.commit()
    return folder, other


FEW = NEAR + ['--where', VOICE + '=g711']
# seven seeds become three drives of two or three seeds each
drives, ddb = copy('drives', 'UPDATE job SET unit = replication / 3, replication = replication % 3; UPDATE study SET unit = '
                   "'drive', correction = 'none'; UPDATE run SET knowledge = 'oracle'; UPDATE study SET study_key = '0123456789abcdef'")
got, said = draw('flow.call.down.lost', '--x', LOSS, *FEW, folder=drives)
for row in got:
    sample = values(ddb, 'flow.call.down.lost', loss=row['text'], voice='g711', delay='12 ms')
    units = [mean([v for (u, _), v in sample.items() if u == unit]) for unit in range(3)]
    near_row(row, t_interval(units))
    assert (row['n'], row['runs']) == ('3', '7')
for part in ('n = 3 drives of 1 to 3 seeds each', 'detection by oracle', 'study 0123456789ab;'):
    assert part in said, said
got, said = draw('flow.call.down.lost', '--x', LOSS, *FEW, '--kind', 'bars', '--statistic', 'share', '--above', '20', folder=drives)
for row in got:
    sample = values(ddb, 'flow.call.down.lost', loss=row['text'], voice='g711', delay='12 ms')
    units = [mean([v > 20 for (u, _), v in sample.items() if u == unit]) for unit in range(3)]
    m, low, high = t_interval(units)
    near_row(row, (100 * m, 100 * max(0, low), 100 * min(1, high)))
assert '95 % t interval' in said and 'Wilson' not in said
got, said = draw('flow.call.down.lost', '--x', LOSS, *FEW, '--kind', 'difference', folder=drives)
a, b = (values(ddb, 'flow.call.down.lost', loss=l, voice='g711', delay='12 ms') for l in ('2 %', '10 %'))
units = [mean([b[k] - a[k] for k in a if k[0] == unit]) for unit in range(3)]
near_row(got[1], t_interval(units))
assert got[1]['p'] == got[1]['p_adjusted'] and 'without correction' in said and 'n = 3 pairs of drives of' in said, said
got, said = draw('flow.call.down.lost', '--x', LOSS, *FEW, '--kind', 'box', folder=drives)
assert 'n = 7 runs of 3 drives' in said, said

# runs that failed or have no value are missing, and said; too few for an interval, too
some, sdb = copy('some', "UPDATE job SET exit_code = 3 WHERE replication = 6 AND number IN (SELECT number FROM parameter WHERE "
                 "value = '5 %'); DELETE FROM scalar WHERE number IN (SELECT number FROM job WHERE exit_code = 3); "
                 "DELETE FROM scalar WHERE number IN (SELECT number FROM job JOIN parameter USING (number) WHERE value = '2 %' "
                 "AND replication > 0); UPDATE run SET knowledge = 'oracle' WHERE number % 7 = 0",
                 "DELETE FROM figure_where; DELETE FROM figure WHERE position > 0")
got, said = draw('flow.call.down.lost', '--x', LOSS, *FEW, folder=some)
assert [(r['text'], r['n'], r['missing'], r['low'] == '') for r in got] == [
    ('2 %', '1', '6', True), ('5 %', '6', '1', False), ('10 %', '7', '0', False)], got
for part in ('n = 1 to 7 seeds', 'no interval at 1 of 3 points: too few samples (a mean needs 2)', 'some detection by oracle',
             'left out of 21 runs: 1 failed; 6 without a value'):
    assert part in said, (part, said)
got, said = draw('flow.call.down.lost', '--x', LOSS, *FEW, '--kind', 'difference', folder=some)
assert [r['n'] for r in got] == ['1', '1'] and '12 without a pair' not in said and 'without a pair' in said, said
refuse(some, says=["figure lost: the sweep varies '%s' too, which is neither x nor lines" % DELAY], code=1)

# steady: packets of a queue that fills first; and one that never becomes steady
steady, pdb = copy('steady', 'CREATE TABLE packet (number INTEGER, flow TEXT, direction TEXT, sequence INTEGER, copy INTEGER, '
                   'sent_ns INTEGER, received_ns INTEGER, bytes INTEGER, overhead_bytes INTEGER, path TEXT, bid INTEGER, fate TEXT) '
                   'STRICT', 'DELETE FROM job WHERE replication > 0')
chance = random.Random(1)
wants = {}
for number, loss in pdb.execute("SELECT number, value FROM job JOIN parameter USING (number) WHERE name = ? AND number IN (SELECT "
                                "number FROM parameter WHERE value = 'g711') AND number IN (SELECT number FROM parameter WHERE "
                                "value = '12 ms')", (LOSS,)).fetchall():
    for k in range(600):
        delay = int(20e6 + 1e6 * chance.random() + (1e6 * k if loss == '10 %' else 40e6 * max(0, 1 - k / 100)))
        pdb.execute("INSERT INTO packet VALUES (?, 'call', 'down', ?, 0, ?, ?, 160, 40, 'tunnel', 0, 'received')",
                    (number, k, 20_000_000 * k, 20_000_000 * k + delay))
        wants.setdefault(loss, []).append(delay / 1e6)
    pdb.execute("INSERT INTO packet VALUES (?, 'call', 'down', 600, 0, 0, NULL, 160, 40, 'tunnel', 0, 'lost')", (number,))
pdb.commit()


def mser5(x):
    z = [mean(x[k:k + 5]) for k in range(0, len(x) - 4, 5)]
    error = lambda d: sum((v - mean(z[d:])) ** 2 for v in z[d:]) / len(z[d:]) ** 2
    return 5 * min(range(len(z) - 4), key=error)


got, said = draw('flow.call.down.delay_mean_ns', '--x', LOSS, *FEW, '--steady', folder=steady)
for row in got:
    series = wants[row['text']]
    cut = mser5(series)
    if row['text'] == '10 %':
        assert cut > 300 and row['value'] == '' and row['missing'] == '1', row
        continue
    assert 80 <= cut <= 300, cut
    rest = series[cut:]
    size = len(rest) // 20
    rest = rest[len(rest) % 20:]
    near_row(row, t_interval([mean(rest[k * size:(k + 1) * size]) for k in range(20)]))
for part in ('n = 1 seed;', '95 % t interval of 20 batch means', 'warm-up cut off by MSER-5',
             'left out of 3 runs: 1 in which MSER-5 found no end of the warm-up'):
    assert part in said, (part, said)

# ---- texts that gnuplot or a CSV could take for something else -----------------------------------------
odd, odb = copy('odd', "UPDATE parameter SET value = '[a, ''b'', \"c\"] `touch hurt` @x \\n 5%' WHERE value = 'g711'; "
                "UPDATE study SET title = 'A `touch hurt` \"title\" {of}_it $x'")
got, said = draw('flow.call.down.lost', '--x', LOSS, '--lines', VOICE, *NEAR, folder=odd)
assert len(got) == 6 and not os.path.exists(os.path.join(odd, 'figures', 'hurt')), os.listdir(os.path.join(odd, 'figures'))

# ---- redrawn by gnuplot alone, without gnuplot, where nothing can be written, damaged -------------------
alone = os.path.join(base, 'alone')
os.makedirs(alone)
for suffix in ('csv', 'gp'):
    for name in names:
        shutil.copy(os.path.join(drawn, name + '.' + suffix), alone)
for name in names:
    for arguments in ([], ['-e', "format='png'"], ['-e', "format='pdf'"]):
        done = subprocess.run(['gnuplot', *arguments, name + '.gp'], cwd=alone, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 0 and done.stderr == '', (name, done.stderr)
    for suffix in ('svg', 'png'):
        assert open(os.path.join(alone, name + '.' + suffix), 'rb').read() == open(os.path.join(drawn, name + '.' + suffix), 'rb').read()
    assert open(os.path.join(alone, name + '.pdf'), 'rb').read().startswith(b'%PDF')

shutil.rmtree(drawn)
out, words = ask('plot', study, code=1, env=dict(os.environ, PATH=alone))
assert words == 'gnuplot is not installed: wrote only the .gp and .csv files in %s\n' % drawn and out == '', words
assert sorted(os.listdir(drawn)) == sorted(n + '.' + s for n in names for s in ('csv', 'gp', 'txt'))

whole = open(os.path.join(base, 'fresh', 'study.sqlite'), 'rb').read()
broken = os.path.join(base, 'broken')
for size in (0, 50, 4096, len(whole) // 8, len(whole) // 2, len(whole) - 4096):
    os.makedirs(broken, exist_ok=True)
    with open(os.path.join(broken, 'study.sqlite'), 'wb') as file:
        file.write(whole[:size] if size != 50 else b'This is no database at all, but a text of some words.' * 40)
    for more in ([], [*M, '--x', LOSS, *FEW], ['--metric', 'counter.mn.wlan0.mh.bu.sent', '--x', LOSS, *FEW]):
        out, words = ask('plot', broken, *more, code=1)
        assert out == '' and words.startswith('error: ') and words.count('\n') == 1, (size, words)
    assert not [n for n in os.listdir(os.path.join(broken, 'figures')) if n.endswith(('.part', '.svg'))], size
    shutil.rmtree(broken)

shutil.rmtree(drawn)
os.mkdir(drawn, 0o555)
nobody = {'user': 65534} if os.getuid() == 0 else {}
can = subprocess.run(['test', '-r', os.path.join(study, 'study.sqlite'), '-a', '-x', monami], **nobody).returncode == 0
if can:
    refuse(study, *M, '--x', LOSS, *FEW, says=[drawn, 'Permission denied'], code=1, **nobody)
os.chmod(drawn, 0o755)
shutil.rmtree(base)
print('figures say what the study says')
