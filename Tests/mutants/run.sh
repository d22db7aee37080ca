#!/bin/sh
# Breaks the kernels in the ways that mutants.txt lists, one at a time, and expects the C driver to notice.
#   run.sh [TEXT]   only the mutants whose line holds TEXT; exits 1 if one survives or no longer applies
#   BUILD           where the driver and its objects are, or shall be
#   EVERY           one mutant in so many is tried; all without it
set -eu
cd "$(dirname "$0")/../.."
root=$PWD list=$PWD/Tests/mutants/mutants.txt filter=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A mutant is compiled for the best instruction set here and for Float alone, where that takes what it changes.
best=generic
grep -qs avx2 /proc/cpuinfo && best=avx2
grep -qs avx512f /proc/cpuinfo && best=avx512
[ "$(uname -m)" = aarch64 ] && best=neon

Tests/c/build.sh native "${BUILD:=$work}/native"
base=$BUILD/native.objects
# -O1 compiles fast; what a mutant breaks shows at any level.
cc="${CC:-clang} -O1 -std=c17 -ffp-contract=off -fno-math-errno -ICKernels -ICKernels/include -ITests/c"
table=ck_${best}_f32
$cc -c "CKernels/isa/isa_${best}_f32.c" -D$table=unbroken -o "$work/unbroken.o"
$cc -c Tests/mutants/overlay.c -DTABLE=$table -o "$work/overlay.o"

# The mutants' driver must pass as long as nothing is broken.
unbroken=$(printf '%s\n' "$base"/*.o | grep -v "CKernels_isa_isa_${best}_f32")
$cc $unbroken "$work/unbroken.o" "$work/overlay.o" $(cat "$base/link") -o "$work/driver"
if ! "$work/driver" --isa "$best" --cases 2000 >"$work/log" 2>&1; then
  grep FAIL "$work/log"
  echo "the driver fails without any mutant" && exit 1
fi
export cc work root list best base table

awk '/^[^-+#]/ { ++n; print n "\t" $0 }' "$list" | grep -F -e "$filter" | cut -f 1 |
  awk -v every="${EVERY:-1}" 'NR % every == 0' |
  xargs -r -P "$(nproc)" -n 1 sh -u Tests/mutants/try.sh | tee "$work/verdicts"
[ "${EVERY:-1}" = 1 ] || echo "one mutant in $EVERY was tried"
failed=$(grep -c '^FAIL' "$work/verdicts" || true)
echo "$(grep -c '^ok' "$work/verdicts" || true) passed, $failed failed, $(grep -c '^skip' "$work/verdicts" || true) skipped"
[ "$failed" = 0 ]
