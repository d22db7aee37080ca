#!/usr/bin/env bash
# Builds the documentation; a link that leads nowhere is a failure.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

make_consumer
graphs=$work/graphs
mkdir "$graphs"

emit_graphs() {
  build debug debug --product consumer -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$graphs" &&
    find "$graphs" -name '*.symbols.json' ! -name 'Kernels*' -delete && ls "$graphs"
}

convert() {
  "$docc" convert "$shared/swift-kernels/Sources/Kernels/Kernels.docc" --additional-symbol-graph-dir "$graphs" \
    --fallback-display-name Kernels --fallback-bundle-identifier swift-kernels.Kernels --warnings-as-errors \
    --output-path "$work/Kernels.doccarchive"
}

entry_example() {
  awk '/^```swift$/ { inside = 1; next } /^```$/ && inside { exit } inside' \
    "$root/Sources/Kernels/Kernels.docc/Kernels.md" >"$work/Entry.swift"
  swiftc -typecheck -parse-as-library -swift-version 6 -warnings-as-errors -I "$shared/build-debug/debug/Modules" \
    -I "$root/CKernels/include" "$work/Entry.swift"
}

docc=$(command -v docc || { compiler=$(readlink -f "$(command -v swiftc)"); echo "${compiler%/*}/docc"; })
if [ ! -x "$docc" ]; then
  echo "skip docs: this toolchain has no docc"
  finish
fi
check "docs: symbols" emit_graphs
check "docs: the example on the entry page compiles" entry_example
check "docs: every link leads somewhere" convert

finish
