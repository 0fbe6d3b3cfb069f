// axf_mult for simulation: p = T[core][w*256 + a], tables in C shared by all processing elements (sim/mult_table.h). They
// hold the products of unsigned or of signed cores, as MULT_SIGNED of the accelerator says.
// Same ports and meaning as the generated axf_mult of a library core; never synthesised. Latency: none.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module axf_mult #(
    // Operand width in bits; only 8 has a table.
    parameter W = 8
) (
    input  wire [3:0]     core,
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  initial if (W != 8) begin $display("%m: a table needs W = 8, not %0d", W); $finish; end
  assign p = $c32("axf_mult_table[", {core, w, a}, "]");
endmodule
`default_nettype wire
