// mult_trunc: truncated multiplier; the partial products of the columns 0..T-1 are not built.
// Equation: p = sum over i + j >= T of a[i] * w[j] * 2^(i+j). The error is never positive.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_trunc #(
    // Operand width in bits, 2..16. Default 8.
    parameter             W = 8,
    // Number of columns left out, 0 (exact) .. 2*W-3. Default 4.
    parameter             T = 4
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  function [W*W-1:0] keep_from_column(input integer column);
    integer i, j;
    begin
      for (j = 0; j < W; j = j + 1) for (i = 0; i < W; i = i + 1) keep_from_column[j*W+i] = (i + j >= column);
    end
  endfunction

  mult_tree #(.W(W), .KEEP(keep_from_column(T))) u_tree (.a(a), .w(w), .p(p));
endmodule

`default_nettype wire
