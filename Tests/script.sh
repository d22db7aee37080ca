#!/usr/bin/env bash
# Tests Tests/run.sh: what it counts in a log, and that a filter must name a part.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# expect NAME EXPECTED GOT
expect() {
  if [ "$2" = "$3" ]; then passed=$((passed + 1)) && echo "ok   $1"
  else failed=$((failed + 1)) && printf 'FAIL %s: "%s", expected "%s"\n' "$1" "$3" "$2"; fi
}

# What Swift 6.3 prints without a terminal.
cat >"$work/log" <<'LOG'
◇ Test run started.
➜ Suite "Off" skipped: "whole suite"
➜ Test "params" skipped: "by hand"
➜ Test b() skipped.
➜ Test "a title with "quotes", skipped: not" skipped: "no OpenMP"
➜ Test h(x:) skipped: "whole suite"
➜ Test g() skipped: "whole suite"
◇ Test "fails skipped: x" started.
✘ Test "fails skipped: x" recorded an issue at T.swift:7:38: Expectation failed: 1 == 2
◇ Test case passing 1 argument x → 1 to "params fail" started.
✘ Test "params fail" recorded an issue with 1 argument x → 2 at T.swift:8:61: Expectation failed: (x → 2) != 2
✘ Test "fails skipped: x" failed after 0.001 seconds with 1 issue.
✔ Test passes() passed after 0.001 seconds.
✔ Test "params ok" with 3 test cases passed after 0.001 seconds.
✘ Test "params fail" with 3 test cases failed after 0.001 seconds with 1 issue.
➜ Test j() was cancelled after 0.001 seconds: "cancelled here"
✔ Test k(x:) with 2 test cases passed after 0.001 seconds.
✔ Test i() passed after 0.001 seconds.
✔ Suite "On" passed after 0.001 seconds.
✘ Test run with 12 tests in 2 suites failed after 0.024 seconds with 2 issues.
LOG
expect 'skipped Swift tests have not passed' '4 passed, 2 failed, 6 skipped' "$(Tests/tally.sh "$work/log")"
echo '✔ Test run with 1 test in 1 suite passed after 0.001 seconds.' >"$work/log"
expect 'one test alone is counted' '1 passed, 0 failed, 0 skipped' "$(Tests/tally.sh "$work/log")"
echo '◇ Test run started.' >"$work/log"
expect 'a run that stopped half-way counts nothing' '' "$(Tests/tally.sh "$work/log")"

Tests/run.sh 'no such part' >"$work/log" 2>&1
expect 'a filter that names no part is an error' 64 $?
for name in 'Swift tests' 'C driver, serial' 'CPU models' 'demo'; do
  expect "it lists the part '$name'" 1 "$(grep -cx "$name" "$work/log")"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
