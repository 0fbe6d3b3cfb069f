// Properties of axi/read_arbiter for a memory that answers only bursts it was asked for, without a flush. Burst number N (any of 16, counted
// round) is followed from its grant to the address channel and to its data.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module formal (
    input wire        clk_i,
    input wire        rst_i,
    input wire        f_req_i,
    input wire [31:0] f_addr_i,
    input wire [7:0]  f_len_i,
    input wire        l_req_i,
    input wire [31:0] l_addr_i,
    input wire [7:0]  l_len_i,
    input wire        l_rready_i,
    input wire        arready_i,
    input wire        rvalid_i,
    input wire        rlast_i
);
  reg started = 1'b0;
  always @(posedge clk_i) started <= 1'b1;
  wire rst = rst_i || !started;

  wire        f_grant, f_rvalid, l_grant, l_rvalid, arvalid, rready, idle;
  wire [31:0] araddr;
  wire [7:0]  arlen;
  read_arbiter dut (
      .clk_i(clk_i), .rst_i(rst), .flush_i(1'b0),
      .f_req_i(f_req_i), .f_addr_i(f_addr_i), .f_len_i(f_len_i), .f_grant_o(f_grant), .f_rvalid_o(f_rvalid),
      .l_req_i(l_req_i), .l_addr_i(l_addr_i), .l_len_i(l_len_i), .l_grant_o(l_grant), .l_rvalid_o(l_rvalid),
      .l_rready_i(l_rready_i),
      .arvalid_o(arvalid), .araddr_o(araddr), .arlen_o(arlen), .arready_i(arready_i),
      .rvalid_i(rvalid_i), .rlast_i(rlast_i), .rready_o(rready), .idle_o(idle)
  );

  (* anyconst *) reg [3:0] n;
  reg [3:0]  grants_q, asked_q, closed_q; // bursts granted, addresses taken by the memory, bursts answered to the end
  reg        to_load_q;                   // burst N is the load engine's
  reg [39:0] wanted_q;                    // its address and length
  wire [3:0] open    = grants_q - closed_q;
  wire       granted = f_grant || l_grant;
  always @(posedge clk_i) begin
    grants_q <= rst ? 4'd0 : grants_q + {3'd0, granted};
    asked_q  <= rst ? 4'd0 : asked_q + {3'd0, arvalid && arready_i};
    closed_q <= rst ? 4'd0 : closed_q + {3'd0, rvalid_i && rready && rlast_i};
    if (granted && grants_q == n) begin
      to_load_q <= l_grant;
      wanted_q  <= l_grant ? {l_addr_i, l_len_i} : {f_addr_i, f_len_i};
    end
  end
  always @* if (started) assume (!rvalid_i || asked_q != closed_q);

  reg        waiting_q; // an address was offered and not taken
  reg [39:0] offered_q;
  always @(posedge clk_i) begin
    waiting_q <= !rst && arvalid && !arready_i;
    offered_q <= {araddr, arlen};
  end
  always @* begin
    if (started) begin
`ifdef EXCLUSIVE
      assert (!(f_grant && l_grant));
      assert (!f_grant || f_req_i);
      assert (!l_grant || l_req_i);
`endif
`ifdef AT_MOST_8
      assert (open <= 4'd8);
      assert (idle == (open == 4'd0));
      assert (!granted || open < 4'd8);
`endif
`ifdef TO_THE_ASKER
      assert (!(f_rvalid && l_rvalid));
      if (rvalid_i && closed_q == n) begin
        assert (f_rvalid == !to_load_q);
        assert (l_rvalid == to_load_q);
        assert (rready == (to_load_q ? l_rready_i : 1'b1));
      end
`endif
`ifdef ADDRESS_KEPT // AXI: a valid address waits unchanged until it is taken
      if (waiting_q) assert (arvalid && offered_q == {araddr, arlen});
`endif
`ifdef ADDRESS_OF_GRANT // every grant is offered once, in order, with the asker's address and length
      assert (grants_q - asked_q == {3'd0, arvalid});
      if (arvalid && asked_q == n) assert ({araddr, arlen} == wanted_q);
`endif
    end
  end
endmodule
`default_nettype wire
