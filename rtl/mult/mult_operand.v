// mult_operand: exact product of the K leading bits of each operand; the lower W - K bits are ignored.
// Equation: p = (a >> (W-K)) * (w >> (W-K)) << 2*(W-K). The error is never positive.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_operand #(
    // Operand width in bits, 3..16. Default 8.
    parameter             W = 8,
    // Kept leading bits, 2..W-1. Default 4.
    parameter             K = 4
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  wire [2*K-1:0] product;
  mult_tree #(.W(K)) u_tree (.a(a[W-1:W-K]), .w(w[W-1:W-K]), .p(product));

  // The ignored bits, named so that lint sees them read.
  wire unused = &{1'b0, a[W-K-1:0], w[W-K-1:0]};
  assign p = {product, {(2 * W - 2 * K) {1'b0}}};
endmodule

`default_nettype wire
