# Decides which module of a Verilog file is the multiplier core, or which of its ports is which.
# Input: the lines of ports.awk.
# -v find=1: prints the one module that can be the core: the only top, or the only top that has its ports.
# -v core=MODULE [-v told=A:W:P]: prints the names of its ports as A:W:P (activation, weight, product), and behind a
# blank `signed` if its inputs are declared so.
# Exit status 1 after one sentence, without a name in front, on standard output.
# SPDX-License-Identifier: Apache-2.0

function fail(text) {
  print text
  failed = 1
  exit 1
}

function fits(module,    n, k, f, inputs, outputs, others) {
  n = split(ports[module], list, " ")
  for (k = 1; k <= n; k++) {
    split(list[k], f, ":")
    if (f[2] == "input" && f[3] == 8)
      inputs++
    else if (f[2] == "output" && f[3] == 16)
      outputs++
    else
      others++
  }
  return inputs == 2 && outputs == 1 && !others
}

$1 == "top" { tops[++ntops] = $2; names = names " " $2 }
$1 == "module" { ports[$2] = substr($0, length($1 $2) + 3); all = all " " $2 }
$1 == "edge" && !edge { edge = $2 }

# `input A of 8 bits, ..` for a message.
function described(module,    n, k, f, text) {
  n = split(ports[module], list, " ")
  for (k = 1; k <= n; k++) {
    split(list[k], f, ":")
    text = text (k > 1 ? ", " : "") f[2] " " f[1] (f[3] == "?" ? " of a type that is no plain vector" : \
      " of " f[3] " bit" (f[3] == 1 ? "" : "s"))
  }
  return n ? text : "none"
}

function find_core(    k, found, n) {
  for (k = 1; k <= ntops; k++)
    if (ntops == 1 || fits(tops[k])) {
      found = tops[k]
      n++
    }
  if (n != 1)
    fail((n ? "it holds several modules that could be the core:" : "none of its modules has two 8-bit inputs and one 16-bit output:") \
         names "; say which one with --top")
  if (found !~ /^[A-Za-z_][A-Za-z0-9_]*$/)
    fail("the module name " found " is not made of letters, digits and _")
  print found
}

function find_ports(    n, k, f, dir, width, p, input_names, count, nsigned, kind) {
  if (!(core in ports))
    fail("there is no module " core "; there are:" all)
  if (edge)
    fail("line " edge " waits for a clock edge: a multiplier core must be combinational")
  n = split(ports[core], list, " ")
  for (k = 1; k <= n; k++) {
    split(list[k], f, ":")
    if (f[1] !~ /^[A-Za-z_][A-Za-z0-9_]*$/)
      fail("the port name " f[1] " of module " core " is not made of letters, digits and _")
    dir[f[1]] = f[2]
    width[f[1]] = f[3]
    nsigned += f[2] == "input" && f[4] == 1
    if (f[2] == "input" && f[3] == 8)
      input_names = input_names (input_names ? ":" : "") f[1]
    if (f[2] == "output")
      output = f[1]
  }
  if (!fits(core))
    fail("module " core " must have two inputs of 8 bits, one output of 16 bits and no other port; its ports are: " described(core))
  if (nsigned == 1)
    fail("module " core " declares one of its inputs signed and the other not: a core multiplies either signed or unsigned numbers")
  kind = nsigned ? " signed" : ""
  if (told == "") {
    split(input_names, p, ":")
    # Told apart by name where one is called w or a, else the activation comes first.
    if (tolower(p[1]) == "w" || tolower(p[2]) == "a")
      input_names = p[2] ":" p[1]
    print input_names ":" output kind
    return
  }
  count = split(told, p, ":")
  for (k = 1; k <= count && k <= 3; k++)
    if (!(p[k] in dir))
      fail("module " core " has no port " p[k] "; its ports are: " described(core))
  if (count != 3 || p[1] == p[2] || dir[p[1]] != "input" || dir[p[2]] != "input" || dir[p[3]] != "output")
    fail("--ports " told " must be ACTIVATION:WEIGHT:PRODUCT, two inputs and the output; the ports of module " core " are: " described(core))
  print told kind
}

END {
  if (failed)
    exit 1
  if (find)
    find_core()
  else
    find_ports()
}
