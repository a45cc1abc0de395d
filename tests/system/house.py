#!/usr/bin/env python3
"""Who knows whom: every #include between folders is an arrow that tests/system/house.arrows allows, those arrows
make no circle, and nothing includes a .c file. With --print: the arrows that there are, as that file wants them."""

import collections
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tap import check, end

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LEFT_OUT = ("build", "tests", ".")  # tests may look at anything
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.M)


def sources(root):
    for path in sorted(root.rglob("*.[chS]")):
        inside = path.relative_to(root)
        if not inside.parts[0].startswith(LEFT_OUT):
            yield path, inside


def target(root, path, name):
    """The folder of the included file, if it is one of ours."""
    for base in (root, path.parent, root / "include", *path.parents):
        if (base / name).is_file() and root in (base / name).resolve().parents:
            return str((base / name).resolve().relative_to(root).parent)
    return None


def look(root):
    """{folder: {folder: one file that has the arrow}}, and the includes of .c files."""
    arrows, code = collections.defaultdict(dict), []
    for path, inside in sources(root):
        for name in INCLUDE.findall(path.read_text(errors="replace")):
            if name.endswith(".c"):
                code.append(f"{inside}: {name}")
            to = target(root, path, name)
            if to and to != str(inside.parent):
                arrows[str(inside.parent)].setdefault(to, str(inside))
    return arrows, code


def read_allowed(text):
    """Lines "FOLDER -> FOLDER …", and "FOLDER = FOLDER …" for those that are one program; # begins a comment."""
    allowed, one = {}, {}
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if "->" in line:
            folder, to = line.split("->")
            allowed[folder.strip()] = set(to.split())
        elif line:
            whole, parts = line.split("=")
            one.update({part: whole.strip() for part in parts.split()})
    return allowed, one


def merged(arrows, one):
    """The arrows between programs, where several folders are one."""
    result = collections.defaultdict(set)
    for folder, to in arrows.items():
        whole = one.get(folder, folder)
        result[whole] |= {one.get(name, name) for name in to} - {whole}
    return result


def circle(arrows):
    """One circle as a list of folders, or None."""
    state, way = {}, []

    def visit(folder):
        state[folder] = 1
        way.append(folder)
        for to in sorted(arrows.get(folder, ())):
            if state.get(to) == 1:
                return way[way.index(to):] + [to]
            if to not in state:
                found = visit(to)
                if found:
                    return found
        state[folder] = 2
        way.pop()
        return None

    for folder in sorted(arrows):
        found = None if folder in state else visit(folder)
        if found:
            return found
    return None


def not_allowed(arrows, allowed):
    return [f"{a} -> {b} ({where})" for a in arrows for b, where in arrows[a].items() if b not in allowed.get(a, ())]


def gone(arrows, allowed):
    return [f"{a} -> {b}" for a in allowed for b in allowed[a] if b not in arrows.get(a, ())]


def show(arrows):
    for folder in sorted(arrows):
        print(f"{folder} -> {' '.join(sorted(arrows[folder]))}")


def planted():
    """The test's own eyes: three faults in a small tree are seen."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in {"a/x.h": "", "b/y.h": '#include "a/x.h"\n', "a/x.c": '#include "b/y.h"\n#include "z.c"\n', "a/z.c": ""}.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        arrows, code = look(root)
        return circle(arrows) == ["a", "b", "a"] and code == ["a/x.c: z.c"] and len(not_allowed(arrows, {"a": {"b"}})) == 1


arrows, code = look(ROOT)
if sys.argv[1:] == ["--print"]:
    show(arrows)
    sys.exit()
allowed, one = read_allowed((ROOT / "tests/system/house.arrows").read_text())
check("a circle, an include of code and an arrow that is not allowed are seen", planted())
extra = not_allowed(arrows, allowed)
check("every include between folders is an arrow that house.arrows allows", not extra, "\n".join(extra))
stale = gone(arrows, allowed)
check("no arrow is allowed that is not there", not stale, "\n".join(stale))
check("what is allowed makes no circle", not circle(merged(allowed, one)), circle(merged(allowed, one)))
check("no file includes a .c file", not code, "\n".join(code))
end()
