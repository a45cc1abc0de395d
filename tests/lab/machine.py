"""Boots an image on the minivisor in the lab, for the tests that look at its
lines directly. The command line is the lab's own: pvbench's lab prints it."""

import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import patience

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")
LAB = ["-machine", "pc", "-accel", "tcg", "-icount", "shift=0,sleep=off,rr=record,rrfile=/dev/null",
       "-rtc", "clock=vm,base=2026-01-01",
       "-cpu", "EPYC,+svm,+npt,-rdrand,-rdseed", "-smp", "1", "-m", "192", "-nodefaults", "-no-user-config",
       "-display", "none", "-monitor", "none", "-net", "none", "-no-reboot",
       "-chardev", "stdio,id=out,signal=off", "-device", "isa-debugcon,iobase=0xe9,chardev=out",
       "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]


def sections(image):
    offset, = struct.unpack_from("<Q", image, 40)
    size, count, index = struct.unpack_from("<HHH", image, 58)
    raw = [struct.unpack_from("<IIQQQQ", image, offset + i * size) for i in range(count)]
    named = {}
    for section in raw:
        at = raw[index][4] + section[0]
        named[image[at:image.index(0, at)].decode()] = (section[4], section[5])
    return named


def names(path):
    """The workloads of an image."""
    image = open(path, "rb").read()
    at, length = sections(image)[".pvbench.names"]
    return [image[i:i + 32].rstrip(b"\0").decode() for i in range(at, at + length, 128)]


DEVICES_PV = 2 # include/pvbench/params.h


def fill(path, out, workloads, flags=0):
    """Writes a copy of the image that runs (name, iterations, warmup, parameter)…"""
    image = bytearray(open(path, "rb").read())
    at, _ = sections(image)[".pvbench.params"]
    assert image[at:at + 14] == b"pvbench-params"
    struct.pack_into("<II", image, at + 24, flags, len(workloads))
    for i, (name, iterations, warmup, parameter) in enumerate(workloads):
        struct.pack_into("<32sIIQ", image, at + 32 + 48 * i, name.encode(), iterations, warmup, parameter)
    with open(out, "wb") as f:
        f.write(image)


def boot(image, options="", cpu_seconds=60, extra=(), minivisor=os.path.join(BUILD, "minivisor.elf")):
    """The lines that came out, and QEMU's exit status (None: it was given up)."""
    command = ["qemu-system-x86_64", *LAB, "-kernel", minivisor, "-append",
               "tsc_khz=1000000 apic_khz=1000000 " + options, "-initrd", image, *extra]
    output, status, _ = patience.output(command, cpu_seconds, stderr=subprocess.DEVNULL)
    return output.decode("ascii", "replace").split("\n"), status
