# What a core's Verilog holds. Input: Verilator's --xml-only output (one element a line, attributes NAME="VALUE").
# Output lines:
#   top NAME                              a module that no other one instantiates
#   module NAME INPUTS                    a module of the netlist; INPUTS: its ports as `name:direction:width:signed`,
#                                         width and signed ? if the port is no plain vector; blank-separated, in order
#   edge LINE                             a process waits for a clock edge in this line
# SPDX-License-Identifier: Apache-2.0

function attribute(name,    text) {
  if (!match($0, " " name "=\"[^\"]*\""))
    return ""
  text = substr($0, RSTART, RLENGTH)
  sub(/^[^"]*"/, "", text)
  sub(/"$/, "", text)
  return text
}

/^ *<cells>/ { roots = 1; next }
/^ *<cell / && roots { print "top", attribute("submodname"); roots = 0 }

/^ *<module / {
  module = attribute("origName")
  if (!(module in ports)) {
    order[++modules] = module
    ports[module] = ""
    open[module] = 1
  } else
    open[module] = 0  # the same module with other parameters: the first one stands for it
}
/^ *<var .* dir=".* pinIndex="/ && open[module] { # not the arguments of a function
  n = ++count[module]
  port[module, n] = attribute("name") ":" attribute("dir")
  type[module, n] = attribute("dtype_id")
}
/^ *<\/module>/ { open[module] = 0 }

/^ *<senitem .*edgeType="(POS|NEG|BOTH)"/ {
  split(attribute("loc"), place, ",")
  print "edge", place[2]
}

/^ *<basicdtype / {
  id = attribute("id")
  left = attribute("left")
  right = attribute("right")
  width[id] = left == "" ? 1 : (left > right ? left - right : right - left) + 1
  sign[id] = attribute("signed") == "true"
}

END {
  for (k = 1; k <= modules; k++) {
    line = "module " order[k]
    for (n = 1; n <= count[order[k]]; n++) {
      id = type[order[k], n]
      line = line " " port[order[k], n] ":" (id in width ? width[id] ":" sign[id] : "?:?")
    }
    print line
  }
}
