#!/bin/sh
# Builds a C program of the tests: build.sh KIND OUTPUT.
#   native, serial, static   the driver with OpenMP, without it, and without it linked statically
#   sanitized, races         the driver for ASan and UBSan, and for TSan
#   aarch64                  the driver for an emulated NEON machine
#   accuracy                 the sweep over the elementary functions
# Kinds that compile a file alike share its object: they lie in `objects` beside OUTPUT, and in OUTPUT.objects by name,
# each with the list of files that it was made from, and `link`, the linker's options.
set -eu
kind=$1 output=$2
cd "$(dirname "$0")/../.."

common="-std=c17 -ffp-contract=off -fno-math-errno -Wall -Wextra -Wvla -Werror -Wno-pass-failed -ICKernels -ICKernels/include -ITests/c"
link="-lpthread -lm"
tests=Tests/c
for name in malloc calloc realloc aligned_alloc posix_memalign free; do wraps="${wraps:-} -Wl,--wrap=$name"; done

# The newest libomp there is, as the package's manifest finds it.
libomp=$(ls -d /usr/lib/llvm-*/lib/libomp.so 2>/dev/null | sort -t- -k2 -n | tail -1 | xargs -r dirname)
openmp= openmp_link=
if [ -n "$libomp" ]; then openmp=-fopenmp openmp_link="-fopenmp -L$libomp -lomp -Wl,-rpath,$libomp"; fi

plain="-O3 $common"
flags=$plain
case $kind in
native) link="$link $wraps $openmp_link" ;;
sanitized)
  # Null pointers and the ends of objects are ASan's to find.
  flags="-O1 -g1 $common -fsanitize=address,undefined -fno-sanitize=null,object-size -fno-sanitize-recover=all"
  # The kernels' addresses come of one source: that they do not overflow is asked of the portable ones alone, and a build
  # takes two thirds of the time.
  avx_flags="$flags -fno-sanitize=pointer-overflow"
  link="$link $wraps $openmp_link -fsanitize=address,undefined -fuse-ld=lld"
  ;;
races)
  # The runtime of Swift's clang knows libdispatch, which lies among Swift's own libraries.
  swift=$(realpath "$(clang -print-resource-dir)/../../swift/linux")
  flags="-O1 -g1 $common -fsanitize=thread"
  link="$link $wraps $openmp_link -fsanitize=thread -fuse-ld=lld -L$swift -Wl,-rpath,$swift -ldispatch -lBlocksRuntime"
  ;;
serial) openmp= link="$link $wraps" ;;
static) openmp= link="$link $wraps -static" ;;
aarch64)
  target="--target=aarch64-linux-gnu --gcc-install-dir=$(dirname "$(aarch64-linux-gnu-gcc -print-libgcc-file-name)")"
  plain="$plain $target" flags=$plain openmp=
  link="$link $wraps -static $target"
  ;;
accuracy)
  openmp= tests=Tests/accuracy
  # Doubles have a reference where there is MPFR: the sources ask the same question.
  if echo '#include <mpfr.h>' | clang -E - >/dev/null 2>&1; then link="$link -lmpfr -lgmp"; fi
  ;;
*) echo "unknown kind $kind" >&2 && exit 64 ;;
esac

# Nothing of AVX-512 runs where the CPU lacks it, so sanitizers need not look at it.
idle=isa_avx512
if grep -qs avx512f /proc/cpuinfo; then idle=none; fi

objects=$output.objects store=$(dirname "$output")/objects
rm -rf "$objects" && mkdir -p "$objects" "$store"
export common plain flags avx_flags="${avx_flags:-$flags}" openmp objects store idle

# Compiles one source, unless an object of the same command is newer than every source.
cat >"$objects/compile" <<'END'
case $1 in
CKernels/threads/* | Tests/c/process.c) command="clang $flags $openmp -c $1" ;;
CKernels/isa/$idle*) command="clang $plain -c $1" ;;
CKernels/isa/isa_avx*) command="clang $avx_flags -c $1" ;;
*) command="clang $flags -c $1" ;;
esac
object=$store/$(echo "$command" | cksum | tr -d ' ').o
if [ ! -e "$object" ] || [ -n "$(find CKernels Tests -name '*.[ch]' -newer "$object" -print -quit)" ]; then
  $command -MMD -MF "$object.list" -o "$object"
fi
own=$objects/$(echo "$1" | tr / _).o
ln -f "$object" "$own"
ln -f "$object.list" "$own.list"
END
printf '%s\n' CKernels/*/*.c $tests/*.c | xargs -P "$(nproc)" -n 1 sh -eu "$objects/compile"
echo "$link" >"$objects/link"
# shellcheck disable=SC2086
exec clang "$objects"/*.o $link -o "$output"
