// The rules of AXI4 and AXI4-Lite at the pins of rtl/axflow.v, as named assertions; bound in the build `make axsim RULES=1`.
// Of both sides: m_* of the accelerator as master and of the memory (mem_*), s_* of the accelerator as slave and of the
// host (host_*). A rule that is broken stops the simulation and names itself. Beside the standard's rules those that the
// accelerator promises: bursts of at most 16 beats, at most 8 reads open, an address before its data, strobes all or none.
// SPDX-License-Identifier: Apache-2.0
module axi_rules (
    input wire         clk_i, rst_i,
    input wire         s_awvalid_i, s_awready_o, s_wvalid_i, s_wready_o, s_bvalid_o, s_bready_i,
    input wire         s_arvalid_i, s_arready_o, s_rvalid_o, s_rready_i,
    input wire [7:0]   s_awaddr_i, s_araddr_i,
    input wire [31:0]  s_wdata_i, s_rdata_o,
    input wire [1:0]   s_bresp_o, s_rresp_o,
    input wire         m_arvalid_o, m_arready_i, m_rvalid_i, m_rready_o, m_rlast_i,
    input wire         m_awvalid_o, m_awready_i, m_wvalid_o, m_wready_i, m_wlast_o, m_bvalid_i, m_bready_o,
    input wire [31:0]  m_araddr_o, m_awaddr_o,
    input wire [7:0]   m_arlen_o, m_awlen_o,
    input wire [2:0]   m_arsize_o, m_awsize_o,
    input wire [1:0]   m_arburst_o, m_awburst_o, m_rresp_i, m_bresp_i,
    input wire [127:0] m_rdata_i, m_wdata_o,
    input wire [15:0]  m_wstrb_o
);
  // ---- what is open ----
  wire ar = m_arvalid_o && m_arready_i, r = m_rvalid_i && m_rready_o;
  wire aw = m_awvalid_o && m_awready_i, w = m_wvalid_o && m_wready_i, b = m_bvalid_i && m_bready_o;
  reg [7:0] length [0:15];                     // of the open reads
  reg [3:0] read_in, read_out;
  reg [4:0] reads;                             // open
  reg [7:0] r_beat;                            // of the oldest
  reg       writing;                           // a burst's beats are due
  reg [7:0] w_left;                            // ... after the next one
  reg [4:0] answers;                           // write responses due
  reg [1:0] lite_aw, lite_w, lite_r;           // AXI4-Lite: addresses and data without a response
  wire [7:0] oldest = length[read_out];
  always @(posedge clk_i) begin
    if (rst_i) begin
      {read_in, read_out, reads, r_beat, writing, answers} <= '0;
      {lite_aw, lite_w, lite_r} <= '0;
    end else begin
      if (ar) length[read_in] <= m_arlen_o;
      read_in  <= read_in + {3'd0, ar};
      read_out <= read_out + {3'd0, r && m_rlast_i};
      reads    <= reads + {4'd0, ar} - {4'd0, r && m_rlast_i};
      if (r) r_beat <= m_rlast_i ? 8'd0 : r_beat + 8'd1;
      if (aw) begin
        writing <= 1'b1;
        w_left  <= m_awlen_o;
      end else if (w) begin
        writing <= !m_wlast_o;
        w_left  <= w_left - 8'd1;
      end
      answers <= answers + {4'd0, w && m_wlast_o} - {4'd0, b};
      lite_aw <= lite_aw + {1'b0, s_awvalid_i && s_awready_o} - {1'b0, s_bvalid_o && s_bready_i};
      lite_w  <= lite_w + {1'b0, s_wvalid_i && s_wready_o} - {1'b0, s_bvalid_o && s_bready_i};
      lite_r  <= lite_r + {1'b0, s_arvalid_i && s_arready_o} - {1'b0, s_rvalid_o && s_rready_i};
    end
  end

  `define RULE(p) assert property (@(posedge clk_i) disable iff (rst_i) p)

  // ---- the accelerator as master ----
  m_ar_stays:    `RULE((m_arvalid_o && !m_arready_i |=> m_arvalid_o));
  m_ar_stable:   `RULE((m_arvalid_o && !m_arready_i |=> $stable({m_araddr_o, m_arlen_o, m_arsize_o, m_arburst_o})));
  m_ar_kind:     `RULE((m_arvalid_o |-> m_arsize_o == 3'd4 && m_arburst_o == 2'b01));
  m_ar_aligned:  `RULE((m_arvalid_o |-> m_araddr_o[3:0] == 4'd0));
  m_ar_length:   `RULE((m_arvalid_o |-> m_arlen_o < 8'd16));
  m_ar_4kb:      `RULE((m_arvalid_o |-> {1'b0, m_araddr_o[11:4]} + {1'b0, m_arlen_o} < 9'd256));
  m_ar_open:     `RULE((ar |-> reads < 5'd8));
  m_aw_stays:    `RULE((m_awvalid_o && !m_awready_i |=> m_awvalid_o));
  m_aw_stable:   `RULE((m_awvalid_o && !m_awready_i |=> $stable({m_awaddr_o, m_awlen_o, m_awsize_o, m_awburst_o})));
  m_aw_kind:     `RULE((m_awvalid_o |-> m_awsize_o == 3'd4 && m_awburst_o == 2'b01));
  m_aw_aligned:  `RULE((m_awvalid_o |-> m_awaddr_o[3:0] == 4'd0));
  m_aw_length:   `RULE((m_awvalid_o |-> m_awlen_o < 8'd16));
  m_aw_4kb:      `RULE((m_awvalid_o |-> {1'b0, m_awaddr_o[11:4]} + {1'b0, m_awlen_o} < 9'd256));
  m_aw_order:    `RULE((m_awvalid_o |-> !writing && answers == 5'd0));
  m_w_stays:     `RULE((m_wvalid_o && !m_wready_i |=> m_wvalid_o));
  m_w_stable:    `RULE((m_wvalid_o && !m_wready_i |=> $stable({m_wdata_o, m_wstrb_o, m_wlast_o})));
  m_w_address:   `RULE((m_wvalid_o |-> writing));
  m_w_last:      `RULE((m_wvalid_o && writing |-> m_wlast_o == (w_left == 8'd0)));
  m_w_strobes:   `RULE((m_wvalid_o |-> m_wstrb_o == 16'hffff || m_wstrb_o == 16'd0));

  // ---- the memory ----
  mem_r_stays:   `RULE((m_rvalid_i && !m_rready_o |=> m_rvalid_i));
  mem_r_stable:  `RULE((m_rvalid_i && !m_rready_o |=> $stable({m_rdata_i, m_rresp_i, m_rlast_i})));
  mem_r_request: `RULE((m_rvalid_i |-> reads != 5'd0));
  mem_r_last:    `RULE((m_rvalid_i && reads != 5'd0 |-> m_rlast_i == (r_beat == oldest)));
  mem_b_stays:   `RULE((m_bvalid_i && !m_bready_o |=> m_bvalid_i));
  mem_b_stable:  `RULE((m_bvalid_i && !m_bready_o |=> $stable(m_bresp_i)));
  mem_b_write:   `RULE((m_bvalid_i |-> answers != 5'd0));

  // ---- the accelerator as slave ----
  s_b_stays:     `RULE((s_bvalid_o && !s_bready_i |=> s_bvalid_o));
  s_b_stable:    `RULE((s_bvalid_o && !s_bready_i |=> $stable(s_bresp_o)));
  s_b_write:     `RULE((s_bvalid_o |-> lite_aw != 2'd0 && lite_w != 2'd0));
  s_r_stays:     `RULE((s_rvalid_o && !s_rready_i |=> s_rvalid_o));
  s_r_stable:    `RULE((s_rvalid_o && !s_rready_i |=> $stable({s_rdata_o, s_rresp_o})));
  s_r_request:   `RULE((s_rvalid_o |-> lite_r != 2'd0));

  // ---- the host ----
  host_aw_stays: `RULE((s_awvalid_i && !s_awready_o |=> s_awvalid_i && $stable(s_awaddr_i)));
  host_w_stays:  `RULE((s_wvalid_i && !s_wready_o |=> s_wvalid_i && $stable(s_wdata_i)));
  host_ar_stays: `RULE((s_arvalid_i && !s_arready_o |=> s_arvalid_i && $stable(s_araddr_i)));
endmodule

bind axflow axi_rules u_axi_rules (.*);
