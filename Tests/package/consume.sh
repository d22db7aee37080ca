#!/usr/bin/env bash
# Depends on this package as a stranger would: by version, over a git URL, in debug and release, with and without
# libomp.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

make_consumer
run() { "$shared/build-$1/$2/consumer"; }

resolved_by_version() {
  grep -q '"version" : "1.0.1"' "$shared/consumer/Package.resolved"
}

check "consume: a debug build by version" build debug debug
check "consume: version 1.0.1 was resolved" resolved_by_version
check "consume: a release build by version" build release release
for configuration in debug release; do
  check "consume: right result in $configuration" says correct yes run $configuration $configuration
  check "consume: built with OpenMP in $configuration" says parallel yes run $configuration $configuration
  check "consume: two threads ran in $configuration" says team 2 run $configuration $configuration
  check "consume: 64 tasks at once get the same bits in $configuration" says crowd right run $configuration $configuration
  check "consume: 64 tasks at once multiply no threads in $configuration" \
    says census bounded run $configuration $configuration
done
check "consume: less than 100 ns over the C call" "$shared/build-release/release/overhead"

# refused COMMAND...: whether it fails, and says so of a folder that holds no libomp.
refused() {
  local output
  output=$(env SWIFT_KERNELS_LIBOMP=/nowhere "$@" 2>&1) && { echo "it was taken"; return 1; }
  echo "$output"
  grep -qF 'SWIFT_KERNELS_LIBOMP is "/nowhere"' <<<"$output"
}

check "consume: a named folder without libomp is an error" refused swift package \
  --package-path "$shared/swift-kernels" --scratch-path "$work/dump" --cache-path "$work/cache" dump-package
check "consume: a named folder without libomp stops the demo" refused "$root/Benchmarks/demo.sh" --help

export SWIFT_KERNELS_LIBOMP=none
check "serial: a release build without libomp" build serial release
check "serial: right result" says correct yes run serial release
check "serial: says that it is not parallel" says parallel no run serial release
check "serial: one thread ran" says team 1 run serial release
check "serial: no OpenMP runtime is loaded" says libomp absent run serial release

finish
