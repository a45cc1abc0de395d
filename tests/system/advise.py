#!/usr/bin/python3
"""Which mode for a load: what a load would pay, from what its operations cost; held against what another run has measured."""

import json
import os
import subprocess
import sys
import tempfile

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
FULL = "tests/fixtures/result-full.json"
work = tempfile.TemporaryDirectory()


def pv(*arguments, text=None):
    return subprocess.run([PVBENCH, *arguments], capture_output=True, text=True, input=text)


def store(name, document):
    path = os.path.join(work.name, name)
    json.dump(document, open(path, "w"))
    return path


def load(name="a load", **parts):
    return store("load.json", {"schema": "pvbench.load/1", "name": name, **parts})


def refused(what, status, words, *arguments):
    r = pv("advise", *arguments)
    check(f"refused: {what}", r.returncode == status and not r.stdout and r.stderr.count("\n") == 1 and words in r.stderr, r.stderr)


# --- held against what was measured: the prices are of one run, and the bill is of another, of other iterations ---------
prices, other = (os.path.join(work.name, n) for n in ("prices.json", "other.json"))
for path, iterations in ((prices, "1000"), (other, "300")):
    run = pv("run", "micro", "-q", "--hypervisor=minivisor", "--iterations", iterations, "-o", path)
    assert run.returncode == 0, run.stderr
measured = {}
operations = {}
for guest in json.load(open(other))["runs"]:
    benches = {b["name"]: b for b in guest["benchmarks"] if "cost" in b}
    for name, b in benches.items():
        if name != "empty":
            operations[name] = b["iterations"] * b["ops_per_iteration"]
            measured.setdefault(guest["mode"], {})[name] = (b["cost"]["mean"] - benches["empty"]["cost"]["mean"]) * b["iterations"]
both = set(measured["pv"]) & set(measured["hvm"])
bill = load(operations={name: operations[name] for name in sorted(both)})
said = json.loads(pv("advise", "--format=json", bill, prices).stdout)["settings"]
for mode in ("pv", "hvm"):
    was, told = sum(measured[mode][n] for n in both), said[f"minivisor/{mode}@lab"]["cost_per_second"]
    check(f"{mode}: the bill of all operations is told within 5 %", abs(told - was) < 0.05 * was, f"{told}, was {was}")

# --- what is said ---------------------------------------------------------------------
text = pv("advise", load(operations={"syscall": 120000, "page_fault": 3000}), FULL).stdout
check("each hypervisor has its cheapest mode", all(f"{h}, lab: {m} is the cheapest for this load" in text for h, m in (
    ("minivisor", "hvm"), ("xen", "pvh"))), text)
check("and what the dearest pays for", "21.2 times as much, 96 % of it for syscall" in " ".join(text.split()), text)
text = pv("advise", "--hypervisor=kvm", load(operations={"syscall": 1, "null_hypercall": 1}), FULL).stdout
check("a mode without a price of all is not held against the others", "at least: 1 of" in text and "cheapest" not in text, text)
trace = store("trace.json", {"schema": "pvbench.trace/1", "process": {"pid": 1, "name": "vm"}, "seconds": 2, "exits": {
    "CPUID": {"count": 2000}, "NPF": {"count": 10}}})
text = pv("advise", trace, FULL).stdout
check("a trace: what an entry is taken for is said, and what has no price", "load    vm, as traced" in text and
      "at the price of cpuid" in text and "it has no price" in text, text)
check("a load by standard input", pv("advise", "-", FULL, text=open(trace).read()).stdout == text)
table = pv("advise", "--format=markdown", trace, FULL).stdout
check("as Markdown", "| exit CPUID" in table, table)

# --- what is no load -------------------------------------------------------------------
refused("nothing that has a price", 5, "nothing of the load has a price", load(operations={"none": 1}), FULL)
refused("a result in the place of a load", 1, "schema: is neither", FULL, FULL)
refused("a load in the place of a result", 1, "load.json: ", trace, load(operations={"syscall": 1}))
refused("no JSON", 1, "README.md:1:", "README.md", FULL)
refused("a filter that fits nothing", 1, "--mode none: fits nothing", "--mode=none", trace, FULL)
refused("no result", 2, "give the load", trace)
end()
