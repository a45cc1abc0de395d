"""The Python tests' results as TAP."""

import sys

_count = _failed = 0


def check(what, good, why=""):
    global _count, _failed
    _count += 1
    _failed += not good
    print(f"{'ok' if good else 'not ok'} {_count} - {what}")
    if not good and str(why):
        print("# " + str(why).replace("\n", "\n# ")[:1500])


def skip(what, capability):
    """The capability is what this computer lacks."""
    global _count
    _count += 1
    print(f"ok {_count} - {what} # skip needs {capability}")


def end():
    print(f"1..{_count}")
    sys.exit(_failed > 0)
