// Row reduction: the sums of a row's D signed products by segments, as one balanced tree.
// With 2^level segments of D / 2^level columns each, sum_o[g] = sum of product[c] over the columns c of segment g: the
// nodes of one level of the tree. Sums of segments that do not exist are 0. SEGS = 1: the root alone, the whole row.
// Latency: combinational (the row registers it). SPDX-License-Identifier: Apache-2.0
`default_nettype none
module reduce #(
    // Number of products, a power of two, 1..64.
    parameter D = 16,
    // Bits of a product, signed.
    parameter PW = 17,
    // Bits of the sum, at least PW + log2(D).
    parameter SW = 22,
    // Largest number of segments, a power of two, 1..D.
    parameter SEGS = 1
) (
    input  wire [D*PW-1:0]    product_i,
    input  wire [2:0]         level_i,     // log2 of the number of segments, 0..log2(SEGS)
    output reg  [SEGS*SW-1:0] sum_o
);
  // Heap order: node n has children 2n and 2n+1, leaves are D..2D-1, the root is 1; level l is nodes 2^l..2^(l+1)-1.
  reg signed [SW-1:0] node [1:2*D-1];
  integer n, g, l;
  always @* begin
    for (n = 2 * D - 1; n >= 1; n = n - 1) begin
      if (n >= D) node[n] = {{SW-PW{product_i[(n-D)*PW+PW-1]}}, product_i[(n-D)*PW +: PW]};
      else node[n] = node[2*n] + node[2*n+1];
    end
    for (g = 0; g < SEGS; g = g + 1) begin
      sum_o[g*SW +: SW] = SEGS == 1 ? node[1] : {SW{1'b0}};
      for (l = 0; SEGS > 1 && (1 << l) <= SEGS; l = l + 1)
        if (g < (1 << l) && level_i == l[2:0]) sum_o[g*SW +: SW] = node[(1<<l)+g];
    end
  end

  wire unused = &{1'b0, level_i};
endmodule
`default_nettype wire
