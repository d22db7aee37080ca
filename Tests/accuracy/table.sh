#!/usr/bin/env bash
# Puts the rows that a sweep printed into the documentation, and their inputs into the list that every test run tries:
#   Tests/accuracy/run.sh --stride 1 NAME ... | Tests/accuracy/table.sh
# Rows of functions that were not swept stay, and must come of a sweep like this one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
article=Sources/Kernels/Kernels.docc/Functions.md
inputs=Sources/KernelProperties/Functions/WorstInputs.swift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tee "$work/log"
if grep -q FAILED "$work/log"; then echo "the sweep failed" >&2 && exit 1; fi

# shellcheck disable=SC2016  # what awk expands
awk -F' *[|] *' '
  function fail(why) { print why >"/dev/stderr"; failed = 1; exit 1 }
  # The rows of a table that were not there before.
  function rest(  i) {
    for (i = 1; i <= count; ++i) if (section[keys[i]] == now && !(keys[i] in done)) print rows[keys[i]]
    if (kept && now in introduction && introduction[now] != was) fail("the rows that stay are of another sweep: " was)
    now = ""
  }
  NR != FNR && FNR == 1 { now = ""; inside = 0 }
  now != "" && !/^[|]/ && inside { if (NR != FNR) rest(); inside = 0 }
  /^`(Float|Double)`, over/ {
    now = $1; sub(/,.*/, "", now)
    if (NR == FNR) introduction[now] = $0
    else { was = $0; kept = 0; inside = 0; if (now in introduction) $0 = introduction[now] }
  }
  /^[|]/ { inside = 1 }
  /^[|] `/ {
    key = now " " $2 " " $3
    if (NR == FNR) { if (!(key in rows)) keys[++count] = key; rows[key] = $0; section[key] = now; next }
    if (key in rows) { done[key] = 1; $0 = rows[key] } else kept = 1
  }
  NR != FNR
  END { exit failed }
' "$work/log" "$article" >"$work/article"
cp "$work/article" "$article"

# shellcheck disable=SC2016
{
  echo '/// For each function the inputs with the largest errors known.  `Tests/accuracy/table.sh` writes this file.'
  echo 'let recordedWorstInputs: [String: [Double]] = ['
  awk -F' *[|] *' '/^[|] `/ {
      name = $2; gsub(/`/, "", name); $2 = ""; line = $0
      if (!(name in list)) order[++count] = name
      while (match(line, /`-?0x[^`]*`/)) {
        x = substr(line, RSTART + 1, RLENGTH - 2); line = substr(line, RSTART + RLENGTH)
        if (!seen[name, x]++) list[name] = list[name] (list[name] == "" ? "" : ", ") x
      }
    }
    END { for (i = 1; i <= count; ++i) if (list[order[i]] != "") printf "  \"%s\": [%s],\n", order[i], list[order[i]] }
  ' "$article"
  echo ']'
} >"$inputs"
swift format -i "$inputs"
