// Check bits of the SECDED code of a word: the xor of the columns of its ones. Every data bit has a column of three ones,
// all different, every check bit a column of one (M. Y. Hsiao, "A Class of Optimal Minimum Odd-weight-column SEC-DED
// Codes", IBM J. Res. Dev. 14(4), 1970); each check bit covers as many data bits as any other, but for one at W = 8.
// Latency: none. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module hsiao_check #(
    // Data bits, 8 or 16.
    parameter W = 8,
    // Check bits: 5 at W = 8, 6 at W = 16.
    parameter C = 5
) (
    input  wire [W-1:0]   data_i,
    output wire [C-1:0]   check_o,
    output wire [W*C-1:0] columns_o        // of bit b: columns_o[b*C +: C]
);
  // 8 of the 10 columns of five bits, 16 of the 20 of six bits.
  generate
    if (W == 8) begin : g_8
      assign columns_o = {5'd26, 5'd25, 5'd22, 5'd21, 5'd19, 5'd14, 5'd13, 5'd11};
    end else begin : g_16
      assign columns_o = {6'd52, 6'd50, 6'd49, 6'd44, 6'd41, 6'd38, 6'd37, 6'd35,
                          6'd28, 6'd26, 6'd25, 6'd22, 6'd19, 6'd14, 6'd13, 6'd11};
    end
  endgenerate
  reg [C-1:0] sum;
  integer b;
  always @* begin
    sum = {C{1'b0}};
    for (b = 0; b < W; b = b + 1) if (data_i[b]) sum = sum ^ columns_o[b*C +: C];
  end
  assign check_o = sum;
endmodule
`default_nettype wire
