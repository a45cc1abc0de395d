#!/usr/bin/python3
"""What the reports say of results with several guests on one processor: what a guest loses beside another, how they shared it, what
the next guest costs; of guests of which one was not there all the time, that, and no loss."""

import copy
import json
import os
import subprocess
import sys
import tempfile

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
import jsonschema  # noqa: E402
PVBENCH = os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench")
SWITCH, NEXT = "tests/fixtures/result-guests.json", "tests/fixtures/result-next-guest.json"
SCHEMA = jsonschema.Draft202012Validator(json.load(open("reports/result/result-schema.json")))


def pv(*arguments):
    return subprocess.run([PVBENCH, *arguments], capture_output=True, text=True)


def guests_of(path):
    text = pv("report", path).stdout
    return " ".join(text[text.find("\nbeside  "):].split("not known")[0].split()) if "\nbeside  " in text else ""


def drawn(path, figure, folder):
    r = pv("figure", path, f"--only={figure}", "--format=svg", "-o", folder)
    name = os.path.join(folder, f"{json.load(open(path))['suite']['name']}-{figure}.dat")
    return r, [line.split("\t") for line in open(name) if "\t" in line and not line.startswith("#")] if r.returncode == 0 else []


with tempfile.TemporaryDirectory() as work:
    for path in SWITCH, NEXT:
        errors = [e.message for e in SCHEMA.iter_errors(json.load(open(path)))]
        check(f"{os.path.basename(path)} is as its schema says", not errors, errors)
    means = {r["setting"]: {b["name"]: b["cost"]["mean"] / b["ops_per_iteration"] for b in r["benchmarks"] if b.get("cost")}
             for r in json.load(open(SWITCH))["runs"]}
    losses = {(setting, name): mean / means[setting.split("+")[0] + "+pv@lab" if "+pv" in setting else setting.split("+")[0] + "@lab"][name]
              for setting, of in means.items() if "guests" in setting for name, mean in of.items()}
    (setting, name), most = max(losses.items(), key=lambda loss: loss[1])
    finding = " ".join(pv("report", SWITCH).stdout.split("date  ")[0].split())
    check("the finding is of guests alone, and says who loses most by whom", f"{setting.split('+')[-1].split('@')[0]} costs most ({name} in "
          f"{setting.split('/')[1].split('+')[0].upper()}: " in finding and f"{most:.3g} times)" in finding and "guests-yield pays" not in finding, (finding, losses))
    text = guests_of(SWITCH)
    check("what a guest loses by another that yields, too, and its share", "xen pv, 2guests-yield: yield 2001 to 7579 (+278.8 %), at the longest "
          "7579, 50 % of what all of them ran (50 due); 1 the same" in text, text)
    text = guests_of(NEXT)
    check("of a guest that was not measured alone, that", "nothing to hold it against" in text, text)
    check("what the second one and the last one cost", "guest 2 took 25.64M to create, with 125 requests to XenStore" in text
          and "guest 7 took 32.64M to create, with 130 requests to XenStore, and 14.41M to destroy" in text, text)
    check("a result of guests that are alone says nothing of it", guests_of("tests/fixtures/result-micro.json") == "")

    saved = json.load(open(NEXT))
    step = dict(saved["runs"][0]["guests"][0]["create"], store=122)
    one = {"order": 1, "live": False, "rounds": 1, "pages": 16384, "bytes": 67251224, "down": 384575109, "save": dict(step, ticks=143000000),
           "destroy": step, "restore": dict(step, ticks=188801605), "start": step}
    saved["runs"][0]["saves"] = [dict(one, pages=7), one, dict(one, order=3, live=True, rounds=6)]
    at = os.path.join(work, "saved.json")
    json.dump(saved, open(at, "w"))
    check("a run with saves is as the schema says", not list(SCHEMA.iter_errors(saved)))
    text = " ".join(pv("report", at).stdout.split())
    check("what it took to save a guest, the last time of each way", "suspended first: 16384 pages in 1 round, 67.25M bytes; down for 384.6M; 143M to save" in text
          and "188.8M to restore, with 122 requests to XenStore" in text and "live: 16384 pages in 6 rounds" in text and " 7 pages" not in text, text)
    page = os.path.join(work, "saved.html")
    pv("report", at, "--format=html", "-o", page)
    text = open(page).read()
    check("the page has both ways", "Saved and restored" in text and "live: 16384 pages in 6 rounds" in text, text[-3000:])
    check("and nothing of it where none was", " to save, " not in pv("report", NEXT).stdout)

    lost = json.load(open(SWITCH))
    bad = next(r for r in lost["runs"] if r["setting"] == "xen/pv+2guests-yield@lab")
    bad["guests"][0].update(status="crashed", end="crash", reason="it was too much")
    at = os.path.join(work, "lost.json")
    json.dump(lost, open(at, "w"))
    text = guests_of(at)
    check("beside one that crashed there is no loss", "xen pv, 2guests-yield: a guest beside it was not there all the time: it was too much" in text
          and "yield 2001" not in text, text)
    r, cells = drawn(at, "isolation", work)
    check("nor on the map", [c[4] for c in cells if c[6] == "pv+2guests-yield"] == ["n/a", "n/a"], cells)

    r, cells = drawn(SWITCH, "isolation", work)
    check("a map of losses, in per cent of the mean", {(c[6], c[7]): c[4] for c in cells} ==
          {("pv+2guests-yield", "empty"): "0", ("pv+2guests-yield", "yield"): "+279", ("pvh+2guests-yield", "empty"): "0",
           ("pvh+2guests-yield", "yield"): "+140"}, cells)
    r, rows = drawn(NEXT, "density", work)
    steps = [g["create"] for g in json.load(open(NEXT))["runs"][0]["guests"][:-1]]
    check("the next guest against how many are there", [(int(r[0]), float(r[3])) for r in rows] == [(i, s["store"]) for i, s in enumerate(steps)], rows)
    r, rows = drawn(SWITCH, "fairness", work)
    check("shares of the processor over those that are due: half each", [(r[0], r[1], r[5]) for r in rows if len(r) > 6] ==
          [("yield", "PV+2guests-yield", "50.0 of 50.0 %"), ("yield", "PVH+2guests-yield", "50.0 of 50.0 %")], rows)
    check("no guest gets more than another", all(0.99 < float(r[2]) < 1.01 for r in rows if len(r) > 6), rows)
    weighted = json.load(open(SWITCH))
    for run in weighted["runs"]:
        for g in run.get("guests", []):
            g.update(weight=256 if g["role"] == "measured" else 768, cap=0)
    at = os.path.join(work, "weighted.json")
    json.dump(weighted, open(at, "w"))
    r, rows = drawn(at, "fairness", work)
    check("against its part of the weights it got twice its share", [r[5] for r in rows if len(r) > 6] == ["50.0 of 25.0 %"] * 2, rows)
    check("and the report says so", "50 % of what all of them ran (25 due)" in guests_of(at), guests_of(at))
    for run in weighted["runs"]:
        for g in run.get("guests", []):
            g.update(weight=256, cap=0 if g["role"] == "measured" else 20)
    json.dump(weighted, open(at, "w"))
    r, rows = drawn(at, "fairness", work)
    check("beside one with a cap it has the rest", [r[5] for r in rows if len(r) > 6] == ["50.0 of 80.0 %"] * 2, rows)
    for path, words in (SWITCH, ("Beside other guests", "2guests-yield: yield 2001 to 7579")), (NEXT, ("The next guest", "with 130 requests to XenStore")):
        at = os.path.join(work, "page.html")
        r = pv("report", path, "--format=html", "-o", at)
        page = open(at).read() if r.returncode == 0 else r.stderr
        check(f"the page has it, too: {words[0]}", all(w in page for w in words), page[:300])
    few = copy.deepcopy(json.load(open(NEXT)))
    del few["runs"][0]["guests"][1:-1]
    at = os.path.join(work, "few.json")
    json.dump(few, open(at, "w"))
    for path, figure, why in ((at, "density", "run the suite guests"), (NEXT, "isolation", "run the suite neighbours"),
                              (NEXT, "fairness", "run the suite fairness")):
        r = pv("figure", path, f"--only={figure}", "-o", work)
        check(f"{figure}: why it cannot be drawn", r.returncode != 0 and why in r.stderr, r.stderr)
end()
