// mult_exact: the exact unsigned multiplier, the baseline the approximate ones are measured against.
// Equation: p = a * w.
// Structure: AND array and Wallace carry-save tree (mult_tree with every partial product kept).
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_exact #(
    // Operand width in bits, 2..16. Default 8.
    parameter             W = 8
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  mult_tree #(.W(W)) u_tree (.a(a), .w(w), .p(p));
endmodule

`default_nettype wire
