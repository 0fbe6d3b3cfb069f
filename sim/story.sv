// What one row of the array does, told cycle by cycle; bound in builds with STORY=ROW (`make axsim STORY=3`), of which
// docs/worked-example.md is made. A line is `story CYCLE EVENT ..`: CYCLE as the register CYCLES counts, stored words as
// their codes, sums signed. The events, in the order of the stages:
//   kernel | neuron COLUMN ADDRESS WORD          a word enters the local store of a column
//   parameter ADDRESS BIAS MULT SHIFT            a record enters the row's parameter store
//   step R C WRAPPED                     S0      a step begins, for the output at row R and column C of the tile
//   address COLUMN NEURON KERNEL         S1      where an element reads its stores
//   multiply COLUMN NEURON KERNEL        S2      the words it multiplies
//   product COLUMN PRODUCT               S3
//   sum FIRST SUM                        S4      the row's sum; FIRST: a new sum begins
//   total ACC EARLIER BIAS               S5      accumulator, partial sum read, bias
//   window FIRST VALUE POOLED            S6      behind bias and ReLU; of the window so far
//   scale POOLED MULT                    S7
//   result PRODUCT SHIFT RESULT          S8
//   place BANK ADDRESS                   S8      where the result goes
//   write BANK ADDRESS RESULT            queue   write-back
//   hold                                         the pipe stands still in this cycle
// Of a row that is cut into segments it tells segment 0. SPDX-License-Identifier: Apache-2.0
`define CYCLE (axflow.u_registers.count_q[0] + 1)
`define TOLD axflow.u_registers.run_q

module story_pe #(
    parameter W = 8,
    parameter [31:0] NS_MACRO = 32'd0          // row and column
) (
    input wire         clk_i, en_i, ns_we_i, ks_we_i, work, ok_q,
    input wire [9:0]   ns_addr_i, ks_addr_i, naddr, kaddr,
    input wire [W-1:0] ns_data_i, ks_data_i, neuron, kernel,
    input wire [2*W:0] product_o
);
  if (NS_MACRO[15:8] == `STORY_ROW) begin : g_told
    localparam [7:0] COLUMN = NS_MACRO[7:0];
    bit was_ok;
    always @(posedge clk_i) begin
      if (`TOLD) begin
        if (ks_we_i) $display("story %0d kernel %0d %0d %0d", `CYCLE, COLUMN, ks_addr_i, ks_data_i);
        if (ns_we_i) $display("story %0d neuron %0d %0d %0d", `CYCLE, COLUMN, ns_addr_i, ns_data_i);
        if (work && en_i) $display("story %0d address %0d %0d %0d", `CYCLE, COLUMN, naddr, kaddr);
        if (ok_q && en_i) $display("story %0d multiply %0d %0d %0d", `CYCLE, COLUMN, neuron, kernel);
        if (was_ok && en_i) $display("story %0d product %0d %0d", `CYCLE, COLUMN, $signed(product_o));
      end
      if (en_i) was_ok <= ok_q;
    end
  end
endmodule

module story_row #(
    parameter W = 8, SW = 22, SEGS = 4, ROW = 0
) (
    input wire               clk_i, en_i, exists, wrap, ok8, pend_o, done_i, s4_valid_i, s4_first_i,
    input wire [9:0]         s0_r_i, s0_c_i, ct_i,
    input wire [5:0]         tr, tc, bank, bank_o,
    input wire [SEGS*SW-1:0] sum_q,
    input wire [SEGS-1:0]    ok4_q,
    input wire [15:0]        ax, addr_o,
    input wire [W-1:0]       data_o
);
  if (ROW == `STORY_ROW) begin : g_told
    wire [9:0] r = s0_r_i + {4'd0, tr} + {9'd0, wrap};
    wire [9:0] c = s0_c_i + {4'd0, tc} - (wrap ? ct_i : 10'd0);
    always @(posedge clk_i) begin
      if (`TOLD) begin
        if (!en_i) $display("story %0d hold", `CYCLE);
        if (exists && en_i) $display("story %0d step %0d %0d %0d", `CYCLE, r, c, wrap);
        if (s4_valid_i && ok4_q[0] && en_i) $display("story %0d sum %0d %0d", `CYCLE, s4_first_i, $signed(sum_q[SW-1:0]));
        if (ok8 && en_i) $display("story %0d place %0d %0d", `CYCLE, bank, ax);
        if (pend_o && done_i) $display("story %0d write %0d %0d %0d", `CYCLE, bank_o, addr_o, data_o);
      end
    end
  end
endmodule

module story_post #(
    parameter W = 8, ACC_W = 32, MW = 41,
    parameter [31:0] PS_MACRO = 32'd0          // row
) (
    input wire                    clk_i, en_i, par_we_i, s5_last_i, s6_last_i, s6_wfirst_i, s7_wlast_i,
    input wire [5:0]              par_waddr_i, shift8_q,
    input wire [63:0]             record, par,
    input wire signed [ACC_W-1:0] acc, earlier, v_q, pooled, p_q,
    input wire [7:0]              mult7_q,
    input wire signed [MW-1:0]    m_q,
    input wire [W-1:0]            q_o
);
  if (PS_MACRO[7:0] == `STORY_ROW) begin : g_told
    bit scaled;
    always @(posedge clk_i) begin
      if (`TOLD) begin
        if (par_we_i)
          $display("story %0d parameter %0d %0d %0d %0d", `CYCLE, par_waddr_i,
                   $signed(record[47:0]), record[55:48], record[61:56]);
        if (s5_last_i && en_i) $display("story %0d total %0d %0d %0d", `CYCLE, acc, earlier, $signed(par[47:0]));
        if (s6_last_i && en_i) $display("story %0d window %0d %0d %0d", `CYCLE, s6_wfirst_i, v_q, pooled);
        if (s7_wlast_i && en_i) $display("story %0d scale %0d %0d", `CYCLE, p_q, mult7_q);
        if (scaled && en_i) $display("story %0d result %0d %0d %0d", `CYCLE, m_q, shift8_q, q_o);
      end
      if (en_i) scaled <= s7_wlast_i;
    end
  end
endmodule

bind pe story_pe #(.W(W), .NS_MACRO(NS_MACRO)) u_story (.*);
bind row story_row #(.W(W), .SW(SW), .SEGS(SEGS), .ROW(ROW)) u_story (.*);
bind row_post story_post #(.W(W), .ACC_W(ACC_W), .MW(MW), .PS_MACRO(PS_MACRO)) u_story (.*);
