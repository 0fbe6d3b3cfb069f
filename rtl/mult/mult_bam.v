// mult_bam: broken-array multiplier (Mahdiani et al., TCAS-I 2010); rows below H and columns below V are not built.
// Equation: p = sum over j >= H, i + j >= V of a[i] * w[j] * 2^(i+j). The error is never positive.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_bam #(
    // Operand width in bits, 2..16. Default 8.
    parameter             W = 8,
    // Rows (bits of w) left out, 0..W-2. Default 2.
    parameter             H = 2,
    // Columns left out, 0..2*W-3. Default 6.
    parameter             V = 6
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  function [W*W-1:0] keep(input integer row, input integer column);
    integer i, j;
    begin
      for (j = 0; j < W; j = j + 1) for (i = 0; i < W; i = i + 1) keep[j*W+i] = (j >= row) && (i + j >= column);
    end
  endfunction

  mult_tree #(.W(W), .KEEP(keep(H, V))) u_tree (.a(a), .w(w), .p(p));
endmodule

`default_nettype wire
