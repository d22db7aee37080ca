# Prints a file with the change of mutant `want` of `list` made at its first place; exits 1 where there is none.
BEGIN {
  while ((getline line < list) > 0) {
    if (line ~ /^[^-+#]/) n++
    else if (n == want && line ~ /^- /) old = substr(line, 3)
    else if (n == want && line ~ /^\+/) new = substr(line, 3)
  }
}
!done && (at = index($0, old)) {
  $0 = substr($0, 1, at - 1) new substr($0, at + length(old))
  done = 1
}
{ print }
END { exit !done }
