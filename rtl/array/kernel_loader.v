// Kernel loader: kernel buffer -> row buses -> kernel local stores and row parameter stores (KCFG, KLD).
// Row k listens to bank floor(k / rpg): a word read once is replicated to Tr*Tc rows (IPDR). Column l of segment g stores
// words of segment g and input map tn = floor(l / cpg). Order of words: ms { g { [64/W parameter words] ns { tn { kk }}}};
// the segments of a map step have the same store addresses and a parameter record each. PROTECT_REC = 1: each parameter word
// lies three times in a row, and a bit on the row bus is what two of the three say.
// Latency: bank read, then one register; a word is in its store 3 cycles after its issue. One word a cycle and row.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module kernel_loader #(
    // Array dimension, 4, 8, 16 or 32.
    parameter D = 16,
    // Word width in bits, 8 or 16.
    parameter W = 8,
    // Largest number of segments of a row, a power of two, 1..D.
    parameter SEGS = 4,
    // Parameter records: 0 one copy of each word, 1 three copies, of which the majority counts.
    parameter PROTECT_REC = 0
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
    // Kernel buffer read port
    output wire [D-1:0]   re_o,
    output wire [15:0]    raddr_o,
    input  wire [D*W-1:0] rdata_i,
    // Row buses and store writes
    output reg  [D*W-1:0] bus_o,
    output wire [D-1:0]   ks_we_o,         // a column
    output reg  [9:0]     ks_addr_o,
    output reg            par_shift_o,     // the bus carries a parameter word
    output reg            par_we_o,        // ... the last one of the record
    output reg  [5:0]     par_addr_o
);
  localparam [31:0] PAR_WORDS = 64 / W;
  localparam [3:0]  PAR_LAST  = PAR_WORDS[3:0] - 4'd1;
  localparam [31:0] DIM_L = D;
  localparam [5:0]  DIM   = DIM_L[5:0];
  localparam [1:0] IDLE = 2'd0, CFG = 2'd1, RUN = 2'd2;
  reg [1:0] state_q;
  wire [15:0] wait_mask = instr_i[`HDR_WAIT];
  wire        start     = valid_i && state_q == IDLE && (wait_mask & ~sem_ready_i) == 16'd0;
  assign pop_o  = start;
  assign take_o = start ? wait_mask : 16'd0;

  // ---- configuration: walk over the rows and columns, one of each a cycle ----
  reg [5:0] rpg_q, cpg_q, tn_q, banks_q, qm_q;
  reg [2:0] seg_log2_q;
  reg [5:0] idx_q, rin_q, rgrp_q, cin_q, cgrp_q;
  reg [5:0] row_bank [0:D-1];
  reg [5:0] col_tn   [0:D-1];
  reg [5:0] col_seg  [0:D-1];
  wire [5:0] in_seg  = SEGS == 1 ? 6'd63 : ~(6'd63 << seg_log2_q); // bits of a column's place in its segment
  wire       seg_end = (~idx_q & in_seg) == 6'd0;
  wire       cgrp_end = cin_q == cpg_q - 6'd1;
  wire cfg_last = idx_q == DIM - 6'd1;
  always @(posedge clk_i) begin
    if (state_q == IDLE) begin
      idx_q  <= 6'd0;
      rin_q  <= 6'd0;
      rgrp_q <= 6'd0;
      cin_q  <= 6'd0;
      cgrp_q <= 6'd0;
    end else if (state_q == CFG) begin
      idx_q  <= idx_q + 6'd1;
      rin_q  <= rin_q == rpg_q - 6'd1 ? 6'd0 : rin_q + 6'd1;
      rgrp_q <= rin_q == rpg_q - 6'd1 ? rgrp_q + 6'd1 : rgrp_q;
      cin_q  <= cgrp_end || seg_end ? 6'd0 : cin_q + 6'd1;
      cgrp_q <= seg_end ? 6'd0 : cgrp_end ? cgrp_q + 6'd1 : cgrp_q;
      row_bank[idx_q[$clog2(D)-1:0]] <= rgrp_q;
      col_tn[idx_q[$clog2(D)-1:0]]   <= cgrp_q;
      col_seg[idx_q[$clog2(D)-1:0]]  <= SEGS == 1 ? 6'd0 : idx_q >> seg_log2_q;
    end
    if (start && instr_i[`HDR_OPCODE] == `OP_KCFG) begin
      rpg_q   <= instr_i[`KCFG_RPG];
      cpg_q   <= instr_i[`KCFG_CPG];
      tn_q    <= instr_i[`KCFG_TN];
      banks_q <= instr_i[`KCFG_BANKS];
      qm_q    <= SEGS == 1 ? 6'd1 : instr_i[`KCFG_QM];
      seg_log2_q <= instr_i[`KCFG_SEG_LOG2];
    end
  end

  // ---- loops ----
  reg [15:0] addr_q, post_q;
  reg [9:0]  ns_q, nleft_q, kk_q, kleft_q, ks_q, kbase_q, mbase_q;
  reg [7:0]  mleft_q;
  reg [5:0]  tail_q, tnow_q, par_q, seg_q;
  reg [3:0]  pleft_q;
  reg        params_q, inpar_q;
  wire last_copy;                          // of a parameter word, or the only one
  wire last_k  = kleft_q == 10'd1;
  wire last_n  = nleft_q == 10'd1;
  wire last_tn = tnow_q == (last_n ? tail_q : tn_q) - 6'd1;
  wire last_g  = seg_q == qm_q - 6'd1;
  wire last_m  = mleft_q == 8'd1;
  wire issue   = state_q == RUN;
  wire end_map = issue && !inpar_q && last_k && last_tn && last_n;
  wire last    = end_map && last_g && last_m;

  always @(posedge clk_i) begin
    if (rst_i) state_q <= IDLE;
    else case (state_q)
      IDLE: if (start) state_q <= instr_i[`HDR_OPCODE] == `OP_KCFG ? CFG : RUN;
      CFG: if (cfg_last) state_q <= IDLE;
      RUN: if (last) state_q <= IDLE;
      default: state_q <= IDLE;
    endcase

    if (start) post_q <= instr_i[`HDR_POST];
    if (start && instr_i[`HDR_OPCODE] == `OP_KLD) begin
      addr_q   <= instr_i[`KLD_KB_ADDR];
      ks_q     <= instr_i[`KLD_KS_ADDR];
      kbase_q  <= instr_i[`KLD_KS_ADDR];
      mbase_q  <= instr_i[`KLD_KS_ADDR];
      mleft_q  <= instr_i[`KLD_MS];
      ns_q     <= instr_i[`KLD_NS];
      nleft_q  <= instr_i[`KLD_NS];
      tail_q   <= instr_i[`KLD_TAIL];
      kk_q     <= instr_i[`KLD_KK];
      kleft_q  <= instr_i[`KLD_KK];
      par_q    <= instr_i[`KLD_PAR_ADDR];
      params_q <= instr_i[`KLD_PARAMS];
      inpar_q  <= instr_i[`KLD_PARAMS];
      pleft_q  <= PAR_LAST;
      tnow_q   <= 6'd0;
      seg_q    <= 6'd0;
    end else if (issue) begin
      addr_q <= addr_q + 16'd1;
      if (inpar_q) begin
        if (last_copy) begin
          pleft_q <= pleft_q - 4'd1;
          inpar_q <= pleft_q != 4'd0;
        end
      end else begin
        kleft_q <= last_k ? kk_q : kleft_q - 10'd1;
        // The maps of one step, and the segments of one map step, go to different columns at the same addresses; the next
        // step goes behind them.
        ks_q <= !last_k ? ks_q + 10'd1 : !last_tn ? kbase_q : last_n && !last_g ? mbase_q : ks_q + 10'd1;
        if (last_k) begin
          tnow_q <= last_tn ? 6'd0 : tnow_q + 6'd1;
          if (last_tn) begin
            kbase_q <= last_n && !last_g ? mbase_q : ks_q + 10'd1;
            nleft_q <= last_n ? ns_q : nleft_q - 10'd1;
            if (last_n) begin
              seg_q <= last_g ? 6'd0 : seg_q + 6'd1;
              if (last_g) begin
                mbase_q <= ks_q + 10'd1;
                mleft_q <= mleft_q - 8'd1;
              end
              par_q   <= par_q + 6'd1;
              inpar_q <= params_q;
              pleft_q <= PAR_LAST;
            end
          end
        end
      end
    end
  end

  genvar k;
  generate
    for (k = 0; k < D; k = k + 1) begin : g_bank
      localparam [5:0] BANK = k;
      assign re_o[k] = issue && BANK < banks_q;
    end
  endgenerate
  assign raddr_o = addr_q;

  wire unused = &{1'b0, instr_i};

  // ---- stage 1: bank data; stage 2: row buses ----
  reg        v1_q, par1_q, parlast1_q, v2_q;
  wire       par_whole1;                   // what the banks give now completes a parameter word
  reg [9:0]  ks1_q;
  reg [5:0]  tn1_q, tn2_q, seg1_q, seg2_q, pa1_q;
  reg [15:0] post1_q, post2_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      v1_q        <= 1'b0;
      v2_q        <= 1'b0;
      par1_q      <= 1'b0;
      par_shift_o <= 1'b0;
      par_we_o    <= 1'b0;
      post1_q     <= 16'd0;
      post2_q     <= 16'd0;
    end else begin
      v1_q        <= issue && !inpar_q;
      par1_q      <= issue && inpar_q;
      v2_q        <= v1_q;
      par_shift_o <= par_whole1;
      par_we_o    <= par_whole1 && parlast1_q;
      post1_q     <= last ? post_q : state_q == CFG && cfg_last ? post_q : 16'd0;
      post2_q     <= post1_q;
    end
    parlast1_q <= pleft_q == 4'd0;
    ks1_q      <= ks_q;
    tn1_q      <= tnow_q;
    pa1_q      <= par_q;
    ks_addr_o  <= ks1_q;
    tn2_q      <= tn1_q;
    seg1_q     <= seg_q;
    seg2_q     <= seg1_q;
    par_addr_o <= pa1_q;
  end
  assign post_o = post2_q;
  assign idle_o = state_q == IDLE && !v1_q && !par1_q && !v2_q && !par_shift_o && post1_q == 16'd0 && post2_q == 16'd0;

  // ---- copies of a parameter word: 1, or 3 of which two decide ----
  generate
    if (PROTECT_REC == 1) begin : g_copies
      reg [1:0] copy_q;
      reg       last_copy1_q;
      always @(posedge clk_i) begin
        copy_q       <= issue && inpar_q && !last_copy ? copy_q + 2'd1 : 2'd0;
        last_copy1_q <= last_copy;
      end
      assign last_copy  = copy_q == 2'd2;
      assign par_whole1 = par1_q && last_copy1_q;
    end else begin : g_one
      assign last_copy  = 1'b1;
      assign par_whole1 = par1_q;
    end
  endgenerate

  generate
    for (k = 0; k < D; k = k + 1) begin : g_row
      wire [5:0] bank = row_bank[k];
      if (PROTECT_REC == 1) begin : g_vote // with the third copy the second is on the bus, the first behind it
        wire [W-1:0] read = rdata_i[bank[$clog2(D)-1:0]*W +: W];
        wire [W-1:0] second = bus_o[k*W +: W];
        reg  [W-1:0] first_q;
        always @(posedge clk_i) begin
          if (par1_q) first_q <= second;
          if (v1_q || par1_q) bus_o[k*W +: W] <= par_whole1 ? (read & second) | (read & first_q) | (second & first_q) : read;
        end
      end else begin : g_read
        always @(posedge clk_i) begin
          if (v1_q || par1_q) bus_o[k*W +: W] <= rdata_i[bank[$clog2(D)-1:0]*W +: W];
        end
      end
      assign ks_we_o[k] = v2_q && col_tn[k] == tn2_q && col_seg[k] == seg2_q;
      wire unused_bank = &{1'b0, bank};
    end
  endgenerate
endmodule
`default_nettype wire
