# The outside of a netlist module: what synthesis of its parent needs. -v parameters="W=8 NS_MACRO=*" are declared, so
# that instances may set them. SPDX-License-Identifier: Apache-2.0
/^module / { head = 1 }
head {
  print
  if (/;[ \t]*$/) {
    head = 0
    n = split(parameters, item, " ")
    for (k = 1; k <= n; k++) {
      sub(/=.*/, "", item[k])
      print "  parameter " item[k] " = 0;"
    }
  }
  next
}
/^  (input|output) / { print }
/^endmodule/ { print }
