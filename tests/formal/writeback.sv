// Properties of array/writeback: rows wait with a bank, an address and a word until they are granted; banks are below D.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module formal #(
    parameter D = 4,
    parameter W = 8
) (
    input wire            clk_i,
    input wire [D-1:0]    pend_i,
    input wire [D*6-1:0]  bank_i,
    input wire [D*16-1:0] addr_i,
    input wire [D*W-1:0]  data_i
);
  wire [D-1:0]    grant, we, pend;
  wire            done;
  wire [D*16-1:0] waddr;
  wire [D*W-1:0]  wdata;
  writeback #(.D(D), .W(W)) dut (
      .pend_i(pend), .bank_i(bank_i), .addr_i(addr_i), .data_i(data_i), .grant_o(grant), .done_o(done), .we_o(we),
      .waddr_o(waddr), .wdata_o(wdata)
  );
  genvar g;
  generate
    for (g = 0; g < D; g = g + 1) begin : g_legal
      always @* assume (bank_i[g*6 +: 6] < D);
    end
  endgenerate

`ifdef ONCE
  // The rows' results stay until granted and none are added: each is granted once, in at most D cycles.
  reg           started = 1'b0;
  reg [D-1:0]   pend_q, seen_q;
  reg [D*6-1:0] bank_q;
  reg [7:0]     cycles_q;
  assign pend = started ? pend_q : pend_i;
  always @(posedge clk_i) begin
    started  <= 1'b1;
    pend_q   <= pend & ~grant;
    bank_q   <= bank_i;
    seen_q   <= started ? seen_q | grant : grant;
    cycles_q <= started ? cycles_q + {7'd0, cycles_q != 8'hff} : 8'd1;
  end
  always @* begin
    if (started) assume (bank_i == bank_q);
    if (started) assert ((grant & seen_q) == {D{1'b0}});
    if (started && cycles_q >= D) assert (pend_q == {D{1'b0}});
  end
`else
  assign pend = pend_i;
`endif

  // Any two rows k, l and any bank b.
  (* anyconst *) reg [5:0] k;
  (* anyconst *) reg [5:0] l;
  (* anyconst *) reg [5:0] b;
  wire [5:0] bank_k = bank_i[k*6 +: 6], bank_l = bank_i[l*6 +: 6];
  reg        named; // a granted row names bank b
  integer    r;
  always @* begin
    assume (k < D && l < D && b < D);
    named = 1'b0;
    for (r = 0; r < D; r = r + 1) if (grant[r] && bank_i[r*6 +: 6] == b) named = 1'b1;
`ifdef ONE_WORD_A_BANK
    if (k != l && grant[k] && grant[l]) assert (bank_k != bank_l);
`endif
`ifdef WRITTEN // a granted row's word is in its bank in this cycle, and no bank is written otherwise
    if (grant[k]) begin
      assert (we[bank_k]);
      assert (waddr[bank_k*16 +: 16] == addr_i[k*16 +: 16]);
      assert (wdata[bank_k*W +: W] == data_i[k*W +: W]);
    end
    assert (we[b] == named);
    assert ((grant & ~pend) == {D{1'b0}});
`endif
`ifdef PROGRESS // of the rows that want a bank one is granted; done_o: all are
    if (pend[k] && !grant[k]) assert (we[bank_k]);
    assert (done == (grant == pend));
`endif
  end
endmodule
`default_nettype wire
