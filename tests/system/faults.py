#!/usr/bin/python3
"""What a user finds when something goes wrong on the computer: the file that was asked for is whole
or as it was, a signal does what whoever started us wants, nothing measured is lost, nothing is left.
At the end a sample of each sweep of tests/faults (make check-faults)."""

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path[:0] = ["tests", "tests/faults"]
from tap import check, end, skip  # noqa: E402
import common  # noqa: E402
import full  # noqa: E402
import inject  # noqa: E402
import killed  # noqa: E402

TOP, PVBENCH = os.getcwd(), common.PVBENCH
FULL = common.FULL
WORK = tempfile.mkdtemp(prefix="pvb-test-faults-")
TMP = os.path.join(WORK, "tmp")
SUITE = {"schema": "pvbench.suite/1", "name": "s", "hypervisors": ["minivisor"], "modes": ["pv", "hvm"],
         "timeout_s": 20, "workloads": ["empty", "compute", "cpuid"]}
os.mkdir(TMP)
os.chdir(WORK)
PIDS = os.path.join(WORK, "pids")


def environment(**more):
    return dict(os.environ, TMPDIR=TMP, PVBENCH_QEMU=os.path.join(TOP, "tests/system/fake_qemu"), FAKE_PIDS=PIDS, **more)


def pv(*arguments, before=None, limit=60, **options):
    """The command, after `before` in the child; `env` has more of the environment."""
    env = environment(**options.pop("env", {}))
    return subprocess.run([PVBENCH, *arguments], env=env, preexec_fn=before, capture_output=True, text=True,
                          timeout=limit, stdin=subprocess.DEVNULL, check=False, **options)


def start(*arguments, before=common.default_signals, **env):
    return subprocess.Popen([PVBENCH, *arguments], env=environment(**env), preexec_fn=before, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def wait_for(what, seconds=60.0):
    limit = time.time() + seconds
    while not what() and time.time() < limit:
        time.sleep(0.02)
    return what()


def lines(path):
    return read(path).count(b"\n") if os.path.exists(path) else 0


def said(run, status, *words):
    return run.returncode == status and run.stderr.count("\n") == 1 and all(w in run.stderr for w in words)


def why(run):
    return f"status {run.returncode}: {run.stdout[-300:]} {run.stderr[-900:]}"


# --- a file is whole or as it was ------------------------------------------
def places():
    shutil.copy(FULL, "r.json")
    shutil.copy(FULL, "other.json")
    os.symlink("r.json", "link.json")
    os.link("r.json", "hard.json")
    os.mkdir("nights")
    shutil.copy(FULL, "nights/a.json")
    write("s.json", json.dumps(SUITE).encode())
    for what, arguments, kept in (
            ("report", ["report", "r.json", "-o", "r.json"], "r.json"),
            ("report through a link", ["report", "r.json", "-o", "link.json"], "r.json"),
            ("report by another name", ["report", "r.json", "-o", "hard.json"], "hard.json"),
            ("report html", ["report", "r.json", "--format=html", "-o", "r.json"], "r.json"),
            ("export", ["export", "r.json", "--format=csv", "-o", "./r.json"], "r.json"),
            ("compare, the base", ["compare", "r.json", "other.json", "-o", "r.json"], "r.json"),
            ("compare, the new one", ["compare", "r.json", "other.json", "-o", "other.json"], "other.json"),
            ("compare, the control", ["compare", "other.json", "other.json", "--control=r.json", "-o", "r.json"], "r.json"),
            ("history, a night", ["history", "nights", "-o", "nights/a.json"], "nights/a.json"),
            ("run, its suite", ["run", "./s.json", "-o", "s.json"], "s.json")):
        before = read(kept)
        run = pv(*arguments)
        check(f"{what}: -o names an input, and is refused", said(run, 1, "this command reads it", "-o")
              and read(kept) == before, why(run))
    run = pv("report", "-", "-o", "r.json", limit=20)
    check("standard input is read as before", run.returncode == 1, why(run))

    os.mkdir("else")
    write("else/target", b"old")
    os.chmod("else/target", 0o640)
    os.symlink("else/target", "through")
    run = pv("report", "r.json", "-o", "through")
    check("a link is written through, and stays one", run.returncode == 0 and os.path.islink("through")
          and read("else/target").startswith(b"suite ") and os.stat("else/target").st_mode & 0o777 == 0o640
          and os.listdir("else") == ["target"], why(run))
    os.symlink("else/new", "dangling")
    run = pv("report", "r.json", "-o", "dangling")
    check("also one that leads to nothing yet", run.returncode == 0 and read("else/new") == read("else/target"), why(run))

    with open("log", "wb") as log:
        log.write(b"before\n")
    with open("log", "ab") as log:
        run = subprocess.run([PVBENCH, "report", "r.json", "-o", "/dev/stdout"], stdout=log, stderr=subprocess.PIPE,
                             text=True, check=False)
    check("/dev/stdout is the descriptor, not a file", run.returncode == 0
          and read("log") == b"before\n" + read("else/target"), run.stderr)
    os.mkfifo("pipe")
    with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE) as cat:
        run = pv("run", "./s.json", "-q", "-o", "pipe")
        got = cat.communicate(timeout=30)[0]
    check("a pipe gets the whole result, and only that", run.returncode == 0 and len(json.loads(got)["runs"]) == 2, why(run))
    for command in (["report", "r.json"], ["export", "--format=csv", "r.json"], ["--version"], ["list"], ["--help"],
                    ["report", "--help"], ["history", "nights"], ["compare", "r.json", "r.json"]):
        with open("/dev/full", "wb") as out:
            run = subprocess.run([PVBENCH, *command], stdout=out, stderr=subprocess.PIPE, text=True, check=False)
        check(f"{' '.join(command)}: standard output is full: status 1", run.returncode == 1
              and run.stderr.count("\n") == 1 and "standard output: cannot be written: No space left" in run.stderr,
              f"{run.returncode}: {run.stderr}")
    write("planted", b"a victim's")
    for name in [f"r.txt.{n}.tmp" for n in range(os.getpid(), os.getpid() + 300)]:
        os.symlink("planted", name)
    run = pv("report", "r.json", "-o", "r.txt")
    check("no name that can be foreseen is written to", run.returncode == 0 and read("planted") == b"a victim's", why(run))


# --- what a drawing program leaves -----------------------------------------
GNUPLOT = """#!/bin/sh
# Draws, and then its files are damaged as by a full disk, with status 0.
PATH=${PATH#*:} gnuplot "$@" || exit
case $PWD in */again) exit ;; esac
for file in *.DAMAGED; do DAMAGE; done
"""
DAMAGES = {
    "svg": [("is cut off", 'truncate -s 9000 "$file"'), ("is empty", ': >"$file"'), ("is missing", 'rm "$file"'),
            ("has a hole", 'sed -i "s/currentColor/curr/" "$file"'),
            ("lost an element's end", 'sed -i "s,</text>,," "$file"')],
    "png": [("is cut off", 'truncate -s 9000 "$file"'), ("is empty", ': >"$file"'),
            ("has a wrong byte", 'printf x | dd of="$file" bs=1 seek=5000 conv=notrunc 2>/dev/null')],
    "pdf": [("is cut off", 'truncate -s 9000 "$file"'), ("is empty", ': >"$file"'),
            ("has a hole", 'head -c 5000 "$file" >x; tail -c +5011 "$file" >>x; mv x "$file"')],
    "tex": [("is cut off", 'truncate -s 5000 "$file"'), ("has a hole", 'sed -i "s/makebox/makebo/" "$file"')],
}


def pictures():
    os.mkdir("bin")
    path = os.path.join(WORK, "bin") + ":" + os.environ["PATH"]
    formats = {"svg": "svg", "png": "png", "pdf": "pdf", "tex": "cairolatex"}
    for ending, damages in DAMAGES.items():
        for what, damage in damages:
            write("bin/gnuplot", GNUPLOT.replace("DAMAGED", ending).replace("DAMAGE", damage).encode())
            os.chmod("bin/gnuplot", 0o755)
            run = pv("figure", common.RESULT, "--only=cost", "--format=" + formats[ending], "-o", "figures", env={"PATH": path})
            check(f"figure: what gnuplot wrote {what}: {ending}", said(run, 1, "gnuplot: ", "." if ending != "tex" else ".tex")
                  and not run.stdout and os.listdir("figures") == [], why(run) + str(os.listdir("figures")))
            if ending == "svg":
                run = pv("report", common.RESULT, "--format=html", "-o", "page.html", env={"PATH": path})
                check(f"report html: what gnuplot wrote {what}", said(run, 1, "gnuplot: ") and not os.path.exists("page.html")
                      and not os.listdir(TMP), why(run))
    os.chmod("bin/gnuplot", 0o644)
    run = pv("figure", common.RESULT, "--only=cost", "-o", "figures", env={"PATH": os.path.join(WORK, "bin")})
    check("a gnuplot that cannot be started is blamed on its cause", said(run, 1, "cannot be started: Permission denied"),
          why(run))
    write("bin/gnuplot", b"#!/bin/sh\necho $$ >" + PIDS.encode() + b".gnuplot\nexec sleep 100\n")
    os.chmod("bin/gnuplot", 0o755)
    child = start("figure", common.RESULT, "-o", "figures", PATH=path)
    wait_for(lambda: lines(PIDS + ".gnuplot") == 1)
    child.kill()
    child.communicate()
    drawing = int(read(PIDS + ".gnuplot"))
    check("gnuplot does not outlive a figure that is killed", wait_for(lambda: not running(drawing), 10))
    run = pv("figure", common.RESULT, "--only=cost", "-o", "figures")
    check("and what it left is removed by the next", run.returncode == 0
          and not [n for n in os.listdir("figures") if n.startswith(".")], why(run) + str(os.listdir("figures")))


def running(pid):
    try:
        return read(f"/proc/{pid}/stat").rsplit(b")", 1)[1].split()[0] not in b"ZX"
    except OSError:
        return False


# --- what comes over exec --------------------------------------------------
def ignore_children():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def block_all():
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))


def close_all():
    common.default_signals()
    os.closerange(0, 3)


def ignore_hang_up():
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def inherited():
    for what, before in (("SIGCHLD is ignored", ignore_children), ("all signals are blocked", block_all)):
        for command in (["figure", common.RESULT, "--only=cost", "--format=svg", "-o", "drawn"],
                        ["run", "./s.json", "-q", "-o", "c.json"], ["doctor"]):
            begun = time.time()
            run = pv(*command, before=before)
            good = run.returncode == 0 or command[0] == "doctor" and "lab emulator" in run.stdout
            check(f"{command[0]} where {what}", good and time.time() - begun < 30, why(run))
    child = start("run", "./s.json", "-q", "-o", "n.json", before=ignore_hang_up, FAKE="slow")
    wait_for(lambda: lines("n.json.journal") >= 1)
    for number in (signal.SIGHUP, signal.SIGINT):
        child.send_signal(number)
    err = child.communicate()[1]
    check("what was ignored when we were started stays ignored (nohup)", child.returncode == 0
          and common.runs_of("n.json") == common.runs_of("c.json"), err)
    child = start("run", "./s.json", "-q", "-o", "n.json", "-j", "1", before=close_all, FAKE="slow")
    wait_for(lambda: lines("n.json.journal") >= 2)
    child.send_signal(signal.SIGINT)
    child.communicate()
    journal = read("n.json.journal").splitlines() if os.path.exists("n.json.journal") else []
    check("with descriptors 0 to 2 closed the journal has journal lines only", child.returncode == 1 and len(journal) >= 2
          and all(line.startswith(b"{") for line in journal), str(journal)[:500])
    run = pv("run", "./s.json", "-q", "-o", "n.json", "--resume", before=close_all)
    check("and goes on", run.returncode == 0 and common.runs_of("n.json") == common.runs_of("c.json"), why(run))
    for command, status in ((["report", common.RESULT], 1), (["report", common.RESULT, "-o", "closed.txt"], 0)):
        run = subprocess.run([PVBENCH, *command], preexec_fn=lambda: os.closerange(0, 2), stderr=subprocess.PIPE, text=True,
                             check=False)
        check(f"{'standard output' if status else 'only a file'} is needed, and it is closed: status {status}",
              run.returncode == status and (status == 0 or "standard output: cannot be written" in run.stderr), run.stderr)


# --- what was measured stays -----------------------------------------------
def kept():
    shutil.copy(FULL, "full.json")
    for what, arguments, word in (("of other hypervisors and modes", [os.path.join(TOP, "workloads/suites/micro.json")], "kvm/hvm@lab"),
                                  ("of fewer workloads", ["micro", "--workload", "cpuid"], "kvm/hvm@lab"),
                                  ("of another suite", ["./s.json"], "xen/pvh@lab")):
        run = pv("run", *arguments, "-q", "-o", "full.json")
        check(f"a result is not written over by a run {what}", said(run, 1, word, "--force", "-o")
              and read("full.json") == read(FULL), why(run))
    run = pv("run", "./s.json", "-q", "-o", "whole.json")
    whole = read("whole.json")
    run = pv("run", "./s.json", "-q", "-o", "whole.json", "--workload", "cpuid")
    check("nor a column's workloads by one", said(run, 1, "empty, compute") and read("whole.json") == whole, why(run))
    child = start("run", "./s.json", "-q", "-o", "whole.json", "-j", "1", FAKE="slow")
    wait_for(lambda: lines("whole.json.journal") >= 2)
    child.send_signal(signal.SIGTERM)
    err = child.communicate()[1]
    check("nor a whole one by a part", child.returncode == 1 and read("whole.json") == whole and err.count("\n") == 1
          and "whole.json is left as it was" in err and "whole.json.journal" in err and "--resume" in err, err)
    run = pv("run", "./s.json", "-q", "-o", "whole.json", "--resume")
    check("--resume finishes it, and replaces it then", run.returncode == 0 and read("whole.json") != whole
          and common.runs_of("whole.json") == common.runs_of("c.json") and not os.path.exists("whole.json.journal"), why(run))
    run = pv("run", "./s.json", "-q", "-o", "whole.json", "--mode", "pv", "--force")
    check("--force replaces it", run.returncode == 0 and len(json.loads(read("whole.json"))["runs"]) == 1, why(run))


def emulator():
    write(PIDS, b"")
    run = pv("run", "./s.json", "-q", "-o", "e.json", "-j", "1", env={"FAKE": "killed=2"})
    check("an emulator that somebody kills: its guest is booted again", run.returncode == 0
          and common.runs_of("e.json") == common.runs_of("c.json") and run.stderr.count("killed by signal 9") == 2, why(run))
    write(PIDS, b"")
    run = pv("run", "./s.json", "-q", "-o", "e2.json", "-j", "1", env={"FAKE": "killed=3"})
    states = [r["status"] for r in json.loads(read("e2.json"))["runs"]]
    check("again and again: the rest is measured", run.returncode == 1 and states == ["skipped", "ok"]
          and "is memory short?" in run.stderr and "--resume" in run.stderr, why(run) + str(states))
    run = pv("run", "./s.json", "-q", "-o", "e2.json", "--resume")
    check("and --resume measures what is missing", run.returncode == 0
          and common.runs_of("e2.json") == common.runs_of("c.json"), why(run))


def left_behind():
    child = start("run", "./s.json", "-q", "-o", "k.json", "-j", "1", FAKE="slow")
    wait_for(lambda: lines("k.json.journal") >= 2)
    child.kill()
    child.communicate()
    mine = start("run", "./s.json", "-q", "-o", "k2.json", "-j", "1", FAKE="slow")
    wait_for(lambda: lines("k2.json.journal") >= 1)
    os.mkdir(os.path.join(TMP, "pvbench-run-abcdef"))  # nobody's that we know of
    # The dead one's folder is gone as soon as another run begins; that of a living one is not.
    check("what a killed run left is removed by the next", len(os.listdir(TMP)) == 2, str(os.listdir(TMP)))
    run = pv("run", "./s.json", "-q", "-o", "k.json", "--resume")
    check("--resume goes on beside a run that lives", run.returncode == 0 and len(os.listdir(TMP)) == 2, why(run))
    err = mine.communicate()[1]
    check("which ends well", mine.returncode == 0 and os.listdir(TMP) == ["pvbench-run-abcdef"], err)
    os.rmdir(os.path.join(TMP, "pvbench-run-abcdef"))
    if subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode:
        skip("a boot's folder that cannot be removed is told", "user namespaces")
        return
    run = subprocess.run(["unshare", "-rm", PVBENCH, "run", "./s.json", "-q", "-o", "h.json"], env=environment(FAKE="held"),
                         capture_output=True, text=True, check=False)
    check("a boot's folder that cannot be removed is told", said(run, 1, "cannot be removed: Device or resource busy", TMP)
          and common.runs_of("h.json") == common.runs_of("c.json"), why(run))
    for name in os.listdir(TMP):
        shutil.rmtree(os.path.join(TMP, name))


# --- the journal is input like any other -----------------------------------
def journal():
    child = start("run", "./s.json", "-q", "-o", "j.json", "-j", "1", FAKE="slow")
    wait_for(lambda: lines("j.json.journal") >= 2)
    child.send_signal(signal.SIGTERM)
    child.communicate()
    good = read("j.json.journal")
    first, second = good.split(b"\n")[:2]
    bad = {
        "a benchmark without a status": (2, good.replace(b'"status":"ok","', b'"', 2)),
        "a digit that changed": (2, re.sub(rb'"median":1', b'"median":2', good, count=1)),
        "a line that is missing": (2, first + b"\n" + second.replace(b'"unit":0', b'"unit":1') + b"\n"),
        "a line twice": (3, good + second + b"\n"),
        "another unit": (2, good.replace(b'"unit":0', b'"unit":9')),
        "bytes that are no text": (2, first + b"\n\xff\x00\xfe\n"),
        "an empty line": (2, first + b"\n\n"),
        "another header": (1, good.replace(b'"plan":"', b'"plan":"x', 1)),
        "no header": (1, second + b"\n"),
        "a journal of another version": (1, good.replace(b"pvbench.journal/2", b"pvbench.journal/1", 1)),
    }
    for what, (line, text) in bad.items():
        assert text != good, what
        write("j.json.journal", text)
        run = pv("run", "./s.json", "-q", "-o", "j.json", "--resume")
        check(f"{what} is refused with its line", said(run, 1, f"j.json.journal:{line}:", "--resume")
              and read("j.json.journal") == text, why(run))
    write("j.json.journal", good + b'{"unit":1,"run":{"sta')
    run = pv("run", "./s.json", "-q", "-o", "j.json", "--resume")
    check("a last line that was cut off is not", run.returncode == 0
          and common.runs_of("j.json") == common.runs_of("c.json"), why(run))


# --- a sample of the sweeps ------------------------------------------------
def sweeps():
    folder = tempfile.mkdtemp(prefix="pvb-faults-of-")
    table, printed = common.Table(quiet=True), io.StringIO()
    try:
        cases = common.cases(folder)
        mounts = full.enter()
        with contextlib.redirect_stdout(printed):
            inject.sweep(cases, table, 16, 5)
            killed.sweep(os.path.join(folder, "faults.json"), table, 8, 3)
            if mounts:
                full.sweep(cases, table, 1024, 48)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for row, (tries, failures, _) in table.rows.items():
        check(f"{row}: {tries} tries", tries and not failures, printed.getvalue())
    if not mounts:
        skip("a disk that fills up", "a mount namespace")


try:
    for part in (places, pictures, inherited, kept, emulator, left_behind, journal):
        part()
    check("nothing is left of all that", os.listdir(TMP) == [], str(os.listdir(TMP)))
    os.chdir(TOP)
    sweeps()
finally:
    shutil.rmtree(WORK, ignore_errors=True)
end()
