#!/usr/bin/env bash
# Swift Testing's log as a line `N passed, N failed, N skipped`:  tally.sh LOG; nothing where no run came to its end.
# The closing line counts every test once: skipped ones, and those of a skipped suite, too.
set -uo pipefail

total=$(sed -n 's/.*Test run with \([0-9]*\) tests\{0,1\} .*/\1/p' "$1" | tail -1)
[ -n "$total" ] || exit 0
failed=$(grep -E '^✘ Test .* failed after' "$1" | grep -vc '^✘ Test run with')
skipped=$(grep -cE '^➜ Test .*( skipped[.:]| was cancelled after )' "$1")
echo "$((total - failed - skipped)) passed, $failed failed, $skipped skipped"
