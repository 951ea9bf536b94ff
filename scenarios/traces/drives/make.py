#!/usr/bin/env python3
"""make.py: writes drive-1.csv to drive-6.csv beside it: made-up drives past two operators, in the layout of the PAM
2025 replay files. Rates walk on a logarithmic scale, hand-overs carry nothing for 40 to 300 ms, and now and then an
operator has no coverage for some seconds. Numbers are chosen by eye, and mean nothing but themselves."""
import math
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
LENGTH_S = 120
# Mean rate in Mbit/s, how often coverage is lost (a second), and how often a hand-over comes.
OPERATORS = {"att": (14.0, 0.012, 0.10), "verizon": (20.0, 0.020, 0.14)}


def drive(name, draw):
    rows = []
    for operator, (mean, holes, handovers) in OPERATORS.items():
        level = draw.gauss(0, 0.5)
        bare = 0.0  # until when there is no coverage
        t = 0.0 if operator == "att" else 0.2
        while t < LENGTH_S:
            level = 0.94 * level + draw.gauss(0, 0.22)
            if t >= bare and draw.random() < holes * 0.5:
                bare = t + draw.uniform(1.0, 6.0)
            rate = 0.0 if t < bare else mean * math.exp(level)
            rows.append((t, operator, "rate", "LTE-A", f"{rate:.3f}", ""))
            if t >= bare and draw.random() < handovers * 0.5:
                rows.append((t + draw.uniform(0.05, 0.4), operator, "handover", "LTE-A", "", f"{draw.uniform(40, 300):.1f}"))
            t += 0.5
    rows.sort(key=lambda r: (r[0], r[1]))
    with open(os.path.join(HERE, name), "w") as file:
        file.write("# made up by make.py, in the layout of the PAM 2025 replay files: two operators on one drive\n")
        file.write("t_s,operator,event,technology,rate_mbps,handover_ms\n")
        for t, *rest in rows:
            file.write(f"{t:.6f}," + ",".join(rest) + "\n")


for n in range(1, 7):
    drive(f"drive-{n}.csv", random.Random(20251100 + n))
