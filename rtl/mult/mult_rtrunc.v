// mult_rtrunc: truncated multiplier with a correction constant (after Schulte and Swartzlander, VLSI Signal Proc. 1993).
// Equation: p = C + sum over i + j >= T of a[i] * w[j] * 2^(i+j); C is the mean of what the columns 0..T-1, which are not
//           built, would add if all operands are equally likely, rounded: (sum over i + j < T of 2^(i+j)) / 4.
// C is added even where a or w is 0. The sum fits: what is missing at its largest value is four times C.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_rtrunc #(
    // Operand width in bits, 2..16. Default 8.
    parameter             W = 8,
    // Number of columns left out, 0 (exact) .. 2*W-3. Default 6.
    parameter             T = 6
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  // Half up: the mean is a whole number of quarters.
  function [2*W-1:0] mean(input integer columns);
    integer i, j;
    reg [2*W+1:0] quarters;
    begin
      quarters = 2;
      for (j = 0; j < W; j = j + 1)
        for (i = 0; i < W; i = i + 1) if (i + j < columns) quarters = quarters + ({{(2 * W + 1) {1'b0}}, 1'b1} << (i + j));
      mean = quarters[2*W+1:2];
    end
  endfunction

  wire [2*W-1:0] kept;
  mult_trunc #(.W(W), .T(T)) u_kept (.a(a), .w(w), .p(kept));
  assign p = kept + mean(T);
endmodule

`default_nettype wire
