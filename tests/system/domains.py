#!/usr/bin/python3
"""`pvbench domains` on this computer: a virtual machine of KVM that this test
makes is listed with its processors and the name that QEMU would give it, as
text and as JSON, and is gone with its process; what is not here is told."""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from tap import check, end, skip  # noqa: E402

PVBENCH = os.path.join(ROOT, "build", "pvbench")
KVM_CREATE_VM, KVM_CREATE_VCPU = 0xAE01, 0xAE41  # linux/kvm.h


def pvbench(*arguments):
    return subprocess.run([PVBENCH, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def child():
    """A process that holds a machine of two processors open, as a virtual machine monitor does."""
    kvm = os.open("/dev/kvm", os.O_RDWR)
    machine = fcntl.ioctl(kvm, KVM_CREATE_VM, 0)
    for i in 0, 1:
        os.dup(fcntl.ioctl(machine, KVM_CREATE_VCPU, i))  # held twice, and still one
    print("ready", flush=True)
    signal.pause()


def listed(pid):
    answer = pvbench("domains", "--json")
    return [d for d in json.loads(answer.stdout)["domains"] if d.get("pid") == pid]


def with_machine(name, arguments, expected):
    process = subprocess.Popen([sys.executable, os.path.abspath(__file__), "child", *arguments], stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    try:
        if process.stdout.readline() != "ready\n":
            skip(name, "a /dev/kvm that makes machines")
            return
        while open("/proc/%d/stat" % process.pid).read().rpartition(") ")[2][0] != "S":
            pass  # ready, and not yet asleep
        found = listed(process.pid)
        check(name + " is listed once", len(found) == 1, found)
        d = found[0] if found else {}
        check(name + ": name, processors and state", ("kvm", expected, "hvm", 2, "blocked") ==
              (d.get("hypervisor"), d.get("name"), d.get("mode"), d.get("vcpus"), d.get("state")), d)
        check(name + ": memory and time", d.get("memory_kib", 0) > 1000 and d.get("cpu_seconds", -1) >= 0, d)
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        stopped = listed(process.pid)
        check(name + ", stopped, is paused", [d["state"] for d in stopped] == ["paused"], stopped)
        line = [text for text in pvbench("domains").stdout.splitlines() if " %d " % process.pid in text]
        check(name + " is a row of the table", len(line) == 1 and line[0].startswith("kvm ") and expected in line[0],
              line)
    finally:
        process.kill()
        process.wait()
    check(name + " is gone with its process", listed(process.pid) == [])


def main():
    answer = pvbench("domains", "--json")
    document = json.loads(answer.stdout)
    missing = set(document["unavailable"])
    check("KVM is asked where there is /dev/kvm", ("kvm" in missing) != os.path.exists("/dev/kvm"), answer.stdout)
    if os.path.exists("/proc/xen/capabilities"):
        check("Xen's first domain is listed", document["domains"][0]["id"] == 0, answer.stdout)
    else:
        check("no Xen is told, with the reason", "control_d" in document["unavailable"].get("xen", ""), answer.stdout)
    check("the status says whether there was a hypervisor to ask", answer.returncode == (1 if len(missing) == 2 else 0),
          answer.returncode)
    text = pvbench("domains").stdout
    check("the text says the same", all(word + ": not here: " in text for word in missing), text)
    check("a wrong command line has status 2",
          pvbench("domains", "x").returncode == 2 and pvbench("domains", "--x").returncode == 2)
    if os.path.exists("/dev/kvm"):
        with_machine("a machine", ["-name", "guest=one two,debug-threads=on"], "one two")
        with_machine("a machine with a hostile name", ["-name", "a\033[31m\nb"], "a?[31m?b")
    else:
        skip("a machine is listed", "/dev/kvm")
    end()


if sys.argv[1:2] == ["child"]:
    ctypes.CDLL(None).prctl(15, b"monitor)R 1", 0, 0, 0)  # a process's name may be made to mislead
    sys.exit(child())
sys.exit(main())
