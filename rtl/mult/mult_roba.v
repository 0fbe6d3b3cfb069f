// mult_roba: RoBA, the rounding-based approximate multiplier, unsigned (Zendegani et al., TVLSI 2017).
// Equation: with ra, rw the powers of two nearest to a, w (round_pow2): p = ra * w + a * rw - ra * rw, that is,
//           a * w less (a - ra) * (w - rw); p = 0 if a or w is 0. The error is at most 1/9 of the product.
// Structure: two rounders, three shifters, an adder and a subtractor.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_roba #(
    // Operand width in bits, 2..16. Default 8.
    parameter             W = 8
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  wire [4:0] exp_a, exp_w;
  round_pow2 #(.W(W)) u_round_a (.x_i(a), .exp_o(exp_a));
  round_pow2 #(.W(W)) u_round_w (.x_i(w), .exp_o(exp_w));

  // Modulo 2^(2W): ra * rw alone may be 2^(2W), but the result fits.
  localparam [2*W-1:0] ONE = {{(2 * W - 1) {1'b0}}, 1'b1};
  wire [5:0]     exp_p = {1'b0, exp_a} + {1'b0, exp_w};
  wire [2*W-1:0] sum = ({{W{1'b0}}, w} << exp_a) + ({{W{1'b0}}, a} << exp_w) - (ONE << exp_p);
  assign p = a == {W{1'b0}} || w == {W{1'b0}} ? {(2 * W) {1'b0}} : sum;
endmodule

`default_nettype wire
