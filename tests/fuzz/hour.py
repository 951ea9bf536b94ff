#!/usr/bin/python3
"""hour.py BUILD [SECONDS]: every fuzz target of BUILD for an equal share of SECONDS in all.

BUILD was configured with the preset `fuzz` (clang, libFuzzer, sanitizers). New inputs are kept in
BUILD/corpus/TARGET, findings in BUILD/findings. Prints a row a target; exit code 1 if one found
something.

    cmake --preset fuzz && cmake --build --preset fuzz && tests/fuzz/hour.py build/fuzz 3600
"""
import os
import re
import subprocess
import sys

LONGEST_INPUT_BYTES = 65536
SLOWEST_INPUT_S = 20


def fuzz(program, name, build, seconds):
    here = os.path.dirname(os.path.abspath(__file__))
    found = os.path.join(build, "findings")
    grown = os.path.join(build, "corpus", name)
    os.makedirs(found, exist_ok=True)
    os.makedirs(grown, exist_ok=True)
    before = set(os.listdir(found))
    log = os.path.join(build, f"fuzz-{name}.log")
    with open(log, "w") as out:
        code = subprocess.call(
            [program, f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT_BYTES}", "-len_control=100",
             f"-timeout={SLOWEST_INPUT_S}", "-print_final_stats=1", f"-artifact_prefix={found}/{name}-",
             grown, os.path.join(here, "corpus", name)], stdout=out, stderr=out)
    text = open(log, errors="replace").read()
    done = re.findall(r"stat::number_of_executed_units: +(\d+)", text)
    covered = re.findall(r"cov: (\d+)", text)
    new = sorted(set(os.listdir(found)) - before)
    return int(done[-1]) if done else 0, int(covered[-1]) if covered else 0, code, new


def main():
    build = sys.argv[1]
    total = int(sys.argv[2]) if len(sys.argv) > 2 else 3600
    folder = os.path.join(build, "tests")
    targets = sorted(n for n in os.listdir(folder)
                     if n.startswith("fuzz_") and os.access(os.path.join(folder, n), os.X_OK))
    if not targets:
        sys.exit(f"{folder} has no fuzz targets: configure with the preset fuzz")
    share = max(1, total // len(targets))
    executions = findings = 0
    for target in targets:
        name = target[len("fuzz_"):]
        done, covered, code, new = fuzz(os.path.join(folder, target), name, build, share)
        executions += done
        findings += len(new) or code != 0
        print(f"{name:12} {share:5} s {done:12,} executions {covered:6} edges  {'found ' + ', '.join(new) if new else 'nothing found' if code == 0 else f'exit code {code}'}",
              flush=True)
    print(f"{len(targets)} targets, {share * len(targets)} s, {executions:,} executions, {findings} findings")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
