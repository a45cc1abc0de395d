#!/bin/bash
# clang builds everything that gcc does: for the host, for the lab's hosts and for the bare processor; and what it built
# measures. Its images are others than gcc's, and so are its numbers.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
build=$(mktemp -d build/clang.XXXXXX) || exit 1
trap 'rm -rf "$work" "$build"' EXIT
. tests/tap.sh
touch "$build/.setup" # the packages are there
unset MAKEFLAGS MAKELEVEL CC CFLAGS CPPFLAGS LDFLAGS MV_EXTRA XEN_DIST
programs=("$build"/lab/{pack,init,xen-services} "$build"/tests/{lab-probes,lab-kvm-domains,slow_kvm.so})
check "clang builds everything" make -s CC=clang BUILD="$build" pvbench images "${programs[@]}"
check "and what it built runs" env PVBENCH_SUITES=workloads/suites "$build/pvbench" run micro --workload null_hypercall -q \
    -o "$work/r.json"
tap_end
