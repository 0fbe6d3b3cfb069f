// The array's sequencer: takes XCFG0..2 and XTILE, issues one step a cycle, and carries each step's control down the pipe.
// Loops of a tile: ms { rs { cs { pr { pc { ns { i step { j step }}}}}}}; (pr, pc) walk the P x P pooling window. A map step
// covers Tm*Qm maps, in a flat layer a column step that passes the last column goes on in the next row.
// Latency: 1 cycle from the start of a tile to its first step; exec_position says where a step stands, S1..S4 follow the row,
// S4..S8 are result_pipe. A tile starts in the cycle of the last step of the one before, and the next layer is set up in the
// other of two configuration banks while this one runs: an XCFG0 waits only until nothing of the layer before this one is
// left in the pipe.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module exec_sequencer #(
    // Largest number of segments of a row, a power of two, 1..32. 1: Qm is 1.
    parameter SEGS = 4
) (
    input  wire         clk_i,
    input  wire         rst_i,
    input  wire         en_i,              // 0: the pipe is held by write-back (hold_o)
    // Instruction queue and semaphores
    input  wire         valid_i,
    input  wire [255:0] instr_i,
    output wire         pop_o,
    input  wire [15:0]  sem_ready_i,
    output wire [15:0]  take_o,
    output wire [15:0]  post_o,
    output wire         idle_o,
    // Configuration
    output wire         load0_o, load1_o, load2_o,
    output wire         walk_o,
    input  wire         walk_last_i,
    input  wire [191:0] cfg0_i, cfg1_i, cfg2_i, // of the bank that S0 uses
    output wire         cfg_bank_o,         // bank that XCFG0..2 write
    output wire         walk_bank_o,        // bank that the walk reads and writes
    output wire [8:0]   bank_o,             // bit s: bank of the step in stage Ss, from S4 on of the result
    // S0: position; that of the wrapped lanes, which go on in the next output row
    output wire         s0_valid_o,
    output wire [9:0]   s0_naddr_o,
    output wire [9:0]   s0_ya_o, s0_yp_o, s0_wrap_ya_o, s0_wrap_yp_o,
    output wire [7:0]   s0_xa_o, s0_wrap_xa_o,
    output wire [5:0]   s0_xp_o, s0_wrap_xp_o,
    output wire [11:0]  s0_m_o, mt_o,
    output wire [9:0]   s0_r_o, rt_o, s0_c_o, ct_o,
    output wire         s0_flat_o,          // lanes beyond column ct - 1 are wrapped, else idle
    output wire         s0_next_row_o,      // the tile has an output row r + 1
    output wire [11:0]  s0_n_o, nt_o,
    // S1: step
    output reg  [9:0]   s1_kaddr_o, s1_i0_o, s1_j0_o,
    output wire         s1_valid_o,
    // S4: accumulation; S4..S8: results (result_pipe)
    output wire         s4_valid_o, s4_first_o,
    output wire         s4_head_o, s4_psum_re_o, s4_par_re_o,
    output wire [7:0]   s4_psum_addr_o,
    output wire [5:0]   s4_par_addr_o,
    output wire         s5_head_o, s5_more_o, s5_psum_in_o, s5_last_o, s5_psum_we_o,
    output wire [7:0]   s5_psum_addr_o,
    output wire         s6_last_o, s6_wfirst_o, s6_wlast_o,
    output wire [4:0]   s6_seg_o,
    output wire         s7_wlast_o,
    output wire         s8_out_o,
    output wire [15:0]  s8_oa_o, s8_wrap_oa_o,
    output wire [5:0]   s8_omp_o, s8_oyp_o, s8_oxp_o, s8_wrap_oyp_o, s8_wrap_oxp_o,
    // Layer of the result in S4 and in S7
    input  wire [5:0]   s4_qm_i,
    input  wire [15:0]  s4_om_a_i,
    input  wire [5:0]   s4_om_p_i, s4_otot_i,
    input  wire [15:0]  s4_oplane_i,
    input  wire [5:0]   s7_otj_i, s7_otitj_i,
    input  wire [15:0]  s7_opitch_i, s7_on_a_i,
    input  wire [5:0]   s7_on_p_i,
    // Results that wait for write-back (result_pipe)
    output wire [SEGS-1:0] load_o,
    output wire         shift_o,
    input  wire         wb_done_i,
    output wire         hold_o,
    output wire         slot_wait_o,        // a step waits in S0 for results of the sum before it
    // Stall causes in this cycle {configuration, other, neurons, kernels}
    output wire [3:0]   stall_o
);
  wire [255:64] c0 = cfg0_i;
  wire [3:0]   op = instr_i[`HDR_OPCODE];
  wire         is_tile = op == `OP_XTILE;

  reg  [191:0] tile_q;                    // the tile in S0
  reg  [31:0]  posts_q;
  wire [255:64] t = tile_q;
  wire         psi = t[`XTILE_PSUM_IN], pso = t[`XTILE_PSUM_OUT];
  wire         step, end_n;               // a step is issued; it completes a sum

  // ---- states: steps, and beside them the setting up of a bank ----
  localparam IDLE = 1'b0, RUN = 1'b1;
  reg         state_q, walking_q;
  reg         cur_q, cfg_q;               // bank of S0's tile; bank set up last, used from the next tile on
  wire        empty;                      // nothing in S1..S8, everything written back
  wire        other_used;                 // a step or result in S1..S8 uses the bank that S0 does not
  wire [15:0] wait_mask = instr_i[`HDR_WAIT];
  wire        sems      = (wait_mask & ~sem_ready_i) == 16'd0;
  wire        last_step;
  wire        go        = en_i && !slot_wait_o;
  wire        s0_free   = state_q == IDLE || (last_step && go);
  wire        cfg_free  = op != `OP_XCFG0 || !other_used;
  wire        start     = valid_i && sems && !walking_q && (is_tile ? s0_free : cfg_free);
  wire        begins    = start && is_tile;
  assign pop_o   = start;
  assign take_o  = start ? wait_mask : 16'd0;
  assign load0_o = start && op == `OP_XCFG0;
  assign load1_o = start && op == `OP_XCFG1;
  assign load2_o = start && op == `OP_XCFG2;
  assign cfg_bank_o  = op == `OP_XCFG0 ? !cur_q : cfg_q;
  assign walk_bank_o = cfg_q;
  // The walk starts one cycle after the last configuration word is loaded.
  reg walk_q;
  assign walk_o = walk_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q   <= IDLE;
      walking_q <= 1'b0;
      walk_q    <= 1'b0;
      cur_q     <= 1'b0;
      cfg_q     <= 1'b0;
    end else begin
      walk_q <= load2_o;
      if (begins) state_q <= RUN;
      else if (state_q == RUN && last_step && go) state_q <= IDLE;
      if (load2_o) walking_q <= 1'b1;
      else if (walk_last_i) walking_q <= 1'b0;
      if (load0_o) cfg_q <= !cur_q;
      if (begins) cur_q <= cfg_q;
    end
  end
  wire wait_c    = state_q == IDLE && (walking_q || (valid_i && !is_tile));
  wire wait_tile = state_q == IDLE && valid_i && is_tile && !start && !walking_q;
  wire wait_k    = wait_tile && wait_mask[2] && !sem_ready_i[2];
  wire wait_n    = wait_tile && wait_mask[4] && !sem_ready_i[4] && !wait_k;
  wire wait_o    = state_q == IDLE && !walking_q && (!valid_i || (wait_tile && !wait_k && !wait_n));
  assign stall_o = {wait_c, wait_o, wait_n, wait_k};

  // ---- tile registers ----
  always @(posedge clk_i) begin
    if (begins) begin
      tile_q  <= instr_i[255:64];
      posts_q <= {instr_i[`HDR_POST2], instr_i[`HDR_POST]};
    end
  end
  wire [255:0] i = instr_i;

  // ---- counters, innermost first ----
  reg [7:0]  j_q, i_q;                    // synapse steps
  reg [9:0]  n_q;
  reg [3:0]  pc_q, pr_q;
  reg [9:0]  cs_q, rs_q;
  reg [7:0]  ms_q;
  assign step = state_q == RUN && go;
  wire last_j = j_q == c0[`XCFG0_JSTEPS] - 8'd1;
  wire last_i = i_q == c0[`XCFG0_ISTEPS] - 8'd1;
  wire last_n = n_q == t[`XTILE_NS] - 10'd1;
  wire last_pc = pc_q == c0[`XCFG0_POOL] - 4'd1;
  wire last_pr = pr_q == c0[`XCFG0_POOL] - 4'd1;
  wire last_cs = cs_q == t[`XTILE_CS] - 10'd1;
  wire last_rs = rs_q == t[`XTILE_RS] - 10'd1;
  wire last_ms = ms_q == t[`XTILE_MS] - 8'd1;
  wire end_i  = last_j && last_i;
  assign end_n = end_i && last_n;
  wire end_pc = end_n && last_pc;
  wire end_pr = end_pc && last_pr;        // the window is complete
  wire end_cs = end_pr && last_cs;
  wire end_rs = end_cs && last_rs;
  assign last_step = end_rs && last_ms;
  always @(posedge clk_i) begin
    if (begins) begin
      {j_q, i_q, ms_q}  <= 24'd0;
      {n_q, cs_q, rs_q} <= 30'd0;
      {pc_q, pr_q}      <= 8'd0;
    end else if (step) begin
      j_q <= last_j ? 8'd0 : j_q + 8'd1;
      if (last_j) i_q <= last_i ? 8'd0 : i_q + 8'd1;
      if (end_i) n_q <= last_n ? 10'd0 : n_q + 10'd1;
      if (end_n) pc_q <= last_pc ? 4'd0 : pc_q + 4'd1;
      if (end_pc) pr_q <= last_pr ? 4'd0 : pr_q + 4'd1;
      if (end_pr) cs_q <= last_cs ? 10'd0 : cs_q + 10'd1;
      if (end_cs) rs_q <= last_rs ? 10'd0 : rs_q + 10'd1;
      if (end_rs) ms_q <= ms_q + 8'd1;
    end
  end

  // ---- the Qm results of a sum leave the rows one a cycle: the next sum is not completed before the last of them ----
  wire [11:0] tm_step;                    // Tm*Qm
  generate
    if (SEGS == 1) begin : g_whole
      assign slot_wait_o = 1'b0;
      assign tm_step     = {6'd0, c0[`XCFG0_TM]};
    end else begin : g_segments
      reg [5:0] slots_q;                  // results of the sum before that follow this cycle
      always @(posedge clk_i) begin
        if (rst_i) slots_q <= 6'd0;
        else if (step && end_n) slots_q <= c0[`XCFG0_QM] - 6'd1;
        else if (en_i && slots_q != 6'd0) slots_q <= slots_q - 6'd1;
      end
      assign slot_wait_o = state_q == RUN && end_n && slots_q != 6'd0;
      assign tm_step     = {6'd0, c0[`XCFG0_TM]} * {6'd0, c0[`XCFG0_QM]};
    end
  endgenerate

  // ---- synapse addresses: kernel k = map + i0 + j0, neuron n = plane + row group + column group ----
  reg [9:0]  km_q, kn_q, i0_q, j0_q;      // kernel: base of (ms), of (ms, ns); i0 scaled by Kx
  reg [9:0]  nn_q, ny_q;
  reg [11:0] n0_q;
  wire [9:0] kk = c0[`XCFG0_KK];
  always @(posedge clk_i) begin
    if (begins) begin
      km_q <= i[`XTILE_KS_ADDR];
      kn_q <= i[`XTILE_KS_ADDR];
      nn_q <= i[`XTILE_NS_ADDR];
      ny_q <= 10'd0;
      i0_q <= 10'd0;
      j0_q <= 10'd0;
      n0_q <= 12'd0;
    end else if (step) begin
      j0_q <= last_j ? 10'd0 : j0_q + {4'd0, c0[`XCFG0_TJ]};
      if (last_j) begin
        i0_q <= last_i ? 10'd0 : i0_q + c0[`XCFG0_TIKX];
        ny_q <= last_i ? 10'd0 : ny_q + c0[`XCFG0_PITCH];
      end
      if (end_i) begin
        n0_q <= last_n ? 12'd0 : n0_q + {6'd0, c0[`XCFG0_TN]};
        nn_q <= last_n ? t[`XTILE_NS_ADDR] : nn_q + c0[`XCFG0_PLANE];
        kn_q <= last_n ? (end_rs ? kn_q + kk : km_q) : kn_q + kk;
      end
      if (end_rs) km_q <= kn_q + kk;
    end
  end
  assign s0_naddr_o = nn_q + ny_q + {2'd0, j_q};

  // ---- position ----
  wire [33:0] out0;
  exec_position u_position (
      .clk_i(clk_i), .begin_i(begins), .move_i(step && end_n), .last_pc_i(last_pc), .last_pr_i(last_pr),
      .last_cs_i(last_cs), .last_rs_i(last_rs), .instr_i(instr_i), .tile_i(tile_q), .cfg0_i(cfg0_i), .cfg1_i(cfg1_i),
      .cfg2_i(cfg2_i), .tm_step_i(tm_step), .ya_o(s0_ya_o), .yp_o(s0_yp_o), .wrap_ya_o(s0_wrap_ya_o),
      .wrap_yp_o(s0_wrap_yp_o), .xa_o(s0_xa_o), .wrap_xa_o(s0_wrap_xa_o), .xp_o(s0_xp_o), .wrap_xp_o(s0_wrap_xp_o),
      .m_o(s0_m_o), .r_o(s0_r_o), .c_o(s0_c_o), .next_row_o(s0_next_row_o), .out_o(out0));
  assign s0_valid_o = state_q == RUN && !slot_wait_o;
  assign s0_flat_o = c0[`XCFG0_FLAT];
  assign s0_n_o  = n0_q;
  assign mt_o    = t[`XTILE_MT];
  assign rt_o    = t[`XTILE_RT];
  assign ct_o    = t[`XTILE_CT];
  assign nt_o    = t[`XTILE_NT];
  always @(posedge clk_i) begin
    if (en_i) begin
      s1_kaddr_o <= kn_q + i0_q + j0_q;
      s1_i0_o    <= i0_q;
      s1_j0_o    <= j0_q;
    end
  end

  // ---- control of a step, S1..S4 ----
  wire [5:0] qm = SEGS == 1 ? 6'd1 : c0[`XCFG0_QM];
  reg  [7:0] ps_q;                                     // partial-sum entries and parameters: one a segment
  reg  [5:0] par_q;
  always @(posedge clk_i) begin
    if (begins) begin
      ps_q  <= i[`XTILE_PSUM_ADDR];
      par_q <= i[`XTILE_PAR_ADDR];
    end else if (step) begin
      if (end_n) ps_q <= ps_q + {2'd0, qm};
      if (end_rs) par_q <= par_q + qm;
    end
  end
  wire first  = j_q == 8'd0 && i_q == 8'd0 && n_q == 10'd0;
  wire wfirst = pc_q == 4'd0 && pr_q == 4'd0;
  wire wlast  = last_pc && last_pr;
  // {tile end, window first, window last, psum in, psum out, psum entry, parameter entry, output base, posts}
  localparam TW = 5 + 8 + 6 + 34 + 32;
  wire [TW-1:0] tag0 = {last_step, wfirst, wlast, psi, pso, ps_q, par_q, out0, posts_q};
  reg  [4:1]    v_q, first_q, last_q, bank_q;          // a step; it begins, it completes a sum; its bank
  reg  [TW-1:0] tag_q [1:4];
  integer s;
  always @(posedge clk_i) begin
    if (rst_i) v_q <= 4'd0;
    else if (en_i) v_q <= {v_q[3:1], s0_valid_o};
    if (en_i) begin
      first_q  <= {first_q[3:1], first};
      last_q   <= {last_q[3:1], end_n};
      bank_q   <= {bank_q[3:1], cur_q};
      tag_q[1] <= tag0;
      for (s = 2; s <= 4; s = s + 1) tag_q[s] <= tag_q[s-1];
    end
  end
  assign s1_valid_o = v_q[1] && en_i;
  assign s4_valid_o = v_q[4];
  assign s4_first_o = first_q[4];

  // ---- results, S4..S8 ----
  wire [4:0]  flags;
  wire [7:0]  psum4;
  wire [5:0]  par4;
  wire [33:0] out4;
  wire [31:0] post4;
  wire [1:0]  used;
  wire [15:0] post_result;
  wire        results_done;
  wire [8:4]  result_bank;
  assign {flags, psum4, par4, out4, post4} = tag_q[4];
  result_pipe #(.SEGS(SEGS)) u_results (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .sum_i(v_q[4] && last_q[4]), .sum_bank_i(bank_q[4]), .sum_end_i(flags[4]), .sum_wfirst_i(flags[3]),
      .sum_wlast_i(flags[2]), .sum_psi_i(flags[1]), .sum_pso_i(flags[0]), .sum_psum_addr_i(psum4),
      .sum_par_addr_i(par4), .sum_out_i(out4), .sum_post_i(post4),
      .s4_qm_i(s4_qm_i), .s4_om_a_i(s4_om_a_i), .s4_om_p_i(s4_om_p_i), .s4_otot_i(s4_otot_i), .s4_oplane_i(s4_oplane_i),
      .s7_otj_i(s7_otj_i), .s7_otitj_i(s7_otitj_i), .s7_opitch_i(s7_opitch_i), .s7_on_a_i(s7_on_a_i),
      .s7_on_p_i(s7_on_p_i), .bank_o(result_bank), .used_o(used),
      .s4_head_o(s4_head_o), .s4_psum_re_o(s4_psum_re_o), .s4_par_re_o(s4_par_re_o),
      .s4_psum_addr_o(s4_psum_addr_o), .s4_par_addr_o(s4_par_addr_o), .s5_head_o(s5_head_o), .s5_more_o(s5_more_o),
      .s5_psum_in_o(s5_psum_in_o), .s5_last_o(s5_last_o), .s5_psum_we_o(s5_psum_we_o), .s5_psum_addr_o(s5_psum_addr_o),
      .s6_last_o(s6_last_o), .s6_wfirst_o(s6_wfirst_o), .s6_wlast_o(s6_wlast_o), .s6_seg_o(s6_seg_o),
      .s7_wlast_o(s7_wlast_o), .s8_out_o(s8_out_o), .s8_oa_o(s8_oa_o), .s8_omp_o(s8_omp_o), .s8_oyp_o(s8_oyp_o),
      .s8_oxp_o(s8_oxp_o), .s8_wrap_oa_o(s8_wrap_oa_o), .s8_wrap_oyp_o(s8_wrap_oyp_o), .s8_wrap_oxp_o(s8_wrap_oxp_o),
      .load_o(load_o), .shift_o(shift_o), .wb_done_i(wb_done_i), .hold_o(hold_o), .post_o(post_result), .empty_o(results_done));
  assign bank_o     = {result_bank, bank_q[3:1], cur_q};
  assign other_used = (v_q & (bank_q ^ {4{cur_q}})) != 4'd0 || used[!cur_q];
  assign post_o     = post_result | (start && !is_tile ? i[`HDR_POST] : 16'd0);
  assign empty      = v_q == 4'd0 && results_done;
  assign idle_o     = state_q == IDLE && !walking_q && empty;

  wire unused = &{1'b0, c0, t, i};
endmodule
`default_nettype wire
