#!/usr/bin/env python3
"""study.py MONAMI SCENARIOS SCRATCH: a study is made, extended, edited, cut short, damaged and asked for in every
wrong way; nothing is lost, nothing is mixed, and what is wrong is told in one sentence."""
import csv
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

MONAMI, SCENARIOS, SCRATCH = (os.path.abspath(a) for a in sys.argv[1:4])
BASE = os.path.join(SCRATCH, "study")
LOSS = os.path.join(SCENARIOS, "loss.yaml")
SHORT = ["--set", "general.stop=25 s", "--set", "expect=[]"]
shutil.rmtree(BASE, ignore_errors=True)
os.makedirs(BASE)


def place(name):
    return os.path.join(BASE, name)


def ask(*words, code=0, most=None, cwd=None):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    got = subprocess.run([MONAMI, *words], capture_output=True, text=True, preexec_fn=limit, restore_signals=False,
                         cwd=cwd)
    assert got.returncode == code, (words, got.returncode, got.stdout, got.stderr)
    return got


def run(folder, *words, code=0, file=LOSS, short=SHORT, **how):
    return ask("sweep", "run", file, "-o", place(folder), *short, *words, code=code, **how)


def seeds(n):
    return ["--set", f"sweep.replicate.seeds={n}"]


def counted(folder, *words, code=0, **how):
    return json.loads(run(folder, "--json", "-q", *words, code=code, **how).stdout)


def rows(folder, sql):
    db = sqlite3.connect(os.path.join(place(folder), "study.sqlite"))
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def run_files(folder):
    return sorted(os.path.join(root, name) for root, _, names in os.walk(os.path.join(place(folder), "runs"))
                  for name in names)


def content(folder):
    with open(os.path.join(place(folder), "study.sqlite"), "rb") as file:
        return file.read()


def extended():
    first = counted("grown", *seeds(2))
    assert (first["runs"], first["ran_now"], first["whole"]) == (16, 16, True), first
    again = counted("grown", *seeds(2))
    assert again["ran_now"] == 0, again
    more = counted("grown", *seeds(3))
    assert (more["runs"], more["ran_now"]) == (24, 8), more
    value = counted("grown", *seeds(3), "--set", 'sweep.parameters."networks.wlan.loss"=[0 %, 2 %, 5 %, 10 %, 20 %]')
    assert (value["runs"], value["ran_now"]) == (30, 6), value
    words = run("grown", *seeds(2), "--set", "networks.wlan.delay=7 ms").stderr
    assert "16 of 16 runs done, 16 now" in words and "30 runs in" in words and "kept, not counted" in words, words
    # The same study in one go.
    counted("at-once", *seeds(3))
    counted("grown", *seeds(3))
    assert content("grown") == content("at-once"), "grown and at once differ"
    # A new title, or another figure, is no other run.
    told = counted("grown", *seeds(3), "--set", "title=Another", "--set",
                   "figures={new: {kind: box, plot: flow.call.down.lost, x: networks.wlan.loss, lines: flows.call.traffic.voice}}", code=0)
    assert told["ran_now"] == 0, told
    assert rows("grown", "SELECT DISTINCT title FROM run") == [("Another",)]
    assert rows("grown", "SELECT name, kind FROM figure") == [("new", "box")]
    print("extended, edited and repeated: only what was missing was run")


def keys_and_numbers():
    jobs = rows("at-once", "SELECT number, point, unit, replication, run_key FROM job ORDER BY number")
    assert [j[0] for j in jobs] == list(range(24))
    assert [j[1] for j in jobs] == [k // 3 for k in range(24)]
    assert all(j[2] == j[3] == k % 3 for k, j in enumerate(jobs))
    assert len({j[4] for j in jobs}) == 24
    assert rows("at-once", "SELECT count(*) FROM job JOIN run USING (number) WHERE job.run_key <> run.run_key") == [(0,)]
    # Common random numbers: a replication of every point has the same seed.
    assert rows("at-once", "SELECT count(DISTINCT seed) FROM run") == [(1,)]
    plan = list(csv.reader(ask("sweep", "plan", LOSS, *SHORT, *seeds(3)).stdout.splitlines()))
    assert plan[0] == ["run", "networks.wlan.loss", "flows.call.traffic.voice", "replication"], plan[0]
    for number, loss, codec, replication in plan[1:]:
        got = dict(rows("at-once", f"SELECT name, value FROM parameter WHERE number = {number}"))
        assert got == {"networks.wlan.loss": loss, "flows.call.traffic.voice": codec}, got
        assert rows("at-once", f"SELECT replication FROM run WHERE number = {number}") == [(int(replication),)]
    # A number of the study is the number of the run by itself.
    alone = place("alone")
    ask("run", LOSS, *SHORT, "-q", "-o", alone, "--set", "networks.wlan.loss=5 %", "--set",
        "flows.call.traffic.voice=g729", "--set", "general.replication=2")
    db = sqlite3.connect(os.path.join(alone, "results.sqlite"))
    one = db.execute("SELECT * FROM flow ORDER BY rowid").fetchall()
    db.close()
    all_of = rows("at-once", "SELECT f.* FROM flow f JOIN parameter a ON a.number = f.number AND a.value = '5 %' JOIN "
                             "parameter b ON b.number = f.number AND b.value = 'g729' JOIN job j ON j.number = f.number "
                             "WHERE j.replication = 2 ORDER BY f.rowid")
    assert [r[1:] for r in all_of] == one, "a run of the study differs from the run alone"
    print("runs have their numbers, keys and values")


def in_lock_step():
    told = counted("steps", *seeds(1), "--set", "sweep.parameters={}", "--set",
                   'sweep.together=[{networks.wlan.loss: [1 %, 2 %, 4 %], networks.wlan.delay: [5 ms, 6 ms, 7 ms]}]',
                   "--set", "sweep.constraint='loss < 4 % or delay = 9 ms'", "--set", "figures={}")
    assert told["runs"] == 2, told
    assert rows("steps", "SELECT number, name, value FROM parameter") == [
        (0, "networks.wlan.loss", "1 %"), (0, "networks.wlan.delay", "5 ms"),
        (1, "networks.wlan.loss", "2 %"), (1, "networks.wlan.delay", "6 ms")]
    assert rows("steps", "SELECT axis, name FROM axis") == [(0, "networks.wlan.loss"), (0, "networks.wlan.delay")]


def write(name, text):
    path = place(name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path


def drives():
    """Three made-up drives; seeds over one of them are no independent samples."""
    with open(os.path.join(SCENARIOS, "traces", "two-operators.csv")) as file:
        lines = file.read().splitlines()
    head = next(k for k, line in enumerate(lines) if line.startswith("t_s"))
    for n in range(3):
        body = [line for k, line in enumerate(lines[head + 1:]) if (k + n) % 7]
        write(f"drives/d{n}.csv", "\n".join(lines[:head + 1] + body) + "\n")
    study = write("drive/study.yaml", f"""
scenario: {os.path.relpath(os.path.join(SCENARIOS, 'two-operators-study.yaml'), place('drive'))}
title: Over drives
general: {{stop: 30 s}}
flows: {{stream: {{stop: 28 s}}}}
expect: []
inputs: {{drive: {{files: ../drives/*.csv}}}}
nodes: {{car: {{profile: duplicate}}}}
sweep:
  parameters: {{nodes.car.profile: [att-alone, duplicate]}}
  replicate: {{over: drive, seeds: 2, shift: 20 s}}
figures:
  missed: {{plot: flow.stream.down.missed, x: nodes.car.profile}}
""")
    return study


def over_files():
    study = drives()
    # `inputs.drive.file` of the base would win over the first of `files`; each run names its own.
    told = counted("over", file=study, short=[])
    assert told["runs"] == 12, told
    assert rows("over", "SELECT unit, name FROM unit") == [(0, "d0.csv"), (1, "d1.csv"), (2, "d2.csv")]
    jobs = rows("over", "SELECT number, point, unit, replication FROM job")
    assert jobs == [(k, k // 6, k // 2 % 3, k % 2) for k in range(12)], jobs
    assert rows("over", "SELECT unit FROM study") == [("drive",)]
    lost = rows("over", "SELECT value FROM scalar ORDER BY number")
    assert len({v for v, in lost[:6]}) > 1, "the drives and shifts make no difference"
    # A drive more: the others are known.
    shutil.copy(place("drives/d1.csv"), place("drives/a.csv"))
    told = counted("over", file=study, short=[])
    assert (told["runs"], told["ran_now"]) == (16, 4), told
    # A drive whose content changes is another run.
    with open(place("drives/d2.csv"), "a") as file:
        file.write("119.6,att,rate,LTE,3.0,\n")
    told = counted("over", file=study, short=[])
    assert (told["runs"], told["ran_now"], told["of_other_plans"]) == (16, 4, 4), told
    print("files are units: added and changed ones are run")


def only_some_until_narrow():
    """Points that are left out get no seeds of their own."""
    how = ["--set", "sweep.parameters={networks.wlan.loss: [2 %, 10 %]}", "--set", "figures={}", *seeds(3), "--set",
           "sweep.replicate.until={metrics: flow.call.down.lost, half_width: 20 %, most: 40}"]
    told = counted("until-some", *how, "--only", "networks.wlan.loss=10 %")
    assert not told["whole"] and told["runs"] == told["done"] + 3, told


def until_narrow():
    how = ["--set", "sweep.parameters={networks.wlan.loss: [2 %, 10 %]}", "--set", "figures={}", *seeds(3), "--set",
           "sweep.replicate.until={metrics: flow.call.down.lost, half_width: 20 %, most: 40}"]
    told = counted("until", *how)
    n = dict(rows("until", "SELECT point, count(*) FROM job GROUP BY point"))
    assert told["whole"] and 3 < n[0] <= 40 and n[0] > n[1] >= 3, n
    half = {}
    t975 = {3: 4.302653, 6: 2.570582, 9: 2.306004, 12: 2.200985, 15: 2.144787, 18: 2.109816, 21: 2.085963,
            24: 2.068658, 27: 2.055529, 30: 2.045230, 33: 2.036933, 36: 2.030108, 39: 2.024394, 40: 2.022691}
    for point, count in n.items():
        x = [v for v, in rows("until", f"SELECT lost FROM flow JOIN job USING (number) WHERE point = {point} AND flow = "
                                       "'call' AND direction = 'down' ORDER BY number")]
        assert len(x) == count

        def width(x):
            m = sum(x) / len(x)
            s = (sum((v - m) ** 2 for v in x) / (len(x) - 1)) ** 0.5
            return t975[len(x)] * s / len(x) ** 0.5 / m
        half[point] = width(x)
        assert count == 40 or half[point] <= 0.2, (point, half)
        assert count == 3 or width(x[:count - 3]) > 0.2, (point, "one round too many")
    assert counted("until", *how)["ran_now"] == 0
    # In shards, each point belongs to one of them.
    for k in (1, 2):
        run("until-shards", "-q", *how, "--shard", f"{k}/2")
    ask("sweep", "collect", place("until-shards"), "-q")
    assert content("until") == content("until-shards")
    print(f"until the intervals are narrow: {n[0]} and {n[1]} seeds, half-widths {half[0]:.3f} and {half[1]:.3f}")


def several_studies():
    file = write("several.yaml", f"""
scenario: {os.path.relpath(LOSS, BASE)}
expect: []
general: {{stop: 25 s}}
studies:
  codecs: {{title: By codec, sweep: {{parameters: {{flows.call.traffic.voice: [g711, g729]}}}}, figures: {{}}}}
  delays: {{title: By delay, sweep: {{parameters: {{networks.wlan.delay: [1 ms, 2 ms, 3 ms]}}}}, figures: {{}}}}
""")
    for name, runs, title in (("codecs", 2, "By codec"), ("delays", 3, "By delay")):
        told = counted("several-" + name, "--study", name, file=file, short=[])
        assert (told["runs"], told["title"]) == (runs, title), told
    words = ask("sweep", "plan", file, "--study", "codec", code=2).stderr
    assert "there is no study 'codec'; there are: codecs, delays" in words, words
    status = ask("sweep", "status", place("several-delays"), "--json").stdout
    assert json.loads(status)["done"] == 3, status
    whole = ask("check", "-e", file, "--set", "study=delays").stdout
    assert "By delay" in whole and "studies" not in whole, whole
    print("several studies in one file")


def failures():
    # Each takes longer than that.
    long = ["--set", "general.stop=200 s", "--set", "expect=[]"]
    told = counted("slow", *seeds(1), "--timeout", "8 ms", code=1, short=long)
    assert (told["failed"], told["whole"]) == (8, True), told
    words = ask("sweep", "status", place("slow")).stderr
    assert "8 failed" in words and "longer than 0.008 s" in words and "networks.wlan.loss = 0 %" in words, words
    assert {c for c, in rows("slow", "SELECT exit_code FROM job")} == {124}
    assert rows("slow", "SELECT count(*) FROM flow") == [(0,)]
    assert counted("slow", *seeds(1), code=1, short=long)["ran_now"] == 0, "a failed run is not run again by itself"
    some = counted("slow", *seeds(1), "--retry-failed", "--only", "flows.call.traffic.voice=g729", "--only",
                   "networks.wlan.loss=5 %", code=1, short=long)
    assert (some["ran_now"], some["failed"]) == (1, 7), some
    some = counted("slow", *seeds(1), "--retry-failed", "--only", "0", "--only", "7", code=1, short=long)
    assert (some["ran_now"], some["failed"]) == (2, 5), some
    last = counted("slow", *seeds(1), "--retry-failed", short=long)
    assert (last["ran_now"], last["failed"]) == (5, 0), last
    counted("calm", *seeds(1), short=long)
    assert content("slow") == content("calm"), "a study with retries differs"
    # A run that crashes costs one run.
    child = subprocess.Popen([MONAMI, "sweep", "run", LOSS, "-o", place("crash"), "-j", "1", "--set",
                              "general.stop=1000 s", *seeds(1), "--set", "expect=[]"], stderr=subprocess.PIPE, text=True)
    killed = 0
    end = time.monotonic() + 60
    while not killed and time.monotonic() < end:
        with open(f"/proc/{child.pid}/task/{child.pid}/children") as file:
            for pid in file.read().split():
                os.kill(int(pid), signal.SIGKILL)
                killed += 1
        time.sleep(0.01)
    words = child.communicate()[1]
    assert killed and child.returncode == 1 and "ended by signal 9" in words and "1 failed" in words, words
    print("what fails costs one run, is told, and can be run again")


def interrupted():
    words = [MONAMI, "sweep", "run", LOSS, "-o", place("stopped"), "-j", "2", *seeds(6), "--set", "general.stop=300 s",
             "--set", "expect=[]"]
    for signals in ([signal.SIGINT], [signal.SIGTERM], [signal.SIGINT, signal.SIGINT]):
        child = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        time.sleep(0.3)
        for s in signals:
            child.send_signal(s)
            time.sleep(0.02)
        said = child.communicate(timeout=60)[1]
        if len(signals) == 1:
            assert child.returncode == 130 and "the same command goes on" in said, (child.returncode, said)
        else:
            assert child.returncode in (-signal.SIGINT, 130), child.returncode
    assert not os.path.exists(os.path.join(place("stopped"), "study.sqlite"))
    subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
    counted("not-stopped", *seeds(6), short=["--set", "general.stop=300 s", "--set", "expect=[]"])
    assert content("stopped") == content("not-stopped"), "a study that was stopped differs"
    print("Ctrl-C once ends after what runs, twice at once; it is gone on with")


def two_at_once():
    words = [MONAMI, "sweep", "run", LOSS, "-o", place("busy"), "-j", "1", "-q", *seeds(3), "--set",
             "general.stop=200 s", "--set", "expect=[]"]
    first = subprocess.Popen(words)
    end = time.monotonic() + 30
    while not os.path.exists(os.path.join(place("busy"), "journal.tsv")) and time.monotonic() < end:
        time.sleep(0.005)
    second = subprocess.run(words, capture_output=True, text=True)
    third = subprocess.run([*words, "--force"], capture_output=True, text=True)
    shard = subprocess.run([*words, "--shard", "1/2"], capture_output=True, text=True)
    assert first.poll() is None, "the first was too fast for this test"
    for other in (second, third, shard):
        assert other.returncode == 1 and f"process {first.pid} is at work on it" in other.stderr, other.stderr
    assert first.wait() == 0
    print("two sweeps on one folder: the second is refused")


def begun_anew():
    """Killed at any step of --force, the folder is still a study's, and is taken again."""
    words = [MONAMI, "sweep", "run", LOSS, "-o", place("anew"), "-q", *SHORT, *seeds(3), "--force"]
    ask(*words[1:])
    cut = 0
    for k in range(12):
        one = subprocess.Popen(words)
        time.sleep(0.004 + 0.003 * k)
        one.kill()
        cut += one.wait() != 0
        assert os.path.exists(os.path.join(place("anew"), "study.json")), k
    assert cut, "never killed at work"
    ask(*words[1:])
    assert content("anew") == content("at-once")
    assert os.path.exists(os.path.join(place("anew"), "scenario.yaml"))
    print("begun anew, and killed at that: it can be begun anew again")


def damaged():
    files = run_files("grown")
    for name, harm in (("cut", lambda f: os.truncate(f, 700)), ("empty", lambda f: os.truncate(f, 0)),
                       ("noise", lambda f: open(f, "r+b").write(b"x" * 5000)), ("gone", os.unlink)):
        shutil.copytree(place("at-once"), place("harmed"), dirs_exist_ok=True)
        victim = run_files("harmed")[5]
        harm(victim)
        told = counted("harmed", *seeds(3))
        assert told["ran_now"] == 1 and told["whole"], (name, told)
        assert content("harmed") == content("at-once"), name
        shutil.rmtree(place("harmed"))
    # collect alone says which run is damaged, and leaves the study as it was.
    shutil.copytree(place("at-once"), place("harmed"))
    os.truncate(run_files("harmed")[5], 700)
    words = ask("sweep", "collect", place("harmed"), code=1).stderr
    assert "is damaged and was taken out" in words, words
    assert content("harmed") == content("at-once")
    shutil.rmtree(place("harmed"))
    assert files == run_files("grown")
    # The study's own database: any command says so, and it is made anew.
    shutil.copytree(place("at-once"), place("harmed"))
    os.truncate(os.path.join(place("harmed"), "study.sqlite"), 5000)
    got = ask("plot", place("harmed"), code=1).stderr
    assert "error:" in got, got
    counted("harmed", *seeds(3))
    assert content("harmed") == content("at-once")
    print("damaged runs are run again, a damaged study is written again")


def no_room():
    words = run("full", *seeds(2), code=1, most=20000).stderr
    assert "error:" in words and ("full" in words or "disk" in words or "too large" in words.lower()), words
    assert not os.path.exists(os.path.join(place("full"), "study.sqlite"))
    assert not [f for f in run_files("full") if f.endswith(".part")]
    # Room for the runs, but not for the study.
    largest = max(os.path.getsize(f) for f in run_files("at-once"))
    assert largest < os.path.getsize(os.path.join(place("at-once"), "study.sqlite"))
    words = run("full", *seeds(3), code=1, most=largest + 4096).stderr
    assert "error:" in words and "study" in words, words
    assert not [f for f in os.listdir(place("full")) if f.startswith("study.sqlite")]
    told = counted("full", *seeds(3))
    assert told["ran_now"] == 0 and content("full") == content("at-once"), told
    print("a full disk: what was run is kept, what is half is not")


def not_writable():
    """As somebody who may read but not write: a new study, and one that is there."""
    nobody = 65534 if os.geteuid() == 0 else None
    os.makedirs(place("closed"))
    for folder in (place("closed"), place("grown")):
        os.chmod(folder, 0o555)

    def refused(*words):
        got = subprocess.run([MONAMI, *words], capture_output=True, text=True, user=nobody)
        assert got.returncode == 1 and "Permission denied" in got.stderr, (words, got.returncode, got.stderr)
        assert got.stderr.count("error:") == 1, got.stderr

    before = content("grown")
    refused("sweep", "run", LOSS, "-o", place("closed/x"), *SHORT)
    refused("sweep", "run", LOSS, "-o", place("grown"), *SHORT, *seeds(9))
    refused("plot", place("grown"))
    refused("report", place("grown"))
    assert os.listdir(place("closed")) == [] and content("grown") == before
    for folder in (place("closed"), place("grown")):
        os.chmod(folder, 0o755)
    write("file", "")  # nor below what is no folder
    words = ask("sweep", "run", LOSS, "-o", place("file/x"), *SHORT, code=1).stderr
    assert "Not a directory" in words, words
    print("a folder that cannot be written to: told, and nothing is lost")


def wrong_words():
    def of_plan(text, *words):
        got = ask("sweep", "plan", LOSS, *words, code=2).stderr
        assert text in got, (words, got)
        checked = [w for w in words if w != "-q"]
        assert text in ask("check", LOSS, *checked, code=2).stderr, words
    figure = "figures.loss="
    metric = "plot: flow.call.down.lost"
    for text, setting in (
            ("the sweep does not vary 'networks.wlan.los'; did you mean 'networks.wlan.loss'?",
             figure + "{%s, x: networks.wlan.los}" % metric),
            ("needs x, a parameter", figure + "{%s}" % metric),
            ("kind heat needs y", figure + "{%s, kind: heat, x: networks.wlan.loss}" % metric),
            ("y goes with kind heat", figure + "{%s, x: networks.wlan.loss, y: flows.call.traffic.voice}" % metric),
            ("kind difference needs", figure + "{%s, kind: difference, x: networks.wlan.loss}" % metric),
            ("statistic share needs `above`", figure + "{%s, x: networks.wlan.loss, statistic: share}" % metric),
            ("`above` goes with statistic share", figure + "{%s, x: networks.wlan.loss, above: '3'}" % metric),
            ("neither a number nor a time", figure + "{%s, x: networks.wlan.loss, statistic: share, above: x}" % metric),
            ("is never '3 %' in the sweep",
             figure + "{%s, x: flows.call.traffic.voice, where: {networks.wlan.loss: 3 %%}}" % metric),
            ("varies 'networks.wlan.loss' too, which is neither x nor lines; keep one value of it with where: "
             "{networks.wlan.loss: 0 %}", figure + "{%s, x: flows.call.traffic.voice}" % metric),
            ("varies 'flows.call.traffic.voice' too, which is neither",
             figure + "{%s, kind: distribution, where: {networks.wlan.loss: 2 %%}}" % metric),
            ("and no lines", figure + "{%s, kind: heat, x: networks.wlan.loss, y: flows.call.traffic.voice, "
             "lines: networks.wlan.loss}" % metric),
            ("and so is the other", figure + "{%s, x: networks.wlan.loss, lines: networks.wlan.loss}" % metric),
            ("steady goes with a metric", figure + "{%s, x: networks.wlan.loss, steady: true}" % metric),
            ("steady needs `sweep: {keep: packets}`",
             figure + "{plot: flow.call.down.delay_mean_ns, x: networks.wlan.loss, steady: true}"),
            ("is one parameter and its value", "sweep.compare={baseline: {}}"),
            ("the sweep does not vary 'networks.wlan.rate'", "sweep.compare={baseline: {networks.wlan.rate: 1 Mbit/s}}"),
            ("'packet' is none of: packets, events, series", "sweep.keep=packet"),
            ("there is no flow 'cal'", "sweep.metrics=flow.cal.down.lost"),
            ("there is no flow 'cal'", "sweep.replicate.until={metrics: flow.cal.down.lost}"),
            ("goes with `over`", "sweep.replicate.shift=3 s"),
            ("is there twice", 'sweep.parameters."networks.wlan.loss"=[1 %, 2 %, 1 %]'),
            ("lets no combination through", "sweep.constraint='loss > 90 %'"),
            ("a share and '3' is a number", "sweep.constraint='loss > 3'")):
        of_plan(text, "--set", setting)
    for text, words in (
            ("is neither the number of a run nor PARAMETER=VALUE", ["--only", "loss"]),
            ("there is no run 8; the last is 7", ["--only", "8"]),
            ("is never '3 %' in the sweep", ["--only", "networks.wlan.loss=3 %"]),
            ("--shard: '3' is not I/N", ["--shard", "3"]),
            ("--shard: '3' is not a whole number from 1 to 2", ["--shard", "3/2"]),
            ("--timeout: '10' is not a time", ["--timeout", "10"]),
            ("begins anew, and goes not with --shard", ["--shard", "1/2", "-f"]),
            ("--shards goes with --slurm", ["--shards", "3"]),
            ("--slurm goes not with --only", ["--slurm", "--only", "3"])):
        got = run("wrong", *seeds(1), *words, code=2).stderr
        assert text in got, (words, got)
    got = ask("sweep", "plan", LOSS, "--set", 'sweep.parameters."networks.wlan.loss"=[1 %, 101 %]', code=2).stderr
    assert "cannot be run with networks.wlan.loss = 101 %" in got, got
    assert "is of sweep run" in ask("sweep", "plan", LOSS, "--only", "3", code=2).stderr
    assert "none of plan, run, status, collect" in ask("sweep", "runn", LOSS, code=2).stderr
    assert "is not the folder of a sweep" in ask("sweep", "status", BASE, code=2).stderr
    assert "the folder knows its --set" in ask("sweep", "status", place("calm"), *SHORT, code=2).stderr
    os.makedirs(place("mine"))
    write("mine/thesis.txt", "do not touch")
    for more in ([], ["-f"]):
        got = run("mine", *more, code=2).stderr
        assert "exists already and is not the folder of a sweep" in got, got
    assert os.listdir(place("mine")) == ["thesis.txt"]
    write("theirs/study.json", '{"name": "of somebody else"}')
    for more in ([], ["-f"]):
        got = run("theirs", *more, code=2).stderr
        assert "exists already and is not the folder of a sweep" in got, got
    assert os.listdir(place("theirs")) == ["study.json"]
    assert not os.path.exists(place("wrong"))
    broken = write("study-broken/study.json", "{")
    got = ask("sweep", "status", os.path.dirname(broken), code=2).stderr
    assert "is damaged" in got, got
    odd = "file:odd?mode=ro"  # SQLite may take that for a URI
    assert ask("sweep", "run", LOSS, "-o", odd, *SHORT, *seeds(1), "-q", cwd=BASE).stderr == ""
    assert rows(odd, "SELECT count(*) FROM job") == [(8,)]
    print("what is wrong is told, and nothing is touched")


def no_slurm():
    got = subprocess.run([MONAMI, "sweep", "run", LOSS, "-o", place("no-slurm"), "--slurm", *SHORT, *seeds(1)],
                         capture_output=True, text=True, env={**os.environ, "PATH": BASE})
    assert got.returncode == 1 and "sbatch is not installed here" in got.stderr, got.stderr


STEPS = (extended, keys_and_numbers, in_lock_step, over_files, until_narrow, only_some_until_narrow, several_studies, failures, interrupted,
         two_at_once, begun_anew, damaged, no_room, not_writable, wrong_words, no_slurm)
for step in STEPS:
    if len(sys.argv) < 5 or step.__name__ in sys.argv[4:]:
        step()
