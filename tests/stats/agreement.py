#!/usr/bin/python3
"""Every statistic against scipy and numpy, on generated data sets: to 1e-9.

Only the random numbers are the same on both sides (SplitMix64 by place, written
again here), because an interval by resampling depends on them."""

import os
import subprocess
import sys
from math import comb

import numpy as np
from scipy import stats

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
TOOL = os.path.join(os.environ.get("PVB_BUILD", "build"), "tests", "stats_tool")
RESAMPLES, PERMUTATIONS, SEED = 10000, 9999, 0x7076626e6368
TOLERANCE = 1e-9


def random_below(places, bounds):
    with np.errstate(over="ignore"):
        z = np.uint64(SEED) + (places.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
        return (((z >> np.uint64(32)) * bounds.astype(np.uint64)) >> np.uint64(32)).astype(np.int64)


def median_interval(a):
    """The best pair of order statistics by the binomial distribution."""
    n = len(a)
    k = int(stats.binom.ppf(0.025, n, 0.5))
    while k > 0 and stats.binom.cdf(k - 1, n, 0.5) > 0.025:
        k -= 1
    while stats.binom.cdf(k, n, 0.5) <= 0.025:
        k += 1
    s = np.sort(a)
    return (s[k - 1], s[n - k]) if k else (None, None)


def bca(sides, statistic):
    """Efron's BCa; the percentiles and the share of ties as scipy.stats.bootstrap has them."""
    if min(len(s) for s in sides) < 3 or (len(sides) == 2 and min(sides[0]) <= 0):
        return None, None
    per = sum(len(s) for s in sides)
    base = np.arange(RESAMPLES)[:, None] * per
    drawn, at = [], 0
    for s in sides:
        places = base + at + np.arange(len(s))[None, :]
        drawn.append(s[random_below(places, np.full(places.shape, len(s)))])
        at += len(s)
    draws = statistic(*drawn)
    observed = statistic(*[s[None, :] for s in sides])[0]
    share = ((draws < observed).mean() + (draws <= observed).mean()) / 2
    if share in (0, 1):
        return None, None
    cubes = squares = 0.0
    for i, s in enumerate(sides):
        left = []
        for out in range(len(s)):
            args = [x[None, :] for x in sides]
            args[i] = np.delete(s, out)[None, :]
            left.append(statistic(*args)[0])
        u = (len(s) - 1) * (np.mean(left) - np.array(left))
        cubes += (u ** 3).sum() / len(s) ** 3
        squares += (u ** 2).sum() / len(s) ** 2
    a = cubes / (6 * squares ** 1.5) if squares > 1e-24 * observed ** 2 else 0.0
    bias = stats.norm.ppf(share)

    def shifted(tail):
        z = bias + stats.norm.ppf(tail)
        return stats.norm.cdf(bias + z / (1 - a * z))
    return tuple(np.percentile(draws, [100 * shifted(0.025), 100 * shifted(0.975)]))


def mann_whitney(a, b):
    if len(set(a) | set(b)) == 1:
        return 1.0
    tied = len(set(np.concatenate([a, b]))) < len(a) + len(b)
    exact = not tied and len(a) <= 50 and len(b) <= 50
    return stats.mannwhitneyu(a, b, method="exact" if exact else "asymptotic").pvalue


def permutation(a, b):
    """scipy's where every division is looked at; else the same draws, counted by numpy."""
    everything = np.concatenate([a, b])
    n, m = len(a), len(b)
    if min(n, m) == 1:  # scipy wants two values a side; here the test has n + m divisions
        one, rest = (b, a) if m == 1 else (a, b)
        d = np.array([x - (everything.sum() - x) / (n + m - 1) for x in everything])
        size = 1e-13 * np.abs(everything).max()
        mine = one[0] - rest.mean()
        return min(1, 2 * min((d <= mine + size).mean(), (d >= mine - size).mean()))
    if comb(n + m, n) <= PERMUTATIONS:
        return stats.permutation_test((a, b), lambda x, y, axis: np.mean(y, axis=axis) - np.mean(x, axis=axis),
                                      vectorized=True, n_resamples=np.inf).pvalue
    size = 1e-13 * np.abs(everything).max()
    observed = b.mean() - a.mean()
    draws = random_below(np.arange(PERMUTATIONS)[:, None] * n + np.arange(n)[None, :],
                         np.broadcast_to(n + m - np.arange(n), (PERMUTATIONS, n))) + np.arange(n)
    values, less, greater = everything.copy(), 1, 1
    for row in draws:
        for k, with_ in enumerate(row):
            values[k], values[with_] = values[with_], values[k]
        d = values[n:].mean() - values[:n].mean()
        less += d <= observed + size
        greater += d >= observed - size
    return min(1, 2 * min(less, greater) / (PERMUTATIONS + 1))


def expected(a, b):
    s = np.sort(a)
    q1, q3 = np.percentile(a, [25, 75])
    r = q3 - q1
    fences = (q1 - 1.5 * r, q3 + 1.5 * r, q1 - 3 * r, q3 + 3 * r)
    label = 2 if not fences[2] <= a[0] <= fences[3] else 1 if not fences[0] <= a[0] <= fences[1] else 0
    return {"median": [np.median(a)], "quantile": [np.percentile(a, 99)], "median interval": median_interval(s),
            "fences": fences,
            "BCa of the median": bca([a], lambda x: np.median(x, axis=1)),
            "BCa of the ratio": bca([a, b], lambda x, y: np.median(y, axis=1) / np.median(x, axis=1)),
            "Mann-Whitney": [mann_whitney(a, b)], "permutation": [permutation(a, b)],
            "least p": [min(1, 2 / comb(len(a) + len(b), len(a)))], "label": [label]}


def data_sets():
    r = np.random.default_rng(20261122)
    shapes = {
        "normal": lambda n: r.normal(1000, 20, n),
        "skewed": lambda n: r.lognormal(6, 0.4, n),
        "ties": lambda n: np.round(r.normal(300, 3, n)),
        "few values": lambda n: r.choice([10.0, 12.0], n),
        "bimodal": lambda n: np.where(r.random(n) < 0.4, r.normal(400, 4, n), r.normal(900, 9, n)),
        "outliers": lambda n: r.normal(100, 1, n) * np.where(r.random(n) < 0.1, 30, 1),
        "huge": lambda n: r.normal(1e15, 1e13, n),
        "tiny": lambda n: np.abs(r.normal(1e-9, 1e-10, n)),
    }
    sizes = [(1, 1), (2, 3), (3, 2), (3, 3), (4, 4), (5, 5), (6, 9), (7, 7), (8, 8), (8, 9), (10, 10), (12, 7), (16, 16)]
    for name, shape in shapes.items():
        for n, m in sizes:
            for shift in (1.0, 1.05):
                yield name, shape(n), shape(m) * shift
        yield name, shape(51), shape(33)
        yield name, shape(50), shape(50) * 1.02
        yield name, shape(200), shape(150) * 1.01
        constant = shape(1)[0]
        yield "constant " + name, np.full(8, constant), np.full(9, constant)


def close(x, y):
    if x == "-" or y is None:
        return x == "-" and y is None
    return abs(float(x) - y) <= TOLERANCE * max(1.0 if abs(y) > 1e-3 else abs(y), abs(y))


sets = list(data_sets())
text = "".join(f"two {len(a)} {' '.join(repr(float(x)) for x in a)} {len(b)} {' '.join(repr(float(x)) for x in b)}\n"
               for _, a, b in sets)
run = subprocess.run([TOOL], input=text, capture_output=True, text=True, timeout=300)
answers = run.stdout.splitlines()
check("at least 200 data sets, all answered", len(sets) >= 200 and len(answers) == len(sets),
      f"{len(sets)} sets, {len(answers)} answers, status {run.returncode}")
wrong = {}
for (name, a, b), line in zip(sets, answers):
    words, at = line.split(), 0
    for statistic, values in expected(a, b).items():
        got = words[at:at + len(values)]
        at += len(values)
        wrong.setdefault(statistic, [])
        if not all(close(x, y) for x, y in zip(got, values)):
            wrong[statistic].append(f"{name} {len(a)}/{len(b)}: {got}, expected {list(values)}")
for statistic, which in wrong.items():
    check(f"{statistic}: agrees to 1e-9 on {len(sets)} data sets", not which,
          f"{len(which)} differ: " + "; ".join(which[:3]))

r = np.random.default_rng(1)
families = [r.random(n) ** 3 for n in (1, 2, 5, 44, 300)] + [np.array([0.01, 0.01, 0.01]), np.array([0.04, 0.001, 0.03])]
text = "".join(f"holm {len(p)} {' '.join(repr(float(x)) for x in p)}\n" for p in families)
answers = subprocess.run([TOOL], input=text, capture_output=True, text=True).stdout.splitlines()
good = len(answers) == len(families)
for p, line in zip(families, answers):
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p)))))
    good = good and np.allclose([float(x) for x in line.split()], adjusted, rtol=1e-12, atol=0)
check(f"Holm's correction of {len(families)} families", good)

end()
