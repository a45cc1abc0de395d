"""What the sweeps of faults share: the commands that are tried, what they write when nothing
goes wrong, and the judgement: no crash, no hang, no status 0 with damaged output, nothing left."""

import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PVBENCH = os.path.abspath(os.environ.get("PVBENCH", "build/pvbench"))
RESULT, FULL = (os.path.abspath(f"tests/fixtures/result-{n}.json") for n in ("micro", "full"))
LIMIT = 60  # seconds until a try hangs
TOKEN = "PVB_FAULTS"  # in the environment of everything that a try starts
SUITE = {"schema": "pvbench.suite/1", "name": "faults", "hypervisors": ["minivisor"], "modes": ["pv", "hvm"],
         "timeout_s": 20, "workloads": ["empty", "cpuid", "null_hypercall"]}
REPLAY = """#!/bin/sh
# Says what the lab said once.
[ "$1" = --version ] && echo "QEMU emulator version 7.2.0" && exit
case $PWD in */minivisor-pv-*) cat "{0}/pv.log" ;; *) cat "{0}/hvm.log" ;; esac
exit 1
"""
BEFORE = b"what was there before\n"
LOADER = ("error while loading shared libraries", "cannot create", "strace:", "cannot allocate TLS", "GLIBC")


def default_signals():
    """In a child: what runs the tests may ignore SIGINT, and what is ignored stays so."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Table:
    """Tries and failures of each kind, printed as they come."""

    def __init__(self, quiet=False):
        self.rows, self.quiet, self.started = {}, quiet, time.time()

    def add(self, row, fault, what):
        tries, failures, skipped = self.rows.get(row, (0, 0, 0))
        self.rows[row] = (tries + 1, failures + bool(fault), skipped)
        if fault:
            print(f"FAILED {row}, {what}: {fault}", flush=True)
        elif not self.quiet and sys.stderr.isatty():
            print(f"\r{row}, {what}: {int(time.time() - self.started)} s\033[K", end="", file=sys.stderr, flush=True)

    def end(self):
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        for row, (tries, failures, _) in self.rows.items():
            print(f"{row:44} {tries:5} tries {failures:4} failed")
        tries, failed = (sum(r[i] for r in self.rows.values()) for i in (0, 1))
        print(f"{tries - failed} passed, {failed} failed", flush=True)
        return failed


def runs_of(path):
    """The part of a result that two runs share; None: there is none, or it is damaged."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.dumps(json.load(file)["runs"])
    except (OSError, ValueError, KeyError):
        return None


class Case:
    """One command. `arguments` with {out} for its folder; `files` that it writes there."""

    def __init__(self, name, arguments, files, environment=None, status=0):
        self.name, self.arguments, self.files = name, arguments, files
        self.environment, self.status, self.reference = environment or {}, status, {}

    def command(self, out):
        return [PVBENCH] + [a.replace("{out}", out) for a in self.arguments]

    def whole(self, out, name):
        """Is the file what it is when nothing goes wrong?"""
        with open(os.path.join(out, name), "rb") as file:
            return file.read() == self.reference[name]

    def learn(self):
        with Try(self) as t:
            done = t.run([])
            assert done.returncode == self.status, done.stderr
            self.output = done.stdout.replace(t.out, "{out}")
            for name in self.files or os.listdir(t.out):
                with open(os.path.join(t.out, name), "rb") as file:
                    self.reference[name] = file.read()

    def judge(self, t, done, mute=False, loading=False):
        """What is wrong after a try; None: nothing. mute: it could not say what was wrong;
        loading: no line of ours has run."""
        if done is None:
            return f"did not end within {LIMIT} s"
        if loading and done.returncode == -11:
            return t.left()
        if done.returncode < 0 or done.returncode in (134, 139):
            return f"crashed with {done.returncode}: {done.stderr.strip()[-300:]}"
        loader = done.returncode in (1, 127) and any(word in done.stderr for word in LOADER)
        if done.returncode not in (self.status, 1) and not loader:
            return f"status {done.returncode}: {done.stderr.strip()[-300:]}"
        if done.returncode == 1 and self.status != 1 and not loader and not mute and "pvbench: " not in done.stderr:
            return f"no word of what is wrong: {done.stderr.strip()[-300:]!r}"
        return self.judge_files(t, done) or t.left()

    def judge_files(self, t, done):
        good = done.returncode == self.status
        if good and not self.files and done.stdout.replace(t.out, "{out}") != self.output:
            return "status 0 and a damaged standard output"
        for name in self.reference:
            path = os.path.join(t.out, name)
            there = os.path.exists(path)
            if good and not (there and self.whole(t.out, name)):
                return f"status {self.status} and a damaged {name}"
            if there and not self.whole(t.out, name) and open(path, "rb").read() != BEFORE:
                return f"{name} is damaged"
        strange = set(os.listdir(t.out)) - set(self.reference)
        return f"left {sorted(strange)}" if strange else None


class RunCase(Case):
    """`run`: a result is compared by its runs, and goes on from its journal."""

    def whole(self, out, name):
        return runs_of(os.path.join(out, name)) == self.reference[name]

    def learn(self):
        super().learn()
        self.reference = {"r.json": json.dumps(json.loads(self.reference["r.json"])["runs"])}

    def judge_files(self, t, done):
        path = os.path.join(t.out, "r.json")
        if done.returncode == 0 and not self.whole(t.out, "r.json"):
            return "status 0 and a damaged result"
        if os.path.exists(path) and runs_of(path) is None:
            return "the result is damaged"
        return self.judge_journal(t, done)

    def judge_journal(self, t, done):
        strange = set(os.listdir(t.out)) - {"r.json", "r.json.journal"}
        if strange:
            return f"left {sorted(strange)}"
        if os.path.exists(os.path.join(t.out, "r.json.journal")):
            if done.returncode == 0:
                return "status 0, and the journal is still there"
            return self.resume(t, ["--resume"])
        return None

    def resume(self, t, arguments):
        """Goes on without faults: the end must be that of an undisturbed run."""
        t.make_room()
        done = t.run([], arguments)
        if done is None or done.returncode:
            return f"--resume: {done and done.stderr.strip()[-300:]}"
        if not self.whole(t.out, "r.json"):
            return "--resume gives another result"
        strange = set(os.listdir(t.out)) - {"r.json"}
        return f"--resume left {sorted(strange)}" if strange else None


class Try:
    """A folder for one try, with TMPDIR in it, and whatever was started in its environment."""

    def __init__(self, case, out=None, temporary=None, before=False):
        self.case, self.folder = case, tempfile.mkdtemp(prefix="pvb-faults-")
        self.out = out or os.path.join(self.folder, "out")
        self.temporary = temporary or os.path.join(self.folder, "tmp")
        for folder in (self.out, self.temporary):
            os.makedirs(folder, exist_ok=True)
        self.make_room = lambda: None  # before it goes on
        self.token = os.path.basename(self.folder)
        for name in case.files if before and not isinstance(case, RunCase) else ():
            with open(os.path.join(self.out, name), "wb") as file:
                file.write(BEFORE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, wrapper, more=()):
        environment = dict(os.environ, TMPDIR=self.temporary, **{TOKEN: self.token}, **self.case.environment)
        return subprocess.Popen(wrapper + self.case.command(self.out) + list(more), env=environment, text=True,
                                errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, preexec_fn=default_signals)

    def run(self, wrapper, more=()):
        """None: it hangs."""
        child = self.start(wrapper, more)
        try:
            out, err = child.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            child.kill()
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
            child.communicate()
            return None
        return subprocess.CompletedProcess(child.args, child.returncode, out, err)

    def processes(self):
        """Living ones that have this try's environment."""
        found = []
        for path in glob.glob("/proc/[0-9]*"):
            try:
                with open(path + "/environ", "rb") as file:
                    ours = f"{TOKEN}={self.token}".encode() in file.read().split(b"\0")
                with open(path + "/stat", encoding="utf-8", errors="replace") as file:
                    living = file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
            except (OSError, IndexError):
                continue
            if ours and living:
                found.append(int(os.path.basename(path)))
        return found

    def left(self, patience=2.0):
        """What is left that should not be: processes, files of TMPDIR."""
        end = time.time() + patience
        while self.processes() and time.time() < end:
            time.sleep(0.02)
        if self.processes():
            return f"left processes {self.processes()}"
        there = [n for n in os.listdir(self.temporary) if not n.startswith("kept")]
        return f"left {there} in TMPDIR" if there else None


def consoles(folder):
    """The emulator's words of an undisturbed run, for REPLAY, and the suite."""
    suite = os.path.join(folder, "faults.json")
    with open(suite, "w", encoding="utf-8") as file:
        json.dump(SUITE, file)
    logs = os.path.join(folder, "logs")
    subprocess.run([PVBENCH, "run", suite, "-q", "-o", os.path.join(folder, "real.json"), "--keep-logs", logs], check=True)
    for mode in SUITE["modes"]:
        shutil.copy(os.path.join(logs, f"minivisor-{mode}-lab-1-1", "console.log"), os.path.join(folder, mode + ".log"))
    replay = os.path.join(folder, "replay")
    with open(replay, "w", encoding="utf-8") as file:
        file.write(REPLAY.format(folder))
    os.chmod(replay, 0o755)
    return suite, replay


def nights(folder):
    os.mkdir(folder)
    for day in range(3):
        with open(RESULT, encoding="utf-8") as file:
            night = json.load(file)
        night["provenance"]["date"] = f"2026-11-2{day}T01:00:00Z"
        with open(os.path.join(folder, f"{day}.json"), "w", encoding="utf-8") as file:
            json.dump(night, file)
    return folder


def cases(folder):
    """All commands that are tried, having learnt what they do when nothing goes wrong."""
    suite, replay = consoles(folder)
    many = nights(os.path.join(folder, "nights"))
    all_cases = [
        RunCase("run", ["run", suite, "-q", "-j", "1", "-o", "{out}/r.json"], ["r.json"], {"PVBENCH_QEMU": replay}),
        Case("report", ["report", RESULT, "-o", "{out}/r.txt"], ["r.txt"]),
        Case("report, standard output", ["report", RESULT], []),
        Case("report html", ["report", RESULT, "--format=html", "-o", "{out}/r.html"], ["r.html"]),
        Case("figure", ["figure", RESULT, "--only=cost", "-o", "{out}"], []),
        Case("compare", ["compare", RESULT, RESULT, "--format=json", "-o", "{out}/c.json"], ["c.json"]),
        Case("history", ["history", many, "--format=html", "-o", "{out}/h.html"], ["h.html"]),
        Case("export", ["export", RESULT, "--format=csv", "-o", "{out}/e.csv"], ["e.csv"]),
    ]
    for case in all_cases:
        probe = subprocess.run(case.command(folder + "/none")[:1] + ["--version"], capture_output=True, check=True)
        assert probe.stdout
        if case.name in ("compare", "history"):
            with Try(case) as t:
                done = t.run([])
                case.status = done.returncode  # a verdict is not what is tried here
        case.learn()
    return all_cases
