// mult_drum: DRUM-K, the dynamic range unbiased multiplier (Hashemi, Bahar, Reda, ICCAD 2015).
// Equation: p = (sa << ta) * (sw << tw), (s, t) the K leading bits of an operand and their position (drum_segment):
//           operands below 2^K are exact, others are cut to K bits with the lowest kept bit set.
// Structure: two leading-one segment selectors, an exact K x K multiplier, one barrel shifter.
// With AXF_FAST_MULT defined the two operands are cut with masks, without selectors: for fast simulation only.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_drum #(
    // Operand width in bits, 3..16. Default 8.
    parameter             W = 8,
    // Kept bits, 2..W-1. Default 4.
    parameter             K = 4
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
`ifdef AXF_FAST_MULT
  // below: ones under the lowest kept bit of x; below + 1 is that bit, unless nothing is cut.
  function [W-1:0] cut(input [W-1:0] x);
    reg [W-1:0] below;
    begin
      below = x | (x >> 1);
      below = below | (below >> 2);
      below = below | (below >> 4);
      below = (below | (below >> 8)) >> K;
      cut   = (x & ~below) | ((below + 1'b1) & {{(W - 1) {1'b1}}, 1'b0});
    end
  endfunction

  assign p = cut(a) * cut(w);
`else
  wire [K-1:0]   seg_a, seg_w;
  wire [3:0]     shift_a, shift_w;
  wire [2*K-1:0] product;

  drum_segment #(.W(W), .K(K)) u_seg_a (.x_i(a), .seg_o(seg_a), .shift_o(shift_a));
  drum_segment #(.W(W), .K(K)) u_seg_w (.x_i(w), .seg_o(seg_w), .shift_o(shift_w));
  mult_tree #(.W(K)) u_tree (.a(seg_a), .w(seg_w), .p(product));

  wire [4:0] shift = {1'b0, shift_a} + {1'b0, shift_w};
  assign p = {{(2 * W - 2 * K) {1'b0}}, product} << shift;
`endif
endmodule

`default_nettype wire
