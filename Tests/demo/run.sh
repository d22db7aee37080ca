#!/bin/sh
# Tests the demo: its flags, its complaints about bad data, and that a short training gives the same weights whatever
# the number of threads.  Prints a line for each test, then `N passed, N failed, N skipped`.
#
# usage: Tests/demo/run.sh [DEMO]     DEMO: a demo that is built already; without it this builds one
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
if [ $# -ge 1 ]; then
  demo=$1
else
  swift build --package-path "$root/Benchmarks" -c release --product demo >&2 || exit 1
  demo=$(swift build --package-path "$root/Benchmarks" -c release --show-bin-path)/demo
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/passed"
: >"$work/failed"
skipped=0

# Counted in files, since a test at the end of a pipe runs in a shell of its own.
ok() {
  echo "$1" >>"$work/passed"
  printf 'ok    %s\n' "$1"
}
fail() {
  echo "$1" >>"$work/failed"
  printf 'FAIL  %s\n' "$1"
  sed 's/^/      /' "$work/stdout" "$work/stderr"
}
# check NAME COMMAND...: the command succeeds.
check() {
  name=$1
  shift
  if "$@"; then ok "$name"; else fail "$name"; fi
}

# expect NAME STATUS TEXT ARGUMENT...: the demo exits with STATUS and TEXT is in what it prints (on standard error
# where it fails, and then in one line).
expect() {
  name=$1 status=$2 text=$3
  shift 3
  "$demo" "$@" >"$work/stdout" 2>"$work/stderr"
  got=$?
  if [ "$status" -eq 0 ]; then out=$work/stdout; else out=$work/stderr; fi
  if [ "$got" -eq "$status" ] && grep -qF -- "$text" "$out" &&
    { [ "$status" -eq 0 ] || [ "$(wc -l <"$work/stderr")" -eq 1 ]; }; then
    ok "$name"
  else
    fail "$name (exit status $got, expected $status and '$text')"
  fi
}

# bytes HEX...: those bytes.
bytes() {
  for byte; do
    # shellcheck disable=SC2059  # the format is the point
    printf "\\$(printf '%03o' "0x$byte")"
  done
}
zeros() { head -c "$1" /dev/zero; }

# A folder of sound files: 20 black training images and 10 test images, all of class 0.
sound() {
  rm -rf "$work/data" && mkdir "$work/data"
  for part in "train 20 14" "t10k 10 0a"; do
    # shellcheck disable=SC2086  # three words
    set -- $part
    { bytes 00 00 08 03 00 00 00 "$3" 00 00 00 1c 00 00 00 1c && zeros $(($2 * 784)); } |
      gzip >"$work/data/$1-images-idx3-ubyte.gz"
    { bytes 00 00 08 01 00 00 00 "$3" && zeros "$2"; } | gzip >"$work/data/$1-labels-idx1-ubyte.gz"
  done
}

# bad NAME FILE TEXT: with what comes from standard input as FILE, the demo fails and names FILE and TEXT.
bad() {
  sound
  cat >"$work/data/$2"
  expect "$1" 1 "$3" --smoke --data "$work/data" --out "$work/out.png"
  check "$1: the message names the file" grep -qF "$2" "$work/stderr"
}

images=train-images-idx3-ubyte.gz
labels=t10k-labels-idx1-ubyte.gz

# Flags.
expect "--help lists the flags" 0 "--check-determinism" --help
expect "an unknown flag is named" 2 "--frobnicate" --frobnicate
expect "a flag without its value is named" 2 "--epochs" --epochs
expect "a value that is no number is quoted" 2 "'many'" --batch many
expect "a count of 0 is out of range" 2 "from 1 to" --threads 0
expect "a picture must be .png or .svg" 2 ".svg" --out picture.jpeg
expect "a picture that cannot be written is found before training" 1 "/no/such/folder/a.png" --out /no/such/folder/a.png

# Data.
expect "a missing folder is named" 1 "$work/none/$images" --data "$work/none" --out "$work/out.png"
sound && rm "$work/data/$labels"
expect "a missing file is named" 1 "$labels: no such file" --data "$work/data" --out "$work/out.png"
sound && rm "$work/data/$images" && mkdir "$work/data/$images"
expect "a folder is not a file" 1 "is a folder" --data "$work/data" --out "$work/out.png"
bad "an empty file" "$images" "expected 00 00 08 03" </dev/null
printf 'not IDX at all, but long enough' | bad "a text file" "$images" "expected 00 00 08 03"
{ bytes 00 00 08 01 00 00 00 0a && zeros 10; } | bad "labels in place of images" "$images" "starts with 00 00 08 01"
bytes 00 00 08 03 00 00 00 | bad "a header that ends early" "$images" "ends within its header"
{ bytes 00 00 08 03 00 00 00 14 00 00 00 1c 00 00 00 1c && zeros 15679; } |
  bad "a byte too few" "$images" "ends after 15679 bytes of data; expected 15680"
{ bytes 00 00 08 03 00 00 00 14 00 00 00 1c 00 00 00 1c && zeros 15681; } |
  bad "a byte too many" "$images" "holds more than the 15680 bytes"
{ bytes 00 00 08 03 00 00 00 14 00 00 00 20 00 00 00 20 && zeros 20480; } |
  bad "images of another size" "$images" "its images are 32 x 32; expected 28 x 28"
bytes 00 00 08 03 00 00 00 00 00 00 00 1c 00 00 00 1c |
  bad "no images" "$images" "its header says 0 x 28 x 28"
bytes 00 00 08 03 ff ff ff ff ff ff ff ff ff ff ff ff |
  bad "a header whose product overflows" "$images" "4294967295 x 4294967295 x 4294967295"
{ bytes 00 00 08 03 ff ff ff ff 00 00 00 1c 00 00 00 1c && zeros 1000; } |
  bad "a header that promises terabytes" "$images" "ends after 1000 bytes"
sound && head -c 40 "$work/data/$images" >"$work/cut" &&
  bad "a gzip file cut short" "$images" "damaged" <"$work/cut"
sound && { head -c 30 "$work/data/$images" && zeros 8 && tail -c +39 "$work/data/$images"; } >"$work/torn" &&
  bad "a gzip file with damage inside" "$images" "damaged" <"$work/torn"
{ bytes 00 00 08 01 00 00 00 09 && zeros 9; } | bad "a label too few" "$labels" "9 labels; expected 10"
{ bytes 00 00 08 01 00 00 00 0a && zeros 9 && bytes 0a; } | bad "a label of no class" "$labels" "label 9 is 10"

# Training.
sound
expect "sound files train" 0 "test accuracy 100.00 %" --smoke --data "$work/data" --out "$work/out.png"
gunzip "$work"/data/*.gz
expect "so do files that are not compressed" 0 "test accuracy 100.00 %" \
  --smoke --data "$work/data" --out "$work/out.svg"
check "a .png is a PNG file" [ "$(head -c 8 "$work/out.png" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]
check "a .svg is an SVG file" [ "$(head -c 5 "$work/out.svg")$(tail -n 1 "$work/out.svg")" = "<svg </svg>" ]
rm "$work/out.svg"
"$demo" --smoke --data "$work/data" --out "$work/out.svg" | head -n 1 >/dev/null
check "a reader that goes away does not stop it" [ -s "$work/out.svg" ]
rm "$work/out.svg" "$work/data/train-images-idx3-ubyte"
expect "without its data" 1 "no such file" --data "$work/data" --out "$work/out.svg"
check "a demo that fails leaves no picture" [ ! -e "$work/out.svg" ]

if [ -d /usr/share/datasets/fashion-mnist ]; then
  expect "a pipe gets plain lines" 0 "epoch 2/2" --smoke --out "$work/out.png"
  check "no escape sequences in a pipe" [ -z "$(tr -dc '\033\r' <"$work/stdout")" ]
  for threads in 1 2 3; do
    "$demo" --smoke --seed 7 --threads $threads --out "$work/out.png" | grep -o 'weights 0x.*'
  done | sort | uniq -c >"$work/stdout"
  check "1, 2 and 3 threads give the same weights" grep -q '^ *3 weights 0x' "$work/stdout"
  expect "--check-determinism agrees" 0 "the same weights, bit for bit" --check-determinism --smoke
  expect "--mlp is the perceptron" 0 "network: 784 - 512 - 256 - 10, 535,818 parameters" \
    --mlp --smoke --out "$work/out.png"
  check "the perceptron's time is not told" [ "$(grep -c 'of peak' "$work/stdout")" -eq 0 ]
  expect "--mlp --check-determinism agrees" 0 "the same weights, bit for bit" --mlp --check-determinism --smoke
  for seed in 1 2; do
    "$demo" --smoke --seed $seed --out "$work/out.png"
  done | grep -o 'weights 0x.*' | sort -u >"$work/stdout"
  check "another seed gives other weights" [ "$(wc -l <"$work/stdout")" -eq 2 ]
  # A quarter of the demo's training; all of it passes 91 %.
  expect "two epochs over all images" 0 "convolution 5x5 1 to 16 at 28" --epochs 2 --out "$work/out.png"
  check "they reach 87 %" awk '/^test accuracy/ { exit !($3 >= 87) }' "$work/stdout"
else
  skipped=1
  printf 'SKIP  the real images: apt-get install dataset-fashion-mnist\n'
fi

printf '%s passed, %s failed, %s skipped\n' "$(wc -l <"$work/passed")" "$(wc -l <"$work/failed")" "$skipped"
[ ! -s "$work/failed" ]
