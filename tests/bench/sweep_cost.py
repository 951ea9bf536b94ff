#!/usr/bin/env python3
"""sweep_cost.py MONAMI SCENARIO SCRATCH [RUNS]: processor time that a sweep needs for each run beside the run itself:
reading and hashing the plan, a process, the journal, the study's database. The run itself is what its own process
used, as the journal has it, which counts reading the scenario and writing its tables."""
import os
import resource
import shutil
import statistics
import subprocess
import sys

MONAMI, SCENARIO, SCRATCH = sys.argv[1:4]
RUNS = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
FOLDER = os.path.join(SCRATCH, "sweep-cost")


def used():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (r.ru_utime + r.ru_stime) * 1e3


def once():
    shutil.rmtree(FOLDER, ignore_errors=True)
    before = used()
    subprocess.run([MONAMI, "sweep", "run", SCENARIO, "-q", "-o", FOLDER, "--set", f"sweep.replicate.seeds={RUNS}",
                    "--set", "sweep.parameters={}", "--set", "figures={}"], check=True)
    whole = used() - before
    with open(os.path.join(FOLDER, "journal.tsv")) as file:
        own = [float(line.split("\t")[3]) for line in file.readlines()[1:]]
    assert len(own) == RUNS
    return (whole - sum(own)) / RUNS, statistics.median(own)


several = sorted(once() for _ in range(3))
cost, own = several[1]
shutil.rmtree(FOLDER)
print(f"{RUNS} runs: {cost:.2f} ms of processor time a run over the run itself, which takes {own:.2f} ms "
      f"(median of 3 sweeps: {', '.join('%.2f' % c for c, _ in several)})")
