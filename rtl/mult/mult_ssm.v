// mult_ssm: static segment multiplier (Narayanamoorthy et al., TVLSI 2015).
// Equation: p = S(a) * S(w); S(x) = x if x < 2^M, else x with its W - M low bits cleared (only M bits are multiplied).
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_ssm #(
    // Operand width in bits, 3..16. Default 8.
    parameter             W = 8,
    // Segment width, 2..W-1. Default 5.
    parameter             M = 5
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  wire high_a = a[W-1:M] != {(W - M) {1'b0}};
  wire high_w = w[W-1:M] != {(W - M) {1'b0}};
  wire [M-1:0] seg_a = high_a ? a[W-1:W-M] : a[M-1:0];
  wire [M-1:0] seg_w = high_w ? w[W-1:W-M] : w[M-1:0];

  wire [2*M-1:0] product;
  mult_tree #(.W(M)) u_tree (.a(seg_a), .w(seg_w), .p(product));

  // Three possible places: no high segment, one, two.
  wire [2*W-1:0] wide = {{(2 * W - 2 * M) {1'b0}}, product};
  assign p = high_a && high_w ? wide << (2 * (W - M)) : high_a || high_w ? wide << (W - M) : wide;
endmodule

`default_nettype wire
