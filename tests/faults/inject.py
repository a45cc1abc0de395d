"""System calls that fail, the first, the second, … of each kind: strace makes them."""

import os
import tempfile

from common import Try

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


# The first mappings are the dynamic loader's, before a line of ours has run: it crashes by itself there, as in /bin/true.
LOADER_MAPS = 1


def one(case, call, n, children, table):
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
            table.add(row, case.judge(t, done, mute), f"N = {n}")
        return injected


def sweep(all_cases, table, most, step=1, calls=tuple(CALLS)):
    for case in all_cases:
        for children in (False, True):
            for call in WITH_CHILDREN.get(case.name, ()) if children else calls:
                if call not in calls:
                    continue
                n = LOADER_MAPS + 1 if call == "mmap" else 1
                while n <= most and one(case, call, n, children, table):
                    n += step


def available():
    return any(os.access(os.path.join(p, "strace"), os.X_OK) for p in os.environ.get("PATH", "").split(":"))
