# One mutant, for run.sh:  try.sh NUMBER.  A copy of the kernels, one change, the objects that depend on it, and a run.
number=$1 here=$work/$1
mkdir "$here" && cp -r "$root/CKernels" "$here/CKernels" && mkdir "$here/Tests" && ln -s "$root/Tests/c" "$here/Tests/c"
cd "$here" || exit 1
name=$(awk -v want="$number" '/^[^-+#]/ && ++n == want { sub(/ *$/, ""); print; exit }' "$list")
file=CKernels/${name%%:*}
if ! awk -v want="$number" -v list="$list" -f "$root/Tests/mutants/apply.awk" "$file" >changed; then
  echo "FAIL $name: does not apply any more" && exit 0
fi
mv changed "$file"

# Where the kernels of this kind lie, and which of the driver's tests are theirs; '' stands for all.
folders=$(dirname "${file#CKernels/}")
suite="$folders f32"
case $file in
*/winograd*) suite='winograd f32' ;;
*/activation/* | */vmath/* | */vector/map*) folders='activation vmath' suite='functions f32' ;;
*/threads/*) suite='team|member|idle|mode' ;;
*/simd/* | */isa/*) folders= suite= ;;
esac

# Of the objects that depend on the change, the ones of the best instruction set, or of the one that it is part of, and,
# where there are such, of Float.
case $file in *_avx2_*) best=avx2 ;; esac
kernels=CKernels_isa_isa_${best}_f32.c.o
dependents=$(cd "$base" && grep -lF "$file" ./*.o.list | sed 's/^..//; s/\.list$//' |
  awk -v best="_isa_${best}_" '!/_isa_[a-z0-9]+_/ || index($0, best)')
if [ -z "$dependents" ]; then
  echo "skip $name: no part of what runs on this machine" && exit 0
fi
few=$(echo "$dependents" | grep -v _f64)
if [ -z "$few" ]; then few=$dependents suite="${suite%f32}f64"; fi

# compile OBJECT AS [FLAG...]: the source of an object of the driver, as it is here
compile() {
  source=$(tr -d '\\\n' <"$base/$1.list" | awk '{ print $2 }') object=$2
  shift 2
  case $source in CKernels/threads/*) if grep -q -e -lomp "$base/link"; then set -- "$@" -fopenmp; fi ;; esac
  $cc "$@" -c "$source" -o "$object" 2>errors && return
  echo "FAIL $name: does not compile" && exit 0
}

# killed_by TESTS... with the objects that lie here in the place of the unbroken ones; closing the pipe ends the driver.
killed_by() {
  objects=
  for object in "$base"/*.o; do
    if [ -e "${object##*/}" ]; then object=${object##*/}; fi
    objects="$objects $object"
  done
  $cc $objects $(ls overlay/*.o 2>/dev/null) $(cat "$base/link") -o driver
  timeout 60 ./driver --isa "$best" --cases 2000 "$@" 2>/dev/null | grep -m 1 '^FAIL' >killer
}

# The table of kernels with the entries of these folders alone, which compile in a fraction of the time.
narrow_table() {
  for folder in $folders; do cat "CKernels/$folder"/*.h; done >text
  awk '
    function defines(name) { return index(text, " " name "(") || index(text, " " name "[") }
    BEGIN { while ((getline line <"text") > 0) if (line ~ /^static/) text = text line }
    match($0, / = [a-z0-9_]+,$/) && !defines(substr($0, RSTART + 3, RLENGTH - 4)) { next }
    { print }' CKernels/isa/table.inc.h
}

for object in $few; do
  [ "$object" = "$kernels" ] || compile "$object" "$object"
done
if ! echo "$few" | grep -qxF "$kernels"; then
  killed_by --filter "$suite" || killed_by --in-process
else
  narrow_table >narrow
  if [ -n "$folders" ] && grep -q ' = [a-z]' narrow; then
    mv CKernels/isa/table.inc.h whole && mv narrow CKernels/isa/table.inc.h
    mkdir overlay && compile "$kernels" overlay/broken.o "-D$table=broken"
    mv whole CKernels/isa/table.inc.h
    cp "$work/unbroken.o" "$kernels" && cp "$work/overlay.o" overlay
    killed_by --filter "$suite"
  else
    false
  fi || { rm -rf overlay && compile "$kernels" "$kernels" && killed_by --in-process; }
fi
status=$?
if [ "$status" = 0 ]; then
  echo "ok   $name: killed by $(sed 's/^FAIL //; s/ (SIG.*//; s/\(: [^:]*\):.*/\1/' killer)"
else
  echo "FAIL $name: survived"
fi
cd "$work" && rm -rf "$here"
