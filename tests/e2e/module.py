#!/usr/bin/python3
"""module.py MONAMI SCENARIO SCRATCH GOOD ODD OLD BARE: decisions of one's own, as shared objects.

The example loses fewer packets than failover, twice the same; what is odd about a module is told.
"""
import os
import sqlite3
import subprocess
import sys

monami, scenario, scratch, good, odd, old, bare = sys.argv[1:8]
failed = 0


def check(what, holds):
    global failed
    if not holds:
        failed += 1
        print('does not hold:', what)


def run(name, *sets):
    where = os.path.join(scratch, 'module-' + name)
    words = [monami, 'run', scenario, '-f', '-o', where]
    for s in sets:
        words += ['--set', s]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stderr, where


def rows(where, sql):
    db = sqlite3.connect(os.path.join(where, 'results.sqlite'))
    return db.execute(sql).fetchall()


def lost(where):
    return dict(rows(where, "SELECT direction, lost FROM flow WHERE flow = 'call'"))


def of(module):
    return 'nodes.car.decision={module: "%s"}' % module


code, words, mine = run('good', of(good))
check('the example does what its scenario expects: ' + words, code == 0)
_, _, again = run('again', of(good))
same = [open(os.path.join(w, 'events.sqlog'), 'rb').read() for w in (mine, again)]
check('twice the same', same[0] == same[1] and len(same[0]) > 1000)
check('the module is an input of the run',
      'car.decision' in open(os.path.join(mine, 'manifest.json')).read())
_, _, plain = run('failover', 'nodes.car.decision={builtin: failover}', 'expect=[]')
for way in ('up', 'down'):
    print(way, 'lost: module', lost(mine)[way], 'failover', lost(plain)[way])
    check('a copy in doubt saves packets ' + way, 3 * lost(mine)[way] < lost(plain)[way])
both = rows(mine, "SELECT count(*) FROM packet WHERE copy > 0 AND flow = 'call' GROUP BY direction")
check('copies both ways, and not all the time', len(both) == 2 and all(5 < n < 200 for n, in both))

code, words, where = run('odd', of(odd), 'expect=[{event: decision.refused, where: {bid: 99}, at_least: 3900}]')
check('a BID that is none is refused and told: ' + words, code == 0)
check('and the rest is obeyed: nobody leaves the first path', all(n > 40 for n in lost(where).values()))

for module, says in ((old, 'was made for version 42 of models/decision.h, this is 1'),
                     (bare, 'has no symbol monami_decide; models/decision.h tells what it needs')):
    code, words, where = run('refused', of(module))
    check('%s is refused: %s' % (module, words), code == 2 and says in words and not os.path.exists(where))
sys.exit(1 if failed else 0)
