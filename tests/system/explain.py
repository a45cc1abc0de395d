#!/usr/bin/python3
"""`pvbench explain`: what it refuses, its pages of flame graphs, in a browser, and where else they stand."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.dom.minidom

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "tests"), os.path.join(ROOT, "tests", "system")]
import browser  # noqa: E402
from tap import check, end  # noqa: E402

PVBENCH = os.path.join(ROOT, "build", "pvbench")
EVIL = "<img src=x onerror=alert(1)>&\"'"


def run(*arguments):
    return subprocess.run([PVBENCH, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)


def refused(what, status, wanted, *arguments):
    said = run(*arguments)
    check("refused in one line: " + what, said.returncode == status and said.stderr.count("\n") == 1 and
          wanted in said.stderr and not said.stdout, said.stderr + said.stdout[:200])


def changed(path, folder, name, change):
    with open(path) as f:
        document = json.load(f)
    change(document)
    into = os.path.join(folder, name)
    with open(into, "w") as f:
        json.dump(document, f)
    return into


def name_it(document):
    document["runs"][0]["functions"] = [[owner, EVIL if owner == "minivisor" else name]
                                        for owner, name in document["runs"][0]["functions"]]


def graphs(page, path):
    page.size(1280, 1000)
    page.open(path)
    page.js("document.querySelectorAll('details.workload').forEach(d => d.open = true)")
    frames = page.js("""Array.from(document.querySelectorAll('svg.flame')[0].querySelectorAll('svg.fr'), f =>
        [f.querySelector('title').textContent, f.getBoundingClientRect().width])""")
    wide = page.js("document.querySelectorAll('svg.flame')[0].getBoundingClientRect().width")
    check("frames are as wide as what was executed", frames and all(width <= wide + 1 for _, width in frames) and
          any(title.startswith("do_mmu_update (minivisor): ") for title, _ in frames), frames[:3])
    select = "Array.from(document.querySelectorAll('svg.flame')[0].querySelectorAll('svg.fr')).find(f => " \
             "f.querySelector('title').textContent.startsWith('do_mmu_update'))"
    page.js(select + ".id = 'it'")
    width = "document.querySelector('#it').getBoundingClientRect().width"
    before = page.js(width)
    page.click("#it")
    zoomed, told = page.js(width), page.js("document.getElementById('said').textContent")
    check("a click shows one by itself", before < wide / 2 and abs(zoomed - wide) < 2 and "do_mmu_update" in told, (before, zoomed, told))
    page.click("#it")
    check("another all again", abs(page.js(width) - before) < 1)
    page.js("document.querySelector('svg.fr[tabindex=\"0\"]').focus()")
    for key, code in (("ArrowRight", 39), ("ArrowDown", 40), ("Enter", 13)):
        page.key(key, code)
    at = page.js("[document.activeElement.querySelector('title').textContent, document.activeElement.getBoundingClientRect().width]")
    check("so does the keyboard", abs(at[1] - wide) < 2, at)
    page.key("Escape", 27)
    check("and Escape", page.js("document.getElementById('said').textContent") == "All is shown")
    check("nothing is fetched, nothing goes wrong", not page.errors() and not page.requests(), page.errors()[:2])


def other_build(document):
    """The same run of another build: one function's name is another, and another executes 16 instructions more."""
    run_of = document["runs"][0]
    names = [name for _, name in run_of["functions"]]
    for bench in run_of["benchmarks"]:
        for region in (bench["cold"], bench["steady"]):
            operations = bench["ops_per_iteration"] * (bench["iterations"] if region is bench["steady"] else 1)
            nodes = region["nodes"]
            for i in range(0, len(nodes), 5):
                if names[nodes[i + 1]] == "do_mmu_update":
                    nodes[i + 2] += 16 * operations
                    region["instructions"] += 16 * operations
    run_of["functions"][names.index("do_iret")][1] = "do_iret_once"


def of_stacks(text, numbers):
    """{stack: numbers}, as programs for folded stacks read them"""
    lines = [re.fullmatch(r"(.*)" + r" (\d+)" * numbers, line) for line in text.splitlines()]
    assert lines and all(lines), text[:300]
    return {line[1]: tuple(map(int, line.groups()[1:])) for line in lines}


def of_message(data):
    """[(field, number or bytes)] of a message of protocol buffers (protobuf.dev, "Encoding")"""
    fields, at = [], 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte, at = data[at], at + 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(data):
        key = varint()
        assert key & 7 in (0, 2), key
        value = varint()
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        fields.append((key >> 3, value))
    assert at == len(data)
    return fields


def pprof(path, work):
    """The same stacks as the folded ones, by the numbers of profile.proto."""
    packed = os.path.join(work, "x.pb.gz")
    said = run("explain", "--format=pprof", "-o", packed, path)
    with gzip.open(packed) as f:
        profile = of_message(f.read())
    strings = [text.decode() for field, text in profile if field == 6]
    functions = {f[1]: f for f in (dict(of_message(m)) for field, m in profile if field == 5)}
    places = {loc[1]: functions[dict(of_message(loc[4]))[1]] for loc in (dict(of_message(m)) for field, m in profile if field == 4)}
    stacks = {}
    for field, m in profile:
        if field != 2:
            continue
        sample = of_message(m)
        labels = {strings[label[1]]: strings[label[2]] for label in (dict(of_message(x)) for f, x in sample if f == 3)}
        frames = ["%s`%s" % (strings[places[x][4]], strings[places[x][2]]) for f, x in reversed(sample) if f == 1]
        stacks[";".join([labels["setting"], labels["workload"], *frames])] = (next(x for f, x in sample if f == 2),)
    unit = dict(of_message(next(m for field, m in profile if field == 1)))
    check("pprof's profile has the stacks that the folded have", said.returncode == 0 and strings[0] == "" and
          (strings[unit[1]], strings[unit[2]]) == ("instructions", "count") and
          stacks == of_stacks(run("explain", "--format=folded", path).stdout, 1), (said.stderr, list(stacks)[:3]))


def changes(path, work):
    base = changed(path, work, "base.explain.json", other_build)
    both = of_stacks(run("explain", "--against", base, "--format=folded", path).stdout, 2)
    before, now = (of_stacks(run("explain", "--format=folded", of).stdout, 1) for of in (base, path))
    check("folded: an entry is the root of what was executed for it", any(
        ";entry`hypercall mmu_update;minivisor`syscall_entry" in stack for stack in now), list(now)[:5])
    check("folded, --against: each stack with both numbers", set(both) == set(before) | set(now) and
          all(both[stack] == before.get(stack, (0,)) + now.get(stack, (0,)) for stack in both))
    page = os.path.join(work, "changed.html")
    said = run("explain", "--against", base, "--format=html", "-o", page, path)
    with open(page) as f:
        text = f.read()
    check("html, --against: what changed is said", said.returncode == 0 and "do_mmu_update -16 (minivisor)" in text and
          re.search(r"do_iret new \+\d+ \(minivisor\)", text) and re.search(r"do_iret_once gone -\d+ \(minivisor\)", text) and
          "minivisor/pv@lab as before" in text, said.stderr)
    evil = run("explain", "--against", base, "--format=html", changed(path, work, "evil.json", name_it)).stdout
    check("html, --against: names stay text", "&lt;img" in evil and "<img" not in evil)


def paths(path, work):
    """Each of its kinds comes with another in an iteration, and has a path of its own."""
    said = run("explain", "--format=paths", path)
    reached = {head: text for head, text in re.findall(r"^(.*?) on minivisor/pv@lab: .*\n((?:    .*\n)*)", said.stdout, re.M)}
    check("paths: every kind of entry has its own", set(reached) == {"forward page_fault", "hypercall mmu_update",
          "hypercall iret"} and "forward_page_fault" in reached["forward page_fault"] and
          "do_iret" in reached["hypercall iret"] and "do_iret" not in reached["hypercall mmu_update"] and
          "do_mmu_update" in reached["hypercall mmu_update"], said.stdout + said.stderr)
    with open(path) as f:
        document = json.load(f)
    for bench in document["runs"][0]["benchmarks"]:
        for region in (bench["cold"], bench["steady"]):
            del region["entries"]
    old = os.path.join(work, "old.explain.json")
    with open(old, "w") as f:
        json.dump(document, f)
    said = run("explain", "--format=paths", old)
    check("paths of an older explanation: none, and why", "run the suite again with --explain" in said.stdout, said.stdout)


def report(result, into, *options):
    said = run("report", "--format=html", "-o", into, *options, result)
    with open(into) as f:
        return f.read() if said.returncode == 0 else said.stderr


def on_the_results_page(result, work):
    page = report(result, os.path.join(work, "result.html"))
    check("a result's page has its flame graphs", '<h2 id="functions">' in page and page.count('class="flame"') == 2 and
          'href="#functions"' in page and len(page) < 3 << 20, page[:200])
    graph = re.compile(r'<svg class="flame".*</svg>')
    with open(os.path.join(work, "page.html")) as f:
        check("they are those of the explanation's page", graph.findall(page) == graph.findall(f.read()))
    alone = os.path.join(work, "alone.json")
    shutil.copy(result, alone)
    plain = report(alone, os.path.join(work, "plain.html"))
    check("without an explanation it has none", "<h2 id=\"functions\">" not in plain and "#functions" not in plain)
    changed(os.path.join(work, "r.explain.json"), work, "alone.explain.json", other_build)
    check("another result's explanation changes nothing, to the byte", report(alone, os.path.join(work, "other.html")) == plain)


def figure(result, work):
    folder = os.path.join(work, "figure")
    said = run("figure", "--only=functions", "--format=svg", "-o", folder, result)
    with open(os.path.join(folder, "micro-functions.dat")) as f:
        data = f.read()
    pieces = [line.split("\t") for line in data.split("# bars: ")[0].splitlines() if line.startswith("0\tpage_fault")]
    with open(os.path.join(work, "r.explain.json")) as f:
        bench = next(b for b in json.load(f)["runs"][0]["benchmarks"] if b["name"] == "page_fault")
    cost = bench["steady"]["instructions"] / bench["iterations"] / bench["ops_per_iteration"]
    check("the figure's pieces are the operation", said.returncode == 0 and len(pieces) == 7 and
          abs(sum(float(p[4]) for p in pieces) - cost) < 0.01 and max(float(p[6]) for p in pieces) == 100, (pieces, said.stderr))
    parts = run("figure", "--only=functions", "--format=svg", "--height=150", "--font-size=14", "-o",
                folder, result)
    check("in parts, one of which has no words below its bars", parts.returncode == 0 and parts.stdout.count(".svg\n") == 2,
          parts.stderr)
    refused("a figure of functions that nobody explained", 1, "run the suite in the lab with --explain", "figure",
            "--only=functions", "-o", folder, os.path.join(ROOT, "tests", "fixtures", "result-micro.json"))


def on_paper(page, path):
    """How many pages it takes."""
    page.open(path)
    pdf = path.replace(".html", ".pdf")
    page.pdf(pdf)
    return int(re.search(r"Pages:\s+(\d+)", subprocess.run(["pdfinfo", pdf], capture_output=True, text=True).stdout)[1])


def in_browser(page, html, work):
    graphs(page, html)
    for name in ("result", "changed"):
        path = os.path.join(work, name + ".html")
        for width, dark in ((360, False), (1280, True)):
            page.size(width, 740, width < 500)
            page.media(dark)
            page.open(path)
            page.js("document.querySelectorAll('details').forEach(d => d.open = true)")
            wide = page.js("document.documentElement.scrollWidth")
            out = page.js("""Array.from(document.querySelectorAll('svg.flame')).filter(f => {
                const a = f.getBoundingClientRect(), b = f.parentElement.getBoundingClientRect();
                return a.left < b.left || a.right > b.right; }).length""")
            least = page.js(browser.CONTRAST)
            check(f"{name}, {width} pixels, {'dark' if dark else 'light'}: it fits and can be read",
                  wide <= width and out == 0 and least[0] >= 4.5, (wide, out, least))
        check(f"{name}: nothing is fetched, nothing goes wrong", not page.errors() and not page.requests(), page.errors()[:2])
    page.media()
    page.size(1280, 1000)
    page.open(os.path.join(work, "result.html"))
    page.js("location.hash = '#f-page_fault'")
    check("a link unfolds a workload's flame graphs", page.js(
        "new Promise(r => setTimeout(() => r(document.getElementById('f-page_fault').open), 100))"))
    names = page.js("""Array.from(document.querySelectorAll('#f-page_fault svg.flame, #f-page_fault svg.fr'),
        e => e.getAttribute('aria-label')).filter(name => !name).length""")
    check("every frame has a name", names == 0)
    pages = {name: on_paper(page, os.path.join(work, name + ".html")) for name in ("plain", "result")}
    check("on paper they take no page", pages["result"] <= pages["plain"] + 1, pages)


with tempfile.TemporaryDirectory() as work:
    result, path = os.path.join(work, "r.json"), os.path.join(work, "r.explain.json")
    said = run("run", "micro", "--explain", "--hypervisor", "minivisor", "--mode", "pv", "--workload", "page_fault",
               "--workload", "compute", "-q", "-o", result)
    check("a run with --explain leaves two files", said.returncode == 0 and os.path.exists(path), said.stderr)
    refused("a result in place of an explanation", 1, "give the file that pvbench run --explain", "explain", result)
    refused("a file that is not there", 1, "none.json: ", "explain", os.path.join(work, "none.json"))
    refused("a workload that is not there", 1, "--workload none: fits nothing in it; it has ", "explain", "--workload", "none", path)
    refused("--against with a format", 2, "give one of these", "explain", "--against", path, "--format=sums", path)
    refused("--explain on a host", 2, "--machine host", "run", "micro", "--explain", "--machine", "host", "-o", result)
    refused("--explain to a pipe", 1, "give a file with -o", "run", "micro", "--explain", "-o", "-")
    refused("an explanation that does not add up", 1, "do not sum up", "explain", changed(
        path, work, "sum.json", lambda d: d["runs"][0]["benchmarks"][0]["steady"].update(instructions=1)))
    html = os.path.join(work, "page.html")
    said = run("explain", "--format=html", "-o", html, path)
    with open(html) as f:
        text = f.read()
    check("the page is made", said.returncode == 0 and text.count('class="flame"') == 2 and len(text) < 3 << 20, said.stderr)
    xml.dom.minidom.parseString(text[text.index('<svg class="flame"'):text.index("</details>")])
    evil = os.path.join(work, "evil.html")
    run("explain", "--format=html", "-o", evil, changed(path, work, "evil.json", name_it))
    with open(evil) as f:
        check("names stay text", "<img" not in f.read())
    pprof(path, work)
    changes(path, work)
    paths(path, work)
    on_the_results_page(result, work)
    figure(result, work)
    browser.use("the pages in a browser", in_browser, html, work)
end()
