#!/usr/bin/python3
"""doc/ci.md's recipes, run as they are written: nights, gaps, retries, two runs on a day, failed runs."""

import copy
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import yaml

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
BASE = json.load(open("tests/fixtures/result-micro.json"))
# Blocks of several lines; a single command is a hint, no recipe.
RECIPES = [re.sub(r"(?m)^    ", "", b) for b in re.findall(r"(?m)(?:^    .*\n)+", open("doc/ci.md").read()) if b.count("\n") > 5]

# It measures nothing: what a run would find is laid ready for it. All else is pvbench itself.
FAKE = f"""#!/bin/sh
if [ "$1" = run ]; then
    while [ "$1" != -o ]; do shift; done
    [ ! -e ready.json ] || mv ready.json "$2"
    exit "$(cat ready.status)"
fi
exec {PVBENCH} "$@"
"""


class Job:
    def __init__(self, recipe, folder):
        self.recipe, self.folder = recipe, folder
        os.makedirs(os.path.join(folder, "build"))
        open(os.path.join(folder, "Makefile"), "w").write("all:\n")
        fake = os.path.join(folder, "build", "pvbench")
        open(fake, "w").write(FAKE)
        os.chmod(fake, 0o755)

    def run(self, date, change=None, status=0, result=True):
        """The job's exit status, after a run that ended so."""
        r = copy.deepcopy(BASE)
        r["provenance"]["date"] = date
        for b in (b for one in r["runs"] if one["mode"] == "hvm" for b in one["benchmarks"] if change):
            change(b)
        if result:
            json.dump(r, open(os.path.join(self.folder, "ready.json"), "w"))
        open(os.path.join(self.folder, "ready.status"), "w").write(str(status))
        p = subprocess.run(["bash", "-e", "-c", self.recipe], cwd=self.folder, capture_output=True, text=True,
                           env={**os.environ, "MAKEFLAGS": ""})
        self.text = p.stdout + p.stderr
        return p.returncode

    def count(self, folder):
        return len(glob.glob(os.path.join(self.folder, folder, "*.json")))

    def verdict(self):
        return open(os.path.join(self.folder, "verdict.md")).read()


def plus(name, by):
    def change(b):
        if b["name"] == name:
            for key in ("min", "median", "mean", "p99", "max"):
                b["cost"][key] += by
            if "distribution" in b["cost"]:
                b["cost"]["distribution"] = [[v + by, n] for v, n in b["cost"]["distribution"]]
    return change


def lost(name):
    def change(b):
        if b["name"] == name:
            b.clear()
            b.update(name=name, status="timeout", reason="no end")
    return change


def is_(what, job, got, want, nights, good):
    check(f"{what}: {want}", got == want and job.count("nights") == nights and job.count("good") == good,
          (got, job.count("nights"), job.count("good"), job.text))


def exact(folder):
    job = Job(RECIPES[0], folder)
    is_("a run that failed, before there was any", job, job.run("2026-11-01T01:00:00Z", status=1, result=False), 1, 0, 0)
    is_("a first run that lost a workload is no base", job, job.run("2026-11-01T02:00:00Z", lost("cpuid"), 1), 1, 1, 0)
    is_("the first night", job, job.run("2026-11-02T01:00:00Z"), 0, 2, 1)
    is_("a second run on one day overwrites nothing", job, job.run("2026-11-02T13:00:00Z"), 0, 3, 2)
    is_("after a night without a run", job, job.run("2026-11-04T01:00:00Z"), 0, 4, 3)
    is_("a run that wrote nothing", job, job.run("2026-11-05T01:00:00Z", status=1, result=False), 1, 4, 3)
    is_("a run that lost a workload", job, job.run("2026-11-05T02:00:00Z", lost("exception"), 1), 3, 5, 3)
    is_("is not the next one's base", job, job.run("2026-11-06T01:00:00Z", plus("exception", 50)), 3, 6, 3)
    check("and that is named", "+50 instructions" in job.verdict() and "exception hvm on minivisor" in job.verdict(), job.verdict())
    is_("a regression", job, job.run("2026-11-07T01:00:00Z", plus("cpuid", 10)), 3, 7, 3)
    is_("its retry", job, job.run("2026-11-07T01:20:00Z", plus("cpuid", 10)), 3, 8, 3)
    is_("the night after it", job, job.run("2026-11-08T01:00:00Z", plus("cpuid", 10)), 3, 9, 3)
    is_("a part of it mended", job, job.run("2026-11-08T12:00:00Z", plus("cpuid", 5)), 3, 10, 3)
    is_("recovery", job, job.run("2026-11-09T01:00:00Z"), 0, 11, 4)
    is_("a run that failed in the end, though nothing was lost", job, job.run("2026-11-09T02:00:00Z", status=1), 1, 12, 4)
    is_("an improvement", job, job.run("2026-11-10T01:00:00Z", plus("cpuid", -10)), 0, 13, 5)
    is_("which is lost on the same day", job, job.run("2026-11-10T12:00:00Z"), 3, 14, 5)
    is_("and on the next", job, job.run("2026-11-11T01:00:00Z"), 3, 15, 5)
    newest = max(glob.glob(os.path.join(folder, "nights", "*.json")), key=lambda f: json.load(open(f))["provenance"]["date"])
    subprocess.run(["cp", newest, os.path.join(folder, "good")], check=True)
    is_("and accepted", job, job.run("2026-11-12T01:00:00Z"), 0, 16, 7)
    check("the trend of all nights", os.path.getsize(os.path.join(folder, "trend.html")) > 10000)


def host(folder):
    job = Job(RECIPES[1], folder)
    is_("on a host, the first night", job, job.run("2026-11-02T01:00:00Z"), 5, 1, 0)
    is_("the second", job, job.run("2026-11-03T01:00:00Z"), 0, 2, 0)
    is_("a regression", job, job.run("2026-11-04T01:00:00Z", plus("cpuid", 10)), 3, 3, 0)
    is_("its retry", job, job.run("2026-11-04T01:20:00Z", plus("cpuid", 10)), 3, 4, 0)
    is_("a failed run", job, job.run("2026-11-05T01:00:00Z", status=1, result=False), 1, 4, 0)


# --- the files for GitLab and GitHub: the same recipe, once a hypervisor ---------------------------------------------------


def references(value):
    """All texts in it."""
    if isinstance(value, dict):
        return [t for v in value.values() for t in references(v)]
    return [t for v in value for t in references(v)] if isinstance(value, list) else [value] if isinstance(value, str) else []


HYPERVISORS = ["minivisor", "kvm", "xen"]
ONCE_EACH = RECIPES[0].replace("run micro ", 'run micro --hypervisor "$HYPERVISOR" ')


def keys(what, object_, known, needed):
    check(f"{what}: its keys are such", set(needed) <= set(object_) <= set(known), set(object_) - set(known) or set(needed) - set(object_))


def gitlab():
    """The keys are those of GitLab's reference of .gitlab-ci.yml."""
    jobs = yaml.safe_load(open("doc/ci/gitlab-ci.yml"))
    check("GitLab: one job", list(jobs) == ["pvbench nightly"], list(jobs))
    job = jobs["pvbench nightly"]
    keys("GitLab", job, ("image", "rules", "parallel", "timeout", "resource_group", "cache", "before_script", "script", "artifacts"),
         ("image", "script", "parallel"))
    keys("GitLab: cache", job["cache"], ("key", "paths", "when"), ("key", "paths"))
    keys("GitLab: artifacts", job["artifacts"], ("when", "expire_in", "paths"), ("paths",))
    check("GitLab: once a hypervisor", job["parallel"] == {"matrix": [{"HYPERVISOR": HYPERVISORS}]}, job["parallel"])
    check("GitLab: nights are kept whatever came of them", job["cache"]["when"] == job["artifacts"]["when"] == "always" and
          set(job["cache"]["paths"]) == {"nights", "good"}, job["cache"])
    check("GitLab: each hypervisor has nights of its own", "$HYPERVISOR" in job["cache"]["key"] and "$HYPERVISOR" in job["resource_group"])
    check("GitLab: it runs the page's recipe", job["script"] == [ONCE_EACH], job["script"])
    check("GitLab: each step is a text", all(isinstance(step, str) for step in job["before_script"] + job["script"]), job["before_script"])


def github():
    """The keys are those of GitHub's workflow syntax."""
    flow = yaml.safe_load(open("doc/ci/github-workflow.yml"))
    keys("GitHub", flow, ("name", True, "permissions", "jobs"), (True, "jobs"))  # YAML 1.1 reads "on" as true
    check("GitHub: nightly, and by hand", set(flow[True]) == {"schedule", "workflow_dispatch"}, flow[True])
    job = flow["jobs"]["nightly"]
    keys("GitHub: job", job, ("runs-on", "container", "timeout-minutes", "strategy", "concurrency", "env", "steps"), ("runs-on", "steps"))
    check("GitHub: once a hypervisor, whatever becomes of the others", job["strategy"] == {"fail-fast": False, "matrix": {"hypervisor": HYPERVISORS}})
    for i, step in enumerate(job["steps"]):
        keys(f"GitHub: step {i}", step, ("name", "if", "uses", "with", "run", "shell"), ())
        check(f"GitHub: step {i} is a program or an action", ("run" in step) != ("uses" in step) and ("with" in step) <= ("uses" in step), step)
        check(f"GitHub: step {i}: an action has a version", re.fullmatch(r"actions/[a-z/-]+@v\d+", step.get("uses", "actions/x@v1")), step)
    named = {step.get("name"): step for step in job["steps"]}
    check("GitHub: it runs the page's recipe, in bash", named["Tonight"] == {"name": "Tonight", "shell": "bash", "run": ONCE_EACH}, named["Tonight"])
    before, after = named["The nights before"]["with"], named["The nights for the next one"]
    check("GitHub: nights are kept whatever came of them", after["if"] == "always()" and after["with"] == {k: before[k] for k in ("path", "key")})
    check("GitHub: and found by the next one", before["key"].startswith(before["restore-keys"]), before)
    known = {"matrix.hypervisor", "github.run_id", "github.run_attempt"}
    said = {m for text in references(flow) for m in re.findall(r"\$\{\{ *([^} ]*) *\}\}", text)}
    check("GitHub: what it refers to is there", said <= known, said - known)


def each_once(folder):
    job = Job(ONCE_EACH, folder)
    os.environ["HYPERVISOR"] = "minivisor"
    is_("a job of one hypervisor: the first night", job, job.run("2026-11-02T01:00:00Z"), 0, 1, 1)
    is_("a regression", job, job.run("2026-11-03T01:00:00Z", plus("cpuid", 10)), 3, 2, 1)


with tempfile.TemporaryDirectory() as root:
    check("the page has two recipes", len(RECIPES) == 2 and "compare" in RECIPES[0] and "history" in RECIPES[1], RECIPES)
    exact(os.path.join(root, "exact job"))
    host(os.path.join(root, "host"))
    each_once(os.path.join(root, "each"))
gitlab()
github()
end()
