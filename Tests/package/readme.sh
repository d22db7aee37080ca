#!/usr/bin/env bash
# Pastes the first example of README.md into a package of its own, runs it, and expects what its print comments promise.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

make_consumer
main=$shared/consumer/Sources/example/main.swift

example_is_short() {
  local lines
  lines=$(wc -l <"$main")
  echo "$lines lines"
  [ "$lines" -ge 5 ] && [ "$lines" -le 10 ]
}

# Warnings count: an example that warns is no example.  It is compiled anew, or they would not show.
builds_without_warnings() {
  local log=$work/build.log
  touch "$main"
  build debug debug --product example >"$log" 2>&1 || { cat "$log"; return 1; }
  ! grep -F "main.swift" "$log" | grep -E "warning|error"
}

prints_what_it_says() {
  diff <(sed -n 's/^print(.*) *\/\/ \(.*\)$/\1/p' "$main") <("$shared/build-debug/debug/example")
}

# Each “title” in the table of promises is the title of a test: in Swift, of the C driver, or the start of a check's name.
promises_have_tests() {
  local title missing=0
  while IFS= read -r title; do
    grep -rqF --include='*.swift' --include='*.c' --include='*.sh' --exclude=readme.sh -- "\"$title" "$root/Tests" ||
      { echo "no test is called: $title"; missing=1; }
  done < <(grep -F '| “' "$root/README.md" | sed 's/\\|/|/g' | grep -o '“[^”]*”' | sed 's/[“”]//g')
  return "$missing"
}

links_lead_somewhere() {
  local target missing=0
  while IFS= read -r target; do
    [ -e "$root/$target" ] || { echo "no file: $target"; missing=1; }
  done < <(grep -oE '\]\([A-Za-z][^):]*\)|^\[[a-z]+\]: .*' "$root/README.md" | sed 's/^\](\(.*\))$/\1/; s/^.*: //')
  return "$missing"
}

check "readme: the example has at most ten lines" example_is_short
check "readme: the example builds when pasted" builds_without_warnings
check "readme: the example prints what it says" prints_what_it_says
check "readme: every promise names a test" promises_have_tests
check "readme: every link leads to a file" links_lead_somewhere

finish
