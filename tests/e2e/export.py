#!/usr/bin/python3
"""export.py MONAMI SCENARIOS SCRATCH ROOT [pandas|R]: what monami export writes is what the database has, in
both formats; twice the same bytes; and what it says where it cannot. With pandas or R: the lines of
docs/export.md run there."""
import csv
import filecmp
import importlib.util
import json
import math
import os
import re
import resource
import shutil
import signal
import sqlite3
import statistics
import struct
import subprocess
import sys

monami, scenarios, scratch, root = sys.argv[1:5]
language = sys.argv[5] if len(sys.argv) > 5 else None
base = os.path.join(scratch, 'export' + (language or ''))
page = open(os.path.join(root, 'docs', 'export.md')).read()
if language == 'pandas' and not importlib.util.find_spec('pandas'):
    print('SKIPPED: pandas is not here')
    sys.exit(77)
if language == 'R' and not shutil.which('Rscript'):
    print('SKIPPED: R is not here')
    sys.exit(77)
shutil.rmtree(base, ignore_errors=True)
os.makedirs(base)
os.chdir(base)


def ask(*arguments, code=0, most=None):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    got = subprocess.run([monami, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit,
                         restore_signals=False, text=True)
    assert got.returncode == code, (arguments, got.returncode, got.stdout, got.stderr)
    return got.stdout, got.stderr


def refused(words, *arguments, code=2, most=None):
    """One sentence, and nothing that was not there before."""
    before = sorted(os.listdir('.'))
    out, said = ask('export', *arguments, code=code, most=most)
    assert out == '' and said.startswith('error: ') and said.count('\n') == 1 and words in said, (arguments, said)
    assert sorted(os.listdir('.')) == before, (arguments, os.listdir('.'))


def rows(folder, name):
    with open(os.path.join(folder, name + '.csv'), newline='') as file:
        return list(csv.reader(file))


def same(text, value):
    if value is None or isinstance(value, str):
        return text == (value or '')
    return (int(text) if isinstance(value, int) else float(text)) == value


ask('sweep', 'run', os.path.join(scenarios, 'loss.yaml'), '-q', '-o', 'study', '--set', 'sweep.replicate.seeds=2',
    '--set', 'general.stop=30 s', '--set', 'expect=[]')
if language:
    ask('export', 'study', '-o', 'tables')
    block = re.search(r'```%s\n(.*?)```' % {'pandas': 'python', 'R': 'r'}[language], page, re.S).group(1)
    if language == 'R':
        block = ''.join(line for line in block.splitlines(True) if 'DBI' not in line)
    subprocess.run(['Rscript', '-e', block] if language == 'R' else [sys.executable, '-c', block], check=True)
    shutil.rmtree(base)
    sys.exit(0)
ask('run', os.path.join(scenarios, 'wifi-lte-voice.yaml'), '-q', '-o', 'run', '--pcap', 'none')

# a study with texts that need quotes, and a run that failed
os.mkdir('odd')
shutil.copy('study/study.sqlite', 'odd')
odd = sqlite3.connect('odd/study.sqlite')
title = 'Loss, "at\r\nfull" length '
last = odd.execute('SELECT max(number) FROM job').fetchone()[0]
odd.execute('UPDATE study SET title = ?', (title,))
odd.execute('UPDATE run SET title = ?', (title,))
odd.execute('UPDATE parameter SET value = ? WHERE number = 1', ('a,b "c"\n',))
odd.execute('UPDATE job SET exit_code = 124, message = ?, run_key = NULL WHERE number = ?', ('it took "too", long', last))
for (table,) in odd.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
    columns = [c[1] for c in odd.execute('PRAGMA table_info("%s")' % table)]
    if 'number' in columns and table not in ('job', 'parameter'):
        odd.execute('DELETE FROM "%s" WHERE number = ?' % table, (last,))
odd.execute('INSERT INTO disruption (number, flow, direction, disruption_ns) VALUES (0, \'call\', \'up\', 1250000000), '
            "(0, 'call', 'up', 300000000), (0, 'call', 'up', -5), (0, 'call', 'up', NULL), (1, 'late', 'up', -5)")
odd.commit()

sources = {'study': 'study/study.sqlite', 'run': 'run/results.sqlite', 'odd': 'odd/study.sqlite'}

# ---- CSV
for name, path in sources.items():
    out = name + '-csv'
    assert ask('export', name, '-o', out) == (out + '\n', '')
    assert ask('export', path, '-o', out + '2', '-q') == ('', '')
    compared = filecmp.dircmp(out, out + '2')
    assert not compared.left_only and not compared.right_only
    assert filecmp.cmpfiles(out, out + '2', compared.common_files, shallow=False)[1:] == ([], [])
    db = sqlite3.connect(path)
    study = name != 'run'
    tables = [t for (t,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    files = {t + '.csv' for t in tables if t not in ('job', 'parameter', 'scalar')} | {'runs.csv', 'export.json'}
    assert set(os.listdir(out)) == files, (os.listdir(out), files)
    parameters = ['networks.wlan.loss', 'flows.call.traffic.voice'] if study else []
    metrics = ['flow.call.down.lost', 'flow.call.down.mos_mean'] if study else []
    values = {}
    if study:
        for number, key, value in db.execute('SELECT number, name, value FROM parameter UNION ALL SELECT * FROM scalar'):
            values[number, key] = value
    # a row a run
    got = rows(out, 'runs')
    assert got[0] == ['number', 'point', 'unit', 'replication', 'run_key', 'exit_code', 'message'] + parameters + metrics
    jobs = list(db.execute("SELECT j.number, point, unit, j.replication, coalesce(nullif(j.run_key, ''), r.run_key), exit_code, "
                           'message FROM job j LEFT JOIN run r USING (number)' if study else
                           'SELECT 0, 0, 0, replication, run_key, 0, NULL FROM run'))
    assert len(got) == len(jobs) + 1
    for line, job in zip(got[1:], jobs):
        want = list(job) + [values.get((job[0], key)) for key in parameters + metrics]
        assert len(line) == len(want) and all(same(a, b) for a, b in zip(line, want)), (line, want)
    # a file a table
    for table in tables:
        if table in ('job', 'parameter', 'scalar'):
            continue
        got = rows(out, table)
        columns = [c[1] for c in db.execute('PRAGMA table_info("%s")' % table)]
        plain = [c for c in columns if c != 'number']
        of_runs = not study or 'number' in columns
        assert got[0] == (['number'] + parameters if of_runs else []) + plain, (table, got[0])
        wanted = db.execute('SELECT %s FROM "%s" ORDER BY %s rowid' % (
            ', '.join((['number'] if study else ['0']) * of_runs + ['"%s"' % c for c in plain]), table,
            'number,' if of_runs and study else '')).fetchall()
        assert len(got) == len(wanted) + 1, table
        for line, want in zip(got[1:], wanted):
            if of_runs:
                want = [want[0]] + [values[want[0], p] for p in parameters] + list(want[1:])
            assert len(line) == len(want) and all(same(a, b) for a, b in zip(line, want)), (table, line, want)
    told = json.load(open(out + '/export.json'))
    assert told['export'].startswith('monami ') and told['source'] == os.path.basename(path), told
    assert ('study_key' in told) == study and ('run_key' in told) != study, told
assert '"Loss, ""at\r\nfull"" length "' in open('odd-csv/study.csv', newline='').read()
assert rows('odd-csv', 'runs')[-1][5:7] == ['124', 'it took "too", long']
assert rows('odd-csv', 'runs')[2][7] == 'a,b "c"\n'
assert ',,' in open('run-csv/disruption.csv').readlines()[1]

# ---- OMNeT++
schema = {
    'run': 'runId INTEGER 1 PK, runName TEXT 1, simtimeExp INTEGER 1',
    'runAttr': 'runId INTEGER 1, attrName TEXT 1, attrValue TEXT 1',
    'runItervar': 'runId INTEGER 1, itervarName TEXT 1, itervarValue TEXT 1',
    'runConfig': 'runId INTEGER 1, configKey TEXT 1, configValue TEXT 1, configOrder INTEGER 1',
    'scalar': 'scalarId INTEGER 1 PK, runId INTEGER 1, moduleName TEXT 1, scalarName TEXT 1, scalarValue REAL 0',
    'scalarAttr': 'scalarId INTEGER 1, attrName TEXT 1, attrValue TEXT 1',
    'parameter': 'paramId INTEGER 1 PK, runId INTEGER 1, moduleName TEXT 1, paramName TEXT 1, paramValue TEXT 1',
    'paramAttr': 'paramId INTEGER 1, attrName TEXT 1, attrValue TEXT 1',
    'statistic': 'statId INTEGER 1 PK, runId INTEGER 1, moduleName TEXT 1, statName TEXT 1, isHistogram INTEGER 1, '
                 'isWeighted INTEGER 1, statCount INTEGER 1, statMean REAL 0, statStddev REAL 0, statSum REAL 0, statSqrsum '
                 'REAL 0, statMin REAL 0, statMax REAL 0, statWeights REAL 0, statWeightedSum REAL 0, statSqrSumWeights '
                 'REAL 0, statWeightedSqrSum REAL 0',
    'statisticAttr': 'statId INTEGER 1, attrName TEXT 1, attrValue TEXT 1',
    'histogramBin': 'statId INTEGER 1, lowerEdge REAL 1, binValue REAL 1',
    'vector': 'vectorId INTEGER 1 PK, runId INTEGER 1, moduleName TEXT 1, vectorName TEXT 1, vectorCount INTEGER 0, vectorMin '
              'REAL 0, vectorMax REAL 0, vectorSum REAL 0, vectorSumSqr REAL 0, startEventNum INTEGER 0, endEventNum INTEGER '
              '0, startSimtimeRaw INTEGER 0, endSimtimeRaw INTEGER 0',
    'vectorAttr': 'vectorId INTEGER 1, attrName TEXT 1, attrValue TEXT 1',
    'vectorData': 'vectorId INTEGER 1, eventNumber INTEGER 1, simtimeRaw INTEGER 1, value REAL 0',
}
owners = {'runId': 'run', 'scalarId': 'scalar', 'paramId': 'parameter', 'statId': 'statistic', 'vectorId': 'vector'}


def close(a, b):
    return (a is None) == (b is None) and (a is None or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-15))


for name, path in sources.items():
    out = name + '.sca'
    assert ask('export', name, '-o', out) == (out + '\n', '')
    ask('export', name, '-o', name + '-again', '--format', 'omnetpp')
    assert filecmp.cmp(out, name + '-again', shallow=False)
    study = name != 'run'
    db = sqlite3.connect(path)
    got = sqlite3.connect(out)
    assert got.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
    assert got.execute('PRAGMA foreign_key_check').fetchall() == []
    tables = [t for (t,) in got.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    assert set(tables) == set(schema), tables
    for table, columns in schema.items():
        mine = ', '.join('%s %s %d%s' % (c[1], c[2], c[3], ' PK' if c[5] else '') for c in got.execute('PRAGMA table_info(%s)' % table))
        assert mine == columns, (table, mine)
        keys = {(f[3], f[2], f[4], f[6]) for f in got.execute('PRAGMA foreign_key_list(%s)' % table)}
        owned = {c.split()[0] for c in columns.split(', ') if c.split()[0] in owners and 'PK' not in c}
        assert keys == {(c, owners[c], c, 'CASCADE') for c in owned}, (table, keys)
        if 'PK' in columns:
            assert 'AUTOINCREMENT' in got.execute('SELECT sql FROM sqlite_schema WHERE name = ?', (table,)).fetchone()[0]
    # runs
    first = {n: k for n, k in db.execute('SELECT number, run_key FROM run' if study else 'SELECT 0, run_key FROM run')}
    numbers = [n for (n,) in db.execute('SELECT number FROM job')] if study else [0]
    stem = 'loss' if study else 'wifi-lte-voice'
    want = [(n + 1, '%s-%d%s' % (stem, n, '-' + first[n][:12] if n in first else ''), -9) for n in numbers]
    assert got.execute('SELECT * FROM run').fetchall() == want
    told = dict(got.execute('SELECT attrName, attrValue FROM runAttr WHERE runId = 1'))
    assert len(told) == got.execute('SELECT count(*) FROM runAttr WHERE runId = 1').fetchone()[0]
    for key in 'configname experiment inifile iterationvars iterationvarsf measurement network repetition replication runnumber seedset'.split():
        assert key in told, key
    assert not {'datetime', 'processid', 'resultdir'} & set(told)
    assert told['inifile'] == stem + '.yaml' and told['replication'] == '#0' and told['runnumber'] == '0', told
    # parameters
    given = db.execute('SELECT number + 1, name, value FROM parameter ORDER BY rowid' if study else 'SELECT 1, name, value FROM parameter').fetchall()
    assert got.execute('SELECT * FROM runItervar').fetchall() == given
    assert got.execute("SELECT runId, moduleName || '.' || paramName, paramValue FROM parameter ORDER BY paramId").fetchall() == given
    # scalars, each once
    units = dict(got.execute("SELECT scalarId, attrValue FROM scalarAttr WHERE attrName = 'unit'"))
    scalar = {}
    for id_, run, module, key, value in got.execute('SELECT * FROM scalar'):
        assert (run, module, key) not in scalar, (run, module, key)
        scalar[run, module, key] = (value, units.get(id_))
    wanted = {}
    number = 'number' if study else '0'

    def want(run, module, key, value, time=False):
        if value is not None:
            unit = 's' if time else 'B' if 'bytes' in key else None
            wanted[run + 1, module, key] = (value / 1e9 if time else float(value), unit)
    for table, modules in (('flow', "flow || '.' || direction"), ('link', "link || '.' || replace(direction, ' > ', '->')")):
        columns = [c[1] for c in db.execute('PRAGMA table_info(%s)' % table) if c[2] != 'TEXT' and c[1] != 'number']
        assert len(columns) >= 6
        for line in db.execute('SELECT %s, %s, %s FROM %s' % (number, modules, ', '.join(columns), table)):
            for key, value in zip(columns, line[2:]):
                time = key.endswith('_ns')
                want(line[0], line[1], key[:-3] if time else key, value, time)
    for run, node, interface, key, value in db.execute('SELECT %s, node, interface, name, value FROM counter' % number):
        want(run, node + ('.' + interface if interface else ''), key, value)
    for run, node, key, count, at in db.execute('SELECT %s, node, name, count, last_ns FROM occurrence' % number):
        want(run, node, key + ':count', count)
        want(run, node, key + ':last', at, True)
    if study:
        for run, key, value in db.execute('SELECT * FROM scalar'):
            want(run, 'metric', key, value)
    assert scalar == wanted, set(scalar.items()) ^ set(wanted.items())
    # disruptions
    gaps = {}
    for run, module, ns in db.execute("SELECT %s, flow || '.' || direction, disruption_ns FROM disruption" % number):
        if ns is not None:
            gaps.setdefault((run + 1, module), []).append(ns)
    assert got.execute('SELECT count(*) FROM statistic').fetchone()[0] == len(gaps) > 0
    for line in got.execute('SELECT * FROM statistic').fetchall():
        ns = gaps[line[1], line[2]]
        x = [n / 1e9 for n in ns]
        assert line[3:7] == ('disruption', 1, 0, len(x)) and line[13:] == (None,) * 4
        for a, b in zip(line[7:13], (statistics.mean(x), statistics.stdev(x) if len(x) > 1 else None, math.fsum(x),
                                     math.fsum(v * v for v in x), min(x), max(x))):
            assert close(a, b), (line, a, b)
        bins = got.execute('SELECT lowerEdge, binValue FROM histogramBin WHERE statId = ? ORDER BY lowerEdge', line[:1]).fetchall()
        edges = [b[0] for b in bins]
        assert edges[0] == -math.inf and edges[1] == 0 and len(edges) > 2 and edges == sorted(set(edges))
        assert bins[-1][1] == 0 and all(abs(e * 10 - round(e * 10)) < 1e-9 for e in edges[1:])
        for k, (edge, count) in enumerate(bins):
            above = bins[k + 1][0] if k + 1 < len(bins) else math.inf
            assert count == sum(edge <= v < above for v in x), (bins, x)
            assert not count or k == 0 or above - edge < 0.1 + 1e-9
        assert dict(got.execute('SELECT attrName, attrValue FROM statisticAttr WHERE statId = ?', line[:1]))['unit'] == 's'
    # vectors
    vectors = got.execute('SELECT * FROM vector').fetchall()
    if study:
        assert vectors == []
        continue
    series = {}
    for module, t, sent in db.execute("SELECT flow || '.' || direction, received_ns, sent_ns FROM packet WHERE received_ns IS NOT NULL"):
        series.setdefault((module, 'delay'), []).append((t, (t - sent) / 1e9))
    for node, interface, key, t, value in db.execute('SELECT node, interface, name, t_ns, value FROM series'):
        series.setdefault((node + '.' + interface, key), []).append((t, value))
    assert {v[2:4] for v in vectors} == set(series) and len(vectors) == len(series) > 2
    for v in vectors:
        data = got.execute('SELECT eventNumber, simtimeRaw, value FROM vectorData WHERE vectorId = ? ORDER BY rowid', v[:1]).fetchall()
        points = sorted(series[v[2:4]], key=lambda p: p[0])
        assert [d[0] for d in data] == list(range(len(points))) and [d[1:] for d in data] == points, v
        x = [p[1] for p in points]
        assert v[4] == len(x) and v[9:] == (0, len(x) - 1, points[0][0], points[-1][0]), v
        for a, b in zip(v[5:9], (min(x), max(x), math.fsum(x), math.fsum(y * y for y in x))):
            assert math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12), (v, a, b)
        mine = dict(got.execute('SELECT attrName, attrValue FROM vectorAttr WHERE vectorId = ?', v[:1]))
        assert mine['unit'] == ('s' if v[3] == 'delay' else 'bps'), mine
        assert mine['interpolationmode'] == ('none' if v[3] == 'delay' else 'backward-sample-hold'), mine
    (edge,) = got.execute("SELECT configValue FROM runConfig WHERE configKey = 'sim-time-limit'").fetchone()
    assert edge == '70.0s', edge
got = sqlite3.connect('odd.sca')
assert got.execute("SELECT attrValue FROM runAttr WHERE runId = 1 AND attrName = 'scenariotitle'").fetchone() == (title,)
assert got.execute("SELECT attrName, attrValue FROM runAttr WHERE runId = ? AND attrName IN ('exitcode', 'message', 'digest')",
                   (last + 1,)).fetchall() == [('exitcode', '124'), ('message', 'it took "too", long')]
for suffix in ('db', 'sqlite', 'vec'):
    ask('export', 'study', '-o', 'x.' + suffix)
    assert filecmp.cmp('study.sca', 'x.' + suffix, shallow=False)
ask('export', 'study', '-o', 'csv.db', '--format', 'csv')
assert os.path.isdir('csv.db')
assert open('study.sca', 'rb').read()[68:72] == struct.pack('>I', 0x6d6f7870)

# a study that keeps packets, of two runs, in a place whose name an URI would not take as it is
kept = 'a 100%?#&x'
os.mkdir(kept)
shutil.copy('study/study.sqlite', kept)
db = sqlite3.connect(kept + '/study.sqlite')
db.execute("ATTACH 'run/results.sqlite' AS one")
for table in ('packet', 'series'):
    db.execute('CREATE TABLE %s AS SELECT number, %s.* FROM job, one.%s WHERE number IN (0, 3)' % (table, table, table))
db.commit()
ask('export', kept, '-o', 'file:kept?.vec')
got = sqlite3.connect('./file:kept?.vec')
mine = sqlite3.connect('run.sca')
for sql in ('SELECT moduleName, vectorName, vectorCount, vectorMin, vectorMax, vectorSum FROM vector WHERE runId = %d ORDER BY 1, 2',
            'SELECT moduleName, vectorName, eventNumber, simtimeRaw, value FROM vectorData JOIN vector USING (vectorId) '
            'WHERE runId = %d ORDER BY 1, 2, 3'):
    want = mine.execute(sql % 1).fetchall()
    assert want and got.execute(sql % 1).fetchall() == got.execute(sql % 4).fetchall() == want
assert got.execute('SELECT DISTINCT runId FROM vector ORDER BY 1').fetchall() == [(1,), (4,)]
ask('export', kept, '-o', 'kept-csv')
assert [line[3:] for line in rows('kept-csv', 'packet') if line[0] in ('number', '3')] == [line[1:] for line in rows('run-csv', 'packet')]

# ---- the page: its queries and its names
for sql in re.findall(r'"(SELECT [^"]*)"', page):
    answer = sqlite3.connect('study/study.sqlite').execute(sql).fetchall()
    assert len(answer) == 4 and all(1 < mos < 4.5 for _, mos in answer), answer
header = rows('study-csv', 'runs')[0]
for key in re.findall(r"'([a-z.]+\.[a-z_.]+)'", ''.join(re.findall(r'```[a-z]+\n(.*?)```', page, re.S))):
    assert key in header or key in ('tables/runs.csv', 'study.sqlite'), key

# ---- what is in its place
refused('--force replaces it', 'study', '-o', 'study-csv')
refused('--force replaces it', 'study', '-o', 'study.sca')
ask('export', 'run', '-o', 'study-csv', '-f')
assert os.path.exists('study-csv/packet.csv') and not os.path.exists('study-csv/axis.csv')
ask('export', 'run', '-o', 'study.sca', '--force')
assert filecmp.cmp('study.sca', 'run.sca', shallow=False)
os.mkdir('mine')
open('mine/export.json', 'w').write('{"thesis": 1}\n')
open('mine.sca', 'w').write('thesis\n')
shutil.copy('run/results.sqlite', 'other.sca')
for place in ('study', 'run', 'mine', 'mine.sca', 'other.sca', 'run/results.sqlite', 'study/study.sqlite', 'run/scenario.yaml'):
    refused('was not made by monami export' if os.path.isdir(place) or '.s' in place and not place.endswith('yaml') else 'not a folder',
            'study', '-o', place, '-f')
assert ask('run', os.path.join(scenarios, 'minimal.yaml'), '-o', 'study-csv', '-f', code=2)[1].count('not made by monami') == 1
open('left.sca.part', 'w').close()
ask('export', 'study', '-o', 'left.sca')
open('right.sca.part', 'w').write('thesis')
refused('is in the way', 'study', '-o', 'right.sca', code=1)
assert open('right.sca.part').read() == 'thesis' and not os.path.exists('left.sca.part')

# ---- errors
refused('Say -o PATH', 'study')
refused("'xml' is neither csv nor omnetpp", 'study', '-o', 'x', '--format', 'xml')
refused('No such file or directory', 'nothing', '-o', 'x')
refused('is not the folder of a run or of a sweep', 'mine', '-o', 'x')
refused('No such file or directory', 'study', '-o', 'nowhere/x', code=1)
refused('No such file or directory', 'study', '-o', 'nowhere/x.sca', code=1)
refused('cannot be the name of a new', 'study', '-o', 'x.sca/', '--format', 'omnetpp', code=1)
whole = open('study/study.sqlite', 'rb').read()
for kind, data in (('text', b'thesis ' * 1000), ('cut', whole[:len(whole) // 2]), ('empty', b''),
                   ('holed', whole[:20480] + b'\xff' * 4096 + whole[24576:])):
    os.makedirs('bad/' + kind)
    open('bad/%s/study.sqlite' % kind, 'wb').write(data)
    for out in ('x', 'x.sca'):
        refused('bad/%s/study.sqlite: ' % kind, 'bad/' + kind, '-o', out, code=1)
size = os.path.getsize('run.sca')
for most in (0, 4096, 20000, size - 1):
    refused('cannot be written: File too large', 'run', '-o', 'full.sca', code=1, most=most)
largest = max(os.path.getsize('run-csv/' + f) for f in os.listdir('run-csv'))
for most in (50, 4096, 20000, largest - 1):
    refused('cannot be written: File too large', 'run', '-o', 'full', code=1, most=most)
refused('cannot be written: File too large', 'run', '-o', 'run.sca', '-f', code=1, most=20000)
assert os.path.getsize('run.sca') == size
assert whole == open('study/study.sqlite', 'rb').read() and not [n for n in os.listdir('study') if 'export' in n or n.endswith('.part')]
os.chdir(scratch)
shutil.rmtree(base)
print('both formats are what the databases say')
