#!/usr/bin/python3
"""What a verdict on noisy measurements is worth: false alarms when nothing changed, the
power to find a 5 % slowdown in 2 % noise with 10 boots, and the cost of a million samples.
The numbers are those of doc/statistics.md."""

import math
import os
import re
import subprocess
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
TOOL = os.path.join(os.environ.get("PVB_BUILD", "build"), "tests", "stats_simulate")
N = 2000


def play(kind, shape, boots):
    keys = ("comparisons", "five", "one", "permutation", "missed", "worse", "better", "inconclusive")
    out = subprocess.run([TOOL, kind, shape, str(boots), str(N)], capture_output=True, text=True, timeout=300).stdout
    return dict(zip(keys, map(int, out.split())))


def most(level):
    """What a test at this level gives at most in N tries, but for a chance of 1 in 1000."""
    return N * level + 3.1 * math.sqrt(N * level * (1 - level))


for shape in ("normal", "skewed", "bimodal", "ties"):
    r = play("aa", shape, 10)
    check(f"A/A, {shape}: {r['five']} of {N} p below .05, {r['one']} below .01, {r['permutation']} by permutation",
          0 < r["five"] <= most(0.05) and r["one"] <= most(0.01) and r["permutation"] <= most(0.01), str(r))
    check(f"A/A, {shape}: {r['worse']} regressions and {r['better']} improvements that are none",
          r["worse"] + r["better"] <= N * 0.01, str(r))
    check(f"A/A, {shape}: {r['missed']} of {N} intervals miss the truth", r["missed"] <= N * 0.10, str(r))
r = play("aa", "normal", 7)
check("7 boots: always inconclusive", r["inconclusive"] == N, str(r))
r = play("power", "normal", 10)
power = 100 * r["worse"] / N
check(f"power for a 5 % shift at 10 boots with 2 % noise: {power:.1f} %", power > 80, str(r))
told = re.search(r"power.*?([0-9.]+) %, of 2,000", open("doc/statistics.md").read(), re.S)
check("the documentation says so", told is not None and abs(float(told.group(1)) - power) < 0.05,
      told.group(1) if told else "no number there")
work = [int(w) for w in subprocess.run([TOOL, "work", "normal", "0", "0"], capture_output=True, text=True).stdout.split()]
check("four times the samples, four times the work", len(work) == 2 and 0 < work[1] <= 4.05 * work[0], str(work))
end()
