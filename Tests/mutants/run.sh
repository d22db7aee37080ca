#!/bin/sh
# Breaks the kernels in the ways that mutants.txt lists, one at a time, and expects the C driver to notice.
#   run.sh [TEXT]   only the mutants whose line holds TEXT; exits 1 if one survives or no longer applies
set -eu
cd "$(dirname "$0")/../.."
root=$PWD list=$PWD/Tests/mutants/mutants.txt filter=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cc=${CC:-clang}
# -O1 compiles fast; what a mutant breaks shows at any level.
flags="-O1 -std=c17 -ffp-contract=off -fno-math-errno -ICKernels -ITests/c"
link="-lpthread -lm"
for name in malloc calloc realloc aligned_alloc posix_memalign free; do link="$link -Wl,--wrap=$name"; done
libomp=$(ls -d /usr/lib/llvm-*/lib/libomp.so 2>/dev/null | sort -t- -k2 -n | tail -1 | xargs -r dirname)
if [ -n "$libomp" ]; then
  flags="$flags -fopenmp"
  link="$link -L$libomp -lomp -Wl,-rpath,$libomp"
fi
export cc flags link work root list

# The unbroken objects, each with the list of files that it was made from.
mkdir "$work/base"
printf '%s\n' CKernels/*/*.c Tests/c/*.c |
  xargs -P "$(nproc)" -I '{}' sh -c '
    object=$work/base/$(echo "$1" | tr / _).o
    echo "$1" >"$object.source"
    $cc $flags -MMD -MF "$object.list" -c "$1" -o "$object"' sh '{}'
$cc "$work"/base/*.o $link -o "$work/driver"
if ! "$work/driver" --cases 200 >"$work/log" 2>&1; then
  grep FAIL "$work/log"
  echo "the driver fails without any mutant" && exit 1
fi

# A mutant is compiled for the best instruction set here and for Float alone, where that takes what it changes.
best=generic
grep -qs avx2 /proc/cpuinfo && best=avx2
grep -qs avx512f /proc/cpuinfo && best=avx512
[ "$(uname -m)" = aarch64 ] && best=neon
export best

# One mutant: a copy of the kernels, one change, the objects that depend on it, and a run.
cat >"$work/try" <<'END'
number=$1 here=$work/$1
mkdir "$here" && cp -r "$root/CKernels" "$here/CKernels" && mkdir "$here/Tests" && ln -s "$root/Tests/c" "$here/Tests/c"
cd "$here"
name=$(awk -v want="$number" '/^[^-+#]/ && ++n == want { sub(/ *$/, ""); print; exit }' "$list")
file=CKernels/${name%%:*}
if ! awk -v want="$number" -v list="$list" -f "$root/Tests/mutants/apply.awk" "$file" >changed; then
  echo "FAIL $name: does not apply any more" && exit 0
fi
mv changed "$file"
# The objects that depend on the change; of these, where there are such, the ones of the best instruction set and Float.
changed=$(grep -lF "$file" "$work"/base/*.list)
few=$(echo "$changed" | grep -v -e _f64 -e '_isa_[a-z0-9]*_'; echo "$changed" | grep "_isa_${best}_" | grep -v _f64)
[ -n "$few" ] || few=$changed
objects=
for base in "$work"/base/*.o; do
  object=$base
  if echo "$few" | grep -qxF "$base.list"; then
    object=$here/$(basename "$base")
    source=$(cat "$base.source")
    if ! $cc $flags -c "$source" -o "$object" 2>errors; then echo "FAIL $name: does not compile" && exit 0; fi
  fi
  objects="$objects $object"
done
$cc $objects $link -o driver
# Closing the pipe at the first failure ends the driver.
status=0
killer=$(timeout 60 ./driver --isa "$best" --in-process --cases 300 2>/dev/null | grep -m 1 '^FAIL') || status=$?
if [ "$status" = 0 ]; then
  echo "ok   $name: killed by $(echo "${killer%%:*}" | sed 's/^FAIL //; s/ (SIG.*//')"
else
  echo "FAIL $name: survived"
fi
cd "$work" && rm -rf "$here"
END

awk '/^[^-+#]/ { ++n; print n "\t" $0 }' "$list" | grep -F -e "$filter" | cut -f 1 |
  xargs -P "$(nproc)" -n 1 sh "$work/try" | tee "$work/verdicts"
failed=$(grep -c '^FAIL' "$work/verdicts" || true)
echo "$(grep -c '^ok' "$work/verdicts" || true) passed, $failed failed"
[ "$failed" = 0 ]
