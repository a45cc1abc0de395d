#!/bin/bash
# The HVM image on plain QEMU, without any hypervisor: every workload runs or
# says why not, the same twice, and nothing that is wrong in the parameters
# goes unsaid. Uses the fallbacks that the minivisor's guest does not: xAPIC,
# a timer without deadlines, and (without ACPI) the 8254.
# shellcheck disable=SC2016,SC2317 # check calls the functions below
set -u
cd "$(dirname "$0")/../.." || exit 1
if ! command -v qemu-system-x86_64 >/dev/null; then
    echo "ok 1 - the HVM image on plain QEMU # skip no qemu-system-x86_64"
    echo "1..1"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
. tests/tap.sh

# fill IMAGE OUT [NAME ITERATIONS WARMUP PARAMETER]...; the name "all" stands for every one.
fill() {
    python3 - "$@" <<'EOF'
import struct, sys
image = bytearray(open(sys.argv[1], "rb").read())
off, = struct.unpack_from("<Q", image, 40)
size, count, index = struct.unpack_from("<HHH", image, 58)
raw = [struct.unpack_from("<IIQQQQ", image, off + i * size) for i in range(count)]
section = {}
for s in raw:
    at = raw[index][4] + s[0]
    section[image[at:image.index(0, at)].decode()] = (s[4], s[5])
at, length = section[".pvbench.names"]
names = [image[i:i + 32].rstrip(b"\0").decode() for i in range(at, at + length, 128)]
at, length = section[".pvbench.params"]
assert image[at:at + 16] == b"pvbench-params\0\0" and length == 32 + 48 * 64
given = [sys.argv[i:i + 4] for i in range(3, len(sys.argv), 4)]
wanted = [[n] + g[1:] for g in given for n in (names if g[0] == "all" else [g[0]])]
struct.pack_into("<I", image, at + 28, len(wanted))
for i, (name, iterations, warmup, parameter) in enumerate(wanted):
    struct.pack_into("<32sIIQ", image, at + 32 + 48 * i, name.encode(), int(iterations), int(warmup), int(parameter))
open(sys.argv[2], "wb").write(image)
EOF
}

boot() { # image log [options]; QEMU's status is 1 when the guest ended well, 3 when it panicked
    python3 tests/patience.py 60 qemu-system-x86_64 -accel tcg -icount shift=0,sleep=off -rtc clock=vm,base=2026-01-01 \
        -cpu EPYC,-rdrand,-rdseed -smp 1 -m 64 -nodefaults -display none -no-reboot -serial file:"$2" \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$1" "${@:3}" </dev/null >/dev/null 2>&1
    status=$?
}
ends_well() { [ "$status" = 1 ] && [ "$(tail -n 1 "$1" | tr -d '\r')" = 'pvbench: done' ]; }
says() { grep -qE "$2" "$1"; }
counts() { [ "$(grep -cE "$2" "$1")" = "$3" ]; }

fill build/guest-hvm.elf "$work/all.elf" all 70 5 0
boot "$work/all.elf" "$work/1.log"
check "all workloads run to the end" ends_well "$work/1.log"
total=$(find workloads/micro workloads/io workloads/smp -name '*.c' | wc -l)
check "each has a begin and an end" counts "$work/1.log" '^pvbench: (begin|end) ' $((2 * total))
device=$(find workloads/io -name 'blk_*.c' -o -name 'net_*.c' -o -name 'doorbell_*.c' | wc -l)
smp=$(find workloads/smp -name '*.c' | wc -l)
check "all but those that need a hypervisor, a device or another vCPU have results" counts "$work/1.log" '^pvbench: result ' $((total - 6 - device - smp))
check "the others say why not" counts "$work/1.log" '^pvbench: na index=[0-9]+ reason=(no (hypervisor|disk|network card|test device)|this guest has one vCPU;) ' $((4 + device + smp))
check "no line is longer than a reader must take" counts "$work/1.log" '^.{1001,}' 0
check "the samples of each are as many as its iterations" awk '
    /^pvbench: samples/ { for (i = 4; i <= NF; i++) { n = split($i, part, "[*]"); sum[$3] += n > 1 ? part[2] : 1 } }
    END { for (i in sum) { seen++; bad += sum[i] != 70 } exit bad || seen < 20 }' "$work/1.log"
boot "$work/all.elf" "$work/2.log"
check "a second boot says the same, byte for byte" cmp "$work/1.log" "$work/2.log"
boot "$work/all.elf" "$work/3.log" -M pc,acpi=off
check "without ACPI the 8254 serves" ends_well "$work/3.log"
check "and finds the same TSC frequency within 1 in 1,000" says "$work/3.log" 'tsc_khz=(1000|999)[0-9]{3} '

boot build/guest-hvm.elf "$work/4.log"
check "an image whose parameters were not filled ends well" ends_well "$work/4.log"
check "and says so" says "$work/4.log" 'not filled'

fill build/guest-hvm.elf "$work/bad.elf" nonsense 10 0 0 empty 0 0 0 empty 262145 0 0 pte_update_batch 10 0 257 empty 3 0 0
boot "$work/bad.elf" "$work/5.log"
check "mistakes in the parameters do not stop the rest" ends_well "$work/5.log"
check "each mistake has its line" counts "$work/5.log" '^pvbench: error index=[0-3] reason=' 4
check "the good one has its result" counts "$work/5.log" '^pvbench: result index=4 iterations=3 ' 1

fill build/guest-hvm.elf "$work/most.elf" page_fault 5000 3000 0 memory_walk 3 0 100
boot "$work/most.elf" "$work/6.log"
check "more faults than the arena has pages" counts "$work/6.log" '^pvbench: result index=0 iterations=5000 ' 1
check "the parameter is the number of pages walked" counts "$work/6.log" '^pvbench: result index=1 .* ops=100 ' 1
tap_end
