// mult_lor: lower-part OR multiplier; in the columns below L the partial products are ORed, not added.
// Equation: p[c] = OR over i + j = c of a[i] & w[j] for c < L, without carries; above, p as of mult_trunc with T = L.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module mult_lor #(
    // Operand width in bits, 2..16. Default 8.
    parameter             W = 8,
    // Number of columns ORed, 1..2*W-3. Default 6.
    parameter             L = 6
) (
    input  wire [W-1:0]   a,
    input  wire [W-1:0]   w,
    output wire [2*W-1:0] p
);
  wire [2*W-1:0] high;
  mult_trunc #(.W(W), .T(L)) u_high (.a(a), .w(w), .p(high));

  // Row j shifted to its columns, ORed to the rows below it.
  genvar j;
  generate
    for (j = 0; j < W; j = j + 1) begin : g_row
      wire [2*W-1:0] row = {{W{1'b0}}, a & {W{w[j]}}} << j;
      wire [2*W-1:0] any;
      if (j == 0) begin : g_first
        assign any = row;
      end else begin : g_next
        assign any = g_row[j-1].any | row;
      end
    end
  endgenerate

  localparam [2*W-1:0] LOW = {{(2 * W - 1) {1'b0}}, 1'b1};
  assign p = high | (g_row[W-1].any & ((LOW << L) - LOW));
endmodule

`default_nettype wire
