# Cuts a netlist at its registers and blocks, for a proof block by block: the content of every flip-flop becomes an input
# NET.q (NET: the net it drives) and what it takes at the edge an output NET.d; the pins of every instance of another block
# or memory become ports INSTANCE.PIN of the opposite direction. What is left is combinational, and holds for any content
# whatever. usage: awk -f cut.awk kind=cells FF.v kind=outside STUB.v.. kind=netlist NETLIST.v >CUT.v
# FF.v: the functions of the cells; those with a clock are flip-flops. Only one edge of clk_i may clock, without set and clear.
# -v cells=FILE gets the combinational halves of the flip-flops used. -v names=FILE joins the sides, -v side=..:
#   names  the RTL's netlist: writes there `alias NAME NET`, other names of a net, and `register NET`
#   gate   the netlist: it may have kept any name of a net; adds `constant NET`, the registers of the RTL it has not
#   gold   the RTL's netlist again: such a register holds 0, and NET.d is there to be compared with 0
# SPDX-License-Identifier: Apache-2.0

function fail(text) {
  print "cut: " text > "/dev/stderr"
  failed = 1
  exit 1
}
function plain(name) {
  gsub(/[\\ ]/, "", name)
  return name
}
# `    .PIN(NET),`: sets pin and net.
function connection(line) {
  sub(/^ *\./, "", line)
  sub(/,$/, "", line)
  pin = net = line
  sub(/\(.*/, "", pin)
  sub(/^[^(]*\(/, "", net)
  sub(/\)$/, "", net)
}

# The name that the RTL's netlist has for a net.
function canonical(name,    k) {
  for (k = 0; k < 100 && name in alias; k++) name = alias[name]
  return name
}
BEGIN {
  while (side != "names" && (getline line < names) > 0) {
    split(line, word, " ")
    if (word[1] == "alias") alias[word[2]] = word[3]
    if (word[1] == "register") awaited[word[2]] = 1
    if (word[1] == "constant") constant[word[2]] = 1
  }
  close(names)
}

# ---- the cells: what is behind the clock
kind == "cells" {
  if (/^module /) {
    type = $2
    sub(/\(.*/, "", type)
    edge = bad = text = ""
    split("", gives)
    split("", value)
  }
  if (/^  always @\(posedge [A-Za-z0-9_]+\)$/) {
    edge = $0
    sub(/.*posedge /, "", edge)
    sub(/\).*/, "", edge)
    next
  }
  if (/^  always/) bad = 1
  if (/^    [A-Za-z0-9_]+ <= /) {
    state = $1
    taken = $0
    sub(/.*<= /, "", taken)
    sub(/;.*/, "", taken)
    next
  }
  if (/^  output /) {
    name = $2
    sub(/;/, "", name)
    gives[name] = 1
  }
  if (/^  assign /) {
    right = $0
    sub(/^[^=]*= /, "", right)
    sub(/;.*/, "", right)
    value[$2] = right
  }
  text = text $0 "\n"
  if (!/^endmodule/ || (edge == "" && !bad)) next
  clock[type] = bad ? "?" : edge
  body[type] = text
  content[type] = state
  takes[type] = taken
  for (p in gives) { # does the pin show the content or its inverse?
    inverse = 0
    v = p
    for (k = 0; k < 8 && v in value; k++) {
      v = value[v]
      if (v ~ /^~/) {
        inverse = !inverse
        v = substr(v, 2)
      }
    }
    if (v == state) shows[type, p] = inverse ? "inverse" : "content"
  }
  next
}

# ---- the outsides of the blocks and memories
kind == "outside" {
  if (/^module /) {
    type = $2
    sub(/\(.*/, "", type)
    outside[type] = 1
  }
  if (/^  (input|output) /) {
    sub(/;/, "")
    range = $2 ~ /^\[/ ? $2 " " : ""
    way[type, $NF] = $1
    width[type, $NF] = range
  }
  next
}

# ---- the netlist
/^module / { head = 1 }
head {
  ports = ports $0
  if (/\);$/) head = 0
  next
}
/^  [\\A-Za-z_][^ ]* .*\($/ && (plain($1) in clock || plain($1) in outside) {
  inside = plain($1)
  instance = plain($2)
  pins = 0
  direct = inverted = ""
  next
}
inside != "" && /^    \./ {
  connection($0)
  if (inside in outside) {
    if (!((inside, pin) in way)) fail("instance " instance ": " inside " has no port " pin)
    port = "\\" instance "." pin " "
    list = list ", " port
    out = way[inside, pin] == "output"
    declared = declared "  " (out ? "input " : "output ") width[inside, pin] port ";\n"
    if (net != "") lines[++count] = "  assign " (out ? net " = " port : port " = " net) ";"
    next
  }
  if (pin == clock[inside] && plain(net) != "clk_i") fail("the clock of " instance " is " net)
  if (pin != clock[inside]) hold[++pins] = "    ." pin "(" net ")"
  if (net != "" && shows[inside, pin] == "content") direct = net
  if (net != "" && shows[inside, pin] == "inverse") inverted = net
  next
}
inside != "" && /^  \);/ {
  if (inside in clock) {
    if (clock[inside] == "?") fail("instance " instance ": " inside " has set or clear, or no rising edge")
    key = plain(direct != "" ? direct : inverted)
    if (key == "") fail("instance " instance " of " inside " drives nothing")
    key = canonical(key)
    half = inside (direct != "" ? "$content" : "$inverse")
    used[half] = inside
    lines[++count] = "  \\" half " \\" instance " ("
    for (k = 1; k <= pins; k++) lines[++count] = hold[k] ","
    lines[++count] = "    .\\q$ (\\" key ".q ),\n    .\\d$ (\\" key ".d )\n  );"
    have[key] = 1
    declared = declared "  " (key in constant ? "wire" : "input") " \\" key ".q ;\n  output \\" key ".d ;\n"
    list = list (key in constant ? "" : ", \\" key ".q ") ", \\" key ".d "
    if (key in constant) lines[++count] = "  assign \\" key ".q = 1'b0;"
  }
  inside = ""
  next
}
/^endmodule/ {
  if (side == "names")
    for (key in have) print "register", key > names
  if (side == "gate")
    for (key in awaited)
      if (!(key in have)) {
        print "constant", key >> names
        declared = declared "  output \\" key ".d ;\n"
        list = list ", \\" key ".d "
        lines[++count] = "  assign \\" key ".d = 1'b0;"
      }
  sub(/\);$/, "", ports)
  print ports list ");"
  printf "%s", declared
  for (k = 1; k <= count; k++) print lines[k]
  print
  next
}
side == "names" && /^  assign [^{]* = [^{]*;$/ {
  right = $0
  sub(/^[^=]* = /, "", right)
  sub(/;$/, "", right)
  left = $0
  sub(/^  assign /, "", left)
  sub(/ = .*/, "", left)
  print "alias", plain(left), plain(right) > names
}
side == "names" && /^  assign \{/ { # { a, b } = { c, d }: bits only
  half = $0
  sub(/^  assign \{ /, "", half)
  right = half
  sub(/ }.*/, "", half)
  sub(/^[^=]* = \{ /, "", right)
  sub(/ };$/, "", right)
  n = split(half, lefts, ", ")
  if (split(right, rights, ", ") == n)
    for (k = 1; k <= n; k++) print "alias", plain(lefts[k]), plain(rights[k]) > names
}
{ lines[++count] = $0 }
END {
  if (failed) exit 1
  printf "" > cells
  for (half in used) {
    t = used[half]
    not = half ~ /inverse$/ ? "~" : ""
    text = body[t]
    sub(/^module [^(]*\(/, "module \\" half " (\\q$ , \\d$ , ", text)
    sub("  reg " content[t] ";", "  wire " content[t] ";", text)
    sub(/endmodule\n$/, "", text)
    print text "  input \\q$ ;\n  output \\d$ ;\n  assign " content[t] " = " not "\\q$ ;\n  assign \\d$ = " not "(" takes[t] \
      ");\nendmodule" > cells
  }
}
