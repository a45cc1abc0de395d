#!/usr/bin/python3
"""--workload, --hypervisor and --mode: the same patterns for every report, and a pattern that fits nothing is refused. And two
settings of one result held against each other."""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
FULL, IO = "tests/fixtures/result-full.json", "tests/fixtures/result-io.json"
work = tempfile.TemporaryDirectory()


def pv(*arguments):
    return subprocess.run([PVBENCH, *arguments], capture_output=True, text=True)


def rows(*options):
    """{hypervisor/mode: its workloads} of what is exported."""
    r = pv("export", "--format=csv", *options)
    assert r.returncode == 0, r.stderr
    found = {}
    for line in csv.DictReader(io.StringIO(r.stdout, newline="")):
        label = line["workload"] + ("/" + line["parameter"] if line["parameter"] != "0" else "")
        found.setdefault(f"{line['hypervisor']}/{line['mode']}", {})[label] = True
    return {k: list(v) for k, v in found.items()}


def refused(what, words, *arguments):
    r = pv(*arguments)
    check(f"refused: {what}", r.returncode == 1 and not r.stdout and r.stderr.count("\n") == 1 and words in r.stderr, r.stderr)


# --- what is taken ----------------------------------------------------------------------
everything = rows(IO)
check("without a filter it is all", everything.keys() == {"kvm/pv+pv", "kvm/hvm+emulated"} and all(
    v == ["empty", "blk_read/1", "blk_read/32", "blk_flush"] for v in everything.values()), everything)
found = rows("--workload=*k_*/1", IO)
check("a pattern with a parameter", all(v == ["blk_read/1"] for v in found.values()) and len(found) == 2, found)
found = rows("--workload=blk_read", "--workload=empty", IO)
check("a name with any parameter, and another", all(v == ["empty", "blk_read/1", "blk_read/32"] for v in found.values()), found)
found = rows("--mode=hvm", IO)
check("a mode, whatever its devices are", found.keys() == {"kvm/hvm+emulated"}, found)
check("a mode with its devices", set(rows("--mode=hvm+emulated", IO)) == {k for k in everything if k.endswith("/hvm+emulated")})
check("two patterns of a kind, and two kinds", set(rows("--hypervisor=xen", "--hypervisor=k*", "--mode=pv*", FULL)) == {"kvm/pv", "xen/pv", "xen/pvh"})
check("the numbers are those of the whole", set(pv("export", "--format=csv", "--workload=c*", "--mode=pv", FULL).stdout.splitlines())
      < set(pv("export", "--format=csv", FULL).stdout.splitlines()))

# --- every command ----------------------------------------------------------------------
text = pv("report", "--workload=page_fault", "--hypervisor=xen", FULL).stdout
table = text[text.index("───"):]
check("report: one row", [line.split()[0] for line in table.splitlines()[1:2]] == ["page_fault"] and "null_hypercall" not in text, text)
check("report: and no other hypervisor above it", "\nhypervisor  xen" in text and "kvm" not in text.split("reproduce")[0], text)
figures = os.path.join(work.name, "figures")
r = pv("figure", "--only=cost", "--format=svg", "--workload=page_*", "--mode=pv", "-o", figures, FULL)
data = open(os.path.join(figures, "micro-cost.dat")).read() if not r.returncode else r.stderr
check("figure: its data", "page_fault" in data and "cpuid" not in data and "hvm" not in data, data)
r = pv("compare", "--format=json", "--workload=page_fault", "--hypervisor=xen", FULL, FULL)
check("compare: what fits alone", len(json.loads(r.stdout)["workloads"]) == 3 if "workloads" in r.stdout else False, r.stdout[:500])
nights = os.path.join(work.name, "nights")
os.mkdir(nights)
for night in (1, 2):
    document = json.load(open(FULL))
    document["provenance"]["date"] = f"2026-11-0{night}T01:00:00Z"
    json.dump(document, open(f"{nights}/{night}.json", "w"))
r = pv("history", "--workload=cpuid", "--mode=hvm", nights)
check("history: one series a hypervisor", "; 3 series:" in r.stdout, r.stdout + r.stderr)
small = os.path.join(work.name, "small.json")
assert pv("run", "micro", "-q", "--explain", "--workload=cpuid", "--workload=compute", "--mode=pv", "-o", small).returncode == 0
explanation = small.replace(".json", ".explain.json")
r = pv("explain", "--workload=cpu?d", "--hypervisor=mini*", "--mode=pv", explanation)
check("explain: one workload", "cpuid on minivisor/pv@lab" in r.stdout and "compute on" not in r.stdout, r.stdout + r.stderr)

# --- what fits nothing ------------------------------------------------------------------
for command in (["report"], ["export", "--format=csv"], ["figure", "-o", figures], ["compare", FULL], ["compare", "--format=json", FULL]):
    refused(f"{command[0]}: a workload that is not there", "--workload nosuch*: fits nothing in it; it has empty, null_hypercall, ", *command, "--workload=nosuch*", FULL)
refused("history", "--workload nosuch: fits nothing in it; it has empty, ", "history", "--workload=nosuch", nights)
refused("explain", "--workload nosuch: fits nothing in it; it has cpuid, compute", "explain", "--workload=nosuch", explanation)
refused("explain: a setting that is none", "--setting xen: explains no such setting", "explain", "--setting=xen", explanation)
refused("a hypervisor", "--hypervisor bochs: fits nothing in it; it has minivisor, kvm, xen", "report", "--hypervisor=bochs", FULL)
refused("a mode", "--mode pvm: fits nothing in it; it has pv, hvm, pvh", "report", "--mode=pvm", FULL)
refused("one of two patterns", "--mode pvm: ", "report", "--mode=pv", "--mode=pvm", FULL)
refused("both, of different guests", "--hypervisor, --mode: no guest in it fits both", "report", "--hypervisor=kvm", "--mode=pvh", FULL)
r = pv("report", "--mode=", FULL)
check("an empty pattern is usage", r.returncode == 2 and "a pattern is empty" in r.stderr, r.stderr)

# --- two settings of one result ---------------------------------------------------------
r = pv("compare", "--settings=xen/pv,xen/pvh", "--workload=page_fault", FULL)
costs, cpuid = ({run["setting"] if "setting" in run else f"{run['hypervisor']['name']}/{run['mode']}@lab": b["cost"]["median"]
                 for run in json.load(open(FULL))["runs"] for b in run["benchmarks"] if b["name"] == name} for name in ("page_fault", "cpuid"))
check("compare --settings: one mode against another", f"({costs['xen/pv@lab']} to {costs['xen/pvh@lab']}, " in r.stdout
      and "page_fault pvh on xen" in r.stdout and f"base  {FULL}: xen/pv@lab: " in r.stdout, r.stdout + r.stderr)
r = pv("compare", "--settings=kvm/hvm,xen/hvm@lab", "--workload=cpuid", FULL, FULL)
check("and one hypervisor against another, of two results", f"({cpuid['kvm/hvm@lab']} to {cpuid['xen/hvm@lab']}, " in r.stdout, r.stdout + r.stderr)
r = pv("compare", "--settings=minivisor/pv,minivisor/pv", FULL)
check("against itself nothing differs", r.returncode == 0 and "no regression" in r.stdout, r.stdout + r.stderr)
refused("a setting that is not there", "--settings: xen/what is not in it; it has minivisor/pv@lab, ", "compare", "--settings=xen/pv,xen/what", FULL)
refused("other workloads", "cannot be compared", "compare", "--settings=xen/pv,kvm/pv+pv", FULL, IO)
refused("a folder", "--settings: takes results, and this is a folder", "compare", "--settings=xen/pv,xen/pvh", nights, FULL)
for options, words in ((["--settings=xen/pv"], "give two settings"), ([], "give BASE and NEW, or --settings")):
    r = pv("compare", *options, FULL)
    check(f"usage: {words}", r.returncode == 2 and words in r.stderr and r.stderr.count("\n") == 1, r.stderr)
end()
