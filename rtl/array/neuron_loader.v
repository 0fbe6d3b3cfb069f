// Neuron loader: neuron buffer banks -> column buses -> neuron local stores (NCFG, NLD).
// Column l = (tn*Ti + ti)*Tj + tj of every segment reads bank l; all columns use one address; a coordinate in the padding
// (or beyond the last row or column) puts zero on that column's bus. Order of words: ns { row group { column group } }.
// Latency: bank read, then one register; a word is in its store 3 cycles after its issue. One word a cycle and column.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module neuron_loader #(
    // Array dimension, 4, 8, 16 or 32.
    parameter D = 16,
    // Word width in bits, 8 or 16.
    parameter W = 8,
    // Largest number of segments of a row, a power of two, 1..D.
    parameter SEGS = 4
) (
    input  wire           clk_i,
    input  wire           rst_i,
    // Instruction queue and semaphores
    input  wire           valid_i,
    input  wire [255:0]   instr_i,
    output wire           pop_o,
    input  wire [15:0]    sem_ready_i,
    output wire [15:0]    take_o,
    output wire [15:0]    post_o,
    output wire           idle_o,
    // Neuron buffer read port: one-hot buffer, a mask over the banks
    output wire [1:0]     re_o,
    output wire [D-1:0]   mask_o,
    output wire [15:0]    raddr_o,
    input  wire [2*D*W-1:0] rdata_i,
    // Column buses and store writes
    output reg  [D*W-1:0] bus_o,
    output wire [D-1:0]   ns_we_o,         // a column
    output reg  [9:0]     ns_addr_o
);
  localparam [31:0] DIM_L = D;
  localparam [5:0]  DIM   = DIM_L[5:0];
  localparam [1:0] IDLE = 2'd0, CFG = 2'd1, RUN = 2'd2;
  reg [1:0] state_q;
  wire [15:0] wait_mask = instr_i[`HDR_WAIT];
  wire        start     = valid_i && state_q == IDLE && (wait_mask & ~sem_ready_i) == 16'd0;
  assign pop_o  = start;
  assign take_o = start ? wait_mask : 16'd0;

  // ---- configuration: walk over the columns ----
  reg [5:0]  ti_q, tj_q, tn_q;
  reg [7:0]  pad_y_q, pad_x_q;
  reg [11:0] h_q, w_q;
  reg [15:0] bplane_q, bpitch_q;
  reg [9:0]  plane_q, pitch_q;
  reg [5:0]  idx_q, ci_q, cj_q, cn_q;
  reg [2:0]  seg_log2_q;
  reg [D-1:0] active_q;                    // columns in use
  reg [5:0]  col_i [0:D-1];
  reg [5:0]  col_j [0:D-1];
  wire cfg_last = idx_q == DIM - 6'd1;
  wire last_cj  = cj_q == tj_q - 6'd1;
  wire last_ci  = ci_q == ti_q - 6'd1;
  wire [5:0] in_seg  = SEGS == 1 ? 6'd63 : ~(6'd63 << seg_log2_q); // bits of a column's place in its segment
  wire       seg_end = (~idx_q & in_seg) == 6'd0;
  always @(posedge clk_i) begin
    if (state_q == IDLE) begin
      idx_q <= 6'd0;
      ci_q  <= 6'd0;
      cj_q  <= 6'd0;
      cn_q  <= 6'd0;
    end else if (state_q == CFG) begin
      idx_q <= idx_q + 6'd1;
      if (seg_end) begin
        {ci_q, cj_q, cn_q} <= 18'd0;
      end else begin
        cj_q <= last_cj ? 6'd0 : cj_q + 6'd1;
        if (last_cj) ci_q <= last_ci ? 6'd0 : ci_q + 6'd1;
        if (last_cj && last_ci) cn_q <= cn_q + 6'd1;
      end
      col_i[idx_q[$clog2(D)-1:0]]    <= ci_q;
      col_j[idx_q[$clog2(D)-1:0]]    <= cj_q;
      active_q[idx_q[$clog2(D)-1:0]] <= cn_q < tn_q;
    end
    if (start && instr_i[`HDR_OPCODE] == `OP_NCFG) begin
      ti_q     <= instr_i[`NCFG_TI];
      tj_q     <= instr_i[`NCFG_TJ];
      tn_q     <= instr_i[`NCFG_TN];
      pad_y_q  <= instr_i[`NCFG_PAD_Y];
      pad_x_q  <= instr_i[`NCFG_PAD_X];
      h_q      <= instr_i[`NCFG_H];
      w_q      <= instr_i[`NCFG_W];
      bplane_q <= instr_i[`NCFG_BPLANE];
      bpitch_q <= instr_i[`NCFG_BPITCH];
      plane_q  <= instr_i[`NCFG_PLANE];
      pitch_q  <= instr_i[`NCFG_PITCH];
      seg_log2_q <= instr_i[`NCFG_SEG_LOG2];
    end
  end

  // ---- loops: bank addresses bn (map), by (row group), b; store addresses sn, sy, s; coordinates y, x ----
  reg [15:0] bn_q, by_q, b_q, post_q;
  reg [9:0]  sn_q, sy_q, s_q;
  reg [9:0]  nleft_q, yc_q, yleft_q, xc_q, xleft_q;
  reg [11:0] y0_q, y_q, x0_q, x_q;
  reg        src_q;
  wire issue  = state_q == RUN;
  wire last_x = xleft_q == 10'd1;
  wire last_y = yleft_q == 10'd1;
  wire last   = issue && last_x && last_y && nleft_q == 10'd1;

  always @(posedge clk_i) begin
    if (rst_i) state_q <= IDLE;
    else case (state_q)
      IDLE: if (start) state_q <= instr_i[`HDR_OPCODE] == `OP_NCFG ? CFG : RUN;
      CFG: if (cfg_last) state_q <= IDLE;
      RUN: if (last) state_q <= IDLE;
      default: state_q <= IDLE;
    endcase

    if (start) post_q <= instr_i[`HDR_POST];
    if (start && instr_i[`HDR_OPCODE] == `OP_NLD) begin
      src_q   <= instr_i[`NLD_SRC];
      bn_q    <= instr_i[`NLD_NB_ADDR];
      by_q    <= instr_i[`NLD_NB_ADDR];
      b_q     <= instr_i[`NLD_NB_ADDR];
      sn_q    <= instr_i[`NLD_NS_ADDR];
      sy_q    <= instr_i[`NLD_NS_ADDR];
      s_q     <= instr_i[`NLD_NS_ADDR];
      nleft_q <= instr_i[`NLD_NS];
      yc_q    <= instr_i[`NLD_YC];
      yleft_q <= instr_i[`NLD_YC];
      xc_q    <= instr_i[`NLD_XC];
      xleft_q <= instr_i[`NLD_XC];
      y0_q    <= instr_i[`NLD_Y0];
      y_q     <= instr_i[`NLD_Y0];
      x0_q    <= instr_i[`NLD_X0];
      x_q     <= instr_i[`NLD_X0];
    end else if (issue) begin
      if (!last_x) begin
        xleft_q <= xleft_q - 10'd1;
        x_q     <= x_q + {6'd0, tj_q};
        b_q     <= b_q + 16'd1;
        s_q     <= s_q + 10'd1;
      end else begin
        xleft_q <= xc_q;
        x_q     <= x0_q;
        if (!last_y) begin
          yleft_q <= yleft_q - 10'd1;
          y_q     <= y_q + {6'd0, ti_q};
          by_q    <= by_q + bpitch_q;
          b_q     <= by_q + bpitch_q;
          sy_q    <= sy_q + pitch_q;
          s_q     <= sy_q + pitch_q;
        end else begin
          yleft_q <= yc_q;
          y_q     <= y0_q;
          nleft_q <= nleft_q - 10'd1;
          bn_q    <= bn_q + bplane_q;
          by_q    <= bn_q + bplane_q;
          b_q     <= bn_q + bplane_q;
          sn_q    <= sn_q + plane_q;
          sy_q    <= sn_q + plane_q;
          s_q     <= sn_q + plane_q;
        end
      end
    end
  end
  assign re_o    = issue ? (src_q ? 2'b10 : 2'b01) : 2'b00;
  assign mask_o  = active_q & in_segment;  // the first segment's columns stand for the banks
  assign raddr_o = b_q;

  wire unused = &{1'b0, instr_i};

  // ---- stage 1: bank data and the columns' padding tests; stage 2: column buses ----
  reg         v1_q, v2_q, src1_q;
  reg  [9:0]  s1_q;
  reg  [15:0] post1_q, post2_q;
  reg  [D-1:0] inside1_q;
  wire [11:0] y_end = h_q + {4'd0, pad_y_q};
  wire [11:0] x_end = w_q + {4'd0, pad_x_q};
  always @(posedge clk_i) begin
    if (rst_i) begin
      v1_q    <= 1'b0;
      v2_q    <= 1'b0;
      post1_q <= 16'd0;
      post2_q <= 16'd0;
    end else begin
      v1_q    <= issue;
      v2_q    <= v1_q;
      post1_q <= last ? post_q : state_q == CFG && cfg_last ? post_q : 16'd0;
      post2_q <= post1_q;
    end
    s1_q      <= s_q;
    src1_q    <= src_q;
    ns_addr_o <= s1_q;
  end
  assign post_o  = post2_q;
  assign ns_we_o = active_q & {D{v2_q}};
  assign idle_o  = state_q == IDLE && !v1_q && !v2_q && post1_q == 16'd0 && post2_q == 16'd0;

  // The word of the bank that feeds each column: one of log2(SEGS) + 1.
  localparam LOGD = $clog2(D), LOGS = $clog2(SEGS);
  wire [D-1:0]   in_segment;
  wire [D*W-1:0] banks = src1_q ? rdata_i[D*W +: D*W] : rdata_i[0 +: D*W];
  reg  [D*W-1:0] word;
  integer k, l;
  always @* begin
    word = banks;
    for (k = 0; k < D; k = k + 1)
      for (l = LOGD - LOGS; l < LOGD; l = l + 1)
        if (seg_log2_q == l[2:0]) word[k*W +: W] = banks[(k % (1 << l))*W +: W];
  end

  genvar c;
  generate
    for (c = 0; c < D; c = c + 1) begin : g_col
      localparam [5:0] PLACE = c;
      assign in_segment[c] = (PLACE & ~in_seg) == 6'd0;
      wire [11:0] y = y_q + {6'd0, col_i[c]};
      wire [11:0] x = x_q + {6'd0, col_j[c]};
      always @(posedge clk_i) begin
        if (issue) inside1_q[c] <= y >= {4'd0, pad_y_q} && y < y_end && x >= {4'd0, pad_x_q} && x < x_end;
        if (v1_q) bus_o[c*W +: W] <= !inside1_q[c] ? {W{1'b0}} : word[c*W +: W];
      end
    end
  endgenerate
endmodule
`default_nettype wire
