#!/usr/bin/env bash
# Builds and tests everything:  Tests/run.sh [--quick | --torture] [TEXT]
#   TEXT       only the parts whose name holds it; an error where none does
#   --quick    fewer cases, and none of the parts that build throwaway packages or run emulators
#   --torture  many more cases, all mutants instead of a quarter, and the race detector
# Installs the Debian packages that it misses where it may; a part whose tools are not to be had is skipped, and says so.
# The last line is `N passed, N failed, N skipped`; the status is 0 if nothing failed.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

form=normal filter=
for word in "$@"; do
  case $word in
  --quick | --torture) form=${word#--} ;;
  -h | --help) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit ;;
  -*) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2 && exit 64 ;;
  *) filter=$word ;;
  esac
done
case $form in quick) cases=500 emulated=5 ;; normal) cases=10000 emulated=10 ;; torture) cases=1000000 emulated=300 ;; esac

work=$(mktemp -d)
export TMPDIR=$work  # for what others leave behind: SwiftPM keeps a lock file of every folder that it has built in
trap 'rm -rf "$work"' EXIT
trap 'trap "" TERM; kill 0; exit 130' INT  # what runs in the background would outlive a key press
passed=0 failed=0 skipped=0
failures=()

# Adds the counts of a finished part: its own tally if it prints one, otherwise its exit status.
tally() {
  local name=$1 status=$2 log=$3 line ok bad left
  line=$(grep -oE '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$log" | tail -1)
  if [ -z "$line" ]; then
    line=$(Tests/tally.sh "$log")
    [ -n "$line" ] || { [ "$status" = 0 ] && line='1 passed, 0 failed' || line='0 passed, 1 failed'; }
  fi
  read -r ok bad left <<<"$(tr -dc '0-9 \n' <<<"$line")"
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + ${left:-0}))
  if [ "$bad" != 0 ]; then failures+=("$name"); fi
  echo "== $name: $ok passed, $bad failed, ${left:-0} skipped, $SECONDS s since the start"
}

wanted() { [[ "$1" == *"$filter"* ]]; }

# Parts run in two lanes, side by side, since compiling Swift keeps one core busy and the C driver any number.  A lane
# prints a line for each part that ends, `STATUS LOG NAME` between tabs, for the loop at the end to show and to count.

# part NAME COMMAND...: runs one part.
part() {
  local name=$1 log
  shift
  wanted "$name" || return 0
  echo "== $name: begins" >&3
  log=$(mktemp -p "$work" log.XXXXXX)
  "$@" >"$log" 2>&1
  printf '%s\t%s\t%s\n' $? "$log" "$name"
}

# skip NAME REASON
skip() {
  ! wanted "$1" || printf 'skipped\t%s\t%s\n' "$2" "$1"
}

# ended STATUS LOG NAME: shows what a part said and counts it.
ended() {
  if [ "$1" = skipped ]; then
    skipped=$((skipped + 1))
    echo "== $3: skipped: $2"
    return
  fi
  grep -vE '^(ok|\[[0-9]+/[0-9]+\]|◇|✔ (Test|Suite) |.*: warning: Cannot export local symbol)' "$2" | sed 's/^/   /'
  tally "$3" "$1" "$2"
}

has() { command -v "$1" >/dev/null; }

# A package that Benchmarks needs is missing, and could not be installed.
lacks_zlib() { has apt-get && [ ! -e /usr/include/zlib.h ]; }

lacks_avx512() { [ "$(uname -m)" = x86_64 ] && ! grep -qs avx512vl /proc/cpuinfo; }

# ----------------------------------------------------------------------------------------------------- what is needed

install_missing() {
  has apt-get || return 0
  local packages=() sudo=
  ls /usr/lib/llvm-*/lib/libomp.so >/dev/null 2>&1 || packages+=(libomp-dev)
  [ -e /usr/include/zlib.h ] || packages+=(zlib1g-dev)
  [ -e /usr/include/mpfr.h ] || packages+=(libmpfr-dev)
  has qemu-x86_64 || packages+=(qemu-user)
  has aarch64-linux-gnu-gcc || packages+=(gcc-aarch64-linux-gnu)
  [ -e /usr/aarch64-linux-gnu/include/stdio.h ] || packages+=(libc6-dev-arm64-cross)
  if lacks_avx512; then
    has bochs || packages+=(bochs)
    has xorriso || packages+=(xorriso)
    has busybox || packages+=(busybox-static)
    [ -d /usr/lib/ISOLINUX ] || packages+=(isolinux syslinux-common)
  fi
  has clang-format-19 || packages+=(clang-format-19)
  has objdump || packages+=(binutils)
  has python3 || packages+=(python3)
  [ -d /usr/share/datasets/fashion-mnist ] || packages+=(dataset-fashion-mnist)
  [ ${#packages[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if has sudo && sudo -n true 2>/dev/null; then sudo='sudo -n'
    else echo "== missing, for some of the parts: run as root: apt-get install ${packages[*]}" && return; fi
  fi
  echo "== installing ${packages[*]}"
  $sudo apt-get update -qq >"$work/apt.log" 2>&1
  for package in "${packages[@]}"; do
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >>"$work/apt.log" 2>&1 ||
      echo "   $package could not be installed"
  done
  [[ " ${packages[*]} " != *' libomp-dev '* ]] || swift package purge-cache  # the manifest's answer without libomp
}

# Debian's kernel as $work/vmlinuz, fetched without being installed.
fetch_kernel() {
  local image
  image=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '/Depends:/ { print $2; exit }')
  mkdir "$work/kernel" && cd "$work/kernel" && apt-get -o APT::Sandbox::User=root download "$image" &&
    dpkg-deb -x ./*.deb . && mv boot/vmlinuz-* "$work/vmlinuz"
} >/dev/null 2>&1

# ------------------------------------------------------------------------------------------------------------- parts

swift_format() {
  local files
  mapfile -t files < <(git ls-files '*.swift')
  swift format lint --strict "${files[@]}"
}

c_format() {
  local files
  mapfile -t files < <(git ls-files 'CKernels/*.[ch]' 'Tests/c/*.[ch]' 'Tests/accuracy/*.[ch]' 'Tests/mutants/*.c')
  clang-format-19 --dry-run -Werror "${files[@]}"
}

driver() {
  local kind=$1
  shift
  [ -x "$work/$kind" ] || Tests/c/build.sh "$kind" "$work/$kind" || return
  "$@"
}

# each OPTION VALUE,... COMMAND...: the driver once for each value of an option, side by side.
each() {
  local option=$1 values=$2 log=$work/each
  shift 2
  rm -f "$log".*
  tr , '\n' <<<"$values" | xargs -P "$(nproc)" -I '{}' sh -c 'log=$1 && shift && "$@" >"$log" 2>&1' sh \
    "$log.{}" "$@" "$option" '{}'
  cat "$log".*
  awk -v runs="$(tr , '\n' <<<"$values" | wc -l)" '/^[0-9]+ passed, [0-9]+ failed/ { ok += $1; bad += $3; ++ends }
    END { print ok + 0 " passed, " bad + (ok == 0 || ends != runs) " failed" }' "$log".*
}

# each_isa PROGRAM OPTION...
each_isa() { each --isa "$("$1" --list | paste -sd ,)" "$@"; }

# A machine with AVX-512 under an emulator that takes a hundred times as long: each operation's results, between guard
# pages, and its bits, which the driver compares with those of AVX2 there.
# The values of functions are left out: they are compared with x87 instructions, which Bochs computes less exactly.
avx512() {
  driver static each --filter 'all fused,guard pages|definition|inside its operands|touch nothing' \
    Tests/c/avx512.sh "$work/vmlinuz" "$work/static" --expect-isa avx512 --isa avx512 --in-process --cases "$emulated"
}

# The bits of the fused instruction sets here, and of NEON under an emulator.
neon_agrees() {
  local options=(--cases "$emulated" --filter 'all fused')
  driver native "$work/native" --isa avx2 "${options[@]}" | grep '^hash .* fused' >"$work/here"
  driver aarch64 qemu-aarch64 "$work/aarch64" --isa neon "${options[@]}" | grep '^hash .* fused' >"$work/there"
  cat "$work/here" "$work/there"
  [ -s "$work/here" ] && cmp "$work/here" "$work/there"
}

# Each CPU model must get exactly the instruction set that it can run; SIGILL is a failure.
cpu_models() {
  local ok=0 bad=0 model expected
  while read -r model expected; do
    if qemu-x86_64 -cpu "$model" "$work/static" --expect-isa "$expected" --isa "$expected" --in-process --keep-off \
      --cases "$emulated" --filter 'integers' >"$work/model.log" 2>/dev/null; then
      echo "ok   $model runs $expected" && ok=$((ok + 1))
    else
      echo "FAIL $model should run $expected" && bad=$((bad + 1)) && grep -E 'FAIL|in:|replay' "$work/model.log"
    fi
  done <<'MODELS'
qemu64 generic
Nehalem generic
SandyBridge generic
IvyBridge generic
Haswell avx2
Haswell,-fma generic
max,avx2=off generic
qemu64,+avx2 generic
Skylake-Server avx2
MODELS
  echo "$ok passed, $bad failed"
}

# benchmarks [list]: the tests of Benchmarks, or their names alone.  Either builds its programs, and builds them alike,
# where `swift build` would build everything once more.
benchmarks() { swift test "$@" --package-path Benchmarks -c release; }

programs() { benchmarks list >"$work/list" || { cat "$work/list" && return 1; }; }

bench_smoke() {
  programs && Benchmarks/.build/release/bench gemm/f32/64x64x64 gemm/f64/33x --min-time 0.01 --peers none \
    --json "$work/bench.json" && python3 - "$work/bench.json" <<'CHECK'
import json, sys
report = json.load(open(sys.argv[1]))
assert {"machine", "results"} <= report.keys() and report["results"], "no results"
assert {"peak_gflops", "stream_gbps"} <= report["machine"].keys(), report["machine"].keys()
fields = {"id", "kernel", "dtype", "shape", "isa", "threads", "seconds_best", "seconds_median", "gflops",
          "percent_of_peak", "error_over_bound", "peers"}
for result in report["results"]:
    assert fields <= result.keys(), fields - result.keys()
    assert 0 < result["seconds_best"] <= result["seconds_median"], result
    assert 0 <= result["error_over_bound"] <= 1, result
print(len(report["results"]), "results")
CHECK
}

demo() { programs && Tests/demo/run.sh Benchmarks/.build/release/demo; }

# ---------------------------------------------------------------------------------------------------------------- run

swift_lane() {
  part 'this script' Tests/script.sh
  part 'format of Swift' swift_format
  part 'Swift tests' swift test -c release
  [ $form = quick ] && return
  for script in consume environment readme docs; do
    part "package: $script" env CHECKS="$work/checks" "Tests/package/$script.sh"
  done
  if lacks_zlib; then
    for name in 'bench: its own tests' 'bench: a short run' 'demo'; do skip "$name" 'no zlib1g-dev'; done
    return
  fi
  part 'bench: its own tests' benchmarks
  if has python3; then part 'bench: a short run' bench_smoke; else skip 'bench: a short run' 'no python3'; fi
  part 'demo' demo
}

c_lane() {
  if has clang-format-19; then part 'format of C' c_format; else skip 'format of C' 'no clang-format-19'; fi
  part 'C driver' driver native each_isa "$work/native" --cases "$cases"
  if has objdump; then part 'machine code' driver native Tests/c/code.sh "$work/native.objects"
  else skip 'machine code' 'no objdump'; fi
  part 'unloading' Tests/c/unload.sh
  part 'headers' Tests/c/headers.sh
  part 'accuracy of elementary functions' env BUILD="$work" Tests/accuracy/run.sh \
    --stride "$([ $form = torture ] && echo 1 || echo 1021)"
  [ $form = quick ] && return
  [ $form = torture ] && part 'C driver, race detector' driver races env TSAN_OPTIONS=ignore_noninstrumented_modules=1 \
    OMP_TOOL_LIBRARIES="$(ls /usr/lib/llvm-*/lib/libarcher.so 2>/dev/null | tail -1)" "$work/races" --cases 100 \
    --filter 'threads|callers|team'  # the detector refuses threads after a fork
  part 'C driver, sanitizers' driver sanitized each_isa "$work/sanitized" --cases $((cases / 20))
  part 'C driver, serial' driver serial each_isa "$work/serial" --cases $((cases / 20))
  emulators
  part 'mutants' env BUILD="$work" EVERY="$([ $form = torture ] && echo 1 || echo 4)" Tests/mutants/run.sh
}

emulators() {
  if [ "$(uname -m)" != x86_64 ]; then skip 'CPU models' 'they are of x86-64'
  elif has qemu-x86_64; then part 'CPU models' driver static cpu_models
  else skip 'CPU models' 'no qemu-x86_64'; fi
  if has qemu-aarch64 && has aarch64-linux-gnu-gcc && [ "$(uname -m)" = x86_64 ]; then
    part 'NEON, emulated' driver aarch64 each --filter 'f32,f64,random:' \
      qemu-aarch64 "$work/aarch64" --isa neon --in-process --cases "$emulated"
    part 'NEON has the bits of AVX2' neon_agrees
  else skip 'NEON, emulated' 'no qemu-aarch64 or no cross compiler'; fi
  if ! lacks_avx512 || ! wanted 'AVX-512, emulated'; then :  # a CPU that has it ran it in the other parts
  elif has bochs && has xorriso && has busybox && [ -d /usr/lib/ISOLINUX ] && (fetch_kernel); then
    part 'AVX-512, emulated' avx512
  else skip 'AVX-512, emulated' 'no bochs, or nothing to start Linux on it with'; fi
}

# The names of the parts of this form, here: the lanes run with nothing to run.
part_names() (
  part() { printf '%s\n' "$1"; }
  skip() { printf '%s\n' "$1"; }
  fetch_kernel() { :; }
  filter=
  swift_lane
  c_lane
)

if ! grep -qF -- "$filter" <<<"$(part_names)"; then
  printf 'no part is called "%s"; there are:\n' "$filter" >&2
  part_names >&2
  exit 64
fi
has swift || { echo "no Swift toolchain: swift is not on the path" >&2; exit 1; }
PATH=$(dirname "$(readlink -f "$(command -v swift)")"):$PATH  # its clang: an older one cannot build for aarch64
install_missing

exec 3>&1
while IFS=$'\t' read -r status log name; do ended "$status" "$log" "$name"; done < <(swift_lane & c_lane & wait)

for name in "${failures[@]}"; do echo "failed: $name"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
