#!/bin/sh
# Builds the C kernels and the sweep with the toolchain's clang, and runs it:  run.sh [--write] [--stride N] [NAME ...]
#   --write   puts the rows into the documentation, too (table.sh)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/.build}
mkdir -p "$build"
command -v clang >/dev/null || PATH=$PATH:$(dirname "$(readlink -f "$(command -v swift)")")
"$here/../c/build.sh" accuracy "$build/accuracy"
if [ "${1:-}" != --write ]; then exec "$build/accuracy" "$@"; fi
shift
"$build/accuracy" "$@" | "$here/table.sh"
