// Row output: accumulators and partial sums -> bias -> ReLU -> pooling -> requantisation (docs/arithmetic.md).
//   acc[g] = (first ? 0 : acc[g]) + sum[g];  a = acc[g] + (psum_in ? psum : 0);  v = relu(a + bias), or a is a partial sum;
//   p[g] = max or sum over the window;  q = clamp((p*mult + 2^(shift-1)) >> shift)
// A sum's results pass S4..S8 one behind the other, segment 0 (the head) in the cycle of its last step in S4; the other
// accumulators are copied in S5, so that the next sum may begin.
// Latency: 5 cycles from sum_i to q_o: acc (S5), v (S6), p (S7), p*mult (S8), q_o is combinational on S8. en_i = 0 holds all.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module row_post #(
    // Word width in bits, 8 or 16.
    parameter W = 8,
    // Accumulator bits: 32 at W = 8, 48 at W = 16.
    parameter ACC_W = 32,
    // Bits of a reduced sum.
    parameter SW = 22,
    // Partial sums a row keeps, 2..256.
    parameter PS_WORDS = 64,
    // Parameter records a row keeps, 2..64.
    parameter PAR_WORDS = 16,
    // Largest number of segments, a power of two, 1..32.
    parameter SEGS = 4,
    // Macro identifiers of the two stores.
    parameter [31:0] PS_MACRO = 32'd0,
    parameter [31:0] PAR_MACRO = 32'd0
) (
    input  wire                 clk_i,
    input  wire                 en_i,
    input  wire [7:0]           supply_i,
    // Parameter records from the row bus
    input  wire [W-1:0]         bus_i,
    input  wire                 par_shift_i,
    input  wire                 par_we_i,
    input  wire [5:0]           par_waddr_i,
    // Layer
    input  wire                 relu_i,
    input  wire                 avg_i,
    input  wire                 out_signed_i,
    // S4: a step's sums, valid where the row has an output; parameter and partial sum of a result are read
    input  wire [SEGS-1:0]      s4_valid_i,
    input  wire                 s4_first_i,
    input  wire [SEGS*SW-1:0]   sum_i,
    input  wire                 s4_psum_re_i,
    input  wire [7:0]           s4_psum_addr_i,
    input  wire                 s4_par_re_i,
    input  wire [5:0]           s4_par_addr_i,
    // S5: result complete
    input  wire                 s5_head_i,      // of segment 0
    input  wire                 s5_more_i,      // that of the next segment follows
    input  wire                 s5_psum_in_i,
    input  wire                 s5_last_i,
    input  wire                 s5_psum_we_i,
    input  wire [7:0]           s5_psum_addr_i,
    // S6, S7: window
    input  wire                 s6_last_i,
    input  wire                 s6_wfirst_i,
    input  wire                 s6_wlast_i,
    input  wire [4:0]           s6_seg_i,
    input  wire                 s7_wlast_i,
    // S8
    output wire [W-1:0]         q_o
);
  localparam PSAW = $clog2(PS_WORDS);
  localparam PAAW = $clog2(PAR_WORDS);

  // ---- parameter store: 64-bit records, word 0 first: bias (48 bits), mult (8), shift (8) ----
  reg  [63-W:0] record_q;
  wire [63:0]   record = {bus_i, record_q};
  wire [63:0]   par;
  always @(posedge clk_i) if (par_shift_i) record_q <= record[63:W];
  sram #(.WIDTH(64), .DEPTH(PAR_WORDS), .AW(PAAW), .MACRO_ID(PAR_MACRO)) u_par_store (
      .clk_i(clk_i), .supply_i(supply_i), .we_i(par_we_i), .waddr_i(par_waddr_i[PAAW-1:0]), .wdata_i(record),
      .re_i(s4_par_re_i && en_i), .raddr_i(s4_par_addr_i[PAAW-1:0]), .rdata_o(par));

  // ---- accumulators (S4), the segment whose result is in S5 ----
  reg  signed [ACC_W-1:0] acc_q [0:SEGS-1];
  wire signed [ACC_W-1:0] acc;
  genvar g;
  generate
    for (g = 0; g < SEGS; g = g + 1) begin : g_acc
      wire signed [ACC_W-1:0] sum = {{ACC_W-SW{sum_i[g*SW+SW-1]}}, sum_i[g*SW +: SW]};
      always @(posedge clk_i) if (en_i && s4_valid_i[g]) acc_q[g] <= (s4_first_i ? {ACC_W{1'b0}} : acc_q[g]) + sum;
    end
    if (SEGS == 1) begin : g_whole
      assign acc = acc_q[0];
      wire unused_segments = &{1'b0, s5_head_i, s5_more_i};
    end else begin : g_segments
      reg signed [ACC_W-1:0] copy_q [1:SEGS-1];
      assign acc = s5_head_i ? acc_q[0] : copy_q[1];
      for (g = 1; g < SEGS; g = g + 1) begin : g_copy
        if (g == SEGS - 1) begin : g_end
          always @(posedge clk_i) if (en_i && s5_more_i && s5_head_i) copy_q[g] <= acc_q[g];
        end else begin : g_next
          always @(posedge clk_i) if (en_i && s5_more_i) copy_q[g] <= s5_head_i ? acc_q[g] : copy_q[g+1];
        end
      end
    end
  endgenerate

  // ---- partial sums: read in S4, added in S5 ----
  wire        [ACC_W-1:0] stored;
  reg                     bypass_q;
  reg         [ACC_W-1:0] bypass_data_q;
  wire signed [ACC_W-1:0] earlier = !s5_psum_in_i ? {ACC_W{1'b0}} : bypass_q ? bypass_data_q : stored;
  wire signed [ACC_W-1:0] total  = acc + earlier;
  wire psum_we = s5_psum_we_i && en_i;
  wire psum_re = s4_psum_re_i && en_i;
  sram #(.WIDTH(ACC_W), .DEPTH(PS_WORDS), .AW(PSAW), .MACRO_ID(PS_MACRO)) u_psum_store (
      .clk_i(clk_i), .supply_i(supply_i), .we_i(psum_we), .waddr_i(s5_psum_addr_i[PSAW-1:0]), .wdata_i(total),
      .re_i(psum_re), .raddr_i(s4_psum_addr_i[PSAW-1:0]), .rdata_o(stored));
  // A sum that is written in the cycle of its read.
  always @(posedge clk_i) begin
    if (psum_re) begin
      bypass_q      <= psum_we && s5_psum_addr_i == s4_psum_addr_i;
      bypass_data_q <= total;
    end
  end

  // ---- bias, ReLU ----
  wire signed [ACC_W-1:0] biased = total + par[ACC_W-1:0];
  reg  signed [ACC_W-1:0] v_q;
  reg  [7:0] mult6_q, mult7_q;
  reg  [5:0] shift6_q, shift7_q, shift8_q;
  always @(posedge clk_i) begin
    if (en_i && s5_last_i) begin
      v_q      <= relu_i && biased[ACC_W-1] ? {ACC_W{1'b0}} : biased;
      mult6_q  <= par[55:48];
      shift6_q <= par[61:56];
    end
  end

  // ---- pooling: the window so far of every segment, and of the segment in S7 ----
  wire signed [ACC_W-1:0] so_far, pooled;
  reg  signed [ACC_W-1:0] p_q;
  assign pooled = s6_wfirst_i ? v_q : avg_i ? so_far + v_q : v_q > so_far ? v_q : so_far;
  always @(posedge clk_i) begin
    if (en_i && s6_last_i) begin
      p_q      <= pooled;
      mult7_q  <= mult6_q;
      shift7_q <= shift6_q;
    end
  end
  generate
    if (SEGS == 1) begin : g_window
      assign so_far = p_q;
      wire unused_seg = &{1'b0, s6_seg_i, s6_wlast_i};
    end else begin : g_windows
      reg signed [ACC_W-1:0] window_q [0:SEGS-1];
      assign so_far = window_q[s6_seg_i[$clog2(SEGS)-1:0]];
      always @(posedge clk_i)
        if (en_i && s6_last_i && !s6_wlast_i) window_q[s6_seg_i[$clog2(SEGS)-1:0]] <= pooled;
      wire unused_seg = &{1'b0, s6_seg_i};
    end
  endgenerate

  // ---- requantisation ----
  localparam MW = ACC_W + 9;
  reg signed [MW-1:0] m_q;
  always @(posedge clk_i) begin
    if (en_i && s7_wlast_i) begin
      m_q      <= $signed({{9{p_q[ACC_W-1]}}, p_q}) * $signed({{MW-8{1'b0}}, mult7_q});
      shift8_q <= shift7_q;
    end
  end
  wire signed [MW-1:0] half    = $signed({{MW-1{1'b0}}, 1'b1}) <<< (shift8_q - 6'd1);
  wire signed [MW-1:0] rounded = (m_q + half) >>> shift8_q;
  // Magnitude limits: 2^W - 1 unsigned, 2^(W-1) - 1 signed.
  localparam signed [MW-1:0] UMAX = (1 << W) - 1;
  localparam signed [MW-1:0] SMAX = (1 << (W - 1)) - 1;
  wire                 neg  = rounded[MW-1];
  wire        [MW-1:0] mag  = neg ? -rounded : rounded;
  wire signed [MW-1:0] lim  = mag > SMAX ? SMAX : mag;
  assign q_o = out_signed_i ? {neg, lim[W-2:0]}
                            : neg ? {W{1'b0}} : rounded > UMAX ? {W{1'b1}} : rounded[W-1:0];

  wire unused = &{1'b0, par, par_waddr_i, s4_par_addr_i, s5_psum_addr_i, s4_psum_addr_i, lim};
endmodule
`default_nettype wire
