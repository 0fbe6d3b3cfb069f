// Property of array/reduce: the tree gives the sum of all products, for all inputs (one segment, the whole row).
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module formal #(
    parameter D = 4,
    parameter PW = 9,
    parameter SW = 11
) (
    input wire            clk_i,
    input wire [D*PW-1:0] product_i
);
  wire signed [SW-1:0] sum;
  reduce #(.D(D), .PW(PW), .SW(SW)) dut (.product_i(product_i), .level_i(3'd0), .sum_o(sum));
  // One product after the other, in a word wide enough for any sum.
  reg signed [PW+7:0] all;
  integer             c;
  always @* begin
    all = 0;
    for (c = 0; c < D; c = c + 1) all = all + $signed(product_i[c*PW +: PW]);
`ifdef SUM
    assert ({{PW + 8 - SW{sum[SW-1]}}, sum} == all);
`endif
  end
endmodule
`default_nettype wire
