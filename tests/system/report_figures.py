#!/usr/bin/python3
"""The figures: all files are there, whole and drawable again, and no word lies upon another."""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402

PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
SVG = "{http://www.w3.org/2000/svg}"
ENDINGS = (".svg", ".pdf", ".png", ".dat", ".gp")


def text_width(text, size):
    """Of DejaVu Sans, roughly, rather too small than too large."""
    narrow, wide = " ijl.,:;'|!()[]ftrI", "mwMW×"
    return size * sum(0.33 if c in narrow else 0.8 if c in wide else 0.58 for c in text)


def words(path):
    """(text, left, top, right, bottom) of every word group, in the picture's units."""
    tree = ET.parse(path)
    found = []
    for g in tree.iter(SVG + "g"):
        place = re.match(r"translate\(([-0-9.]+),([-0-9.]+)\)$", g.get("transform", ""))
        if not place or "font-size" not in g.attrib:
            continue
        text = "".join("".join(t.itertext()) for t in g.findall(SVG + "text")).strip()
        if not text:
            continue
        x, y, size = float(place[1]), float(place[2]), float(g.get("font-size"))
        width = text_width(text, size)
        x -= {"start": 0, "middle": width / 2, "end": width}[g.get("text-anchor", "start")]
        found.append((text, x, y - 0.7 * size, x + width, y + 0.15 * size))
    return found


def overlaps(boxes):
    return [(a[0], b[0]) for i, a in enumerate(boxes) for b in boxes[:i]
            if a[1] < b[3] and b[1] < a[3] and a[2] < b[4] and b[2] < a[4]]


def outside(path, boxes):
    width, height = (float(v) for v in ET.parse(path).getroot().get("viewBox").split()[2:])
    return [b[0] for b in boxes if b[1] < 0 or b[2] < 0 or b[3] > width or b[4] > height]


def look(base, expected):
    boxes = words(base + ".svg")
    texts = [b[0] for b in boxes]
    lost = [t for t in expected if not any(t in text for text in texts)]
    check("its SVG has its words", not lost, f"missing: {lost}")
    hits = overlaps(boxes)
    check(f"none of its {len(boxes)} words overlap", len(boxes) > 20 and not hits, str(hits[:5]))
    check("all words are on the page", not outside(base + ".svg", boxes), str(outside(base + ".svg", boxes)[:5]))
    page = subprocess.run(["pdfinfo", base + ".pdf"], capture_output=True, text=True)
    size = re.search(r"Page size:\s+([0-9.]+) x", page.stdout)
    check("its PDF is one page, 165 mm wide",
          page.returncode == 0 and "Pages:           1\n" in page.stdout and size and abs(float(size[1]) - 468) < 1,
          page.stdout + page.stderr)
    pdf = subprocess.run(["pdftotext", "-layout", base + ".pdf", "-"], capture_output=True, text=True).stdout
    lost = [t for t in expected if t not in pdf]
    check("its PDF has its words", not lost, f"missing: {lost}")
    head = open(base + ".png", "rb").read(24)
    width, height = struct.unpack(">II", head[16:24])
    check("its PNG is a picture of 200 dots an inch", head[:8] == b"\x89PNG\r\n\x1a\n" and width == 1300 and height > 500,
          f"{width} x {height}")
    for ending, least in ((".svg", 5000), (".pdf", 5000), (".png", 20000), (".dat", 200), (".gp", 500)):
        if os.path.getsize(base + ending) < least:
            check(f"{base}{ending} is not trivial", False, str(os.path.getsize(base + ending)))


def draw(folder, result, *options):
    return subprocess.run([PVBENCH, "figure", result, "-o", folder, *options], capture_output=True, text=True)


EXPECTED = {
    "micro-entries": ["null_hypercall", "address_space_lifecycle", "xen_version", "VMMCALL", "H: hypercall", "HVM",
                      ".03: mmu_update", "No entries in any mode: empty, interrupt_mask, clock_read, compute, memory_walk",
                      "entries into the hypervisor per operation"],
    "micro-cost": ["null_hypercall", "memory_walk", "59512", "176.8", "PV", "HVM", "instructions per operation"],
    "mixed-entries": ["not counted", "crashed", "n/a", "mmu_update ×22", "The panels have different scales", "kvm HVM host"],
    "mixed-cost": ["timeout", "crashed", "n/a", "2030", "pte_update_batch/64", "kvm HVM host: cycles"],
}

with tempfile.TemporaryDirectory() as folder:
    for suite in ("micro", "mixed"):
        out = os.path.join(folder, "new", "folder")
        run = draw(out, f"tests/fixtures/result-{suite}.json")
        names = [f"{out}/{suite}-{figure}{ending}" for figure in ("entries", "cost") for ending in ENDINGS]
        check(f"pvbench figure draws {suite} and names its files", run.returncode == 0
              and run.stdout.split() == names and all(os.path.exists(n) for n in names), run.stdout + run.stderr)
        if run.returncode == 0:
            for figure in ("entries", "cost"):
                look(f"{out}/{suite}-{figure}", EXPECTED[f"{suite}-{figure}"])
    check("nothing else is left in the folder", len(os.listdir(out)) == 20, str(sorted(os.listdir(out))))

    again = os.path.join(folder, "again")
    os.mkdir(again)
    for ending in (".gp", ".dat"):
        shutil.copy(f"{out}/micro-entries{ending}", again)
    run = subprocess.run(["gnuplot", "micro-entries.gp"], cwd=again, capture_output=True, text=True)
    same = os.path.exists(f"{again}/micro-entries.svg") and \
        open(f"{again}/micro-entries.svg").read() == open(f"{out}/micro-entries.svg").read()
    check("gnuplot draws the same from the script and the data alone", run.returncode == 0 and same, run.stderr)

    only = os.path.join(folder, "only")
    run = draw(only, "tests/fixtures/result-micro.json", "--only=cost", "--format=png,svg")
    check("--only and --format", run.returncode == 0 and sorted(os.listdir(only)) ==
          ["micro-cost.dat", "micro-cost.gp", "micro-cost.png", "micro-cost.svg"], str(os.listdir(only)) + run.stderr)

    # The check of overlaps must be able to fail.
    svg = open(f"{out}/micro-cost.svg").read()
    doctored = os.path.join(folder, "doctored.svg")
    moved = re.sub(r'translate\(([0-9.]+),[0-9.]+\)("[^>]*>\s*<text[^>]*>\s*cpuid)',
                   lambda m: "translate(%s,%s)%s" % (m[1], re.search(
                       r'translate\([0-9.]+,([0-9.]+)\)"[^>]*>\s*<text[^>]*>\s*port_in', svg)[1], m[2]), svg)
    open(doctored, "w").write(moved)
    check("a word upon another would be found", moved != svg and ("port_in", "cpuid") in overlaps(words(doctored)))

end()
