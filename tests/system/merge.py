#!/usr/bin/python3
"""Several results as one: two hypervisors that were measured apart give what one run of both gives, to the byte."""

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
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
SCHEMA = jsonschema.Draft202012Validator(json.load(open("reports/result/result-schema.json")))
OWN = ("date", "command_line", "wall_s", "boot_seconds", "merged")  # what belongs to a run itself
work = tempfile.TemporaryDirectory()


def at(name):
    return os.path.join(work.name, name)


def pv(*arguments):
    return subprocess.run([PVBENCH, *arguments], capture_output=True, text=True)


def good(*arguments):
    r = pv(*arguments)
    assert r.returncode == 0, (arguments, r.stderr)
    return r.stdout


def load(name):
    return json.load(open(at(name)))


def store(name, document):
    json.dump(document, open(at(name), "w"))
    return at(name)


def own_gone(document):
    document = copy.deepcopy(document)
    for key in OWN:
        document["provenance"].pop(key, None)
    return json.dumps(document)  # as text: the order of the keys counts, and 1 is not 1.0


def refused(what, words, *arguments):
    r = pv(*arguments)
    check(f"refused: {what}", r.returncode == 1 and not r.stdout and r.stderr.count("\n") == 1 and words in r.stderr, r.stderr)


# --- one run of both, and two runs ------------------------------------------------------
for name, hypervisors in (("native", ["native"]), ("minivisor", ["minivisor"]), ("both", ["native", "minivisor"])):
    good("run", "micro", "-q", "-o", at(name + ".json"), *(f"--hypervisor={h}" for h in hypervisors))
parts, both = [at("minivisor.json"), at("native.json")], at("both.json")
said = good("merge", *parts, "-o", at("merged.json"))
good("merge", *reversed(parts), "-o", at("turned.json"))
check("merge says what there is", said == f"{at('merged.json')}: 3 settings of 2 results\n", said)
check("the order of the results does not matter, to the byte", open(at("merged.json")).read() == open(at("turned.json")).read())
merged = load("merged.json")
check("what one run of both gives, but for what is a run's own", own_gone(merged) == own_gone(load("both.json")))
check("the schema takes it", not list(SCHEMA.iter_errors(merged)), [e.message[:200] for e in SCHEMA.iter_errors(merged)][:2])
sources = merged["provenance"]["merged"]
check("each source says when, and by which command", [s["settings"] for s in sources] == [["native/hvm@lab"], ["minivisor/pv@lab", "minivisor/hvm@lab"]]
      and [s["command_line"] for s in sources] == [load(f"{n}.json")["provenance"]["command_line"] for n in ("native", "minivisor")]
      and merged["provenance"]["date"] == max(s["date"] for s in sources))

for options in (["report"], ["report", "--format=markdown"], ["report", "--entries"], ["report", "--cold", "--subtract-empty"]):
    def table(*results):
        # Two things are of the runs themselves: the dates, above what they ran on, and the commands, which come last.
        lines = good(*options, *results).split("\n")
        date, machine, commands = (next(i for i, line in enumerate(lines) if line.startswith((word, "- " + word)))
                                   for word in ("date", "hypervisor", "reproduce"))
        return "\n".join(lines[:date] + lines[machine:commands])
    check(f"{' '.join(options)}: the same bytes", table(both) == table(at("merged.json")) == table(*parts))
for fmt in ("csv", "go", "openmetrics", "bencher", "github-action-benchmark", "google-benchmark"):
    def exported(*results):
        return [line for line in good("export", f"--format={fmt}", *results).split("\n")
                if not line.startswith(("# pvbench", "pvbench_result_info")) and '"date"' not in line]
    check(f"export {fmt}: the same bytes", exported(both) == exported(at("merged.json")) == exported(*parts))
for name, results in (("one", [both]), ("two", parts)):
    good("figure", "--only=cost,entries", "--format=svg", "-o", at(name), *results)
check("figure: the same data", sorted(os.listdir(at("one"))) == sorted(os.listdir(at("two"))) and all(
    open(os.path.join(at("one"), f)).read() == open(os.path.join(at("two"), f)).read() for f in os.listdir(at("one")) if f.endswith(".dat")))
text = good("report", *parts)
check("report says of which run each is", all(s["date"] in text for s in sources) and text.count("pvbench run micro -q") == 2, text)
page = good("report", "--format=html", *parts)
check("so does the page", all(s["date"] in page for s in sources) and page.count("build/pvbench run micro") == 2)
check("compare: it is the single run", pv("compare", both, at("merged.json")).returncode == 0)

# --- again and again --------------------------------------------------------------------
one = load("merged.json")
check("merged twice: nothing is new", good("merge", at("merged.json"), parts[1], "-o", "-") == open(at("merged.json")).read())
said = good("merge", both, parts[1], "-o", at("twice.json"))
check("a setting that two have, the same in both: counted once, and told", "counted once: native/hvm@lab" in said
      and json.dumps(load("twice.json")["runs"]) == json.dumps(load("both.json")["runs"]), said)
check("copies of one result", "copies of one" in good("merge", parts[0], parts[0], "-o", at("copy.json"))
      and own_gone(load("copy.json")) == own_gone(load("minivisor.json")) and "merged" not in load("copy.json")["provenance"])
check("standard output, and nothing else on it", json.loads(good("merge", *parts, "-o", "-")) == one)
check("-q says nothing", good("merge", "-q", *parts, "-o", at("quiet.json")) == "")

# --- nights -----------------------------------------------------------------------------
os.mkdir(at("nights"))
for name in ("minivisor", "native", "merged"):
    store(f"nights/{name}.json", load(f"{name}.json"))
text = pv("history", at("nights")).stdout
check("history: what is within a merged result beside it counts once", "1 night" in text and text.count("is of the same runs as") == 2, text)

# --- what does not fit ------------------------------------------------------------------


def changed(name, change):
    document = load("native.json")
    change(document)
    return store(name, document)


def workload(document, name="cpuid"):
    return next(b for b in document["runs"][0]["benchmarks"] if b["name"] == name)


out = at("refused.json")
refused("the same setting, not the same", "runs[0]: is native/hvm@lab, which", "merge", parts[1], "-o", out,
        changed("cost.json", lambda d: workload(d)["cost"].update(p99=1 + workload(d)["cost"]["p99"])))
refused("another suite", "suite.name: is other, and", "merge", parts[0], changed("suite.json", lambda d: d["suite"].update(name="other")), "-o", out)
refused("the suite's file", "suite.sha256: is ", "merge", parts[0], changed("file.json", lambda d: d["suite"].update(sha256="0" * 64)), "-o", out)
refused("some of the workloads", "suite.only.workloads: is [", "merge", parts[0],
        changed("only.json", lambda d: d["suite"]["only"].update(workloads=["cpuid"])), "-o", out)
refused("other code", "runs[0].guest.workloads_sha256: is 000000000000, and", "merge", parts[0],
        changed("code.json", lambda d: d["runs"][0]["guest"].update(workloads_sha256="0" * 64)), "-o", out)
refused("other iterations", "iterations: cpuid has 7, and in", "merge", parts[0],
        changed("iterations.json", lambda d: workload(d).update(iterations=7)), "-o", out)
refused("another emulator", 'provenance.qemu: is "another" for native/hvm@lab, and in', "merge", parts[0],
        changed("qemu.json", lambda d: d["provenance"].update(qemu="another")), "-o", out)
refused("another format", 'schema: is "pvbench.result/2"', "merge", parts[0], changed("schema.json", lambda d: d.update(schema="pvbench.result/2")), "-o", out)
refused("report says the same", "suite.name: is other, and", "report", parts[0], at("suite.json"))
refused("an output that is read", "this command reads it", "merge", *parts, "-o", parts[0])
liar = load("merged.json")
liar["provenance"]["merged"][0]["settings"] = ["xen/pv@lab"]
refused("a source of nothing", "provenance.merged[0].settings: element 0 names no run", "report", store("liar.json", liar))
check("nothing was written", not os.path.exists(out))
for arguments, words in ((["merge", parts[0], "-o", out], "give two results at least"), (["merge", *parts], "name the merged result with -o")):
    r = pv(*arguments)
    check(f"usage: {words}", r.returncode == 2 and words in r.stderr and r.stderr.count("\n") == 1, r.stderr)

# --- explanations -----------------------------------------------------------------------
for name in ("native", "minivisor"):
    good("run", "micro", "-q", "--explain", "--workload=cpuid", f"--hypervisor={name}", "-o", at(f"x-{name}.json"))
good("merge", at("x-native.json"), at("x-minivisor.json"), "-o", at("x.json"))
runs = json.load(open(at("x.explain.json")))["runs"]
check("explanations become one beside the result", [r["setting"] for r in runs] == ["native/hvm@lab", "minivisor/pv@lab", "minivisor/hvm@lab"])
check("which pvbench explain shows", "cpuid on native/hvm@lab" in good("explain", at("x.explain.json")))
os.remove(at("x-native.explain.json"))
r = pv("merge", at("x-native.json"), at("x-minivisor.json"), "-o", at("y.json"))
check("one that is not there is told", r.returncode == 0 and "of 3 boots that were explained, 1 have no explanation" in r.stderr, r.stderr)
end()
