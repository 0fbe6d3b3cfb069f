// mult_tree: the sum of the kept partial products of an unsigned W x W multiplication (carry-save tree).
// Equation: p = sum over i, j with KEEP[j*W + i] = 1 of a[i] * w[j] * 2^(i+j); it fits 2*W bits as a * w does.
// Structure: the rows that keep at least one bit are reduced three to two, oldest first, which gives a Wallace tree;
// one adder adds the last two. Dropped bits are constant zeros, so synthesis leaves their adders out.
// With AXF_FAST_MULT defined the same sum is written as a * w less the dropped bits: for fast simulation only.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_tree #(
    // Operand width in bits, 2..16. Default 8.
    parameter             W    = 8,
    // One bit per partial product: bit j*W + i keeps a[i] & w[j]. At least two rows must keep a bit. Default: all.
    parameter [W*W-1:0]   KEEP = {(W * W) {1'b1}}
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
`ifdef AXF_FAST_MULT
  // One subtraction per row with a dropped bit; rows that keep everything cost nothing.
  genvar j;
  generate
    for (j = 0; j < W; j = j + 1) begin : g_row
      wire [2*W-1:0] left;
      if (KEEP[j*W+:W] == {W{1'b1}}) begin : g_whole
        if (j == 0) begin : g_first
          assign left = a * w;
        end else begin : g_next
          assign left = g_row[j-1].left;
        end
      end else begin : g_part
        wire [2*W-1:0] dropped = {{W{1'b0}}, a & ~KEEP[j*W+:W] & {W{w[j]}}} << j;
        if (j == 0) begin : g_first
          assign left = a * w - dropped;
        end else begin : g_next
          assign left = g_row[j-1].left - dropped;
        end
      end
    end
  endgenerate

  assign p = g_row[W-1].left;
`else
  // Number of rows below row `limit` that keep a bit.
  function integer rows_below(input integer limit);
    integer r;
    begin
      rows_below = 0;
      for (r = 0; r < limit; r = r + 1) if (KEEP[r*W+:W] != {W{1'b0}}) rows_below = rows_below + 1;
    end
  endfunction

  // Index of the n-th row that keeps a bit.
  function integer row_of(input integer n);
    integer r;
    begin
      row_of = 0;
      for (r = W - 1; r >= 0; r = r - 1) if (KEEP[r*W+:W] != {W{1'b0}} && rows_below(r) == n) row_of = r;
    end
  endfunction

  localparam ROWS = rows_below(W);
  // ROWS partial products, then a sum and a carry row from each of the ROWS - 2 three-to-two steps.
  localparam NODES = 3 * ROWS - 4;

  genvar n;
  generate
    for (n = 0; n < NODES; n = n + 1) begin : g_node
      wire [2*W-1:0] v;
      if (n < ROWS) begin : g_product
        localparam J = row_of(n);
        wire [W-1:0] row = a & KEEP[J*W+:W] & {W{w[J]}};
        assign v = {{W{1'b0}}, row} << J;
      end else begin : g_reduce
        // Step k takes the nodes 3k, 3k+1, 3k+2 and appends its sum, then its carry.
        localparam FIRST = 3 * ((n - ROWS) / 2);
        if ((n - ROWS) % 2 == 0) begin : g_sum
          assign v = g_node[FIRST].v ^ g_node[FIRST+1].v ^ g_node[FIRST+2].v;
        end else begin : g_carry
          wire [2*W-1:0] carry = (g_node[FIRST].v & g_node[FIRST+1].v)
                               | (g_node[FIRST+2].v & (g_node[FIRST].v ^ g_node[FIRST+1].v));
          assign v = carry << 1;
        end
      end
    end
  endgenerate

  assign p = g_node[NODES-2].v + g_node[NODES-1].v;
`endif
endmodule

`default_nettype wire
