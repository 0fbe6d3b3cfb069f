// Properties of array/neuron_loader: where the words of one NLD are read and written. Loops are short (at most MOST rounds
// each), addresses and distances any, one segment a row. The configuration is taken with the first instruction, an NCFG.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module formal #(
    parameter D = 4,
    parameter W = 8,
    // The most rounds of every loop, 1..3.
    parameter MOST = 2
) (
    input wire             clk_i,
    input wire             valid_i,
    input wire [255:0]     instr_i,
    input wire [15:0]      sem_ready_i,
    input wire [2*D*W-1:0] rdata_i
);
  reg started = 1'b0;
  always @(posedge clk_i) started <= 1'b1;
  wire rst = !started;

  wire           pop, idle;
  wire [15:0]    take, post, raddr;
  wire [1:0]     re;
  wire [D-1:0]   mask, ns_we;
  wire [D*W-1:0] bus;
  wire [9:0]     ns_addr;
  neuron_loader #(.D(D), .W(W), .SEGS(1)) dut (
      .clk_i(clk_i), .rst_i(rst), .valid_i(valid_i), .instr_i(instr_i), .pop_o(pop), .sem_ready_i(sem_ready_i),
      .take_o(take), .post_o(post), .idle_o(idle), .re_o(re), .mask_o(mask), .raddr_o(raddr), .rdata_i(rdata_i),
      .bus_o(bus), .ns_we_o(ns_we), .ns_addr_o(ns_addr)
  );
  // 0: nothing yet, 1: configured, 2: the NLD runs
  reg [1:0]   phase_q;
  reg         over_q;
  reg [255:0] cfg_q, i_q;
  always @(posedge clk_i) begin
    phase_q <= rst ? 2'd0 : phase_q + {1'b0, pop};
    over_q  <= !rst && (over_q || (phase_q == 2'd2 && idle));
    if (pop && phase_q == 2'd0) cfg_q <= instr_i;
    if (pop && phase_q == 2'd1) i_q <= instr_i;
  end
  always @* begin
    assume (instr_i[`HDR_OPCODE] == (phase_q == 2'd0 ? `OP_NCFG : `OP_NLD));
    if (phase_q == 2'd2) assume (!valid_i);
    if (phase_q == 2'd1) begin
      assume (instr_i[`NLD_NS] != 10'd0 && instr_i[`NLD_NS] <= MOST && instr_i[`NLD_YC] != 10'd0 && instr_i[`NLD_YC] <= MOST);
      assume (instr_i[`NLD_XC] != 10'd0 && instr_i[`NLD_XC] <= MOST);
    end
  end

  // The word that is read, and, two cycles later, the one that is written: map n, row group y, column group x.
  reg [1:0]  n_q, y_q, x_q;
  reg [15:0] row_q, map_q;
  reg [9:0]  srow_q, smap_q, s1_q, s2_q;
  reg        v1_q, v2_q, posted_q;
  wire       last_x = x_q + 2'd1 == i_q[`NLD_XC], last_y = y_q + 2'd1 == i_q[`NLD_YC];
  always @(posedge clk_i) begin
    v1_q     <= !rst && re != 2'd0;
    v2_q     <= !rst && v1_q;
    s1_q     <= srow_q + x_q;
    s2_q     <= s1_q;
    posted_q <= phase_q == 2'd2 && (posted_q || (post != 16'd0 && n_q != 2'd0));
    if (phase_q != 2'd2) begin
      {n_q, y_q, x_q}  <= 6'd0;
      {row_q, map_q}   <= {2{instr_i[`NLD_NB_ADDR]}};
      {srow_q, smap_q} <= {2{instr_i[`NLD_NS_ADDR]}};
    end else if (re != 2'd0) begin
      x_q <= last_x ? 2'd0 : x_q + 2'd1;
      if (last_x) begin
        y_q    <= last_y ? 2'd0 : y_q + 2'd1;
        row_q  <= last_y ? map_q + cfg_q[`NCFG_BPLANE] : row_q + cfg_q[`NCFG_BPITCH];
        srow_q <= last_y ? smap_q + cfg_q[`NCFG_PLANE] : srow_q + cfg_q[`NCFG_PITCH];
        if (last_y) begin
          n_q    <= n_q + 2'd1;
          map_q  <= map_q + cfg_q[`NCFG_BPLANE];
          smap_q <= smap_q + cfg_q[`NCFG_PLANE];
        end
      end
    end
  end
  always @* begin
    if (started) begin
`ifdef READS // map n, row group y, column group x: nb_addr + n*bplane + y*bpitch + x, each once, all of them
      if (re != 2'd0) begin
        assert (phase_q == 2'd2 && re == (i_q[`NLD_SRC] ? 2'd2 : 2'd1));
        assert (n_q < i_q[`NLD_NS]);
        assert (raddr == row_q + x_q);
      end
      if (over_q) assert (n_q == i_q[`NLD_NS]);
`endif
`ifdef WRITES // each word read goes to ns_addr + n*plane + y*pitch + x two cycles later; nothing else is written
      if (ns_we != {D{1'b0}}) assert (v2_q && ns_addr == s2_q);
      if (v2_q) assert (ns_we == mask);
`endif
`ifdef POST // once for each instruction, with its last word written
      if (phase_q == 2'd2 && n_q != 2'd0 && post != 16'd0) assert (!posted_q && post == i_q[`HDR_POST] && n_q == i_q[`NLD_NS]);
      if (over_q && i_q[`HDR_POST] != 16'd0) assert (posted_q);
`endif
    end
  end
endmodule
`default_nettype wire
