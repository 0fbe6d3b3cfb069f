// axf_mult for simulation: p = T[w*256 + a], one table in C shared by all processing elements (sim/mult_table.h). It holds
// the products of an unsigned or a signed core, as MULT_SIGNED of the accelerator says.
// Same ports and meaning as the generated axf_mult of a library core; never synthesised. Latency: none.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module axf_mult #(
    // Operand width in bits; only 8 has a table.
    parameter W = 8
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  initial if (W != 8) begin $display("%m: a table needs W = 8, not %0d", W); $finish; end
  assign p = $c32("axf_mult_table[", {w, a}, "]");
endmodule
`default_nettype wire
