#!/usr/bin/python3
"""progress.py MONAMI SCENARIOS SCRATCH: a long run tells how far it is on a terminal and only there;
Ctrl-C ends a run with exit code 130, and a sweep when it comes twice, and leaves nothing that looks whole; --json is one
object on stdout."""
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time

monami, scenarios, scratch = sys.argv[1:4]
base = os.path.join(scratch, 'progress')
shutil.rmtree(base, ignore_errors=True)
os.makedirs(base)
out = os.path.join(base, 'out')
voice = os.path.join(scenarios, 'wifi-lte-voice.yaml')


def command(stop, *more):
    return [monami, 'run', voice, '-f', '-o', out, '--pcap', 'none', '--set', 'general.record={packets: none, digest: false}',
            '--set', 'expect=[]', '--set', 'general.stop=%d s' % stop, *more]


def on_terminal(arguments):
    """What the program writes on a terminal, its exit code and how long it took."""
    begin = time.monotonic()
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(arguments[0], arguments)
    words = b''
    while True:
        try:
            part = os.read(fd, 4096)
        except OSError:  # its end
            break
        if not part:
            break
        words += part
    return words.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), time.monotonic() - begin


# ---- how far it is
stop = 500
while True:  # long enough for several lines, whatever the machine
    stop *= 2
    words, code, took = on_terminal(command(stop))
    assert code == 0, (code, words)
    if words.count(' events/s, ') >= 3:
        break
    assert stop < 1e6, 'no run is long enough'
lines = words.split('\r')
told = [line for line in lines if re.search(r'^\d+\.\d s of %d\.0 s, \d+ %%, \d+ events/s, about \d+ s left *$' % stop, line)]
assert len(told) == words.count(' events/s, ') <= took * 4 + 1, (len(told), took, words)
shares = [int(re.search(r'(\d+) %', line).group(1)) for line in told]
assert shares == sorted(shares), shares
after = words[words.rindex(' s left') + 7:]
assert re.match(r' *\r +\rcall.up: ', after), after  # the line is gone before the summary stands there

words, code, _ = on_terminal(command(stop, '-q'))
assert code == 0 and words == '', words
plain = subprocess.run(command(stop), stderr=subprocess.PIPE, stdout=subprocess.PIPE, check=True)
assert plain.stdout == b'' and plain.stderr.count(b'\n') == 2 and b'\r' not in plain.stderr, plain.stderr
verbose = subprocess.run(command(stop, '-v'), stderr=subprocess.PIPE, check=True).stderr.decode()
tenths = re.findall(r'^.*, (\d+) %, \d+ events/s, about \d+ s left$', verbose, re.M)
assert '\r' not in verbose and 2 <= len(tenths) <= 10 and tenths[-1] == '100', verbose

# ---- one JSON object
got = subprocess.run(command(60, '--json', '-q'), stdout=subprocess.PIPE, check=True)
run = json.loads(got.stdout)
assert run['folder'] == out and run['stop_ns'] == 60 * 10 ** 9 and run['held'] is True, run
assert [(f['flow'], f['direction']) for f in run['flows']] == [('call', 'up'), ('call', 'down')]
assert all(isinstance(f['sent'], int) and f['sent'] > 2000 and f['mos_mean'] > 4 for f in run['flows']), run['flows']
got = subprocess.run([monami, 'run', voice, '-f', '-q', '-o', out, '--json', '--set', 'expect=[{metric: flow.call.up.sent, max: 1}]'],
                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
run = json.loads(got.stdout)
assert got.returncode == 1 and run['held'] is False and run['expectations'][0]['held'] == 0, run


# ---- Ctrl-C
def interrupt(arguments, appears, group, times=1):
    child = subprocess.Popen(arguments, stderr=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + 60
    while not os.path.exists(appears):
        assert child.poll() is None and time.monotonic() < until, (arguments, child.returncode)
        time.sleep(0.01)
    time.sleep(0.2)
    assert child.poll() is None, child.returncode
    begin = time.monotonic()
    for _ in range(times):
        (os.killpg if group else os.kill)(child.pid, signal.SIGINT)
        time.sleep(0.5 if times > 1 else 0)
    words = child.communicate(timeout=60)[1]
    assert child.returncode in ((130,) if times == 1 else (130, -signal.SIGINT)), child.returncode
    assert time.monotonic() - begin < 20, 'slow to end'
    until = time.monotonic() + (0 if times == 1 else 10)  # those that are killed give much memory back
    while True:
        try:
            os.killpg(child.pid, 0)
            assert time.monotonic() < until, 'a run goes on'
            time.sleep(0.05)
        except ProcessLookupError:
            return words


before = sorted(os.listdir(out))
digest = open(os.path.join(out, 'manifest.json')).read()
for group in (False, True):
    interrupt(command(900000, '--pcap', 'nodes', '--set', 'general.record={digest: true}'), out + '.part', group)
    assert not os.path.exists(out + '.part'), 'left ' + out + '.part'
    assert sorted(os.listdir(out)) == before and open(os.path.join(out, 'manifest.json')).read() == digest
    words = interrupt([monami, 'sweep', 'run', os.path.join(scenarios, 'loss.yaml'), '-j', '2', '-o', out + '-study', '--set',
                       'general.stop=30000 s', '--set', 'general.record.series=0 s'], out + '-study/runs', group, times=2)
    assert b'the 2 runs at work are finished; once more ends them' in words, words
    assert not os.path.exists(out + '-study/study.sqlite')
shutil.rmtree(base)
print('%d lines of progress in %.1f s; four interrupted' % (len(told), took))
