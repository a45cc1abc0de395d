#!/usr/bin/python3
"""The HTML report in a real browser: it loads at once, asks for nothing, says no error; it can be sorted by
mouse and by keyboard; it fits a phone, a dark room and paper; and a hostile result stays text."""

import copy
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path[:0] = ["tests", "tests/system"]
import browser  # noqa: E402
from tap import check, end  # noqa: E402

PVBENCH = os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench")
MICRO, MIXED = "tests/fixtures/result-micro.json", "tests/fixtures/result-mixed.json"
FULL, IO = "tests/fixtures/result-full.json", "tests/fixtures/result-io.json"
EVIL = "</title><script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&"


def make(result, into, *options):
    return subprocess.run([PVBENCH, "report", "--format=html", "-o", into, *options, result], capture_output=True,
                          text=True, timeout=60)


class Well(html.parser.HTMLParser):
    """Every element that is opened is closed; no id stands twice; every link within the page leads somewhere."""
    VOID = {"meta", "br", "img", "link", "input", "hr"}

    def __init__(self, text):
        super().__init__()
        self.open, self.bad, self.ids, self.links = [], [], [], []
        self.feed(text)
        self.bad += [f"<{t}> is not closed" for t in self.open]
        self.bad += [f"id {i} twice" for i in set(self.ids) if self.ids.count(i) > 1]
        self.bad += [f"#{link} leads nowhere" for link in set(self.links) - set(self.ids)]

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs["href"].removeprefix("#"))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append(f"</{tag}> in the wrong place, line {self.getpos()[0]}")


def hostile(path):
    """Every text of a result that is not a name, hostile."""
    result = json.load(open(MICRO))
    for key, value in result["provenance"].items():
        if isinstance(value, str) and key not in ("date",):
            result["provenance"][key] = EVIL
    result["provenance"]["mitigations"] = {EVIL: EVIL}
    result["provenance"]["command_line"] = ["pvbench", EVIL, "it's"]
    for run in result["runs"]:
        run["hypervisor"]["version"] = EVIL
        run["lab"]["cpu"] = EVIL
        for b in run["benchmarks"]:
            b["cost"]["measures"] = EVIL
            b["unavailable"]["pmu"] = EVIL
            b["pmu"] = {EVIL: {EVIL: EVIL}}
    bad = copy.deepcopy(result["runs"][0]["benchmarks"][0])
    result["runs"][0]["benchmarks"][0] = {"name": bad["name"], "status": "crashed", "reason": EVIL}
    json.dump(result, open(path, "w"))


def column(page, index):
    return page.js(f"[...document.querySelectorAll('#costs ~ .scroll table')].filter(t => t.classList.contains('sortable'))[0]"
                   f".querySelectorAll('tbody tr').values().map(r => r.cells[{index}].textContent).toArray()")


def sorting(page):
    first = "table.sortable thead tr:last-child th:nth-child(2)"
    before = column(page, 0)
    page.click(first + " button")
    state = page.js(f"document.querySelector('{first}').getAttribute('aria-sort')")
    check("a click sorts by cost, the dearest first", column(page, 0) != before and
          page.js(f"[...document.querySelector('table.sortable').tBodies[0].rows].map(r => +r.cells[1].dataset.v)"
                  ".every((v, i, a) => !i || a[i - 1] >= v)") and state == "descending", state)
    page.js(f"document.querySelector('{first} button').focus()")
    page.key("Enter", 13, "\r")
    rising = page.js("[...document.querySelector('table.sortable').tBodies[0].rows].map(r => +r.cells[1].dataset.v)"
                     ".every((v, i, a) => !i || a[i - 1] <= v)")
    check("Enter sorts the other way, and is said aloud",
          rising and page.js(f"document.querySelector('{first}').getAttribute('aria-sort')") == "ascending"
          and "ascending" in page.js("document.getElementById('said').textContent"))
    page.key(" ", 32, " ")
    check("the space bar gives the first order back", column(page, 0) == before and
          page.js("document.querySelectorAll('th[aria-sort=ascending], th[aria-sort=descending]').length") == 0)
    page.click("table.sortable thead tr:last-child th:first-child button")
    check("names sort as words", column(page, 0) == sorted(before), column(page, 0)[:4])


def keyboard(page, path):
    page.open(path)
    page.key("Tab", 9)
    check("the first Tab is the skip link, and it can be seen", page.js(
        "document.activeElement.className === 'skip' && document.activeElement.getBoundingClientRect().left >= 0"))
    page.key("Enter", 13, "\r")
    check("and it skips", page.js("location.hash") == "#costs")
    page.js("document.querySelector('details.workload summary').focus()")
    page.key("Enter", 13, "\r")
    check("Enter unfolds a workload", page.js("document.querySelector('details.workload').open"))
    ring = page.js("getComputedStyle(document.activeElement).outlineWidth")
    check("what has the focus shows it", ring == "3px", ring)
    page.js("location.hash = '#w-page_fault'")
    check("a link to a workload unfolds it", page.js(
        "new Promise(r => setTimeout(() => r(document.getElementById('w-page_fault').open), 100))"))
    page.click("[data-fold] button")
    check("and all of them can be unfolded", page.js("document.querySelectorAll('details.workload:not([open])').length") == 0)
    lost = page.js("[...document.querySelectorAll('.scroll, .pane')].filter(e => e.tabIndex !== 0 || !e.getAttribute('aria-label')).length")
    check("what scrolls by itself can be reached by keyboard and has a name", lost == 0, lost)


def look(page, path, what):
    page.size(1280, 1000)
    page.media()
    print(f"# {what}: opens in {page.open(path):.2f} s")
    check(f"{what}: the console is silent", not page.errors(), page.errors())
    check(f"{what}: nothing is asked of a network or a disk", not page.requests(), page.requests())
    for width, dark in ((360, False), (360, True), (1280, False), (1280, True)):
        page.size(width, 740, width < 500)
        page.media(dark)
        page.open(path)
        page.js("document.querySelectorAll('details').forEach(d => d.open = true)")
        wide = page.js("document.documentElement.scrollWidth")
        check(f"{what}: {width} pixels {'dark' if dark else 'light'}: no sideways scrolling", wide <= width, wide)
        least, where, seen = page.js(browser.CONTRAST)
        check(f"{what}: the least contrast of {seen} texts is {least:.2f}", least >= 4.5 and seen > 100, where)


def figures(page, path):
    page.size(1280, 1000)
    page.media()
    page.open(path)
    check("three figures, whose words are text", page.js(
        "[...document.querySelectorAll('svg.drawn')].map(s => s.querySelectorAll('text').length).every(n => n > 20)") and
        page.js("document.querySelectorAll('svg.drawn').length") == 3)
    check("they can be selected", "mmu_update" in page.js(
        "(() => { const s = getSelection(); s.selectAllChildren(document.querySelectorAll('svg.drawn')[1]); return s.toString(); })()"))
    page.media(dark=True)
    page.open(path)
    check("and they turn with the page in the dark", "invert" in page.js(
        "getComputedStyle(document.querySelector('svg.drawn')).filter"))


def printed(page, folder):
    """The words of each page, and the bytes of them all."""
    pdf = os.path.join(folder, "page.pdf")
    page.pdf(pdf)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True).stdout
    return text.split("\f")[:-1], os.path.getsize(pdf)


def paper(page, pages, folder):
    """What nobody can unfold on paper: the notes are there, what was left folded is not, what was opened is."""
    page.media()
    for name in ("micro", "full", "io"):
        page.open(pages[name])
        sheets, size = printed(page, folder)
        words = [len(sheet.split()) for sheet in sheets]
        check(f"{name}: prints on at most 12 pages, none of them empty, under 2 MB", 0 < len(sheets) <= 12 and min(words) > 10
              and size < 2_000_000, (words, size))
        missing = [w for w in ("Summary", "How to reproduce it", "constant: ") if w not in "".join(sheets)]
        check(f"{name}: with the notes", not missing, missing)
    page.open(pages["micro"])
    text = "".join(printed(page, folder)[0])
    check("what is folded stays away", "address_space_lifecycle" in text and "Cost of syscall per operation" not in text)
    page.js("document.getElementById('w-syscall').open = true")
    check("what was opened is printed", "Cost of syscall per operation" in "".join(printed(page, folder)[0]))
    page.js("document.getElementById('w-syscall').open = false")
    check("and nothing is left open", page.js("document.querySelectorAll('details[open]').length") == 0)


def policy(page, path):
    text = open(path).read()
    check("the policy lets nothing in", re.search(
        r"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src 'sha256-[^']+'\"", text))
    with tempfile.NamedTemporaryFile("w", suffix=".html") as f:  # the policy must be able to refuse
        f.write(text.replace("</main>", "<script>document.title='owned'</script><img src='file:///etc/hostname'></main>"))
        f.flush()
        page.open(f.name)
        check("a script that slipped in would not run", page.js("document.title") != "owned" and len(page.errors()) >= 2,
              page.errors())


def in_browser(page, pages, folder):
    for name in ("micro", "mixed", "hostile"):
        look(page, pages[name], name)
    page.size(1280, 1000)
    page.open(pages["micro"])
    sorting(page)
    keyboard(page, pages["micro"])
    figures(page, pages["micro"])
    paper(page, pages, folder)
    page.open(pages["hostile"])
    check("a hostile result stays text", page.js("document.title") != "owned" and
          page.js("document.querySelectorAll('img').length") == 0 and EVIL in page.js("document.body.textContent"))
    policy(page, pages["micro"])


with tempfile.TemporaryDirectory() as folder:
    pages = {name: os.path.join(folder, name + ".html") for name in ("micro", "mixed", "hostile", "full", "io")}
    evil = os.path.join(folder, "hostile.json")
    hostile(evil)
    for name, result in (("micro", MICRO), ("mixed", MIXED), ("hostile", evil), ("full", FULL), ("io", IO)):
        run = make(result, pages[name])
        check(f"pvbench report --format=html makes {name}", run.returncode == 0 and run.stdout == "", run.stderr)
        well = Well(open(pages[name]).read())
        check(f"{name}: well formed, and its links lead somewhere", not well.bad, well.bad[:5])
        check(f"{name}: under 1 MB", os.path.getsize(pages[name]) < 1 << 20)
    check("two pages of one result are the same bytes", make(MICRO, os.path.join(folder, "again.html")).returncode == 0 and
          open(pages["micro"]).read() == open(os.path.join(folder, "again.html")).read())
    check("the summary is sentences that end", "dearest to handle" in open(pages["mixed"]).read() and
          not any(".? " in open(pages[name]).read() for name in ("micro", "mixed")))
    text = open(pages["micro"]).read()
    check("the summary is computed", "PV is dearer than HVM in 12 of 21 workloads" in text and "Complete" in text)
    mixed = open(pages["mixed"]).read()
    check("what was lost is said first", re.search(r"Lost: \d+ measurements", mixed) and "Complete" not in mixed)
    run = make(MICRO, os.path.join(folder, "no", "such.html"))
    check("a folder that is not there: one line", run.returncode == 1 and run.stderr.count("\n") == 1, run.stderr)
    run = subprocess.run([PVBENCH, "report", "--format=html", "-o", evil + ".html", MICRO], capture_output=True, text=True,
                         env={**os.environ, "PATH": "/nonexistent"})
    check("no gnuplot: one line with the mend", run.returncode == 1 and "apt-get install gnuplot-nox" in run.stderr
          and not os.path.exists(evil + ".html"), run.stderr)
    browser.use("the page in a browser", in_browser, pages, folder)
end()
