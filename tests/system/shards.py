#!/usr/bin/python3
"""A run in shards: what the plan says is what each does, and merged they are the undivided run, to the byte."""

import copy
import glob
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

import jsonschema
import yaml

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end, skip  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
SCHEMA = jsonschema.Draft202012Validator(json.load(open("reports/result/result-schema.json")))
OWN = ("date", "command_line", "wall_s", "merged", "boot_seconds")  # what belongs to a run itself
WHAT = ("--hypervisor=native", "--hypervisor=minivisor", "--repeats=2")
work = tempfile.TemporaryDirectory()


def at(name):
    return os.path.join(work.name, name)


def pv(*arguments, **more):
    return subprocess.run([PVBENCH, *arguments], capture_output=True, text=True, **more)


def good(*arguments):
    r = pv(*arguments)
    assert r.returncode == 0, (arguments, r.stderr)
    return r.stdout


def load(name):
    return json.load(open(at(name)))


def store(name, document):
    json.dump(document, open(at(name), "w"))
    return at(name)


def refused(what, words, *arguments):
    r = pv(*arguments)
    check(f"refused: {what}", r.returncode == 1 and not r.stdout and r.stderr.count("\n") == 1 and words in r.stderr, r.stderr)


# --- the same as one run -----------------------------------------------------------------
# A suite in an order that is not merge's own, with crashes nowhere and two boots of each guest.
suite = json.load(open("workloads/suites/micro.json"))
suite["modes"].reverse()
suite = store("turned.json", suite)
good("run", suite, "-q", *WHAT, "-o", at("whole.json"))
whole = load("whole.json")
seconds = whole["provenance"]["boot_seconds"]
check("a run records the seconds of its boots", set(seconds) == {r["setting"] for r in whole["runs"]} and all(0 < s < 600 for s in seconds.values()), seconds)
plan = json.loads(good("plan", suite, *WHAT, "--shards=3", f"--from={at('whole.json')}", "--format=json"))
planned = {s["setting"]: p["shard"] for p in plan["shards"] for s in p["settings"]}
check("the plan divides what was measured, by its seconds", set(planned) == set(seconds) and all(
    s["estimate"] == "recorded" and abs(s["seconds"] - 2 * seconds[s["setting"]]) < .06 for p in plan["shards"] for s in p["settings"]), plan)
text = good("plan", suite, *WHAT, "--shards=3")
check("as text, with what is usual where nothing was recorded", text.count("(usual)") == 3 and "shard 3/3" in text and "6 boots of 3 settings" in text, text)
for i in (1, 2, 3):
    good("run", suite, "-q", *WHAT, f"--shard={i}/3", f"--from={at('whole.json')}", "-o", at(f"s{i}.json"))
shards = [at(f"s{i}.json") for i in (1, 2, 3)]
check("each shard measures what the plan says", all({r["setting"] for r in load(f"s{i}.json")["runs"]} == {k for k, s in planned.items() if s == i} for i in (1, 2, 3)))
said = good("merge", shards[2], shards[0], shards[1], "-o", at("merged.json"))
merged = load("merged.json")
check("merged, its runs are the undivided run's, to the byte", json.dumps(merged["runs"]) == json.dumps(whole["runs"]))


def own_gone(document):
    document = copy.deepcopy(document)
    for key in OWN:
        document["provenance"].pop(key, None)
    return json.dumps(document)


check("and so is all but what is a run's own", own_gone(merged) == own_gone(whole))
check("the schema takes shards and what is merged", not [e.message for d in (merged, load("s1.json")) for e in SCHEMA.iter_errors(d)])
good("merge", *shards, "-o", at("turned-merged.json"))
check("the order of the shards does not matter", open(at("merged.json")).read() == open(at("turned-merged.json")).read())
check("compare: nothing differs", pv("compare", at("whole.json"), at("merged.json")).returncode == 0)

# --- missing, twice, divided otherwise ------------------------------------------------------
out = at("out.json")
name = next(k for k, s in planned.items() if s == 2)
refused("a shard that did not run, by name", f"shard 2/3 ({name})", "merge", shards[0], shards[2], "-o", out)
check("and nothing was written", not os.path.exists(out))
r = pv("merge", "--partial", shards[0], shards[2], "-o", at("part.json"))
check("--partial merges what there is, and says what is missing", r.returncode == 0 and f"missing: shard 2/3 ({name})" in r.stderr, r.stderr)
good("merge", at("part.json"), shards[1], "-o", out)
check("the missing one comes later: the same, to the byte", json.dumps(json.load(open(out))["runs"]) == json.dumps(whole["runs"]))
again = load("s2.json")
again["provenance"].update(date="2026-01-01T00:00:00Z", host="elsewhere")
store("again.json", again)
r = pv("merge", *shards, at("again.json"), "-o", out)
check("a shard that ran twice, on two machines, is told by name", r.returncode == 0 and "shard 2/3 ran twice, on " in r.stderr and
      "on elsewhere at 2026-01-01T00:00:00Z" in r.stderr and "counted once" in r.stderr, r.stderr)
check("and counts once", json.dumps(json.load(open(out))["runs"]) == json.dumps(whole["runs"]))
again["runs"][0]["benchmarks"][0]["cost"]["median"] += 1
again["runs"][0]["benchmarks"][0]["cost"]["max"] += 1
refused("twice, and not the same: by name", "shard 2/3 ran twice, on ", "merge", *shards, store("other.json", again), "-o", at("no.json"))
good("run", suite, "-q", *WHAT, "--shard=2/2", f"--from={at('whole.json')}", "-o", at("u2.json"))
refused("two divisions", "of another division than", "merge", *shards, at("u2.json"), "-o", at("no.json"))
liar = load("s1.json")
for key, value in (("index", 9), ("units", ["x"]), ("settings", {"a": 0}), ("of", 1000)):
    bad = copy.deepcopy(liar)
    bad["provenance"]["shard"][key] = value
    refused(f"a shard whose {key} is none", "provenance.shard: is not as pvbench run writes it", "merge", store("bad.json", bad), shards[1], "-o", at("no.json"))

# Times of a host: two computers with one processor are two all the same.
hosts = []
for i, computer in enumerate(("first", "second"), 1):
    d = json.loads(json.dumps(load(f"s{i}.json")).replace("@lab", "@host"))
    d["provenance"]["host"] = computer
    for run in d["runs"]:
        run["machine"], run["host"] = "host", run.pop("lab")
    hosts.append(store(f"h{i}.json", d))
r = pv("merge", "--partial", *hosts, "-o", at("no.json"))
check("shards of a host on two computers stay apart, by name", r.returncode == 1 and "on second" in r.stderr and "on first" in r.stderr and "stay apart" in r.stderr, r.stderr)

# --- usage ------------------------------------------------------------------------------------
for arguments, words in ((["run", "micro", "--shard=3/2"], "--shard 3/2: is not I/N"), (["run", "micro", "--from=x"], "give --shard=I/N"),
                         (["run", "micro", "--shard=1/2", "--print-suite"], "leave one of them out"), (["plan", "micro", "--shards=3"], "give 2 at most"),
                         (["plan", "micro", "--machine=host", "--hypervisor=kvm", "--shards=1"], "--seed"), (["plan"], "no suite given")):
    r = pv(*arguments)
    check(f"usage: {' '.join(arguments)}", r.returncode == 2 and words in r.stderr and r.stderr.count("\n") == 1, r.stderr)
refused("--from what is no result", "is no result of pvbench", "plan", "micro", "--shards=2", f"--from={suite}")
refused("--from what is no JSON", "give a result", "plan", "micro", "--shards=2", "--from=Makefile")

# --- GNU parallel, as doc/fleet.md has it --------------------------------------------------------
recipe = next(block for block in open("doc/fleet.md").read().split("\n\n") if "| parallel" in block)
if os.path.exists(os.path.join(os.path.dirname(PVBENCH), "tests", "parallel")):
    folder = at("parallel")
    os.mkdir(folder)
    shutil.copy(at("whole.json"), os.path.join(folder, "last.json"))
    script = recipe.replace("SUITE", suite).replace("OPTIONS", " ".join(WHAT))
    r = subprocess.run(["bash", "-e", "-c", script], cwd=folder, capture_output=True, text=True,
                       env=dict(os.environ, PATH=":".join((os.path.dirname(PVBENCH), os.path.dirname(PVBENCH) + "/tests", os.environ["PATH"])), HOME=folder))
    check("the recipe for GNU parallel", r.returncode == 0, r.stderr + r.stdout)
    check("gives the undivided run, to the byte", r.returncode == 0 and json.dumps(json.load(open(os.path.join(folder, "all.json")))["runs"]) == json.dumps(whole["runs"]))
else:
    skip("the recipe for GNU parallel", "GNU parallel; make check fetches it")

# --- GitLab's, as doc/fleet.md has it and as its reference says what is made of it -------------------
recipe = re.search(r"## GitLab\n[^#]*?\n\n((?: {4}.*\n|\n)+)", open("doc/fleet.md").read())[1]
jobs = yaml.safe_load(textwrap.dedent(recipe))


def job(script, folder, variables):
    """As the runner's shell executor: one shell, ended by the first command that fails, in a folder of its own."""
    shutil.copy(at("whole.json"), os.path.join(folder, "last.json"))
    script = "\n".join(script).replace("run micro ", f"run {suite} {' '.join(WHAT)} ")
    return subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, **variables, "CI": "true", "PATH": os.path.dirname(PVBENCH) + ":" + os.environ["PATH"]})


measure, merge = jobs["measure"], jobs["merge"]
matrix = [dict(zip(row, values)) for row in measure["parallel"]["matrix"] for values in itertools.product(*([v] if isinstance(v, str) else v for v in row.values()))]
together = at("gitlab-merge")
os.mkdir(together)
ended = []
for number, variables in enumerate(matrix, 1):
    folder = at(f"gitlab-{number}")
    os.mkdir(folder)
    r = job(measure["script"], folder, {**variables, "CI_NODE_INDEX": str(number), "CI_NODE_TOTAL": str(len(matrix))})
    ended.append((r.returncode, r.stderr))
    for artifact in (f for pattern in measure["artifacts"]["paths"] for f in glob.glob(os.path.join(folder, pattern))):
        shutil.copy(artifact, together)
check("the recipe for GitLab: each job of its matrix", len(matrix) == 3 and all(status == 0 for status, _ in ended) and
      {v["RUNNER"] for v in matrix} and "$RUNNER" in measure["tags"] and merge["needs"] == ["measure"], ended)
r = job(merge["script"], together, {})
result = os.path.join(together, merge["artifacts"]["paths"][0])
check("its merge is the undivided run, to the byte", r.returncode == 0 and json.dumps(json.load(open(result))["runs"]) == json.dumps(whole["runs"]), r.stderr)
os.remove(os.path.join(together, "shard-2.json"))
r = job(merge["script"], together, {})
check("without what a job gave it fails, and names the shard", r.returncode == 1 and "shard 2/3" in r.stderr, r.stderr)
end()
