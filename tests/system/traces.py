#!/usr/bin/python3
"""A trace is a result: reports, comparisons and exports take what was recorded of two guests in the lab, and of each alone;
merge takes none, and whatever is broken in one is named."""

import copy
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

import jsonschema

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
TWO = "tests/fixtures/trace-two-guests.json"
RECORDED = json.load(open(TWO))
VALIDATOR = jsonschema.Draft202012Validator(json.load(open("reports/result/trace-schema.json")))
work = tempfile.TemporaryDirectory()


def pv(*arguments):
    return subprocess.run([PVBENCH, *arguments], capture_output=True, text=True)


def store(name, document):
    path = os.path.join(work.name, name)
    json.dump(document, open(path, "w"))
    return path


def alone(guest):
    return {"schema": RECORDED["schema"], "provenance": RECORDED["provenance"], **copy.deepcopy(RECORDED["guests"][guest])}


def exported(path):
    """{mode: {workload: {(metric, class, kind): value}}}"""
    r = pv("export", "--format=csv", path)
    assert r.returncode == 0, r.stderr
    found = {}
    for line in csv.DictReader(io.StringIO(r.stdout, newline="")):
        found.setdefault(line["mode"], {}).setdefault(line["workload"], {})[
            (line["metric"], line["class"], line["kind"])] = line["value"]
    return found


def refused(what, words, *arguments):
    r = pv(*arguments)
    check(f"refused: {what}", r.returncode == 1 and not r.stdout and r.stderr.count("\n") == 1 and words in r.stderr, r.stderr)


one, other = (store(f"{i}.json", alone(i)) for i in (0, 1))
for what, document in (("two guests", RECORDED), ("one", alone(0))):
    check(f"a trace of {what} is as its schema says", VALIDATOR.is_valid(document), list(VALIDATOR.iter_errors(document)))

# --- taken ---------------------------------------------------------------------------
first = alone(0)
rows = exported(one)["hvm+traced"]
cpuid = first["exits"]["CPUID"]
check("each kind of exit is a benchmark, its median that of the trace",
      set(rows) == {"millisecond"} | {"exit." + k for k, v in first["exits"].items() if v["count"]} and
      float(rows["exit.CPUID"][("median", "", "")]) == cpuid["p50"], rows)
rate = float(rows["millisecond"][("kind", "exit", "CPUID")]) * round(first["seconds"] * 1000)
check("and the millisecond has all of them", abs(rate - cpuid["count"]) < 0.01 * cpuid["count"], rate)
check("two guests are two columns, by their names", len(exported(TWO)) == 2, exported(TWO).keys())
text = pv("report", "--format=text", one)
check("a report", text.returncode == 0 and "exit.CPUID" in text.stdout and "pvbench trace" in text.stdout, text.stdout + text.stderr)
page = pv("report", "--format=html", one)
check("as a page", page.returncode == 0 and "exit.CPUID" in page.stdout, page.stderr)
r = pv("compare", one, one)
check("compared with itself", r.returncode in (0, 5) and "exit.CPUID" in r.stdout, r.stdout + r.stderr)
r = pv("compare", one, other)
check("and with another, each kind by its own cost", r.returncode in (3, 5) and "exit.IOIO" in r.stdout, r.stdout + r.stderr)

# --- files of xentrace ---------------------------------------------------------------
records = os.path.join(work.name, "records")
for name in "hvm", "pv", "moves":
    with open(f"tests/fixtures/fuzz/xentrace/{name}", "rb") as f:
        f.read(1)  # how the fuzzer feeds it
        with open(records, "wb") as out:
            out.write(f.read())
    r = pv("trace", "--json", f"--read={records}", "--cpu-hz=1MHz", "--longer-than=0ns")
    check(f"a file of xentrace is read, {name}", r.returncode == (name == "pv") and VALIDATOR.is_valid(json.loads(r.stdout)), r.stderr)
with open("tests/fixtures/fuzz/xentrace/pv", "rb") as f, open(records, "wb") as out:
    out.write(f.read()[1:])
load = store("load.json", json.loads(pv("trace", "--json", f"--read={records}", "--cpu-hz=1MHz", "2").stdout))
told = pv("advise", load, "tests/fixtures/result-full.json")
check("the hypercalls of one of its domains are a load", told.returncode == 0 and "hypercall xen_version" in told.stdout, told.stdout + told.stderr)
check("and is a result", set(exported(store("x.json", json.loads(r.stdout)))["hvm+traced"]) == {"millisecond", "exit.MSR"})
with open(os.path.join(work.name, "kallsyms"), "w") as f:
    f.write("0000000000001000 T start\n0000000000001008 t device\n0000000000002000 D data\n")
with open("tests/fixtures/fuzz/xentrace/hvm", "rb") as f, open(records, "wb") as out:
    out.write(f.read()[1:])
r = pv("trace", "--json", f"--read={records}", "--cpu-hz=1GHz", "--guest-symbols=" + os.path.join(work.name, "kallsyms"))
functions = {(x["function"], x["exit"]): x["total"] for x in json.loads(r.stdout)["functions"]}
check("by the guest's functions", functions == {("start", "CPUID"): 250, ("device", "IOIO"): 1000, ("device", "NPF"): 7500}, functions)
refused("symbols that are none", "names no function", "trace", f"--read={records}", "--guest-symbols=VERSION")

# --- refused -------------------------------------------------------------------------


def broken(what, words, change):
    document = alone(0)
    change(document)
    refused(what, words, "report", store("broken.json", document))


refused("merging", "is a trace, which is joined to nothing", "merge", one, other, "-o", os.path.join(work.name, "m.json"))
refused("a load of several guests", "guests: there are several", "advise", TWO, "tests/fixtures/result-full.json")
broken("no time", "seconds: is not above 0", lambda t: t.update(seconds=0))
broken("no entries", "exits: or entries must be there", lambda t: t.pop("exits"))
broken("a kind that is none", "exits.CPUID: is", lambda t: t["exits"].update(CPUID=[]))
broken("less than none", "exits.CPUID.count: is", lambda t: t["exits"]["CPUID"].update(count=-1))
broken("a name that is none", "is no name of an entry", lambda t: t["exits"].update({"a b": {"count": 1}}))
broken("an older trace", "an older pvbench", lambda t: t["exits"]["CPUID"].pop("p50"))
broken("a median beyond the longest", "is not between", lambda t: t["exits"]["CPUID"].update(p50=10**15))
broken("a hypervisor that is no name", "is no name", lambda t: t.update(hypervisor="../x"))
end()
