#!/bin/sh
# What the compiler made of the kernels:  code.sh FOLDER, the objects that build.sh left beside a native driver.
#   - outside isa_avx*.o no instruction needs more than the baseline: a CPU without AVX must get through them
#   - the loops of each full register tile hold MR x NV multiply-adds a step and no access to the stack; those that mask
#     a row's end may have to keep the mask there
set -eu
objects=$1
passed=0 failed=0
verdict() {  # NAME PROBLEM
  if [ -z "$2" ]; then passed=$((passed + 1)) && echo "ok   $1"; else failed=$((failed + 1)) && echo "FAIL $1: $2"; fi
}

[ "$(uname -m)" = x86_64 ] || { echo "0 passed, 0 failed, 1 skipped" && exit 0; }

for object in "$objects"/CKernels_*.o; do
  case $object in *isa_avx*) continue ;; esac
  vex=$(objdump -d --no-show-raw-insn "$object" | awk -F'\t' '$2 ~ /^v|%[yz]mm|%k[0-7]/ { print $2; exit }')
  verdict "baseline instructions only: $(basename "$object" .c.o)" "$vex"
done

# Innermost loops of the product (a jump back over no other jump) as `multiply-adds stack-accesses`, but for masking ones.
loops() {
  objdump -d --no-show-raw-insn "$1" | awk -F'\t' '
    /^[0-9a-f]+ </ { count = 0; product = /<(gemm_block|tile_)/; next }
    NF >= 2 {
      address = $1; gsub(/[ :]/, "", address); split($2, word, " ")
      if (word[1] ~ /^(j|call|ret)/) {
        if (word[2] in at) {
          fused = stack = masks = 0
          for (i = at[word[2]]; i <= count; ++i) {
            fused += text[i] ~ /^vfmadd/; stack += text[i] ~ /%rsp/; masks += text[i] ~ /^vmaskmov/
          }
          if (product && fused > 0 && masks == 0) print fused, stack
        }
        count = 0; split("", at)
        next
      }
      text[++count] = $2; at[address] = count
    }'
}

while read -r isa sums; do
  found=$(loops "$objects/CKernels_isa_isa_$isa.c.o" | awk -v sums="$sums" '$1 % sums == 0 { ++n; stack += $2 }
    END { if (n == 0) print "no loop of " sums " multiply-adds"; else if (stack > 0) print stack " stack accesses" }')
  verdict "the tile of $isa: $sums multiply-adds a step, none on the stack" "$found"
done <<'TILES'
avx2_f32 12
avx2_f64 12
avx512_f32 28
avx512_f64 28
TILES
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
