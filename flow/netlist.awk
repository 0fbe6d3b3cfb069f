# Takes the parameters off a netlist of Yosys. Memories (sram_macro) become one module a size and class of
# flow/memories.txt, sram_DEPTHxWIDTH_CLASS; the
# parameters of other blocks must be those the block was synthesised with, or the netlist would not be the RTL.
# -v expect="pe W=8 NS_WORDS=256 NS_MACRO=*;row .." : `*` for a free parameter. -v macros=FILE: sizes used, one a line.
# SPDX-License-Identifier: Apache-2.0

function fail(text) {
  print text > "/dev/stderr"
  failed = 1
  exit 1
}

# The value of 32'b00..1000 or 32'sb..
function binary(text,    k, v) {
  sub(/^[0-9]+'s?b/, "", text)
  if (text !~ /^[01]+$/) return "?"
  for (k = 1; k <= length(text); k++) v = 2 * v + substr(text, k, 1)
  return v + 0
}

BEGIN {
  while ((getline line < "flow/memories.txt") > 0)
    if (line !~ /^#/ && split(line, item, " ") == 2) {
      class[++classes] = item[1]
      part[classes] = item[2]
    }
  n = split(expect, block, ";")
  for (k = 1; k <= n; k++) {
    m = split(block[k], item, " ")
    known[item[1]] = 1
    for (j = 2; j <= m; j++) {
      split(item[j], pair, "=")
      want[item[1], pair[1]] = pair[2]
      names[item[1]] = names[item[1]] " " pair[1]
    }
  }
  printf "" > macros
}

# The head of an instance with parameters: `  type #(`, a line for each parameter, `  ) name (`.
/^  [^ ]+ #\($/ {
  type = $1
  split("", have)
  next
}
type != "" && /^    \./ {
  name = substr($1, 2)
  sub(/\(.*/, "", name)
  text = $1
  sub(/^[^(]*\(/, "", text)
  sub(/\),?$/, "", text)
  have[name] = binary(text)
  next
}
type != "" && /^  \) / {
  instance = $0
  sub(/^  \) /, "", instance)
  if (type == "sram_macro") {
    size = have["DEPTH"] "x" have["WIDTH"]
    for (k = 1; k <= classes; k++)
      if (index(instance, part[k])) {
        size = size "_" class[k]
        break
      }
    print size > macros
    type = "sram_" size
  } else {
    if (!(type in known)) fail("instance " instance " of the unexpected module " type)
    n = split(names[type], item, " ")
    for (k = 1; k <= n; k++) {
      asked = want[type, item[k]]
      if (asked != "*" && (!(item[k] in have) || have[item[k]] != asked))
        fail("instance " instance " has " item[k] " = " have[item[k]] ", but " type " was synthesised with " asked \
             ": correct flow/blocks.txt")
    }
    for (name in have)
      if (!((type, name) in want)) fail("instance " instance " sets " name ", which flow/blocks.txt does not list for " type)
  }
  print "  " type " " instance
  type = ""
  next
}
{ print }
END { exit failed }
