#!/usr/bin/python3
"""contrib/slurm on a Slurm of our own: which commit, by three nodes at once; twelve builds in three modes, while one of them dies."""

import difflib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end, skip  # noqa: E402
BUILD = os.path.abspath(os.environ.get("PVB_BUILD", "build"))
PVBENCH, SLURM = os.path.join(BUILD, "pvbench"), os.path.join(BUILD, "tests/slurm/usr")
CONTRIB = os.path.abspath("contrib/slurm")
BUILDS, SHARDS, NODES = 12, 3, ("first", "second", "third")
WHAT = ("--hypervisor=native", "--hypervisor=minivisor", "--workload=null_hypercall", "--workload=cpuid")
work = tempfile.mkdtemp(prefix="pvbench-slurm-")
processes, began = [], time.monotonic()


def at(*name):
    return os.path.join(work, *name)


# --- an ordinary user, where root can become one that sees the build -------------------------
os.chmod(work, 0o755)
user = pwd.getpwuid(os.getuid())
if os.getuid() == 0:
    nobody = pwd.getpwnam("nobody")
    sees = subprocess.run(["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", "cat", os.path.join(BUILD, "minivisor.elf"), PVBENCH,
                           os.path.join(CONTRIB, "submit")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    user = nobody if sees else user
    os.chown(work, user.pw_uid, user.pw_gid)
become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user.pw_uid != os.getuid() else []
LIBRARIES = os.path.join(SLURM, "lib/x86_64-linux-gnu")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM", "MAKE", "PVBENCH"))}
ENVIRONMENT.update(PATH=":".join((BUILD, SLURM + "/bin", "/usr/sbin", os.environ["PATH"])), LD_LIBRARY_PATH=LIBRARIES + ":" + LIBRARIES + "/slurm-wlm",
                   SLURM_CONF=at("slurm.conf"), HOME=work, TMPDIR=work)


def run(*arguments, **more):
    return subprocess.run([*become, *arguments], env=ENVIRONMENT, cwd=work, capture_output=True, text=True, **more)


def start(*arguments):
    log = open(at("daemons.log"), "a")
    process = subprocess.Popen([*become, *arguments], env=ENVIRONMENT, cwd=work, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    processes.append(process)
    return process


def children(pid):
    """All that it has started, and they; what we started, and nobody else."""
    found = []
    for other in filter(str.isdigit, os.listdir("/proc")):
        try:
            parent = int(open(f"/proc/{other}/stat").read().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid:
            found += [int(other)] + children(int(other))
    return found


def kill(process):
    pids = children(process.pid) + [process.pid]
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


def until(what, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(.2)
    return False


def ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    numbers = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return numbers


def configure():
    host, port = socket.gethostname().split(".")[0], ports(1 + len(NODES))
    nodes = "\n".join(f"NodeName={n} NodeHostname={host} NodeAddr=127.0.0.1 Port={p} CPUs=1 RealMemory=500 Feature={'xen417' if n == 'third' else 'lab'}"
                      for n, p in zip(NODES, port[1:]))
    open(at("slurm.conf"), "w").write(f"""ClusterName=pvbench
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port[0]}
SlurmUser={user.pw_name}
SlurmdUser={user.pw_name}
AuthType=auth/munge
AuthInfo=socket={at('munge.socket')}
CredType=cred/munge
PluginDir={LIBRARIES}/slurm-wlm
StateSaveLocation={at('state')}
SlurmdSpoolDir={at('spool-%n')}
SlurmctldPidFile={at('slurmctld.pid')}
SlurmdPidFile={at('slurmd-%n.pid')}
SlurmctldLogFile={at('slurmctld.log')}
SlurmdLogFile={at('slurmd-%n.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
SlurmdTimeout=5
InactiveLimit=0
KillWait=2
ReturnToService=0
JobRequeue=1
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc={at('completed')}
{nodes}
PartitionName=all Nodes={','.join(NODES)} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
""")
    open(at("cgroup.conf"), "w").write("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")


def start_slurm():
    for name in ("state", *(f"spool-{n}" for n in NODES)):
        os.mkdir(at(name), 0o700)
        os.chown(at(name), user.pw_uid, user.pw_gid)
    key = run(SLURM + "/sbin/mungekey", "--create", f"--keyfile={at('munge.key')}")
    assert key.returncode == 0, key.stderr
    start(SLURM + "/sbin/munged", "--foreground", "--force", f"--key-file={at('munge.key')}", f"--socket={at('munge.socket')}", f"--pid-file={at('munge.pid')}",
          f"--log-file={at('munge.log')}", f"--seed-file={at('munge.seed')}")
    assert until(lambda: os.path.exists(at("munge.socket")), 20), "munged does not come up"
    start(SLURM + "/sbin/slurmctld-wlm", "-D", "-f", at("slurm.conf"))
    daemons = {n: start(SLURM + "/sbin/slurmd-wlm", "-D", "-f", at("slurm.conf"), "-N", n, "-d", SLURM + "/sbin/slurmstepd-wlm") for n in NODES}
    if not until(lambda: run("sinfo", "-h", "-o", "%t").stdout.split() == ["idle"], 60):
        raise AssertionError(run("sinfo").stdout + "".join(open(at(f)).read()[-3000:] for f in os.listdir(work) if f.endswith(".log")))
    return daemons


# --- the builds: one instruction more in the path of hypercalls than in the one before -------------
def make_builds():
    tree, entry = at("tree"), "hypervisor-harness/minivisor/entry.S"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    shutil.copytree(".", tree, ignore=lambda folder, names: [n for n in names if folder == "." and n in ("build", "results", ".git")])
    text, place = open(entry).read(), "    mov %rax, REGS_rax(%rsp)\n#ifdef MV_EXTRA_INSTRUCTIONS"
    lines = []
    for i in range(BUILDS):
        folder = at(f"images-{i:02}")
        os.mkdir(folder)
        open(os.path.join(tree, entry), "w").write(text.replace(place, "    nop\n" * i + place))
        subprocess.run(["make", "-s", "build/minivisor.elf"], cwd=tree, check=True, env=environment)
        shutil.copy(os.path.join(tree, "build/minivisor.elf"), folder)
        for name in ("guest-pv.elf", "guest-hvm.elf", "workloads.sha256", "revision"):
            shutil.copy(os.path.join(BUILD, name), folder)
        lines.append(f"build-{i:02} {folder}\n")
    shutil.rmtree(tree)
    open(at("builds"), "w").writelines(lines)


# --- seven commits, of which the fifth costs two instructions more; that of an ordinary user's repository --------
def git(*arguments):
    r = run("git", "-C", at("repo"), "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments)
    assert r.returncode == 0, r.stderr
    return r.stdout


def make_history():
    shutil.copytree(".", at("repo"), ignore=lambda folder, names: [n for n in names if folder == "." and n in ("build", "results", ".git")])
    entry, place = at("repo", "hypervisor-harness/minivisor/entry.S"), "    mov %rax, REGS_rax(%rsp)\n#ifdef MV_EXTRA_INSTRUCTIONS"
    for name in [at("repo")] + [os.path.join(folder, n) for folder, folders, files in os.walk(at("repo")) for n in folders + files]:
        os.chown(name, user.pw_uid, user.pw_gid, follow_symlinks=False)
    git("init", "-q", "-b", "main")
    text = open(entry).read()
    for i in range(8):
        open(entry, "w").write(text.replace(place, "    nop\n" * (2 if i >= 5 else 0) + place))
        open(at("repo", "hypervisor-harness/minivisor/NEWS"), "a").write(f"{i}\n")
        git("add", "-A")
        git("commit", "-q", "-m", f"commit {i}")
        git("tag", f"c{i}")


def bisect():
    make_history()
    start = time.monotonic()
    r = run("sbatch", "--parsable", "--nodes=3", "--output=" + at("bisect.log"), CONTRIB + "/bisect.sbatch", "c0", "main", "--metric=minivisor/pv/null_hypercall.cost",
            "--checkout=" + at("repo"), "--cache=" + at("cache"), "--quiet", f"--build=echo $SLURMD_NODENAME >>{at('builders')}; make -s build/minivisor.elf",
            "--product=build/minivisor.elf")
    done = until(lambda: not run("squeue", "-h").stdout, 240)
    said = open(at("bisect.log")).read() if os.path.exists(at("bisect.log")) else ""
    check("bisect over three nodes names the commit, and how much", r.returncode == 0 and done and "    commit 5\n" in said and
          "null_hypercall.cost: +2, from" in said and "1 change; " in said, r.stderr + said + open(at("slurmctld.log")).read()[-1500:])
    check("in two rounds", "runs in 2 rounds of at most 3" in said, said[-300:])
    check("each of the three built", set(open(at("builders")).read().split()) == set(NODES), open(at("builders")).read())
    check("and nothing is left behind", not [f for f in os.listdir(work) if f.startswith("pvbench-bisect-")], os.listdir(work))
    print(f"# {time.monotonic() - start:.0f} s")


def finished():
    return len([1 for _, _, files in os.walk(at("out", "shards")) for f in files if f.endswith(".json")])


def main():
    configure()
    try:
        daemons = start_slurm()
    except AssertionError as e:
        check("Slurm comes up", False, e)
        return
    check(f"munged, slurmctld and three slurmd run as {user.pw_name}, unpacked", True)
    bisect()
    make_builds()
    ENVIRONMENT["PVBENCH_IMAGES"] = at("images-00")
    r = run(CONTRIB + "/submit", "-N", "2", at("bad"), at("builds"), "micro", "--mode=xyz")
    check("wrong options are found before anything is queued", r.returncode == 2 and "xyz" in r.stderr and not run("squeue", "-h").stdout, r.stderr)
    ENVIRONMENT.pop("PVBENCH_IMAGES")
    r = run(CONTRIB + "/submit", "-N", str(SHARDS), at("out"), at("builds"), "micro", *WHAT)
    check("submitted: an array, and a merge behind it", r.returncode == 0 and re.fullmatch(r"\d+ \d+\n", r.stdout), r.stderr)
    # One node dies while it works.
    check("the nodes work", until(lambda: finished() >= 6 and "second" in run("squeue", "-h", "-t", "R", "-o", "%N").stdout, 120), run("squeue").stdout + run("sinfo").stdout)
    busy = run("squeue", "-h", "-t", "R", "-w", "second", "-o", "%i").stdout.split()
    kill(daemons["second"])
    dead = time.monotonic()
    done = until(lambda: os.path.exists(at("out", "report")), 240)
    check(f"all {BUILDS * SHARDS} tasks and the merge end, though a node died while it ran {' '.join(busy) or 'nothing'}", done, run("squeue").stdout + run("sinfo").stdout)
    print(f"# {time.monotonic() - dead:.0f} s after the node died")
    check("the node is down", "down" in run("sinfo", "-h", "-n", "second", "-o", "%t").stdout, run("sinfo").stdout)
    report = open(at("out", "report")).read() if done else ""
    check("the report has a line a build, and nothing is missing", report.count(": 3 settings of ") == BUILDS and "did not run" not in report, report)
    nodes = {f.rsplit(".", 2)[1] for _, _, files in os.walk(at("out", "shards")) for f in files if f.endswith(".json")}
    check("three nodes took part", nodes == set(NODES), nodes)
    ENVIRONMENT.pop("PVBENCH_IMAGES", None)
    wholes = []
    for i in range(BUILDS):
        ENVIRONMENT["PVBENCH_IMAGES"] = at(f"images-{i:02}")
        r = run(PVBENCH, "run", "micro", "-q", *WHAT, "-o", at(f"whole-{i:02}.json"))
        wholes.append(json.load(open(at(f"whole-{i:02}.json"))) if r.returncode == 0 else r.stderr)
    ENVIRONMENT.pop("PVBENCH_IMAGES")
    merged = [json.load(open(at("out", f"build-{i:02}.json"))) for i in range(BUILDS) if os.path.exists(at("out", f"build-{i:02}.json"))]
    same = [i for i in range(len(merged)) if json.dumps(merged[i]["runs"]) == json.dumps(wholes[i]["runs"])]
    check(f"{BUILDS} builds in 3 modes: merged, they are the undivided runs, to the byte", same == list(range(BUILDS)),
          [list(difflib.unified_diff(*(json.dumps(d["runs"], indent=1).splitlines() for d in (wholes[i], merged[i])), n=4))[:40]
           for i in range(len(merged)) if i not in same and isinstance(wholes[i], dict)] or wholes)
    for i in range(BUILDS) if same != list(range(BUILDS)) else ():
        for task in range(SHARDS) if i not in same else ():
            print(f"# task {i * SHARDS + task} said: {open(at('out', f'task-{i * SHARDS + task}.log'), errors='replace').read()!r}")
        print(f"# {os.listdir(at('out', 'shards', f'build-{i:02}'))}")
    costs = [b["cost"]["median"] for m in merged for r in m["runs"] if r["setting"] == "minivisor/pv@lab" for b in r["benchmarks"] if b["name"] == "null_hypercall"]
    check("each planted difference is there, to the instruction", costs == [costs[0] + i for i in range(BUILDS)], costs)

    # --- a shard that nobody ran ------------------------------------------------------------------
    shard = sorted(os.listdir(at("out", "shards", "build-00")))[0]
    os.remove(at("out", "shards", "build-00", shard))
    os.remove(at("out", "report"))
    r = run("bash", CONTRIB + "/merge.sbatch", at("out"))
    report = open(at("out", "report")).read()
    check("a shard that did not run is in the report, by name", r.returncode == 1 and f"shard {shard[0]}/3 (" in report, report)
    r = run("sbatch", "--test-only", "--constraint=xen417", "--exclusive", CONTRIB + "/measure.sbatch", "x")
    check("a machine is chosen by its feature", r.returncode == 0 and "third" in r.stderr, r.stderr)


if not os.path.isdir(SLURM):
    skip("Slurm", "its packages, which make check fetches")
else:
    try:
        main()
    finally:
        for process in reversed(processes):
            if process.poll() is None:
                kill(process)
        shutil.rmtree(work, ignore_errors=True)
    print(f"# {time.monotonic() - began:.0f} s")
end()
