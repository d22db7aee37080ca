#!/bin/sh
# Trains a network on Fashion-MNIST through swift-kernels.  Needs a Swift toolchain (6.2 or later; tested with
# 6.3.1); on Debian and its relatives it installs what else is missing.  Flags go to the demo (--help lists them).
set -eu

here=$(cd "$(dirname "$0")" && pwd)

say() { printf 'demo.sh: %s\n' "$*" >&2; }

# The manifest stops at a SWIFT_KERNELS_LIBOMP that is neither; so does this, before it installs anything.
check_named_libomp() {
  case ${SWIFT_KERNELS_LIBOMP:=} in
  '' | none) return 0 ;;
  esac
  [ -e "$SWIFT_KERNELS_LIBOMP/libomp.so" ] || [ -e "$SWIFT_KERNELS_LIBOMP/libomp.dylib" ] || {
    say "SWIFT_KERNELS_LIBOMP is \"$SWIFT_KERNELS_LIBOMP\": neither a folder that holds libomp nor none"
    exit 1
  }
}

# Any LLVM version's libomp will do: the manifest looks in the same places.
have_libomp() {
  [ -n "$SWIFT_KERNELS_LIBOMP" ] && return 0
  for file in /usr/lib/llvm-*/lib/libomp.so /usr/lib64/libomp.so /usr/local/lib/libomp.so; do
    [ -e "$file" ] && return 0
  done
  return 1
}

missing_packages() {
  have_libomp || printf ' libomp-dev'
  [ -e /usr/include/zlib.h ] || printf ' zlib1g-dev'
  case " $* " in
  *" --data"*) ;;
  *) [ -d /usr/share/datasets/fashion-mnist ] || printf ' dataset-fashion-mnist' ;;
  esac
}

install_packages() {
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      say "missing:$*; run as root: apt-get install$*"
      exit 1
    }
    as_root=sudo
  fi
  say "installing$*"
  # shellcheck disable=SC2086,SC2048  # words on purpose: the sudo that may be, and one package each
  { $as_root apt-get -qq update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y $*; } >&2 || {
    say "apt-get could not install$*"
    exit 1
  }
  case $* in *libomp-dev*) swift package --package-path "$here" purge-cache >&2 ;; esac  # SwiftPM keeps what the manifest said without it
}

command -v swift >/dev/null || {
  say "no Swift toolchain in PATH; https://www.swift.org/install has it"
  exit 1
}
check_named_libomp
if command -v apt-get >/dev/null; then
  missing=$(missing_packages "$@")
  [ -z "$missing" ] || install_packages "$missing"
fi

# The demo's own output alone goes to standard output.
swift build --package-path "$here" -c release --product demo >&2
exec "$(swift build --package-path "$here" -c release --show-bin-path)/demo" "$@"
