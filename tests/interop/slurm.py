#!/usr/bin/env python3
"""slurm.py MONAMI SCENARIOS SCRATCH: a small study through a real Slurm of one node, in a throw-away folder; the
study's bytes are those of one that ran here. Skipped where Slurm and munge are not installed, or not for root."""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

MONAMI, SCENARIOS, SCRATCH = (os.path.abspath(a) for a in sys.argv[1:4])
NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo", "scancel")
os.environ["PATH"] += ":/usr/sbin:/sbin"
missing = [name for name in NEEDED if not shutil.which(name)]
if missing or os.geteuid() != 0:
    print("SKIPPED: " + ("needs root" if not missing else "not installed: " + " ".join(missing)))
    sys.exit(77)

CONF = """ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={port1}
AuthType=auth/munge
AuthInfo=socket={dir}/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={dir}/state
SlurmdSpoolDir={dir}/spool
SlurmctldPidFile={dir}/ctld.pid
SlurmdPidFile={dir}/slurmd.pid
SlurmctldLogFile={dir}/ctld.log
SlurmdLogFile={dir}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
SchedulerParameters=batch_sched_delay=0,sched_interval=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=debug Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_ports():
    with socket.socket() as a, socket.socket() as b:
        a.bind(("127.0.0.1", 0))
        b.bind(("127.0.0.1", 0))
        return a.getsockname()[1], b.getsockname()[1]


def megabytes():
    with open("/proc/meminfo") as file:
        return int(file.readline().split()[1]) // 1024 - 300


def wait_for(what, seconds, said):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return
        time.sleep(0.1)
    raise SystemExit(f"FAILED: {said}")


class Cluster:
    """munged, slurmctld and slurmd, in the foreground as our children, in a folder of their own."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="monami-slurm-")
        self.running = []
        os.chmod(self.dir, 0o755)
        for name in ("state", "spool"):
            os.mkdir(os.path.join(self.dir, name))
        port, port1 = free_ports()
        self.host = socket.gethostname().split(".")[0]
        with open(os.path.join(self.dir, "slurm.conf"), "w") as file:
            file.write(CONF.format(host=self.host, dir=self.dir, port=port, port1=port1, cpus=os.cpu_count(),
                                   memory=megabytes()))
        os.environ["SLURM_CONF"] = os.path.join(self.dir, "slurm.conf")

    def start(self, *words, user=None):
        log = open(os.path.join(self.dir, os.path.basename(words[0]) + ".out"), "w")
        self.running.append(subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT, user=user,
                                             cwd=self.dir, start_new_session=True))
        return self.running[-1]

    def munge(self):
        """With a key, a socket and a log of our own."""
        uid, gid = pwd.getpwnam("munge").pw_uid, pwd.getpwnam("munge").pw_gid
        home = os.path.join(self.dir, "munge")
        os.mkdir(home, 0o700)
        with open(os.path.join(home, "key"), "wb") as file:
            file.write(os.urandom(128))
        os.chmod(os.path.join(home, "key"), 0o600)
        for path in (home, os.path.join(home, "key")):
            os.chown(path, uid, gid)
        self.socket = os.path.join(self.dir, "munge.socket")
        os.chown(self.dir, uid, gid)  # the socket is made there
        self.start(shutil.which("munged"), "--foreground", "--force", "--key-file=" + os.path.join(home, "key"),
                   "--socket=" + self.socket, "--pid-file=" + os.path.join(home, "pid"),
                   "--log-file=" + os.path.join(home, "log"), "--seed-file=" + os.path.join(home, "seed"),
                   user="munge")
        wait_for(lambda: os.path.exists(self.socket), 20, "munged does not listen")
        os.chown(self.dir, 0, 0)

    def begin(self):
        self.munge()
        self.start(shutil.which("slurmctld"), "-D")
        self.start(shutil.which("slurmd"), "-D", "-N", self.host)

        def is_idle():
            got = subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True, text=True)
            return got.stdout.strip() == "idle"
        wait_for(is_idle, 60, "the node does not become idle")

    def logs(self):
        for name in sorted(os.listdir(self.dir)):
            if name.endswith((".log", ".out")):
                with open(os.path.join(self.dir, name), errors="replace") as file:
                    print(f"--- {name}\n{file.read()[-3000:]}")

    def end(self):
        for child in reversed(self.running):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(20)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


HOW = ["--set", "sweep.replicate.seeds=3", "--set", "general.stop=25 s", "--set", "expect=[]"]
LOSS = os.path.join(SCENARIOS, "loss.yaml")


def sweep(folder, *words):
    got = subprocess.run([MONAMI, "sweep", "run", LOSS, "-o", folder, *HOW, *words], capture_output=True, text=True,
                         timeout=240)
    return got.returncode, got.stdout + got.stderr


def content(folder):
    with open(os.path.join(folder, "study.sqlite"), "rb") as file:
        return file.read()


def through_slurm(cluster):
    here = os.path.join(SCRATCH, "slurm-here")
    there = os.path.join(SCRATCH, "slurm-there")
    for folder in (here, there):
        shutil.rmtree(folder, ignore_errors=True)
    code, said = sweep(here, "-q")
    assert code == 0, said
    code, said = sweep(there, "--slurm", "--shards", "4", "--sbatch", "-p debug --time=10 --ntasks=1")
    assert code == 0, said
    assert "4 tasks for 24 runs" in said and "wrote " in said, said
    assert content(there) == content(here), "other bytes through Slurm"
    journals = sorted(name for name in os.listdir(there) if name.startswith("journal.") and "-of-" in name)
    assert journals == [f"journal.{k}-of-4.tsv" for k in (1, 2, 3, 4)], journals
    code, said = sweep(there, "--slurm")
    assert code == 0 and "job" not in said.split("\n")[0], said  # nothing is missing: nothing is submitted
    code, said = sweep(os.path.join(SCRATCH, "slurm-refused"), "--slurm", "--sbatch", "--partition=no-such")
    assert code == 1 and "sbatch: " in said and "artition" in said, said
    print("24 runs as 4 tasks of a real Slurm: equal bytes; a refusal of sbatch is told")


def main():
    cluster = Cluster()
    try:
        cluster.begin()
        version = subprocess.run(["sbatch", "--version"], capture_output=True, text=True).stdout.strip()
        print(version)
        through_slurm(cluster)
    except BaseException:
        cluster.logs()
        raise
    finally:
        cluster.end()


main()
