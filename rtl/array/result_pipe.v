// Control of the result pipe, S4..S8: a completed sum leaves the rows as Qm results, one a cycle, segment 0 first. Each
// of them is a slot that passes S4..S8; slot g is in S4 g cycles behind the last step of the sum.
// From S8 a slot goes into the queue of SEGS results that wait for write-back, oldest first; when it is full, all is held.
// Slot g of a sum: parameter entry par + g, partial-sum entry psum + g, outputs g*Tm maps further.
// Latency: S4 is the cycle in which the last step of a sum is in S4 (combinational), then a stage a cycle; en_i = 0 holds
// all. Sums must be at least Qm cycles apart (exec_sequencer sees to it). SPDX-License-Identifier: Apache-2.0
`default_nettype none
module result_pipe #(
    // Largest number of segments of a row, a power of two, 1..32. 1: a sum has one result. Also the queue's entries.
    parameter SEGS = 4
) (
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire        en_i,
    // S4: the last step of a sum
    input  wire        sum_i,
    input  wire        sum_bank_i,         // layer registers of the step
    input  wire        sum_end_i,          // the sum is the last one of its tile
    input  wire        sum_wfirst_i, sum_wlast_i,
    input  wire        sum_psi_i, sum_pso_i,
    input  wire [7:0]  sum_psum_addr_i,
    input  wire [5:0]  sum_par_addr_i,
    input  wire [33:0] sum_out_i,          // {address, map, row, column phase}
    input  wire [31:0] sum_post_i,         // {results written, sources read}
    // Layer of the slot in S4 and in S7
    input  wire [5:0]  s4_qm_i,
    input  wire [15:0] s4_om_a_i,
    input  wire [5:0]  s4_om_p_i, s4_otot_i,
    input  wire [15:0] s4_oplane_i,
    input  wire [5:0]  s7_otj_i, s7_otitj_i,
    input  wire [15:0] s7_opitch_i, s7_on_a_i,
    input  wire [5:0]  s7_on_p_i,
    // Slots: layer registers of each stage; which registers are in use, {bank 1, bank 0}
    output wire [8:4]  bank_o,
    output wire [1:0]  used_o,
    output wire        s4_head_o,          // slot 0; else a later one
    output wire        s4_psum_re_o, s4_par_re_o,
    output wire [7:0]  s4_psum_addr_o,
    output wire [5:0]  s4_par_addr_o,
    output wire        s5_head_o, s5_more_o, s5_psum_in_o, s5_last_o, s5_psum_we_o,
    output wire [7:0]  s5_psum_addr_o,
    output wire        s6_last_o, s6_wfirst_o, s6_wlast_o,
    output wire [4:0]  s6_seg_o,
    output wire        s7_wlast_o,
    output wire        s8_out_o,
    output wire [15:0] s8_oa_o,            // outputs of lane 0
    output wire [5:0]  s8_omp_o, s8_oyp_o, s8_oxp_o,
    output wire [15:0] s8_wrap_oa_o,       // the same for lanes that go on in the next output row
    output wire [5:0]  s8_wrap_oyp_o, s8_wrap_oxp_o,
    // Queue of results: the entry that the slot in S8 becomes at the end of this cycle; the oldest one leaves, the others move
    output wire [SEGS-1:0] load_o,
    output wire        shift_o,
    input  wire        wb_done_i,          // write-back: nothing of the oldest entry is left after this cycle
    output wire        hold_o,             // no room for the slot in S8
    output wire [15:0] post_o,
    output wire        empty_o             // no slot is left, and all is written
);
  // {tile end, first, last of the window, psum in, psum out, head, more follow, segment, psum entry}
  localparam TW = 7 + 5 + 8;
  wire [TW-1:0] tag4;
  wire [33:0]   out4;
  wire [31:0]   post4;
  wire [5:0]    par4;
  wire          valid4, bank4;

  generate
    if (SEGS == 1) begin : g_whole
      assign {valid4, bank4} = {sum_i, sum_bank_i};
      assign tag4  = {sum_end_i, sum_wfirst_i, sum_wlast_i, sum_psi_i, sum_pso_i, 1'b1, 1'b0, 5'd0, sum_psum_addr_i};
      assign out4  = sum_out_i;
      assign post4 = sum_post_i;
      assign par4  = sum_par_addr_i;
      wire unused_segments = &{1'b0, s4_qm_i, s4_om_a_i, s4_om_p_i, s4_otot_i, s4_oplane_i};
    end else begin : g_segments
      // The next slot of the sum that is leaving: what it will say in S4.
      reg  [5:0]  left_q;                  // slots of it that are still to come
      reg         bank_q;
      reg  [4:0]  seg_q, flags_q;
      reg  [7:0]  psum_q;
      reg  [5:0]  par_q;
      reg  [33:0] out_q;
      reg  [31:0] post_q;
      wire [4:0]  flags = sum_i ? {sum_end_i, sum_wfirst_i, sum_wlast_i, sum_psi_i, sum_pso_i} : flags_q;
      wire [4:0]  seg   = sum_i ? 5'd0 : seg_q;
      wire [7:0]  psum  = sum_i ? sum_psum_addr_i : psum_q;
      wire [5:0]  left  = sum_i ? s4_qm_i - 6'd1 : left_q - 6'd1;
      wire [15:0] oa;
      wire [5:0]  omp;
      assign valid4  = sum_i || left_q != 6'd0;
      wire        more = valid4 && left != 6'd0; // a further slot follows
      assign bank4   = sum_i ? sum_bank_i : bank_q;
      assign out4    = sum_i ? sum_out_i : out_q;
      assign post4   = sum_i ? sum_post_i : post_q;
      assign par4    = sum_i ? sum_par_addr_i : par_q;
      // The tile ends with its last slot.
      assign tag4    = {flags[4] && !more, flags[3:0], sum_i, more, seg, psum};
      phase_add #(.AW(16), .PW(6)) u_om (
          .a_a_i(out4[33:18]), .p_a_i(out4[17:12]), .a_b_i(s4_om_a_i), .p_b_i(s4_om_p_i),
          .modulus_i(s4_otot_i), .unit_i(s4_oplane_i), .a_o(oa), .p_o(omp));
      always @(posedge clk_i) begin
        if (rst_i) left_q <= 6'd0;
        else if (en_i && valid4) left_q <= left;
        if (en_i && more) begin
          bank_q  <= bank4;
          flags_q <= flags;
          seg_q   <= seg + 5'd1;
          psum_q  <= psum + 8'd1;
          par_q   <= par4 + 6'd1;
          out_q   <= {oa, omp, out4[11:0]};
          post_q  <= post4;
        end
      end
    end
  endgenerate

  // ---- S5..S8 ----
  reg  [8:5]    v_q, bank_q;
  reg  [TW-1:0] tag_q [5:8];
  reg  [33:0]   out_q [5:8];
  reg  [15:0]   read_q;                    // posts of the slot in S5, for sources read
  reg  [15:0]   write_q [5:8];             // posts for results written
  integer s;
  always @(posedge clk_i) begin
    if (rst_i) v_q <= 4'd0;
    else if (en_i) v_q <= {v_q[7:5], valid4};
    if (en_i) begin
      bank_q     <= {bank_q[7:5], bank4};
      tag_q[5]   <= tag4;
      out_q[5]   <= out4;
      read_q     <= post4[15:0];
      write_q[5] <= post4[31:16];
      for (s = 6; s <= 8; s = s + 1) begin
        tag_q[s]   <= tag_q[s-1];
        out_q[s]   <= out_q[s-1];
        write_q[s] <= write_q[s-1];
      end
    end
  end
  assign bank_o = {bank_q, bank4};
  // A slot that is still to come needs no look: the one before it is in S5.
  assign used_o = {(v_q & bank_q) != 4'd0, (v_q & ~bank_q) != 4'd0};

  `define SLOT_END(t)    t[TW-1]
  `define SLOT_WFIRST(t) t[TW-2]
  `define SLOT_WLAST(t)  t[TW-3]
  `define SLOT_PSI(t)    t[TW-4]
  `define SLOT_PSO(t)    t[TW-5]
  `define SLOT_HEAD(t)   t[TW-6]
  `define SLOT_MORE(t)   t[TW-7]
  `define SLOT_SEG(t)    t[12:8]
  `define SLOT_PSUM(t)   t[7:0]
  assign s4_head_o      = sum_i;
  assign s4_psum_re_o   = valid4 && `SLOT_PSI(tag4);
  assign s4_par_re_o    = valid4 && !`SLOT_PSO(tag4);
  assign s4_psum_addr_o = `SLOT_PSUM(tag4);
  assign s4_par_addr_o  = par4;
  assign s5_head_o      = `SLOT_HEAD(tag_q[5]);
  assign s5_more_o      = v_q[5] && `SLOT_MORE(tag_q[5]);
  assign s5_psum_in_o   = `SLOT_PSI(tag_q[5]);
  assign s5_last_o      = v_q[5] && !`SLOT_PSO(tag_q[5]);
  assign s5_psum_we_o   = v_q[5] && `SLOT_PSO(tag_q[5]);
  assign s5_psum_addr_o = `SLOT_PSUM(tag_q[5]);
  assign s6_last_o      = v_q[6] && !`SLOT_PSO(tag_q[6]);
  assign s6_wfirst_o    = `SLOT_WFIRST(tag_q[6]);
  assign s6_wlast_o     = `SLOT_WLAST(tag_q[6]);
  assign s6_seg_o       = `SLOT_SEG(tag_q[6]);
  assign s7_wlast_o     = v_q[7] && `SLOT_WLAST(tag_q[7]) && !`SLOT_PSO(tag_q[7]);
  assign s8_out_o       = v_q[8] && `SLOT_WLAST(tag_q[8]) && !`SLOT_PSO(tag_q[8]);
  assign {s8_oa_o, s8_omp_o, s8_oyp_o, s8_oxp_o} = out_q[8];

  // ---- wrapped lanes: one output row down, C columns back ----
  wire [15:0] down_a, back_a;
  wire [5:0]  down_p, back_p;
  reg  [27:0] wrap_q;
  phase_add #(.AW(16), .PW(6)) u_down (
      .a_a_i(out_q[7][33:18]), .p_a_i(out_q[7][11:6]), .a_b_i(16'd0), .p_b_i(s7_otj_i),
      .modulus_i(s7_otitj_i), .unit_i(s7_opitch_i), .a_o(down_a), .p_o(down_p));
  phase_add #(.AW(16), .PW(6)) u_back (
      .a_a_i(down_a), .p_a_i(out_q[7][5:0]), .a_b_i(s7_on_a_i), .p_b_i(s7_on_p_i),
      .modulus_i(s7_otj_i), .unit_i(16'd1), .a_o(back_a), .p_o(back_p));
  always @(posedge clk_i) if (en_i) wrap_q <= {back_a, down_p, back_p};
  assign {s8_wrap_oa_o, s8_wrap_oyp_o, s8_wrap_oxp_o} = wrap_q;

  // ---- queue: a slot with results or the end of a tile waits until it is written ----
  wire        s8_end = v_q[8] && `SLOT_END(tag_q[8]);
  reg  [5:0]  count_q;
  wire        any   = count_q != 6'd0;
  wire        pop   = any && wb_done_i;
  wire [5:0]  place = count_q - {5'd0, pop};           // of a slot that enters
  localparam [31:0] SEGS_L = SEGS;
  assign hold_o  = (s8_out_o || s8_end) && count_q == SEGS_L[5:0] && !pop;
  assign shift_o = pop && count_q != 6'd1;
  wire        push = en_i && (s8_out_o || s8_end);
  always @(posedge clk_i) begin
    if (rst_i) count_q <= 6'd0;
    else count_q <= place + {5'd0, push};
  end
  genvar n;
  generate
    for (n = 0; n < SEGS; n = n + 1) begin : g_load
      assign load_o[n] = push && {26'd0, place} == n;
    end
  endgenerate
  wire [15:0] head_post;
  entry_queue #(.WIDTH(16), .DEPTH(SEGS)) u_posts (
      .clk_i(clk_i), .load_i(load_o), .shift_i(shift_o), .data_i(s8_end ? write_q[8] : 16'd0), .head_o(head_post));

  // Sources are free once the last slot is in S5 (parameters and partial sums read); results once all are written back.
  assign post_o  = (v_q[5] && `SLOT_END(tag_q[5]) && en_i ? read_q : 16'd0) | (pop ? head_post : 16'd0);
  assign empty_o = v_q == 4'd0 && !any;

  wire unused = &{1'b0, tag_q[7], tag_q[8]};
endmodule
`default_nettype wire
