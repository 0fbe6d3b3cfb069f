# Writes Verilog that instantiates multipliers. Input: the lines list.awk prints.
# -v mode=wrapper: module axf_mult, the one multiplier of the input under the name the processing element instantiates.
# -v mode=bench -v W=8: module axf_bench, all multipliers of the input behind a selector, for extraction and tests.
# SPDX-License-Identifier: Apache-2.0

# The instance of a multiplier: parameters from its list entry, output `out`.
function instance(module, params, label, out,    n, k, item, value, text, port) {
  text = ".W(W)"
  split("a:w:p", port, ":")
  n = params == "-" ? 0 : split(params, item, ",")
  for (k = 1; k <= n; k++) {
    value = substr(item[k], index(item[k], "=") + 1)
    sub(/=.*/, "", item[k])
    if (item[k] == "ports")
      split(value, port, ":")
    else if (item[k] == "signed")
      continue  # what the processing element has to know (gen.sh kind)
    else if (item[k] == "W" && value == "none")
      sub(/^\.W\(W\)(, )?/, "", text)
    else if (item[k] == "W")
      sub(/^\.W\(W\)/, ".W(" value ")", text)
    else
      text = text (text == "" ? "" : ", ") "." item[k] "(" value ")"
  }
  return "  " module (text == "" ? "" : " #(" text ")") " " label " (." port[1] "(a), ." port[2] "(w), ." port[3] \
         "(" out "));"
}

{
  name[++count] = $1
  line[count] = instance($2, $3, mode == "bench" ? "u_core" count - 1 : "u_core", mode == "bench" ? "p" count - 1 : "p")
}

END {
  if (count == 0)
    exit 1
  if (mode == "wrapper") {
    print "// axf_mult: the multiplier core of the processing element; here the library's `" name[1] "`. Generated."
    print "// SPDX-License-Identifier: Apache-2.0"
    print "`default_nettype none\n"
    print "module axf_mult #("
    print "    // Operand width in bits. Default 8."
    print "    parameter             W = 8"
    print ") (\n    input  wire [W-1:0]   a,\n    input  wire [W-1:0]   w,\n    output wire [2*W-1:0] p\n);"
    print line[1]
    print "endmodule\n\n`default_nettype wire"
  } else {
    print "// axf_bench: multipliers behind a selector, to evaluate them one operand pair at a time. Generated."
    print "// SPDX-License-Identifier: Apache-2.0"
    print "`default_nettype none\n"
    print "module axf_bench #(parameter W = " W ") ("
    print "    input  wire [7:0]     sel,\n    input  wire [W-1:0]   a,\n    input  wire [W-1:0]   w,"
    print "    output reg  [2*W-1:0] p\n);"
    for (k = 1; k <= count; k++)
      print "  wire [2*W-1:0] p" k - 1 ";  // " name[k] "\n" line[k]
    print "  always @* begin\n    case (sel)"
    for (k = 1; k < count; k++)
      print "      8'd" k - 1 ": p = p" k - 1 ";"
    print "      default: p = p" count - 1 ";\n    endcase\n  end\nendmodule\n\n`default_nettype wire"
  }
}
