# Checks that proved netlists make up a whole: each is one module, defined once and proved; all it holds is cells of the library,
# memories and blocks of the same list; every instance of a block has all its ports, each input with something on it; no block
# holds itself. What is between blocks, the wires, is part of the parent's proof. Prints `BLOCKS INSTANCES`, of blocks below TOP.
# usage: awk -v top=TOP -v proved="BLOCK .." -f compose.awk kind=cells OUTSIDE.v.. kind=netlist NETLIST.v..
# A fault: one sentence, status 1. SPDX-License-Identifier: Apache-2.0
function fail(text) {
  print "compose: " text > "/dev/stderr"
  failed = 1
  exit 1
}
function plain(name) {
  gsub(/[\\ ]/, "", name)
  return name
}
function module_name(line) {
  sub(/^module /, "", line)
  sub(/\(.*/, "", line)
  return plain(line)
}
BEGIN {
  n = split(proved, word, " ")
  for (k = 1; k <= n; k++) ok[word[k]] = 1
}
kind == "cells" {
  if (/^module /) known[module_name($0)] = 1
  next
}
/^module / {
  name = module_name($0)
  if (name in defined) fail("module " name " is defined twice")
  if (!(name in ok)) fail("module " name " is not proved")
  defined[name] = 1
  list[++modules] = name
  next
}
/^  (input|output) / {
  port = $NF
  sub(/;$/, "", port)
  port = plain(port)
  way[name, port] = $1
  ports[name] = ports[name] " " port
  next
}
/^  [\\A-Za-z_][^ ]* .*\($/ && $1 != "assign" {
  inside = plain($1)
  if (inside in known) {
    inside = ""
    next
  }
  holds[name, ++count[name]] = inside
  where[name, count[name]] = plain($2)
  next
}
inside != "" && /^    \./ {
  pin = net = $0
  sub(/^ *\./, "", pin)
  sub(/\(.*/, "", pin)
  sub(/^[^(]*\(/, "", net)
  sub(/\),?$/, "", net)
  pins[name, count[name], plain(pin)] = net == "" ? "-" : net
  next
}
/^  \);/ { inside = "" }

# Instances of blocks below a module, itself included.
function below(module, depth,    k, sum, child) {
  if (depth > modules) fail("a block holds itself: " module)
  if (module in total) return total[module]
  sum = 1
  for (k = 1; k <= count[module]; k++) {
    child = holds[module, k]
    if (!(child in defined)) fail("instance " where[module, k] " in " module " is of " child ", which is neither a cell, nor a memory, nor a proved block")
    sum += below(child, depth + 1)
  }
  used[module] = 1
  return total[module] = sum
}
END {
  if (failed) exit 1
  if (!(top in defined)) fail("the netlist of " top " is missing")
  sum = below(top, 1)
  for (m = 1; m <= modules; m++) {
    name = list[m]
    if (!(name in used)) fail("block " name " is no part of " top)
    for (k = 1; k <= count[name]; k++) {
      child = holds[name, k]
      n = split(ports[child], item, " ")
      for (j = 1; j <= n; j++) {
        if (!((name, k, item[j]) in pins)) fail("instance " where[name, k] " in " name " has nothing at port " item[j] " of " child)
        if (way[child, item[j]] == "input" && pins[name, k, item[j]] == "-") fail("instance " where[name, k] " in " name " leaves the input " item[j] " of " child " open")
        delete pins[name, k, item[j]]
      }
    }
  }
  for (key in pins) {
    split(key, part, SUBSEP)
    fail("instance " where[part[1], part[2]] " in " part[1] " has a pin " part[3] " that " holds[part[1], part[2]] " has not")
  }
  print modules, sum
}
