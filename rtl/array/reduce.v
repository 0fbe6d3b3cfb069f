// Row reduction: the sum of D signed products, as a balanced tree.
// sum_o = sum_c product[c]. Latency: combinational (the row registers it).
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module reduce #(
    // Number of products, a power of two, 1..64.
    parameter D = 16,
    // Bits of a product, signed.
    parameter PW = 17,
    // Bits of the sum, at least PW + log2(D).
    parameter SW = 22
) (
    input  wire [D*PW-1:0]      product_i,
    output wire signed [SW-1:0] sum_o
);
  // Heap order: node n has children 2n and 2n+1, leaves are D..2D-1, the root is 1.
  reg signed [SW-1:0] node [1:2*D-1];
  integer n;
  always @* begin
    for (n = 2 * D - 1; n >= 1; n = n - 1) begin
      if (n >= D) node[n] = {{SW-PW{product_i[(n-D)*PW+PW-1]}}, product_i[(n-D)*PW +: PW]};
      else node[n] = node[2*n] + node[2*n+1];
    end
  end
  assign sum_o = node[1];
endmodule
`default_nettype wire
