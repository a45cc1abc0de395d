"""How long a test may take, by what it does and not by the clock: a busy computer makes everything later,
and nothing wrong. A program is given up when it has used so much of the processor, or when nothing of it
has moved for long.

    patience.py CPU_SECONDS PROGRAM [ARGUMENT…]    the program's exit status, 124 when it was given up

What it used is said last, as a comment of TAP.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
import time

STILL = 300  # seconds without a moment of the processor's: nobody waits that long for something that comes
TICK = os.sysconf("SC_CLK_TCK")


def family(root):
    """(pid, ticks of the processor, its buried children's included) of a process, its session, and all descendants."""
    known = {}
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{int(name)}/stat", "rb") as f:
                fields = f.read().rpartition(b")")[2].split()
        except (OSError, ValueError):
            continue
        known[int(name)] = int(fields[1]), int(fields[3]), sum(int(field) for field in fields[11:15])
    mine = {pid for pid, (_, session, _) in known.items() if root in (pid, session)}
    while more := {pid for pid, (parent, _, _) in known.items() if parent in mine} - mine:
        mine |= more
    return [(pid, known[pid][2]) for pid in mine]


def end(root):
    for number in signal.SIGTERM, signal.SIGKILL:
        for pid, _ in family(root):
            try:
                os.kill(pid, number)
            except OSError:
                pass
        time.sleep(0.5)


def watch(process, cpu_seconds, over):
    """Until the process has ended or is given up: the reason stands in `over` then."""
    used, moved = -1, time.monotonic()
    while process.poll() is None:
        ticks = sum(t for _, t in family(process.pid))
        if ticks != used:
            used, moved = ticks, time.monotonic()
        if used > cpu_seconds * TICK:
            over.append(f"used more than {cpu_seconds} s of the processor")
        elif time.monotonic() > moved + STILL:
            over.append(f"nothing moved for {STILL} s")
        if over:
            end(process.pid)
            return
        try:
            process.wait(0.3)
        except subprocess.TimeoutExpired:
            pass


def output(command, cpu_seconds, **options):
    """What it wrote, its exit status (None: given up), and why it was given up ("": it was not)."""
    over = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **options) as process:
        watcher = threading.Thread(target=watch, args=(process, cpu_seconds, over))
        watcher.start()
        said, _ = process.communicate()
        watcher.join()
    return said, None if over else process.returncode, "".join(over)


def main():
    over = []
    process = subprocess.Popen(sys.argv[2:], start_new_session=True)
    for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
        signal.signal(number, lambda *_: over.append("interrupted") or end(process.pid))
    watch(process, float(sys.argv[1]), over)
    process.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"# used {used.ru_utime + used.ru_stime:.0f} s of the processor")
    if over:
        print(f"# given up: {over[0]}")
    sys.exit(124 if over else process.returncode if process.returncode >= 0 else 128 - process.returncode)


if __name__ == "__main__":
    main()
