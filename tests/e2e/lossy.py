#!/usr/bin/python3
"""lossy.py MONAMI SCENARIOS SCRATCH: what a figure costs does not grow with the square of the packets that
were lost: of 50,000, half of them lost, and 20,000 events, plot and report need seconds."""
import csv
import os
import resource
import shutil
import sqlite3
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
out = os.path.join(scratch, 'lossy')
if not shutil.which('gnuplot'):
    print('SKIPPED: gnuplot is not here')
    sys.exit(77)
subprocess.run([monami, 'run', os.path.join(scenarios, 'minimal.yaml'), '-q', '-f', '-o', out, '--pcap', 'none'], check=True)
db = sqlite3.connect(os.path.join(out, 'results.sqlite'))
columns = [row[1] for row in db.execute('PRAGMA table_info(packet)')]
db.execute('DELETE FROM packet')
for sequence in range(25000):
    for direction in ('up', 'down'):
        came = (sequence % 2 == 0) == (direction == 'up')
        row = dict(flow='call', direction=direction, sequence=sequence, copy=0, sent_ns=sequence * 10 ** 6, bytes=200, overhead_bytes=40,
                   path='wlan0', bid=1, fate='received' if came else 'link_loss', received_ns=sequence * 10 ** 6 + 10 ** 7 if came else None)
        db.execute('INSERT INTO packet (%s) VALUES (%s)' % (','.join(row), ','.join('?' * len(row))), list(row.values()))
first = db.execute('SELECT max(id) FROM event').fetchone()[0] + 1
db.executemany("INSERT INTO event VALUES (?, NULL, 30000000000, 'mn', 'nd.neighbour', '{}')", [(first + k,) for k in range(20000)])
db.commit()
db.close()


def cost(*arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([monami, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime


plot = cost('plot', out)
report = cost('report', out)
with open(os.path.join(out, 'figures', 'delay-call.csv')) as file:
    series = [row[0] for row in csv.reader(file)][1:]
lost = [name for name in series if name.endswith(' lost')]
assert len(series) == 50000 and len(lost) == 25000 and lost == sorted(lost, reverse=True), (len(series), len(lost))
assert plot < 40 and report < 60, (plot, report)  # with a sanitizer, too
print('plot %.1f s, report %.1f s' % (plot, report))
