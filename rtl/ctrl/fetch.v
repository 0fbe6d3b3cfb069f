// Fetches the program in order, decodes each instruction's engine and hands it to that engine's queue.
// One instruction is two 128-bit beats; bursts of up to 8 instructions are requested while the 16-entry buffer has room.
// Latency: an instruction can leave one cycle after its second beat arrived. END waits for idle_i.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module fetch (
    input  wire         clk_i,
    input  wire         rst_i,
    // Control: start_i pulses; done_o pulses when END has been reached and everything is idle.
    input  wire         start_i,
    input  wire [31:0]  prog_i,
    input  wire [31:0]  proglen_i,
    input  wire         idle_i,
    output wire         done_o,
    output reg          bad_o,
    output wire         overrun_o,         // all instructions have left and none was END
    // Read requests: a burst of len_o + 1 beats
    output wire         req_o,
    output wire [31:0]  addr_o,
    output wire [7:0]   len_o,
    input  wire         grant_i,
    // Read data
    input  wire         rvalid_i,
    input  wire [127:0] rdata_i,
    // Dispatch: one push bit an engine {store, exec, nload, kload, load}
    output wire [4:0]   push_o,
    output wire [255:0] instr_o,
    input  wire [4:0]   ready_i
);
  reg         run_q;
  reg [31:0]  addr_q, left_q;         // next request; instructions not yet requested
  reg [4:0]   room_q;                 // entries neither filled nor requested
  reg [127:0] half_q;
  reg         odd_q;
  reg [255:0] fifo [0:15];
  reg [3:0]   wr_q, rd_q;
  reg [4:0]   count_q;

  // Requests
  wire [3:0] burst = left_q >= 32'd8 ? 4'd8 : left_q[3:0];
  assign req_o  = run_q && left_q != 32'd0 && room_q >= {1'b0, burst};
  assign addr_o = addr_q;
  assign len_o  = {3'd0, burst, 1'b0} - 8'd1;

  // Dispatch
  wire [3:0] op    = instr_o[`HDR_OPCODE];
  wire       valid = run_q && count_q != 5'd0;
  reg  [4:0] engine;
  always @* begin
    case (op)
      `OP_LD:                                         engine = 5'b00001;
      `OP_KCFG, `OP_KLD:                              engine = 5'b00010;
      `OP_NCFG, `OP_NLD:                              engine = 5'b00100;
      `OP_XCFG0, `OP_XCFG1, `OP_XCFG2, `OP_XTILE:     engine = 5'b01000;
      `OP_ST:                                         engine = 5'b10000;
      default:                                        engine = 5'b00000;
    endcase
  end
  wire is_end = op == `OP_END;
  wire pop    = valid && |(engine & ready_i);
  assign instr_o = fifo[rd_q];
  assign push_o  = engine & {5{pop}};
  assign done_o  = valid && is_end && idle_i;
  assign overrun_o = run_q && left_q == 32'd0 && room_q == 5'd16;

  wire arrive = rvalid_i && odd_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      run_q   <= 1'b0;
      bad_o   <= 1'b0;
      count_q <= 5'd0;
      room_q  <= 5'd16;
      odd_q   <= 1'b0;
      wr_q    <= 4'd0;
      rd_q    <= 4'd0;
    end else if (start_i) begin
      run_q   <= 1'b1;
      bad_o   <= 1'b0;
      addr_q  <= prog_i;
      left_q  <= proglen_i;
      count_q <= 5'd0;
      room_q  <= 5'd16;
      odd_q   <= 1'b0;
      wr_q    <= 4'd0;
      rd_q    <= 4'd0;
    end else begin
      if (done_o) run_q <= 1'b0;
      if (grant_i) begin
        addr_q <= addr_q + {23'd0, burst, 5'd0};
        left_q <= left_q - {28'd0, burst};
      end
      room_q <= room_q - (grant_i ? {1'b0, burst} : 5'd0) + {4'd0, pop};
      if (rvalid_i) odd_q <= !odd_q;
      if (arrive) wr_q <= wr_q + 4'd1;
      if (pop) rd_q <= rd_q + 4'd1;
      count_q <= count_q + {4'd0, arrive} - {4'd0, pop};
      if (valid && engine == 5'd0 && !is_end) bad_o <= 1'b1;
    end
    if (rvalid_i && !odd_q) half_q <= rdata_i;
    if (arrive) fifo[wr_q] <= {rdata_i, half_q};
  end
endmodule
`default_nettype wire
