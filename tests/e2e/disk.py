#!/usr/bin/python3
"""disk.py MONAMI SCENARIOS SCRATCH: where not all can be written, plot and report say which file and why,
exit with 1 and leave nothing that looks whole; so they do when they are ended on their way."""
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

monami, scenarios, scratch = sys.argv[1:4]
base = os.path.join(scratch, 'disk')
shutil.rmtree(base, ignore_errors=True)
os.makedirs(os.path.join(base, 'tmp'))
run = os.path.join(base, 'run')
study = os.path.join(base, 'study')
figures = os.path.join(run, 'figures')
environment = dict(os.environ, TMPDIR=os.path.join(base, 'tmp'))
if not shutil.which('gnuplot'):
    print('SKIPPED: gnuplot is not here')
    sys.exit(77)


def ask(*arguments, most=None, code=0, stdout=subprocess.PIPE):
    """With files of at most `most` bytes: a disk that is full, for anybody."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    got = subprocess.run([monami, *arguments], stdout=stdout, stderr=subprocess.PIPE, preexec_fn=limit,
                         restore_signals=False, env=environment, text=True)
    assert got.returncode == code, (arguments, most, got.returncode, got.stderr)
    return got.stdout, got.stderr


def whole(folder):
    """Every file there is what its suffix says, and every figure has its files, of a study with a caption."""
    names = sorted(os.listdir(folder))
    for name in names:
        data = open(os.path.join(folder, name), 'rb').read()
        assert not name.endswith('.part'), names
        assert not name.endswith('.svg') or data.rstrip().endswith(b'</svg>'), name
        assert not name.endswith('.png') or data.endswith(b'IEND\xae\x42\x60\x82'), name
        assert not name.endswith('.pdf') or data.rstrip().endswith(b'%%EOF'), name
    stems = {name.rsplit('.', 1)[0] for name in names}
    suffixes = ('csv', 'gp', 'svg', 'png', 'pdf') + (('txt',) if study in folder else ())
    assert names == sorted(stem + '.' + suffix for stem in stems for suffix in suffixes), names
    return len(stems)


def sizes(folder, *suffixes):
    return sorted(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(suffixes))


ask('run', os.path.join(scenarios, 'minimal.yaml'), '-q', '-f', '-o', run, '--pcap', 'none')
ask('sweep', 'run', os.path.join(scenarios, 'loss.yaml'), '-q', '-f', '-o', study, '--set', 'sweep.replicate.seeds=1',
    '--set', 'general.stop=25 s', '--set', 'expect=[]')
for folder in (run, study):
    drawn = os.path.join(folder, 'figures')
    words = ask('plot', folder)[1]
    n = whole(drawn)
    assert words == 'drew %d figure%s in %s\n' % (n, 's' if n > 1 else '', drawn), words
    largest = sizes(drawn, '.svg', '.png', '.pdf', '.csv')[-1]
    told = set()
    for most in (0, 100, 2000, 8000, largest - 100):
        shutil.rmtree(drawn)
        out, words = ask('plot', folder, most=most, code=1)
        assert out == '' and words.count('\n') == 1 and words.startswith('error: ' + drawn), words
        assert words.endswith(': cannot be written: File too large\n'), words
        told.add(words.split(': ')[1].rsplit('.', 1)[1])
        whole(drawn)
    assert 'csv' in told and told & {'svg', 'png'}, told

# what was whole before stays whole
ask('plot', run)
before = {name: open(os.path.join(figures, name), 'rb').read() for name in os.listdir(figures)}
ask('plot', run, most=8000, code=1)
assert whole(figures) and before == {name: open(os.path.join(figures, name), 'rb').read() for name in os.listdir(figures)}

# ---- the page
page = os.path.join(run, 'report.html')
ask('report', run)
size = os.path.getsize(page)
os.remove(page)
for most in (0, 8000, sizes(figures, '.svg')[-1] - 100, size - 1):
    out, words = ask('report', run, most=most, code=1)
    assert out == '' and words.count('\n') == 1 and words.startswith('error: ' + base), words
    assert words.endswith(': cannot be written: File too large\n'), words
    assert not [name for name in os.listdir(run) if name.startswith('report')], os.listdir(run)
    assert os.listdir(environment['TMPDIR']) == []

# ---- ended on the way: as Ctrl-C
for command, place in (('plot', figures), ('report', environment['TMPDIR'])):
    for name in (signal.SIGTERM, signal.SIGINT):
        shutil.rmtree(figures, ignore_errors=True)
        slow = os.path.join(base, 'bin')  # a gnuplot that does not come to an end
        os.makedirs(slow, exist_ok=True)
        with open(os.path.join(slow, 'gnuplot'), 'w') as file:
            file.write('#!/bin/sh\n: >%s/begun\nexec sleep 60\n' % base)
        os.chmod(os.path.join(slow, 'gnuplot'), 0o755)
        child = subprocess.Popen([monami, command, run], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 env=dict(environment, PATH=slow + ':' + os.environ['PATH']), text=True)
        until = time.monotonic() + 60
        while not os.path.exists(os.path.join(base, 'begun')):
            assert child.poll() is None and time.monotonic() < until
            time.sleep(0.01)
        child.send_signal(name)
        out, words = child.communicate(timeout=20)
        assert child.returncode == 130 and out == words == '', (child.returncode, out, words)
        assert not os.path.exists(place) or os.listdir(place) == [], os.listdir(place)
        assert not [name for name in os.listdir(run) if name.startswith('report')], os.listdir(run)
        os.remove(os.path.join(base, 'begun'))
shutil.rmtree(base)
print('nothing half is left')
