#!/bin/sh
# Builds the C kernels and the sweep with the toolchain's clang, and runs it:  run.sh [--stride N] [--generic] [NAME ...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernels=$here/../../CKernels
build=${BUILD:-$here/.build}
if [ -z "${CC:-}" ]; then
  if command -v clang >/dev/null; then CC=clang; else CC=$(dirname "$(command -v swift)")/clang; fi
fi
flags="-std=c17 -O3 -ffp-contract=off -fno-math-errno -Wall -Wextra -I$kernels -I$kernels/include"
mkdir -p "$build"
for source in $(find "$kernels" -name '*.c') "$here"/*.c; do
  object=$build/$(printf %s "${source#"$here"/}" | tr '/.' '__').o
  if [ ! -e "$object" ] || [ -n "$(find "$kernels" "$here" -name '*.[ch]' -newer "$object" | head -n 1)" ]; then
    printf '%s\0%s\0' "$source" "$object"
  fi
done | xargs -0 -r -n 2 -P 2 sh -c '"$0" $1 -c "$2" -o "$3"' "$CC" "$flags"
"$CC" -o "$build/accuracy" "$build"/*.o -lm -lpthread
exec "$build/accuracy" "$@"
