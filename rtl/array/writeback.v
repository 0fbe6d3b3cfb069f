// Write-back: moves the rows' results into the banks of a neuron buffer, one word a bank and cycle.
// A bank takes the lowest waiting row that wants it; rows that want different banks go in the same cycle.
// Latency: the write happens in the cycle in which it is granted. done_o: nothing is left after this cycle.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module writeback #(
    // Array dimension, 4, 8, 16 or 32: rows and banks.
    parameter D = 16,
    // Word width in bits, 8 or 16.
    parameter W = 8
) (
    // Rows
    input  wire [D-1:0]    pend_i,
    input  wire [D*6-1:0]  bank_i,
    input  wire [D*16-1:0] addr_i,
    input  wire [D*W-1:0]  data_i,
    output wire [D-1:0]    grant_o,
    output wire            done_o,
    // Banks
    output reg  [D-1:0]    we_o,
    output reg  [D*16-1:0] waddr_o,
    output reg  [D*W-1:0]  wdata_o
);
  // grant[k]: no lower waiting row wants the same bank.
  reg  [D-1:0] blocked;
  integer k, l;
  always @* begin
    blocked = {D{1'b0}};
    for (k = 1; k < D; k = k + 1) begin
      for (l = 0; l < k; l = l + 1) begin
        if (pend_i[l] && bank_i[l*6 +: 6] == bank_i[k*6 +: 6]) blocked[k] = 1'b1;
      end
    end
  end
  assign grant_o = pend_i & ~blocked;
  assign done_o  = (pend_i & blocked) == {D{1'b0}};

  integer r, b;
  always @* begin
    we_o    = {D{1'b0}};
    waddr_o = {D*16{1'b0}};
    wdata_o = {D*W{1'b0}};
    if (|pend_i) begin
      for (b = 0; b < D; b = b + 1) begin
        for (r = 0; r < D; r = r + 1) begin
          if (grant_o[r] && bank_i[r*6 +: 6] == b[5:0]) begin
            we_o[b]               = 1'b1;
            waddr_o[b*16 +: 16] = waddr_o[b*16 +: 16] | addr_i[r*16 +: 16];
            wdata_o[b*W +: W]   = wdata_o[b*W +: W] | data_i[r*W +: W];
          end
        end
      end
    end
  end
endmodule
`default_nettype wire
