#!/usr/bin/python3
"""Suites: one that is printed as it would be run gives the same again; workloads that a suite does not have; what is listed."""

import json
import os
import subprocess
import sys
import tempfile

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
work = tempfile.TemporaryDirectory()


def at(name):
    return os.path.join(work.name, name)


def pv(*arguments):
    return subprocess.run([PVBENCH, *arguments], capture_output=True, text=True)


def printed(name, *arguments):
    r = pv("run", *arguments, "--print-suite")
    assert r.returncode == 0, r.stderr
    open(at(name), "w").write(r.stdout)
    return r.stdout


# --- a suite as it would be run -----------------------------------------------------------
for suite in ("micro", "io", "scaling", "neighbours"):
    text = printed("s.json", suite)
    check(f"{suite}: printed again it is the same", pv("run", at("s.json"), "--print-suite").stdout == text)
    given, original = json.loads(text), json.load(open(f"workloads/suites/{suite}.json"))
    check(f"{suite}: it is the suite", given["name"] == original["name"] and len(given["workloads"]) == len(original["workloads"])
          and given.get("parts", False) == original.get("parts", False))
options = ["--workload=cpuid", "--workload=page_fault", "--mode=pv", "--iterations=50", "--warmup=3", "--repeats=2"]
text = printed("mine.json", "micro", *options)
mine = json.loads(text)
check("options are in it", mine["modes"] == ["pv"] and mine["repeats"] == 2 and mine["hypervisors"] == ["minivisor"]
      and [(w["name"], w["iterations"], w["warmup"]) for w in mine["workloads"]] == [("cpuid", 50, 3), ("page_fault", 50, 3)], text)
check("nothing was run", os.listdir(work.name) and not [f for f in os.listdir(work.name) if f not in ("s.json", "mine.json")])
for name, arguments in (("a", ["micro", *options]), ("b", [at("mine.json")])):
    r = pv("run", *arguments, "-q", "-o", at(name + ".out.json"))
    assert r.returncode == 0, r.stderr
runs = [json.dumps(json.load(open(at(f"{n}.out.json")))["runs"]) for n in "ab"]
check("run from it, it gives the same runs, to the byte", runs[0] == runs[1])
text = printed("host.json", "micro", "--machine=host", "--hypervisor=kvm", "--blocks=3", "--pin=none")
check("of a host", json.loads(text)["blocks"] == 3 and json.loads(text)["pin"] == "none" and json.loads(text)["hypervisors"] == ["kvm"]
      and pv("run", at("host.json"), "--machine=host", "--print-suite").stdout == text, text)
text = printed("io.json", "io", "--devices=emulated", "--mode=hvm", "--hypervisor=kvm", "--no-parts")
check("of devices", json.loads(text)["devices"] == ["emulated"] and "parts" not in json.loads(text), text)
r = pv("run", "micro", "--print-suite", "--mode=pvh")
check("what cannot be run is not printed", r.returncode == 2 and not r.stdout and r.stderr.count("\n") == 1, r.stderr)

# --- workloads that a suite does not have ---------------------------------------------------
r = pv("run", "scaling", "-q", "--workload=cpuid", "--mode=pv", "-o", at("c.json"))
document = json.load(open(at("c.json"))) if not r.returncode else {"runs": []}
check("one that the images have is run", [b["name"] for b in document["runs"][0]["benchmarks"]] == ["cpuid"]
      and document["suite"]["only"]["workloads"] == ["cpuid"] if document["runs"] else False, r.stderr)
r = pv("run", "scaling", "--workload=cpiud")
check("one that nobody has is refused", r.returncode == 2 and "--workload cpiud: suite scaling does not have it" in r.stderr, r.stderr)

# --- what is listed -------------------------------------------------------------------------
everything = pv("list").stdout
for what in ("suites", "workloads", "hypervisors"):
    text = pv("list", what).stdout
    check(f"list {what}: these alone", text.startswith(what + ":\n") and text.split("\n\n")[0].strip() in everything
          and list(json.loads(pv("list", what, "--json").stdout)) == [what], text)
text = pv("list", "suites").stdout
KEYS = ("schema", "name", "description", "hypervisors", "modes", "devices", "guests", "neighbours", "load", "weight", "cap", "repeats", "blocks", "pin", "events", "parts", "timeout_s",
        "defaults", "workloads", "iterations", "warmup", "parameter")
check("list suites: every key of a suite", all(f'"{k}"' in text for k in KEYS), [k for k in KEYS if f'"{k}"' not in text])
example = text[text.index("{ \"schema\""):text.index("It may have")]
open(at("example.json"), "w").write(example)
r = pv("run", at("example.json"), "--print-suite")
check("and its example is one", r.returncode == 0 and json.loads(r.stdout)["workloads"][1]["parameter"] == 128, r.stderr)
for arguments, words in ((["list", "siutes"], "did you mean suites?"), (["run", "mirco"], "did you mean micro?"),
                         (["reprot"], "did you mean report?"), (["report", "--fromat=text", "x"], "did you mean --format?"),
                         (["report", "--format=txet", "x"], "did you mean text?"), (["run", "micro", "--workload=cpud"], "did you mean cpuid?"),
                         (["run", "micro", "--hypervisor=minvisor"], "did you mean minivisor?")):
    r = pv(*arguments)
    check(f"{' '.join(arguments[:2])}: {words}", r.returncode in (1, 2) and words in r.stderr and r.stderr.count("\n") == 1, r.stderr)
open(at("bad.json"), "w").write(json.dumps(dict(mine, workloads=["page_falut"])))
check("a suite file's workload, too", "did you mean page_fault?" in pv("run", at("bad.json")).stderr)

# --- help -----------------------------------------------------------------------------------
check("help is --help", pv("help").stdout == pv("--help").stdout == pv("-h").stdout != "")
commands = [line.split()[0] for line in pv("help").stdout.split("\n\n")[1].splitlines()]
check("help COMMAND is COMMAND --help", all(pv("help", c).stdout == pv(c, "--help").stdout != "" for c in commands if c != "help") and len(commands) > 10)
check("help of a command that is none", pv("help", "rnu").returncode == 2 and "did you mean run?" in pv("help", "rnu").stderr)
check("-V is --version", pv("-V").stdout == pv("--version").stdout != "")
end()
