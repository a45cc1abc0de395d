#!/bin/bash
# What goes wrong around reports: one line that names the file, the place and
# the mend, the right status, and nothing left behind.
# shellcheck disable=SC2016,SC2317 # check calls the functions below
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${PVB_BUILD:-build}
pvbench=$(realpath "$build")/pvbench
good=$PWD/tests/fixtures/result-micro.json
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
. tests/tap.sh

# says STATUS WORDS COMMAND...: that status, and one line on standard error with these words
says() {
    local status=$1 words=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    [ $? = "$status" ] && [ "$(wc -l <"$work/err")" = 1 ] && [ ! -s "$work/out" ] && grep -qF -- "$words" "$work/err"
}

echo '{"schema": "pvbench.result/1", "suite": {"name": "s"}, "runs": []}' >"$work/empty.json"
echo '{"schema": "pvbench.suite/1"}' >"$work/suite.json"
head -c 5000 "$good" >"$work/cut.json"
# The same noise in every run, and without the line ends that would move the place.
python3 -c "import random, sys
sys.stdout.buffer.write(random.Random(1).randbytes(65536).replace(b'\n', b'\0'))" >"$work/noise.json"
printf '%0.s[' {1..100000} >"$work/deep.json"
: >"$work/nothing.json"
sed 's/"median": 115/"median": -115/' "$good" >"$work/negative.json"
sed 's|"pvbench": "[^"]*"|"pvbench": "\\u001b[31mred\\u001b]0;title\\u0007"|' "$good" >"$work/escape.json"

for command in report figure; do
    check "$command: no such file" says 1 "$work/none.json: cannot be read" "$pvbench" $command "$work/none.json"
    check "$command: a folder" says 1 "$work: cannot be read" "$pvbench" $command "$work"
    check "$command: noise" says 1 "noise.json:1:" "$pvbench" $command "$work/noise.json"
    check "$command: cut off" says 1 "cut.json:" "$pvbench" $command "$work/cut.json"
    check "$command: 100,000 brackets" says 1 "deep.json:" "$pvbench" $command "$work/deep.json"
    check "$command: an empty file" says 1 "nothing.json:" "$pvbench" $command "$work/nothing.json"
    check "$command: a suite" says 1 'suite.json: schema: is "pvbench.suite/1"; give' "$pvbench" $command "$work/suite.json"
    check "$command: without runs" says 1 "empty.json: runs: hold no workload" "$pvbench" $command "$work/empty.json"
    check "$command: a negative cost" says 1 "negative.json: runs[0].benchmarks[1].cost.median: is -115" \
        "$pvbench" $command "$work/negative.json"
    check "$command: no result given" says 2 "pvbench $command: no result given; see" "$pvbench" $command
    check "$command: an unknown option" says 2 "--frob is not a known option" "$pvbench" $command --frob "$good"
    check "$command: an option without its argument" says 2 "-o needs an argument" "$pvbench" $command "$good" --output
    check "$command: an unknown format" says 2 "known are" "$pvbench" $command --format=bmp "$good"
done
check "report: two results that do not fit" says 1 "io.json: suite.name: is io, and $good has micro; merge results of one suite" \
    "$pvbench" report "$good" tests/fixtures/result-io.json
check "figure: two results of one suite that do not fit" says 1 "result-full.json: suite.sha256: is " \
    "$pvbench" figure -o "$work/twice" "$good" tests/fixtures/result-full.json
check "figure: which left nothing behind" [ ! -e "$work/twice" ]
check "figure: an unknown figure" says 2 "known are entries, cost, " "$pvbench" figure --only=pie "$good"
check "figure: an unknown figure in a list" says 2 "cost,pie: pie is not known" "$pvbench" figure --only=cost,pie "$good"
check "figure: an empty list" says 2 "is not known" "$pvbench" figure --format= "$good"
check "figure: no width" says 2 "--width wide is neither page, column nor" "$pvbench" figure --width=wide "$good"
check "figure: no height" says 2 "--height nan is not a number of points" "$pvbench" figure --height=nan "$good"
check "figure: no font size" says 2 "--font-size 40 is not a number of points from 5 to 14" \
    "$pvbench" figure --font-size=40 "$good"
check "figure: no font" says 2 "is not the name of a font" "$pvbench" figure --font="x';system('id');'" "$good"
check "figure: two folders" says 2 "--paper names a folder already" "$pvbench" figure --paper=a -o b "$good"
check "figure: an unknown base" says 1 "--base: there is no xen/hvm in it" \
    "$pvbench" figure --base=xen/hvm --only=normalized -o "$work/twice" "$good"
check "report: a full disk" says 1 "/dev/full: cannot be written: No space left" "$pvbench" report -o /dev/full "$good"
check "report: a full standard output" says 1 "standard output: cannot be written" \
    bash -c '"$1" report "$2" >/dev/full' - "$pvbench" "$good"
check "report: an output in no folder" says 1 "cannot be written" "$pvbench" report -o "$work/no/such" "$good"
check "figure: an output under a file" says 1 "cannot be made" "$pvbench" figure -o "$good/x" "$good"

# --- gnuplot is missing, fails, hangs --------------------------------------
mkdir "$work/bin" "$work/none" "$work/figures"
left_clean() { [ -z "$(ls -A "$work/figures")" ]; }
check "figure: no gnuplot" says 1 "gnuplot: is not in PATH; install the package gnuplot-nox" \
    env PATH="$work/none" "$pvbench" figure -o "$work/figures" "$good"
check "nothing is left of it" left_clean
printf '#!/bin/sh\necho "line 7: not enough paper" >&2\nexit 1\n' >"$work/bin/gnuplot"
chmod +x "$work/bin/gnuplot"
check "figure: gnuplot fails" says 1 "gnuplot: failed on micro-entries.gp: line 7: not enough paper" \
    env PATH="$work/bin:$PATH" "$pvbench" figure -o "$work/figures" "$good"
check "nothing is left of it" left_clean
printf '#!/bin/sh\n: >started\nsleep 60\n' >"$work/bin/gnuplot"
interrupted() {
    env PATH="$work/bin:$PATH" "$pvbench" figure -o "$work/figures" "$good" >"$work/out" 2>"$work/err" &
    local pid=$! _
    for _ in {1..100}; do
        compgen -G "$work/figures/.pvbench-figure-*/started" >/dev/null && break
        sleep 0.05
    done
    kill -TERM "$pid"
    wait "$pid"
    [ $? = 1 ] && grep -q "interrupted; nothing was written" "$work/err"
}
check "figure: interrupted while gnuplot hangs" interrupted
check "nothing is left of it" left_clean
check "figure: standard output is full, and the status says so" says 1 "standard output: cannot be written" \
    bash -c '"$1" figure -o "$2" --only=cost --format=svg "$3" >/dev/full' - "$pvbench" "$work/figures" "$good"

# --- the terminal ----------------------------------------------------------
on_terminal() { # [VARIABLE=VALUE]: the bytes that a terminal gets
    env TERM=xterm "$@" python3 - "$pvbench" report tests/fixtures/result-mixed.json <<'EOF'
import os, pty, subprocess, sys
terminal, end = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=end)
os.close(end)
try:
    while data := os.read(terminal, 65536):
        os.write(1, data)
except OSError:  # the other end is closed
    pass
sys.exit(child.wait())
EOF
}
coloured() { on_terminal >"$work/out" && grep -q $'\033\\[31mcrashed\033\\[0m' "$work/out"; }
plain() { on_terminal "$1" >"$work/out" && grep -q crashed "$work/out" && ! grep -q $'\033' "$work/out"; }
no_escape() {
    "$pvbench" report "$work/escape.json" >"$work/out" && ! grep -q $'\033' "$work/out" && grep -qF '?[31mred' "$work/out"
}
standard_input() { "$pvbench" report - <"$good" >"$work/out" && [ -s "$work/out" ] && "$pvbench" report "$good" | cmp -s - "$work/out"; }
helps() { "$pvbench" report --help | grep -q -- --subtract-empty && "$pvbench" figure --help | grep -q -- --only; }
check "a failure is red on a terminal" coloured
check "but not with NO_COLOR" plain NO_COLOR=1
check "and not on a dumb one" plain TERM=dumb
check "a result cannot command the terminal" no_escape
check "a result from standard input" standard_input
check "--help" helps
tap_end
