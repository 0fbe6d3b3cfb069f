// mult_baugh_wooley: two's complement multiplier (Baugh and Wooley, IEEE Trans. Computers 1973), exact or truncated.
// Equation: p = a * w - sum over i + j < T of a[i] * w[j] * 2^(i+j), operands and product in two's complement: the
//           partial products of the columns 0..T-1 are not built. T = 0 is exact; the error is never positive.
// Structure: carry-save tree of the magnitude bits; the rows of the two sign bits are added inverted, with constants.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_baugh_wooley #(
    // Operand width in bits, 4..16. Default 8.
    parameter             W = 8,
    // Columns left out, 0 (exact) .. W-1: only columns without a sign bit. Default 0.
    parameter             T = 0
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  localparam M = W - 1;
  function [M*M-1:0] keep_from_column(input integer column);
    integer i, j;
    begin
      for (j = 0; j < M; j = j + 1) for (i = 0; i < M; i = i + 1) keep_from_column[j*M+i] = (i + j >= column);
    end
  endfunction

  wire [2*M-1:0] magnitude;
  mult_tree #(.W(M), .KEEP(keep_from_column(T))) u_tree (.a(a[M-1:0]), .w(w[M-1:0]), .p(magnitude));

  // A sign bit weighs -2^M: -x * 2^M = (~x + 1) * 2^M, and the ones of both rows make 2^W; 2^(2W-1) extends the signs.
  wire [M-1:0]   row_a = ~(a[M-1:0] & {M{w[M]}});
  wire [M-1:0]   row_w = ~(w[M-1:0] & {M{a[M]}});
  wire [2*W-1:0] signs = {1'b1, a[M] & w[M], {(W - 3) {1'b0}}, 1'b1, {W{1'b0}}};
  assign p = {2'b00, magnitude} + signs + {2'b00, row_a, {M{1'b0}}} + {2'b00, row_w, {M{1'b0}}};
endmodule

`default_nettype wire
