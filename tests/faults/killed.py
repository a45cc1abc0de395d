"""`run` is ended at random moments, by each signal that ends things; --resume must bring it to the
end of an undisturbed run, and nothing of it may be left."""

import os
import random
import signal
import subprocess
import time

from common import RunCase, Try, runs_of

SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP")


def judge(case, t, child, err, name):
    number = getattr(signal, name)
    status = child.returncode
    if status not in (0, 1, -number) or (status < 0 and name != "SIGKILL" and err):
        return f"status {status}: {err.strip()[-300:]}"
    if name != "SIGKILL" and t.left():
        return t.left()
    path = os.path.join(t.out, "r.json")
    if os.path.exists(path) and runs_of(path) is None:
        return "the result is damaged"
    if status == 0 and not case.whole(t.out, "r.json"):
        return "status 0 and another result"
    journal = os.path.exists(path + ".journal")
    return case.resume(t, ["--resume"] if journal else []) or t.left()


def one(case, name, moment, table):
    with Try(case) as t:
        child = t.start([])
        time.sleep(moment)
        child.send_signal(getattr(signal, name))
        try:
            _, err = child.communicate(timeout=30)
            fault = judge(case, t, child, err, name)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            fault = "did not end within 30 s"
        table.add(f"run: {name}, then --resume", fault, f"after {moment:.3f} s")


def sweep(suite, table, moments, seed):
    """With the real minivisor in the lab."""
    case = RunCase("run", ["run", suite, "-q", "-j", "1", "-o", "{out}/r.json"], ["r.json"])
    start = time.time()
    case.learn()
    length = time.time() - start
    chance = random.Random(seed)
    for i in range(moments):
        one(case, SIGNALS[i % len(SIGNALS)], chance.uniform(0, 1.05 * length), table)
