#!/bin/bash
# The Debian packages: they build, lintian has nothing to say, and what is in them measures from where it is unpacked.
# `make check-package` (tests/package) installs them.
# shellcheck disable=SC2016,SC2317 # check calls the functions below
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
. tests/tap.sh
check "the packages build" setup/build-package "$work/deb"
cd "$work/deb" || exit 1
clean() { lintian --allow-root --fail-on error,warning,info ./*.changes && [ -z "$(lintian --allow-root ./*.changes)" ]; }
check "lintian has nothing to say" clean
for package in pvbench pvbench-xen; do
    check "$package is there" test -f "$(echo ${package}_*_amd64.deb)"
    dpkg-deb -x ${package}_*_amd64.deb "$work/root"
done
depends() { dpkg-deb -f "$1"_*_amd64.deb Depends; }
check "pvbench needs no library of Xen's" test -z "$(depends pvbench | grep -o 'libxen[a-z]*')"
check "its program for Xen's hosts does" grep -q libxenmisc <(depends pvbench-xen)
check "pvbench needs the lab's emulator" grep -q qemu-system-x86 <(depends pvbench)
usr=$work/root/usr
there() { local file; for file; do [ -s "$usr/$file" ] || { echo "$file is missing" && return 1; }; done; }
check "command, images, suites, schema, manual and completions are there" there bin/pvbench lib/pvbench/{minivisor,guest-pv,guest-hvm}.elf \
    lib/pvbench/{revision,workloads.sha256,pvbench-xen-domain} share/pvbench/{VERSION,result-schema.json,suites/io.json} \
    share/man/man1/pvbench.1.gz share/bash-completion/completions/pvbench share/zsh/vendor-completions/_pvbench
same() { local image; for image in minivisor.elf guest-pv.elf guest-hvm.elf workloads.sha256; do cmp "$usr/lib/pvbench/$image" "$top/build/$image" || return 1; done; }
[ "${CC:-gcc}" != gcc ] || check "the images are those of every build, to the byte" same
check "nothing names the folder that it was built in" test -z "$(grep -rlF "${work##*/}" "$usr")"
check "hardened: what it links with is bound at its start, and it lies anywhere" grep -q 'BIND_NOW\|NOW PIE' <(readelf -d "$usr/bin/pvbench")
cd / || exit 1
micro() { PATH=$usr/bin:$PATH AUTOPKGTEST_TMP=$work "$top/debian/tests/micro" >"$work/out" 2>&1 || { cat "$work/out"; false; }; }
check "what is unpacked measures the suite micro, twice the same" micro
[ "${CC:-gcc}" != gcc ] || check "and what it should" grep -q '^null_hypercall  *115  *168 ' "$work/out"
tap_end
