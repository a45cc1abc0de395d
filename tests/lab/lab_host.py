"""Boots a host of the lab with a program of a test's in it, and hands its TAP
through. The machines are those of runner/hypervisor/hypervisor_kvm.c and xen_recipe.c."""

import json
import os
import shutil
import subprocess
import tempfile

import machine
import patience


class Kvm:
    folder = os.path.join(machine.BUILD, "lab", "kvm")
    modules = "irqbypass", "kvm", "kvm-amd"
    options = {"-m": "512", "-machine": "microvm,acpi=on,pit=off,pic=off,rtc=on,isa-serial=off,auto-kernel-cmdline=off"}
    before = ""

    def boot(self, archive, log):
        words = ("quiet nokaslr mitigations=off tsc=reliable tsc_early_khz=1000000 nowatchdog "
                 "cryptomgr.notests panic=-1")
        return ["-serial", "none", "-kernel", os.path.join(self.folder, "vmlinux"), "-append", words, "-initrd", archive]


class Xen:
    folder = os.path.join(machine.BUILD, "lab", "xen")
    modules = "xen-evtchn", "xen-privcmd", "xen-gntdev", "xen-gntalloc", "xenfs"
    options = {"-m": "1024", "-cpu": "EPYC,+svm,+npt,-smap,-smep,-monitor,-rdrand,-rdseed"}
    before = "/usr/bin/xen-services\n"

    def boot(self, archive, log):
        words = "com1=115200,8n1 console=com1 dom0_mem=512M,max:512M bootscrub=0 spec-ctrl=no"
        kernel = "%s console=hvc0 quiet nokaslr rodata=off mitigations=off cryptomgr.notests panic=-1" % os.path.join(self.folder, "vmlinux")
        return ["-serial", "file:" + log, "-kernel", os.path.join(self.folder, "xen"), "-append", words,
                "-initrd", kernel + "," + archive]


def suite(name, hypervisor, modes, workload, timeout):
    return json.dumps({"schema": "pvbench.suite/1", "name": name, "hypervisors": [hypervisor], "modes": modes,
                       "timeout_s": timeout, "defaults": {"iterations": 10, "warmup": 0}, "workloads": [workload]})


def write_archive(work, host, program, files, texts, arguments=(), programs=None):
    """The host's archive with the program (None: it has it), its files (name: source) and texts (name: text) behind it."""
    lines = ["program work/program " + os.path.join(machine.BUILD, "tests", program)] if program else []
    lines += ["program %s %s" % item for item in (programs or {}).items()]
    lines += ["file work/%s.ko %s" % (m, os.path.join(host.folder, "modules", m + ".ko")) for m in host.modules]
    texts = dict(texts, modules="".join("/work/%s.ko\n" % m for m in host.modules),
                 arguments=host.before + "\n".join(arguments or ["/work/program"]) + "\n")
    for name, text in texts.items():
        with open(os.path.join(work, name), "w") as f:
            f.write(text)
        lines.append("file work/%s %s" % (name, os.path.join(work, name)))
    lines += ["file work/%s %s" % item for item in files.items()]
    more = os.path.join(work, "more.cpio")
    subprocess.run([os.path.join(machine.BUILD, "lab", "pack"), more], input="\n".join(lines) + "\n", text=True,
                   check=True)
    whole = os.path.join(work, "initramfs")
    with open(whole, "wb") as out:
        for part in os.path.join(host.folder, "host.cpio"), more:
            with open(part, "rb") as f:
                shutil.copyfileobj(f, out)
    return whole


def boot(host, program, files, texts, cpu_seconds, arguments=(), programs=None):
    """What came out of the machine, line by line, and what its serial port said."""
    with tempfile.TemporaryDirectory() as work:
        options = list(machine.LAB)
        for name, value in host.options.items():
            options[options.index(name) + 1] = value
        log = os.path.join(work, "serial.log")
        command = ["qemu-system-x86_64", *options,
                   *host.boot(write_archive(work, host, program, files, texts, arguments, programs), log)]
        output, _, over = patience.output(command, cpu_seconds, stderr=subprocess.DEVNULL)
        if over:
            output += b"\nE # given up: " + over.encode() + b"\n"
        serial = []
        if os.path.exists(log):
            with open(log, errors="replace") as f:
                serial = f.readlines()
        return output.decode("utf-8", "replace").split("\n"), serial


def run(host, program, files, texts, cpu_seconds, programs=None):
    """Prints what the program said; the exit status of the test."""
    lines, serial = boot(host, program, files, texts, cpu_seconds, programs=programs)
    said = [line[2:] for line in lines if line.startswith("E ")]
    if "H exit status=0" not in lines:
        said += ["# " + line for line in lines if line.startswith("H ")]
        said += ["# " + line.rstrip() for line in serial[-20:]]
    print("\n".join(line if line.startswith(("#", "ok ", "not ok ", "1..")) else "# " + line for line in said))
    return any(line.startswith("not ok") for line in said) or not any(line.startswith("1..") for line in said)
