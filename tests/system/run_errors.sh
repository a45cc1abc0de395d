#!/bin/bash
# The command when things go wrong: bad input, lost workloads, interruption,
# full disks. Exit status, the one line that is said, and what is kept.
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
pvbench=$top/${PVBENCH:-build/asan/pvbench}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
. tests/tap.sh
mkdir "$work/tmp"
export TMPDIR=$work/tmp
cd "$work" || exit 1


# Runs pvbench; leaves status, out, err.
pv() {
    "$pvbench" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

# says STATUS WORDS: the status, and exactly one line on stderr with the words in it.
says() {
    [ "$status" = "$1" ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -qF -- "$2" "$work/err"
}

json() { python3 -c "import json,sys; d=json.load(open(sys.argv[1])); sys.exit(not ($2))" "$1"; }
outcomes() { # RESULT LINE…: its boots are exactly these
    local result=$1
    shift
    diff <(python3 "$top/tests/system/run_result.py" outcomes "$result") <(printf '%s\n' "$@")
}
same_runs() { python3 "$top/tests/system/run_result.py" same "$@"; }
# Every emulator that was started has ended; nobody may have buried it yet.
all_gone() {
    local p
    for p in $(cat pids); do grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$p/status" && return 1; done
    [ -s pids ]
}
nothing_left() { [ -z "$(ls -A "$work/tmp")" ]; }
suite() { printf '%s' "$1" >"$work/s.json"; }
head='"schema":"pvbench.suite/1","name":"s","hypervisors":["minivisor"],"modes":["pv","hvm"]'

# --- usage
pv; check "no command is usage" says 2 "no command"
pv frobnicate; check "an unknown command is usage" says 2 "frobnicate is not a known command"
pv run --frobnicate; check "an unknown option is usage" says 2 "--frobnicate"
pv run; check "no suite is usage" says 2 "no suite"
pv run micro other; check "two suites are usage" says 2 "other"
pv run micro --iterations -5; check "a negative number is usage" says 2 "--iterations -5"
pv run micro --iterations; check "a missing argument is usage" says 2 "needs an argument"
pv run micro --jobs 0; check "no jobs are usage" says 2 "--jobs 0"
pv run micro --machine moon; check "an unknown machine is usage" says 2 "--machine moon"
pv run micro --machine host; check "the minivisor is not for the host" says 2 "--machine host"
pv run micro --mode pvh; check "a mode that none of the suite's hypervisors has" says 2 "none of its hypervisors runs one of its modes"
pv run micro --workload nonesuch; check "a workload the suite does not have" says 2 "null_hypercall"
pv list extra; check "list knows its sections" says 2 "extra: is not listed; known are suites, workloads and hypervisors"
pv run micro --events nosuch; check "an event that is none" says 2 "--events: nosuch: event not found; "
pv run micro --events cycles,cycles; check "an event twice" says 2 "cycles: stands there twice"
pv run micro --events cycles,cycles:H; check "an event that can count nothing" says 2 "cycles:H: can count nothing: user and kernel"
pv list --events cycles:H; check "nor is it offered" says 1 "cycles:H: can count nothing: user and kernel"
pv run micro --pin 1-; check "a place that is none" says 2 '--pin: "1-" is no place; give auto'
pv run micro --blocks 2 --repeats 2; check "blocks and repeats" says 2 "--blocks and --repeats"
pv run micro --blocks 2; check "blocks in the lab" says 2 "add --machine host"
pv run micro --machine host --jobs 2; check "boots side by side on a host" says 2 "--jobs 2: boots on a host would be in each other"
pv list --events nosuch; check "no such event is offered" says 1 'nothing here has "nosuch"'
pv doctor --what; check "doctor takes no such option" says 2 "--what"
for c in run list doctor; do
    pv $c --help; check "$c --help" grep -q "^Usage: pvbench $c" "$work/out"
done
pv --help; check "--help names the exit statuses" grep -q "Exit status" "$work/out"
pv --version; check "--version" grep -qx "pvbench $(cat "$top/VERSION")" "$work/out"
pv list --json; check "list --json" json "$work/out" "any(w['name']=='null_hypercall' for w in d['workloads']) and d['hypervisors'][0]['modes']==['pv','hvm']"
pv doctor; check "this computer's emulator delivers interrupts once" eval 'grep -q "lab emulator *QEMU" "$work/out" && ! grep -q twice "$work/out"'
python3 - "$(command -v qemu-system-x86_64)" "$work/other_qemu" <<'P'
import os, re, sys
code = open(sys.argv[1], "rb").read()
other, changed = re.subn(rb"\x83\xfb\xff(\x0f\x85....\xbb\x00\x00\x01\x00)", lambda m: b"\x83\xfb\xfe" + m[1], code, flags=re.S)
open(sys.argv[2], "wb").write(other)
os.chmod(sys.argv[2], 0o755)
sys.exit(changed != 1)
P
PVBENCH_QEMU=$work/other_qemu pv doctor; check "another's code is left alone, and that is said" grep -q "lab emulator .*may deliver an injected interrupt twice" "$work/out"
rm -f "$work/other_qemu"
pv doctor --json; check "doctor --json" json "$work/out" "{f['name'] for f in d} >= {'lab emulator','lab images','host KVM','host network','host PMU','host Xen','host eBPF'}"

# --- suites
pv run nonesuch; check "an unknown suite names the known ones" says 1 "known are: balloon_pressure, fairness, guests, guests_64, io, linux, linux_io, linux_programs, micro, mitigations"
pv run ./nonesuch.json; check "a suite file that is not there" says 1 "No such file"
pv run .; check "a folder is no suite" says 1 "pvbench: ."
suite '{"a":'; pv run ./s.json; check "a suite that is not JSON: line and column" says 1 "./s.json:1:"
suite '{'"$head"',"workloads":["nonesuch"]}'; pv run ./s.json
check "an unknown workload: place and known names" says 1 's.json: workloads[0]: "nonesuch" is not known; known are: '
suite '{'"$head"',"workloads":[{"name":"empty","iterations":-4}]}'; pv run ./s.json
check "a negative count: place and range" says 1 "workloads[0].iterations: is -4; give a number from 1 to"
check "nothing is left of all that" nothing_left
check "and no result" test ! -e results

# --- images
mkdir images && cp "$top"/build/*.elf "$top"/build/workloads.sha256 images/
export PVBENCH_IMAGES=$work/images
head -c 5000 "$top/build/guest-pv.elf" >images/guest-pv.elf
pv run micro; check "a truncated guest" says 1 "images/guest-pv.elf: "
echo hello >images/guest-pv.elf
pv run micro; check "a guest that is no ELF file" says 1 "is not an ELF file"
cp images/minivisor.elf images/guest-pv.elf
pv run micro; check "an ELF file that is no guest" says 1 "no guest of pvbench"
rm images/guest-pv.elf; mkdir images/guest-pv.elf
pv run micro; check "a guest that is a folder" says 1 "directory"
rmdir images/guest-pv.elf; cp "$top/build/guest-pv.elf" images/
rm images/minivisor.elf
pv run micro; check "no minivisor: how to get it" says 1 "minivisor.elf: cannot be read: No such file or directory; build it with make"
cp "$top/build/minivisor.elf" images/
echo zzz >images/workloads.sha256
pv run micro; check "a hash that is none" says 1 "workloads.sha256"
unset PVBENCH_IMAGES

# --- output
suite '{'"$head"',"workloads":["empty","compute","cpuid"],"timeout_s":20}'
export PVBENCH_QEMU=$top/tests/system/fake_qemu FAKE_PIDS=$work/pids
pv run ./s.json -o /dev/full; check "a full disk for the result" grep -q "/dev/full: cannot be written: No space left on device" err
check "its status" test "$status" = 1
check "what was measured is kept, and said where" test -s "$(sed -n 's/.*what was measured is in //p' err)"
rm -rf tmp/*
pv run ./s.json -o .; check "a folder as output" says 1 "is a directory"
pv run ./s.json -o s.json/x.json; check "a file as a folder" says 1 "s.json"
FAKE=twice pv run ./s.json -q -o twice.json; check "an emulator that repeats interrupts: a warning" says 0 "may deliver an interrupt twice"
check "and the result has it" json "$work/twice.json" "d['provenance']['qemu_repeats_interrupts']"
PVBENCH_QEMU=/no/such/qemu pv run ./s.json; check "no emulator: how to get it" says 1 "apt-get install qemu-system-x86"
FAKE_VERSION=6.1 pv run ./s.json; check "an old emulator" says 1 "version 7 or later"
check "no boot, nothing left" nothing_left
pv run ./s.json -o -; check "standard output" json out "len(d['runs'])==2"
check "nothing left of it" nothing_left
pv run ./s.json -q; check "quiet is quiet" test "$status" = 0 -a ! -s out -a ! -s err -a -s results/s.json
check "the journal is gone" test ! -e results/s.json.journal

# --- lost workloads
FAKE=crash=compute pv run ./s.json -o r.json
check "a crash costs its own workload only" outcomes r.json \
    "pv 1 crashed: empty ok, compute crashed" "pv 2 ok: cpuid ok" \
    "hvm 1 crashed: empty ok, compute crashed" "hvm 2 ok: cpuid ok"
check "and is said" grep -q "minivisor pv boot 1: compute: crashed: the minivisor killed the guest: it did compute" err
check "with status 1" test "$status" = 1
check "and where the consoles are" test -s "$(sed -n 's/.*consoles are in //p' err)/minivisor-pv-lab-1-1/console.log"
rm -rf tmp/*
FAKE=panic=empty pv run ./s.json -o r.json
check "a panic" json r.json "d['runs'][0]['status']=='failed' and d['runs'][0]['benchmarks'][0]['status']=='crashed' and 'at empty' in d['runs'][0]['reason']"
FAKE=error=cpuid pv run ./s.json -o r.json
check "an error of a workload" json r.json "d['runs'][0]['status']=='ok' and d['runs'][0]['benchmarks'][2]=={'name':'cpuid','status':'error','reason':'no luck','subsystem':'privileged'}"
FAKE=lie=cpuid pv run ./s.json -o r.json
check "a lie" json r.json "d['runs'][0]['benchmarks'][2]['status']=='error' and '999 samples of 1000' in d['runs'][0]['benchmarks'][2]['reason']"
export PVBENCH_STANDSTILL=2
FAKE=hang=compute pv run ./s.json -o r.json --mode pv --force
unset PVBENCH_STANDSTILL
check "an emulator that stands still" outcomes r.json \
    "pv 1 timeout: empty ok, compute timeout" "pv 2 ok: cpuid ok"
check "and is said" grep -q "compute: timeout: not an instruction within 2 s: the emulator stands still" err
check "nobody of it is left running" all_gone
FAKE=early pv run ./s.json -o r.json
check "an emulator that fails: its words" json r.json "d['runs'][0]['status']=='error' and d['runs'][0]['reason'].endswith('cannot do that') and len(d['runs'])==2"
FAKE=garbage pv run ./s.json -o r.json
check "garbage" json r.json "d['runs'][0]['status']=='error' and len(d['runs'])==2"
FAKE=flood pv run ./s.json -o r.json
check "a flood is stopped" json r.json "d['runs'][0]['status']=='failed' and 'output limit' in d['runs'][0]['reason']"
rm -rf tmp/*
pv run ./s.json -o a.json -q && FAKE=slow pv run ./s.json -o b.json -j 2
check "the number of jobs does not show" same_runs a.json b.json

# --- interruption
suite '{'"$head"',"workloads":["empty","compute"],"repeats":2,"timeout_s":20}'
# A shell has its background ignore SIGINT, and what was ignored stays so.
FAKE=slow env --default-signal=INT "$pvbench" run ./s.json -j 1 -o i.json >out 2>err </dev/null &
pid=$!
for _ in $(seq 1200); do [ "$(cat i.json.journal 2>/dev/null | wc -l)" -ge 2 ] && break; sleep 0.1; done
kill -INT $pid; wait $pid; status=$?
check "Ctrl-C: status 1, and how to go on" says 1 "--resume"
check "a valid result of what is done" json i.json "[r['status'] for r in d['runs']][:2]==['ok','skipped'] and len(d['runs'])==4 and d['runs'][-1]['reason']=='interrupted'"
check "the journal is kept" test -s i.json.journal
check "the emulator is gone" all_gone
cp i.json.journal kept
pv run ./s.json -o i.json --resume --iterations 5; check "another plan is refused" says 1 "another plan"
check "and the journal left as it was" cmp -s kept i.json.journal
printf '{"unit":1,"run":{"sta' >>i.json.journal
pv run ./s.json -o i.json --resume; check "resumed" test "$status" = 0
pv run ./s.json -o j.json
check "to what an uninterrupted run gives" same_runs i.json j.json
check "no journal any more" test ! -e i.json.journal
pv run ./s.json -o i.json --resume; check "nothing to resume" says 1 "no interrupted run"
FAKE=slow "$pvbench" run ./s.json -o k.json >out 2>err </dev/null &
pid=$!
for _ in $(seq 1200); do [ "$(cat k.json.journal 2>/dev/null | wc -l)" -ge 2 ] && break; sleep 0.1; done
kill -KILL $pid; wait $pid 2>/dev/null; sleep 0.3
check "killed outright: the emulator dies too" all_gone
pv run ./s.json -o k.json --resume; check "and the run goes on" test "$status" = 0

# --- a build during the run
mkdir changing && cp "$top"/build/*.elf "$top"/build/workloads.sha256 changing/
FAKE=slow PVBENCH_IMAGES=$work/changing "$pvbench" run ./s.json -o l.json --keep-logs logs >out 2>err </dev/null &
pid=$!
for _ in $(seq 1200); do [ "$(cat l.json.journal 2>/dev/null | wc -l)" -ge 2 ] && break; sleep 0.1; done
for f in changing/*.elf; do echo rubbish >"$f"; done
wait $pid; status=$?
check "a build during the run does not change what boots" sh -c "[ $status = 0 ] && cmp logs/minivisor-pv-lab-2-1/minivisor.elf $top/build/minivisor.elf"

# --- verify
suite '{'"$head"',"workloads":["empty","compute"]}'
pv run ./s.json -o v.json --verify; check "--verify of the same" json v.json "d['provenance']['reproducible'] is True"
cat >moody_qemu <<'M'
#!/bin/bash
# From its third boot on, one iteration costs more.
[ "$1" = --version ] && exec "$STEADY" "$@"
echo boot >>"$BOOTS"
[ "$(wc -l <"$BOOTS")" -le 2 ] && exec "$STEADY" "$@"
"$STEADY" "$@" | sed 's/ 10\*1000/ 10*999 11/'
exit 1
M
chmod +x moody_qemu
STEADY=$PVBENCH_QEMU BOOTS=$work/boots PVBENCH_QEMU=./moody_qemu pv run ./s.json -o v.json --verify
check "--verify of what differs: status 4, the place named" says 4 "].cost.mean: first 10, then 10.001"
check "and it is in the result" json v.json "d['provenance']['reproducible'] is False"
tap_end
