// mult_kulkarni: underdesigned multiplier of 2x2 blocks (Kulkarni, Gupta, Ercegovac, VLSI Design 2011).
// Equation: p = sum over the base-4 digits a_i, w_j of B(a_i, w_j) * 4^(i+j); B(x, y) = x * y, but B(3, 3) = 7.
// Structure: (W/2)^2 blocks of three output bits, their sum by exact adders.
// With AXF_FAST_MULT defined the same is written as a * w - 2 * T(a) * T(w), T(x) the digits that are 3, as ones.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_kulkarni #(
    // Operand width in bits, even, 4..16. Default 8.
    parameter             W = 8
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
`ifdef AXF_FAST_MULT
  localparam [W-1:0] ONES = {(W / 2) {2'b01}};
  wire [W-1:0] threes_a = a & (a >> 1) & ONES;
  wire [W-1:0] threes_w = w & (w >> 1) & ONES;
  wire [2*W-1:0] lost = threes_a * threes_w;
  assign p = a * w - {lost[2*W-2:0], 1'b0};
  wire unused = &{1'b0, lost[2*W-1]};
`else
  // Row j: the blocks of digit j of w. Neighbouring blocks overlap in one bit, so every other one goes to its own word.
  genvar i, j;
  generate
    for (j = 0; j < W / 2; j = j + 1) begin : g_row
      wire [W+1:0] even, odd;
      for (i = 0; i < W / 2; i = i + 1) begin : g_block
        wire [2:0] b = {a[2*i+1] & w[2*j+1], (a[2*i+1] & w[2*j]) | (a[2*i] & w[2*j+1]), a[2*i] & w[2*j]};
        if (i % 2 == 0) begin : g_even
          assign even[2*i+:4] = {1'b0, b};
        end else begin : g_odd
          assign odd[2*i+:4] = {1'b0, b};
        end
      end
      // Both words end where the last of their blocks ends.
      if (W % 4 == 0) begin : g_ends
        assign even[W+1:W] = 2'd0;
      end else begin : g_ends
        assign odd[W+1:W] = 2'd0;
      end
      assign odd[1:0] = 2'd0;

      wire [2*W-1:0] row = {{(W - 2) {1'b0}}, even} + {{(W - 2) {1'b0}}, odd};
      wire [2*W-1:0] sum;
      if (j == 0) begin : g_first
        assign sum = row;
      end else begin : g_next
        assign sum = g_row[j-1].sum + (row << (2 * j));
      end
    end
  endgenerate

  assign p = g_row[W/2-1].sum;
`endif
endmodule

`default_nettype wire
