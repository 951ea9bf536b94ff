#!/usr/bin/env python3
"""killed.py MONAMI SCENARIO SCRATCH [KILLS]: a study that is killed at random moments and gone on
with ends in the same bytes as one that nobody disturbed: with 1, 2 and 4 workers, and in 3 shards."""
import os
import random
import shutil
import signal
import subprocess
import sys
import time

MONAMI, SCENARIO, SCRATCH = sys.argv[1:4]
KILLS = int(sys.argv[4]) if len(sys.argv) > 4 else 20
SEEDS = 12
random.seed(20261125)
HOW = ["--set", f"sweep.replicate.seeds={SEEDS}", "--set", "general.stop=60 s"]


def command(folder, *more):
    return [MONAMI, "sweep", "run", SCENARIO, "-q", "-o", folder, *HOW, *more]


def bytes_of(folder):
    with open(os.path.join(folder, "study.sqlite"), "rb") as file:
        return file.read()


def fresh(name):
    folder = os.path.join(SCRATCH, "killed-" + name)
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(p) for p in file.read().split()]
    except OSError:
        return []


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def kill_now_and_then(folder, whole_s, commands):
    """Each command in turn is killed KILLS times in all, then left to end. Answers how many were
    still at work when they were killed."""
    hit = 0
    for k in range(KILLS):
        run = subprocess.Popen(commands[k % len(commands)])
        time.sleep(random.uniform(0, whole_s * 1.5 / KILLS))
        children = children_of(run.pid)
        hit += run.poll() is None
        run.send_signal(signal.SIGKILL)
        run.wait()
        for _ in range(200):
            if all(is_gone(p) for p in children):
                break
            time.sleep(0.01)
        assert all(is_gone(p) for p in children), "a run outlived its sweep"
    for one in commands:
        subprocess.run(one, check=True)
    left = [name for root, _, names in os.walk(folder) for name in names if name.endswith(".part")]
    return hit, left


def main():
    calm = fresh("calm")
    began = time.monotonic()
    subprocess.run(command(calm, "-j", "2"), check=True)
    whole_s = time.monotonic() - began
    want = bytes_of(calm)
    for workers in (1, 2, 4):
        folder = fresh(f"j{workers}")
        hit, left = kill_now_and_then(folder, whole_s * 2 / workers, [command(folder, "-j", str(workers))])
        assert hit > KILLS // 2, f"only {hit} of {KILLS} kills met a sweep at work"
        assert not left, left
        assert bytes_of(folder) == want, f"{workers} workers: other bytes"
        print(f"{workers} workers: {KILLS} kills, {hit} of them at work: equal bytes")
    folder = fresh("shards")
    shards = [command(folder, "-j", "1", "--shard", f"{i}/3") for i in (1, 2, 3)]
    hit, left = kill_now_and_then(folder, whole_s * 2, shards)
    assert not os.path.exists(os.path.join(folder, "study.sqlite")), "a shard wrote the study"
    subprocess.run([MONAMI, "sweep", "collect", folder, "-q"], check=True)
    assert bytes_of(folder) == want, "shards: other bytes"
    print(f"3 shards: {KILLS} kills, {hit} of them at work: equal bytes")


main()
