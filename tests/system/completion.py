#!/usr/bin/python3
"""Completions, --help and the manual page say the same of each command's options, which stand in one table."""

import os
import re
import shutil
import subprocess
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end, skip  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
ENVIRONMENT = dict(os.environ, PATH=os.path.dirname(PVBENCH) + ":" + os.environ["PATH"])


def pv(*arguments):
    return subprocess.run([PVBENCH, *arguments], capture_output=True, text=True)


bash, zsh = pv("completion", "bash").stdout, pv("completion", "zsh").stdout
table = {c: {o.rstrip("=") for o in options.split()} for c, options in re.findall(r"^ +(\w+)\) options='([^']*)'", bash, re.M)}
commands = {line.split()[0] for line in pv("help").stdout.split("\n\n")[1].splitlines()} - {"help", "completion"}
check("every command has its options in it", set(table) == commands and all("--help" in o for o in table.values()), table)

# --- the three that must agree --------------------------------------------------------------
page = open("doc/pvbench.1").read().replace("\\-", "-")
sections = dict(re.findall(r"^\.SH ([A-Z ]+)\n(.*?)(?=^\.SH |\Z)", page, re.M | re.S))
filters = {"--workload", "--hypervisor", "--mode"}
for command, options in sorted(table.items()):
    said = set(re.findall(r"^ {2,6}(?:-\w, )?(--[a-z-]+)", pv(command, "--help").stdout, re.M))
    said |= set(re.findall(r"\((--no-[a-z]+):", pv(command, "--help").stdout))
    check(f"{command} --help has the options of the table, and no others", said == options, said ^ options)
    where = sections.get(command.upper(), "") + sections["SYNOPSIS"].split(f".B pvbench {command}\n")[-1].split(".br")[0]
    missing = {o for o in options - {"--help"} if o not in where and not (o in filters and "FILTERS" in where)}
    check(f"the manual page has {command}'s options", not missing, missing)
    unknown = set(re.findall(r"^\.BR? .*?(--[a-z-]+)", sections.get(command.upper(), ""), re.M)) - options - {"--json"}
    check("and no others", not unknown, unknown)
    in_zsh = re.search(rf"^ +{command}\) _arguments(.*?) ;;$", zsh, re.M | re.S)
    check(f"zsh: {command}", in_zsh and set(re.findall(r"^ +'\*?(--[a-z-]+)", in_zsh[1], re.M)) == options, in_zsh and in_zsh[1])


# --- what bash makes of it -------------------------------------------------------------------


def completed(line):
    """As bash divides a line; what it would offer."""
    words = re.findall(r"=|[^\s=]+", line) + ([""] if line.endswith((" ", "=")) and not line.endswith("=") else [])
    script = bash + '\ncompopt() { :; }\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pvbench; printf "%s\\n" "${COMPREPLY[@]}"'
    r = subprocess.run(["bash", "-c", script, "-", *words], capture_output=True, text=True, env=ENVIRONMENT)
    assert r.returncode in (0, 1) and not r.stderr, r.stderr
    return r.stdout.split()


for line, want in (("pvbench rep", ["report"]), ("pvbench report --fo", ["--format="]), ("pvbench report --format=", ["text", "markdown", "html"]),
                   ("pvbench report --format=m", ["markdown"]), ("pvbench report --format m", ["markdown"]), ("pvbench run mic", ["micro"]),
                   ("pvbench run micro --workload=page_", ["page_fault"]), ("pvbench run micro --hypervisor=", ["minivisor", "kvm", "xen", "native"]),
                   ("pvbench list work", ["workloads"]), ("pvbench completion ", ["bash", "zsh"]), ("pvbench help comp", ["compare", "completion"]),
                   ("pvbench report fi", []), ("pvbench compare --no", ["--noise-floor="])):
    check(f"bash: {line}", completed(line) == want, completed(line))
if shutil.which("zsh"):
    r = subprocess.run(["zsh", "-n"], input=zsh, capture_output=True, text=True)
    check("zsh takes its file", r.returncode == 0, r.stderr)
else:
    skip("zsh takes its file", "zsh")
r = pv("completion", "fish")
check("a shell that is not known", r.returncode == 2 and "known are bash and zsh" in r.stderr and r.stderr.count("\n") == 1, r.stderr)
end()
