#!/usr/bin/env bash
# Writes what the sweep found into the documentation and the list of worst inputs that every test run tries:
#   Tests/accuracy/run.sh --stride 1 | Tests/accuracy/table.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
article=Sources/Kernels/Kernels.docc/Functions.md
inputs=Sources/KernelProperties/Functions/WorstInputs.swift
log=$(mktemp)
trap 'rm -f "$log" "$log.table" "$log.swift"' EXIT
tee "$log"
if grep -q FAILED "$log" || ! grep -q '^| f64' "$log"; then echo "the sweep failed or is not whole" >&2 && exit 1; fi

# shellcheck disable=SC2016  # what awk expands
# Shared by both: the fields of a row, with Swift's names and C's hexadecimal numbers without what Swift does not take.
rows='
  function swift(name) { while (match(name, /_./)) name = substr(name, 1, RSTART - 1) toupper(substr(name, RSTART + 1, 1)) \
    substr(name, RSTART + 2); sub(/Relu/, "ReLU", name); return name }
  function number(x) { sub(/^\+/, "", x); sub(/p\+/, "p", x); if (x ~ /\./) sub(/\.?0*p/, "p", x); return x }
  { for (i = 1; i <= NF; ++i) gsub(/^ +| +$/, "", $i) }
'

awk -F'|' "$rows"'
  FNR == 1 { split($0, words, " "); every = words[2] + 0; sub(/.* Float on /, ""); sub(/ \(.*/, ""); on = $0; next }
  $2 ~ /^(function|---|)$/ { next }
  $2 !~ /^f64/ {
    split($3, p, " "); parameters = ""
    if ($2 ~ /^(elu|celu|swish|softplus|leaky_relu|clamp)$/) parameters = $2 == "clamp" ? p[1] ", " p[2] : p[1]
    single = single sprintf("| `%s` | %s | %s | `%s` | %s | %s |\n", swift($2), parameters, $4, number($5), $6, $8)
    next
  }
  { sub(/^f64 /, "", $2); double = double sprintf("| `%s` | %s | `%s` | %s |\n", swift($2), $3, number($4), $5) }
  END {
    what = every == 1 ? "over every float" : "over one in " every " floats"
    printf "## Errors\n\n"
    printf "`Float`, %s (%s): the largest error in ULP and the input it occurs at.  Subnormal results are\n", what, on
    printf "measured in smallest numbers.  `Tests/accuracy/run.sh --stride 1 | Tests/accuracy/table.sh` renews the tables.\n\n"
    printf "| function | parameters | max ULP | at | subnormal results | bound |\n|---|---|---|---|---|---|\n%s\n", single
    printf "`Double`, on samples, against the 64-bit significands of x87:\n\n"
    printf "| function | max ULP | at | bound |\n|---|---|---|---|\n%s\n", double
  }
' "$log" >"$log.table"
awk -v table="$log.table" '
  /^## Errors/ { skipping = 1 }
  /^## Topics/ { while ((getline line <table) > 0) print line; skipping = 0 }
  !skipping
' "$article" >"$log.swift" && cp "$log.swift" "$article"

# shellcheck disable=SC2016
{
  echo '/// For each function the inputs with the largest errors known.  `Tests/accuracy/table.sh` writes this file.'
  echo 'let recordedWorstInputs: [String: [Double]] = ['
  awk -F'|' "$rows"'
    FNR == 1 || $2 ~ /^(function|---|)$/ { next }
    { sub(/^f64 /, "", $2); name = swift($2); single = $3 ~ / /
      if (!(name in list)) order[++count] = name
      list[name] = list[name] (list[name] == "" ? "" : ", ") (single ? number($5) ", " number($7) : number($4)) }
    END { for (i = 1; i <= count; ++i) printf "  \"%s\": [%s],\n", order[i], list[order[i]] }
  ' "$log"
  echo ']'
} >"$inputs"
swift format -i "$inputs"
