#!/usr/bin/python3
"""`pvbench explain`: what it refuses, and its page of flame graphs, in a browser."""

import json
import os
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


with tempfile.TemporaryDirectory() as work:
    result, path = os.path.join(work, "r.json"), os.path.join(work, "r.explain.json")
    said = run("run", "micro", "--explain", "--hypervisor", "minivisor", "--mode", "pv", "--workload", "page_fault",
               "--workload", "compute", "-q", "-o", result)
    check("a run with --explain leaves two files", said.returncode == 0 and os.path.exists(path), said.stderr)
    refused("a result in place of an explanation", 1, "give the file that pvbench run --explain", "explain", result)
    refused("a file that is not there", 1, "none.json: ", "explain", os.path.join(work, "none.json"))
    refused("a workload that is not there", 1, "no such workload", "explain", "--workload", "none", path)
    refused("--against with a format", 2, "leave out --format", "explain", "--against", path, "--format=folded", path)
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
    browser.use("the page in a browser", graphs, html)
end()
