// Host registers on AXI4-Lite and the event counters (docs/instruction-set.md lists them).
// A counter is cleared by start and counts until done; CYCLES counts every cycle of a program. An error or a soft reset
// raises flush_o, which holds the engines in reset until quiet_i says that no transaction is open; then a start is taken.
// Latency: a write takes effect one cycle after both its channels are accepted; a read answers in the next cycle.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module registers #(
    // Array dimension and word width, as reported by CONFIG.
    parameter D = 16,
    parameter W = 8,
    // log2 of the words of a neuron buffer bank and of a kernel buffer bank, as reported by CONFIG.
    parameter NB_LOG2 = 10,
    parameter KB_LOG2 = 11,
    // log2 of the largest number of segments of a row, 0..5, as reported by CONFIG2.
    parameter SEGS_LOG2 = 2,
    // 1: parameter records lie in three copies (kernel_loader); else 0. As reported by CONFIG2.
    parameter PROTECT_REC = 0
) (
    input  wire         clk_i,
    input  wire         rst_i,             // hardware reset; soft reset leaves the registers alone
    // AXI4-Lite
    input  wire         awvalid_i,
    input  wire [7:0]   awaddr_i,
    output wire         awready_o,
    input  wire         wvalid_i,
    input  wire [31:0]  wdata_i,
    output wire         wready_o,
    output reg          bvalid_o,
    input  wire         bready_i,
    input  wire         arvalid_i,
    input  wire [7:0]   araddr_i,
    output wire         arready_o,
    output reg          rvalid_o,
    output reg  [31:0]  rdata_o,
    input  wire         rready_i,
    // Control
    output reg          start_o,
    output reg          flush_o,
    input  wire         quiet_i,           // no AXI4 transaction is open
    output wire         run_o,
    output reg  [31:0]  prog_o,
    output reg  [31:0]  proglen_o,
    output wire [127:0] base_o,
    output wire [127:0] limit_o,
    output reg  [31:0]  watchdog_o,
    input  wire         done_i,
    input  wire [6:0]   errors_i,          // bit c: error code c + 1; the lowest is reported
    output wire         irq_o,
    // Events of this cycle
    input  wire [12:0]  macs_i,
    input  wire         busy_i,
    input  wire [3:0]   stall_i,           // {configuration, other, neurons, kernels}
    input  wire         wb_stall_i,
    input  wire         ld_beat_i, fetch_beat_i, st_beat_i,
    input  wire [6:0]   kb_wr_i, kb_rd_i, nb_wr_i, nb_rd_i,
    input  wire [12:0]  ks_wr_i, ns_wr_i,
    input  wire [6:0]   psum_rd_i, psum_wr_i,
    input  wire [6:0]   corrected_i, detected_i   // words of protected buffers
);
  // ---- AXI4-Lite write: address and data may come in any order ----
  reg        aw_q, w_q;
  reg [7:0]  waddr_q;
  reg [31:0] wdata_q;
  wire       commit = aw_q && w_q && (!bvalid_o || bready_i);
  assign awready_o = !aw_q;
  assign wready_o  = !w_q;
  reg        irq_en_q, irq_q, run_q, done_q, error_q;
  reg [7:0]  code_q;
  reg [31:0] base_q [0:3];
  reg [31:0] limit_q [0:3];
  assign base_o  = {base_q[3], base_q[2], base_q[1], base_q[0]};
  assign limit_o = {limit_q[3], limit_q[2], limit_q[1], limit_q[0]};
  assign run_o   = run_q;
  assign irq_o  = irq_q && irq_en_q;
  wire [31:0] wd = wdata_q;
  wire write_ctrl = commit && waddr_q == `REG_CTRL;
  wire start      = write_ctrl && wd[0] && !wd[1] && !run_q && !flush_o; // a reset wins
  wire reset      = write_ctrl && wd[1];
  wire failed     = run_q && errors_i != 7'd0;
  wire ending     = run_q && (done_i || failed);
  reg [7:0] code;
  integer c;
  always @* begin
    code = 8'd0;
    for (c = 7; c > 0; c = c - 1) if (errors_i[c-1]) code = c[7:0];
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      {aw_q, w_q, bvalid_o} <= 3'd0;
      {start_o, irq_en_q, irq_q, run_q, done_q, error_q} <= 6'd0;
      flush_o   <= 1'b1;
      code_q    <= 8'd0;
      prog_o    <= 32'd0;
      proglen_o <= 32'd0;
      base_q[0] <= 32'd0;
      base_q[1] <= 32'd0;
      base_q[2] <= 32'd0;
      base_q[3] <= 32'd0;
      limit_q[0] <= 32'hffff_ffff;
      limit_q[1] <= 32'hffff_ffff;
      limit_q[2] <= 32'hffff_ffff;
      limit_q[3] <= 32'hffff_ffff;
      watchdog_o <= 32'h0010_0000;
    end else begin
      if (awvalid_i && awready_o) aw_q <= 1'b1;
      if (wvalid_i && wready_o) w_q <= 1'b1;
      if (commit) begin
        aw_q <= 1'b0;
        w_q  <= 1'b0;
      end
      if (commit) bvalid_o <= 1'b1;
      else if (bready_i) bvalid_o <= 1'b0;

      start_o      <= start;
      if (reset || failed) flush_o <= 1'b1;
      else if (quiet_i) flush_o <= 1'b0;
      if (commit) begin
        case (waddr_q)
          `REG_PROG:    prog_o <= wd;
          `REG_PROGLEN: proglen_o <= wd;
          `REG_BASE0:   base_q[0] <= wd;
          `REG_BASE1:   base_q[1] <= wd;
          `REG_BASE2:   base_q[2] <= wd;
          `REG_BASE3:   base_q[3] <= wd;
          `REG_LIMIT0:  limit_q[0] <= wd;
          `REG_LIMIT1:  limit_q[1] <= wd;
          `REG_LIMIT2:  limit_q[2] <= wd;
          `REG_LIMIT3:  limit_q[3] <= wd;
          `REG_WATCHDOG: watchdog_o <= wd;
          `REG_IRQ:     irq_en_q <= wd[0];
          default: ;
        endcase
      end
      if (start) begin
        run_q   <= 1'b1;
        done_q  <= 1'b0;
        error_q <= 1'b0;
        code_q  <= 8'd0;
      end else if (reset) begin
        run_q   <= 1'b0;
        done_q  <= 1'b0;
        error_q <= 1'b0;
        code_q  <= 8'd0;
      end else if (ending) begin
        run_q   <= 1'b0;
        done_q  <= 1'b1;
        error_q <= failed;
        code_q  <= code;
      end
      if (ending) irq_q <= 1'b1;
      else if (commit && waddr_q == `REG_IRQ && wd[1]) irq_q <= 1'b0;
    end
    if (awvalid_i && awready_o) waddr_q <= awaddr_i;
    if (wvalid_i && wready_o) wdata_q <= wdata_i;
  end

  // ---- counters ----
  localparam N = 21;
  reg  [31:0]    count_q [0:N-1];
  wire [N*13-1:0] event_bus = {
      6'd0, detected_i, 6'd0, corrected_i, 6'd0, psum_wr_i, 6'd0, psum_rd_i, ns_wr_i, ks_wr_i, 6'd0, nb_rd_i, 6'd0, nb_wr_i, 6'd0, kb_rd_i, 6'd0, kb_wr_i,
      12'd0, st_beat_i, 12'd0, fetch_beat_i, 12'd0, ld_beat_i, 12'd0, stall_i[3], 12'd0, wb_stall_i, 12'd0, stall_i[2],
      12'd0, stall_i[1], 12'd0, stall_i[0], 12'd0, busy_i, macs_i, 13'd1};
  genvar n;
  generate
    for (n = 0; n < N; n = n + 1) begin : g_count
      wire [12:0] inc = event_bus[n*13 +: 13];
      always @(posedge clk_i) begin
        if (rst_i || start) count_q[n] <= 32'd0;
        else if (run_q && inc != 13'd0) count_q[n] <= count_q[n] + {19'd0, inc};
      end
    end
  endgenerate

  // ---- AXI4-Lite read ----
  assign arready_o = !rvalid_o || rready_i;
  wire [31:0] config_word = {8'd0 + KB_LOG2[7:0], NB_LOG2[7:0], W[7:0], D[7:0]};
  always @(posedge clk_i) begin
    if (rst_i) rvalid_o <= 1'b0;
    else if (arvalid_i && arready_o) rvalid_o <= 1'b1;
    else if (rready_i) rvalid_o <= 1'b0;
    if (arvalid_i && arready_o) begin
      case (araddr_i)
        `REG_ID:          rdata_o <= 32'h41584631;
        `REG_CONFIG:      rdata_o <= config_word;
        `REG_CONFIG2:     rdata_o <= {27'd0, PROTECT_REC[0], SEGS_LOG2[3:0]};
        `REG_STATUS:      rdata_o <= {16'd0, code_q, 5'd0, error_q, done_q, run_q || flush_o};
        `REG_PROG:        rdata_o <= prog_o;
        `REG_PROGLEN:     rdata_o <= proglen_o;
        `REG_BASE0:       rdata_o <= base_q[0];
        `REG_BASE1:       rdata_o <= base_q[1];
        `REG_BASE2:       rdata_o <= base_q[2];
        `REG_BASE3:       rdata_o <= base_q[3];
        `REG_LIMIT0:      rdata_o <= limit_q[0];
        `REG_LIMIT1:      rdata_o <= limit_q[1];
        `REG_LIMIT2:      rdata_o <= limit_q[2];
        `REG_LIMIT3:      rdata_o <= limit_q[3];
        `REG_WATCHDOG:    rdata_o <= watchdog_o;
        `REG_IRQ:         rdata_o <= {30'd0, irq_q, irq_en_q};
        `REG_CYCLES:      rdata_o <= count_q[0];
        `REG_MACS:        rdata_o <= count_q[1];
        `REG_X_BUSY:      rdata_o <= count_q[2];
        `REG_X_WAIT_K:    rdata_o <= count_q[3];
        `REG_X_WAIT_N:    rdata_o <= count_q[4];
        `REG_X_WAIT_O:    rdata_o <= count_q[5];
        `REG_X_WB:        rdata_o <= count_q[6];
        `REG_X_CFG:       rdata_o <= count_q[7];
        `REG_LD_BEATS:    rdata_o <= count_q[8];
        `REG_FETCH_BEATS: rdata_o <= count_q[9];
        `REG_ST_BEATS:    rdata_o <= count_q[10];
        `REG_KB_WR:       rdata_o <= count_q[11];
        `REG_KB_RD:       rdata_o <= count_q[12];
        `REG_NB_WR:       rdata_o <= count_q[13];
        `REG_NB_RD:       rdata_o <= count_q[14];
        `REG_KS_WR:       rdata_o <= count_q[15];
        `REG_NS_WR:       rdata_o <= count_q[16];
        `REG_PS_RD:       rdata_o <= count_q[17];
        `REG_PS_WR:       rdata_o <= count_q[18];
        `REG_ECC_CORRECTED: rdata_o <= count_q[19];
        `REG_ECC_DETECTED: rdata_o <= count_q[20];
        default:          rdata_o <= 32'd0;
      endcase
    end
  end
endmodule
`default_nettype wire
