#!/bin/sh
# Builds the C driver: build.sh KIND OUTPUT, where KIND is native, sanitized, races, serial, static or aarch64.
set -eu
kind=$1 output=$2
cd "$(dirname "$0")/../.."

flags="-std=c17 -ffp-contract=off -fno-math-errno -Wall -Wextra -Wvla -Werror -Wno-pass-failed -ICKernels -ITests/c"
link="-lpthread -lm"
for name in malloc calloc realloc aligned_alloc posix_memalign free; do link="$link -Wl,--wrap=$name"; done

# The newest libomp there is, as the package's manifest finds it.
libomp=$(ls -d /usr/lib/llvm-*/lib/libomp.so 2>/dev/null | sort -t- -k2 -n | tail -1 | xargs -r dirname)
if [ -n "$libomp" ]; then
  openmp=-fopenmp
  openmp_link="-fopenmp -L$libomp -lomp -Wl,-rpath,$libomp"
else
  openmp= openmp_link=
fi

case $kind in
native) flags="-O3 $flags $openmp" link="$link $openmp_link" ;;
sanitized)
  flags="-O1 -g1 $flags $openmp -fsanitize=address,undefined -fno-sanitize-recover=all"
  link="$link $openmp_link -fsanitize=address,undefined -fuse-ld=lld"
  ;;
races)
  flags="-O1 -g1 $flags $openmp -fsanitize=thread"
  link="$link $openmp_link -fsanitize=thread -fuse-ld=lld -ldispatch -lBlocksRuntime"
  ;;
serial) flags="-O3 $flags" ;;
static) flags="-O3 $flags" link="$link -static" ;;
aarch64)
  target="--target=aarch64-linux-gnu --gcc-install-dir=$(dirname "$(aarch64-linux-gnu-gcc -print-libgcc-file-name)")"
  flags="-O3 $flags $target" link="$link -static $target"
  ;;
*) echo "unknown kind $kind" >&2 && exit 64 ;;
esac

# Objects stay beside the output, for those who look into them.
objects=$output.objects
rm -rf "$objects" && mkdir -p "$objects"
export flags objects
printf '%s\n' CKernels/*/*.c Tests/c/*.c | xargs -P "$(nproc)" -I '{}' \
  sh -c 'clang $flags -c "$1" -o "$objects/$(echo "$1" | tr / _).o"' sh '{}'
# shellcheck disable=SC2086
exec clang "$objects"/*.o $link -o "$output"
