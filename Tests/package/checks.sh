# Shared by the scripts of this folder: counted checks and throwaway copies of the package.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
export TMPDIR=$work  # as in Tests/run.sh
trap 'rm -rf "$work"' EXIT
# What the scripts build once and may share: the package under a tag, and its consumer.  CHECKS names a folder for it.
shared=${CHECKS:-$work/shared}
passed=0 failed=0

# check NAME COMMAND...: runs the command quietly and counts its verdict; shows what it said where it failed.
check() {
  local name=$1 log=$work/check.log
  shift
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    echo "ok $name"
  else
    failed=$((failed + 1))
    echo "FAIL $name"
    sed 's/^/    /' "$log" | grep -vE "^ *\[[0-9]+/" | tail -40
  fi
}

# Ends the script with the tally as its verdict.
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}

# says KEY VALUE COMMAND...: whether the command succeeds and prints the line KEY=VALUE.
says() {
  local line="$1=$2" output
  shift 2
  output=$("$@") || { echo "exit status $?: $*"; echo "$output"; return 1; }
  grep -qxF -- "$line" <<<"$output" || { echo "no line \"$line\" in:"; echo "$output"; return 1; }
}

# copy_tree FOLDER: the files that git knows or would add, so that a check sees what a commit would hold.
copy_tree() {
  mkdir -p "$1"
  (cd "$root" && git ls-files -z --cached --others --exclude-standard --deduplicate |
    while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done |
    tar --null --files-from=- -cf -) | tar -xf - -C "$1"
}

# tag_tree FOLDER VERSION: a repository that holds the tree under one tag.
tag_tree() {
  copy_tree "$1"
  git -C "$1" init -q
  git -C "$1" add -A
  git -C "$1" -c user.name=check -c user.email=check@localhost -c commit.gpgsign=false commit -qm "snapshot"
  git -C "$1" -c tag.gpgsign=false tag "$2"
}

# make_consumer: a package that depends on this one as a stranger would, by version over a git URL; the first example of
# README.md is one of its programs.
make_consumer() {
  [ -d "$shared/consumer" ] && return
  tag_tree "$shared/swift-kernels" 1.0.1
  mkdir -p "$shared/consumer"
  cp -R "$root/Tests/package/Consumer/Sources" "$shared/consumer/"
  mkdir "$shared/consumer/Sources/example"
  awk '/^```swift$/ { inside = 1; next } /^```$/ && inside { exit } inside' "$root/README.md" \
    >"$shared/consumer/Sources/example/main.swift"
  cat >"$shared/consumer/Package.swift" <<MANIFEST
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "consumer",
  platforms: [.macOS(.v15)],
  dependencies: [.package(url: "file://$shared/swift-kernels", from: "1.0.0")],
  targets: [
    .executableTarget(name: "consumer", dependencies: [.product(name: "Kernels", package: "swift-kernels")]),
    .executableTarget(name: "example", dependencies: [.product(name: "Kernels", package: "swift-kernels")]),
    .executableTarget(
      name: "overhead",
      dependencies: [
        .product(name: "Kernels", package: "swift-kernels"), .product(name: "CKernels", package: "swift-kernels"),
      ]),
  ]
)
MANIFEST
}

# build NAME CONFIGURATION [ARGUMENT...]: builds the consumer, with caches of its own, so that no setting leaks from one
# name to the next.
build() {
  local name=$1 configuration=$2
  shift 2
  swift build --package-path "$shared/consumer" --scratch-path "$shared/build-$name" \
    --cache-path "$shared/cache-$name" -c "$configuration" "$@"
}
