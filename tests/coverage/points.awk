# Reads Verilator's coverage data of one or more runs and prints the points of rtl/, one a line, fields divided by tabs:
#   KIND FILE LINE COLUMN NAME LINES COUNT
# KIND: line (a block of statements; LINES: the source lines in it), branch (the same, of an if or a case) or toggle (a bit of
# a signal, NAME). COUNT: the largest of any run. Verilator adds up the instances of a module, and so does this.
# usage: awk -f points.awk FILE.dat ..     or a file that this has printed; several are merged
# SPDX-License-Identifier: Apache-2.0
BEGIN { FS = "\t"; OFS = "\t" }
function add(kind, file, line, column, name, lines, count,    key) {
  key = kind OFS file OFS line OFS column OFS name
  if (!(key in most)) order[++n] = key
  # Lines of the same block may be fewer where parameters take some away.
  if (!(key in most) || length(lines) > length(covers[key])) covers[key] = lines
  if (!(key in most) || count + 0 > most[key]) most[key] = count + 0
}
/^C '/ {
  fields = split($0, field, "\001")
  file = page = name = lines = ""
  for (i = 2; i <= fields; i++) {
    at = index(field[i], "\002")
    value = substr(field[i], at + 1)
    key = substr(field[i], 1, at - 1)
    if (key == "f") file = value
    else if (key == "l") line = value
    else if (key == "n") column = value
    else if (key == "page") page = value
    else if (key == "o") name = value
    else if (key == "S") lines = value
  }
  if (file ~ /(^|\/)tests\// || !match(file, /(^|\/)rtl\//)) next # a stand-in of the tests is none of rtl/
  file = substr(file, RSTART)
  sub(/^\//, "", file)
  count = $0
  sub(/.*' /, "", count)
  kind = page
  sub(/\/.*/, "", kind)
  sub(/^v_/, "", kind)
  if (kind == "line" && (name == "elsif" || name == "case")) kind = "branch"
  add(kind, file, line, column, name, lines, count)
  next
}
/^#/ { next }
NF == 7 { add($1, $2, $3, $4, $5, $6, $7); next }
{ printf "%s:%d: is neither coverage data nor points\n", FILENAME, FNR > "/dev/stderr"; bad = 1; exit 1 }
END { if (!bad) for (i = 1; i <= n; i++) print order[i], covers[order[i]], most[order[i]] }
