#!/usr/bin/python3
"""ladder.py MONAMI SCENARIOS SCRATCH: `monami trace show DIR --ladder` of two runs is word for word what
the *.ladder beside this file say; it fits a terminal, is ASCII unless the locale says UTF-8, agrees with the tables, and says
what is wrong with a wish that it cannot fulfil."""
import json
import os
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
expected = os.path.dirname(os.path.abspath(__file__))

BASE = """scenario: %s
nodes: {car: {ipsec: {keying: ike, payload: tunnel, suite: aes128-gcm16}, ike: {coa: %s, dpd: 5 s%s}}}
expect: []
%s
"""
RUNS = {
    'keyed': ('cell0', '', 'general: {record: {pcap: none}}', ()),
    # a new IKE SA from each address; LTE loses every third packet, and this seed some of those that matter
    'lossy': ('wlan0', ', mobility: re-establish, order: sas-first',
              'general: {seed: 4, record: {pcap: none}}\nnetworks: {lte: {loss: 30 %}}',
              ('--from', '1 s', '--to', '5.6 s')),
}


def ask(*args, code=0, locale='C'):
    env = {k: v for k, v in os.environ.items() if k not in ('LANG', 'LC_CTYPE')}
    done = subprocess.run([monami, *args], capture_output=True, env={**env, 'LC_ALL': locale})
    assert done.returncode == code, (args, done.returncode, done.stderr)
    return done.stdout.decode(), done.stderr.decode()


def check_lines(out, db):
    """What the JSON says of each message is in the tables."""
    told = 0
    for ladder in json.loads(ask('trace', 'show', out, '--ladder', '--json')[0]):
        assert ladder['begin_ns'] <= ladder['end_ns']
        for line in ladder['lines']:
            t, name = db.execute('SELECT t_ns, name FROM event WHERE id = ?', (line['event'],)).fetchone()
            assert (t, name) == (line['t_ns'], line['name'])
            if line['kind'] == 'event':
                continue
            told += 1
            spi, lost, why, at = db.execute('SELECT spi, lost_ns, lost_why, lost_at FROM message WHERE event = ?',
                                            (line['event'],)).fetchone()
            assert (line['policy'] is None) == (spi is None), line
            if line['arrived_ns'] is None:
                assert line['lost_ns'] == lost, line
                assert lost is None or line['why'] == '%s at %s' % (why, at), line
            else:
                first, = db.execute('SELECT min(t_ns) FROM event WHERE cause = ? AND node = ?',
                                    (line['event'], line['to'])).fetchone()
                assert line['arrived_ns'] == first > line['t_ns'], line
    return told


for name, (coa, ike, more, span) in RUNS.items():
    scenario, out = os.path.join(scratch, 'ladder-%s.yaml' % name), os.path.join(scratch, 'ladder-' + name)
    with open(scenario, 'w') as f:
        f.write(BASE % (os.path.join(scenarios, 'wifi-lte-voice.yaml'), coa, ike, more))
    ask('run', scenario, '-q', '-f', '-o', out)
    text, _ = ask('trace', 'show', out, '--ladder', *span)
    with open(os.path.join(scratch, name + '.ladder'), 'w') as f:
        f.write(text)
    with open(os.path.join(expected, name + '.ladder')) as f:
        assert text == f.read(), 'diff %s/%s.ladder %s/%s.ladder' % (expected, name, scratch, name)
    assert text.isascii() and max(map(len, text.split('\n'))) <= 100
    nice, _ = ask('trace', 'show', out, '--ladder', *span, locale='C.UTF-8')
    assert '\u25b6' in nice and max(map(len, nice.split('\n'))) <= 100 and len(nice.split('\n')) == len(text.split('\n'))
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    assert check_lines(out, db) > 10
    # one transition, and a span of time
    number, at = db.execute("SELECT transition, done_ns FROM transition WHERE kind = 'BID removed' AND "
                            "from_interface = 'wlan0'").fetchone()
    one, _ = ask('trace', 'show', out, '--ladder', '--transition', str(number))
    assert one.count('link lost: wlan0') == 1 and one.split('\n')[1] == '  %d: BID removed, wlan0' % number, one
    span, _ = ask('trace', 'show', out, '--ladder', '--from', '%d ns' % at, '--to', '%d ns' % at, '--node', 'car')
    assert 'deregistered, BID 1' in span and 'link lost' not in span, span
    assert ask('trace', 'show', out, '--ladder', '--from', '69.999 s')[0].count('\n') <= 8

# Return routability and a correspondent, with losses of both kinds.
out = os.path.join(scratch, 'ladder-routes')
ask('run', os.path.join(scenarios, 'route-optimised.yaml'), '-q', '-f', '-o', out, '--set', 'expect=[]', '--set',
    'networks.lte.loss=30 %', '--set', 'general.record={packets: all, pcap: none}', '--set', 'general.seed=11')
text, _ = ask('trace', 'show', out, '--ladder', '--from', '30 s', '--to', '38.5 s')
with open(os.path.join(scratch, 'routes.ladder'), 'w') as f:
    f.write(text)
with open(os.path.join(expected, 'routes.ladder')) as f:
    assert text == f.read(), 'diff %s/routes.ladder %s/routes.ladder' % (expected, scratch)
assert check_lines(out, sqlite3.connect(os.path.join(out, 'results.sqlite'))) > 10
begun, _ = ask('trace', 'show', out, '--ladder', '--from', '10 s', '--to', '14 s')
assert 'HoTI' in begun and 'ESP hoti' in begun and 'HoT, nonce' in begun and 'packets go directly' in begun, begun

text = open(os.path.join(expected, 'lossy.ladder')).read()
assert ' lost' in text and 'link_loss at car.cell0' in text and 'try 2' in text

# a run in which nothing has happened yet
still = os.path.join(scratch, 'ladder-still')
ask('run', os.path.join(scenarios, 'minimal.yaml'), '-q', '-f', '-o', still, '--set', 'expect=[]', '--set', 'flows={}', '--set', 'events=[]',
    '--set', 'general={stop: 1 ms}')
assert ask('trace', 'show', still, '--ladder') == ('', still + ': there was no hand-over\n')
assert 'no flow has sent any' in ask('plot', still, code=1)[1]

keyed = os.path.join(scratch, 'ladder-keyed')
for words, args in (
        ('there is no transition 99', ('--transition', '99')),
        ("'x' is not a whole number", ('--transition', 'x')),
        ('has its own times', ('--transition', '1', '--from', '1 s')),
        ('had no hand-over', ('--node', 'ha')),
        ('--from is behind --to', ('--from', '2 s', '--to', '1 s')),
        ('--bin is of a measured trace', ('--bin', '1 s'))):
    out, err = ask('trace', 'show', keyed, '--ladder', *args, code=2)
    assert not out and words in err, (args, out, err)
assert 'goes with --ladder' in ask('trace', 'show', keyed, '--from', '1 s', code=2)[1]
assert 'no results.sqlite' in ask('trace', 'show', scenarios, '--ladder', code=2)[1]
assert 'is of trace show' in ask('trace', 'import', keyed, '--ladder', code=2)[1]
