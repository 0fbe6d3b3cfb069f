// Shares the AXI4 read port between instruction fetch (first) and the load engine; responses return in order.
// A request is taken when the address register is free and fewer than 8 bursts are open; grant pulses with it.
// flush_i: open bursts are completed, their data dropped, no request is taken. Latency: request to ARVALID 1 cycle. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module read_arbiter (
    input  wire         clk_i,
    input  wire         rst_i,
    input  wire         flush_i,
    // Fetch
    input  wire         f_req_i,
    input  wire [31:0]  f_addr_i,
    input  wire [7:0]   f_len_i,
    output wire         f_grant_o,
    output wire         f_rvalid_o,
    // Load engine
    input  wire         l_req_i,
    input  wire [31:0]  l_addr_i,
    input  wire [7:0]   l_len_i,
    output wire         l_grant_o,
    output wire         l_rvalid_o,
    input  wire         l_rready_i,
    // AXI4 AR and R
    output reg          arvalid_o,
    output reg  [31:0]  araddr_o,
    output reg  [7:0]   arlen_o,
    input  wire         arready_i,
    input  wire         rvalid_i,
    input  wire         rlast_i,
    output wire         rready_o,
    // No burst is open.
    output wire         idle_o
);
  reg [7:0] owner_q;             // 1: load engine; entry 0 is the oldest burst
  reg [3:0] open_q;

  wire free   = !arvalid_o || arready_i;
  wire accept = free && !open_q[3] && !flush_i && (f_req_i || l_req_i);
  assign f_grant_o = accept && f_req_i;
  assign l_grant_o = accept && !f_req_i;

  assign f_rvalid_o = rvalid_i && !owner_q[0] && !flush_i;
  assign l_rvalid_o = rvalid_i && owner_q[0] && !flush_i;
  assign rready_o   = owner_q[0] && !flush_i ? l_rready_i : 1'b1;
  assign idle_o     = open_q == 4'd0;

  wire       close   = rvalid_i && rready_o && rlast_i;
  wire [3:0] left    = open_q - {3'd0, close};
  wire [7:0] shifted = close ? {1'b0, owner_q[7:1]} : owner_q;
  wire [7:0] slot    = 8'd1 << left[2:0];

  always @(posedge clk_i) begin
    if (rst_i) begin
      arvalid_o <= 1'b0;
      open_q    <= 4'd0;
      owner_q   <= 8'd0;
    end else begin
      if (free) arvalid_o <= accept;
      open_q <= left + {3'd0, accept};
      if (accept) owner_q <= l_grant_o ? shifted | slot : shifted & ~slot;
      else owner_q <= shifted;
    end
    if (accept) begin
      araddr_o <= f_req_i ? f_addr_i : l_addr_i;
      arlen_o  <= f_req_i ? f_len_i : l_len_i;
    end
  end
endmodule
`default_nettype wire
