#!/usr/bin/env python3
"""slurm_words.py MONAMI SCENARIOS SCRATCH: what is said to sbatch and squeue, and made of their answers, with stand-ins
that run the tasks one after the other. tests/interop/slurm.py has the real ones, where they are installed."""
import os
import shutil
import signal
import stat
import subprocess
import sys
import time

MONAMI, SCENARIOS, SCRATCH = (os.path.abspath(a) for a in sys.argv[1:4])
BASE = os.path.join(SCRATCH, "slurm words")  # a blank in every name
LOSS = os.path.join(SCENARIOS, "loss.yaml")
HOW = ["--set", "sweep.replicate.seeds=3", "--set", "general.stop=25 s", "--set", "expect=[]", "--set",
       "title='It''s a title'"]
shutil.rmtree(BASE, ignore_errors=True)
os.makedirs(BASE)

SBATCH = """#!/bin/sh
echo "$@" >>"$STAND/calls"
for last; do :; done
n=$(echo "$@" | sed 's/.*--array=1-\\([0-9]*\\).*/\\1/')
[ -z "$REFUSE" ] || { echo "sbatch: error: $REFUSE" >&2; exit 1; }
(k=1; while [ $k -le $n ]; do
    echo $((n - k + 1)) >"$STAND/left"
    [ "$k" = "$LOSE" ] || SLURM_ARRAY_TASK_ID=$k sh "$last" >"$STAND/log.$k" 2>&1
    k=$((k + 1)); done; echo 0 >"$STAND/left") >/dev/null 2>&1 &
echo $! >"$STAND/pid"
echo "$n" >"$STAND/left"
echo "sbatch: a warning" >&2
echo "4711;here"
"""
SQUEUE = """#!/bin/sh
echo "$@" >>"$STAND/asked"
n=$(cat "$STAND/left")
[ "$n" = 0 ] && { echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; }
for k in $(seq $n); do echo RUNNING; done
"""


def stand_in(name, text):
    path = os.path.join(BASE, "bin", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)


stand_in("sbatch", SBATCH)
stand_in("squeue", SQUEUE)
ENV = {**os.environ, "STAND": BASE, "PATH": os.path.join(BASE, "bin") + ":" + os.environ["PATH"]}


def words(folder, *more):
    return [MONAMI, "sweep", "run", LOSS, "-o", os.path.join(BASE, folder), *HOW, *more]


def ask(folder, *more, code=0, **env):
    got = subprocess.run(words(folder, *more), capture_output=True, text=True, env={**ENV, **env}, timeout=120)
    assert got.returncode == code, (got.returncode, got.stderr)
    return got.stderr


def content(folder):
    with open(os.path.join(BASE, folder, "study.sqlite"), "rb") as file:
        return file.read()


ask("here", "-q")
said = ask("there", "--slurm", "--shards", "3", "--sbatch", "-p long --time=2:00:00 --exclusive")
assert "job 4711: 3 tasks for 24 runs" in said and "24 of 24 runs done, 24 now" in said, said
assert content("here") == content("there"), "other bytes"
with open(os.path.join(BASE, "there", "slurm.sh")) as file:
    script = file.read()
for line in ("#SBATCH -p long\n", "#SBATCH --time=2:00:00\n", "#SBATCH --exclusive\n", "#SBATCH --job-name=monami\n"):
    assert line in script, script
with open(os.path.join(BASE, "calls")) as file:
    assert file.read() == f"--parsable --array=1-3 {BASE}/there/slurm.sh\n"
with open(os.path.join(BASE, "asked")) as file:
    assert "--jobs=4711" in file.readline()

said = ask("there", "--slurm")
assert "job" not in said.split("\n")[0], said
said = ask("refused", "--slurm", code=1, REFUSE="invalid partition specified: x")
assert "error: sbatch: sbatch: error: invalid partition specified: x" in said, said
said = ask("lost", "--slurm", "--shards", "3", code=1, LOSE="2")
assert "job 4711 ended with 8 of 24 runs missing" in said and "slurm-*.log" in said, said
said = ask("lost", "--slurm", "--shards", "2")
assert "2 tasks for 8 runs" in said and content("lost") == content("here"), said

# Ctrl-C: the jobs go on, and are gathered later.
child = subprocess.Popen(words("later", "--slurm", "--shards", "2"), stderr=subprocess.PIPE, text=True, env=ENV)
time.sleep(0.5)
child.send_signal(signal.SIGINT)
said = child.communicate(timeout=60)[1]
assert child.returncode == 130 and "job 4711 goes on (scancel 4711 ends it)" in said and "sweep collect" in said, said
end = time.monotonic() + 60
while time.monotonic() < end:
    with open(os.path.join(BASE, "left")) as file:
        if file.read().strip() == "0":
            break
    time.sleep(0.1)
subprocess.run([MONAMI, "sweep", "collect", os.path.join(BASE, "later"), "-q"], check=True)
assert content("later") == content("here")
print("sbatch and squeue are asked as their manuals have it; what they answer is told")
