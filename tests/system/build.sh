#!/bin/bash
# Where and how pvbench is built: in a folder with an odd name, with a distribution's flags, anew after each change; what is
# installed of it; and the revision that results tell of it. The images are the same, byte for byte, wherever the tree lies and
# whatever the programs of the host are built with.
# shellcheck disable=SC2016,SC2317 # check calls the functions below
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
. tests/tap.sh
tree="$work/it's 100% #1 \$HOME: a=b, c"
mkdir -p "$tree/build" "$work/t m,p"
tar -cf - --exclude=./build --exclude=./.git --exclude=./results . | tar -xf - -C "$tree"
touch "$tree/build/.setup" # the packages are there: this tree was built with them
cd "$tree" || exit 1
# Only what is given here counts.
unset MAKEFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS MV_EXTRA XEN_DIST DESTDIR PREFIX
export HOME=$work GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1 TMPDIR="$work/t m,p"
git config --file "$work/gitconfig" user.name t
git config --file "$work/gitconfig" user.email t@example.org
git config --file "$work/gitconfig" protocol.file.allow always

make_() { make -s "$@" >"$work/out" 2>"$work/err" </dev/null; }
says() { grep -qF -- "$1" "$work/err"; }
images=(guest-pv.elf guest-hvm.elf workloads.sha256 minivisor.elf)
same_images() { # FOLDER
    local image
    for image in "${images[@]}"; do cmp "$top/build/$image" "$1/$image" || return 1; done
}

# --- a distribution's flags, and an odd folder
flags() { DEB_BUILD_MAINT_OPTIONS=hardening=+all dpkg-buildflags --get "$1"; }
given=(CFLAGS="$(flags CFLAGS) -fPIE -Werror=format-security -fstack-clash-protection -fcf-protection"
    CPPFLAGS="$(flags CPPFLAGS) -D_FORTIFY_SOURCE=2" LDFLAGS="$(flags LDFLAGS) -pie -Wl,-z,now")
[ -n "$(flags CFLAGS)" ] || given[0]+=" -g -O2"
check "it builds in a folder called ${tree##*/}, with a distribution's flags" make_ "${given[@]}" -j 2
if [ "${CC:-gcc}" = gcc ]; then
    check "the images are the same as from another path, without these flags" same_images build
fi
check "what they ask for is there: linked at once" grep -q 'FLAGS.*NOW' <(readelf -d build/pvbench)
check "and checked calls" grep -q '__snprintf_chk' <(nm -D build/pvbench)
check "no image and no program names the folder that it was built in" test -z \
    "$(grep -lF "${work##*/}" build/*.elf build/pvbench build/pvbench-xen-domain)"
touch "$work/built"
check "there is nothing to do afterwards" make_ "${given[@]}"
newer() { find build -newer "$work/built" -type f; }
check "and nothing is done" test -z "$(newer)"

# --- installed
to="$work/it's in, \$here"
installed="$to/opt/my pvbench"
umask 077
check "make install alone installs what was built, in such a folder, too" make_ install DESTDIR="${to//\$/\$\$}" PREFIX="/opt/my pvbench"
umask 022
check "without building again" test -z "$(newer)"
check "everybody may read it" test -z "$(find "$to" ! -perm -444)"
check "nothing of it is missing" test -x "$installed/bin/pvbench" -a -s "$installed/lib/pvbench/revision" -a \
    -s "$installed/share/pvbench/suites/micro.json" -a -s "$installed/share/man/man1/pvbench.1"
check "a second time" make_ install DESTDIR="${to//\$/\$\$}" PREFIX="/opt/my pvbench"
mv "$tree" "$work/gone"
cd "$work" || exit 1
check "it runs when the tree has gone" "$installed/bin/pvbench" run micro --workload null_hypercall -q -o "$work/o u,t/r 1.json"
result() { python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$work/o u,t/r 1.json" "$1"; }
[ "${CC:-gcc}" != gcc ] || check "and measures what it should" result \
    '[r["benchmarks"][0]["cost"]["median"] for r in d["runs"]] == [115, 168]'
check "the result tells why there is no revision" result \
    'd["provenance"]["git_revision"] is None and d["provenance"]["git_revision_unknown"] == "built outside of a git repository"'
check "and so does its report" grep -q 'revision unknown: built outside of a git' <("$installed/bin/pvbench" report "$work/o u,t/r 1.json" | tr -s ' \n' ' ')
check "figures are drawn into such a folder" "$installed/bin/pvbench" figure "$work/o u,t/r 1.json" -o "$work/fi 'g," --format=svg
mv "$work/gone" "$tree"
cd "$tree" || exit 1
check "make uninstall" make_ uninstall DESTDIR="${to//\$/\$\$}" PREFIX="/opt/my pvbench"
check "leaves no file" test -z "$(find "$to" -type f)"

# --- what make cannot take is refused
refused() { ! make_ "$2" && says "$1" && [ "$(grep -c '\*\*\*' "$work/err")" = 1 ]; }
check "a build folder with a space" refused 'BUILD: "a b" has a space' BUILD="a b"
check "a single dollar" refused 'DESTDIR: "/a$b" has a single $, which make takes for a variable; write it twice' DESTDIR='/a$b'
check "a toolstack that is none" refused "XEN_DIST: $work/t m,p/usr has no libxl.h" XEN_DIST="$work/t m,p"

# --- the toolstack of another Xen, in a folder with a space and a colon
dist="$work/xen: of 'mine'"
mkdir -p "$dist/usr/lib/xen-1/bin"
ln -s /usr/include "$dist/usr/include"
ln -s /usr/lib/x86_64-linux-gnu "$dist/usr/lib/x86_64-linux-gnu"
for program in xenstored xen-init-dom0 xenconsoled libxl-save-helper; do cp /bin/true "$dist/usr/lib/xen-1/bin/$program"; done
cp build/pvbench-xen-domain "$work/before"
check "XEN_DIST in a folder with a space" make_ "${given[@]}" XEN_DIST="$dist" build/pvbench-xen-domain
check "takes effect on a built tree" test -n "$(find build/pvbench-xen-domain -newer "$work/before")"

# --- changes on a built tree
extra() { make_ MV_EXTRA=-DMV_EXTRA_INSTRUCTIONS build/minivisor.elf && ! cmp -s "$top/build/minivisor.elf" build/minivisor.elf; }
back() { make_ CC="env ${CC:-gcc}" build/minivisor.elf && cmp "$top/build/minivisor.elf" build/minivisor.elf; }
check "MV_EXTRA takes effect on a built tree" extra
check "and so does its absence, and a compiler of two words" back
# With all flags as they were, so that what is made anew is so because of the files.
more() { make_ "${given[@]}" build/pvbench build/minivisor.elf build/guest-pv.elf build/workloads.sha256; }
with_extra_sources() {
    echo '/* x */ extern int pvb_extra; int pvb_extra = 1;' | tee runner/common/extra.c >hypervisor-harness/minivisor/extra.c
    sed 's/WORKLOAD(clock_read/WORKLOAD(extra_clock/' workloads/micro/clock_read.c >workloads/micro/extra_clock.c
    more && nm build/pvbench | grep -q pvb_extra && nm build/minivisor.elf | grep -q pvb_extra && strings build/guest-pv.elf | grep -qx extra_clock
}
without_them() {
    rm runner/common/extra.c hypervisor-harness/minivisor/extra.c workloads/micro/extra_clock.c
    more && ! nm build/pvbench | grep -q pvb_extra && ! nm build/minivisor.elf | grep -q pvb_extra &&
        ! strings build/guest-pv.elf | grep -qx extra_clock && cmp "$top/build/guest-pv.elf" build/guest-pv.elf &&
        cmp "$top/build/workloads.sha256" build/workloads.sha256
}
check "sources that come are built" with_extra_sources
check "sources that go leave the build" without_them
echo 7.7.7 >VERSION
check "the version is that of the file" make_ build/guest-pv.elf
check "after each change" grep -qF 7.7.7 <(strings build/guest-pv.elf)
cp "$top/VERSION" VERSION

# --- the revision
is() { # REVISION [VARIABLE=VALUE]...
    local wanted=$1
    shift
    env "$@" setup/revision "$work/revision" && [ "$(cat "$work/revision")" = "$wanted" ] || { cat "$work/revision"; false; }
}
git init -q "$work/other" && (cd "$work/other" && echo x >x && git add x && git commit -qm other)
git init -q "$work" && (cd "$work" && echo x >x && git add x && git commit -qm around)
check "a tree inside of another repository has no revision" is "unknown: the git repository around this tree is another one"
git init -q . && git add -A && git add -f setup/archive-revision
check "nothing committed" is "unknown: nothing has been committed yet"
git commit -qm own
own=$(git rev-parse HEAD)
check "its own repository's" is "$own"
check "whatever GIT_DIR says" is "$own" GIT_DIR="$work/other/.git" GIT_WORK_TREE="$work/other" GIT_INDEX_FILE=/nowhere
mkdir "$work/bin"
ln -s "$(command -v bash)" "$(command -v env)" "$(command -v dirname)" "$(command -v cat)" "$(command -v head)" "$(command -v mv)" "$work/bin"
check "without git" is "unknown: git is not installed" PATH="$work/bin"
relinks() { touch "$work/built"; make_ "${given[@]}" pvbench images revision && [ "$(cat build/revision)" = "$own" ] && [ -z "$(find build/pvbench -newer "$work/built")" ]; }
make_ "${given[@]}" pvbench images
check "a commit alone builds nothing, and is recorded" relinks
echo >>README.md; check "a file that was changed" is "$own-dirty"
check "what was built does not change with it" grep -qx "$own" build/revision
git checkout -q README.md
cp workloads/micro/yield.c workloads/micro/mine.c; check "a source that git does not know" is "$own-dirty"
rm workloads/micro/mine.c
every_folder() {
    local folder
    for folder in $(git ls-files '*.c' | cut -d/ -f1 | sort -u | grep -vx tests); do
        touch "$folder/mine.c"
        is "$own-dirty" || { echo "$folder" && return 1; }
        rm "$folder/mine.c"
    done
}
check "in any folder that has sources" every_folder
cp workloads/micro/yield.c workloads/micro/mine.c; echo mine.c >.git/info/exclude; check "nor one that it ignores" is "$own"
rm workloads/micro/mine.c; touch notes.txt; check "a note beside the sources" is "$own"
rm notes.txt
git worktree add -q "$work/work tree" HEAD
check "a work tree of it" bash -c 'cd "$1" && setup/revision "$2" && grep -qx "$3" "$2"' - "$work/work tree" "$work/revision" "$own"
(cd "$work/other" && git submodule --quiet add "$tree" "sub module") >/dev/null 2>&1
check "a submodule of another repository" bash -c 'cd "$1" && setup/revision "$2" && grep -qx "$3" "$2"' - "$work/other/sub module" "$work/revision" "$own"
mkdir "$work/archive"
git archive HEAD | tar -xf - -C "$work/archive"
check "an archive of it, inside of another repository" bash -c \
    'cd "$1" && setup/revision "$2" && grep -qx "$3" "$2"' - "$work/archive" "$work/revision" "$own"
if [ "$(id -u)" = 0 ]; then
    chown -R nobody .
    check "a repository of somebody else: git's words" is "unknown: git: detected dubious ownership in repository at '$tree'"
    chown -R root .
else
    skip "a repository of somebody else" "root"
fi

tap_end
