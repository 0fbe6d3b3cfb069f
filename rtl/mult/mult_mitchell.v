// mult_mitchell: Mitchell's logarithmic multiplier (IRE Trans. Electronic Computers, 1962).
// Equation: a = 2^k (1+f), w = 2^l (1+g): p = 2^(k+l) (1+f+g) if f+g < 1, else 2^(k+l+1) (f+g); p = 0 if a or w is 0.
//           The error is never positive, at most 1/9 of the product.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_mitchell #(
    // Operand width in bits, 2..16. Default 8.
    parameter             W = 8
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  wire [W+2:0] log_a, log_w;
  log2_linear #(.W(W)) u_log_a (.x_i(a), .log_o(log_a));
  log2_linear #(.W(W)) u_log_w (.x_i(w), .log_o(log_w));

  // A carry out of the fractions adds one to the exponent: both cases of the equation in one sum.
  wire [W+3:0] log_p = {1'b0, log_a} + {1'b0, log_w};

  // 1.fraction shifted by the exponent; the W-1 bits behind the point are always zero then.
  wire [3*W-2:0] shifted = {{(2 * W - 1) {1'b0}}, 1'b1, log_p[W-2:0]} << log_p[W+3:W-1];
  wire unused = &{1'b0, shifted[W-2:0]};
  assign p = a == {W{1'b0}} || w == {W{1'b0}} ? {(2 * W) {1'b0}} : shifted[3*W-2:W-1];
endmodule

`default_nettype wire
