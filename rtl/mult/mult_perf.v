// mult_perf: partial product perforation (Zervakis et al., TVLSI 2016); N rows from row S on are not built.
// Equation: p = a * (w with the bits S .. S+N-1 cleared). The error is never positive.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_perf #(
    // Operand width in bits, 3..16. Default 8.
    parameter             W = 8,
    // First row (bit of w) left out, 0..W-1. Default 0.
    parameter             S = 0,
    // Number of rows left out; at least two must remain. Default 2.
    parameter             N = 2
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  function [W*W-1:0] keep(input integer first, input integer count);
    integer j;
    begin
      for (j = 0; j < W; j = j + 1) keep[j*W+:W] = {W{j < first || j >= first + count}};
    end
  endfunction

  mult_tree #(.W(W), .KEEP(keep(S, N))) u_tree (.a(a), .w(w), .p(p));
endmodule

`default_nettype wire
