// round_pow2: the power of two nearest to an operand, as RoBA rounds it (Zendegani et al., TVLSI 2017).
// Equation: with t the position of the leading one of x: exp = t + 1 if t >= 2 and x[t-1] = 1, else t. So 3 * 2^(t-1),
//           as near to 2^t as to 2^(t+1), is rounded up, but 3 down to 2. x = 0 gives 0.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module round_pow2 #(
    // Operand width in bits, 2..16. Default 8.
    parameter           W = 8
) (
    input  wire [W-1:0] x_i,
    output wire [4:0]   exp_o
);
  // Stage s holds the answer for the bits s..0: a leading one at s replaces the answer of the stage below.
  genvar s;
  generate
    for (s = 0; s < W; s = s + 1) begin : g_stage
      localparam [4:0] POSITION = s;
      wire [4:0] best;
      if (s == 0) begin : g_low
        assign best = 5'd0;
      end else if (s == 1) begin : g_two
        assign best = x_i[s] ? POSITION : g_stage[s-1].best;
      end else begin : g_high
        assign best = !x_i[s] ? g_stage[s-1].best : x_i[s-1] ? POSITION + 5'd1 : POSITION;
      end
    end
  endgenerate

  // Bit 0 alone gives 0, which is also the answer for zero.
  wire unused = &{1'b0, x_i[0]};
  assign exp_o = g_stage[W-1].best;
endmodule

`default_nettype wire
