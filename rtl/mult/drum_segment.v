// drum_segment: the K leading bits of an operand, as DRUM-K multiplies them (Hashemi, Bahar, Reda, ICCAD 2015).
// Equation: with t the position of the leading one, x < 2^K: seg = x, shift = 0;
//           else seg = x[t : t-K+1] with its lowest bit set to 1 (half of what is cut off, on average), shift = t-K+1.
// The operand is thus approximated by seg * 2^shift.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module drum_segment #(
    // Operand width in bits, 2..16. Default 8.
    parameter           W = 8,
    // Kept bits, 2..W-1. Default 4.
    parameter           K = 4
) (
    input  wire [W-1:0] x_i,
    output wire [K-1:0] seg_o,
    output wire [3:0]   shift_o
);
  // Stage s holds the answer for the low K + s bits: a leading one at bit K+s-1 replaces the answer of the stage below.
  genvar s;
  generate
    for (s = 0; s <= W - K; s = s + 1) begin : g_stage
      wire [K+3:0] best;  // {shift, segment}
      if (s == 0) begin : g_low
        assign best = {4'd0, x_i[K-1:0]};
      end else begin : g_high
        localparam [3:0] SHIFT = s;
        assign best = x_i[K+s-1] ? {SHIFT, x_i[K+s-1:s+1], 1'b1} : g_stage[s-1].best;
      end
    end
  endgenerate

  assign {shift_o, seg_o} = g_stage[W-K].best;
endmodule

`default_nettype wire
