# tap.sh: the shell tests' results as TAP. Sourced, once $work is the test's own folder.
# shellcheck shell=bash
tap_count=0 tap_failed=0

# what, command...: the command's success is the test's. What it said, and what stands in
# $status, $work/out and $work/err, is shown when it fails.
check() {
    local what=$1
    shift
    tap_count=$((tap_count + 1))
    if "$@" >"$work/tap.log" 2>&1; then
        echo "ok $tap_count - $what"
    else
        echo "not ok $tap_count - $what"
        { cat "$work/tap.log"; [ -z "${status-}" ] || echo "status $status"; cat "$work/out" "$work/err"; } 2>/dev/null |
            head -n 40 | sed 's/^/# /'
        tap_failed=1
    fi
}

# what, the capability that this computer lacks
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # skip needs $2"
}

tap_end() {
    echo "1..$tap_count"
    exit "$tap_failed"
}
