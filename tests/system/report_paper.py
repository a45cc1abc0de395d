#!/usr/bin/python3
"""pvbench figure --paper: every figure and table is there, says what the result says, can be
read, can be drawn again to the byte, and LaTeX takes it."""

import glob
import html
import itertools
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end, skip  # noqa: E402

PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
FULL, SCALING = "tests/fixtures/result-full.json", "tests/fixtures/result-scaling.json"
LINUX, SMP = "tests/fixtures/result-linux.json", "tests/fixtures/result-smp.json"
IO = "tests/fixtures/result-parts.json"
ENDINGS = {".svg", ".pdf", ".png", "-cairolatex.tex", "-cairolatex.pdf", ".dat", ".gp"}
COLUMNS = ["minivisor PV", "minivisor HVM", "kvm PV", "kvm HVM", "xen PV", "xen PVH", "xen HVM"]


def pvbench(*arguments):
    return subprocess.run([PVBENCH, "figure", *arguments], capture_output=True, text=True)


def figures():
    """All that there are, but for those that suites of their own have."""
    named = re.findall(r"^ {29}([a-z]+): ", pvbench("--help").stdout, re.M)
    return set(named) - {"scaling", "parts", "functions", "mitigations", "isolation", "density", "fairness", "lmbench", "dall", "xen2003"}


def words(pdf):
    """The page's size, and (text, left, top, right, bottom) of each word, as the PDF's own fonts have it."""
    text = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True).stdout
    page = re.search(r'<page width="([0-9.]+)" height="([0-9.]+)"', text)
    found = []
    for box in re.finditer(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', text):
        left, top, right, bottom = (float(box[i]) for i in range(1, 5))
        # The box is a line's, from the highest ascender to the lowest descender; ink takes less.
        high = bottom - top
        found.append((html.unescape(box[5]), left + 0.2, top + 0.22 * high, right - 0.2, bottom - 0.2 * high))
    return (float(page[1]), float(page[2])) if page else (0, 0), found


def overlaps(boxes):
    return [(a[0], b[0]) for a, b in itertools.combinations(boxes, 2)
            if a[1] < b[3] and b[1] < a[3] and a[2] < b[4] and b[2] < a[4]]


def look(folder, what):
    """No word of any figure lies upon another or leaves its page, at the printed size."""
    hits, out, few, high = [], [], [], []
    for pdf in sorted(glob.glob(f"{folder}/*.pdf")):
        if "cairolatex" in pdf:
            continue  # its words are LaTeX's
        name = os.path.basename(pdf)
        (width, height), boxes = words(pdf)
        hits += [(name, *pair) for pair in overlaps(boxes)]
        out += [(name, b[0]) for b in boxes if b[1] < 0 or b[2] < 0 or b[3] > width or b[4] > height]
        few += [name] if len(boxes) < 15 else []
        high += [(name, height)] if height > 641 else []
    check(f"{what}: no word lies upon another", not hits, hits[:6])
    check(f"{what}: no word leaves the page", not out, out[:6])
    check(f"{what}: every figure has words, and fits a page", not few and not high, few + high)


def blocks(path):
    """A data file's blocks: (heading, lines of fields)."""
    found = []
    for block in open(path).read().split("\n\n\n"):
        lines = [l for l in block.split("\n") if l]
        heading = [l for l in lines if l.startswith("#")][-1]
        found.append((heading, [l.split("\t") for l in lines if not l.startswith("#")]))
    return found


def benchmarks(path):
    """{(workload, parameter): {column: benchmark}}"""
    found = {}
    for run in json.load(open(path))["runs"]:
        for b in run["benchmarks"]:
            column = f"{run['hypervisor']['name']} {run['mode'].upper()}"
            found.setdefault((b["name"], b.get("parameter")), {})[column] = b
    return found


def cost(b):
    return b["cost"]["median"] / b["ops_per_iteration"] if b.get("cost") else None


def near(a, b):
    return math.isclose(a, b, rel_tol=1e-6)


def look_at_data(folder):
    results = benchmarks(FULL)
    wrong, seen = [], 0
    for path in glob.glob(f"{folder}/micro-normalized-*.dat"):
        for heading, lines in blocks(path)[:len(COLUMNS)]:
            for workload, column, ratio, *_ in lines:
                b = results[(workload, None)]
                if ratio != "NaN":
                    seen += 1
                    wrong += [] if near(float(ratio), cost(b[column]) / cost(b["minivisor HVM"])) else [(workload, column)]
    check("normalized costs are those of the result, all of them", not wrong and seen == 22 * 7 - 3, (wrong, seen))

    shares = {(w, c): list(map(float, l[2:])) for path in glob.glob(f"{folder}/micro-breakdown-*.dat")
              for _, lines in blocks(path) for w, c, *l in [[f[0], f[1], *f[6:]] for f in lines if len(f) == 10 and f[0]]
              if l[0] != "NaN" for l in [[0, 0, *l]]}
    b = results[("page_fault", None)]["minivisor PV"]
    handlers = sum(k["cost"]["mean"] for c in b["entries"].values() for k in c.values())  # each is constant
    check("the handlers' share of a page fault is what was measured",
          near(100 - shares[("page_fault", "minivisor PV")][2], 100 * handlers / b["cost"]["mean"]),
          shares.get(("page_fault", "minivisor PV")))
    check("shares grow to 100", all(s == sorted(s) and s[3] == 100 for s in shares.values()), shares)
    words_of = " ".join(re.findall(r"small\('(.*?)'\)", open(f"{folder}/micro-breakdown-1.gp").read()))
    check("Xen is named and not split", not any(c.startswith("xen") for _, c in shares)
          and "not timed: xen PV." in words_of and "xen PVH, xen HVM." in words_of, words_of)

    curves = [(h, [list(map(float, f)) for f in lines if f[0] != "NaN"]) for h, lines in blocks(f"{folder}/micro-cdf.dat")]
    check("curves of a distribution rise from 0 to 1", len(curves) >= 7 and all(
        c == sorted(c) and (not c or (c[0][1] == 0 and near(c[-1][1], 1))) for _, c in curves), curves[:2])

    cells = blocks(f"{folder}/micro-heatmap.dat")[0][1]
    mean = {(f[5], f[6]): float(f[7]) for f in cells}
    traps = [[cost(results[(w, None)][c]) for c in COLUMNS] for w in ("syscall", "exception")]
    expected = math.sqrt(math.prod(t[4] / min(t) for t in traps))
    check("the map's cell is the geometric mean over its workloads", near(mean[("traps", "xen PV")], expected),
          (mean, expected))
    check("the map has a cell a subsystem and column", len(cells) == 6 * 7, len(cells))


def look_at_colours(folder):
    """In grey the columns differ: by lightness, or by a pattern."""
    def lightness(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                  for c in (int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5))]
        y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y
    for figure in ("cost-1", "breakdown-1", "entries-1"):
        script = open(f"{folder}/micro-{figure}.gp").read()
        looks = re.findall(r"set object \d+ rectangle .* fillcolor rgb '(#\w+)' fillstyle (solid|pattern \d)", script)
        textures = {}
        for colour, fill in looks:
            textures.setdefault(fill, []).append(lightness(colour))
        apart = all(b - a > 8 for l in map(sorted, textures.values()) for a, b in zip(l, l[1:]))
        check(f"{figure}: within a texture colours differ in lightness, and no two columns look alike",
              len(looks) > 2 and apart and len(set(looks)) == len(looks), looks)
    script = open(f"{folder}/micro-cost-1.gp").read()
    key = dict(re.findall(r"rgb '(#\w+)' fillstyle (?:solid|pattern).*\nset label \d+ keys\('(?:\w+ )?(\w+)'", script))
    fills = dict(re.findall(r"fillstyle (solid|pattern \d).*\nset label \d+ keys\('(\w+) \w+'", script))
    check("colour says the mode, texture the hypervisor", len(key) == 3 and len(fills) == 3 and
          len(re.findall(r"rgb '#0b3c6f' fillstyle .*\nset label \d+ keys\('\w+ PV'", script)) == 3, (key, fills))


def look_at_parts(folder):
    """A bar is as long in one part of a figure as in another."""
    for figure in ("cost", "normalized", "entries"):
        frames = [re.findall(r"^set (?:xrange .*|[lr]margin at screen .*)$", open(path).read(), re.M)
                  for path in sorted(glob.glob(f"{folder}/micro-{figure}-*.gp"))]
        scale = {tuple(l for l in f if "margin" in l)[:2] + tuple(r for r in f if "xrange" in r) for f in frames}
        ranges = {r for f in frames for r in f if "xrange" in r}
        check(f"the {len(frames)} parts of {figure} share their axis", len(frames) > 1 and
              len(ranges) <= (2 if figure == "entries" else 1) and len({s[:2] for s in scale}) == 1, frames)


def draw_again(folder, again):
    """From script and data alone, in another place and time zone."""
    os.mkdir(again)
    for path in glob.glob(f"{folder}/*.gp") + glob.glob(f"{folder}/*.dat"):
        shutil.copy(path, again)
    failed = []
    for script in sorted(os.path.basename(p) for p in glob.glob(f"{again}/*.gp")):
        run = subprocess.run(["gnuplot", script], cwd=again, capture_output=True, text=True,
                             env={**os.environ, "TZ": "Asia/Tokyo"})
        failed += [run.stderr] if run.returncode or run.stderr else []
    check("gnuplot draws every script alone, without a word", not failed, failed[:2])
    pictures = [os.path.basename(p) for p in glob.glob(f"{folder}/*") if p.endswith((".svg", ".pdf", ".png", "latex.tex"))]
    differ = [p for p in pictures if not os.path.exists(f"{again}/{p}") or
              open(f"{folder}/{p}", "rb").read() != open(f"{again}/{p}", "rb").read()]
    check(f"and its {len(pictures)} files are the same bytes", len(pictures) > 50 and not differ, differ)


def rows(tex):
    body = re.search(r"\\begin\{tabular\}\{@\{\}(\w+)@\{\}\}(.*)\\end\{tabular\}", tex, re.S)
    lines = [l for l in body[2].split("\\\\\n")]
    return len(body[1]), [re.sub(r"\\(toprule|midrule|bottomrule|cmidrule\(\w+\)\{[\d-]+\})", "", l).strip() for l in lines]


def look_at_tables(folder):
    for name in ("dall", "lmbench"):
        tex = open(f"{folder}/micro-{name}.tex").read()
        columns, lines = rows(tex)
        spans = [sum(int(n) for n in re.findall(r"\\multicolumn\{(\d+)\}", l)) + 1 - len(re.findall(r"\\multicolumn", l)) +
                 len(re.findall(r"(?<!\\)&", l)) for l in lines if l]
        check(f"{name}: every row has {columns} columns", columns == 8 and set(spans) == {8}, spans)
    tex = open(f"{folder}/micro-dall.tex").read()
    check("dall: costs are the result's", "Hypercall & 115 & 168 & 3095 & n/a & 262 & 6201 & 6852 \\\\" in tex, tex)
    check("dall: observed beside expected", "Virtual IPI & 3/3 & 2/2 & 1/1 & 2/2 & 3/3 & 2/2 & 2/2 \\\\" in tex, tex)
    check("dall: what nothing measures is empty and has its reason",
          "VM Switch\\textsuperscript{4} & -- & -- & -- & -- & -- & -- & -- \\\\" in tex and "one guest runs at a time" in tex)
    markdown = open(f"{folder}/micro-dall.md").read()
    check("dall: Markdown says the same", "| Hypercall | 115 | 168 | 3095 | n/a | 262 | 6201 | 6852 |" in markdown
          and "| Virtual IPI | 3/3 | 2/2 | 1/1 | 2/2 | 3/3 | 2/2 | 2/2 |" in markdown, markdown)


def parse_latex(folder):
    try:
        from pylatexenc import latexwalker
        for path in sorted(glob.glob(f"{folder}/*.tex")):
            try:
                latexwalker.LatexWalker(open(path).read(), tolerant_parsing=False).get_latex_nodes()
            except latexwalker.LatexWalkerParseError as e:
                check(f"{os.path.basename(path)} is LaTeX", False, str(e))
                return
        check("all LaTeX parses", True)
    except ImportError:
        skip("all LaTeX parses", "python3-pylatexenc")


def set_latex(folder):
    if not shutil.which("pdflatex") or subprocess.run(["kpsewhich", "booktabs.sty", "graphicx.sty"], capture_output=True,
                                                      text=True).stdout.count(".sty") < 2:
        skip("pdflatex sets all figures and tables", "pdflatex with booktabs")
        return
    document = "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{booktabs,graphicx,xcolor}" \
               "\\begin{document}\n"
    for path in sorted(glob.glob(f"{folder}/*.tex")):
        document += "\\clearpage\\input{%s}\n" % os.path.basename(path)
    open(f"{folder}/document.tex", "w").write(document + "\\end{document}\n")
    run = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"], cwd=folder,
                         capture_output=True, text=True, errors="replace")
    check("pdflatex sets all figures and tables", run.returncode == 0, run.stdout[-800:])


def crossing(folder):
    """Two curves that cross at a known place: 10^9 / n is 10^6 at 1000, between two sizes that were measured."""
    result = json.load(open(SCALING))
    for run in result["runs"]:
        for b in run["benchmarks"]:
            c = b.get("cost")
            if b["name"] == "memory_walk":
                falls = run["hypervisor"]["name"] == "kvm" and run["mode"] == "pv"
                value = 1e9 / b["parameter"] if falls else 1e6
                b["ops_per_iteration"] = 1
                c.update(min=value, median=value, mean=value, p99=value, max=value)
                c.pop("distribution", None)
    path = os.path.join(folder, "crossing.json")
    json.dump(result, open(path, "w"))
    run = pvbench(path, "-o", f"{folder}/crossing", "--only=scaling", "--format=svg")
    text = re.sub(r"(<[^>]*>|\s)+", " ", open(f"{folder}/crossing/scaling-scaling.svg").read())
    said = re.search(r"memory_walk, cheaper from N = 1024 on, and not yet at 256:((?: kvm PV than [\w ]+[,.]){6})", text)
    check("a crossing is found between the sizes where it is, and no size is made up", run.returncode == 0 and said
          and text.count("cheaper from N") >= 1, (run.stderr, text[-1500:]))


def whose_instructions(folder):
    """The suite io: the parts of an operation, the ways of Dall et al., the law of a batch."""
    run = pvbench("--paper", f"{folder}/io", IO)
    check("a result with parts has a figure of them", run.returncode == 0 and
          {f"io-parts{e}" for e in ENDINGS} <= {os.path.basename(p) for p in run.stdout.split()}, run.stdout + run.stderr)
    cell = {(r["setting"], b["name"], b.get("parameter")): b for r in json.load(open(IO))["runs"] for b in r["benchmarks"]}
    ends = [list(map(float, l[6:])) for _, lines in blocks(f"{folder}/io/io-parts.dat")[:-1] for l in lines if l[2] != "NaN"]
    check("its pieces are the whole, each behind the other", len(ends) > 10 and
          all(e[0] == 0 and near(e[5], 100) and e == sorted(e) for e in ends), ends)
    parts = cell["kvm/pv+pv@lab", "blk_read", 1]["parts"]
    bar = next(l for h, lines in blocks(f"{folder}/io/io-parts.dat") for l in lines if l[:2] == ["blk_read/1", "kvm PV+pv"])
    check("and the first is the guest's", near(float(bar[7]), 100 * parts["guest"] / parts["total"]), bar)
    tex = open(f"{folder}/io/io-dall.tex").read()
    for way, name in (("Out", "io_out"), ("In", "io_in")):
        mean = parts[name]["total"] / parts[name]["samples"]
        check(f"dall: I/O Latency {way} is the way that the instructions went",
              re.search(r"I/O Latency %s, block device.*? & %d &" % (way, round(mean)), tex), (mean, tex))
    foot = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", open(f"{folder}/io/io-scaling.svg").read()))
    batches = [n * cell["xen/pv+pv@lab", "blk_read", n]["cost"]["median"] / n for n in (1, 8, 32)]
    check("a batch's law is a fixed part and one for each", re.search(r"blk_read, N together:.*xen PV\+pv [0-9.]+k \+ [0-9]+ N", foot)
          and batches == sorted(batches), foot[-1500:])
    look(f"{folder}/io", "io")


def lmbench_of_2003(folder):
    """The suite linux beside the paper's own numbers; both as multiples of the computer without a hypervisor."""
    run = pvbench("--only=xen2003,normalized", "-o", f"{folder}/linux", LINUX)
    tex, markdown = (open(f"{folder}/linux/linux-xen2003.{e}").read() for e in ("tex", "md"))
    cost = {(r["setting"], b["name"]): b["cost"]["median"] for r in json.load(open(LINUX))["runs"] for b in r["benchmarks"]}
    columns, lines = rows(tex)
    spans = [sum(int(n) for n in re.findall(r"\\multicolumn\{(\d+)\}", l)) + 1 - len(re.findall(r"\\multicolumn", l)) +
             len(re.findall(r"(?<!\\)&", l)) for l in lines if l]
    check("xen2003: the paper's columns stand before the result's", run.returncode == 0 and columns == 8 and set(spans) == {8}
          and "Operation & Linux 2003 & Xen 2003 & HVM+linux & PV+linux & HVM+linux & PV+linux & PVH+linux" in tex, (run.stderr, tex))
    pv, bare = cost["xen/pv+linux@lab", "null_call"], cost["native/hvm+linux@lab", "null_call"]
    row = re.findall(r"^\| null call \| (.*) \|$", markdown, re.M)
    check("a cost, a multiple and the entries, each in its own part", len(row) == 3 and
          row[0].split(" | ")[:3] + row[0].split(" | ")[5:6] == ["0.45", "0.46", f"{bare:g}", f"{pv:g}"] and
          row[1].split(" | ")[:3] + row[1].split(" | ")[5:6] == ["1.00", "1.02", "1.00", f"{pv / bare:.2f}"] and
          row[2].split(" | ")[:3] + row[2].split(" | ")[5:6] == ["-", "-", "-", "2"], row)
    check("what was not measured is no number", "| sh | 4000 | 4800 | - |" in markdown, markdown)
    script = "".join(open(path).read() for path in glob.glob(f"{folder}/linux/linux-normalized*.gp"))
    key = {m[2]: m[1] for m in re.finditer(r"fillcolor rgb '(#\w+)' .*\nset label \d+ keys\('(.*?)'", script)}
    check("a guest with Linux has the colour of its mode", key["xen PV+linux"] == key["kvm PV+linux"] == "#0b3c6f" and
          key["xen PVH+linux"] == "#4f9a8a" and key["native HVM+linux"] == key["kvm HVM+linux"] == "#f4b95a", key)
    pvbench("--only=cost", "--format=svg", "-o", f"{folder}/smp", SMP)
    script = "".join(open(path).read() for path in glob.glob(f"{folder}/smp/smp-cost*.gp"))
    key = {m[2]: m[1] for m in re.finditer(r"fillcolor rgb '(#\w+)' .*\nset label \d+ keys\('(.*?)'", script)}
    light = [sum(int(key[name][i:i + 2], 16) for i in (1, 3, 5)) for name in key if name.startswith("PV+")]
    check("and of several settings of one mode each has a lighter shade", len(light) > 1 and light == sorted(set(light)), key)
    parse_latex(f"{folder}/linux")


def other_entries(folder):
    result = json.load(open(FULL))
    for run in result["runs"]:
        for b in run["benchmarks"]:
            if b["name"] == "page_fault" and run["mode"] == "pv" and run["hypervisor"]["name"] == "xen":
                b["entries"]["hypercall"]["mmu_update"]["count"] += b["iterations"]
                b["entries_total"] += b["iterations"]
        run["hypervisor"]["version"] += " \\input{x} 100%_$&#^~{}' \"`id`"
    path = os.path.join(folder, "other.json")
    json.dump(result, open(path, "w"))
    run = pvbench("--paper", f"{folder}/other", path)
    check("a version full of commands does no harm", run.returncode == 0, run.stderr)
    tex = open(f"{folder}/other/micro-lmbench.tex").read()
    check("other entries than expected stand in bold", "page fault & 3/3 & 0/0 & 0/0 & 0/0 & \\textbf{4/3} & 0/0" in tex, tex)
    commands = [p for p in glob.glob(f"{folder}/other/micro-*.tex") if "\\input" in open(p).read()]
    check("LaTeX gets the command as words", not commands and "\\textbackslash{}input" in tex, commands)
    parse_latex(f"{folder}/other")


with tempfile.TemporaryDirectory() as folder:
    page, column = os.path.join(folder, "page"), os.path.join(folder, "column")
    begin = time.monotonic()
    run = pvbench("--paper", page, FULL, SCALING)
    print(f"# {time.monotonic() - begin:.1f} s for all figures and tables of a full result")
    files = {os.path.basename(p) for p in run.stdout.split()}
    names = {(m[1], m[2]) for m in (re.match(r"micro-([a-z]+)(?:-\d)?([.-][a-z.-]+)$", f) for f in files) if m}
    wanted = {(f, e) for f in figures() for e in ENDINGS} | {(t, e) for t in ("dall", "lmbench") for e in (".tex", ".md")}
    check("--paper draws all figures and tables in all formats", run.returncode == 0 and names == wanted,
          (sorted(wanted ^ names), run.stderr))
    check("and from the suite scaling its own", {f"scaling-scaling{e}" for e in ENDINGS} <= files)
    check("it names every file there is, once", len(files) == len(run.stdout.split()) and
          set(os.listdir(page)) == files, sorted(set(os.listdir(page)) ^ files))
    check("what cannot be drawn is named with its reason",
          "no figure micro-scaling: no workload has costs for three" in run.stderr, run.stderr)
    look(page, "page")
    pvbench("--paper", column, "--width=column", "--format=pdf", FULL, SCALING, "tests/fixtures/result-mixed.json")
    look(column, "column")
    large = os.path.join(folder, "large")
    run = pvbench("--paper", large, "--font-size=11", "--font=DejaVu Serif", "--format=pdf,svg", FULL, SCALING)
    check("a font and a size of one's own", run.returncode == 0 and "font-family=\"DejaVu Serif\"" in
          open(glob.glob(f"{large}/micro-heatmap.svg")[0]).read(), run.stderr)
    look(large, "11 points")
    check("the check can fail", overlaps([("a", 0, 0, 9, 9), ("b", 8, 8, 20, 20)]))
    look_at_data(page)
    look_at_parts(page)
    look_at_colours(page)
    look_at_tables(page)
    draw_again(page, os.path.join(folder, "again"))
    crossing(folder)
    other_entries(folder)
    whose_instructions(folder)
    lmbench_of_2003(folder)
    parse_latex(page)
    set_latex(page)
end()
