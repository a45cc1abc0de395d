"""A disk that fills up: a tmpfs of every size, and a limit of the size of files, KiB by KiB.

The tmpfs is mounted in a namespace of this process's own, so nobody must be root for it."""

import ctypes
import os
import resource
import subprocess
import sys
import tempfile

from common import Try

PAGE = 4  # KiB: a tmpfs has no smaller steps
CLONE_NEWNS, CLONE_NEWUSER, MS_PRIVATE_REC = 0x20000, 0x10000000, 0x44000


def enter():
    """Into a namespace where we may mount. False: not on this computer."""
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        good = libc.unshare(CLONE_NEWNS) == 0
    else:
        good = libc.unshare(CLONE_NEWNS | CLONE_NEWUSER) == 0
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            if good:
                with open("/proc/self/" + name, "w", encoding="utf-8") as file:
                    file.write(text)
    return good and libc.mount(None, b"/", None, MS_PRIVATE_REC, None) == 0 and mount(tempfile.mkdtemp(), 64)


def mount(folder, kib):
    good = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder], capture_output=True,
                          check=False).returncode == 0
    return good


def one(case, kib, where, table):
    """True once the disk was large enough."""
    disk = tempfile.mkdtemp(prefix="pvb-full-")
    if not mount(disk, kib):
        sys.exit("a tmpfs cannot be mounted")
    try:
        with Try(case, **{where: disk}) as t:
            t.make_room = lambda: subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            done = t.run([])
            table.add(f"{case.name}: {'its folder' if where == 'out' else 'TMPDIR'} fills up", case.judge(t, done),
                      f"{kib} KiB")
            return done is not None and done.returncode == case.status
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
        os.rmdir(disk)


def limited(case, kib, table):
    """The same by RLIMIT_FSIZE, which comes as SIGXFSZ or EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Try(case) as t:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kib * 1024, hard))
        try:
            child = t.start([])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        out, err = child.communicate(timeout=60)
        done = subprocess.CompletedProcess(child.args, child.returncode, out, err)
        table.add(f"{case.name}: no file above a limit", case.judge(t, done), f"{kib} KiB")
        return done.returncode == case.status


def sweep(all_cases, table, most, step=1):
    for case in all_cases:
        places = ["out"] + (["temporary"] if case.name in ("run", "report html") else [])
        if case.files or case.name == "figure":
            for where in places:
                kib = PAGE
                while kib <= most and not one(case, kib, where, table):
                    kib += PAGE * step
            kib = 1
            while kib <= most and not limited(case, kib, table):
                kib += step
