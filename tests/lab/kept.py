"""Results of suites that the tests of the expectations left (build/tests/): taken
when they are of this build, and measured when they are not."""

import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")
PVBENCH = os.path.join(BUILD, "pvbench")
MADE_OF = {"minivisor": ["minivisor.elf"], "kvm": ["lab/kvm/host.cpio", "lab/kvm/vmlinux"],
           "xen": ["lab/xen/host.cpio", "lab/xen/xen"]}


def is_fresh(path, hypervisor):
    made_of = ["pvbench", "guest-pv.elf", "guest-hvm.elf"] + MADE_OF[hypervisor]
    return os.path.exists(path) and all(os.path.getmtime(path) > os.path.getmtime(os.path.join(BUILD, f)) for f in made_of)


def runs(suite, hypervisor):
    path = os.path.join(BUILD, "tests", "micro-%s%s.json" % (hypervisor, "" if suite == "micro" else "-" + suite))
    if not is_fresh(path, hypervisor):
        subprocess.run([PVBENCH, "run", suite, "--hypervisor", hypervisor, "-q", "-j", str(min(2, os.cpu_count())),
                        "-o", path, "--force"], stdin=subprocess.DEVNULL, check=False)
    with open(path) as f:
        return json.load(f)["runs"]
