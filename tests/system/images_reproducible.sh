#!/bin/bash
# The same source gives the same images, byte for byte, wherever the tree lies.
set -u
cd "$(dirname "$0")/../.." || exit 1
targets=(build/guest-pv.elf build/guest-hvm.elf build/workloads.sha256)
elsewhere=$(mktemp -d) || exit 1
trap 'rm -rf "$elsewhere"' EXIT
tree=$elsewhere/a/rather/long/path/to/another/checkout
mkdir -p "$tree/build"
tar -cf - --exclude=./build --exclude=./.git --exclude=./results . | tar -xf - -C "$tree"
touch "$tree/build/.setup" # the packages are there: this tree was built with them
number=0 failed=0
if ! MAKEFLAGS='' make -s -C "$tree" "${targets[@]}" >"$elsewhere/log" 2>&1; then
    sed 's/^/# /' "$elsewhere/log"
    echo "not ok 1 - the images build in another place"
    echo "1..1"
    exit 1
fi
for target in "${targets[@]}"; do
    number=$((number + 1))
    if cmp "$target" "$tree/$target"; then
        echo "ok $number - $target is the same from another path"
    else
        echo "not ok $number - $target differs when built in another path"
        failed=1
    fi
done
number=$((number + 1))
if grep -qF "$PWD" "${targets[@]}"; then
    echo "not ok $number - an image names the folder that it was built in"
    failed=1
else
    echo "ok $number - no image names the folder that it was built in"
fi
echo "1..$number"
exit $failed
