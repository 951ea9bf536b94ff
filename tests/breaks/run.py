#!/usr/bin/python3
"""run.py ROOT SCRATCH [ID...]: each planted bug is caught by every test that it names.

The sources are copied to SCRATCH and built; then each patch of tests/breaks is applied, what its
tests need is built, the tests are run and must fail, and the patch is taken back.  A patch that
does not apply, does not build, or is not caught is a failure of this test.
"""
import glob
import os
import shutil
import subprocess
import sys

root, scratch = sys.argv[1:3]
only = set(sys.argv[3:])
copy = os.path.join(scratch, 'breaks-source')
build = os.path.join(scratch, 'breaks-build')
os.makedirs(scratch, exist_ok=True)


def sh(*args, **how):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how)


def target_of(test):
    """`unit.bul` is a program of tests; `scenario:ietf68/seed-2` a file that the program runs."""
    if test.startswith('scenario:'):
        return 'monami'
    layer, name = test.split('.')
    return 'monami' if layer == 'e2e' else '%s_test_%s' % (layer, name)


def passes(test):
    if test.startswith('scenario:'):
        file = os.path.join(copy, 'scenarios', test[9:] + '.yaml')
        ran = sh(os.path.join(build, 'monami'), 'run', '-q', '-f', '-o', os.path.join(scratch, 'breaks-run'), file,
                 timeout=120)
        return ran.returncode == 0
    layer, name = test.split('.')
    command = [os.path.join(build, 'tests', target_of(test))]
    if layer == 'e2e':  # MONAMI SCENARIOS SCRATCH
        command = [sys.executable, os.path.join(copy, 'tests', 'e2e', name + '.py'), os.path.join(build, 'monami'),
                   os.path.join(copy, 'scenarios'), scratch]
    return sh(*command, timeout=120).returncode == 0


shutil.rmtree(copy, ignore_errors=True)
shutil.copytree(root, copy, ignore=shutil.ignore_patterns('build', '.git', '*-out', '*.part'))
made = sh('cmake', '-G', 'Ninja', '-S', copy, '-B', build, '-DCMAKE_BUILD_TYPE=Debug', '-DWERROR=OFF',
          '-DCMAKE_C_FLAGS=-O1', '-DCMAKE_C_FLAGS_DEBUG=')
if made.returncode:
    sys.exit(made.stdout)
every = sorted(glob.glob(os.path.join(root, 'tests', 'breaks', '*.patch')))
patches = [p for p in every if not only or os.path.basename(p)[:-6] in only]
wanted = {}
for patch in every:
    with open(patch) as f:
        text = f.read()
    heads = dict(line.strip().split(': ', 1) for line in text.split('\n\n')[0].splitlines())
    for line in text.splitlines():  # built anew: a build of before may hold the bug, of any of them
        if line.startswith('+++ b/'):
            os.utime(os.path.join(copy, line[6:].split('\t')[0]))
    if patch in patches:
        wanted[patch] = (heads['Fault'], heads['Tests'].split())
targets = sorted({target_of(t) for _, tests in wanted.values() for t in tests})
made = sh('cmake', '--build', build, '--target', *targets)
if made.returncode:
    sys.exit(made.stdout[-3000:])
missed = 0
for test in sorted({t for _, tests in wanted.values() for t in tests}):
    if not passes(test):
        missed += 1
        print('%s fails without any bug' % test)
for patch in patches:
    name = os.path.basename(patch)[:-6]
    fault, tests = wanted[patch]
    done = sh('patch', '-p1', '--forward', '--batch', '--fuzz=0', '-i', patch, cwd=copy)
    if done.returncode:
        print('%s does not apply:\n%s' % (name, done.stdout))
        missed += 1
        sh('patch', '-p1', '-R', '--batch', '-i', patch, cwd=copy)
        continue
    made = sh('cmake', '--build', build, '--target', *[target_of(t) for t in tests])
    caught = []
    if made.returncode:
        print('%s does not build:\n%s' % (name, made.stdout[-2000:]))
    else:
        for test in tests:
            try:
                caught_it = not passes(test)
            except subprocess.TimeoutExpired:
                caught_it = True
            if caught_it:
                caught.append(test)
    print('%-30s %s' % (name, 'caught by ' + ' '.join(caught) if caught else 'NOT CAUGHT: ' + fault))
    if caught != tests:
        missed += 1
        print('  wanted: ' + ' '.join(tests))
    sh('patch', '-p1', '-R', '--batch', '-i', patch, cwd=copy)
print('%d planted bugs, %d not caught as they say' % (len(patches), missed))
sys.exit(1 if missed else 0)
