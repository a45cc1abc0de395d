#!/usr/bin/python3
"""The finding first: what the sentences say is what the result has, also of a part of it; each workload has its group; and a run
ends with them and with a command that works."""

import json
import os
import re
import subprocess
import sys
import tempfile

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
FULL, IO, MIXED, VARIANTS = (f"tests/fixtures/result-{name}.json" for name in ("full", "io", "mixed", "variants"))
CLEAR, EQUAL = 2, 1.1
groups = dict(line.split("\t") for line in open("reports/result/groups.tsv").read().splitlines() if line[0] != "#")


def pv(*arguments, **more):
    return subprocess.run([PVBENCH, *arguments], capture_output=True, text=True, **more)


def said(*arguments):
    """{hypervisor: sentence} of the text report."""
    text = pv("report", *arguments).stdout
    lines = re.search(r"^finding(.*?)^date", text, re.M | re.S)
    one = " ".join(lines.group(1).split()) if lines else ""
    parts = re.split(r"(?:^|(?<=\. ))((?:minivisor|kvm|xen) [^:]*): ", one)
    return dict(zip((name.split()[0] for name in parts[1::2]), parts[2::2]))


def costs(result):
    """{hypervisor: {mode: {label: (median, mean)}}}, by hand."""
    found = {}
    for run in json.load(open(result))["runs"]:
        mode = run["mode"] + ("+" + run["devices"] if run.get("devices") else "")
        cells = found.setdefault(run["hypervisor"]["name"], {}).setdefault(mode, {})
        for b in run["benchmarks"]:
            if b["name"] != "empty" and b.get("cost"):
                label = b["name"] + (f"/{b['parameter']}" if b.get("parameter") else "")
                cells[label] = (b["name"], b["cost"]["median"] / b["ops_per_iteration"], b["cost"]["mean"] / b["ops_per_iteration"])
    return found


def held(a, b):
    """The nearer to 1 of two ratios; 1 where they contradict each other."""
    return 1 if (a > 1) != (b > 1) else min(a, b) if a > 1 else max(a, b)


def account(modes, mode):
    """{group: multiples of the cheapest other mode's cost}"""
    found = {}
    for label, (name, median, mean) in modes[mode].items():
        others = [m[label] for other, m in modes.items() if other != mode and label in m]
        if others:
            _, low, low_mean = min(others, key=lambda o: o[1])
            found.setdefault(groups[name], []).append(max(1, held(median / low, mean / low_mean)))
    return found


def digits(value):
    return float(f"{value:.3g}")


def holds(clause, work):
    """The numbers of one clause and the groups that it names are those of the account."""
    clear = {g for g, v in work.items() if min(v) >= CLEAR}
    some = {g for g, v in work.items() if g not in clear and max(v) > EQUAL}
    numbers = [float(n) for n in re.findall(r"(?<![\w./])\d+(?:\.\d+)?(?= to | times)", clause)]
    want = sorted({digits(min(min(work[g]) for g in clear)), digits(max(max(work[g]) for g in clear))}) if clear else []
    want += [digits(max(max(work[g]) for g in some))] if some else []
    named = {g for g in work if re.search(rf"(?:for|,|and) {re.escape(g)}(?:,| and |;|\.|$)", clause)}
    return numbers == want and named == clear | some, (clause, numbers, want, named, clear | some)


for path in FULL, IO:
    sentences, everything = said(path), costs(path)
    check(f"{path}: a sentence a hypervisor", sentences.keys() == everything.keys(), sentences)
    for name, modes in everything.items():
        clauses = re.split(r"; |(?<=[a-z])\. ", sentences[name])
        for mode, clause in zip(modes, clauses):
            shown = re.sub(r"^[a-z]+", lambda m: m.group().upper(), mode)
            good, why = holds(clause, account(modes, mode))
            check(f"{path}: {name} {shown}: as the costs say", clause.startswith(shown + " ") and good, why)
check("the means are not hidden", "the medians and the means do not agree about in console_char" in said(FULL)["kvm"], said(FULL)["kvm"])

# --- of a part of it --------------------------------------------------------------------
one = said("--hypervisor=xen", "--mode=pvh", FULL)
check("one mode: what it takes, and no multiple", "PVH takes" in one["xen"] and "times" not in one["xen"] and len(one) == 1, one)
two = said("--hypervisor=xen", "--mode=pvh", "--mode=hvm", FULL)["xen"]
check("two modes are held against each other", "HVM pays" in two and "what PVH does" in two and "PV " not in two, two)
small = said("--workload=compute", FULL)
check("where nothing is dearer, that is said", all("no more than 10 % more" in s and "1 workload" in s for s in small.values()), small)
check("a part that was lost is no number", set(said(MIXED)) == {"minivisor", "kvm"} and "on host" in pv("report", MIXED).stdout)
check("merged results, and Markdown", "- also: xen 4.17.7: PV pays 11.3 to 81.2 times what the cheapest mode does for system calls" in
      pv("report", "--format=markdown", FULL).stdout)

# --- of a hypervisor that is started in several ways ---------------------------------------
variants = json.load(open(VARIANTS))
ways = {}
for run in variants["runs"]:
    ways.setdefault(run["mode"], {})[run["lab"].get("variant", {}).get("name", "usual")] = {
        b["name"]: b["cost"]["median"] for b in run["benchmarks"] if b.get("cost") and b["name"] != "empty"}
changes = {(way, label, plain): cost / ways[plain]["shipped"][label] - 1
           for plain, of in ways.items() for way, cells in of.items() if way != "shipped" for label, cost in cells.items()}
(most, worst), (least, best) = (max(changes.items(), key=lambda c: c[1]), min(changes.items(), key=lambda c: c[1]))
sentence = said(VARIANTS)["xen"]
check("several ways: the modes as they ship are held against each other, and no other way",
      sentence.startswith("PV+shipped pays ") and "; HVM+shipped pays " in sentence and "PV pays" not in sentence and "PV+xpti" not in sentence, sentence)
for (way, label, plain), change, what in (most, worst, "costs most"), (least, best, "least"):
    was, now = (ways[plain][w][label] for w in ("shipped", way))
    check(f"{what}: {way}", f"{way} {what} ({label} in {plain.upper()}: {was:.0f} to {now:.0f}, {100 * change:+.1f} %)" in sentence, sentence)
check("what has no effect is counted", "1 of 4 has no effect." in sentence, sentence)
xpti = next(r for r in variants["runs"] if r["setting"] == "xen/pv+xpti@lab")
for i in range(40):
    variants["runs"].append({**xpti, "setting": f"xen/pv+a-rather-long-way-{i}@lab",
                             "lab": {**xpti["lab"], "variant": {"name": f"a-rather-long-way-{i}", "words": "xpti=on"}}})
with tempfile.TemporaryDirectory() as folder:
    json.dump(variants, open(os.path.join(folder, "long.json"), "w"))
    text = pv("report", os.path.join(folder, "long.json")).stdout
one = " ".join(text.split())
check("a line of the header is whole, however long", "way-38 pv+a-rather-long-way-39)" in one and "1 of 44 has no effect." in one, one)
page = pv("report", "--format=html", VARIANTS).stdout
check("the page says what each way changes, and draws the map",
      'id="variants"' in page and "syscall +1206 (804 to 2010, +150.0 %)" in page and "Figure: What each way changes" in page)
check("and one without ways does not", not re.search("variants|each way", pv("report", "--format=html", FULL).stdout))

# --- ratios of PVH ------------------------------------------------------------------------
table = pv("report", "--hypervisor=xen", FULL).stdout
row = next(line for line in table.splitlines() if line.startswith("null_hypercall "))
got = [float(re.sub("[⁰¹²³⁴-⁹]", "", n)) for n in row.split()[1:7]]
check("PVH has ratios, against PV and against HVM", "pvh/pv" in table and "pvh/hvm" in table and
      got[4:] == [digits(got[1] / got[0]), digits(got[1] / got[2])], row)
page = pv("report", "--format=html", "--hypervisor=xen", FULL).stdout
check("and sentences on the page, which says why handlers take longer than operations",
      "PVH is dearer than PV in" in page and "PVH is dearer than HVM in" in page and "writes records of each entry into its trace" in page)
check("the page opens with the finding", 0 < page.index("findings opening") < page.index("compiled once, ran as guests") < page.index('id="costs"'))

# --- the table of groups -------------------------------------------------------------------
names = {f[:-2] for d in ("micro", "io") for f in os.listdir(f"workloads/{d}") if f.endswith(".c")}
for suite in os.listdir("workloads/suites"):
    names |= {w if isinstance(w, str) else w["name"] for w in json.load(open(f"workloads/suites/{suite}"))["workloads"]}
check("every workload has a row", names and names - {"empty"} <= groups.keys(), names - groups.keys())
check("and every row a workload", groups.keys() <= names, groups.keys() - names)

# --- the end of a run ------------------------------------------------------------------------
with tempfile.TemporaryDirectory() as folder:
    out = os.path.join(folder, "r.json")
    run = pv("run", "micro", "--workload", "syscall", "--workload", "null_hypercall", "-o", out, timeout=120)
    check("a run ends with its finding", run.returncode == 0 and re.search(r"^finding +minivisor .*PV pays \S+ times", run.stdout, re.M), run)
    command = re.search(r"^next +(.*)$", run.stdout, re.M)
    again = subprocess.run(command.group(1).split(), capture_output=True, text=True) if command else None
    check("and with a command that works", again and again.returncode == 0 and "null_hypercall" in again.stdout, run.stdout)
    quiet = pv("run", "micro", "--workload", "syscall", "-q", "-o", out, "--force", timeout=120)
    check("-q says nothing", quiet.returncode == 0 and quiet.stdout == "", quiet)
end()
