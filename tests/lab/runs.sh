# For tests that hold two results against each other: their runs, byte by byte, and the emulator's wildest clock.
# shellcheck shell=bash
runs_of() { sed -n '/^  "runs": /,$p' "$1"; } # the bytes from "runs": to the end
same_runs() { [ "$(runs_of "$1" | wc -c)" -gt 10000 ] && cmp <(runs_of "$1") <(runs_of "$2"); }
leaping_clock() { ${CC:-cc} -shared -fPIC -o "$1" tests/lab/leaping_clock.c; } # to be preloaded
looks() { python3 tests/lab/looks.py "$@"; } # at a result: RESULT LOOK
