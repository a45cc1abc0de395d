#!/usr/bin/python3
"""pvbench bisect and ab: a generated history of the minivisor, with changes planted in it, among commits that do not build."""

import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.abspath(os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench"))
METRIC = "minivisor/pv/null_hypercall.cost"
BUILD = ("--build=make -s build/minivisor.elf", "--product=build/minivisor.elf")
COMMITS, PLANTED = 100, 10
work = tempfile.TemporaryDirectory()
repo, cache = os.path.join(work.name, "repo"), os.path.join(work.name, "cache")
ENTRY = "hypervisor-harness/minivisor/entry.S"
# make's own words to its children are not for another make; and nobody's git is told of ours.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
ENVIRONMENT.update(TMPDIR=work.name, GIT_CONFIG_GLOBAL="/dev/null", GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="a@example.org",
                   GIT_COMMITTER_NAME="A", GIT_COMMITTER_EMAIL="a@example.org", GIT_AUTHOR_DATE="2026-01-01T00:00:00Z", GIT_COMMITTER_DATE="2026-01-01T00:00:00Z")


def git(*arguments):
    return subprocess.run(["git", "-C", repo, *arguments], check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout.strip()


def pv(*arguments, cwd=work.name):
    return subprocess.run([PVBENCH, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=ENVIRONMENT, cwd=cwd)


def leftovers():
    return [f for f in os.listdir(work.name) if f.startswith("pvbench-")]


# --- the history ----------------------------------------------------------------------------
shutil.copytree(".", repo, ignore=lambda folder, names: [n for n in names if folder == "." and n in ("build", "results", ".git")])
git("init", "-q", "-b", "main")
entry = open(os.path.join(repo, ENTRY)).read()
PLACE = "    mov %rax, REGS_rax(%rsp)\n#ifdef MV_EXTRA_INSTRUCTIONS"
assert entry.count(PLACE) == 1
drawn = random.Random(18)
planted = sorted(drawn.sample(range(2, COMMITS), PLANTED))
# Those that do not build come in rows, but not right before a change: then nobody could tell them apart.
broken = {i for at in (7, 23, 24, 25, 40, 41, 66, 67, 68, 69, 90) for i in (at,) if i not in planted and i + 1 not in planted}
nops, hashes, sizes = 0, [], [1, 2, 3, -1, 4, 1, -2, 5, 1, 2]
for i in range(COMMITS + 1):
    if i in planted:
        nops += sizes[planted.index(i)]
    text = entry.replace(PLACE, "    nop\n" * nops + PLACE)
    open(os.path.join(repo, ENTRY), "w").write(text + ("#error it does not build\n" if i in broken else ""))
    open(os.path.join(repo, "NEWS"), "a").write(f"{i}\n")
    git("add", "-A")
    git("commit", "-q", "-m", f"planted {i}" if i in planted else f"broken {i}" if i in broken else f"other {i}")
    hashes.append(git("rev-parse", "HEAD"))
state = git("for-each-ref"), git("status", "--porcelain"), git("count-objects", "-v"), git("worktree", "list")

# --- all of them ------------------------------------------------------------------------------
began = time.monotonic()
r = pv("bisect", hashes[0], "main", f"--metric={METRIC}", f"--checkout={repo}", f"--cache={cache}", "--all", f"--log={work.name}/log", *BUILD)
print(f"# {time.monotonic() - began:.0f} s")
found = [int(n) for n in re.findall(r"^ +planted (\d+)$", r.stdout, re.M)]
check(f"{PLANTED} of {PLANTED} planted commits are found, and nothing else", r.returncode == 0 and found == planted and f"\n{PLANTED} changes; " in r.stdout, r.stdout[-1500:] + r.stderr[-1500:])
steps = [int(n) for n in re.findall(r"^minivisor/pv/null_hypercall.cost: ([+-]\d+), from", r.stdout, re.M)]
check("each with what it changed, to the instruction", steps == sizes, steps)
searches = [part.splitlines() for part in open(os.path.join(work.name, "log")).read().split("git bisect start ")[1:]]
for number, search in enumerate(searches):
    oldest = search[0].split()[1]
    n = COMMITS - hashes.index(oldest)
    runs = sum(line.startswith(("git bisect good", "git bisect bad")) for line in search) + (number == 0)
    check(f"search {number + 1}: {runs} runs for {n} commits", runs <= math.ceil(math.log2(n + 1)) + 1, search)
skipped = {hashes.index(h) for h in re.findall(r"^git bisect skip (\w+)", open(os.path.join(work.name, "log")).read(), re.M)}
check("what was passed over is what does not build", skipped <= broken and skipped, skipped)
check("functions are named", r.stdout.count(" syscall_entry ") >= PLANTED, r.stdout[:3000])
check("and the entries and numbers, as compare has them", r.stdout.count("null_hypercall") > 3 * PLANTED)
boots = len([f for f in os.listdir(cache) if f.endswith(".json") and ".explain" not in f])
check("a build that was measured is not booted again: one boot a distinct minivisor", boots <= PLANTED + 1, boots)
check("the user's repository is as it was", state == (git("for-each-ref"), git("status", "--porcelain"), git("count-objects", "-v"), git("worktree", "list")))
check("and nothing is left behind", not leftovers(), leftovers())

# --- several at once ----------------------------------------------------------------------------
# The middle one of three workers is killed on the way; the commands that start them are of no engine.
last, together = planted[2], os.path.join(work.name, "together")
three = ("bisect", hashes[0], hashes[last], f"--metric={METRIC}", f"--checkout={repo}", "--all", *BUILD)
log = open(os.path.join(work.name, "three.log"), "w")
began = time.monotonic()
process = subprocess.Popen([PVBENCH, *three, "--shards=3", f"--on=echo $PVBENCH_SHARD $$ >>{work.name}/started; exec nice", f"--cache={together}", f"--log={work.name}/rounds"],
                           env=ENVIRONMENT, cwd=work.name, stdout=log, stderr=subprocess.PIPE, text=True)
lines = []
for line in process.stderr:
    lines.append(line)
    if len(lines) == 2:  # it has GOOD's number and another one
        workers = dict(line.split() for line in open(f"{work.name}/started"))
        os.kill(int(workers["2"]), signal.SIGKILL)
check("three at once find what one finds, though a worker was killed", process.wait(timeout=600) == 0 and
      [int(n) for n in re.findall(r"^ +planted (\d+)$", open(log.name).read(), re.M)] == planted[:3], "".join(lines) + open(log.name).read()[-800:])
print(f"# {time.monotonic() - began:.0f} s")
alone = pv(*three, "-q", f"--cache={cache}").stdout
said = [[line for line in text.splitlines() if re.match("commit |Date|minivisor/|  +[+-]?[0-9]+ .*syscall_entry|1 workloads", line)] for text in (alone, open(log.name).read())]
check("with the same commits, numbers and functions", said[0] == said[1] and len(said[0]) >= 9, said)
started = [line.split()[0] for line in open(f"{work.name}/started")]
check("it was started anew, and nobody else", sorted(started) == ["1", "2", "2", "3"], started)
count = re.search(r"3 changes; (\d+) runs in (\d+) rounds of at most 3, ", open(log.name).read())
most = 0
for search in open(f"{work.name}/rounds").read().split("git bisect start ")[1:]:
    oldest = hashes.index(search.split()[1])
    n, verdicts = last - oldest, [line.split()[2] for line in search.splitlines() if line.startswith("git bisect")]
    most += math.ceil(math.log(n + 1, 4)) + 1 + sum("git bisect skip" in line for line in search.splitlines()) if n else 0
check("in at most log4(n + 1) + 1 rounds each, and one for each that does not build", count and int(count[2]) <= most, (count and count[0], most))
kept = [json.load(open(os.path.join(f, n)))["runs"] for f in (cache, together) for n in sorted(os.listdir(together)) if n.endswith(".json") and ".explain" not in n]
check("their results are the same, to the byte, each of a build measured once", len(kept) == 8 and kept[:4] == kept[4:], len(kept))
r = pv(*three, "-q", "--shards=2", "--on=env PVBENCH_QEMU=/bin/false", f"--cache={work.name}/other")
check("a worker that would measure something else is refused", r.returncode == 1 and "is of another pvbench" in r.stderr and r.stderr.count("\n") == 1, r.stderr)
r = pv(*three, "-q", "--shards=2", "--on=echo no such node >&2; false", f"--cache={work.name}/other")
check("one that does not begin: tried three times, with its own words", r.returncode == 1 and "shard " in r.stderr and "no such node" in r.stderr, r.stderr)
check("nothing is left behind but by what was killed outright", len(leftovers()) <= 1, leftovers())
for folder in leftovers():
    shutil.rmtree(os.path.join(work.name, folder))

# --- one of them, from what is kept --------------------------------------------------------------
first = planted[4]
r = pv("bisect", hashes[planted[3]], hashes[planted[5] - 1], f"--metric={METRIC}", f"--checkout={repo}", f"--cache={cache}", "-q", *BUILD)
check("between two ends: that one", r.returncode == 0 and re.findall(r"^ +planted (\d+)$", r.stdout, re.M) == [str(first)] and not r.stderr, r.stdout[-500:] + r.stderr)
check("by builds that were measured before, alone", re.search(r"1 change; (\d+) runs, \1 of them", r.stdout), r.stdout[-300:])
r = pv("bisect", hashes[planted[3]], hashes[planted[4] - 1], f"--metric={METRIC}", f"--checkout={repo}", f"--cache={cache}", "-q", *BUILD)
check("where nothing changed: status 5", r.returncode == 5 and "nothing changed" in r.stdout, r.stdout + r.stderr)

# --- where nobody can tell -----------------------------------------------------------------------
git("checkout", "-q", "-b", "dark", hashes[0])
for name, extra in (("dark one", "#error\n"), ("dark two", "#error\n"), ("light", "")):
    open(os.path.join(repo, ENTRY), "w").write(entry.replace(PLACE, "    nop\n" + PLACE) + extra)
    open(os.path.join(repo, "NEWS"), "a").write(name)
    git("commit", "-q", "-a", "-m", name)
r = pv("bisect", hashes[0], "dark", f"--metric={METRIC}", f"--checkout={repo}", f"--cache={cache}", "-q", *BUILD)
check("commits that do not build before the change: all of them are named", r.returncode == 0 and "one of 3 commits" in r.stdout and
      all(name in r.stdout for name in ("dark one", "dark two", "light")), r.stdout[:600] + r.stderr)
check("in a form that git bisect replay takes", subprocess.run(["git", "-C", repo, "bisect", "replay", f"{work.name}/log"], capture_output=True, env=ENVIRONMENT).returncode in (0, 1, 2))

# --- a signal in the middle, and what cannot be --------------------------------------------------
def children(pid):
    try:
        return open(f"/proc/{pid}/task/{pid}/children").read().split()
    except OSError:  # it has just ended
        return []


def sleepers(pid):
    """Of it and its children: those that are the command that builds."""
    found = []
    for child in children(pid):
        try:
            found += [child] if open(f"/proc/{child}/comm").read() == "sleep\n" else sleepers(child)
        except OSError:
            continue
    return found


def is_gone(pid):
    return not os.path.exists(f"/proc/{pid}") or open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] == "Z"


for options, count, how in (((), 1, signal.SIGTERM), (("--shards=3",), 3, signal.SIGTERM), (("--shards=3",), 3, signal.SIGKILL)):
    process = subprocess.Popen([PVBENCH, "bisect", hashes[0], hashes[2], f"--metric={METRIC}", f"--checkout={repo}", f"--cache={work.name}/other", "-q", *options,
                                "--build=sleep 600", "--product=x"], env=ENVIRONMENT, cwd=work.name, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None and len(sleepers(process.pid)) < count:
        time.sleep(.1)
    building = sleepers(process.pid)
    process.send_signal(how)
    error = process.communicate(timeout=60)[1]
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and not all(map(is_gone, building)):
        time.sleep(.1)
    check(f"{how.name} ends {count} build{'s' * (count > 1)}", len(building) == count and all(map(is_gone, building)), (building, error))
    if how == signal.SIGTERM:
        check("and takes the trees away", process.returncode == 1 and "interrupted" in error and not leftovers(), error + str(leftovers()))
    else:
        while time.monotonic() < deadline and len(leftovers()) > 1:
            time.sleep(.1)
        check("and the workers take theirs away", len(leftovers()) == 1, leftovers())
        shutil.rmtree(os.path.join(work.name, leftovers()[0]))
for arguments, status, words in ((["a", "b"], 2, "no metric given"), ([hashes[0], "main", "--metric=x"], 2, "is no metric"), ([hashes[0]], 2, "give two commits"), (["--serve", "a"], 2, "give it alone"), (["--serve"], 1, "is not what pvbench bisect asks"),
                                 ([hashes[0], "main", "--metric=xen/pv/pte_update.price"], 2, "price is not known"),
                                 ([hashes[0], "nobody", f"--metric={METRIC}", f"--checkout={repo}"], 1, "BAD nobody: is no commit"),
                                 ([hashes[5], hashes[4], f"--metric={METRIC}", f"--checkout={repo}"], 1, "is no ancestor"),
                                 ([hashes[5], hashes[4], f"--metric={METRIC}", f"--checkout={work.name}"], 1, "git")):
    r = pv("bisect", *arguments)
    check(f"bisect: {words}", r.returncode == status and words in r.stderr and r.stderr.count("\n") == 1, r.stderr)

# --- two builds ------------------------------------------------------------------------------------
tree = os.path.join(work.name, "tree")
builds = []
for i in (0, planted[0]):
    subprocess.run(["git", "clone", "-q", "--shared", repo, tree], check=True, env=ENVIRONMENT)
    subprocess.run(["git", "-C", tree, "checkout", "-q", hashes[i]], check=True, env=ENVIRONMENT)
    subprocess.run(["make", "-s", "build/minivisor.elf"], cwd=tree, check=True, env=ENVIRONMENT)
    builds.append(shutil.copy(os.path.join(tree, "build/minivisor.elf"), os.path.join(work.name, f"minivisor-{i}.elf")))
    shutil.rmtree(tree)
only = ("--workload=null_hypercall", "--workload=cpuid", "--mode=pv")
r = pv("ab", *builds, *only)
check("ab: status 3, and the verdict in Markdown", r.returncode == 3 and r"**regression** null\_hypercall pv on minivisor: +1 instructions" in r.stdout and
      "cpuid pv on minivisor: " not in r.stdout, r.stdout + r.stderr)
check("with the function", r"syscall\_entry +1" in r.stdout, r.stdout)
r = pv("ab", builds[0], builds[0], *only, f"--keep={work.name}/kept", f"--output={work.name}/verdict.md")
check("ab: a build is no worse than itself", r.returncode == 0 and "**regression**" not in open(f"{work.name}/verdict.md").read(), r.stderr)
check("ab keeps both results", len(json.load(open(f"{work.name}/kept/new.json"))["runs"]) == 1)
r = pv("ab", *reversed(builds), *only)
check("ab: the other way round it is better", r.returncode == 0 and "better" in r.stdout, r.stdout)
r = pv("ab", builds[0], os.path.join(repo, "README.md"))
check("ab: what is no build", r.returncode == 1 and "is neither Xen nor a kernel nor the minivisor" in r.stderr, r.stderr)
check("nothing is left behind", not leftovers(), leftovers())
end()
