// Layer registers of the array (XCFG0..2), two banks of them, and the walk that gives every row and column its offsets.
// Row k is output (tm, tr, tc), k = (tm*Tr + tr)*Tc + tc; column l of a segment is synapse (tn, ti, tj),
// l = (tn*Ti + ti)*Tj + tj; all segments of a row are alike.
// Latency: the walk takes D cycles after walk_i. SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module exec_config #(
    // Array dimension, 4, 8, 16 or 32.
    parameter D = 16,
    // Largest number of segments of a row, a power of two, 1..D.
    parameter SEGS = 4
) (
    input  wire         clk_i,
    input  wire         rst_i,
    // Instruction strobes
    input  wire         load0_i, load1_i, load2_i,
    input  wire         bank_i,            // bank that is loaded
    input  wire         walk_bank_i,       // bank that is walked
    input  wire [255:0] instr_i,
    input  wire         walk_i,
    output wire         walk_last_o,
    // The registers, as loaded, {bank 1, bank 0}
    output reg  [2*192-1:0] cfg0_o, cfg1_o, cfg2_o,
    // Row configuration bus
    output reg  [D-1:0] row_we_o,
    output wire         row_active_o,
    output wire [5:0]   row_tm_o, row_tr_o, row_tc_o,
    output wire [9:0]   row_ya_o, row_yp_o,
    output wire [7:0]   row_xa_o,
    output wire [5:0]   row_xp_o,
    output wire [15:0]  row_oa_o,
    output wire [5:0]   row_omp_o, row_oyp_o, row_oxp_o,
    // Columns, {bank 1, bank 0}
    output reg  [2*D*10-1:0] col_i_o,
    output reg  [2*D*6-1:0]  col_j_o,
    output reg  [2*D*6-1:0]  col_n_o
);
  always @(posedge clk_i) begin
    if (load0_i) cfg0_o[bank_i*192 +: 192] <= instr_i[255:64];
    if (load1_i) cfg1_o[bank_i*192 +: 192] <= instr_i[255:64];
    if (load2_i) cfg2_o[bank_i*192 +: 192] <= instr_i[255:64];
  end
  wire [255:64] c0 = cfg0_o[walk_bank_i*192 +: 192], c1 = cfg1_o[walk_bank_i*192 +: 192], c2 = cfg2_o[walk_bank_i*192 +: 192];

  // ---- the walk's position ----
  localparam [31:0] DIM_L = D;
  localparam [5:0]  DIM   = DIM_L[5:0];
  reg         run_q;
  reg  [5:0]  idx_q;
  reg  [5:0]  tm_q, tr_q, tc_q;
  reg  [9:0]  ya_q, yp_q;
  reg  [7:0]  xa_q;
  reg  [5:0]  xp_q, omp_q, oyp_q, oxp_q;
  reg  [15:0] oma_q, oya_q, oxa_q;
  reg  [9:0]  ci_q;
  reg  [5:0]  cj_q, cn_q;

  assign walk_last_o  = run_q && idx_q == DIM - 6'd1;
  assign row_active_o = tm_q < c0[`XCFG0_TM];
  assign row_tm_o = tm_q;
  assign row_tr_o = tr_q;
  assign row_tc_o = tc_q;
  assign row_ya_o = ya_q;
  assign row_yp_o = yp_q;
  assign row_xa_o = xa_q;
  assign row_xp_o = xp_q;
  assign row_oa_o = oma_q + oya_q + oxa_q;
  assign row_omp_o = omp_q;
  assign row_oyp_o = oyp_q;
  assign row_oxp_o = oxp_q;

  wire [9:0]  ya, yp;
  wire [7:0]  xa;
  wire [5:0]  xp, omp, oyp, oxp;
  wire [15:0] oma, oya, oxa;
  phase_add #(.AW(10), .PW(10)) u_y (
      .a_a_i(ya_q), .p_a_i(yp_q), .a_b_i(c1[`XCFG1_YW_A]), .p_b_i(c1[`XCFG1_YW_P]),
      .modulus_i(c0[`XCFG0_TIKX]), .unit_i(c0[`XCFG0_PITCH]), .a_o(ya), .p_o(yp));
  phase_add #(.AW(8), .PW(6)) u_x (
      .a_a_i(xa_q), .p_a_i(xp_q), .a_b_i(c1[`XCFG1_XW_A]), .p_b_i(c1[`XCFG1_XW_P]),
      .modulus_i(c0[`XCFG0_TJ]), .unit_i(8'd1), .a_o(xa), .p_o(xp));
  phase_add #(.AW(16), .PW(6)) u_ox (
      .a_a_i(oxa_q), .p_a_i(oxp_q), .a_b_i(16'd0), .p_b_i(6'd1),
      .modulus_i(c1[`XCFG1_OTJ]), .unit_i(16'd1), .a_o(oxa), .p_o(oxp));
  phase_add #(.AW(16), .PW(6)) u_oy (
      .a_a_i(oya_q), .p_a_i(oyp_q), .a_b_i(16'd0), .p_b_i(c1[`XCFG1_OTJ]),
      .modulus_i(c1[`XCFG1_OTITJ]), .unit_i(c2[`XCFG2_OPITCH]), .a_o(oya), .p_o(oyp));
  phase_add #(.AW(16), .PW(6)) u_om (
      .a_a_i(oma_q), .p_a_i(omp_q), .a_b_i(16'd0), .p_b_i(c1[`XCFG1_OTITJ]),
      .modulus_i(c1[`XCFG1_OTOT]), .unit_i(c2[`XCFG2_OPLANE]), .a_o(oma), .p_o(omp));

  // Place of a column in the column registers: its number, behind those of bank 0 for bank 1.
  wire [6:0] place = {1'b0, idx_q} + (walk_bank_i ? {1'b0, DIM} : 7'd0);
  wire last_tc = tc_q == c0[`XCFG0_TC] - 6'd1;
  wire last_tr = tr_q == c0[`XCFG0_TR] - 6'd1;
  wire last_cj = cj_q == c0[`XCFG0_TJ] - 6'd1;
  wire last_ci = ci_q == c0[`XCFG0_TIKX] - {1'b0, c0[`XCFG0_KX]};
  // Last column of a segment: its low seg_log2 bits are ones.
  wire seg_end = SEGS > 1 && (~idx_q & ~(6'd63 << c0[`XCFG0_SEG_LOG2])) == 6'd0;
  always @(posedge clk_i) begin
    if (rst_i) run_q <= 1'b0;
    else if (walk_i) run_q <= 1'b1;
    else if (walk_last_o) run_q <= 1'b0;

    if (walk_i) begin
      idx_q <= 6'd0;
      {tm_q, tr_q, tc_q, xp_q, omp_q, oyp_q, oxp_q, cj_q, cn_q} <= 54'd0;
      {ya_q, yp_q, ci_q} <= 30'd0;
      xa_q <= 8'd0;
      {oma_q, oya_q, oxa_q} <= 48'd0;
    end else if (run_q) begin
      idx_q <= idx_q + 6'd1;
      if (!last_tc) begin
        tc_q  <= tc_q + 6'd1;
        xa_q  <= xa;
        xp_q  <= xp;
        oxa_q <= oxa;
        oxp_q <= oxp;
      end else begin
        tc_q  <= 6'd0;
        xa_q  <= 8'd0;
        xp_q  <= 6'd0;
        oxa_q <= 16'd0;
        oxp_q <= 6'd0;
        if (!last_tr) begin
          tr_q  <= tr_q + 6'd1;
          ya_q  <= ya;
          yp_q  <= yp;
          oya_q <= oya;
          oyp_q <= oyp;
        end else begin
          tr_q  <= 6'd0;
          ya_q  <= 10'd0;
          yp_q  <= 10'd0;
          oya_q <= 16'd0;
          oyp_q <= 6'd0;
          tm_q  <= tm_q + 6'd1;
          oma_q <= oma;
          omp_q <= omp;
        end
      end
      if (seg_end) begin
        {cj_q, cn_q} <= 12'd0;
        ci_q <= 10'd0;
      end else begin
        cj_q <= last_cj ? 6'd0 : cj_q + 6'd1;
        if (last_cj) ci_q <= last_ci ? 10'd0 : ci_q + {1'b0, c0[`XCFG0_KX]};
        if (last_cj && last_ci) cn_q <= cn_q + 6'd1;
      end
      col_i_o[place*10 +: 10] <= ci_q;
      col_j_o[place*6 +: 6]   <= cj_q;
      // A column outside Tn*Ti*Tj never finds its input map.
      col_n_o[place*6 +: 6]   <= cn_q < c0[`XCFG0_TN] ? cn_q : 6'd63;
    end
  end
  always @* row_we_o = run_q ? {{D-1{1'b0}}, 1'b1} << idx_q : {D{1'b0}};

  wire unused = &{1'b0, c0, c1, c2, instr_i[63:0]};
endmodule
`default_nettype wire
