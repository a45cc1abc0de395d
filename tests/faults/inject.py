"""System calls that fail, the first, the second, … of each kind: strace makes them."""

import os
import subprocess
import tempfile

from common import PVBENCH, Try

# What fails, by the names that strace knows, and how.
CALLS = {
    "write": ("write", "ENOSPC"),
    "fsync": ("fsync", "EIO"),
    "rename": ("rename,renameat,renameat2", "EIO"),
    "openat": ("openat", "EMFILE"),
    "mmap": ("mmap", "ENOMEM"),
    "fork": ("clone,clone3,fork,vfork", "EAGAIN"),
}
# Also in what these start: its output must not be believed.
WITH_CHILDREN = {"figure": ("write",), "report html": ("write",)}


def loader_maps():
    """So many mappings are the dynamic loader's, which crashes by itself without one, as in /bin/true."""
    with tempfile.NamedTemporaryFile(prefix="pvb-strace-") as log:
        subprocess.run(["strace", "-qq", "-o", log.name, "-e", "trace=mmap", PVBENCH, "--version"], check=True,
                       stdout=subprocess.DEVNULL)
        return log.read().count(b"mmap(")


def one(case, call, n, children, table, loading=False):
    """False when there is no N-th call of that kind any more."""
    names, error = CALLS[call]
    log = tempfile.NamedTemporaryFile(prefix="pvb-strace-")
    wrapper = ["strace", "-qq", "-o", log.name, "-e", "signal=none", "-e", f"trace={names}",
               "-e", f"inject={names}:error={error}:when={n}"] + (["-f"] if children else [])
    with log, Try(case, before=n % 2) as t:
        done = t.run(wrapper)
        with open(log.name, "rb") as file:
            lines = [line for line in file.read().split(b"\n") if b"(INJECTED)" in line]
        injected = bool(lines)
        mute = any(b"write(2," in line for line in lines)
        if injected or done is None:
            row = f"{case.name}{' and children' if children else ''}: {call} fails"
            table.add(row, case.judge(t, done, mute, loading), f"N = {n}")
        return injected


def sweep(all_cases, table, most, step=1, calls=tuple(CALLS)):
    maps = loader_maps()
    for case in all_cases:
        for children in (False, True):
            for call in WITH_CHILDREN.get(case.name, ()) if children else calls:
                if call not in calls:
                    continue
                n = 1
                while n <= most and one(case, call, n, children, table, call == "mmap" and n <= maps):
                    n += step


def available():
    return any(os.access(os.path.join(p, "strace"), os.X_OK) for p in os.environ.get("PATH", "").split(":"))
