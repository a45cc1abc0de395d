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
PVBENCH = os.path.join(ROOT, "build", "pvbench")
KVM_CREATE_VM, KVM_CREATE_VCPU = 0xAE01, 0xAE41  # linux/kvm.h
number = failed = 0


def check(good, what, note=""):
    global number, failed
    number += 1
    print("%s %d - %s" % ("ok" if good else "not ok", number, what))
    if not good:
        failed += 1
        print("# %s" % note)


def skip(what, why):
    global number
    number += 1
    print("ok %d - %s # skip needs %s" % (number, what, why))


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
        check(len(found) == 1, name + " is listed once", "%s" % found)
        d = found[0] if found else {}
        check((d.get("hypervisor"), d.get("name"), d.get("mode"), d.get("vcpus"), d.get("state")) ==
              ("kvm", expected, "hvm", 2, "blocked"), name + ": name, processors and state", "%s" % d)
        check(d.get("memory_kib", 0) > 1000 and d.get("cpu_seconds", -1) >= 0, name + ": memory and time", "%s" % d)
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        stopped = listed(process.pid)
        check([d["state"] for d in stopped] == ["paused"], name + ", stopped, is paused", "%s" % stopped)
        line = [text for text in pvbench("domains").stdout.splitlines() if " %d " % process.pid in text]
        check(len(line) == 1 and line[0].startswith("kvm ") and expected in line[0], name + " is a row of the table",
              "%s" % line)
    finally:
        process.kill()
        process.wait()
    check(listed(process.pid) == [], name + " is gone with its process")


def main():
    answer = pvbench("domains", "--json")
    document = json.loads(answer.stdout)
    missing = set(document["unavailable"])
    check(("kvm" in missing) != os.path.exists("/dev/kvm"), "KVM is asked where there is /dev/kvm", answer.stdout)
    if os.path.exists("/proc/xen/capabilities"):
        check(document["domains"][0]["id"] == 0, "Xen's first domain is listed", answer.stdout)
    else:
        check("control_d" in document["unavailable"].get("xen", ""), "no Xen is told, with the reason", answer.stdout)
    check(answer.returncode == (1 if len(missing) == 2 else 0), "the status says whether there was a hypervisor to ask",
          "%d" % answer.returncode)
    text = pvbench("domains").stdout
    check(all(word + ": not here: " in text for word in missing), "the text says the same", text)
    check(pvbench("domains", "x").returncode == 2 and pvbench("domains", "--x").returncode == 2,
          "a wrong command line has status 2")
    if os.path.exists("/dev/kvm"):
        with_machine("a machine", ["-name", "guest=one two,debug-threads=on"], "one two")
        with_machine("a machine with a hostile name", ["-name", "a\033[31m\nb"], "a?[31m?b")
    else:
        skip("a machine is listed", "/dev/kvm")
    print("1..%d" % number)
    return 1 if failed else 0


if sys.argv[1:2] == ["child"]:
    ctypes.CDLL(None).prctl(15, b"monitor)R 1", 0, 0, 0)  # a process's name may be made to mislead
    sys.exit(child())
sys.exit(main())
