#!/bin/bash
# Each fuzzer for a bounded number of inputs, from the seeds: seconds, not
# hours, and the same inputs every time. `make fuzz` goes on for longer.
set -u
cd "$(dirname "$0")/../.." || exit 1
runs=${PVB_FUZZ_RUNS:-20000}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    n=$((n + 1))
    mkdir -p "$work/$name"
    # A mutant is a whole result: as long as a hundred others take.
    inputs=$runs
    [ "$name" != fuzz_mutants ] || inputs=$((runs / 100))
    if "build/fuzz/$name" -runs="$inputs" -seed=1 -max_len=8192 -max_total_time=60 -artifact_prefix="$work/" \
        "$work/$name" "tests/fixtures/fuzz/${name#fuzz_}" >"$work/log" 2>&1; then
        echo "ok $n - $name: $inputs inputs"
    else
        echo "not ok $n - $name"
        tail -n 40 "$work/log" | sed 's/^/# /'
    fi
done
echo "1..$n"
