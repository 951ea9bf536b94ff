#!/usr/bin/python3
"""run.py ROOT SCRATCH [ID...]: each planted bug is caught by every test that it names.

The sources are copied to SCRATCH and built; then each patch of tests/breaks is applied, what its
tests need is built, the tests are run and must fail, and the patch is taken back.  A patch that
does not apply, does not build, or is not caught is a failure of this test.  Two copies share the work,
one all bugs of a file: what has just been put right there is compiled with the next.
"""
import concurrent.futures
import glob
import os
import queue
import shutil
import subprocess
import sys

root, scratch = sys.argv[1:3]
only = set(sys.argv[3:])
COPIES = 2


def sh(*args, **how):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how)


def target_of(test):
    """`unit.bul` is a program of tests; `scenario:ietf68/seed-2` a file that the program runs; `row:2` all of
    scenarios/ietf68, of which those of that row must fail and no others."""
    if test.startswith(('scenario:', 'row:')):
        return 'monami'
    layer, name = test.split('.')
    return 'monami' if layer == 'e2e' else '%s_test_%s' % (layer, name)


class Copy:
    """Of the sources, built without any bug."""

    def __init__(self, number):
        self.place = os.path.join(scratch, 'breaks-%d' % number)
        self.source = os.path.join(self.place, 'source')
        self.build = os.path.join(self.place, 'build')
        os.makedirs(self.place, exist_ok=True)
        shutil.rmtree(self.source, ignore_errors=True)
        shutil.copytree(root, self.source, ignore=shutil.ignore_patterns('build', '.git', '*-out', '*.part'))
        made = sh('cmake', '-G', 'Ninja', '-S', self.source, '-B', self.build, '-DCMAKE_BUILD_TYPE=Debug', '-DWERROR=OFF',
                  '-DCMAKE_C_FLAGS=-O1', '-DCMAKE_C_FLAGS_DEBUG=')
        if made.returncode:
            sys.exit(made.stdout)
        for patch in every:  # built anew: a build of before may hold the bug, of any of them
            for line in open(patch):
                if line.startswith('+++ b/'):
                    os.utime(os.path.join(self.source, line[6:].split('\t')[0].strip()))

    def make(self, *targets):
        return sh('cmake', '--build', self.build, '-j', '1', '--target', *targets)

    def holds(self, scenario):
        file = os.path.join(self.source, 'scenarios', scenario + '.yaml')
        return sh(os.path.join(self.build, 'monami'), 'run', '-q', '-f', '-o', os.path.join(self.place, 'run'), file,
                  timeout=240).returncode == 0

    def rows_hold(self, row):
        """Also where others fail with it: a bug of one row is one that no other notices."""
        files = sorted(glob.glob(os.path.join(self.source, 'scenarios', 'ietf68', 'seed-*.yaml')))
        names = [os.path.basename(f)[:-5] for f in files]
        failed = [n for n in names if not self.holds('ietf68/' + n)]
        others = [n for n in failed if n.split('-')[1] != row]
        if others:
            print('row %s: %s fails, too' % (row, ' '.join(others)))
        return not failed or bool(others)

    def passes(self, test):
        if test.startswith('scenario:'):
            return self.holds(test[9:])
        if test.startswith('row:'):
            return self.rows_hold(test[4:])
        layer, name = test.split('.')
        command = [os.path.join(self.build, 'tests', target_of(test))]
        if layer == 'e2e':  # MONAMI SCENARIOS SCRATCH
            command = [sys.executable, os.path.join(self.source, 'tests', 'e2e', name + '.py'),
                       os.path.join(self.build, 'monami'), os.path.join(self.source, 'scenarios'), self.place]
        return sh(*command, timeout=240, env=dict(os.environ, MONAMI_STOP='1')).returncode == 0

    def patch(self, file, *how):
        return sh('patch', '-p1', '--batch', *how, '-i', file, cwd=self.source)

    def fails(self, test):
        try:
            return not self.passes(test)
        except subprocess.TimeoutExpired:
            return True

    def plant(self, patch, fault, tests):
        """What there is to say, and whether the bug is caught by all of the tests."""
        name = os.path.basename(patch)[:-6]
        done = self.patch(patch, '--forward', '--fuzz=0')
        if done.returncode:
            self.patch(patch, '-R')
            return '%s does not apply:\n%s' % (name, done.stdout), False
        made = self.make(*[target_of(t) for t in tests])
        caught = [t for t in tests if self.fails(t)] if not made.returncode else []
        said = '%s does not build:\n%s\n' % (name, made.stdout[-2000:]) if made.returncode else ''
        said += '%-30s %s' % (name, 'caught by ' + ' '.join(caught) if caught else 'NOT CAUGHT: ' + fault)
        self.patch(patch, '-R')
        if caught != tests:
            said += '\n  wanted: ' + ' '.join(tests)
        return said, caught == tests


def file_of(patch):
    with open(patch) as f:
        return next(line.split()[1] for line in f if line.startswith('+++ '))


every = sorted(glob.glob(os.path.join(root, 'tests', 'breaks', '*.patch')))
wanted = {}
for patch in every:
    if not only or os.path.basename(patch)[:-6] in only:
        with open(patch) as f:
            heads = dict(line.strip().split(': ', 1) for line in f.read().split('\n\n')[0].splitlines())
        wanted[patch] = (heads['Fault'], heads['Tests'].split())
tests = sorted({t for _, named in wanted.values() for t in named})
free = queue.Queue()
missed = 0


def begin(number):
    copy = Copy(number)
    made = copy.make(*sorted({target_of(t) for t in tests}))
    if made.returncode:
        sys.exit(made.stdout[-3000:])
    free.put(copy)


def lent(work):
    """Done with a copy that nobody else has."""
    copy = free.get()
    try:
        return work(copy)
    finally:
        free.put(copy)


with concurrent.futures.ThreadPoolExecutor(COPIES) as pool:
    for failed in [f.exception() for f in [pool.submit(begin, k) for k in range(COPIES)]]:
        if failed:
            sys.exit(str(failed))
    for test, good in zip(tests, pool.map(lambda t: lent(lambda c: c.passes(t)), tests)):
        if not good:
            missed += 1
            print('%s fails without any bug' % test)
    of_file = {}
    for patch in sorted(wanted, key=lambda p: (file_of(p), wanted[p][1])):
        of_file.setdefault(file_of(patch), []).append(patch)
    longest_first = sorted(of_file.values(), key=len, reverse=True)
    for answers in pool.map(lambda all: lent(lambda c: [c.plant(p, *wanted[p]) for p in all]), longest_first):
        for said, good in answers:
            missed += not good
            print(said, flush=True)
print('%d planted bugs, %d not caught as they say' % (len(wanted), missed))
sys.exit(1 if missed else 0)
