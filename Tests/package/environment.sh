#!/usr/bin/env bash
# What the environment variables do, each in a process of its own, since they are read once.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

make_consumer
check "environment: the consumer builds" build debug debug --product consumer
consumer=$shared/build-debug/debug/consumer
allowed=$("$consumer" | sed -n 's/^allowed=//p')
parallel=$("$consumer" | sed -n 's/^parallel=//p')

# A count caps the default and never raises it.
for value in 1 2 " 2 " 99999 4,2 "1, 8"; do
  first=$((${value%%,*}))
  expected=$((first < allowed ? first : allowed))
  [ "$parallel" = yes ] || expected=1
  check "environment: OMP_NUM_THREADS=\"$value\" gives $expected" \
    says threads $expected env OMP_NUM_THREADS="$value" "$consumer"
done

# libomp aborts on the first and on huge ones, and makes up a count for others: its runtime must not be entered.
for value in "" 0 -3 abc 1e3 +2 0x2 2.5 "2 3" "," "2," ",2" 99999999999999999999 2147483648 2147483647; do
  check "environment: OMP_NUM_THREADS=\"$value\" runs serially" \
    says team 1 env OMP_NUM_THREADS="$value" "$consumer"
  check "environment: OMP_NUM_THREADS=\"$value\" leaves the result right" \
    says correct yes env OMP_NUM_THREADS="$value" "$consumer"
done

# libomp aborts where it may have fewer than three threads, with a newer name or an older one.
for name in KMP_DEVICE_THREAD_LIMIT KMP_ALL_THREADS; do
  for value in 0 1 2 " 2 "; do
    check "environment: $name=\"$value\" runs serially" says team 1 env "$name=$value" "$consumer"
    check "environment: $name=\"$value\" leaves the result right" says correct yes env "$name=$value" "$consumer"
  done
  [ "$parallel" = yes ] || continue
  for value in 3 99999 abc; do
    check "environment: $name=\"$value\" leaves two threads" says team 2 env "$name=$value" "$consumer"
  done
done

# refused NAME: whether the call fails and the message lists the instruction set that is always there.
refused() {
  local output
  output=$(env SWIFT_KERNELS_ISA="$1" SWIFT_BACKTRACE=enable=no "$consumer" 2>&1) && { echo "it ran"; return 1; }
  echo "$output"
  grep -qF "unsupported instruction set: \"$1\"" <<<"$output" && grep -q "valid here: .*generic" <<<"$output"
}

check "environment: SWIFT_KERNELS_ISA=generic is obeyed" says isa generic env SWIFT_KERNELS_ISA=generic "$consumer"
check "environment: SWIFT_KERNELS_ISA= means the best" says correct yes env SWIFT_KERNELS_ISA= "$consumer"
for value in sse9 AVX2 "generic "; do
  check "environment: SWIFT_KERNELS_ISA=\"$value\" is an error that lists the valid names" refused "$value"
done

finish
