#!/bin/sh
# Builds the C kernels and the sweep with the toolchain's clang, and runs it:  run.sh [--stride N] [--generic] [NAME ...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/.build}
mkdir -p "$build"
command -v clang >/dev/null || PATH=$PATH:$(dirname "$(readlink -f "$(command -v swift)")")
"$here/../c/build.sh" accuracy "$build/accuracy"
exec "$build/accuracy" "$@"
