#!/usr/bin/python3
"""pvbench export: each format is read by its consumer's own parser where Debian has it (OpenMetrics:
prometheus_client; google-benchmark: its compare.py), else by one as strict as the format's description,
and the numbers that come out are those of the result."""

import copy
import csv
import io
import json
import math
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import jsonschema
from prometheus_client.openmetrics.parser import text_string_to_metric_families

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end, skip  # noqa: E402
PVBENCH = os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench")
MICRO, MIXED = "tests/fixtures/result-micro.json", "tests/fixtures/result-mixed.json"
COMPARE = "/usr/share/benchmark/compare.py"
PROMTOOL, NODE_EXPORTER = (os.path.join(os.environ.get("PVB_BUILD", "build"), "tests", n) for n in ("promtool", "prometheus-node-exporter"))
FORMATS = ("google-benchmark", "go", "bencher", "github-action-benchmark", "openmetrics", "csv")


def export(fmt, path=MICRO):
    r = subprocess.run([PVBENCH, "export", f"--format={fmt}", path], capture_output=True)
    if r.returncode or r.stderr:
        check(f"export --format={fmt} {path}", False, r.stderr.decode())
    return r.stdout.decode()


def measured(path):
    """(run, benchmark, cost per operation, {class.kind: entries per operation}) of each boot."""
    for run in json.load(open(path))["runs"]:
        for b in run["benchmarks"]:
            if b["status"] != "ok":
                continue
            operations = b["iterations"] * b["ops_per_iteration"]
            cost = b["cost"]["median"] / b["ops_per_iteration"] if b["cost"] else None
            kinds = {f"{c}.{k}": v["count"] / operations for c, ks in (b["entries"] or {}).items() for k, v in ks.items()} \
                if b["entries"] is not None else None
            yield run, b, cost, kinds


def label(run, b):
    parameter = f"/{b['parameter']}" if b.get("parameter") else ""
    return f"{b['name']}{parameter}/{run['hypervisor']['name']}/{run['mode']}" + ("" if run["machine"] == "lab" else "/host")


# --- google-benchmark ---------------------------------------------------------------
for path in (MICRO, MIXED):
    document = json.loads(export("google-benchmark", path), parse_constant=lambda c: 1 / 0)
    want = [(label(r, b), c, k) for r, b, c, k in measured(path) if c is not None]
    got = [(b["name"], b["real_time"], {k: v for k, v in b.items() if "." in k}) for b in document["benchmarks"]]
    check(f"google-benchmark: every boot, cost and counter of {os.path.basename(path)}",
          len(got) == len(want) and all(g[0] == w[0] and g[1] == w[1] and g[2] == (w[2] or {}) for g, w in zip(got, want)),
          f"{got[:2]}\n{want[:2]}")
check("google-benchmark: each says what its numbers are", all(b["label"] in ("instructions", "ns", "cycles")
                                                             for b in document["benchmarks"]))
with tempfile.TemporaryDirectory() as folder:
    names = [os.path.join(folder, n) for n in ("a.json", "b.json")]
    slower = json.load(open(MICRO))
    for b in slower["runs"][0]["benchmarks"]:
        if b["name"] == "null_hypercall":
            for key in ("min", "median", "mean", "p99", "max"):
                b["cost"][key] *= 2
    changed = os.path.join(folder, "slower.json")
    json.dump(slower, open(changed, "w"))
    for name, source in zip(names, (MICRO, changed)):
        open(name, "w").write(export("google-benchmark", source))
    r = subprocess.run(["/usr/bin/python3", COMPARE, "--no-color", "benchmarks", *names], capture_output=True, text=True)
    lines = {line.split()[0]: line.split()[1:3] for line in r.stdout.splitlines() if line.count("/") >= 2 and len(line.split()) > 5}
    check("google-benchmark: its compare.py reads it, and finds the doubled cost and nothing else", r.returncode == 0
          and len(lines) == 44 and lines["null_hypercall/minivisor/pv"][0] == "+1.0000"
          and all(float(v[0]) == 0 for k, v in lines.items() if k != "null_hypercall/minivisor/pv"), r.stdout + r.stderr)

# --- Go's benchmark format (golang.org/design/14313-benchmark-format, and units of golang.org/x/perf) ----------------


def parse_go(text):
    units, results, configuration = {}, [], {}
    assert text.endswith("\n")
    for line in text.splitlines():
        if m := re.fullmatch(r"([a-z][^\sA-Z]*):[ \t]+(\S.*)", line):
            configuration[m[1]] = m[2]
        elif m := re.fullmatch(r"Unit (\S+)((?: \S+=\S+)+)", line):
            assert m[1] not in units
            units[m[1]] = dict(p.split("=", 1) for p in m[2].split())
            assert set(units[m[1]]) <= {"better", "assume"}
        elif not line.startswith("#"):
            m = re.fullmatch(r"Benchmark([A-Z0-9_]\S*) (\d+)((?: \S+ \S+)+)", line)
            assert m and int(m[2]) > 0, line
            words = m[3].split()
            values = {u: float(v) for v, u in zip(words[::2], words[1::2])}
            assert len(values) == len(words) // 2 and all(math.isfinite(v) for v in values.values()), line
            name, *keys = m[1].split("/")
            results.append((name, dict(k.split("=", 1) for k in keys), int(m[2]), values))
    return configuration, units, results


for path in (MICRO, MIXED):
    configuration, units, results = parse_go(export("go", path))
    want = [(r, b, c, k) for r, b, c, k in measured(path) if c is not None or k is not None]
    good = len(results) == len(want)
    for (name, keys, n, values), (r, b, c, k) in zip(results, want):
        good = good and name.lower() == b["name"].lower() and keys["mode"] == r["mode"] and keys["hv"] == r["hypervisor"]["name"] \
            and n == b["iterations"] * b["ops_per_iteration"] and (c is None or values[b["cost"]["unit"] + "/op"] == c) \
            and (k is None or {u[:-3]: v for u, v in values.items() if "." in u} == k)
    check(f"go: every line of {os.path.basename(path)} is one of the format, with the result's numbers", good, results[:2])
    check(f"go: every unit of {os.path.basename(path)} says which direction is better", set(units) ==
          {u for _, _, _, values in results for u in values} and all(u["better"] == "lower" for u in units.values()), units)
check("go: noisy units are not assumed exact", units["cycles/op"] == {"better": "lower"}, units)
check("go: exact ones are, and the kinds of entries with them", all(u.get("assume") == "exact" for u in parse_go(export("go"))[1].values()))


def tables(*texts):
    """As benchstat divides them: a table a configuration and a unit, in it a row a benchmark's name, a column a file."""
    found = {}
    for column, text in enumerate(texts):
        configuration, _, results = parse_go(text)
        for name, keys, _, values in results:
            for unit, value in values.items():
                table = found.setdefault((tuple(sorted(configuration.items())), unit), {})
                table.setdefault((name, *sorted(keys.items())), {}).setdefault(column, []).append(value)
    return found


def another_night(d):
    d["provenance"].update(date="2026-12-24T01:00:00Z", git_revision="0123456789abcdef", pvbench="9.9.9")
    next(b for b in d["runs"][1]["benchmarks"] if b["name"] == "cpuid")["cost"].update(median=158, min=158, max=158, mean=158)
    return d


with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
    json.dump(another_night(json.load(open(MICRO))), f)
    f.flush()
    both = tables(export("go"), export("go", f.name))
    check("go: two nights are one table a unit, and every row has both", len(both) == len({u for _, u in both})
          and all(set(row) == {0, 1} for table in both.values() for row in table.values()), list(both)[:3])
    cost = next(t for (_, unit), t in both.items() if unit == "instructions/op")
    check("go: what differs between them is the one cost", {k[0]: v for k, v in cost.items() if v[0] != v[1]} ==
          {"Cpuid": {0: [148.0], 1: [158.0]}})
    check("go: another suite is another table", len(tables(export("go"), export("go", MIXED))) > len(both))
disagree = json.load(open(MICRO))
disagree["runs"].append(copy.deepcopy(disagree["runs"][0]))
disagree["runs"][-1]["boot"] = 2
next(b for b in disagree["runs"][-1]["benchmarks"] if b["name"] == "cpuid")["entries"]["emulate"]["cpuid"]["count"] += 1
next(b for b in disagree["runs"][-1]["benchmarks"] if b["name"] == "compute")["cost"].update(min=1, median=1, mean=1)
with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
    json.dump(disagree, f)
    f.flush()
    units = parse_go(export("go", f.name))[1]
    check("go: what its boots disagree in is not called exact", [u for u in units if "assume" not in units[u]] ==
          ["instructions/op", "entries/op", "emulate.cpuid/op"], units)

# --- Bencher Metric Format, github-action-benchmark -------------------------------------
BMF = {"type": "object", "minProperties": 1, "additionalProperties": {
    "type": "object", "minProperties": 1, "propertyNames": {"pattern": "^[a-z]+$"}, "additionalProperties": {
        "type": "object", "required": ["value"], "additionalProperties": False,
        "properties": {k: {"type": "number"} for k in ("value", "lower_value", "upper_value")}}}}
GITHUB = {"type": "array", "minItems": 1, "items": {
    "type": "object", "required": ["name", "unit", "value"], "additionalProperties": False,
    "properties": {"name": {"type": "string"}, "unit": {"type": "string"}, "value": {"type": "number"},
                   "range": {"type": "string"}, "extra": {"type": "string"}}}}
for fmt, schema in (("bencher", BMF), ("github-action-benchmark", GITHUB)):
    for path in (MICRO, MIXED):
        errors = list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(export(fmt, path))))
        check(f"{fmt}: {os.path.basename(path)} is valid", not errors, errors[:1])
bmf, action = json.loads(export("bencher")), json.loads(export("github-action-benchmark"))
costs = {a["name"]: a["value"] for a in action if a["unit"] == "instructions"}
check("both: the result's numbers", all(bmf[label(r, b)]["instructions"]["value"] == costs[label(r, b)] == c
                                        and math.isclose(bmf[label(r, b)]["entries"]["value"], sum(k.values()))
                                        for r, b, c, k in measured(MICRO)))
check("github-action-benchmark: a name is there once", len({a["name"] for a in action}) == len(action) == 88)
mixed = json.loads(export("bencher", MIXED))["null_hypercall/kvm/hvm/host"]
noisy = next(iter(v for k, v in mixed.items() if k != "entries"))
check("bencher: eight noisy boots have an interval", noisy["lower_value"] <= noisy["value"] <= noisy["upper_value"], mixed)

# --- OpenMetrics --------------------------------------------------------------------------
for path in (MICRO, MIXED):
    text = export("openmetrics", path)
    try:
        families = {f.name: f for f in text_string_to_metric_families(text)}
        check(f"openmetrics: prometheus_client reads {os.path.basename(path)}", text.endswith("# EOF\n") and len(families) >= 4)
    except ValueError as e:
        check(f"openmetrics: prometheus_client reads {os.path.basename(path)}", False, e)
families = {f.name: f for f in text_string_to_metric_families(export("openmetrics"))}
got = {(s.labels["workload"], s.labels["mode"]): s.value for s in families["pvbench_cost_instructions"].samples}
check("openmetrics: the result's costs", got == {(label(r, b).rsplit("/", 2)[0], r["mode"]): c for r, b, c, _ in measured(MICRO)})
got = {(s.labels["workload"], s.labels["mode"], s.labels["class"] + "." + s.labels["kind"]): s.value
       for s in families["pvbench_entries"].samples}
check("openmetrics: and entries", got == {(label(r, b).rsplit("/", 2)[0], r["mode"], k): v
                                          for r, b, _, ks in measured(MICRO) for k, v in ks.items()})
families = {f.name: f for f in text_string_to_metric_families(export("openmetrics", MIXED))}
check("openmetrics: what crashed is a 0", any(s.value == 0 for s in families["pvbench_workload_ok"].samples))
with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
    f.write(open(MIXED).read().replace('"cycles"', '"ns"'))
    f.flush()
    seconds = {f.name: f for f in text_string_to_metric_families(export("openmetrics", f.name))}["pvbench_cost_seconds"]
    cycles = families["pvbench_cost_cycles"]
    check("openmetrics: nanoseconds are seconds there", seconds.unit == "seconds" and all(
        math.isclose(s.value, c.value * 1e-9, rel_tol=1e-12) for s, c in zip(seconds.samples, cycles.samples)))

def series(text):
    """Every number with its labels, whatever their order."""
    lines = (re.fullmatch(r"(pvbench_\w+)\{(.*)\} (\S+)", line) for line in text.splitlines())
    return sorted((m[1], sorted(re.findall(r'\w+="[^"]*"', m[2])), float(m[3])) for m in lines if m)


# A page that says twice what is one thing is refused as a whole.
two = json.load(open(MIXED))
for run in two["runs"]:
    for b in run["benchmarks"]:
        if run["machine"] == "host" and b.get("cost"):
            b["cost"]["unit"] = "ns"
        elif b.get("cost"):
            b["cost"]["unit"] = "seconds"
with tempfile.TemporaryDirectory() as folder:
    for name, document in (("micro", json.load(open(MICRO))), ("mixed", json.load(open(MIXED))), ("two", dict(two, suite=dict(two["suite"], name="two")))):
        json.dump(document, open(os.path.join(folder, name + ".json"), "w"))
        open(os.path.join(folder, name + ".prom"), "w").write(export("openmetrics", os.path.join(folder, name + ".json")))
    if os.access(PROMTOOL, os.X_OK):
        for name in ("micro", "mixed", "two"):
            r = subprocess.run([PROMTOOL, "check", "metrics"], stdin=open(os.path.join(folder, name + ".prom")), capture_output=True, text=True)
            check(f"promtool check metrics: {name}", r.returncode == 0 and not r.stdout and not r.stderr, r.stdout + r.stderr)
    else:
        skip("promtool check metrics", f"{PROMTOOL}, which make check fetches")
    if os.access(NODE_EXPORTER, os.X_OK):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        exporter = subprocess.Popen([NODE_EXPORTER, "--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={folder}",
                                     f"--web.listen-address=127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        page = ""
        for _ in range(200):
            try:
                page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
                break
            except OSError:
                time.sleep(0.05)
        exporter.terminate()
        said = exporter.communicate()[1]
        want = series("".join(open(os.path.join(folder, n + ".prom")).read() for n in ("micro", "mixed", "two")))
        check("node_exporter: its textfile collector reads all three at once, and hands on every number",
              "node_textfile_scrape_error 0" in page and want == series(page) and len(want) > 200, said[-800:])
    else:
        skip("node_exporter's textfile collector", f"{NODE_EXPORTER}, which make check fetches")

# --- CSV -------------------------------------------------------------------------------------
for path in (MICRO, MIXED):
    rows = list(csv.DictReader(io.StringIO(export("csv", path), newline=""), strict=True))
    medians = [float(r["value"]) for r in rows if r["metric"] == "median"]
    kinds = [float(r["value"]) for r in rows if r["metric"] == "kind"]
    want = list(measured(path))
    check(f"csv: {os.path.basename(path)}, every boot", all(None not in r and None not in r.values() for r in rows)
          and medians == [c for _, _, c, _ in want if c is not None]
          and kinds == [v for _, _, _, k in want for v in (k or {}).values()])
lost = [r for r in rows if r["status"] != "ok"]
check("csv: what was not measured is there without a number", lost and all(r["metric"] == r["value"] == "" for r in lost))

# --- errors ------------------------------------------------------------------------------------
nothing = json.load(open(MICRO))
for run in nothing["runs"]:
    run["benchmarks"] = [{"name": b["name"], "status": "skipped", "reason": "why"} for b in run["benchmarks"]]
evil = json.load(open(MICRO))
evil["provenance"].update(git_revision='a"b\\c\nBenchmarkEvil 1 1 ns/op', pvbench="# EOF")
with tempfile.TemporaryDirectory() as folder:
    for name, document in (("nothing", nothing), ("evil", evil)):
        json.dump(document, open(os.path.join(folder, name + ".json"), "w"))
    open(os.path.join(folder, "cut.json"), "w").write(open(MICRO).read()[:5000])
    for fmt in FORMATS:
        for name, status in (("nothing", 5), ("cut", 1), ("none", 1)):
            r = subprocess.run([PVBENCH, "export", "--format", fmt, os.path.join(folder, name + ".json")],
                               capture_output=True, text=True)
            check(f"{fmt}: {name}: status {status}, one line", r.returncode == status and not r.stdout
                  and r.stderr.count("\n") == 1 and f"{name}.json" in r.stderr, r.stderr)
    path = os.path.join(folder, "evil.json")
    _, _, results = parse_go(export("go", path))
    families = list(text_string_to_metric_families(export("openmetrics", path)))
    check("text of a result is text in every format", len(results) == 44 and len(families) >= 4
          and families[0].samples[0].labels["revision"] == 'a"b\\c?BenchmarkEvil 1 1 ns/op')
for arguments, words in ((["--format=xml", MICRO], "known are google-benchmark"), ([MICRO], "no --format"), (["--format=csv"], "no result"),
                         (["--frob"], "not a known option")):
    r = subprocess.run([PVBENCH, "export", *arguments], capture_output=True, text=True)
    check(f"export {' '.join(arguments[:1])}: status 2", r.returncode == 2 and words in r.stderr and r.stderr.count("\n") == 1, r.stderr)
r = subprocess.run([PVBENCH, "export", "--help"], capture_output=True, text=True)
check("--help and the manual page name every format", all(f in r.stdout and f in open("doc/pvbench.1").read().replace("\\-", "-")
                                                          for f in FORMATS))
end()
