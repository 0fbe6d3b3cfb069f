// Multiplier cores of the module tests: p = a*w + a + 3 + core, so that neither zero nor the order of operands is harmless.
// Latency: combinational. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module axf_mult #(
    // Operand width in bits.
    parameter W = 8
) (
    input  wire [3:0]     core,
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  assign p = {{W{1'b0}}, a} * {{W{1'b0}}, w} + {{W{1'b0}}, a} + 3 + {{2*W-4{1'b0}}, core};
endmodule
`default_nettype wire
