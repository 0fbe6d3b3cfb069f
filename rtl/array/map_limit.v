// Output maps left for every segment of a row in one step: segment g of Qm works on maps m + g*Tm .. m + g*Tm + Tm - 1.
// limit_o[q] = g < Qm ? max(0, mt - m - g*Tm), at most 63 : 0, for the q-th of SEGS equal parts of a row, which lies in
// segment g = q / (SEGS / 2^level). A row with offset tm has a map there if tm < limit.
// Latency: combinational. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module map_limit #(
    // Largest number of segments, a power of two, 1..32.
    parameter SEGS = 4
) (
    input  wire [11:0]       m_i,          // first map of the step
    input  wire [11:0]       mt_i,         // maps of the tile
    input  wire [5:0]        tm_i,         // Tm
    input  wire [5:0]        qm_i,         // Qm, 1..2^level
    input  wire [2:0]        level_i,      // log2 of the number of segments, 0..log2(SEGS)
    output reg  [SEGS*6-1:0] limit_o
);
  localparam LOGS = $clog2(SEGS);
  wire [11:0] rest = mt_i > m_i ? mt_i - m_i : 12'd0;
  reg  [5:0]  limit [0:SEGS-1];            // of segment g
  reg  [11:0] offset, left;
  integer g, q, l;
  always @* begin
    offset = 12'd0;
    left   = 12'd0;
    for (g = 0; g < SEGS; g = g + 1) begin
      left     = rest > offset ? rest - offset : 12'd0;
      limit[g] = g != 0 && {26'd0, qm_i} <= g ? 6'd0 : left > 12'd63 ? 6'd63 : left[5:0];
      offset   = offset + {6'd0, tm_i};
    end
    for (q = 0; q < SEGS; q = q + 1) begin
      limit_o[q*6 +: 6] = limit[q];        // the finest segments
      for (l = 0; l < LOGS; l = l + 1) if (level_i == l[2:0]) limit_o[q*6 +: 6] = limit[q >> (LOGS - l)];
    end
  end

  wire unused = &{1'b0, qm_i, level_i};
endmodule
`default_nettype wire
