// log2_linear: Mitchell's logarithm of an operand: log2(2^k * (1 + f)) is taken to be k + f.
// Equation: x = 2^k * (1 + f), 0 <= f < 1: log = k * 2^(W-1) + f * 2^(W-1); exact in this format. x = 0 gives 0.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module log2_linear #(
    // Operand width in bits, 2..16. Default 8.
    parameter           W = 8
) (
    input  wire [W-1:0] x_i,
    // Four bits of k, then W-1 bits of f.
    output wire [W+2:0] log_o
);
  // Stage s holds the answer for the bits s..0: a leading one at s replaces the answer of the stage below.
  genvar s;
  generate
    for (s = 0; s < W; s = s + 1) begin : g_stage
      localparam [3:0] POSITION = s;
      wire [W+2:0] best;
      if (s == 0) begin : g_low
        assign best = {(W + 3) {1'b0}};
      end else if (s == W - 1) begin : g_top
        assign best = x_i[s] ? {POSITION, x_i[s-1:0]} : g_stage[s-1].best;
      end else begin : g_mid
        assign best = x_i[s] ? {POSITION, x_i[s-1:0], {(W - 1 - s) {1'b0}}} : g_stage[s-1].best;
      end
    end
  endgenerate

  // Bit 0 alone gives k = 0, f = 0, which is also the answer for zero.
  wire unused = &{1'b0, x_i[0]};
  assign log_o = g_stage[W-1].best;
endmodule

`default_nettype wire
