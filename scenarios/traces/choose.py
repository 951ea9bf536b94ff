#!/usr/bin/env python3
"""choose.py MONAMI SCENARIO FOLDER DRIVE...: what hindsight would have chosen on each drive, for
comparisons/operators.yaml: FOLDER/NAME.best.csv, the operator that alone misses fewer packets, and
FOLDER/NAME.optimum.csv, for each packet an operator that alone delivers it in time, if there is one.

Each operator alone is run, and its table `packet` says which packets came within the deadline. A packet on
another path leaves the queue of this one shorter, so that what came in time alone does so with fewer beside
it: nothing that chooses one path a packet misses fewer. Among all choices that miss as few, this one moves
least often: it stays where it is until that operator misses a packet that another delivers, and goes on with
the one that delivers for longest."""
import os
import sqlite3
import subprocess
import sys
import tempfile

MONAMI, SCENARIO, FOLDER = sys.argv[1:4]
OPERATORS = ('att', 'verizon')
DEADLINE = 200_000_000
WAY_NS = 12_000_000  # from the correspondent to the home agent, where it is chosen
HEAD = '# %s: made by choose.py for comparisons/operators.yaml.\nt_s, flow, direction, interfaces\n'


def alone(operator, drive, place):
    """When each packet left, and whether it came in time."""
    out = os.path.join(place, operator)
    subprocess.run([MONAMI, 'run', SCENARIO, '-q', '-f', '-o', out, '-s', 'nodes.car.profile=%s-alone' % operator, '-s', 'expect=[]',
                    '-s', 'inputs.drive.file=' + os.path.abspath(drive)], check=True)
    db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
    return db.execute('SELECT sent_ns, ifnull(received_ns - sent_ns <= ?, 0) FROM packet ORDER BY sequence', (DEADLINE,)).fetchall()


def write(drive, which, what, rows):
    name = os.path.splitext(os.path.basename(drive))[0] + '.%s.csv' % which
    with open(os.path.join(FOLDER, name), 'w') as file:
        file.write(HEAD % what + ''.join('%.6f, *, both, %s0\n' % row for row in rows))


def optimum(sent, came):
    """Rows: from when on which operator."""
    n = len(sent)
    until = {o: [n] * (n + 1) for o in OPERATORS}  # the first packet from k on that only others deliver
    for o in OPERATORS:
        for k in range(n - 1, -1, -1):
            until[o][k] = k if not came[o][k] and any(came[p][k] for p in OPERATORS) else until[o][k + 1]
    rows, k = [], 0
    while k < n:
        best = max(OPERATORS, key=lambda o: until[o][k])
        half = (sent[k] - sent[k - 1]) // 2 if k else sent[0] + WAY_NS
        rows.append(((sent[k] + WAY_NS - half) / 1e9, best))
        k = until[best][k]
    return rows


for drive in sys.argv[4:]:
    with tempfile.TemporaryDirectory() as place:
        runs = {o: alone(o, drive, place) for o in OPERATORS}
    sent = [s for s, _ in runs[OPERATORS[0]]]
    came = {o: [bool(c) for _, c in runs[o]] for o in OPERATORS}
    missed = {o: came[o].count(False) for o in OPERATORS}
    rows = optimum(sent, came)
    least = sum(not any(came[o][k] for o in OPERATORS) for k in range(len(sent)))
    best = min(OPERATORS, key=lambda o: missed[o])
    write(drive, 'best', 'One operator, which misses %d of %d' % (missed[best], len(sent)), [(0, best)])
    write(drive, 'optimum', 'The best in hindsight, which misses %d of %d' % (least, len(sent)), rows)
    print(os.path.basename(drive), missed, 'optimum', least, 'in', len(rows), 'pieces')
