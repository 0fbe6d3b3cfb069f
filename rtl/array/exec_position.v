// Where a step of the array stands: the window of lane 0 in the input, its first output map, row and column, and where
// that output goes, all as (address, phase) pairs to which the layer's steps are added. In a flat layer a column step that
// passes the last column goes on in the next output row; wrapped lanes count from a pair one pooled row down and C columns
// back.
// Latency: begin_i and move_i take effect in the next cycle. SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module exec_position (
    input  wire         clk_i,
    // A tile (instr_i) begins; a sum is complete, with the loops that end with it
    input  wire         begin_i,
    input  wire         move_i,
    input  wire         last_pc_i, last_pr_i, last_cs_i, last_rs_i,
    input  wire [255:0] instr_i,
    input  wire [191:0] tile_i,            // the tile in S0
    input  wire [191:0] cfg0_i, cfg1_i, cfg2_i,
    input  wire [11:0]  tm_step_i,         // maps of a map step, Tm*Qm
    // Input window, for lane 0 and counted for wrapped lanes
    output wire [9:0]   ya_o, yp_o, wrap_ya_o, wrap_yp_o,
    output wire [7:0]   xa_o, wrap_xa_o,
    output wire [5:0]   xp_o, wrap_xp_o,
    // Output: map, row, column in the tile; whether row r + 1 exists; {address, map, row, column phase}
    output wire [11:0]  m_o,
    output wire [9:0]   r_o, c_o,
    output wire         next_row_o,
    output wire [33:0]  out_o
);
  wire [255:64] c0 = cfg0_i, c1 = cfg1_i, c2 = cfg2_i, t = tile_i;
  wire [255:0]  i = instr_i;

  // Input phases (current, at the window's start, at the row's start), output phases.
  reg  [9:0]  ya_q, yp_q, ywa_q, ywp_q;
  reg  [7:0]  xa_q, xwa_q;
  reg  [5:0]  xp_q, xwp_q;
  reg  [15:0] oma_q, oya_q, oxa_q;        // address parts; each starts from the tile's address or zero
  reg  [5:0]  omp_q, oyp_q, oxp_q;
  reg  [11:0] m_q;
  reg  [9:0]  r_q, c_q;
  wire [9:0]  y1a, y1p, yra, yrp;
  wire [7:0]  x1a, xca, xna;
  wire [5:0]  x1p, xcp, xnp, omp, oyp, oxp, onp;
  wire [15:0] oma, oya, oxa, ona;
  phase_add #(.AW(10), .PW(10)) u_y1 (
      .a_a_i(ya_q), .p_a_i(yp_q), .a_b_i(c1[`XCFG1_YS_A]), .p_b_i(c1[`XCFG1_YS_P]),
      .modulus_i(c0[`XCFG0_TIKX]), .unit_i(c0[`XCFG0_PITCH]), .a_o(y1a), .p_o(y1p));
  phase_add #(.AW(10), .PW(10)) u_yr (
      .a_a_i(ywa_q), .p_a_i(ywp_q), .a_b_i(c1[`XCFG1_YR_A]), .p_b_i(c1[`XCFG1_YR_P]),
      .modulus_i(c0[`XCFG0_TIKX]), .unit_i(c0[`XCFG0_PITCH]), .a_o(yra), .p_o(yrp));
  phase_add #(.AW(8), .PW(6)) u_x1 (
      .a_a_i(xa_q), .p_a_i(xp_q), .a_b_i(c1[`XCFG1_XS_A]), .p_b_i(c1[`XCFG1_XS_P]),
      .modulus_i(c0[`XCFG0_TJ]), .unit_i(8'd1), .a_o(x1a), .p_o(x1p));
  phase_add #(.AW(8), .PW(6)) u_xc (
      .a_a_i(xwa_q), .p_a_i(xwp_q), .a_b_i(c1[`XCFG1_XC_A]), .p_b_i(c1[`XCFG1_XC_P]),
      .modulus_i(c0[`XCFG0_TJ]), .unit_i(8'd1), .a_o(xca), .p_o(xcp));
  phase_add #(.AW(8), .PW(6)) u_xn (                   // ... and C columns back
      .a_a_i(xca), .p_a_i(xcp), .a_b_i(c1[`XCFG1_XN_A]), .p_b_i(c1[`XCFG1_XN_P]),
      .modulus_i(c0[`XCFG0_TJ]), .unit_i(8'd1), .a_o(xna), .p_o(xnp));
  phase_add #(.AW(16), .PW(6)) u_ox (
      .a_a_i(oxa_q), .p_a_i(oxp_q), .a_b_i(c2[`XCFG2_OC_A]), .p_b_i(c2[`XCFG2_OC_P]),
      .modulus_i(c1[`XCFG1_OTJ]), .unit_i(16'd1), .a_o(oxa), .p_o(oxp));
  phase_add #(.AW(16), .PW(6)) u_on (
      .a_a_i(oxa), .p_a_i(oxp), .a_b_i(c2[`XCFG2_ON_A]), .p_b_i(c2[`XCFG2_ON_P]),
      .modulus_i(c1[`XCFG1_OTJ]), .unit_i(16'd1), .a_o(ona), .p_o(onp));
  phase_add #(.AW(16), .PW(6)) u_oy (
      .a_a_i(oya_q), .p_a_i(oyp_q), .a_b_i(c2[`XCFG2_OR_A]), .p_b_i(c2[`XCFG2_OR_P]),
      .modulus_i(c1[`XCFG1_OTITJ]), .unit_i(c2[`XCFG2_OPITCH]), .a_o(oya), .p_o(oyp));
  phase_add #(.AW(16), .PW(6)) u_om (
      .a_a_i(oma_q), .p_a_i(omp_q), .a_b_i(c2[`XCFG2_OQ_A]), .p_b_i(c2[`XCFG2_OQ_P]),
      .modulus_i(c1[`XCFG1_OTOT]), .unit_i(c2[`XCFG2_OPLANE]), .a_o(oma), .p_o(omp));

  wire        flat   = c0[`XCFG0_FLAT];
  wire [10:0] c_next = {1'b0, c_q} + {5'd0, c0[`XCFG0_TC]};
  wire [9:0]  c_rest = c_next[9:0] - t[`XTILE_CT];
  wire        passes = flat && c_next >= {1'b0, t[`XTILE_CT]}; // lane 0 goes on in the next row
  always @(posedge clk_i) begin
    if (begin_i) begin
      {ya_q, ywa_q} <= 20'd0;
      {xa_q, xwa_q} <= 16'd0;
      {yp_q, ywp_q} <= {2{i[`XTILE_YP]}};
      {xp_q, xwp_q} <= {2{i[`XTILE_XP]}};
      oma_q <= i[`XTILE_O_ADDR];
      {oya_q, oxa_q} <= 32'd0;
      omp_q <= i[`XTILE_OM_P];
      oyp_q <= i[`XTILE_OY_P];
      oxp_q <= i[`XTILE_OX_P];
      m_q   <= 12'd0;
      {r_q, c_q} <= 20'd0;
    end else if (move_i) begin
      if (!last_pc_i) begin                              // next column of the window
        xa_q <= x1a;
        xp_q <= x1p;
      end else if (!last_pr_i) begin                     // next row of the window
        xa_q <= xwa_q;
        xp_q <= xwp_q;
        ya_q <= y1a;
        yp_q <= y1p;
      end else if (!last_cs_i) begin                     // next Tc outputs
        {xa_q, xwa_q} <= {2{passes ? xna : xca}};
        {xp_q, xwp_q} <= {2{passes ? xnp : xcp}};
        {ya_q, ywa_q} <= {2{passes ? yra : ywa_q}};
        {yp_q, ywp_q} <= {2{passes ? yrp : ywp_q}};
        oxa_q <= passes ? ona : oxa;
        oxp_q <= passes ? onp : oxp;
        c_q   <= passes ? c_rest : c_next[9:0];
        if (passes) begin
          oya_q <= oya;
          oyp_q <= oyp;
          r_q   <= r_q + 10'd1;
        end
      end else begin                                   // next Tr rows, or the first ones of the next Tm*Qm maps
        {xa_q, xwa_q} <= 16'd0;
        {xp_q, xwp_q} <= {2{t[`XTILE_XP]}};
        {ya_q, ywa_q} <= last_rs_i ? 20'd0 : {2{yra}};
        {yp_q, ywp_q} <= last_rs_i ? {2{t[`XTILE_YP]}} : {2{yrp}};
        oxa_q <= 16'd0;
        oxp_q <= t[`XTILE_OX_P];
        c_q   <= 10'd0;
        oya_q <= last_rs_i ? 16'd0 : oya;
        oyp_q <= last_rs_i ? t[`XTILE_OY_P] : oyp;
        r_q   <= last_rs_i ? 10'd0 : r_q + {4'd0, c0[`XCFG0_TR]};
        if (last_rs_i) begin
          oma_q <= oma;
          omp_q <= omp;
          m_q   <= m_q + tm_step_i;
        end
      end
    end
  end
  phase_add #(.AW(10), .PW(10)) u_wrap_y (
      .a_a_i(ya_q), .p_a_i(yp_q), .a_b_i(c1[`XCFG1_YW_A]), .p_b_i(c1[`XCFG1_YW_P]),
      .modulus_i(c0[`XCFG0_TIKX]), .unit_i(c0[`XCFG0_PITCH]), .a_o(wrap_ya_o), .p_o(wrap_yp_o));
  phase_add #(.AW(8), .PW(6)) u_wrap_x (
      .a_a_i(xa_q), .p_a_i(xp_q), .a_b_i(c1[`XCFG1_XN_A]), .p_b_i(c1[`XCFG1_XN_P]),
      .modulus_i(c0[`XCFG0_TJ]), .unit_i(8'd1), .a_o(wrap_xa_o), .p_o(wrap_xp_o));
  wire [9:0] r_next = r_q + 10'd1;
  assign next_row_o = r_next < t[`XTILE_RT];
  assign {ya_o, yp_o, xa_o, xp_o} = {ya_q, yp_q, xa_q, xp_q};
  assign {m_o, r_o, c_o} = {m_q, r_q, c_q};
  assign out_o = {oma_q + oya_q + oxa_q, omp_q, oyp_q, oxp_q};

  wire unused = &{1'b0, c0, c1, c2, t, i};
endmodule
`default_nettype wire
