# The memories as black boxes in Verilog. Input: sizes DEPTHxWIDTH, each with its class or without, one a line. Their Liberty is axmem's.
# SPDX-License-Identifier: Apache-2.0

function bits(n,    k) {
  for (k = 0; 2 ^ k < n; k++) {}
  return k
}

/^[0-9]+x[0-9]+(_[a-z]+)?$/ && !seen[$0]++ {
  split($0, size, /[x_]/)
  aw = bits(size[1])
  print "module sram_" $0 "(clk_i, supply_i, we_i, waddr_i, wdata_i, re_i, raddr_i, rdata_o);"
  print "  input clk_i;\n  input [7:0] supply_i;\n  input we_i;\n  input [" aw - 1 ":0] waddr_i;"
  print "  input [" size[2] - 1 ":0] wdata_i;\n  input re_i;\n  input [" aw - 1 ":0] raddr_i;"
  print "  output [" size[2] - 1 ":0] rdata_o;\nendmodule"
}
