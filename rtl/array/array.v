// The D x D array with its sequencer, layer registers, rows and write-back.
// Latency: a step reaches the products in 3 cycles and the queue of results in 9; see exec_sequencer and row.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module array #(
    // Array dimension, 4, 8, 16 or 32.
    parameter D = 16,
    // Word width in bits, 8 or 16.
    parameter W = 8,
    // Accumulator bits: 32 at W = 8, 48 at W = 16.
    parameter ACC_W = 32,
    // Local store, partial-sum store and parameter store words (see row).
    parameter NS_WORDS = 256,
    parameter KS_WORDS = 256,
    parameter PS_WORDS = 64,
    parameter PAR_WORDS = 16,
    // Largest number of segments of a row, a power of two, 1..D.
    parameter SEGS = 4,
    // 1: the multiplier core is signed (pe).
    parameter MULT_SIGNED = 0,
    // 1: zeros are skipped; 1: operands are isolated (pe).
    parameter ZERO_SKIP = 0,
    parameter ISOLATE = 0
) (
    input  wire            clk_i,
    input  wire            rst_i,
    input  wire [7:0]      supply_i,
    // Instruction queue and semaphores
    input  wire            valid_i,
    input  wire [255:0]    instr_i,
    output wire            pop_o,
    input  wire [15:0]     sem_ready_i,
    output wire [15:0]     take_o,
    output wire [15:0]     post_o,
    output wire            idle_o,
    // Column buses (neurons) and row buses (kernels, parameters)
    input  wire [D*W-1:0]  col_bus_i,
    input  wire [D-1:0]    ns_we_i,
    input  wire [9:0]      ns_addr_i,
    input  wire [D*W-1:0]  row_bus_i,
    input  wire [D-1:0]    ks_we_i,
    input  wire [9:0]      ks_addr_i,
    input  wire            par_shift_i,
    input  wire            par_we_i,
    input  wire [5:0]      par_addr_i,
    // Neuron buffer write port (results)
    output wire [1:0]      nb_we_o,        // buffer
    output wire [D-1:0]    nb_mask_o,      // banks
    output wire [D*16-1:0] nb_addr_o,
    output wire [D*W-1:0]  nb_data_o,
    output wire [7:0]      layer_o,        // layer of those results
    // Counter events
    output reg  [12:0]     macs_o,         // multiplications of one cycle
    output wire            busy_o,
    output wire            wb_stall_o,
    output wire [3:0]      stall_o,
    output wire [6:0]      psum_rd_o,      // partial sums read / written in this cycle
    output wire [6:0]      psum_wr_o
);
  wire en, hold, wb_done;
  assign en         = !hold;
  assign wb_stall_o = hold || slot_wait;

  // ---- sequencer and configuration ----
  wire         load0, load1, load2, walk, walk_last;
  wire [255:64] c0_0, c0_1, c1_0, c1_1, c2_0, c2_1; // layer registers XCFG0..2, banks 0 and 1
  wire         cfg_bank, walk_bank;
  wire [8:0]   bank;                       // of the step in each stage
  wire         s0_valid, s1_valid;
  wire [9:0]   s0_naddr, s0_ya, s0_yp, s0_wya, s0_wyp, s0_r, rt, s0_c, ct, s1_kaddr, s1_i0, s1_j0;
  wire [7:0]   s0_xa, s0_wxa, s4_psum_addr, s5_psum_addr;
  wire [5:0]   s0_xp, s0_wxp, s4_par_addr, s8_omp, s8_oyp, s8_oxp, s8_woyp, s8_woxp;
  wire [11:0]  s0_m, mt, s0_n, nt;
  wire [15:0]  s8_oa, s8_woa;
  wire [4:0]   s6_seg;
  wire s0_flat, s0_next_row, s4_valid, s4_first, s4_head, s4_psum_re, s4_par_re, s5_head, s5_more, s5_psum_in,
       s5_last, s5_psum_we, s6_last, s6_wfirst, s6_wlast, s7_wlast, s8_out, slot_wait;
  wire [SEGS-1:0] load;                    // queue of results: the entry that is written; it moves on
  wire         shift;
  // Of the layer in S0 all registers, of those in the later stages what these need.
  wire [255:64] c0_s0 = bank[0] ? c0_1 : c0_0, c1_s0 = bank[0] ? c1_1 : c1_0, c2_s0 = bank[0] ? c2_1 : c2_0;
  wire [2:0]   s1_seg_log2     = bank[1] ? c0_1[`XCFG0_SEG_LOG2] : c0_0[`XCFG0_SEG_LOG2];
  wire [9:0]   s1_tikx         = bank[1] ? c0_1[`XCFG0_TIKX] : c0_0[`XCFG0_TIKX];
  wire [5:0]   s1_tj           = bank[1] ? c0_1[`XCFG0_TJ] : c0_0[`XCFG0_TJ];
  wire [9:0]   s1_kk           = bank[1] ? c0_1[`XCFG0_KK] : c0_0[`XCFG0_KK];
  wire [8:0]   s1_kx           = bank[1] ? c0_1[`XCFG0_KX] : c0_0[`XCFG0_KX];
  wire [9:0]   s1_pitch        = bank[1] ? c0_1[`XCFG0_PITCH] : c0_0[`XCFG0_PITCH];
  wire [3:0]   s2_core         = bank[2] ? c0_1[`XCFG0_CORE] : c0_0[`XCFG0_CORE];
  wire         s2_in_signed    = bank[2] ? c0_1[`XCFG0_IN_SIGNED] : c0_0[`XCFG0_IN_SIGNED];
  wire [2:0]   s3_seg_log2     = bank[3] ? c0_1[`XCFG0_SEG_LOG2] : c0_0[`XCFG0_SEG_LOG2];
  wire [5:0]   s4_qm           = bank[4] ? c0_1[`XCFG0_QM] : c0_0[`XCFG0_QM];
  wire [15:0]  s4_om_a         = bank[4] ? c2_1[`XCFG2_OM_A] : c2_0[`XCFG2_OM_A];
  wire [5:0]   s4_om_p         = bank[4] ? c2_1[`XCFG2_OM_P] : c2_0[`XCFG2_OM_P];
  wire [5:0]   s4_otot         = bank[4] ? c1_1[`XCFG1_OTOT] : c1_0[`XCFG1_OTOT];
  wire [15:0]  s4_oplane       = bank[4] ? c2_1[`XCFG2_OPLANE] : c2_0[`XCFG2_OPLANE];
  wire [5:0]   s4_tm           = bank[4] ? c0_1[`XCFG0_TM] : c0_0[`XCFG0_TM];
  wire [5:0]   s4_tr           = bank[4] ? c0_1[`XCFG0_TR] : c0_0[`XCFG0_TR];
  wire [5:0]   s4_tc           = bank[4] ? c0_1[`XCFG0_TC] : c0_0[`XCFG0_TC];
  wire         s5_relu         = bank[5] ? c0_1[`XCFG0_RELU] : c0_0[`XCFG0_RELU];
  wire [5:0]   s5_tm           = bank[5] ? c0_1[`XCFG0_TM] : c0_0[`XCFG0_TM];
  wire [5:0]   s5_tr           = bank[5] ? c0_1[`XCFG0_TR] : c0_0[`XCFG0_TR];
  wire [5:0]   s5_tc           = bank[5] ? c0_1[`XCFG0_TC] : c0_0[`XCFG0_TC];
  wire         s6_pool_avg     = bank[6] ? c0_1[`XCFG0_POOL_AVG] : c0_0[`XCFG0_POOL_AVG];
  wire [5:0]   s7_otj          = bank[7] ? c1_1[`XCFG1_OTJ] : c1_0[`XCFG1_OTJ];
  wire [5:0]   s7_otitj        = bank[7] ? c1_1[`XCFG1_OTITJ] : c1_0[`XCFG1_OTITJ];
  wire [15:0]  s7_opitch       = bank[7] ? c2_1[`XCFG2_OPITCH] : c2_0[`XCFG2_OPITCH];
  wire [15:0]  s7_on_a         = bank[7] ? c2_1[`XCFG2_ON_A] : c2_0[`XCFG2_ON_A];
  wire [5:0]   s7_on_p         = bank[7] ? c2_1[`XCFG2_ON_P] : c2_0[`XCFG2_ON_P];
  wire         s8_out_signed   = bank[8] ? c0_1[`XCFG0_OUT_SIGNED] : c0_0[`XCFG0_OUT_SIGNED];
  wire [5:0]   s8_otj          = bank[8] ? c1_1[`XCFG1_OTJ] : c1_0[`XCFG1_OTJ];
  wire [5:0]   s8_otitj        = bank[8] ? c1_1[`XCFG1_OTITJ] : c1_0[`XCFG1_OTITJ];
  wire [5:0]   s8_otot         = bank[8] ? c1_1[`XCFG1_OTOT] : c1_0[`XCFG1_OTOT];
  wire [15:0]  s8_opitch       = bank[8] ? c2_1[`XCFG2_OPITCH] : c2_0[`XCFG2_OPITCH];
  wire [15:0]  s8_oplane       = bank[8] ? c2_1[`XCFG2_OPLANE] : c2_0[`XCFG2_OPLANE];
  wire         s8_dst          = bank[8] ? c2_1[`XCFG2_DST] : c2_0[`XCFG2_DST];
  wire [7:0]   s8_layer        = bank[8] ? c0_1[`XCFG0_LAYER] : c0_0[`XCFG0_LAYER];
  exec_sequencer #(.SEGS(SEGS)) u_sequencer (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en),
      .valid_i(valid_i), .instr_i(instr_i), .pop_o(pop_o), .sem_ready_i(sem_ready_i), .take_o(take_o),
      .post_o(post_o), .idle_o(idle_o),
      .load0_o(load0), .load1_o(load1), .load2_o(load2), .walk_o(walk), .walk_last_i(walk_last),
      .cfg0_i(c0_s0), .cfg1_i(c1_s0), .cfg2_i(c2_s0), .cfg_bank_o(cfg_bank), .walk_bank_o(walk_bank), .bank_o(bank),
      .s0_valid_o(s0_valid), .s0_naddr_o(s0_naddr), .s0_ya_o(s0_ya), .s0_yp_o(s0_yp), .s0_xa_o(s0_xa),
      .s0_xp_o(s0_xp), .s0_wrap_ya_o(s0_wya), .s0_wrap_yp_o(s0_wyp), .s0_wrap_xa_o(s0_wxa), .s0_wrap_xp_o(s0_wxp),
      .s0_m_o(s0_m), .mt_o(mt), .s0_r_o(s0_r), .rt_o(rt), .s0_c_o(s0_c), .ct_o(ct),
      .s0_flat_o(s0_flat), .s0_next_row_o(s0_next_row),
      .s0_n_o(s0_n), .nt_o(nt), .s1_kaddr_o(s1_kaddr), .s1_i0_o(s1_i0), .s1_j0_o(s1_j0), .s1_valid_o(s1_valid),
      .s4_valid_o(s4_valid), .s4_first_o(s4_first), .s4_head_o(s4_head),
      .s4_psum_re_o(s4_psum_re), .s4_par_re_o(s4_par_re), .s4_psum_addr_o(s4_psum_addr), .s4_par_addr_o(s4_par_addr),
      .s5_head_o(s5_head), .s5_more_o(s5_more), .s5_psum_in_o(s5_psum_in), .s5_last_o(s5_last),
      .s5_psum_we_o(s5_psum_we), .s5_psum_addr_o(s5_psum_addr), .s6_last_o(s6_last), .s6_wfirst_o(s6_wfirst),
      .s6_wlast_o(s6_wlast), .s6_seg_o(s6_seg), .s7_wlast_o(s7_wlast), .s8_out_o(s8_out), .s8_oa_o(s8_oa),
      .s8_wrap_oa_o(s8_woa), .s8_omp_o(s8_omp), .s8_oyp_o(s8_oyp), .s8_oxp_o(s8_oxp), .s8_wrap_oyp_o(s8_woyp),
      .s8_wrap_oxp_o(s8_woxp),
      .s4_qm_i(s4_qm), .s4_om_a_i(s4_om_a), .s4_om_p_i(s4_om_p),
      .s4_otot_i(s4_otot), .s4_oplane_i(s4_oplane),
      .s7_otj_i(s7_otj), .s7_otitj_i(s7_otitj), .s7_opitch_i(s7_opitch),
      .s7_on_a_i(s7_on_a), .s7_on_p_i(s7_on_p),
      .load_o(load), .shift_o(shift), .wb_done_i(wb_done), .hold_o(hold), .slot_wait_o(slot_wait), .stall_o(stall_o));

  wire [D-1:0]    row_we;
  wire            row_active;
  wire [5:0]      row_tm, row_tr, row_tc, row_xp, row_omp, row_oyp, row_oxp;
  wire [9:0]      row_ya, row_yp;
  wire [7:0]      row_xa;
  wire [15:0]     row_oa;
  wire [2*D*10-1:0] col_i;
  wire [2*D*6-1:0]  col_j, col_n;
  exec_config #(.D(D), .SEGS(SEGS)) u_config (
      .clk_i(clk_i), .rst_i(rst_i), .load0_i(load0), .load1_i(load1), .load2_i(load2), .bank_i(cfg_bank),
      .walk_bank_i(walk_bank), .instr_i(instr_i),
      .walk_i(walk), .walk_last_o(walk_last), .cfg0_o({c0_1, c0_0}), .cfg1_o({c1_1, c1_0}), .cfg2_o({c2_1, c2_0}),
      .row_we_o(row_we), .row_active_o(row_active), .row_tm_o(row_tm), .row_tr_o(row_tr), .row_tc_o(row_tc),
      .row_ya_o(row_ya), .row_yp_o(row_yp), .row_xa_o(row_xa), .row_xp_o(row_xp), .row_oa_o(row_oa),
      .row_omp_o(row_omp), .row_oyp_o(row_oyp), .row_oxp_o(row_oxp),
      .col_i_o(col_i), .col_j_o(col_j), .col_n_o(col_n));
  wire [D*6-1:0]  s0_col_n = bank[0] ? col_n[D*6 +: D*6] : col_n[0 +: D*6];
  wire [D*10-1:0] s1_col_i = bank[1] ? col_i[D*10 +: D*10] : col_i[0 +: D*10];
  wire [D*6-1:0]  s1_col_j = bank[1] ? col_j[D*6 +: D*6] : col_j[0 +: D*6];

  // ---- segments: their number, and the maps left for each ----
  localparam [31:0] LOGD_L = $clog2(D);
  wire [2:0] s0_level = LOGD_L[2:0] - c0_s0[`XCFG0_SEG_LOG2], s1_level = LOGD_L[2:0] - s1_seg_log2,
             s3_level = LOGD_L[2:0] - s3_seg_log2;
  wire [SEGS*6-1:0] s0_limit;
  map_limit #(.SEGS(SEGS)) u_map_limit (
      .m_i(s0_m), .mt_i(mt), .tm_i(c0_s0[`XCFG0_TM]), .qm_i(c0_s0[`XCFG0_QM]), .level_i(s0_level), .limit_o(s0_limit));

  // ---- columns: does the column's input map exist in this step? ----
  reg  [D-1:0] s1_col_ok_q;
  genvar c;
  generate
    for (c = 0; c < D; c = c + 1) begin : g_col
      wire [5:0] cn = s0_col_n[c*6 +: 6];
      always @(posedge clk_i) if (en) s1_col_ok_q[c] <= cn != 6'd63 && s0_n + {6'd0, cn} < nt;
    end
  endgenerate

  // ---- rows ----
  wire [D-1:0]    pend, grant;
  wire [D*6-1:0]  to_bank;
  wire [D*16-1:0] addr;
  wire [D*W-1:0]  data;
  wire [D*7-1:0]  lanes;
  genvar k;
  generate
    for (k = 0; k < D; k = k + 1) begin : g_row
      row #(.D(D), .W(W), .ACC_W(ACC_W), .NS_WORDS(NS_WORDS), .KS_WORDS(KS_WORDS), .PS_WORDS(PS_WORDS),
            .PAR_WORDS(PAR_WORDS), .SEGS(SEGS), .MULT_SIGNED(MULT_SIGNED), .ZERO_SKIP(ZERO_SKIP), .ISOLATE(ISOLATE), .ROW(k)) u_row (
          .clk_i(clk_i), .rst_i(rst_i), .en_i(en), .supply_i(supply_i),
          .col_bus_i(col_bus_i), .ns_we_i(ns_we_i), .ns_addr_i(ns_addr_i), .row_bus_i(row_bus_i[k*W +: W]),
          .ks_we_i(ks_we_i), .ks_addr_i(ks_addr_i), .par_shift_i(par_shift_i), .par_we_i(par_we_i),
          .par_waddr_i(par_addr_i),
          .cfg_we_i(row_we[k]), .cfg_bank_i(walk_bank), .cfg_active_i(row_active), .cfg_tm_i(row_tm), .cfg_tr_i(row_tr), .cfg_tc_i(row_tc),
          .cfg_ya_i(row_ya), .cfg_yp_i(row_yp), .cfg_xa_i(row_xa), .cfg_xp_i(row_xp), .cfg_oa_i(row_oa),
          .cfg_omp_i(row_omp), .cfg_oyp_i(row_oyp), .cfg_oxp_i(row_oxp),
          .s0_bank_i(bank[0]), .s8_bank_i(bank[8]),
          .s0_tikx_i(c0_s0[`XCFG0_TIKX]), .s1_tikx_i(s1_tikx), .s0_tj_i(c0_s0[`XCFG0_TJ]),
          .s1_tj_i(s1_tj), .s1_kk_i(s1_kk), .s1_kx_i(s1_kx),
          .s0_pitch_i(c0_s0[`XCFG0_PITCH]), .s1_pitch_i(s1_pitch),
          .s2_core_i(s2_core),
          .s2_in_signed_i(s2_in_signed), .s5_relu_i(s5_relu), .s6_avg_i(s6_pool_avg),
          .s1_level_i(s1_level), .s3_level_i(s3_level), .s8_out_signed_i(s8_out_signed), .s8_otj_i(s8_otj), .s8_otitj_i(s8_otitj),
          .s8_otot_i(s8_otot), .s8_opitch_i(s8_opitch), .s8_oplane_i(s8_oplane),
          .col_i_i(s1_col_i), .col_j_i(s1_col_j), .s1_col_ok_i(s1_col_ok_q),
          .s0_valid_i(s0_valid), .s0_naddr_i(s0_naddr), .s0_ya_i(s0_ya), .s0_yp_i(s0_yp), .s0_xa_i(s0_xa),
          .s0_xp_i(s0_xp), .s0_wrap_ya_i(s0_wya), .s0_wrap_yp_i(s0_wyp), .s0_wrap_xa_i(s0_wxa), .s0_wrap_xp_i(s0_wxp),
          .s0_limit_i(s0_limit), .s0_r_i(s0_r), .rt_i(rt), .s0_c_i(s0_c), .ct_i(ct), .s0_flat_i(s0_flat),
          .s0_next_row_i(s0_next_row), .s1_kaddr_i(s1_kaddr), .s1_i0_i(s1_i0), .s1_j0_i(s1_j0),
          .s4_valid_i(s4_valid), .s4_first_i(s4_first), .s4_head_i(s4_head), .s4_psum_re_i(s4_psum_re),
          .s4_par_re_i(s4_par_re), .s4_psum_addr_i(s4_psum_addr), .s4_par_addr_i(s4_par_addr), .s5_head_i(s5_head),
          .s5_more_i(s5_more), .s5_psum_in_i(s5_psum_in), .s5_last_i(s5_last), .s5_psum_we_i(s5_psum_we),
          .s5_psum_addr_i(s5_psum_addr), .s6_last_i(s6_last), .s6_wfirst_i(s6_wfirst), .s6_wlast_i(s6_wlast),
          .s6_seg_i(s6_seg), .s7_wlast_i(s7_wlast), .s8_out_i(s8_out), .s8_oa_i(s8_oa), .s8_wrap_oa_i(s8_woa),
          .s8_omp_i(s8_omp), .s8_oyp_i(s8_oyp), .s8_oxp_i(s8_oxp), .s8_wrap_oyp_i(s8_woyp), .s8_wrap_oxp_i(s8_woxp),
          .load_i(load), .shift_i(shift),
          .pend_o(pend[k]), .bank_o(to_bank[k*6 +: 6]), .addr_o(addr[k*16 +: 16]), .data_o(data[k*W +: W]),
          .done_i(grant[k]), .lanes_o(lanes[k*7 +: 7]));
    end
  endgenerate

  // ---- write-back ----
  writeback #(.D(D), .W(W)) u_writeback (
      .pend_i(pend), .bank_i(to_bank), .addr_i(addr), .data_i(data), .grant_o(grant), .done_o(wb_done),
      .we_o(nb_mask_o), .waddr_o(nb_addr_o), .wdata_o(nb_data_o));
  wire dst;                                // neuron buffer of the results that are written
  entry_queue #(.WIDTH(9), .DEPTH(SEGS)) u_targets (
      .clk_i(clk_i), .load_i(load), .shift_i(shift), .data_i({s8_dst, s8_layer}),
      .head_o({dst, layer_o}));
  assign nb_we_o = |pend ? (dst ? 2'b10 : 2'b01) : 2'b00;

  // ---- counter events ----
  integer r;
  reg [12:0] total;
  always @* begin
    total = 13'd0;
    for (r = 0; r < D; r = r + 1) total = total + {6'd0, lanes[r*7 +: 7]};
  end
  always @(posedge clk_i) macs_o <= s1_valid ? total : 13'd0;
  assign busy_o = s0_valid && en;
  // Every row of the tile reads or writes its own store; the event counts rows in use (Tm*Tr*Tc).
  wire [17:0] rows4 = s4_tm * s4_tr * s4_tc;
  wire [17:0] rows5 = s5_tm * s5_tr * s5_tc;
  assign psum_rd_o = s4_psum_re && en ? rows4[6:0] : 7'd0;
  assign psum_wr_o = s5_psum_we && en ? rows5[6:0] : 7'd0;

  wire unused = &{1'b0, bank, rows4, rows5, c0_0, c0_1, c1_0, c1_1, c2_0, c2_1, c0_s0};
endmodule
`default_nettype wire
