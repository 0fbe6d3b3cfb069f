// One row of the array: D PEs, their reduction by segments, and the row's output unit and result queue.
// The row owns an output neuron (tm, tr, tc) of the Tm x Tr x Tc tile, for each of Qm segments that of another map; its
// offsets are set once a layer by exec_config. In a flat layer a row beyond the last column is wrapped: it works in the
// next output row, its window and output counted from the wrapped ones of lane 0.
// Latency: step at S0 -> addresses S1 -> store data S2 -> products S3 -> sums S4 -> row_post S5..S8 -> result queue.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module row #(
    // Array dimension, 4, 8, 16 or 32.
    parameter D = 16,
    // Word width in bits, 8 or 16.
    parameter W = 8,
    // Accumulator bits: 32 at W = 8, 48 at W = 16.
    parameter ACC_W = 32,
    // Local store, partial-sum store and parameter store words.
    parameter NS_WORDS = 256,
    parameter KS_WORDS = 256,
    parameter PS_WORDS = 64,
    parameter PAR_WORDS = 16,
    // Largest number of segments, a power of two, 1..D.
    parameter SEGS = 4,
    // 1: the multiplier core is signed (pe).
    parameter MULT_SIGNED = 0,
    // 1: zeros are skipped; 1: operands are isolated (pe).
    parameter ZERO_SKIP = 0,
    parameter ISOLATE = 0,
    // Row number, for macro identifiers.
    parameter ROW = 0
) (
    input  wire           clk_i,
    input  wire           rst_i,
    input  wire           en_i,
    input  wire [7:0]     supply_i,
    // Buses and store writes
    input  wire [D*W-1:0] col_bus_i,
    input  wire [D-1:0]   ns_we_i,
    input  wire [9:0]     ns_addr_i,
    input  wire [W-1:0]   row_bus_i,
    input  wire [D-1:0]   ks_we_i,
    input  wire [9:0]     ks_addr_i,
    input  wire           par_shift_i,
    input  wire           par_we_i,
    input  wire [5:0]     par_waddr_i,
    // Row configuration: written once a layer into one of two banks
    input  wire           cfg_we_i,
    input  wire           cfg_bank_i,
    input  wire           cfg_active_i,
    input  wire [5:0]     cfg_tm_i, cfg_tr_i, cfg_tc_i,
    input  wire [9:0]     cfg_ya_i, cfg_yp_i,
    input  wire [7:0]     cfg_xa_i,
    input  wire [5:0]     cfg_xp_i,
    input  wire [15:0]    cfg_oa_i,
    input  wire [5:0]     cfg_omp_i, cfg_oyp_i, cfg_oxp_i,
    // Layer of the step in each stage
    input  wire           s0_bank_i, s8_bank_i,
    input  wire [9:0]     s0_tikx_i, s1_tikx_i,
    input  wire [5:0]     s0_tj_i, s1_tj_i,
    input  wire [9:0]     s1_kk_i,
    input  wire [8:0]     s1_kx_i,
    input  wire [9:0]     s0_pitch_i, s1_pitch_i,
    input  wire [3:0]     s2_core_i,
    input  wire           s2_in_signed_i, s5_relu_i, s6_avg_i, s8_out_signed_i,
    input  wire [2:0]     s1_level_i, s3_level_i, // log2 of the number of segments
    input  wire [5:0]     s8_otj_i, s8_otitj_i, s8_otot_i,
    input  wire [15:0]    s8_opitch_i, s8_oplane_i,
    // Columns, for the layer in S1
    input  wire [D*10-1:0] col_i_i,
    input  wire [D*6-1:0]  col_j_i,
    input  wire [D-1:0]    s1_col_ok_i,
    // S0: position
    input  wire           s0_valid_i,
    input  wire [9:0]     s0_naddr_i,
    input  wire [9:0]     s0_ya_i, s0_yp_i, s0_wrap_ya_i, s0_wrap_yp_i,
    input  wire [7:0]     s0_xa_i, s0_wrap_xa_i,
    input  wire [5:0]     s0_xp_i, s0_wrap_xp_i,
    input  wire [SEGS*6-1:0] s0_limit_i,   // maps left for each of SEGS equal parts of the row (map_limit)
    input  wire [9:0]     s0_r_i, rt_i, s0_c_i, ct_i,
    input  wire           s0_flat_i, s0_next_row_i,
    // S1: step
    input  wire [9:0]     s1_kaddr_i, s1_i0_i, s1_j0_i,
    // S4..S8: control of row_post
    input  wire           s4_valid_i, s4_first_i,
    input  wire           s4_head_i, s4_psum_re_i, s4_par_re_i,
    input  wire [7:0]     s4_psum_addr_i,
    input  wire [5:0]     s4_par_addr_i,
    input  wire           s5_head_i, s5_more_i, s5_psum_in_i, s5_last_i, s5_psum_we_i,
    input  wire [7:0]     s5_psum_addr_i,
    input  wire           s6_last_i, s6_wfirst_i, s6_wlast_i,
    input  wire [4:0]     s6_seg_i,
    input  wire           s7_wlast_i,
    // S8: output base
    input  wire           s8_out_i,
    input  wire [15:0]    s8_oa_i, s8_wrap_oa_i,
    input  wire [5:0]     s8_omp_i, s8_oyp_i, s8_oxp_i, s8_wrap_oyp_i, s8_wrap_oxp_i,
    // Results that wait for write-back: the oldest one (result_pipe has the queue's places)
    input  wire [SEGS-1:0] load_i,
    input  wire           shift_i,
    output wire           pend_o,
    output wire [5:0]     bank_o,
    output wire [15:0]    addr_o,
    output wire [W-1:0]   data_o,
    input  wire           done_i,
    // Lanes that multiply in this step
    output reg  [6:0]     lanes_o
);
  localparam PW = 2 * W + 1;
  localparam SW = PW + $clog2(D);
  localparam LOGS = $clog2(SEGS);

  // ---- configuration ----
  localparam C0W = 1 + 3*6 + 2*10 + 8 + 6, C8W = 16 + 3*6;
  wire [C0W-1:0] cfg0 = {cfg_active_i, cfg_tm_i, cfg_tr_i, cfg_tc_i, cfg_ya_i, cfg_yp_i, cfg_xa_i, cfg_xp_i};
  wire [C8W-1:0] cfg8 = {cfg_oa_i, cfg_omp_i, cfg_oyp_i, cfg_oxp_i};
  reg  [C0W-1:0] cfg0_0_q, cfg0_1_q;      // what S0 uses: bank 0, bank 1
  reg  [C8W-1:0] cfg8_0_q, cfg8_1_q;      // what S8 uses
  always @(posedge clk_i) begin
    if (cfg_we_i && !cfg_bank_i) {cfg0_0_q, cfg8_0_q} <= {cfg0, cfg8};
    if (cfg_we_i && cfg_bank_i) {cfg0_1_q, cfg8_1_q} <= {cfg0, cfg8};
  end
  wire        act;
  wire [5:0]  tm, tr, tc, xp0, omp, oyp, oxp;
  wire [9:0]  ya0, yp0;
  wire [7:0]  xa0;
  wire [15:0] oa;
  assign {act, tm, tr, tc, ya0, yp0, xa0, xp0} = s0_bank_i ? cfg0_1_q : cfg0_0_q;
  assign {oa, omp, oyp, oxp} = s8_bank_i ? cfg8_1_q : cfg8_0_q;

  // ---- S0 -> S1: this row's window ----
  wire in_row = {1'b0, s0_c_i} + {5'd0, tc} < {1'b0, ct_i};
  wire wrap   = s0_flat_i && !in_row;
  wire exists = act && s0_valid_i && (wrap ? s0_next_row_i : in_row && s0_r_i + {4'd0, tr} < rt_i);
  wire [9:0] ya, yp;
  wire [7:0] xa;
  wire [5:0] xp;
  phase_add #(.AW(10), .PW(10)) u_y (
      .a_a_i(wrap ? s0_wrap_ya_i : s0_ya_i), .p_a_i(wrap ? s0_wrap_yp_i : s0_yp_i), .a_b_i(ya0), .p_b_i(yp0), .modulus_i(s0_tikx_i), .unit_i(s0_pitch_i),
      .a_o(ya), .p_o(yp));
  phase_add #(.AW(8), .PW(6)) u_x (
      .a_a_i(wrap ? s0_wrap_xa_i : s0_xa_i), .p_a_i(wrap ? s0_wrap_xp_i : s0_xp_i), .a_b_i(xa0), .p_b_i(xp0), .modulus_i(s0_tj_i), .unit_i(8'd1),
      .a_o(xa), .p_o(xp));
  reg  [SEGS-1:0] s1_ok_q;                // of each part: it works on an output in this step
  reg  [9:0] s1_addr_q, s1_yp_q;
  reg  [5:0] s1_xp_q;
  genvar q;
  generate
    for (q = 0; q < SEGS; q = q + 1) begin : g_ok
      always @(posedge clk_i) if (en_i) s1_ok_q[q] <= exists && tm < s0_limit_i[q*6 +: 6];
    end
  endgenerate
  always @(posedge clk_i) begin
    if (en_i) begin
      s1_addr_q <= s0_naddr_i + ya + {2'd0, xa};
      s1_yp_q   <= yp;
      s1_xp_q   <= xp;
    end
  end

  // ---- PEs ----
  wire [D*PW-1:0] product;
  wire [D-1:0]    active;
  genvar c;
  generate
    for (c = 0; c < D; c = c + 1) begin : g_pe
      pe #(.W(W), .NS_WORDS(NS_WORDS), .KS_WORDS(KS_WORDS), .MULT_SIGNED(MULT_SIGNED), .ZERO_SKIP(ZERO_SKIP), .ISOLATE(ISOLATE),
           .NS_MACRO(32'h0100_0000 + ROW*256 + c), .KS_MACRO(32'h0200_0000 + ROW*256 + c)) u_pe (
          .clk_i(clk_i), .en_i(en_i), .supply_i(supply_i),
          .ns_we_i(ns_we_i[c]), .ns_addr_i(ns_addr_i), .ns_data_i(col_bus_i[c*W +: W]),
          .ks_we_i(ks_we_i[c]), .ks_addr_i(ks_addr_i), .ks_data_i(row_bus_i),
          .tikx_i(s1_tikx_i), .tj_i(s1_tj_i), .kk_i(s1_kk_i), .kx_i(s1_kx_i), .pitch_i(s1_pitch_i),
          .signed_i(s2_in_signed_i), .core_i(s2_core_i),
          .col_i_i(col_i_i[c*10 +: 10]), .col_j_i(col_j_i[c*6 +: 6]), .col_ok_i(s1_col_ok_i[c]),
          .row_ok_i(s1_ok_q[c/(D/SEGS)]), .row_addr_i(s1_addr_q), .yp_i(s1_yp_q), .xp_i(s1_xp_q),
          .kaddr_i(s1_kaddr_i), .i0_i(s1_i0_i), .j0_i(s1_j0_i),
          .active_o(active[c]), .product_o(product[c*PW +: PW]));
    end
  endgenerate

  integer n;
  always @* begin
    lanes_o = 7'd0;
    for (n = 0; n < D; n = n + 1) lanes_o = lanes_o + {6'd0, active[n]};
  end

  // ---- reduction (S4): a sum a segment, and whether the row has an output there ----
  wire [SEGS*SW-1:0] sum;
  reg  [SEGS*SW-1:0] sum_q;
  reg  [SEGS-1:0]    ok1, ok2_q, ok3_q, ok4_q;
  reg  [4:1]         wrap_q;
  reduce #(.D(D), .PW(PW), .SW(SW), .SEGS(SEGS)) u_reduce (.product_i(product), .level_i(s3_level_i), .sum_o(sum));
  integer g, l;
  always @* begin
    ok1 = s1_ok_q;                         // segment g begins with part g * SEGS / 2^level
    for (g = 0; g < SEGS; g = g + 1)
      for (l = 0; l < LOGS; l = l + 1)
        if (s1_level_i == l[2:0]) ok1[g] = g < (1 << l) && s1_ok_q[(g << (LOGS - l)) % SEGS];
  end
  always @(posedge clk_i) begin
    if (en_i) begin
      sum_q  <= sum;
      {ok4_q, ok3_q, ok2_q} <= {ok3_q, ok2_q, ok1};
      wrap_q <= {wrap_q[3:1], wrap};
    end
  end

  // ---- results: one segment a slot, segment 0 in the cycle of the last step in S4, the others behind it ----
  reg  [8:5] ok_q, swrap_q;
  wire       ok4, swrap4;                  // of the slot in S4
  generate
    if (SEGS == 1) begin : g_whole
      assign {ok4, swrap4} = {ok4_q, wrap_q[4]};
    end else begin : g_segments
      reg [SEGS-1:1] rest_q;
      reg            rest_wrap_q;
      assign {ok4, swrap4} = s4_head_i ? {ok4_q[0], wrap_q[4]} : {rest_q[1], rest_wrap_q};
      always @(posedge clk_i) begin
        if (en_i) rest_q <= s4_head_i ? ok4_q[SEGS-1:1] : rest_q >> 1;
        if (en_i && s4_head_i) rest_wrap_q <= wrap_q[4];
      end
    end
  endgenerate
  always @(posedge clk_i) begin
    if (en_i) begin
      ok_q    <= {ok_q[7:5], ok4};
      swrap_q <= {swrap_q[7:5], swrap4};
    end
  end

  // ---- accumulation to requantisation (S5..S8) ----
  wire [W-1:0] result;
  row_post #(.W(W), .ACC_W(ACC_W), .SW(SW), .PS_WORDS(PS_WORDS), .PAR_WORDS(PAR_WORDS), .SEGS(SEGS),
             .PS_MACRO(32'h0300_0000 + ROW), .PAR_MACRO(32'h0400_0000 + ROW)) u_post (
      .clk_i(clk_i), .en_i(en_i), .supply_i(supply_i),
      .bus_i(row_bus_i), .par_shift_i(par_shift_i), .par_we_i(par_we_i), .par_waddr_i(par_waddr_i),
      .relu_i(s5_relu_i), .avg_i(s6_avg_i), .out_signed_i(s8_out_signed_i),
      .s4_valid_i(ok4_q & {SEGS{s4_valid_i}}), .s4_first_i(s4_first_i), .sum_i(sum_q),
      .s4_psum_re_i(s4_psum_re_i && ok4), .s4_psum_addr_i(s4_psum_addr_i),
      .s4_par_re_i(s4_par_re_i && ok4), .s4_par_addr_i(s4_par_addr_i),
      .s5_head_i(s5_head_i), .s5_more_i(s5_more_i), .s5_psum_in_i(s5_psum_in_i), .s5_last_i(s5_last_i && ok_q[5]),
      .s5_psum_we_i(s5_psum_we_i && ok_q[5]), .s5_psum_addr_i(s5_psum_addr_i),
      .s6_last_i(s6_last_i && ok_q[6]), .s6_wfirst_i(s6_wfirst_i), .s6_wlast_i(s6_wlast_i), .s6_seg_i(s6_seg_i),
      .s7_wlast_i(s7_wlast_i && ok_q[7]), .q_o(result));

  // ---- results that wait for write-back, and where the next layer reads them ----
  wire [15:0] am, ay, ax;
  wire [5:0]  pm, py, px;
  phase_add #(.AW(16), .PW(6)) u_om (
      .a_a_i(swrap_q[8] ? s8_wrap_oa_i : s8_oa_i), .p_a_i(s8_omp_i), .a_b_i(oa), .p_b_i(omp), .modulus_i(s8_otot_i), .unit_i(s8_oplane_i),
      .a_o(am), .p_o(pm));
  phase_add #(.AW(16), .PW(6)) u_oy (
      .a_a_i(am), .p_a_i(swrap_q[8] ? s8_wrap_oyp_i : s8_oyp_i), .a_b_i(16'd0), .p_b_i(oyp), .modulus_i(s8_otitj_i), .unit_i(s8_opitch_i),
      .a_o(ay), .p_o(py));
  phase_add #(.AW(16), .PW(6)) u_ox (
      .a_a_i(ay), .p_a_i(swrap_q[8] ? s8_wrap_oxp_i : s8_oxp_i), .a_b_i(16'd0), .p_b_i(oxp), .modulus_i(s8_otj_i), .unit_i(16'd1),
      .a_o(ax), .p_o(px));
  wire       ok8 = s8_out_i && ok_q[8];
  wire [5:0] bank = pm + py + px;
  reg  [SEGS-1:0] pend_q;
  genvar e;
  generate
    for (e = 0; e < SEGS; e = e + 1) begin : g_pend
      wire later;
      if (e == SEGS - 1) begin : g_end
        assign later = 1'b0;
      end else begin : g_next
        assign later = pend_q[e+1];
      end
      always @(posedge clk_i) begin
        if (rst_i) pend_q[e] <= 1'b0;
        else if (load_i[e]) pend_q[e] <= ok8;
        else if (shift_i) pend_q[e] <= later;
        else if (e == 0 && done_i) pend_q[e] <= 1'b0;
      end
    end
  endgenerate
  entry_queue #(.WIDTH(22 + W), .DEPTH(SEGS)) u_queue (
      .clk_i(clk_i), .load_i(load_i & {SEGS{ok8}}), .shift_i(shift_i), .data_i({bank, ax, result}),
      .head_o({bank_o, addr_o, data_o}));
  assign pend_o = pend_q[0];

  wire unused = &{1'b0, s1_level_i, s3_level_i, s4_head_i};
endmodule
`default_nettype wire
