#!/usr/bin/python3
"""diff.py MONAMI SCENARIOS SCRATCH: `monami diff` says equal of equal runs, names the first event and
packet that differ, and every value: compared with what python finds, and with one value changed in
each column of each table."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
base = os.path.join(scratch, 'diff')
shutil.rmtree(base, ignore_errors=True)
os.makedirs(base)
ASKED = {'run_key', 'scenario', 'title', 'version', 'seed', 'replication', 'engine', 'crypto', 'processor', 'stop_ns'}


def run(name, *more):
    out = os.path.join(base, name)
    subprocess.run([monami, 'run', os.path.join(scenarios, 'wifi-lte-voice.yaml'), '-q', '-f', '-o', out, '--pcap', 'none',
                    *more], check=False, stderr=subprocess.DEVNULL)
    return out


def diff(a, b, code):
    got = subprocess.run([monami, 'diff', a, b, '--json'], stdout=subprocess.PIPE)
    assert got.returncode == code, (a, b, got.returncode)
    return json.loads(got.stdout)


def rows(folder, sql):
    path = folder if folder.endswith('.sqlite') else os.path.join(folder, 'results.sqlite')
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    return [dict(row) for row in db.execute(sql)]


def values(found):
    """The found row of each side; None: not there."""
    side = [{key: v[s] for key, v in found.items()} for s in 'ab']
    return [None if all(v is None for v in s.values()) else s for s in side]


def text(row):
    return row and {key: None if v is None else str(v) for key, v in row.items()}


def flat(event):
    if event is None:
        return None
    fields = json.loads(event.pop('data'))
    return text(dict(event, **fields))


def first_event(a, b):
    sql = 'SELECT t_ns, node, name, id, cause, data FROM event ORDER BY rowid'
    both = rows(a, sql), rows(b, sql)
    for k in range(max(map(len, both))):
        x, y = (side[k] if k < len(side) else None for side in both)
        if x != y:
            return [flat(x), flat(y)]
    return None


def first_packet(a, b):
    key = ('flow', 'direction', 'sequence', 'copy')
    x, y = ({tuple(r[k] for k in key): r for r in rows(side, 'SELECT * FROM packet')} for side in (a, b))
    wrong = [k for k in set(x) | set(y) if x.get(k) != y.get(k)]
    if not wrong:
        return None
    first = min(wrong, key=lambda k: (min(r['sent_ns'] for r in (x.get(k), y.get(k)) if r), '.'.join(map(str, k))))
    return [text(x.get(first)), text(y.get(first))]


def check(a, b, code=1):
    got = diff(a, b, code)
    for what, want in (('event', first_event(a, b)), ('packet', first_packet(a, b))):
        if want is None:
            assert got[what] is None, (what, got[what])
            continue
        found = values(got[what])
        for side in (0, 1):  # a field that only the other event has is null
            mine = found[side] and {k: v for k, v in found[side].items() if v is not None or k in (want[side] or {})}
            assert mine == want[side], (what, mine, want[side])
    assert got['equal'] == (code == 0)
    return got


one = run('one')
assert diff(one, run('two'), 0)['equal']
assert diff(os.path.join(one, 'results.sqlite'), one, 0)['asked'] is None
said = subprocess.run([monami, 'diff', one, one], stdout=subprocess.PIPE, check=True).stdout
assert said.startswith(b'equal: '), said

other = check(one, run('seed', '--set', 'general.seed=2'))
assert sorted(other['asked']) == ['run_key', 'seed'], other['asked']
check(one, run('late', '--set', "nodes.car.detection.link_down=60 ms"))
check(one, run('short', '--set', 'general.stop=60 s'))
check(run('quiet', '--set', 'events=[]'), one)
titled = diff(one, run('title', '--set', 'title=another'), 0)  # asked for otherwise, and equal
assert set(titled['asked']) == {'title'}, titled['asked']

# a binding that is made and moved in one instant: a run is equal to itself
def moved():
    out = os.path.join(base, 'moved')
    subprocess.run([monami, 'run', os.path.join(scenarios, 'address-taken.yaml'), '-q', '-f', '-o', out], check=True)
    return out


assert rows(moved(), 'SELECT 1 FROM binding GROUP BY node, home_address, bid, made_ns HAVING count(*) > 1')
assert diff(moved(), moved(), 0)['equal']

# rows of another number are the same rows: an event that only one run has shifts none of the others
shutil.copy(os.path.join(one, 'results.sqlite'), os.path.join(base, 'fewer.sqlite'))
db = sqlite3.connect(os.path.join(base, 'fewer.sqlite'))
gone = db.execute('SELECT node, name FROM occurrence ORDER BY rowid').fetchone()
db.execute('DELETE FROM occurrence WHERE node = ? AND name = ?', gone)
db.execute('CREATE TABLE left AS SELECT * FROM occurrence')
db.executescript('DELETE FROM occurrence; INSERT INTO occurrence SELECT * FROM left; DROP TABLE left')
db.close()
got = diff(one, os.path.join(base, 'fewer.sqlite'), 1)
assert [(v['table'], v['row'], v['column']) for v in got['values']] == [('occurrence', '.'.join(gone), 'row')], got['values']

# one value of each column of each table
tried = 0
source = os.path.join(one, 'results.sqlite')
series = run('series', '--set', 'general.record.series=5 s', '--set', 'general.record.digest=false')
source = os.path.join(series, 'results.sqlite')
copy = os.path.join(base, 'copy.sqlite')
db = sqlite3.connect(source)
for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
    n = db.execute('SELECT count(*) FROM %s' % table).fetchone()[0]
    for column in ['row'] + [c[1] for c in db.execute('PRAGMA table_info(%s)' % table)]:
        if n == 0 or (table == 'run' and column in ASKED | {'row'}):
            continue
        shutil.copy(source, copy)
        other = sqlite3.connect(copy)
        if column == 'row':
            other.execute('DELETE FROM %s WHERE rowid = %d' % (table, n))
        else:
            is_text = db.execute("SELECT type FROM pragma_table_info(?1) WHERE name = ?2", (table, column)).fetchone()[0] == 'TEXT'
            new = ("'{\"bid\":77}'" if column == 'data' else "'changed'") if is_text else 'ifnull(%s, 0) + 1' % column
            other.execute('UPDATE %s SET %s = %s WHERE rowid = %d' % (table, column, new, (n + 1) // 2))
        other.commit()
        other.close()
        got = check(source, copy)
        where = {'event': 'event', 'packet': 'packet'}.get(table)
        if where:
            assert got[where] and not got['values'], (table, column, got)
        else:
            assert not got['event'] and not got['packet'], (table, column)
            assert {v['table'] for v in got['values']} == {table}, (table, column, got['values'])
        tried += 1
assert tried > 80, tried

for wrong in ((one, os.path.join(base, 'nowhere')), (base, one), (monami, one), (one,)):
    got = subprocess.run([monami, 'diff', *wrong], stderr=subprocess.PIPE)
    assert got.returncode == 2 and got.stderr.startswith(b'error: '), wrong
print('%d changed values are found' % tried)
