#!/usr/bin/python3
"""Change points: E-divisive's statistic against a plain implementation of its definition, and what is found in
generated histories whose steps are known: precision and recall, beside the fence alone. The numbers are those of
doc/statistics.md."""

import os
import re
import subprocess
import sys
import time

import numpy as np

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402

TOOL = os.path.join(os.environ.get("PVB_BUILD", "build"), "tests", "stats_tool")
LEAST = 3        # values on each side
HISTORIES = 200  # of each kind
NIGHTS = 90
NEAR = 2         # nights that a step may be misplaced by
WINDOW = 30      # nights that a fence looks back on


def ask(word, all_values):
    lines = "\n".join(f"{word} {len(v)} " + " ".join(repr(float(x)) for x in v) for v in all_values)
    out = subprocess.run([TOOL], input=lines + "\n", capture_output=True, text=True, timeout=300, check=True).stdout
    return out.split("\n")[:len(all_values)]


# --- the statistic, from its definition (Matteson and James 2014, equations 5 and 6) ------------------------------

def energy(x, y):
    """The weighted energy distance, every pair by itself."""
    n, m = len(x), len(y)
    between = sum(abs(a - b) for a in x for b in y) * 2 / (n * m)
    inside = sum(abs(x[i] - x[j]) for i in range(n) for j in range(i)) / (n * (n - 1) / 2)
    outside = sum(abs(y[i] - y[j]) for i in range(m) for j in range(i)) / (m * (m - 1) / 2)
    return n * m / (n + m) * (between - inside - outside)


def statistic():
    r = np.random.default_rng(20261122)
    series = [list(map(float, values)) for n in (6, 7, 12, 33, 60) for values in (
        r.normal(1000, 20, n), np.round(r.normal(50, 2, n)), r.exponential(5, n), np.r_[r.normal(0, 1, n // 2), r.normal(3, 1, n - n // 2)],
        1e9 + r.normal(0, 1, n), r.choice([1.0, 2.0], n))]
    worst = 0
    for values, answer in zip(series, ask("divide", series)):
        q, at = answer.split()
        all_q = {t: energy(values[:t], values[t:]) for t in range(LEAST, len(values) - LEAST + 1)}
        best = max(all_q.values())
        worst = max(worst, abs(float(q) - best) / max(1, abs(best)), abs(all_q[int(at)] - best) / max(1, abs(best)))
    check(f"E-divisive's statistic and its place in {len(series)} series agree with its definition (worst {worst:.1e})",
          worst < 1e-6)
    check("a series that is too short, and one that is constant, have no change",
          [a.split()[0] for a in ask("divide", [[1, 2, 3, 4, 5]])] == ["nan"] and ask("changes", [[7] * 50]) == [""])


# --- generated histories ------------------------------------------------------------------------------------------

NOISE = {
    "normal, 1 %": lambda r, n: 1 + 0.01 * r.standard_normal(n),
    "skewed, 1 %": lambda r, n: 1 + 0.01 * r.exponential(1, n),
    "outliers": lambda r, n: (1 + 0.01 * r.standard_normal(n)) * np.where(r.random(n) < 0.03, 1.15, 1),
}


def history(r, noise, steps, least, most):
    """Nights, and where they step; steps are at least 12 nights apart and from the ends."""
    while True:
        at = np.sort(r.integers(12, NIGHTS - 12, steps))
        if steps < 2 or np.diff(at).min() >= 12:
            break
    level = np.ones(NIGHTS)
    for t in at:
        level[t:] *= 1 + r.choice([-1, 1]) * r.uniform(least, most)
    return 1000 * level * noise(r, NIGHTS), list(at)


def fences(histories):
    """Nights beyond Q3 + 3 IQR, or below Q1 - 3 IQR, of the 30 before; a run of alarms is one."""
    values = np.array(histories)
    alarm = np.zeros(values.shape, bool)
    for t in range(8, NIGHTS):
        q1, q3 = np.percentile(values[:, max(0, t - WINDOW):t], [25, 75], axis=1)
        alarm[:, t] = (values[:, t] > q3 + 3 * (q3 - q1)) | (values[:, t] < q1 - 3 * (q3 - q1))
    first = alarm & ~np.roll(alarm, 1, axis=1)
    return [list(np.flatnonzero(row)) for row in first]


def score(found, truth):
    """How many of the found ones are true, and of the true ones found; each is matched once."""
    left, hits = list(truth), 0
    for f in found:
        near = [t for t in left if abs(t - f) <= NEAR]
        if near:
            left.remove(min(near, key=lambda t: abs(t - f)))
            hits += 1
    return hits


def rate(part, whole):
    return 100 * part / whole if whole else 100.0


def play(name, noise, steps, least, most):
    r = np.random.default_rng(1000 * steps + list(NOISE).index(name) + int(1e6 * least))
    made = [history(r, noise, steps if steps else 0, least, most) for _ in range(HISTORIES)]
    answers = [[int(a) for a in line.split()] for line in ask("changes", [values for values, _ in made])]
    theirs = fences([values for values, _ in made])
    truth = sum(len(t) for _, t in made)
    numbers = []
    for found in (answers, theirs):
        hits = sum(score(f, t) for f, (_, t) in zip(found, made))
        numbers += [rate(hits, sum(map(len, found))), rate(hits, truth), sum(map(len, found))]
    return numbers


doc = open("doc/statistics.md").read()
statistic()
begin = time.monotonic()
rows = []
for name, noise in NOISE.items():
    _, _, mine, _, _, theirs = play(name, noise, 0, 0, 0)
    nights = HISTORIES * NIGHTS
    check(f"{name}: no step in {HISTORIES} histories of {NIGHTS} nights: {mine} changes found, {theirs} by the fence",
          mine <= HISTORIES * 0.01)
    rows.append((f"{name}; no step", f"{mine} found", f"{theirs} found"))
    for least, most, floor in ((0.015, 0.03, 40 if name == "outliers" else 70), (0.03, 0.10, 90)):
        precision, recall, _, f_precision, f_recall, _ = play(name, noise, 2, least, most)
        what = f"{name}; 2 steps of {100 * least:g} to {100 * most:g} %"
        check(f"{what}: precision {precision:.1f} %, recall {recall:.1f} %; the fence alone {f_precision:.1f} %, {f_recall:.1f} %",
              precision >= (85 if least < 0.02 else 97) and recall >= floor
              and recall > f_recall and precision > f_precision)
        rows.append((what, f"{precision:.1f} %, {recall:.1f} %", f"{f_precision:.1f} %, {f_recall:.1f} %"))
print(f"# {3 * 3 * HISTORIES} histories in {time.monotonic() - begin:.1f} s")
missing = [row for row in rows if "| " + " | ".join(row) + " |" not in doc]
check("the documentation says so", not missing, "\n# ".join("| " + " | ".join(row) + " |" for row in missing))
end()
