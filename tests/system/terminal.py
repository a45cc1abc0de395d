#!/usr/bin/python3
"""On a terminal a table is as wide as that is, and no wider; what goes elsewhere does not depend on it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, "tests")
from tap import check, end  # noqa: E402
PVBENCH = os.path.join(os.environ.get("PVB_BUILD", "build"), "pvbench")
FULL = "tests/fixtures/result-full.json"


def on_terminal(columns, *arguments):
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen([PVBENCH, "report", *arguments], stdout=there, env={**os.environ, "NO_COLOR": "1"})
    os.close(there)
    text = b""
    try:
        while piece := os.read(here, 65536):
            text += piece
    except OSError:  # the other end is closed
        pass
    process.wait()
    os.close(here)
    return text.decode().replace("\r", "")


def widths(text):
    """Of the rules below the tables' heads."""
    return [len(line) for line in text.splitlines() if re.fullmatch("─+", line)]


def numbers(text):
    """Those of the rows of one workload, in whichever table they stand."""
    return sorted(word for line in text.splitlines() if line.startswith("page_fault ") for word in line.split()[1:])


plain = subprocess.run([PVBENCH, "report", FULL], capture_output=True, text=True).stdout
for columns in 80, 100, 120, 126, 160, 220:
    text = on_terminal(columns, FULL)
    check(f"{columns} columns: no table is wider", widths(text) and max(widths(text)) <= columns, widths(text))
    check(f"{columns} columns: all numbers are there", numbers(text) == numbers(plain), text)
check("a wide one has all hypervisors beside each other", len(widths(on_terminal(220, FULL))) < len(widths(on_terminal(80, FULL))))
end()
