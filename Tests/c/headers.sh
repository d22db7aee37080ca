#!/bin/sh
# Every public header by itself: as C99, C17 and C++17, with no word that a pedantic compiler would say.
cd "$(dirname "$0")/../.." || exit 1
ok=0 bad=0
for header in CKernels/include/*.h; do
  for language in 'c -std=c99' 'c -std=c17' 'c++ -std=c++17'; do
    # shellcheck disable=SC2086
    if clang -fsyntax-only -pedantic -Wall -Wextra -Werror -x $language "$header"; then
      ok=$((ok + 1))
    else
      echo "FAIL ${header##*/} as $language" && bad=$((bad + 1))
    fi
  done
done
echo "$ok passed, $bad failed"
[ $ok -gt 0 ] && [ $bad = 0 ]
