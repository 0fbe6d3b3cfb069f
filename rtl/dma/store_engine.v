// Store engine: a neuron buffer to external memory (ST), planes of rows. Reads all D banks of one address, packs the words
// to 128-bit beats (bank 0 in the low bits), writes bursts of at most 16 beats inside 256-byte lines.
// flush_i: the burst under way is completed with zero strobes, then the engine is idle. Latency: 2 cycles from a bank read to its beat. The post is given when the last burst's response has arrived.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module store_engine #(
    // Array dimension, 4, 8, 16 or 32: the number of banks.
    parameter D = 16,
    // Word width in bits, 8 or 16.
    parameter W = 8,
    // Words of a bank of the neuron buffers, 2..65536.
    parameter NB_WORDS = 1024
) (
    input  wire           clk_i,
    input  wire           rst_i,
    input  wire           flush_i,
    // Instruction queue and semaphores
    input  wire           valid_i,
    input  wire [255:0]   instr_i,
    output wire           pop_o,
    input  wire [15:0]    sem_ready_i,
    output wire [15:0]    take_o,
    output wire [15:0]    post_o,
    output wire           idle_o,
    input  wire [127:0]   base_i,
    input  wire [127:0]   limit_i,         // the last byte that may be reached through each base
    output wire           bad_o,           // an illegal address: nothing is requested there
    // Neuron buffer read port: one-hot buffer; not granted while busy_i
    output wire [1:0]     re_o,
    output wire [15:0]    raddr_o,
    input  wire [1:0]     busy_i,
    input  wire [2*D*W-1:0] rdata_i,       // both buffers' banks, one cycle after re_o
    // AXI4 write
    output wire           awvalid_o,
    output wire [31:0]    awaddr_o,
    output wire [7:0]     awlen_o,
    input  wire           awready_i,
    output wire           wvalid_o,
    output wire [127:0]   wdata_o,
    output wire [15:0]    wstrb_o,
    output wire           wlast_o,
    input  wire           wready_i,
    input  wire           bvalid_i,
    output wire           bready_o
);
  localparam ROW   = D * W;                          // bits of one address
  localparam READS = ROW >= 128 ? 1 : 128 / ROW;     // addresses a beat
  localparam BEATS = ROW >= 128 ? ROW / 128 : 1;     // beats an address
  localparam SW    = ROW >= 128 ? ROW : 128;

  localparam [2:0] IDLE = 3'd0, ADDR = 3'd1, READ = 3'd2, FILL = 3'd3, SEND = 3'd4, RESP = 3'd5;
  reg  [2:0]    state_q;
  reg  [31:0]   addr_q, row_q, plane_q;              // next burst; start of its row, of its plane
  reg  [15:0]   left_q, raddr_q, rrow_q, rplane_q, post_q;
  reg  [11:0]   y_q, z_q;                            // rows, planes left after this one
  reg  [191:0]  st_q;
  reg  [4:0]    burst_q, slot_q;                     // beats left in this burst; reads or beats left in the word
  wire [255:64] st = st_q;
  wire          src_q = st[`ST_SRC];
  reg           more_q;                              // a burst ended inside an address: data_q holds its next beats
  reg  [SW-1:0] data_q;
  wire [15:0] wait_mask = instr_i[`HDR_WAIT];
  wire        start     = valid_i && state_q == IDLE && !flush_i && (wait_mask & ~sem_ready_i) == 16'd0;
  wire [15:0] to_line   = {11'd0, 5'd16 - {1'b0, addr_q[7:4]}};
  wire [15:0] burst     = left_q < to_line ? left_q : to_line;
  wire [31:0] first_byte = base_i[32*instr_i[`ST_BASE] +: 32] + instr_i[`ST_OFFSET];
  wire        row_done  = left_q == 16'd0;
  wire        all_done  = row_done && y_q == 12'd0 && z_q == 12'd0;
  wire [31:0] next_row   = row_q + {st[`ST_YSTRIDE], 4'd0};
  wire [31:0] next_plane = plane_q + {st[`ST_ZSTRIDE], 4'd0};

  // A burst lies in one line, so its last beat is found in the line.
  wire [1:0]  base_sel = st[`ST_BASE];
  wire [27:0] lowest   = base_i[32*base_sel + 4 +: 28];
  wire [27:0] highest  = limit_i[32*base_sel + 4 +: 28];
  wire [3:0]  end_beat = addr_q[7:4] + burst[3:0] - 4'd1;
  wire        outside  = addr_q[31:4] < lowest || {addr_q[31:8], end_beat} > highest || row_done;
  localparam [31:0] NB_L = NB_WORDS;
  localparam [16:0] NB_END = NB_L[16:0];
  assign bad_o     = (state_q == ADDR && outside) || (read && {1'b0, raddr_q} >= NB_END);
  assign awvalid_o = state_q == ADDR && !outside;

  assign pop_o    = start;
  assign take_o   = start ? wait_mask : 16'd0;
  assign post_o   = state_q == RESP && bvalid_i && all_done && !flush_i ? post_q : 16'd0;
  assign idle_o   = state_q == IDLE;
  assign awaddr_o = addr_q;
  assign awlen_o  = burst[7:0] - 8'd1;
  assign bready_o = state_q == RESP;

  wire read = state_q == READ && (src_q ? !busy_i[1] : !busy_i[0]);
  assign re_o    = read ? (src_q ? 2'b10 : 2'b01) : 2'b00;
  assign raddr_o = raddr_q;

  reg void_q;
  assign wstrb_o  = {16{!void_q}};
  assign wvalid_o = state_q == SEND;
  assign wdata_o  = data_q[127:0];
  assign wlast_o  = burst_q == 5'd1;
  wire send = wvalid_o && wready_i;
  wire [ROW-1:0] row = src_q ? rdata_i[ROW +: ROW] : rdata_i[0 +: ROW];
  localparam [31:0] READS_L = READS - 1, BEATS_L = BEATS - 1;
  localparam [4:0]  READS_1 = READS_L[4:0], BEATS_1 = BEATS_L[4:0];

  always @(posedge clk_i) begin
    if (rst_i) begin
      state_q <= IDLE;
    end else begin
      case (state_q)
        IDLE:
          if (start) state_q <= ADDR;
        ADDR:
          if (outside) begin
            if (flush_i) state_q <= IDLE;
          end else if (awready_i) begin
            state_q <= more_q || flush_i ? SEND : READ;
          end
        READ: if (flush_i) state_q <= SEND; else if (read) state_q <= FILL;
        FILL: state_q <= slot_q == 5'd0 || flush_i ? SEND : READ;
        SEND:
          if (send) begin
            if (burst_q == 5'd1) state_q <= RESP;
            else if (slot_q == 5'd0 && !flush_i) state_q <= READ;
          end
        RESP: if (bvalid_i) state_q <= all_done || flush_i ? IDLE : ADDR;
        default: state_q <= IDLE;
      endcase
    end

    if (start) begin
      st_q    <= instr_i[255:64];
      post_q  <= instr_i[`HDR_POST];
      {addr_q, row_q, plane_q}    <= {3{first_byte}};
      {raddr_q, rrow_q, rplane_q} <= {3{instr_i[`ST_ADDR]}};
      left_q  <= instr_i[`ST_BEATS];
      y_q     <= instr_i[`ST_NY] - 12'd1;
      z_q     <= instr_i[`ST_NZ] - 12'd1;
    end
    if (state_q == RESP && bvalid_i && row_done) begin
      left_q <= st[`ST_BEATS];
      if (y_q != 12'd0) begin
        y_q <= y_q - 12'd1;
        {addr_q, row_q}   <= {2{next_row}};
        {raddr_q, rrow_q} <= {2{rrow_q + st[`ST_PITCH]}};
      end else begin
        y_q <= st[`ST_NY] - 12'd1;
        z_q <= z_q - 12'd1;
        {addr_q, row_q, plane_q}    <= {3{next_plane}};
        {raddr_q, rrow_q, rplane_q} <= {3{rplane_q + st[`ST_PLANE]}};
      end
    end
    // While a flush lasts, beats carry nothing; one that waits for its ready stays as it is.
    if (state_q != SEND || send) void_q <= flush_i;
    if (awvalid_o && awready_i) begin
      burst_q <= burst[4:0];
      addr_q  <= addr_q + {12'd0, burst, 4'd0};
      left_q  <= left_q - burst;
    end
    if (read) raddr_q <= raddr_q + 16'd1;
    if (state_q == FILL) slot_q <= slot_q == 5'd0 ? BEATS_1 : slot_q - 5'd1;
    else if (send) slot_q <= slot_q == 5'd0 ? READS_1 : slot_q - 5'd1;
    if (send) burst_q <= burst_q - 5'd1;
    // A row starts with a new address.
    if (start || (state_q == RESP && bvalid_i && row_done)) begin
      slot_q <= READS_1;
      more_q <= 1'b0;
    end else if (send) begin
      more_q <= slot_q != 5'd0;
    end
  end

  wire unused = &{1'b0, instr_i, st};

  generate
    if (READS > 1) begin : g_narrow
      always @(posedge clk_i) if (state_q == FILL) data_q <= {row, data_q[127:ROW]};
    end else if (BEATS > 1) begin : g_wide
      always @(posedge clk_i) begin
        if (state_q == FILL) data_q <= row;
        else if (send) data_q <= data_q >> 128;
      end
    end else begin : g_one
      always @(posedge clk_i) if (state_q == FILL) data_q <= row;
    end
  endgenerate
endmodule
`default_nettype wire
