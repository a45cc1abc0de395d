#!/usr/bin/python3
"""Text that comes from elsewhere, in every output: what a result says and how its keys are called, names of files,
words of a command line. Nothing commands the terminal, all of it is UTF-8, each format can be read, nothing vanishes.
And with too little memory: all of a document, or a line and a status."""

import copy
import csv
import html.parser
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import unicodedata

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
FULL = json.load(open("tests/fixtures/result-full.json"))
MIXED = json.load(open("tests/fixtures/result-mixed.json"))
ODD = ["\x1b]0;x\x07\x1b[2J", "\x9b31m", "\u202eleft\u2069\u200f\u2028", "\ufffe\uffff\ufdd0\U0001fffe", "tab\tline\nend\r\x7f",
       "]]><!--<script>alert(1)</script>&amp;'\"", "`date`$(date)|*_#[a](b)~\\{}$x$%s%n", "=1+1", "äöü€😀" * 300, "x" + "😀" * 2000,
       "xy" + "€" * 2000, "\U0010ffff\ue000\ufffd", "".join(map(chr, range(0x20, 0x800))) + "".join(map(chr, range(0x2000, 0x2100)))]
BAD_NAMES = [b"a\x1b[31m.json", b"latin-\xe4x.json", b"cut-\xe2\x82.json", b"]]>&<\"'.json", "wide-😀".encode() + b"\xf0\x9f.json",
             b"pipe|`date`*_.json", b"line\nend.json"]


def run(*arguments, memory=None, **more):
    limit = (lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))) if memory else None
    return subprocess.run([PVBENCH, *arguments], capture_output=True, preexec_fn=limit, **more)


def unclean(data):
    """What of these bytes must not be shown; tabs and line ends may."""
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        return str(e)
    bad = {c for c in text if c not in "\n\t\r" and (unicodedata.category(c) == "Cc" or c in "\u061c\u200e\u200f\u2028\u2029"
                                                     or "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069"
                                                     or "\ufdd0" <= c <= "\ufdef" or ord(c) & 0xfffe == 0xfffe)}
    return repr(bad) if bad else ""


def each_text(value, change):
    """Every string that is no name goes through `change`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and key in ("version", "reason", "cpu", "clock", "kernel", "host", "pvbench", "git_revision", "what"):
                value[key] = change(inner)
            else:
                each_text(inner, change)
    elif isinstance(value, list):
        for inner in value:
            each_text(inner, change)


def hostile(document, odd):
    """Odd texts where texts stand, and odd keys where keys are free."""
    d = copy.deepcopy(document)
    each_text(d["runs"], lambda text: odd)
    each_text(d["provenance"], lambda text: odd)
    d["provenance"].update({odd: {odd: [odd, {odd: odd}]}, "command_line": ["pvbench", "run", odd], "mitigations": {odd: odd}})
    for r in d["runs"]:
        r.setdefault(r["machine"], {})[odd] = odd
        r["pmu"] = {"covers": "boot", "events": {odd: {"guest": None, "unavailable": {"guest": odd}}}}
        for b in r["benchmarks"][:4]:
            if b["name"] in ("cpuid", "port_in"):
                b.update(status="failed", reason=odd, cost=None, entries=None)
            elif b.get("cost"):
                b["cost"]["measures"] = odd
            b.setdefault("unavailable", {})["pmu"] = odd
    return d


class Page(html.parser.HTMLParser):
    scripts = 0

    def handle_starttag(self, tag, attributes):
        self.scripts += tag == "script"


def readable(fmt, data):
    """"" or why this cannot be read as what it is."""
    text = data.decode()
    if fmt in ("json", "google-benchmark", "bencher", "github-action-benchmark"):
        json.loads(text)
    elif fmt == "junit":
        r = subprocess.run(["xmllint", "--noout", "--schema", "tests/fixtures/junit.xsd", "-"], input=data, capture_output=True)
        return r.stderr.decode() if r.returncode else ""
    elif fmt == "html":
        page = Page(convert_charrefs=True)
        page.feed(text)
        return "" if page.scripts == 1 and text.rstrip().endswith("</html>") else "another page than ours"
    elif fmt == "csv":
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        return "" if {len(r) for r in rows} == {12} and not any(c[:1] in "=+-@" and c for r in rows for c in r[:11]) else "rows"
    return ""


def hold(what, command, status, *statuses, fmt="text"):
    r = run(*command)
    why = unclean(r.stdout) or unclean(r.stderr)
    if not why and r.returncode in (0, 3, 5) and r.stdout:
        try:
            why = readable(fmt, r.stdout)
        except ValueError as e:
            why = str(e)
    if r.returncode not in (status, *statuses):
        why = f"status {r.returncode}"
    return f"{what}: {why} {r.stderr[-300:]}" if why else ""


work = tempfile.TemporaryDirectory()
base = os.path.join(work.name, "base.json")
json.dump(FULL, open(base, "w"))
COMPARE = ("text", "markdown", "junit", "github", "json")
EXPORT = ("google-benchmark", "go", "bencher", "github-action-benchmark", "openmetrics", "csv")

# --- what a result says -----------------------------------------------------------------
for n, odd in enumerate(ODD):
    wrong = []
    for source in (FULL, MIXED)[: 2 if n % 4 == 0 else 1]:
        path = os.path.join(work.name, "odd.json")
        json.dump(hostile(source, odd), open(path, "w"))
        for fmt in ("text", "markdown", "html"):
            for more in ([], ["--entries", "--cold"]):
                wrong.append(hold(f"report {fmt}", ["report", f"--format={fmt}", *more, path], 0, fmt=fmt))
        for fmt in COMPARE:
            for command in (["compare", "--force", base, path], ["compare", "--force", path, base], ["compare", path, path]):
                wrong.append(hold(f"compare {fmt}", [*command[:1], f"--format={fmt}", *command[1:]], 0, 3, 5, fmt=fmt))
        wrong.append(hold("compare", ["compare", base, path], 1))
        for fmt in EXPORT:
            wrong.append(hold(f"export {fmt}", ["export", f"--format={fmt}", path], 0, fmt=fmt))
        for name, hypervisors in (("one", ("minivisor",)), ("other", ("kvm", "xen"))):
            d = hostile(source, odd)
            d["runs"] = [r for r in d["runs"] if r["hypervisor"]["name"] in hypervisors]
            json.dump(d, open(os.path.join(work.name, name + ".json"), "w"))
        halves = [os.path.join(work.name, name + ".json") for name in ("one", "other")]
        wrong.append(hold("merge", ["merge", "-o", "-", *halves], 0, fmt="json"))
        wrong.append(hold("report of two", ["report", *halves], 0))
        wrong.append(hold("merge that is refused", ["merge", "-o", "-", base, path], 1))
        nights = os.path.join(work.name, "nights")
        shutil.rmtree(nights, ignore_errors=True)
        os.mkdir(nights)
        for night, document in enumerate((source, hostile(source, odd)), 1):
            document = copy.deepcopy(document)
            document["provenance"]["date"] = f"2026-11-0{night}T01:00:00Z"
            json.dump(document, open(f"{nights}/{night}.json", "w"))
        open(f"{nights}/cut.json", "w").write('{"schema": "\x1b[31m')
        for fmt in ("text", "markdown", "json", "html"):
            wrong.append(hold(f"history {fmt}", ["history", f"--format={fmt}", nights], 0, 1, 3, 5, fmt=fmt))
    wrong = [w for w in wrong if w]
    check(f"texts and keys of a result, in every report: {ascii(odd)[:40]}", not wrong, "\n".join(wrong[:4]))
figures = os.path.join(work.name, "figures")
json.dump(hostile(FULL, ODD[6] + "'{}@x\\n"), open(path, "w"))
r = run("figure", "--paper", figures, "--format=svg,pdf", path)
made = os.listdir(figures) if os.path.isdir(figures) else []
check("and in figures: gnuplot draws what the text says, and does nothing of it", r.returncode == 0 and any(f.endswith(".svg") for f in made),
      r.stderr.decode())
wrong = [f for f in made if f.endswith((".svg", ".dat", ".gp", ".tex", ".md")) and unclean(open(os.path.join(figures, f), "rb").read())]
svg = [f for f in made if f.endswith(".svg") and subprocess.run(["xmllint", "--noout", os.path.join(figures, f)], capture_output=True).returncode]
check("their files are clean, the SVG well-formed", made and not wrong and not svg, f"{wrong} {svg}")
two = copy.deepcopy(FULL)
two["runs"][0]["lab"].update({"\x1b": 1, "\x07": 2})
json.dump(two, open(path, "w"))
r = run("report", path)
check("two keys that would become one are refused", r.returncode == 1 and b"two keys that are both shown as" in r.stderr, r.stderr)

# --- what files are called ----------------------------------------------------------------
wrong, shown = [], 0
for name in BAD_NAMES:
    file = os.path.join(work.name.encode(), name)
    json.dump(FULL, open(file, "w"))
    for fmt in COMPARE:
        wrong.append(hold(f"compare {fmt} {name}", ["compare", f"--format={fmt}", file, base], 0, fmt=fmt))
    sides = json.loads(run("compare", "--format=json", file, base).stdout)
    shown += os.path.basename(sides["base"]["file"]).endswith(".json") and sides["new"]["file"] == base
    missing = file + b"\x1b\xe4none"
    for command in (["report", missing], ["figure", missing], ["compare", missing, base], ["compare", base, missing], ["history", missing],
                    ["export", "--format=csv", missing], ["report", "-o", missing + b"/x", base], ["figure", "-o", base.encode() + b"/\x1b\xe4", base],
                    ["run", missing], ["run", "micro", "-o", base.encode() + b"/\x1b\xe4"]):
        wrong.append(hold(f"{command[0]} {name}", command, 1))
    for command in (["\x1b]0;x\x07"], ["report", "--\x1b\xe4"], ["history", base, missing], ["compare", b"\x1b\xe4"], ["run", "\x1b", "\x1b"],
                    ["export", "--format=\x1b\x9b", base], ["figure", "--only=\x1b", base], ["compare", "--limit=\x1b", base, base],
                    ["run", "micro", "--iterations=\x1b"], ["list", "\x1b\x07"], ["figure", "--font=\x1b", base], ["figure", "--width=\x1b", base]):
        wrong.append(hold(f"usage {command}", command, 2))
wrong = [w for w in wrong if w]
check("names of files and words of a command line, in outputs and in errors", not wrong, "\n".join(wrong[:4]))
check("a path that is no UTF-8 does not vanish from JSON", shown == len(BAD_NAMES), shown)
nights = os.path.join(work.name.encode(), b"nights-\x1b\xe4")
os.mkdir(nights)
for night, name in enumerate(BAD_NAMES, 1):
    document = copy.deepcopy(FULL)
    document["provenance"]["date"] = f"2026-11-0{night}T01:00:00Z"
    json.dump(document, open(os.path.join(nights, name), "w"))
open(os.path.join(nights, b"bad-\x1b\xe4.json"), "w").write("{")
wrong = [w for fmt in ("text", "markdown", "json", "html") if (w := hold(f"history {fmt}", ["history", f"--format={fmt}", nights], 0, 1, 3, 5, fmt=fmt))]
check("nights that are called so", not wrong, "\n".join(wrong))
r = run("history", "--format=json", nights)
check("and each of them is in the history's JSON", [re.sub(r".*nights-\?\?/", "", n["file"]) for n in json.loads(r.stdout)["nights"]]
      == [re.sub("[\x1b\n\ufffd]", "?", n.decode(errors="replace").replace("\ufffd", "?")) for n in BAD_NAMES]
      or len(json.loads(r.stdout)["nights"]) == len(BAD_NAMES), r.stdout[:400])

# --- memory ----------------------------------------------------------------------------------
nights = os.path.join(work.name, "few")
os.mkdir(nights)
for night in (1, 2):
    document = copy.deepcopy(FULL)
    document["provenance"]["date"] = f"2026-11-0{night}T01:00:00Z"
    json.dump(document, open(f"{nights}/{night}.json", "w"))
commands = [["report", base], ["report", "--entries", base], ["compare", base, base], ["history", nights]]
commands += [["compare", f"--format={fmt}", base, base] for fmt in COMPARE[2:]] + [["export", f"--format={fmt}", base] for fmt in EXPORT]
commands += [["history", "--format=json", nights], ["history", "--format=html", nights]]
for command in commands:
    whole, wrong, refused = run(*command), [], 0
    for memory in range(9 << 20, 25 << 20, 768 << 10):
        r = run(*command, memory=memory)
        if r.returncode == 127 or b"error while loading shared libraries" in r.stderr or \
                r.returncode == -11 and run("--version", memory=memory).returncode == -11:
            continue  # too little for the loader, before there is a pvbench: it has nothing to do for its version
        if r.returncode == whole.returncode and r.stdout == whole.stdout:
            continue
        refused += 1
        if r.returncode != 1 or r.stdout or r.stderr.count(b"\n") != 1 or b"memory" not in r.stderr:
            wrong.append(f"{memory >> 10} KiB: status {r.returncode}, {len(r.stdout)} of {len(whole.stdout)} bytes, {r.stderr[:200]}")
    check(f"too little memory: {' '.join(os.path.basename(c) for c in command)}: all, or a line and status 1", refused and not wrong,
          f"refused {refused}\n" + "\n".join(wrong[:5]))
end()
