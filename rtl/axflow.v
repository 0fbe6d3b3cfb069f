// The FlexFlow accelerator: D x D processing elements, two neuron buffers, a kernel buffer, five engines
// (load, kernel distribution, neuron distribution, array, store) that run one program and meet at semaphores.
// Host side: AXI4-Lite registers, an AXI4 master of 128-bit data, an interrupt. Latency: see each engine.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module axflow #(
    // Array dimension: 4, 8, 16 or 32. Default 16.
    parameter D = 16,
    // Word width in bits: 8 or 16. Default 8.
    parameter W = 8,
    // Accumulator bits: 32 at W = 8, 48 at W = 16.
    parameter ACC_W = (W == 8) ? 32 : 48,
    // Words of one bank of one neuron buffer (16 KB / D by default: two buffers are 32 KB).
    parameter NB_WORDS = 16384 * 8 / (D * W),
    // Words of one bank of the kernel buffer (32 KB / D by default).
    parameter KB_WORDS = 32768 * 8 / (D * W),
    // Words of a PE's neuron and kernel local store (256 B each by default).
    parameter NS_WORDS = 256 * 8 / W,
    parameter KS_WORDS = 256 * 8 / W,
    // Partial sums a row keeps, 2..256.
    parameter PS_WORDS = 64,
    // Parameter records a row keeps, 2..64.
    parameter PAR_WORDS = 16,
    // Largest number of segments into which the reduction of a row is cut: 1 (the paper's row), 2, 4, .. D. Default 4.
    parameter SEGS = 4,
    // 1: the multiplier core axf_mult multiplies in two's complement, 0: unsigned numbers.
    parameter MULT_SIGNED = 0,
    // 1: zero operands are not multiplied, only with cores that give 0 for them; 1: the multipliers' inputs hold in idle lanes.
    parameter ZERO_SKIP = 0,
    parameter ISOLATE = 0,
    // Protection of the neuron buffers and the kernel buffer: 0 none, 1 parity and zero, 2 SECDED, 3 upper bits at nominal
    // supply; how many upper bits, 1..W-1 (mem/protected_sram).
    parameter NB_PROTECT = 0,
    parameter NB_SAFE = 1,
    parameter KB_PROTECT = 0,
    parameter KB_SAFE = 1,
    // Parameter records: 0 as they are, 1 each of their words three times in the kernel buffer, of which the majority counts.
    parameter PROTECT_REC = 0
) (
    input  wire         clk_i,
    input  wire         rst_i,             // synchronous, active high
    // Supply codes of the wrapped memories: neuron buffers, kernel buffer, local stores. 0 is nominal.
    input  wire [7:0]   supply_nb_i,
    input  wire [7:0]   supply_kb_i,
    input  wire [7:0]   supply_ls_i,
    output wire         irq_o,
    // AXI4-Lite (registers)
    input  wire         s_awvalid_i,
    input  wire [7:0]   s_awaddr_i,
    output wire         s_awready_o,
    input  wire         s_wvalid_i,
    input  wire [31:0]  s_wdata_i,
    output wire         s_wready_o,
    output wire         s_bvalid_o,
    output wire [1:0]   s_bresp_o,
    input  wire         s_bready_i,
    input  wire         s_arvalid_i,
    input  wire [7:0]   s_araddr_i,
    output wire         s_arready_o,
    output wire         s_rvalid_o,
    output wire [31:0]  s_rdata_o,
    output wire [1:0]   s_rresp_o,
    input  wire         s_rready_i,
    // AXI4 (memory): INCR bursts of 16-byte beats, one ID
    output wire         m_arvalid_o,
    output wire [31:0]  m_araddr_o,
    output wire [7:0]   m_arlen_o,
    output wire [2:0]   m_arsize_o,
    output wire [1:0]   m_arburst_o,
    input  wire         m_arready_i,
    input  wire         m_rvalid_i,
    input  wire [127:0] m_rdata_i,
    input  wire         m_rlast_i,
    input  wire [1:0]   m_rresp_i,
    output wire         m_rready_o,
    output wire         m_awvalid_o,
    output wire [31:0]  m_awaddr_o,
    output wire [7:0]   m_awlen_o,
    output wire [2:0]   m_awsize_o,
    output wire [1:0]   m_awburst_o,
    input  wire         m_awready_i,
    output wire         m_wvalid_o,
    output wire [127:0] m_wdata_o,
    output wire [15:0]  m_wstrb_o,
    output wire         m_wlast_o,
    input  wire         m_wready_i,
    input  wire         m_bvalid_i,
    input  wire [1:0]   m_bresp_i,
    output wire         m_bready_o
);
  // ---- parameters ----
  initial begin
    if (D != 4 && D != 8 && D != 16 && D != 32) begin $display("%m: D = %0d is not 4, 8, 16 or 32", D); $finish; end
    if (W != 8 && W != 16) begin $display("%m: W = %0d is not 8 or 16", W); $finish; end
    if (NS_WORDS > 1024 || KS_WORDS > 1024) begin $display("%m: local stores above 1024 words"); $finish; end
    if (SEGS < 1 || SEGS > D || (SEGS & (SEGS - 1)) != 0) begin
      $display("%m: SEGS = %0d is not 1, 2, 4, .. D = %0d", SEGS, D);
      $finish;
    end
    if (PS_WORDS > 256 || PAR_WORDS > 64) begin $display("%m: PS_WORDS > 256 or PAR_WORDS > 64"); $finish; end
  end
  assign s_bresp_o   = 2'b00;
  assign s_rresp_o   = 2'b00;
  assign m_arsize_o  = 3'd4;
  assign m_arburst_o = 2'b01;
  assign m_awsize_o  = 3'd4;
  assign m_awburst_o = 2'b01;

  // ---- registers ----
  wire         start, flush, done, run, bad_instr, overrun, bad_sem, bad_load, bad_store, expired, rst;
  wire [31:0]  prog, proglen;
  wire [31:0]  watchdog_limit;
  wire [127:0] base, limit;
  assign rst = rst_i || flush;
  wire [12:0]  macs, ks_wr, ns_wr;
  wire         busy, wb_stall;
  wire [3:0]   stall;
  wire [6:0]   kb_wr, kb_rd, nb_wr, nb_rd, psum_rd, psum_wr, kb_corrected, kb_detected, corrected, detected;
  wire [13:0]  nb_corrected, nb_detected;
  wire         f_rvalid, l_rvalid, l_rready;
  registers #(.D(D), .W(W), .NB_LOG2($clog2(NB_WORDS)), .KB_LOG2($clog2(KB_WORDS)), .SEGS_LOG2($clog2(SEGS)),
              .PROTECT_REC(PROTECT_REC)) u_registers (
      .clk_i(clk_i), .rst_i(rst_i),
      .awvalid_i(s_awvalid_i), .awaddr_i(s_awaddr_i), .awready_o(s_awready_o),
      .wvalid_i(s_wvalid_i), .wdata_i(s_wdata_i), .wready_o(s_wready_o),
      .bvalid_o(s_bvalid_o), .bready_i(s_bready_i),
      .arvalid_i(s_arvalid_i), .araddr_i(s_araddr_i), .arready_o(s_arready_o),
      .rvalid_o(s_rvalid_o), .rdata_o(s_rdata_o), .rready_i(s_rready_i),
      .start_o(start), .flush_o(flush), .quiet_i(read_idle && eidle[4]), .run_o(run), .prog_o(prog), .proglen_o(proglen), .base_o(base),
      .limit_o(limit), .watchdog_o(watchdog_limit), .done_i(done), .errors_i(errors), .irq_o(irq_o),
      .macs_i(macs), .busy_i(busy), .stall_i(stall), .wb_stall_i(wb_stall),
      .ld_beat_i(l_rvalid && l_rready), .fetch_beat_i(f_rvalid), .st_beat_i(m_wvalid_o && m_wready_i),
      .kb_wr_i(kb_wr), .kb_rd_i(kb_rd), .nb_wr_i(nb_wr), .nb_rd_i(nb_rd), .ks_wr_i(ks_wr), .ns_wr_i(ns_wr),
      .psum_rd_i(psum_rd), .psum_wr_i(psum_wr), .corrected_i(corrected), .detected_i(detected));

  // ---- fetch, queues, semaphores; engines in the order load, kload, nload, exec, store ----
  wire         f_req, f_grant, l_req, l_grant, read_idle, all_idle;
  wire [31:0]  f_addr, l_addr;
  wire [7:0]   f_len, l_len;
  wire [4:0]   push, qready, qvalid, qpop, eidle;
  wire [255:0] instr;
  wire [5*256-1:0] qdata;
  wire [5*16-1:0]  take, post;
  wire [15:0]  sem_ready;
  fetch u_fetch (
      .clk_i(clk_i), .rst_i(rst), .start_i(start), .prog_i(prog), .proglen_i(proglen), .idle_i(all_idle && read_idle),
      .done_o(done), .bad_o(bad_instr), .overrun_o(overrun), .req_o(f_req), .addr_o(f_addr), .len_o(f_len), .grant_i(f_grant),
      .rvalid_i(f_rvalid), .rdata_i(m_rdata_i), .push_o(push), .instr_o(instr), .ready_i(qready));
  genvar e;
  generate
    for (e = 0; e < 5; e = e + 1) begin : g_queue
      instr_queue u_queue (
          .clk_i(clk_i), .rst_i(rst || start), .push_i(push[e]), .data_i(instr), .ready_o(qready[e]),
          .valid_o(qvalid[e]), .data_o(qdata[e*256 +: 256]), .pop_i(qpop[e]));
    end
  endgenerate
  assign all_idle = &eidle && qvalid == 5'd0;
  semaphores u_semaphores (
      .clk_i(clk_i), .rst_i(rst || start),
      .post_i(post[0 +: 16] | post[16 +: 16] | post[32 +: 16] | post[48 +: 16] | post[64 +: 16]),
      .take_i(take[0 +: 16] | take[16 +: 16] | take[32 +: 16] | take[48 +: 16] | take[64 +: 16]),
      .ready_o(sem_ready), .overflow_o(bad_sem));
  read_arbiter u_read_arbiter (
      .clk_i(clk_i), .rst_i(rst_i), .flush_i(flush), .f_req_i(f_req), .f_addr_i(f_addr), .f_len_i(f_len), .f_grant_o(f_grant),
      .f_rvalid_o(f_rvalid), .l_req_i(l_req), .l_addr_i(l_addr), .l_len_i(l_len), .l_grant_o(l_grant),
      .l_rvalid_o(l_rvalid), .l_rready_i(l_rready), .arvalid_o(m_arvalid_o), .araddr_o(m_araddr_o),
      .arlen_o(m_arlen_o), .arready_i(m_arready_i), .rvalid_i(m_rvalid_i), .rlast_i(m_rlast_i),
      .rready_o(m_rready_o), .idle_o(read_idle));

  // ---- load engine ----
  wire [2:0]     ld_we;
  wire [D-1:0]   ld_mask;
  wire [15:0]    ld_addr;
  wire [D*W-1:0] ld_data;
  wire [1:0]     x_we;
  load_engine #(.D(D), .W(W), .NB_WORDS(NB_WORDS), .KB_WORDS(KB_WORDS)) u_load (
      .clk_i(clk_i), .rst_i(rst), .valid_i(qvalid[0]), .instr_i(qdata[0 +: 256]), .pop_o(qpop[0]),
      .sem_ready_i(sem_ready), .take_o(take[0 +: 16]), .post_o(post[0 +: 16]), .idle_o(eidle[0]), .base_i(base),
      .limit_i(limit), .bad_o(bad_load),
      .req_o(l_req), .addr_o(l_addr), .len_o(l_len), .grant_i(l_grant),
      .rvalid_i(l_rvalid), .rdata_i(m_rdata_i), .rready_o(l_rready),
      .we_o(ld_we), .mask_o(ld_mask), .waddr_o(ld_addr), .wdata_o(ld_data), .busy_i({1'b0, x_we}));

  // ---- kernel buffer and its distribution ----
  wire [D-1:0]   kb_re, ks_we;
  wire [15:0]    kb_raddr;
  wire [D*W-1:0] kb_rdata, row_bus;
  wire [9:0]     ks_addr;
  wire           par_shift, par_we;
  wire [5:0]     par_addr;
  bank_buffer #(.D(D), .W(W), .WORDS(KB_WORDS), .MACRO_ID(32'h0000_2000), .PROTECT(KB_PROTECT), .SAFE(KB_SAFE)) u_kernel_buffer (
      .clk_i(clk_i), .supply_i(supply_kb_i), .we_i(ld_mask & {D{ld_we[2]}}), .waddr_i({D{ld_addr}}), .wdata_i(ld_data),
      .re_i(kb_re), .raddr_i(kb_raddr), .rdata_o(kb_rdata), .corrected_o(kb_corrected), .detected_o(kb_detected));
  kernel_loader #(.D(D), .W(W), .SEGS(SEGS), .PROTECT_REC(PROTECT_REC)) u_kernel_loader (
      .clk_i(clk_i), .rst_i(rst), .valid_i(qvalid[1]), .instr_i(qdata[256 +: 256]), .pop_o(qpop[1]),
      .sem_ready_i(sem_ready), .take_o(take[16 +: 16]), .post_o(post[16 +: 16]), .idle_o(eidle[1]),
      .re_o(kb_re), .raddr_o(kb_raddr), .rdata_i(kb_rdata), .bus_o(row_bus), .ks_we_o(ks_we), .ks_addr_o(ks_addr),
      .par_shift_o(par_shift), .par_we_o(par_we), .par_addr_o(par_addr));

  // ---- neuron buffers, their distribution, the store engine ----
  wire [1:0]       n_re, st_re;
  wire [D-1:0]     n_mask, ns_we, x_mask;
  wire [15:0]      n_addr, st_addr;
  wire [2*D*W-1:0] nb_rdata;
  wire [D*W-1:0]   col_bus, x_data;
  wire [9:0]       ns_addr;
  wire [D*16-1:0]  x_addr;
  genvar n;
  generate
    for (n = 0; n < 2; n = n + 1) begin : g_nb
      bank_buffer #(.D(D), .W(W), .WORDS(NB_WORDS), .MACRO_ID(32'h0000_1000 + n * 256), .PROTECT(NB_PROTECT), .SAFE(NB_SAFE)) u_neuron_buffer (
          .clk_i(clk_i), .supply_i(supply_nb_i),
          .we_i(x_we[n] ? x_mask : ld_mask & {D{ld_we[n]}}), .waddr_i(x_we[n] ? x_addr : {D{ld_addr}}),
          .wdata_i(x_we[n] ? x_data : ld_data),
          .re_i(n_re[n] ? n_mask : {D{st_re[n]}}), .raddr_i(n_re[n] ? n_addr : st_addr),
          .rdata_o(nb_rdata[n*D*W +: D*W]), .corrected_o(nb_corrected[n*7 +: 7]), .detected_o(nb_detected[n*7 +: 7]));
    end
  endgenerate
  neuron_loader #(.D(D), .W(W), .SEGS(SEGS)) u_neuron_loader (
      .clk_i(clk_i), .rst_i(rst), .valid_i(qvalid[2]), .instr_i(qdata[512 +: 256]), .pop_o(qpop[2]),
      .sem_ready_i(sem_ready), .take_o(take[32 +: 16]), .post_o(post[32 +: 16]), .idle_o(eidle[2]),
      .re_o(n_re), .mask_o(n_mask), .raddr_o(n_addr), .rdata_i(nb_rdata), .bus_o(col_bus), .ns_we_o(ns_we),
      .ns_addr_o(ns_addr));
  store_engine #(.D(D), .W(W), .NB_WORDS(NB_WORDS)) u_store (
      .clk_i(clk_i), .rst_i(rst_i), .flush_i(flush), .valid_i(qvalid[4]), .instr_i(qdata[1024 +: 256]), .pop_o(qpop[4]),
      .sem_ready_i(sem_ready), .take_o(take[64 +: 16]), .post_o(post[64 +: 16]), .idle_o(eidle[4]), .base_i(base),
      .limit_i(limit), .bad_o(bad_store),
      .re_o(st_re), .raddr_o(st_addr), .busy_i(n_re), .rdata_i(nb_rdata),
      .awvalid_o(m_awvalid_o), .awaddr_o(m_awaddr_o), .awlen_o(m_awlen_o), .awready_i(m_awready_i),
      .wvalid_o(m_wvalid_o), .wdata_o(m_wdata_o), .wstrb_o(m_wstrb_o), .wlast_o(m_wlast_o), .wready_i(m_wready_i),
      .bvalid_i(m_bvalid_i), .bready_o(m_bready_o));

  // ---- array ----
  wire [7:0] layer;
  array #(.D(D), .W(W), .ACC_W(ACC_W), .NS_WORDS(NS_WORDS), .KS_WORDS(KS_WORDS), .PS_WORDS(PS_WORDS),
          .PAR_WORDS(PAR_WORDS), .SEGS(SEGS), .MULT_SIGNED(MULT_SIGNED), .ZERO_SKIP(ZERO_SKIP), .ISOLATE(ISOLATE)) u_array (
      .clk_i(clk_i), .rst_i(rst), .supply_i(supply_ls_i),
      .valid_i(qvalid[3]), .instr_i(qdata[768 +: 256]), .pop_o(qpop[3]), .sem_ready_i(sem_ready),
      .take_o(take[48 +: 16]), .post_o(post[48 +: 16]), .idle_o(eidle[3]),
      .col_bus_i(col_bus), .ns_we_i(ns_we), .ns_addr_i(ns_addr), .row_bus_i(row_bus), .ks_we_i(ks_we),
      .ks_addr_i(ks_addr), .par_shift_i(par_shift), .par_we_i(par_we), .par_addr_i(par_addr),
      .nb_we_o(x_we), .nb_mask_o(x_mask), .nb_addr_o(x_addr), .nb_data_o(x_data), .layer_o(layer),
      .macs_o(macs), .busy_o(busy), .wb_stall_o(wb_stall), .stall_o(stall), .psum_rd_o(psum_rd), .psum_wr_o(psum_wr));

  // ---- errors ----
  // A result beyond the end of a bank; banks that are not written have address 0.
  localparam [31:0] NB_L = NB_WORDS;
  localparam [16:0] NB_END = NB_L[16:0];
  reg     bad_result_q;
  reg     beyond;
  integer k;
  always @* begin
    beyond = 1'b0;
    for (k = 0; k < D; k = k + 1) if ({1'b0, x_addr[k*16 +: 16]} >= NB_END) beyond = 1'b1;
  end
  always @(posedge clk_i) bad_result_q <= !rst && |x_we && beyond;
  wire bad_read  = m_rvalid_i && m_rready_o && m_rresp_i != 2'b00;
  wire bad_write = m_bvalid_i && m_bready_o && m_bresp_i != 2'b00;
  wire [6:0] errors = {expired, overrun, bad_write, bad_read, bad_load || bad_store || bad_result_q, bad_sem, bad_instr};
  wire progress = |qpop || |push || busy || |kb_re || |n_re || |ld_we || |x_we || (m_arvalid_o && m_arready_i) ||
      (m_rvalid_i && m_rready_o) || (m_awvalid_o && m_awready_i) || (m_wvalid_o && m_wready_i) || (m_bvalid_i && m_bready_o);
  watchdog u_watchdog (.clk_i(clk_i), .run_i(run), .progress_i(progress), .limit_i(watchdog_limit), .expired_o(expired));

  // ---- counter events: words moved in this cycle ----
  wire [6:0] ld_words, x_words, n_words, kb_words, ks_cols, ns_cols;
  popcount #(.N(D)) u_ld_words (.bits_i(ld_mask & {D{|ld_we}}), .count_o(ld_words));
  popcount #(.N(D)) u_x_words (.bits_i(x_mask), .count_o(x_words));
  popcount #(.N(D)) u_n_words (.bits_i(n_mask & {D{|n_re}}), .count_o(n_words));
  popcount #(.N(D)) u_kb_words (.bits_i(kb_re), .count_o(kb_words));
  popcount #(.N(D)) u_ks_cols (.bits_i(ks_we), .count_o(ks_cols));
  popcount #(.N(D)) u_ns_cols (.bits_i(ns_we), .count_o(ns_cols));
  localparam [31:0] DIM_L = D;
  localparam [6:0]  DIM   = DIM_L[6:0];
  assign kb_wr = ld_we[2] ? ld_words : 7'd0;
  assign kb_rd = kb_words;
  assign corrected = kb_corrected + nb_corrected[6:0] + nb_corrected[13:7];
  assign detected  = kb_detected + nb_detected[6:0] + nb_detected[13:7];
  assign nb_wr = x_words + (|ld_we[1:0] ? ld_words : 7'd0);
  assign nb_rd = n_words + (|st_re ? DIM : 7'd0);
  assign ks_wr = ks_cols * DIM;
  assign ns_wr = ns_cols * DIM;

  wire unused = &{1'b0, layer};
endmodule
`default_nettype wire
