#!/usr/bin/python3
"""The result's JSON Schema: it takes a result of today and recorded ones, and refuses broken ones."""

import copy
import json
import os
import subprocess
import sys
import tempfile

import jsonschema

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
BUILD = os.environ.get("PVB_BUILD", "build")
SCHEMA = json.load(open("reports/result/result-schema.json"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def errors(document):
    return [f"{list(e.absolute_path)}: {e.message[:160]}" for e in VALIDATOR.iter_errors(document)]


def no_constant(name):
    raise ValueError(name)


def load(path):
    # Python would read NaN and Infinity, which are not JSON.
    with open(path) as f:
        return json.load(f, parse_constant=no_constant)


def broken(what, change):
    document = copy.deepcopy(RECORDED)
    change(document)
    check(f"refused: {what}", bool(errors(document)))


def first(document, name):
    return next(b for b in document["runs"][0]["benchmarks"] if b["name"] == name)


def without(path, key):
    def change(document):
        at = document
        for step in path:
            at = at[step]
        del at[key]
    return change


def with_value(path, key, value):
    def change(document):
        at = document
        for step in path:
            at = at[step]
        at[key] = value
    return change


try:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    check("the schema is one", True)
except jsonschema.SchemaError as e:
    check("the schema is one", False, str(e)[:300])

RECORDED = load("tests/fixtures/result-micro.json")
for name in ("micro", "mixed", "full", "scaling", "io", "parts", "host-parts", "smp"):
    found = errors(load(f"tests/fixtures/result-{name}.json"))
    check(f"the recorded result {name} is valid", not found, "; ".join(found[:3]))

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "micro.json")
    run = subprocess.run([f"{BUILD}/pvbench", "run", "micro", "-q", "-o", path], capture_output=True, text=True)
    check("pvbench run micro", run.returncode == 0, run.stderr.replace("\n", " | ")[:400])
    if os.path.exists(path):
        found = errors(load(path))
        check("what it writes is valid", not found, "; ".join(found[:3]))
        report = subprocess.run([f"{BUILD}/pvbench", "report", path], capture_output=True, text=True)
        rows = [line.split()[0] for line in report.stdout.splitlines() if line.strip()]
        names = [b["name"] for b in load(path)["runs"][0]["benchmarks"]]
        check("and every workload is in its report", report.returncode == 0 and all(n in rows for n in names))
    else:
        check("what it writes is valid", False, "nothing was written")

RUN = ["runs", 0]
NULL = RUN + ["benchmarks", 1]
KIND = NULL + ["entries", "hypercall", "xen_version"]
broken("another version of the format", with_value([], "schema", "pvbench.result/2"))
broken("an unknown key at the top", with_value([], "extra", 1))
broken("an unknown key in a benchmark", with_value(NULL, "extra", 1))
broken("an unknown hypervisor", with_value(RUN + ["hypervisor"], "name", "bochs"))
broken("an unknown status", with_value(NULL, "status", "fine"))
broken("a crash without a reason", with_value(RUN, "status", "crashed"))
broken("a reason without a crash", with_value(RUN, "reason", "why not"))
broken("boot 0", with_value(RUN, "boot", 0))
broken("no guest", without(RUN, "guest"))
broken("a short hash", with_value(RUN + ["guest"], "sha256", "abc"))
broken("no cost", without(NULL, "cost"))
broken("an emulated time called a time", with_value(NULL + ["cost"], "unit", "s"))
broken("a negative cost", with_value(NULL + ["cost"], "median", -1))
broken("a cost as a string", with_value(NULL + ["cost"], "median", "115"))
broken("a distribution with one value", with_value(NULL + ["cost"], "distribution", [[115, 1000]]))
broken("a fifth class of entries", with_value(NULL + ["entries"], "interrupt", {}))
broken("three classes of entries", without(NULL + ["entries"], "exit"))
broken("a kind that was never entered", with_value(KIND, "count", 0))
broken("half an entry", with_value(KIND, "count", 0.5))
broken("entries that are null without a reason",
       lambda d: first(d, "cpuid").update(entries=None, entries_total=None))
broken("a total without its entries",
       lambda d: (first(d, "cpuid").update(entries=None), first(d, "cpuid")["unavailable"].update(entries="lost")))
broken("no iterations", with_value(NULL, "iterations", 0))
broken("a crashed workload with a cost",
       lambda d: first(d, "cpuid").update(status="crashed", reason="killed"))

LAB, RECORDED = RECORDED, load("tests/fixtures/result-host-parts.json")
PARTS = RUN + ["benchmarks", 0, "parts"]
broken("times of a host that are exact", with_value(PARTS, "class", "exact"))
broken("times of a host that do not say that they were watched", without(PARTS, "watched"))
broken("times of a host without the guest's own words", without(PARTS, "guest_said"))
broken("a way to the back end that no host knows", with_value(PARTS, "io_out", {"samples": 1, "total": 1}))
RECORDED = LAB

gaps = copy.deepcopy(RECORDED)
first(gaps, "cpuid").update(entries=None, entries_total=None)
first(gaps, "cpuid")["unavailable"]["entries"] = "12 records lost"
found = errors(gaps)
check("taken: entries that are null with a reason", not found, "; ".join(found[:3]))


def numbers(schema, at=""):
    """Every measured number says which direction is better."""
    for key, value in schema.items():
        if isinstance(value, dict):
            if value.get("$ref") == "#/$defs/value" and "x-better" not in value:
                yield f"{at}.{key}"
            yield from numbers(value, f"{at}.{key}")


missing = list(numbers({k: v for k, v in SCHEMA["$defs"].items() if k != "distribution"}))
check("every measured number has a direction of better", not missing, ", ".join(missing))
end()
