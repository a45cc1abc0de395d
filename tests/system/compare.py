#!/usr/bin/python3
"""pvbench compare through its command: what is found, how it is named, and the exit status."""

import copy
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench")
BASE = json.load(open("tests/fixtures/result-micro.json"))
SCHEMA = json.load(open("reports/result/result-schema.json"))


def run(base, new, *options):
    """Documents, or bytes as they are."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, content in (("base.json", base), ("new.json", new)):
            names.append(os.path.join(folder, name))
            with open(names[-1], "wb") as f:
                f.write(content if isinstance(content, bytes) else json.dumps(content).encode())
        return subprocess.run([PVBENCH, "compare", *options, *names], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "NO_COLOR": "1"})


def bench(document, name, mode="pv"):
    for r in document["runs"]:
        if r["mode"] == mode:
            for b in r["benchmarks"]:
                if b["name"] == name:
                    return b
    raise KeyError(name)


def changed(change, document=BASE):
    document = copy.deepcopy(document)
    change(document)
    return document


def expect(what, base, new, status, words=(), options=(), absent=()):
    r = run(base, new, *options)
    words = (words,) if isinstance(words, str) else words
    good = r.returncode == status and all(w in r.stdout + r.stderr for w in words) \
        and not any(w in r.stdout for w in absent) and (status == 1 or not r.stderr) \
        and (status != 1 or (r.stderr.count("\n") == 1 and not r.stdout))
    check(f"{what}: status {status}", good, f"status {r.returncode}\n{r.stdout}{r.stderr}")
    return r


def cost_plus(name, by, mode="pv"):
    def change(d):
        c = bench(d, name, mode)["cost"]
        for key in ("min", "median", "mean", "p99", "max"):
            c[key] += by
        c["distribution"] = [[v + by, n] for v, n in c["distribution"]] if "distribution" in c else c.get("distribution")
        if c["distribution"] is None:
            del c["distribution"]
    return change


def one_sample_plus_one(d):
    c = bench(d, "null_hypercall")["cost"]
    c.update(mean=c["mean"] + 0.001, max=c["max"] + 1, distribution=[[c["median"], 999], [c["median"] + 1, 1]])


def entries_plus(name, kind, by, mode="pv", cls="hypercall"):
    def change(d):
        b = bench(d, name, mode)
        kinds = b["entries"][cls]
        if kind not in kinds:
            kinds[kind] = {"count": 0, "cost": None}
        kinds[kind]["count"] += by
        if not kinds[kind]["count"]:
            del kinds[kind]
        b["entries_total"] += by
    return change


def both(*changes):
    def change(d):
        for c in changes:
            c(d)
    return change


def status_of(name, status, mode="pv"):
    def change(d):
        b = bench(d, name, mode)
        keep = {k: b[k] for k in ("name",)}
        b.clear()
        b.update(keep, status=status, reason="because")
    return change


# --- exact metrics ------------------------------------------------------------
expect("identical", BASE, BASE, 0, "44 workloads compared: 44 the same; no regression")
expect("one instruction in one workload", BASE, changed(cost_plus("page_fault", 1)), 3,
       ("page_fault pv on minivisor: +1 instructions (815 to 816, +0.12%)", "1 worse, 43 the same; REGRESSION"))
expect("one instruction in one of 1000 samples", BASE, changed(one_sample_plus_one), 3,
       "null_hypercall pv on minivisor: +0.001 instructions in the mean")
spread = changed(lambda d: bench(d, "cpuid")["cost"].update(min=170, max=180, distribution=[[170, 1], [173, 998], [180, 1]]))
other = changed(lambda d: bench(d, "cpuid")["cost"].update(min=170, max=180, distribution=[[170, 1], [172, 1], [173, 996], [174, 1], [180, 1]]))
for d in (spread, other):
    bench(d, "cpuid")["cost"].update(median=173, mean=173, p99=173)
expect("samples that move and make up for each other: named, and not worse", spread, other, 0,
       ("changed ", "cpuid pv on minivisor: 2 samples with another cost, of the same mean"))
expect("but worse when a rule asks for it", spread, other, 3, (), ("--limit=distribution=0",))
expect("one entry of 1000 operations", BASE, changed(entries_plus("page_fault", "mmu_update", 1)), 3,
       "page_fault pv on minivisor: +.001 mmu_update")
expect("an entry and instructions, named in one line", BASE,
       changed(both(entries_plus("page_fault", "mmu_update", 1000), cost_plus("page_fault", 412))), 3,
       "page_fault pv on minivisor: +1 mmu_update, +412 instructions")
expect("a kind that is new", BASE, changed(entries_plus("cpuid", "NPF", 1000, "hvm", "exit")), 3,
       "cpuid hvm on minivisor: +1 NPF")
expect("an instruction in the first operation only", BASE,
       changed(lambda d: bench(d, "cpuid")["cold"]["cost"].update(value=bench(d, "cpuid")["cold"]["cost"]["value"] + 1)),
       3, "+1 instructions in the first operation")


def cold_plus(kind, n):
    def change(d):
        kinds = bench(d, "page_fault")["cold"]["entries"]["hypercall"]
        kinds.setdefault(kind, {"count": 0, "cost": None})["count"] += n
        bench(d, "page_fault")["cold"]["entries_total"] += n
    return change


expect("an entry in the first operation only", BASE, changed(cold_plus("mmu_update", 1)), 3,
       "page_fault pv on minivisor: +1 mmu_update in the first operation")
expect("unless a limit lets it through", BASE, changed(cold_plus("mmu_update", 1)), 0, "within limit", ("--limit=cold=1",))
expect("another kind in place of one, in the first operation: named, and no regression", BASE,
       changed(both(cold_plus("mmu_update", -1), cold_plus("mmuext_op", 1))), 0,
       ("changed ", "-1 mmu_update in the first operation, +1 mmuext_op in the first operation"))
expect("an improvement is no regression", BASE, changed(cost_plus("page_fault", -1)), 0,
       ("better ", "page_fault pv on minivisor: -1 instructions", "1 better"), absent=("regression  ",))
expect("an entry less is no regression", BASE, changed(entries_plus("page_fault", "mmu_update", -1000)), 0, "-1 mmu_update")
expect("another kind in place of one: named, and no regression", BASE,
       changed(both(entries_plus("page_fault", "mmu_update", -1000), entries_plus("page_fault", "mmuext_op", 1000))), 0,
       ("changed ", "-1 mmu_update, +1 mmuext_op"))
expect("but one when a rule names it", BASE,
       changed(both(entries_plus("page_fault", "mmu_update", -1000), entries_plus("page_fault", "mmuext_op", 1000))), 3,
       "+1 mmuext_op", ("--limit", "kinds=0"))
detail = changed(lambda d: bench(d, "null_hypercall", "hvm")["entries"]["exit"]["VMMCALL"].update(detail={"sched_op": 1000}))
expect("another operation inside an exit is named", BASE, detail, 0, ("-1 VMMCALL/xen_version", "+1 VMMCALL/sched_op"))

# --- limits ---------------------------------------------------------------------
slower = changed(cost_plus("page_fault", 41))  # 815: 5.03 %
expect("beyond a soft limit", BASE, slower, 3, (), ("--limit", "cost=5%"))
expect("within a soft limit", BASE, slower, 0, "within limit", ("--limit", "cost=6%,cold=0"))
expect("within a hard limit, exactly", BASE, slower, 0, "within limit", ("--limit=cost=41",))
expect("beyond a hard limit by one", BASE, slower, 3, (), ("--limit=cost=40",))
expect("neither of two may be exceeded", BASE, slower, 3, (), ("--limit=cost=6%|40",))
expect("a later rule goes first", BASE, slower, 0, (), ("--limit", "cost=0,page_fault/*=10%"))
expect("a rule of another workload does not count", BASE, slower, 3, (), ("--limit", "page_fault_x/*=10%"))
for rule in ("cost", "cost=", "=5%", "cost=nan", "cost=-1", "cost=5%%", "cost=1|2", "cost=0x10", "", "cost=1e999", "/=1"):
    r = run(BASE, BASE, "--limit", rule)
    check(f"--limit '{rule}': status 2 and one line", r.returncode == 2 and r.stderr.count("\n") == 1 and not r.stdout,
          r.stderr)

# --- what is lost must not pass ------------------------------------------------
expect("a workload that crashes now", BASE, changed(status_of("cpuid", "crashed")), 3,
       "cpuid pv on minivisor: crashed in the new result: because")
expect("a workload that is skipped now", BASE, changed(status_of("cpuid", "skipped")), 5, "INCONCLUSIVE")
expect("a workload that is gone", BASE, changed(lambda d: d["runs"][0]["benchmarks"].pop()), 5, "is not in the new result")
expect("a mode that is gone", BASE, changed(lambda d: d["runs"].pop()), 5, "hvm on minivisor: is not in the new result")
expect("a workload that is new", changed(lambda d: d["runs"][0]["benchmarks"].pop()), BASE, 0, "is not in the base")
expect("a workload that crashed before and is well now: nothing to hold it against", changed(status_of("cpuid", "crashed")), BASE, 5,
       "cpuid pv on minivisor: was lost in the base: crashed: because")
expect("one that was skipped before", changed(status_of("cpuid", "skipped")), BASE, 5, "was lost in the base: skipped")
expect("one that was not applicable before", changed(status_of("cpuid", "not_applicable")), BASE, 0, "was not applicable in the base")
expect("broken before and after", changed(status_of("cpuid", "crashed")), changed(status_of("cpuid", "timeout")), 5,
       "cpuid pv on minivisor: timeout in the new result: because, and was not measured in the base")
expect("a new workload that crashes", changed(lambda d: d["runs"][0]["benchmarks"].pop()),
       changed(status_of(BASE["runs"][0]["benchmarks"][-1]["name"], "crashed")), 5, "crashed in the new result: because, and is not in the base")
lost = changed(lambda d: (bench(d, "cpuid").update(entries=None, entries_total=None),
                          bench(d, "cpuid")["unavailable"].update(entries="12 records lost")))
expect("entries that could not be counted", BASE, lost, 5, "the new result has no entries: 12 records lost")
nothing = changed(lambda d: [status_of(b["name"], "skipped", r["mode"])(d) for r in BASE["runs"] for b in r["benchmarks"]])
expect("nothing was measured in either", nothing, nothing, 5, "INCONCLUSIVE: nothing was measured in both")
expect("no workloads at all", changed(lambda d: d.update(runs=[])), changed(lambda d: d.update(runs=[])), 5)

# --- what cannot be compared -----------------------------------------------------
hvm_guest = changed(lambda d: d["runs"][1]["guest"].update(sha256="ab" * 32))
expect("another guest", BASE, hvm_guest, 1, ("cannot be compared with", "another hvm guest", "--force"))
expect("another guest, by force", BASE, hvm_guest, 0, "another hvm guest", ("--force",))
expect("other workloads", BASE, changed(lambda d: [r["guest"].update(workloads_sha256="cd" * 32) for r in d["runs"]]), 1,
       "other workloads")
expect("another lab", BASE, changed(lambda d: d["runs"][0]["lab"].update(cpu="max")), 1, "another lab: its cpu")
expect("another QEMU", BASE, changed(lambda d: d["provenance"].update(qemu="QEMU emulator version 9.0.0")), 1, "another qemu")
expect("another host of the lab is no matter", BASE, changed(lambda d: d["provenance"].update(host="x", cpu="y")), 0)
expect("another hypervisor build is what it is about", BASE,
       changed(lambda d: [r["hypervisor"].update(sha256="ef" * 32, version="9") for r in d["runs"]]), 0)



# --- numbers that are not of one kind ---------------------------------------------
def cost_is(name, mode="pv", **fields):
    return lambda d: bench(d, name, mode)["cost"].update(fields)


def all_costs(**fields):
    return lambda d: [b["cost"].update(fields) for r in d["runs"] for b in r["benchmarks"] if b.get("cost")]


expect("every unit another", BASE, changed(all_costs(unit="ticks")), 5, "cpuid pv on minivisor: cost: is in ticks, and was in instructions",
       absent=("%",))
r = expect("one unit another: the others are compared", BASE, changed(both(cost_is("cpuid", unit="ticks"), cost_plus("page_fault", 1))), 3,
           ("cpuid pv on minivisor: cost: is in ticks, and was in instructions", "page_fault pv on minivisor: +1 instructions"))
expect("what was exact is noisy", BASE, changed(cost_is("cpuid", **{"class": "noisy"})), 5, "cost: is noisy, and was exact")
expect("something else is measured", BASE, changed(cost_is("cpuid", measures="the way back")), 5,
       "cost: measures something else: the way back, and was whole iteration")
expect("an iteration is other operations", BASE, changed(lambda d: bench(d, "cpuid").update(ops_per_iteration=2)), 5,
       "cost: an iteration is 2 operations, and was 1")
expect("a first operation in another unit", BASE, changed(lambda d: bench(d, "cpuid")["cold"]["cost"].update(unit="ticks", value=9)), 5,
       "cold: is in ticks, and was in instructions")
expect("another suite", BASE, json.load(open("tests/fixtures/result-scaling.json")), 1, "another suite: it is scaling, and was micro")
expect("the same suite under another name", BASE, changed(lambda d: d["suite"].update(name="nightly")), 0)
expect("a workload under another name", BASE, changed(lambda d: bench(d, "cpuid").update(name="cpuid_leaf_0")), 5,
       ("cpuid pv on minivisor: is not in the new result", "cpuid_leaf_0 pv on minivisor: is not in the base"))


def only(name, change=lambda d: None):
    def keep(d):
        for one in d["runs"]:
            one["benchmarks"] = [b for b in one["benchmarks"] if b["name"] == name]
        d["suite"]["only"] = {"workloads": [name]}
        change(d)
    return keep


def first_operation(name, by, mode="pv"):
    return lambda d: bench(d, name, mode)["cold"]["cost"].update(value=bench(d, name, mode)["cold"]["cost"]["value"] + by)


expect("what was not asked for is not lost", BASE, changed(only("cpuid")), 0,
       ("42 workloads of the base are not in the new result: it was not asked for them",
        "2 first operations ran after other workloads in their boot than in the base: no verdict on them", "2 the same"))
expect("a first operation after others: told, and no verdict", BASE, changed(only("cpuid", first_operation("cpuid", 227))), 0,
       ("+227 instructions in the first operation", "no verdict on cold: 0 other workloads ran before it in its boot, and 2 in the base's"))
expect("but a steady cost is judged", BASE, changed(only("cpuid", cost_plus("cpuid", 1))), 3, "+1 instructions")
expect("what was asked for and is not there is lost", changed(only("cpuid")), changed(both(only("cpuid"), lambda d: d["runs"].pop())), 5,
       "is not in the new result")
after_crash = changed(both(status_of("null_hypercall", "timeout"), first_operation("cpuid", 50)))
expect("a crash makes a new boot: no verdict on the first operations after it", BASE, after_crash, 3,
       ("no verdict on cold: 0 other workloads ran before it in its boot, and 2 in the base's", "timeout in the new result"))
expect("unless both began so", after_crash, changed(first_operation("cpuid", 1), after_crash), 3,
       ("cpuid pv on minivisor: +1 instructions in the first operation", "null_hypercall pv on minivisor: timeout"))


def fewer(n, *changes):
    def change(d):
        for one in d["runs"]:
            for b in one["benchmarks"]:
                if b["status"] != "ok":
                    continue
                share = n / b["iterations"]
                b["iterations"] = b["cost"]["samples"] = n
                b["entries_total"] = 0
                for kinds in b["entries"].values():
                    for k in kinds.values():
                        k["count"] = int(k["count"] * share)
                        k.pop("detail", None)
                        b["entries_total"] += k["count"]
        both(*changes)(d)
    return change


def mixture(name, *pairs):
    def change(d):
        c = bench(d, name)["cost"]
        values = sorted(v for v, n in pairs for _ in range(n))
        c.update(samples=len(values), min=values[0], max=values[-1], median=values[(len(values) - 1) // 2], p99=values[-1],
                 mean=sum(values) / len(values), distribution=[list(p) for p in pairs])
    return change


expect("a hundredth of the iterations", BASE, changed(fewer(10)), 0, absent=("samples with another cost", "regression  "))
expect("with one more instruction", BASE, changed(fewer(10, cost_plus("cpuid", 1))), 3, "cpuid pv on minivisor: +1 instructions")
mixed = changed(mixture("cpuid", (173, 500), (183, 500)))
expect("a mixture in other parts has another mean: no verdict on that", mixed, changed(fewer(10, mixture("cpuid", (173, 9), (183, 1)))), 0,
       "no verdict on mean: of 10 iterations, and of 1000 in the base")
expect("nor a pass, where the median is the other of the two", mixed, changed(fewer(10, mixture("cpuid", (173, 1), (183, 9)))), 5,
       "no verdict on cost: of 10 iterations, and of 1000 in the base")
expect("but a median that never was is judged", mixed, changed(fewer(10, mixture("cpuid", (190, 9), (200, 1)))), 3, "+17 instructions")

# --- what is no result ---------------------------------------------------------------
text = json.dumps(BASE).encode()
for what, content, words in (("an empty file", b"", "new.json:1:"), ("a truncated one", text[:5000], "new.json:"),
                             ("an older schema", text.replace(b"result/1", b"result/0"), "schema"),
                             ("no JSON", b"hello", "new.json:1:")):
    expect(what, BASE, content, 1, words)
    expect(f"{what} as the base", content, BASE, 1, "base.json")
r = subprocess.run([PVBENCH, "compare", "tests/fixtures/result-micro.json"], capture_output=True, text=True)
check("one result only: status 2", r.returncode == 2 and "give BASE and NEW" in r.stderr, r.stderr)

# --- a folder as the base ---------------------------------------------------------
with tempfile.TemporaryDirectory() as folder:
    def compare_folder():
        r = subprocess.run([PVBENCH, "compare", folder, os.path.join(folder, "3.json")], capture_output=True, text=True)
        return r.returncode, r.stdout + r.stderr

    def night(name, day, change):
        json.dump(changed(both(change, lambda d: d["provenance"].update(date=f"2026-11-{day}T00:00:00Z"))),
                  open(os.path.join(folder, name), "w"))
    night("3.json", 24, cost_plus("page_fault", 1))
    status, text = compare_folder()
    check("a folder with nothing but the new result: status 1", status == 1 and "holds no other result" in text, text)
    night("1.json", 23, cost_plus("page_fault", 0))
    night("2.json", 22, cost_plus("page_fault", 1))
    open(os.path.join(folder, "2.json.journal"), "w").write("no result")
    status, text = compare_folder()
    check("a folder: the newest of the others by date, not by name: status 3", status == 3 and "/1.json" in text, text)
    open(os.path.join(folder, "4.json"), "w").write("{")
    status, text = compare_folder()
    check("a folder with a broken result: status 1", status == 1 and "4.json" in text and text.count("\n") == 1, text)


def plain(d):
    return None


def folder(what, nights, new, status, *words, absent=()):
    """nights: name -> (date, change) or bytes; the last one is held against the folder, in it."""
    with tempfile.TemporaryDirectory() as path:
        for name, night in nights.items():
            with open(os.path.join(path, name), "w") as f:
                if isinstance(night, str):
                    f.write(night)
                else:
                    json.dump(changed(both(night[1], lambda d: d["provenance"].update(date=night[0]))), f, **(night[2] if len(night) > 2 else {}))
        r = subprocess.run([PVBENCH, "compare", path, os.path.join(path, new)], capture_output=True, text=True)
        text = r.stdout + r.stderr
        check(f"a folder: {what}: status {status}", r.returncode == status and all(w in text for w in words)
              and not any(w in text for w in absent), text)


WORSE = cost_plus("cpuid", 10)
folder("a copy is not its own base, however it is written", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T01:00:00Z", WORSE),
    "9.json": ("2026-11-02T01:00:00Z", WORSE, {"indent": 3, "sort_keys": True})}, "2.json", 3, "/1.json: micro", "+10 instructions")
folder("a night's gap is looked up, and named", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T01:00:00Z", status_of("exception", "timeout")),
    "3.json": ("2026-11-03T01:00:00Z", cost_plus("exception", 50))}, "3.json", 3,
    "held against", "/1.json of 2026-11-01, since it was lost in the base: timeout", "+50 instructions", "44 workloads compared")
folder("a workload and a mode that are missing altogether are looked up, too", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T01:00:00Z", lambda d: d["runs"].pop()),
    "3.json": ("2026-11-03T01:00:00Z", cost_plus("exception", 50, "hvm"))}, "3.json", 3, "/1.json of 2026-11-01, since it is not in the base",
    "exception hvm")
folder("what crashes now was good in some night", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T01:00:00Z", status_of("exception", "timeout")),
    "3.json": ("2026-11-03T01:00:00Z", status_of("exception", "crashed"))}, "3.json", 3, "crashed in the new result", "held against")
folder("a retry is not held against what it repeats", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T01:00:00Z", WORSE), "3.json": ("2026-11-02T05:00:00Z", WORSE)},
    "3.json", 3, "/1.json: micro")
folder("nor across midnight", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T23:50:00Z", WORSE), "3.json": ("2026-11-03T00:10:00Z", WORSE)},
    "3.json", 3, "/1.json: micro")
folder("nor in a first night", {
    "1.json": ("2026-11-02T01:00:00Z", plain), "2.json": ("2026-11-02T02:00:00Z", WORSE), "3.json": ("2026-11-02T05:00:00Z", WORSE)},
    "3.json", 3, "/1.json: micro")
folder("what was won in the morning is not lost by the evening unseen", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T01:00:00Z", cost_plus("cpuid", -10)),
    "3.json": ("2026-11-02T18:00:00Z", plain)}, "3.json", 3, "/2.json: micro", "+10 instructions")
folder("what was lost in the morning may be mended by the evening", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T01:00:00Z", WORSE), "3.json": ("2026-11-02T18:00:00Z", plain)},
    "3.json", 0)
folder("another suite's result is no base", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": json.dumps({**json.load(open("tests/fixtures/result-scaling.json")), "provenance": {
        **json.load(open("tests/fixtures/result-scaling.json"))["provenance"], "date": "2026-11-02T01:00:00Z"}}),
    "3.json": ("2026-11-03T01:00:00Z", WORSE)}, "3.json", 3, "/1.json: micro")
folder("another machine's neither", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T01:00:00Z", lambda d: [r["lab"].update(cpu="max") for r in d["runs"]]),
    "3.json": ("2026-11-03T01:00:00Z", WORSE)}, "3.json", 3, "/1.json: micro")
folder("nothing but other machines", {
    "2.json": ("2026-11-02T01:00:00Z", lambda d: [r["lab"].update(cpu="max") for r in d["runs"]]),
    "3.json": ("2026-11-03T01:00:00Z", WORSE)}, "3.json", 1, "another lab: its cpu")
folder("a later night is no base", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": ("2026-11-02T01:00:00Z", WORSE), "3.json": ("2026-11-03T01:00:00Z", WORSE)},
    "2.json", 3, "/1.json: micro")
folder("a document of another kind is left alone", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "notes.json": '{"schema": "mine"}', "3.json": ("2026-11-03T01:00:00Z", WORSE)}, "3.json", 3)
folder("a truncated night is named", {
    "1.json": ("2026-11-01T01:00:00Z", plain), "2.json": json.dumps(BASE)[:5000], "3.json": ("2026-11-03T01:00:00Z", plain)}, "3.json", 1, "2.json")

# --- headlines ------------------------------------------------------------------------
def headline(change):
    with tempfile.TemporaryDirectory() as path:
        file = os.path.join(path, "a.json")
        json.dump(changed(change), open(file, "w"))
        page = subprocess.run([PVBENCH, "report", "--format=html", file], capture_output=True, text=True).stdout
        return re.sub(r"\s+", " ", page[:page.find("</section>")])


text = headline(lambda d: bench(d, "console_char")["cost"].update(min=1, median=2, mean=100000, max=10**9, p99=10**9))
check("a median that is cheapest with a mean that is dearest is no headline", "cheaper in <code>console_char" not in text
      and "In 1 the median and the mean do not agree: pv/hvm of <code>console_char</code> is 0.00" in text, text[-1500:])
text = headline(lambda d: bench(d, "console_char")["cost"].update(min=1, median=2, mean=5))
check("a headline holds what the mean holds, and says the other", re.search(
    r"at the most it is [\d.]+× dearer in <code>\w+</code> and [\d.]+× cheaper in <code>console_char</code> \(in the mean; [\d.]+× in the median\)",
    text), text[-1500:])

# --- dates ------------------------------------------------------------------------
for date in ("yesterday", "", "20261102", "2026-13-45T99:99:99Z", "2026-02-29T00:00:00Z", "2026-11-02T00:30:00+02:00", "2026-11-02 00:30:00Z",
             "2026-11-02T00:30:00z", "2026-11-02T00:30:00.5Z", "2026-11-02T24:00:00Z", "2026-11-02T00:30:00", "2026-11-02T00:30:00Z ", "2100-02-29T00:00:00Z"):
    with tempfile.TemporaryDirectory() as path:
        file = os.path.join(path, "a.json")
        json.dump(changed(lambda d: d["provenance"].update(date=date)), open(file, "w"))
        r = subprocess.run([PVBENCH, "report", file], capture_output=True, text=True)
        check(f"the date '{date}' is refused with its place and the form", r.returncode == 1 and not r.stdout and
              f'a.json: provenance.date: "{date}" is no date' in r.stderr and "2026-11-02T01:00:00Z" in r.stderr
              and r.stderr.count("\n") == 1, r.stderr)
for date in ("2028-02-29T23:59:59Z", "2026-12-31T23:59:60Z", None):
    expect(f"the date {date} is one", BASE, changed(lambda d: d["provenance"].update(date=date)), 0)

# --- noisy metrics --------------------------------------------------------------------
KVM = copy.deepcopy(BASE["runs"][1])


def noisy(boots, level, noise, seed, names=("page_fault", "cpuid"), entries=lambda r: 2000):
    """A result of this many boots on a host."""
    r = random.Random(seed)
    document = copy.deepcopy(BASE)
    document["runs"] = []
    for boot in range(boots):
        one = copy.deepcopy(KVM)
        one.update(machine="host", boot=boot + 1, host={"cpu": "some"})
        one["hypervisor"]["name"] = "kvm"
        del one["lab"]
        one["benchmarks"] = [b for b in one["benchmarks"] if b["name"] in names]
        for b in one["benchmarks"]:
            m = (level if b["name"] == "page_fault" else 1000) * r.gauss(1, noise)
            b["cost"] = {"unit": "ns", "class": "noisy", "measures": "whole iteration", "samples": 1000, "min": m * .9,
                         "median": m, "mean": m, "p99": m * 1.2, "max": m * 2}
            b["cold"]["cost"].update({"unit": "ns", "class": "noisy"})
            n = entries(r)
            b["entries"] = {"hypercall": {}, "forward": {}, "emulate": {}, "exit": {"NPF": {"count": n, "cost": None}}}
            b["entries_total"] = n
        document["runs"].append(one)
    return document


quiet = noisy(12, 1000, .01, 1)


def kernel(release, version=None, hypervisor="kvm"):
    def change(d):
        d["provenance"]["kernel"] = release
        for one in d["runs"]:
            one["hypervisor"].update(name=hypervisor, version=version or release)
    return change


slow = noisy(12, 1100, .01, 2)
expect("host: KVM's kernel is under test, and is named", changed(kernel("6.1.0"), quiet), changed(kernel("6.12.0-rc1"), slow), 3,
       ("build hvm: kvm 6.12.0-rc1, was 6.1.0", "page_fault hvm on kvm, host: +"))
expect("host: also where only the provenance knows it", changed(kernel("6.1.0", "1"), quiet), changed(kernel("6.12.0-rc1", "1"), slow), 3,
       "build hvm: kvm of kernel 6.12.0-rc1, was 6.1.0")
expect("host: another processor is another host", quiet, changed(lambda d: d["provenance"].update(cpu="other"), slow), 1, "another cpu")
expect("host: the kernel of Xen's first domain is not under test", changed(kernel("6.1.0", "4.17", "xen"), quiet),
       changed(kernel("6.12.0", "4.17", "xen"), slow), 1, "another kernel")
expect("host: but Xen is", changed(kernel("6.1.0", "4.17", "xen"), quiet), changed(kernel("6.1.0", "4.18", "xen"), slow), 3,
       "build hvm: xen 4.18, was 4.17")


def parameters(hypervisor, **of):
    def change(d):
        kernel("6.1.0", "6.1.0", hypervisor)(d)
        d["provenance"]["environment"] = {"before": {"kvm_parameters": of}, "after": {}, "changed": []}
    return change


for hypervisor, status, words in ("kvm", 1, "another setting of KVM: halt_poll_ns is 0, and was 200000"), ("xen", 3, "page_fault hvm on xen, host: +"):
    expect(f"host: how KVM's modules are set, for {hypervisor}", changed(parameters(hypervisor, halt_poll_ns="200000"), quiet),
           changed(parameters(hypervisor, halt_poll_ns="0"), slow), status, words)
expect("host: what only one kernel's modules have is no other setting", changed(parameters("kvm", avic="N"), quiet),
       changed(parameters("kvm", halt_poll_ns="0"), slow), 3, "page_fault hvm on kvm, host: +")


def xen_set(hypervisor, **of):
    def change(d):
        kernel("6.1.0", "6.1.0", hypervisor)(d)
        d["provenance"]["environment"] = {"before": {"xen": of or None}, "after": {}, "changed": []}
    return change


LINE = {"command_line": "xpti=on", "scheduler": "credit2", "protections": {"XPTI": "DomU enabled"}}
for what, was, is_, status, words in (("its line", LINE, {**LINE, "command_line": "xpti=off"}, 1, 'another setting of Xen: its command_line is "xpti=off", and was "xpti=on"'),
                                      ("its scheduler", LINE, {**LINE, "scheduler": "null"}, 1, 'its scheduler is "null", and was "credit2"'),
                                      ("what it decided", LINE, {**LINE, "protections": {"XPTI": "DomU disabled"}}, 1, "its protections is"),
                                      ("what one does not say", LINE, {}, 3, "page_fault hvm on xen, host: +"),
                                      ("the same", LINE, LINE, 3, "page_fault hvm on xen, host: +")):
    expect(f"host: how Xen is set: {what}", changed(xen_set("xen", **was), quiet), changed(xen_set("xen", **is_), slow), status, words)
expect("host: how Xen is set decides nothing for KVM", changed(xen_set("kvm", **LINE), quiet),
       changed(xen_set("kvm", **{**LINE, "scheduler": "null"}), slow), 3, "page_fault hvm on kvm, host: +")


def means(factor):
    return lambda d: [b["cost"].update(mean=b["cost"]["mean"] * factor) for r in d["runs"] for b in r["benchmarks"]]


expect("host: a median that is better with a mean that is worse is no improvement", quiet, changed(means(20), noisy(12, 500, .01, 2)), 0,
       "page_fault hvm on kvm, host: -", absent=("better  ",))
expect("host: and is told", quiet, changed(means(20), noisy(12, 500, .01, 2)), 0, "the median is better, and the mean is worse: +")

# --- an even number of boots ---------------------------------------------------------
even = noisy(12, 1000, 0, 1, names=("page_fault",))
for i, one in enumerate(even["runs"]):
    value = 100 if i < 6 else 120
    one["benchmarks"][0]["cost"].update(min=value, median=value, mean=value, p99=value, max=value)
with tempfile.TemporaryDirectory() as path:
    for day in (1, 2):
        even["provenance"]["date"] = f"2026-11-0{day}T01:00:00Z"
        json.dump(even, open(os.path.join(path, f"{day}.json"), "w"))
    file = os.path.join(path, "1.json")

    def says(*words):
        return subprocess.run([PVBENCH, *words], capture_output=True, text=True).stdout
    found = {"report": says("report", file), "page": says("report", "--format=html", file),
             "markdown": says("report", "--format=markdown", file)}
    check("6 boots at 100 and 6 at 120 have the median 110, in every report", all(re.search(r"\b110\b", t) for t in found.values()),
          found["report"])
    exports = {f: says("export", "--format=" + f, file) for f in ("bencher", "github-action-benchmark", "openmetrics")}
    check("and in every export that has one number", '"value": 110' in exports["bencher"] and '"value": 110' in exports["github-action-benchmark"]
          and re.search(r"pvbench_cost_seconds{.*} 1.1e-07", exports["openmetrics"]), exports)
    both_sides = json.loads(says("compare", "--format=json", file, os.path.join(path, "2.json")))
    cost = next(m for m in both_sides["workloads"][0]["metrics"] if m["metric"] == "cost")
    check("and on both sides of a comparison", cost["base"] == 110 and cost["new"] == 110, cost)
    series = json.loads(says("history", "--format=json", path))["series"]
    check("and in a history", series[0]["cost"] == [110, 110], series)
    subprocess.run([PVBENCH, "figure", "--only=cost", "--format=svg", "-o", path, file], capture_output=True)
    data = "".join(open(os.path.join(path, f)).read() for f in os.listdir(path) if f.endswith(".dat"))
    check("and in a figure's data", re.search(r"page_fault\t[^\t]*\t110\t", data), data[:600])
expect("host: nothing changed", quiet, noisy(12, 1000, .01, 2), 0, "2 the same", absent=("regression  ",))
expect("host: 8 % slower", quiet, noisy(12, 1080, .01, 2), 3,
       ("page_fault hvm on kvm, host: +", "ns median", "n=12+12", "1 worse"))
expect("host: 8 % faster", quiet, noisy(12, 920, .01, 2), 0, "1 better")
expect("host: 8 % slower within 10 %", quiet, noisy(12, 1080, .01, 2), 0, "within limit", ("--limit=cost=10%",))
expect("host: 8 % slower, but 5 boots", noisy(5, 1000, .01, 1), noisy(5, 1080, .01, 2), 5, "8 on each side are the least")
expect("host: too noisy to tell", noisy(10, 1000, .3, 1), noisy(10, 1000, .3, 2), 5, "more boots are needed")
expect("host: below the noise floor", quiet, noisy(12, 1080, .01, 2), 0, (), ("--noise-floor=20", "--limit=cost=30%"))
expect("host: an entry more is exact where counts do not vary", quiet, noisy(12, 1000, .01, 2, entries=lambda r: 3000), 3,
       "+1 NPF")
expect("host: counts that vary are tested", noisy(12, 1000, .01, 1, entries=lambda r: r.randrange(2000, 2010)),
       noisy(12, 1000, .01, 2, entries=lambda r: r.randrange(3000, 3010)), 3, ("entries", "p="))
expect("host: counts that vary alike", noisy(12, 1000, .01, 1, entries=lambda r: r.randrange(2000, 2010)),
       noisy(12, 1000, .01, 2, entries=lambda r: r.randrange(2000, 2010)), 0)
unit = changed(lambda d: [b["cost"].update(unit="cycles") for r in d["runs"] for b in r["benchmarks"]], quiet)
expect("host: another unit cannot be compared", quiet, unit, 5, "is in cycles, and was in ns")

with tempfile.TemporaryDirectory() as folder:
    control = os.path.join(folder, "control.json")
    for level, noise, status, words in ((1000, .01, 3, "1 worse"), (1100, .01, 5, "the control differs from the base"),
                                        (1000, .3, 5, "more boots are needed")):
        json.dump(noisy(12, level, noise, 3), open(control, "w"))
        expect(f"host: 8 % slower, and the control at {level} with {noise:.0%} noise", quiet, noisy(12, 1080, .01, 2), status,
               words, (f"--control={control}",))
    json.dump(changed(lambda d: d.update(runs=[])), open(control, "w"))
    expect("an empty control", quiet, quiet, 1, "a control is a second run of the base", (f"--control={control}",))

# --- formats ---------------------------------------------------------------------------
evil = changed(both(cost_plus("page_fault", 1), entries_plus("cpuid", "NPF", 5, "hvm", "exit"), status_of("timer_arm", "skipped"),
                    lambda d: status_of("compute", "crashed")(d) or bench(d, "compute").update(reason='<b>&"%0A::error::]]>\n|')))
r = run(BASE, evil, "--format=junit")
with tempfile.NamedTemporaryFile("w", suffix=".xml") as f:
    f.write(r.stdout)
    f.flush()
    lint = subprocess.run(["xmllint", "--noout", "--schema", "tests/fixtures/junit.xsd", f.name], capture_output=True, text=True)
check("junit: its XSD takes it", r.returncode == 3 and lint.returncode == 0, lint.stderr)
suite = ElementTree.fromstring(r.stdout).find("testsuite")
check("junit: a test case a workload, and counts that are those of the elements",
      int(suite.get("tests")) == len(suite.findall("testcase")) == 44
      and int(suite.get("failures")) == len(suite.findall("testcase/failure")) == 3
      and int(suite.get("errors")) == len(suite.findall("testcase/error")) == 1, r.stdout)
r = run(nothing, nothing, "--format=junit")
check("junit: nothing measured is an error", r.returncode == 5 and "<error" in r.stdout, r.stdout)
r = run(BASE, evil, "--format=github")
lines = r.stdout.splitlines()
check("github: every line is one command", r.returncode == 3 and all(
    re.fullmatch(r"::(error|warning|notice) title=[^:,]*(?:%2C[^:,]*)*::.*", line) for line in lines), r.stdout)
check("github: three errors, a warning and the sum", sum(line.startswith("::error") for line in lines) == 4
      and sum(line.startswith("::warning") for line in lines) == 1, r.stdout)
r = run(BASE, evil, "--format=json")
document = json.loads(r.stdout)
check("json: the status, the verdict and a line a workload", document["schema"] == "pvbench.comparison/1"
      and document["status"] == 3 and document["verdict"] == "regression" and len(document["workloads"]) == 44, r.stdout[:300])
metrics = {m["metric"]: m for w in document["workloads"] for m in w["metrics"]}
fields = SCHEMA["$defs"]["cost"]["properties"]
want = {"cost": fields["median"], "mean": fields["mean"], "min": fields["min"], "p99": fields["p99"], "max": fields["max"],
        "entries": SCHEMA["$defs"]["entries_total"]}
check("json: the direction of better is the schema's", all(metrics[k]["better"] == v["x-better"] for k, v in want.items()))
r = run(quiet, noisy(12, 1080, .01, 2), "--format=json")
test = [m["test"] for w in json.loads(r.stdout)["workloads"] for m in w["metrics"] if m["metric"] == "cost"]
check("json: the tests of what is noisy", all(t["boots"] == [12, 12] and len(t["interval"]) == 2
                                              and 0 <= t["p"] <= t["p_adjusted"] <= 1 for t in test), r.stdout[:600])
r = run(BASE, evil, "--format=markdown")
check("markdown: the verdict first, and nothing of a result is taken for markup",
      r.stdout.startswith("### pvbench: regression\n") and "\\<b\\>" in r.stdout and "<b>" not in r.stdout, r.stdout)
r = run(BASE, BASE, "--all")
check("--all shows what is the same", r.stdout.count("=\n") >= 44 and "geomean of all 22" in r.stdout, r.stdout)


def set_setting(key):
    return lambda d: [r.update(setting=key.replace("MODE", r["mode"])) for r in d["runs"]]


expect("a result that says its settings is held against one of before they were said", BASE, changed(set_setting("minivisor/MODE@lab")), 0)
expect("another setting is not compared, whatever else is equal", BASE, changed(set_setting("minivisor/MODE+2vcpus@lab")), 5,
       "is not in the new result")
expect("nor may a setting contradict the run that it stands in", BASE, changed(set_setting("xen/MODE@lab")), 1,
       "runs[0].setting: is \"xen/")
r = subprocess.run([PVBENCH, "compare", "--help"], capture_output=True, text=True)
manual = open("doc/pvbench.1").read().replace("\\-", "-")
check("every option of --help is in the manual page", r.returncode == 0 and all(
    o in manual for o in re.findall(r"--[a-z-]+", r.stdout)), r.stdout)
end()
