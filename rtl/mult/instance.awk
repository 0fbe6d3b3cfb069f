# Writes Verilog that instantiates multipliers. Input: the lines list.awk prints.
# -v mode=wrapper: module axf_mult, the multipliers of the input under the name the processing element instantiates; of
#   several, `core` chooses one, and the others see zeros.
# -v mode=bench -v W=8: module axf_bench, all multipliers of the input behind a selector, for extraction and tests.
# SPDX-License-Identifier: Apache-2.0

# The instance of a multiplier: parameters from its list entry, output `out`.
function instance(module, params, label, out, in_a, in_w,    n, k, item, value, text, port) {
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
  return "  " module (text == "" ? "" : " #(" text ")") " " label " (." port[1] "(" in_a "), ." port[2] "(" in_w "), ." \
         port[3] "(" out "));"
}

{
  name[++count] = $1
  module_of[count] = $2
  params_of[count] = $3
}

END {
  if (count == 0)
    exit 1
  if (mode == "wrapper") {
    if (count == 1)
      print "// axf_mult: the multiplier core of the processing element; here the library's `" name[1] "`. Generated."
    else
      print "// axf_mult: the multiplier cores of the processing element, of which `core` chooses. Generated."
    print "// SPDX-License-Identifier: Apache-2.0"
    print "`default_nettype none\n"
    print "module axf_mult #("
    print "    // Operand width in bits. Default 8."
    print "    parameter             W = 8"
    # In the order in which a netlist lists its ports, so that proofs can pair them.
    print ") (\n    input  wire [W-1:0]   a,\n    input  wire [3:0]     core,\n    input  wire [W-1:0]   w,\n    output wire [2*W-1:0] p\n);"
    if (count == 1) {
      print instance(module_of[1], params_of[1], "u_core", "p", "a", "w")
      print "  wire unused = &{1'b0, core};"
    }
    for (k = 1; k <= count && count > 1; k++) {
      # Numbers beyond the last one take the first, whose operands must then not be held at zero.
      chosen = k > 1 ? "core == 4'd" k - 1 : count == 16 ? "core == 4'd0" : "core == 4'd0 || core >= 4'd" count
      print "  // " k - 1 ": " name[k] "\n  wire           on" k - 1 " = " chosen ";"
      print "  wire [W-1:0]   a" k - 1 " = on" k - 1 " ? a : {W{1'b0}};\n  wire [W-1:0]   w" k - 1 " = on" k - 1 " ? w : {W{1'b0}};"
      print "  wire [2*W-1:0] p" k - 1 ";"
      print instance(module_of[k], params_of[k], "u_core" k - 1, "p" k - 1, "a" k - 1, "w" k - 1)
      choice = choice (k == 1 ? "" : "on" k - 1 " ? p" k - 1 " : ")
    }
    if (count > 1)
      print "  assign p = " choice "p0;"
    print "endmodule\n\n`default_nettype wire"
  } else {
    print "// axf_bench: multipliers behind a selector, to evaluate them one operand pair at a time. Generated."
    print "// SPDX-License-Identifier: Apache-2.0"
    print "`default_nettype none\n"
    print "module axf_bench #(parameter W = " W ") ("
    print "    input  wire [7:0]     sel,\n    input  wire [W-1:0]   a,\n    input  wire [W-1:0]   w,"
    print "    output reg  [2*W-1:0] p\n);"
    for (k = 1; k <= count; k++)
      print "  wire [2*W-1:0] p" k - 1 ";  // " name[k] "\n" instance(module_of[k], params_of[k], "u_core" k - 1, "p" k - 1, "a", "w")
    print "  always @* begin\n    case (sel)"
    for (k = 1; k < count; k++)
      print "      8'd" k - 1 ": p = p" k - 1 ";"
    print "      default: p = p" count - 1 ";\n    endcase\n  end\nendmodule\n\n`default_nettype wire"
  }
}
