#!/bin/sh
# A library that is unloaded right after a call with several threads, while they still look out for the next one.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
libomp=$(ls -d /usr/lib/llvm-*/lib/libomp.so 2>/dev/null | sort -t- -k2 -n | tail -1 | xargs -r dirname)
if [ -z "$libomp" ]; then echo "0 passed, 0 failed, 1 skipped: no libomp" && exit 0; fi

cat >"$work/unload.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

static atomic_int members;
static void count_members(void *context, int index, int count) {
  (void)context, (void)index;
  atomic_store(&members, count);
}

// unload LIBRARY NANOSECONDS: the pause between the call and the end of the library
int main(int count, char **words) {
  if (count != 3) return 64;
  for (int round = 0; round < 2; ++round) {
    void *library = dlopen(words[1], RTLD_NOW);
    if (!library) return 2;
    void (*run)(int, void (*)(void *, int, int), void *);
    *(void **)&run = dlsym(library, "ck_team_run");
    if (!run) return 3;
    run(3, count_members, NULL);
    if (members != 3) return 4;
    nanosleep(&(struct timespec){.tv_nsec = atol(words[2])}, NULL);
    if (dlclose(library) != 0) return 5;
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  }
  return 0;
}
END
cc="clang -std=c17 -O1 -Wall -Wextra -Werror"
$cc -fPIC -shared -fopenmp -ICKernels CKernels/threads/team.c -o "$work/team.so" -L"$libomp" -lomp -Wl,-rpath,"$libomp"
$cc "$work/unload.c" -o "$work/unload" -ldl

failed=0
for pause in 0 500000 5000000; do
  if "$work/unload" "$work/team.so" $pause; then
    echo "ok   a library goes $pause ns after a call"
  else
    echo "FAIL a library goes $pause ns after a call: status $?" && failed=$((failed + 1))
  fi
done
echo "$((3 - failed)) passed, $failed failed"
[ "$failed" = 0 ]
