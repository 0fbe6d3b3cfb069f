// mult_comp: multiplier with an approximate 4:2-compressor tree; the compressors of Momeni, Han, Montuschi and Lombardi,
// "Design and Analysis of Approximate Compressors for Multiplication" (IEEE Trans. Computers 2015), design 2.
// Equation: p = the sum of the rows a * w[j] * 2^j by compressor_tree, approximate in the columns below C.
// A column of four zeros counts one there, so the products with 0 are not 0. The tree is this library's own.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_comp #(
    // Operand width in bits: 4, 8 or 16. Default 8.
    parameter             W = 8,
    // Columns with approximate compressors, 0 (exact) .. 2*W. Default 7.
    parameter             C = 7
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  function [2*W*W-1:0] places(input integer n);
    integer j;
    begin
      for (j = 0; j < n; j = j + 1) places[j*2*W+:2*W] = {{W{1'b0}}, {W{1'b1}}} << j;
    end
  endfunction

  wire [2*W*W-1:0] rows;
  genvar j;
  generate
    for (j = 0; j < W; j = j + 1) begin : g_row
      assign rows[j*2*W+:2*W] = {{W{1'b0}}, a & {W{w[j]}}} << j;
    end
  endgenerate

  compressor_tree #(.N(2 * W), .ROWS(W), .C(C), .HAVE(places(W))) u_tree (.rows_i(rows), .sum_o(p));
endmodule

`default_nettype wire
