#!/usr/bin/python3
"""pvbench history: nights that are made up, with steps that are known: found, named down to the kind of entry, with
their build; the verdict on the newest night; its pages in a browser."""

import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import numpy as np

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path[:0] = ["tests", "tests/system"]
import browser  # noqa: E402
from tap import check, end  # noqa: E402

PVBENCH = os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench")
BASE = json.load(open("tests/fixtures/result-micro.json"))


def history(folder, *options):
    return subprocess.run([PVBENCH, "history", folder, *options], capture_output=True, text=True, timeout=120)


def night(i):
    r = copy.deepcopy(BASE)
    r["provenance"]["date"] = f"2026-{1 + i // 28:02}-{1 + i % 28:02}T02:00:00Z"
    r["provenance"]["git_revision"] = f"{0xabcdef + i:040x}"
    return r


def bench(r, name, mode="pv"):
    return next(b for run in r["runs"] if run["mode"] == mode for b in run["benchmarks"] if b["name"] == name)


def shift(b, by):
    for key in ("min", "median", "mean", "p99", "max"):
        b["cost"][key] += by
    if "distribution" in b["cost"]:
        b["cost"]["distribution"] = [[v + by, n] for v, n in b["cost"]["distribution"]]


def extra_entry(r, by=412):
    b = bench(r, "page_fault")
    b["entries"]["hypercall"]["mmu_update"]["count"] += b["iterations"]
    b["entries_total"] += b["iterations"]
    shift(b, by)


def version(r, text):
    for run in r["runs"]:
        run["hypervisor"]["version"] = text
        run["hypervisor"]["sha256"] = f"{hash(text) & (2**64 - 1):064x}"


def write(folder, nights):
    """In files whose names are in no order."""
    os.makedirs(folder, exist_ok=True)
    for i, r in enumerate(nights):
        with open(os.path.join(folder, f"{i * 7919 % 10007:05}.json"), "w") as f:
            json.dump(r, f)
    return folder


def document(folder, *options):
    run = history(folder, "--format=json", *options)
    return run.returncode, json.loads(run.stdout)


def exact(root):
    nights = [night(i) for i in range(20)]
    for r in nights[8:]:
        extra_entry(r)
        version(r, "0.1.1")
    folder = write(os.path.join(root, "exact"), nights)
    open(os.path.join(folder, "notes.json"), "w").write('{"schema": "mine"}')
    open(os.path.join(folder, "broken.json"), "w").write('{"schema": ')
    open(os.path.join(folder, "readme.txt"), "w").write("not a result")
    run = history(folder)
    check("an old step is named, with its build; a damaged file withholds the pass", run.returncode == 5 and
          "page_fault pv on minivisor: +1 mmu_update, +412 instructions (815 to 1227" in run.stdout and
          "2026-01-09\n  minivisor 0.1.1, was 0.1.0; revision " in run.stdout and "broken.json is no good result" in run.stdout,
          run.stdout + run.stderr)
    check("and nothing else is", len(re.findall(r"^  (regression|better|changed)", run.stdout, re.M)) == 1, run.stdout)
    check("files that are no results are told", "notes.json: schema" in run.stdout and "broken.json" in run.stdout
          and "readme" not in run.stdout, run.stdout)
    os.unlink(os.path.join(folder, "broken.json"))
    check("without it the newest night is good", history(folder).returncode == 0)
    status, d = document(folder)
    steps = [(s["workload"], s["mode"], t["date"][:10]) for s in d["series"] for t in s["steps"]]
    check("as JSON, too", status == 0 and steps == [("page_fault", "pv", "2026-01-09")] and len(d["left_out"]) == 1
          and len(d["series"]) == 44 and all(len(s["cost"]) == 20 for s in d["series"]), steps)
    markdown = history(folder, "--format=markdown").stdout
    check("and as Markdown", "### 2026-01-09" in markdown and "**regression**" in markdown, markdown)

    extra_entry(nights[-1], 3)
    folder = write(os.path.join(root, "tonight"), nights)
    run = history(folder)
    check("a step in the newest night: 3", run.returncode == 3 and "REGRESSION" in run.stdout and "+3 instructions" in run.stdout,
          run.stdout)
    run = history(folder, "--limit", "page_fault/*=100%")
    check("unless a limit lets it through", run.returncode == 0 and "within limit" in run.stdout, run.stdout)
    nights[-1] = night(19)
    nights[-1]["runs"] = copy.deepcopy(nights[-2]["runs"])
    shift(bench(nights[-1], "cpuid"), -5)
    run = history(write(os.path.join(root, "better"), nights))
    check("a better one: 0", run.returncode == 0 and re.search(r"better +cpuid pv on minivisor: -5 instr", run.stdout), run.stdout)


def unlike(root):
    nights = [night(i) for i in range(6)]
    bad = bench(nights[5], "cpuid")
    bad.clear()
    bad.update({"name": "cpuid", "status": "crashed", "reason": "triple fault"})
    run = history(write(os.path.join(root, "crashed"), nights))
    check("a workload that crashed: 3", run.returncode == 3 and "cpuid pv on minivisor: crashed in the newest night: triple fault"
          in run.stdout, run.stdout)
    nights = [night(i) for i in range(6)]
    nights[5]["runs"][0]["benchmarks"] = nights[5]["runs"][0]["benchmarks"][1:]
    run = history(write(os.path.join(root, "gone"), nights))
    check("a workload that is gone: 5", run.returncode == 5 and "empty pv on minivisor: is not in the newest night" in run.stdout,
          run.stdout)
    nights = [night(i) for i in range(6)]
    nights[2]["runs"][0]["benchmarks"] = nights[2]["runs"][0]["benchmarks"][1:]
    run = history(write(os.path.join(root, "gap"), nights))
    check("a gap in between is no step", run.returncode == 0 and "  changed" not in run.stdout, run.stdout)
    for run_ in nights[5]["runs"]:
        run_["guest"]["sha256"] = "ab" * 32
    extra_entry(nights[5])
    folder = write(os.path.join(root, "guest"), nights)
    run = history(folder)
    check("another guest begins another experiment: 5, and no regression is claimed", run.returncode == 5
          and "another experiment: another pv guest" in run.stdout and "REGRESSION" not in run.stdout, run.stdout)
    check("--force makes it one", history(folder, "--force").returncode == 3)
    run = history(write(os.path.join(root, "one"), [night(0)]))
    check("one night: 5", run.returncode == 5 and "one night has nothing" in run.stdout, run.stdout)
    os.mkdir(os.path.join(root, "none"))
    for folder in ("none", "nowhere"):
        run = history(os.path.join(root, folder))
        check(f"{folder}: one line and 1", run.returncode == 1 and run.stderr.count("\n") == 1 and run.stdout == "", run.stderr)
    check("wrong usage: 2", history(os.path.join(root, "one"), "--format=xml").returncode == 2)


def nights_of(root):
    """What counts as a night, and as a measurement."""
    def folder(what, status, results, words=(), absent=()):
        path = os.path.join(root, f"n{len(os.listdir(root))}")
        os.mkdir(path)
        for i, (date, change, *form) in enumerate(results):
            r = night(0)
            r["provenance"]["date"] = date
            r = change(r) or r
            text = r if isinstance(r, str) else json.dumps(r, **(form[0] if form else {}))
            open(os.path.join(path, f"{i}.json"), "w").write(text)
        run = history(path)
        text = re.sub(r"\s+", " ", run.stdout)
        check(f"{what}: {status}", run.returncode == status and all(w in text for w in words) and not any(w in text for w in absent),
              run.stdout + run.stderr)

    def same(r):
        return None

    def worse(r):
        shift(bench(r, "cpuid", "hvm"), 10)

    def scaling(r):
        other = json.load(open("tests/fixtures/result-scaling.json"))
        other["provenance"]["date"] = r["provenance"]["date"]
        return other

    def machine(name, change=same):
        def on(r):
            change(r)
            for one in r["runs"]:
                one["lab"]["cpu"] = name
        return on

    def mode(n, change=same):
        def keep(r):
            change(r)
            r["runs"] = [r["runs"][n]]
        return keep

    def lose(r):
        for m in ("pv", "hvm"):
            b = bench(r, "exception", m)
            b.clear()
            b.update(name="exception", status="timeout", reason="no end")

    def ticks(r):
        for one in r["runs"]:
            for b in one["benchmarks"]:
                if b.get("cost"):
                    b["cost"]["unit"] = "ticks"
    one, two, three = ("2026-11-01T01:00:00Z", "2026-11-02T01:00:00Z", "2026-11-03T01:00:00Z")
    folder("a copy, written otherwise, is the same measurement", 3, [(one, same), (two, worse), (two, worse, {"indent": 2, "sort_keys": True})],
           ("is a copy of", "+10 instructions"))
    folder("two suites are one night", 3, [(one, same), ("2026-11-01T01:10:00Z", scaling), (two, worse), ("2026-11-02T01:10:00Z", scaling)],
           ("2 nights with 4 results", "cpuid hvm on minivisor, suite micro: +10", "1 worse"), ("inconclusive",))
    folder("modes in files of their own are one night", 3, [(one, mode(0)), ("2026-11-01T01:10:00Z", mode(1)), (two, mode(1, worse)),
                                                            ("2026-11-02T01:10:00Z", mode(0))], ("1 worse, 43 the same",))
    folder("a night that lacks one of them is not complete", 5, [(one, mode(0)), ("2026-11-01T01:10:00Z", mode(1)), (two, mode(0))],
           ("cpuid hvm on minivisor: is not in the newest night",))
    folder("two computers side by side", 3, [(one, machine("a")), ("2026-11-01T02:00:00Z", machine("b")), (two, machine("a", worse)),
                                             ("2026-11-02T02:00:00Z", machine("b"))], ("+10 instructions",))
    folder("a retry repeats a regression", 3, [(one, same), (two, worse), ("2026-11-02T03:00:00Z", worse)], ("1 worse",))
    folder("also behind midnight", 3, [(one, same), ("2026-11-02T23:30:00Z", worse), ("2026-11-03T00:30:00Z", worse)], ("1 worse",))
    folder("and in a first night", 3, [(two, same), ("2026-11-02T02:00:00Z", worse), ("2026-11-02T03:00:00Z", worse)], ("1 worse",))
    folder("what is mended the same night is good", 0, [(one, same), (two, worse), ("2026-11-02T03:00:00Z", same)], ("44 the same",))
    folder("what was won in the morning and lost in the evening", 3,
           [(one, worse), (two, same), ("2026-11-02T18:00:00Z", worse)], ("1 worse",))
    folder("a gap is looked up, and named", 3, [(one, same), (two, lose), (three, lambda r: shift(bench(r, "exception", "hvm"), 50))],
           ("+50 instructions", "held against 2026-11-01, the last night that has it"))
    folder("another unit", 5, [(one, same), (two, same), (three, ticks)], ("is in ticks, and was in instructions", "44 inconclusive"),
           ("%", "the same;"))
    folder("a truncated newest night", 5, [(one, same), (two, same), (three, lambda r: json.dumps(r)[:9000])], ("2.json is no good result",))
    folder("an empty one", 5, [(one, same), (two, same), (three, lambda r: "\n")], ("2.json is no good result",))
    folder("a date with an offset", 3, [("2026-11-01T20:00:00Z", same), ("2026-11-01T23:30:00Z", worse), ("2026-11-02T00:30:00+02:00", same)],
           ("is no date",))
    folder("and never a pass", 5, [(one, same), (two, same), ("2026-11-02T00:30:00+02:00", worse)], ("is no date", "INCONCLUSIVE"))


# --- on a host: cycles, noisy ---------------------------------------------------------------------------------------

def host_nights(n, level, seed=1):
    """Three boots of two workloads a night; `level(i)`: cpuid's, as a share."""
    r = np.random.default_rng(seed)
    nights = []
    for i in range(n):
        made = night(i)
        one = made["runs"][1]
        one["hypervisor"] = {"name": "kvm", "version": "6.1.0", "sha256": "cd" * 32}
        one["machine"] = "host"
        one["host"] = one.pop("lab")
        made["runs"] = []
        for boot in range(3):
            run = copy.deepcopy(one)
            run["boot"] = boot + 1
            run["benchmarks"] = [b for b in run["benchmarks"] if b["name"] in ("cpuid", "port_in")]
            for b in run["benchmarks"]:
                factor = (level(i) if b["name"] == "cpuid" else 1) * (1 + 0.01 * r.standard_normal())
                for cost in (b["cost"], b["cold"]["cost"]):
                    cost.update({"unit": "cycles", "class": "noisy"})
                b["cost"].pop("distribution", None)
                for key in ("min", "median", "mean", "p99", "max"):
                    b["cost"][key] = 2000 * factor
            made["runs"].append(run)
        nights.append(made)
    return nights


def noisy(root):
    run = history(write(os.path.join(root, "quiet"), host_nights(40, lambda i: 1)))
    check("noise alone: no change, 0", run.returncode == 0 and "p=" not in run.stdout, run.stdout)
    folder = write(os.path.join(root, "step"), host_nights(40, lambda i: 1.05 if i >= 25 else 1))
    status, d = document(folder)
    series = next(s for s in d["series"] if s["workload"] == "cpuid")
    step = series["steps"][0] if series["steps"] else {}
    check("a step of 5 % is found, within two nights, and only that", status == 0 and len(series["steps"]) == 1 and
          abs(step["night"] - 25) <= 2 and 1.03 < step["to"] / step["from"] < 1.07 and step["p"] <= 0.001 and
          not any(s["steps"] for s in d["series"] if s["workload"] != "cpuid"), json.dumps(series["steps"]))
    check("and no entry is blamed", "no count of entries moved with it" in step.get("says", ""), step)
    run = history(write(os.path.join(root, "fence"), host_nights(30, lambda i: 1.1 if i == 29 else 1)))
    check("the newest night above the fence: 3", run.returncode == 3 and re.search(
        r"cpuid hvm on kvm, host: its cost is 2\d+, above\s+the fence at 20\d+", run.stdout), run.stdout)
    run = history(write(os.path.join(root, "below"), host_nights(30, lambda i: 0.9 if i == 29 else 1)))
    check("below it: better, 0", run.returncode == 0 and "below the fence" in re.sub(r"\s+", " ", run.stdout), run.stdout)
    nights = host_nights(45, lambda i: 1.018 if i >= 30 else 1, seed=2)
    runs = [history(write(os.path.join(root, f"drift{n}"), nights[:n])) for n in range(31, 46)]
    news = [i for i, run in enumerate(runs) if run.returncode == 3]
    check(f"a step of 1.8 % that no fence sees is news once, in the night that proves it (the {news[0] + 1 if news else 0}. after it)",
          len(news) == 1 and news[0] > 1 and "p=" in runs[news[0]].stdout and not any("fence" in run.stdout for run in runs),
          [(run.returncode, run.stdout[-300:]) for run in runs][:8])
    run = history(write(os.path.join(root, "few"), host_nights(5, lambda i: 1)))
    check("five noisy nights: 5", run.returncode == 5 and "too few" in run.stdout, run.stdout)
    nights = host_nights(40, lambda i: 1.05 if i >= 25 else 1)
    for r in nights[25:]:
        for made in r["runs"]:
            b = made["benchmarks"][0]
            b["entries"]["exit"]["CPUID"]["count"] += b["iterations"]
            b["entries_total"] += b["iterations"]
    run = history(write(os.path.join(root, "blamed"), nights))
    check("a noisy step is explained by the entries that came with it", re.search(
        r"\+\d\.\d+% cycles .*; with \+1\s+CPUID", re.sub(r"\s+", " ", run.stdout)), run.stdout)
    return folder


def pages(root, noisy_folder):
    evil = "</script><script>document.title='owned'</script><img src=x>"
    nights = [night(i) for i in range(30)]
    for r in nights[10:]:
        extra_entry(r)
        version(r, evil)
    exact_folder = write(os.path.join(root, "page"), nights)
    page_files = []
    for name, folder in (("exact", exact_folder), ("noisy", noisy_folder)):
        path = os.path.join(root, name + ".html")
        run = history(folder, "--format=html", "-o", path)
        check(f"the trend page, {name}", run.returncode == 0 and run.stdout == "" and os.path.getsize(path) < 1 << 20, run.stderr)
        page_files.append(path)
    browser.use("the trend page in a browser", in_browser, page_files)


def in_browser(page, page_files):
    for path in page_files:
        for width, dark in ((360, True), (1280, False)):
            page.size(width, 740, width < 500)
            page.media(dark)
            page.open(path)
            check(f"{os.path.basename(path)} at {width}: silence, no requests, no sideways scrolling",
                  not page.errors() and not page.requests() and
                  page.js("document.documentElement.scrollWidth") <= width, (page.errors(), page.requests()))
    page.open(page_files[0])
    check("marks say what they are, and hostile text stays text", page.js(
        "document.querySelectorAll('svg.trend .mark.worse title')[0].textContent").endswith("+412 instructions (815 to 1227, +50.55%)")
        and page.js("document.title") != "owned" and page.js("document.querySelectorAll('img').length") == 0)
    page.click("table.sortable thead tr:last-child th:nth-child(2) button")
    check("its table sorts", page.js("document.querySelector('th[aria-sort=ascending]').textContent") == "where")


def by_commits(root):
    """Old commits that were measured last, as a bisect does."""
    commits = [f"{(i + 1) * 0x123456789:040x}"[::-1] for i in range(10)]
    nights = [night(i) for i in range(10)]
    for r in nights[6:]:
        extra_entry(r)
    folder = os.path.join(root, "commits")
    os.mkdir(folder)
    for i in range(10):
        r = copy.deepcopy(nights[i])
        r["provenance"]["date"] = f"2026-03-{20 - i:02}T02:00:00Z"  # the newest commit first
        # Half of them are named by their commit; of the others it is the revision in them.
        r["provenance"]["git_revision"] = "0" * 40 if i % 2 else commits[i] + "-dirty"
        json.dump(r, open(os.path.join(folder, f"{commits[i][:12]}.json" if i % 2 else f"x{i}.json"), "w"))
    order = os.path.join(root, "order")
    open(order, "w").write("".join(f"{c} subject {i}\n" for i, c in enumerate(commits)))
    run, dated = history(folder, f"--commits={order}"), history(folder)
    check("in the order of commits it is a regression, in that of dates it was an improvement", "regression  page_fault" in run.stdout and
          f"\n{commits[6][:12]}\n" in run.stdout and "better" not in run.stdout and "better" in dated.stdout, run.stdout + run.stderr + dated.stdout)
    status, d = document(folder, f"--commits={order}")
    check("as JSON, too", [t["commit"] for s in d["series"] for t in s["steps"]] == [commits[6][:12]], d["series"][0]["steps"])
    os.symlink("x0.json", os.path.join(folder, "release-1.0.json"))
    again = history(folder, f"--commits={order}")
    check("a baseline with a name is a link beside the results, which is told, and no night more", re.sub(r"left out +.*x0.json: is a copy of .*release-1.0.json\n", "", again.stdout) == run.stdout !=
          again.stdout and not again.stderr, again.stdout[:500] + again.stderr)
    against = subprocess.run([PVBENCH, "compare", os.path.join(folder, "release-1.0.json"), os.path.join(folder, "x8.json")], capture_output=True, text=True)
    check("and what is new is compared with it by that name", against.returncode == 3 and "release-1.0.json" in against.stdout and "page_fault" in against.stdout, against.stdout + against.stderr)
    open(order, "w").write("".join(c[:9] + "\n" for c in commits[:8]))
    run = history(folder, f"--commits={order}")
    check("what is of no commit of the list is left out, and told", run.stdout.count("is of no commit in") == 2 and run.stdout.startswith("history     8 nights"), run.stdout)
    for text, words in (("", "names no commit"), ("# a comment\n", "order:1: begins with no commit"), (commits[0] + "\nabc\n", "order:2: begins with no commit")):
        open(order, "w").write(text)
        run = history(folder, f"--commits={order}")
        check(f"a list that is none: {words}", run.returncode == 1 and words in run.stderr and run.stderr.count("\n") == 1, run.stderr)


def thousand(root):
    """As pvbench writes them, of a size as those of all hypervisors have; each night another build."""
    folder, r = os.path.join(root, "thousand"), night(0)
    os.mkdir(folder)
    r["runs"] += [dict(copy.deepcopy(run), mode="pvh") for run in r["runs"][:1]]
    for i in range(1000):
        r["provenance"]["date"] = f"{2020 + i // 336}-{1 + i // 28 % 12:02}-{1 + i % 28:02}T02:00:00Z"
        version(r, f"0.1.{i}")
        if i % 250 == 100:
            extra_entry(r, 5)
        if i % 250 in (0, 100):
            tail = json.dumps(r, indent=2)
        text = tail if i % 250 in (0, 100) else json.dumps({k: v for k, v in r.items() if k != "runs"}, indent=2)[:-2] + tail[tail.index(',\n  "runs": ['):].replace("0.1.", f"0.1.{i}.")
        open(os.path.join(folder, f"{i}.json"), "w").write(text + "\n")
    child = subprocess.Popen([PVBENCH, "history", folder], stdout=subprocess.PIPE, text=True)
    out = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    size = sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)) / 1e6
    check(f"1,000 nights ({size:.0f} MB) take {used.ru_utime + used.ru_stime:.1f} s and {used.ru_maxrss / 1e3:.0f} MB", used.ru_utime + used.ru_stime < 10 and
          used.ru_maxrss < 1e6 and out.count("page_fault pv on minivisor: ") == 4, out[-2000:])


def speed(root):
    folder = os.path.join(root, "many")
    os.mkdir(folder)
    text = json.dumps(night(0))
    for i in range(300):
        made = text.replace("2026-01-01T02", f"{2000 + i // 336}-{1 + i // 28 % 12:02}-{1 + i % 28:02}T02")
        open(os.path.join(folder, f"{i}.json"), "w").write(made)
    begin = time.process_time() + sum(os.times()[2:4])
    run = history(folder)
    used = sum(os.times()[2:4]) + time.process_time() - begin
    check(f"300 nights of 44 series take {used:.1f} s of the processor", run.returncode == 0 and used < 10, run.stderr)


with tempfile.TemporaryDirectory() as root:
    exact(root)
    unlike(root)
    nights_of(root)
    pages(root, noisy(root))
    by_commits(root)
    speed(root)
    thousand(root)
end()
