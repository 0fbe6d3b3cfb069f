// Load engine: external memory to the neuron or kernel buffer (LD): planes of rows of beats. Requests run ahead of data:
// the next LD may request while the previous one's beats are still arriving; at most 4 are open.
// A beat of BW = 128/W words fills BW/lanes addresses when lanes <= BW, or BW of the lanes of one address otherwise.
// Latency: a beat is written from the cycle after it arrived, one address (or part) a cycle.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module load_engine #(
    // Array dimension, 4, 8, 16 or 32: the number of banks.
    parameter D = 16,
    // Word width in bits, 8 or 16.
    parameter W = 8,
    // Words of a bank of the neuron buffers and of the kernel buffer, 2..65536.
    parameter NB_WORDS = 1024,
    parameter KB_WORDS = 2048
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
    input  wire [127:0]   base_i,          // four base registers
    input  wire [127:0]   limit_i,         // the last byte that may be reached through each
    output wire           bad_o,           // an illegal address: nothing is requested there
    // Read requests
    output wire           req_o,
    output wire [31:0]    addr_o,
    output wire [7:0]     len_o,
    input  wire           grant_i,
    // Read data
    input  wire           rvalid_i,
    input  wire [127:0]   rdata_i,
    output wire           rready_o,
    // Buffer write port: one-hot destination {kernel, neuron 1, neuron 0}, a mask over the banks
    output wire [2:0]     we_o,
    output wire [D-1:0]   mask_o,
    output wire [15:0]    waddr_o,
    output wire [D*W-1:0] wdata_o,
    input  wire [2:0]     busy_i           // destination is written by someone else in this cycle
);
  localparam BW = 128 / W;

  // ---- requests: plane { row { burst } } ----
  reg          run_q;
  reg  [31:0]  addr_q, row_q, plane_q;     // next burst; start of its row, of its plane
  reg  [15:0]  left_q;
  reg  [11:0]  y_q, z_q;                   // rows, planes left after this one
  reg  [191:0] ld_q;
  wire [255:64] ld       = ld_q;
  wire [15:0]  wait_mask = instr_i[`HDR_WAIT];
  wire         info_room;
  wire         start     = valid_i && !run_q && info_room && (wait_mask & ~sem_ready_i) == 16'd0;
  wire [31:0]  first_byte = base_i[32*instr_i[`LD_BASE] +: 32] + instr_i[`LD_OFFSET];
  wire [15:0]  to_line   = {11'd0, 5'd16 - {1'b0, addr_q[7:4]}};    // beats to the next 256-byte line
  wire [15:0]  burst     = left_q < to_line ? left_q : to_line;
  wire [31:0]  next_row   = row_q + {ld[`LD_YSTRIDE], 4'd0};
  wire [31:0]  next_plane = plane_q + {ld[`LD_ZSTRIDE], 4'd0};

  assign pop_o  = start;
  assign take_o = start ? wait_mask : 16'd0;
  // A burst lies in one line, so its last beat is found in the line.
  wire [1:0]  base_sel = ld[`LD_BASE];
  wire [27:0] lowest   = base_i[32*base_sel + 4 +: 28];
  wire [27:0] highest  = limit_i[32*base_sel + 4 +: 28];
  wire [3:0]  end_beat = addr_q[7:4] + burst[3:0] - 4'd1;
  wire        outside  = addr_q[31:4] < lowest || {addr_q[31:8], end_beat} > highest || left_q == 16'd0;
  assign req_o  = run_q && !outside;
  assign addr_o = addr_q;
  assign len_o  = burst[7:0] - 8'd1;

  always @(posedge clk_i) begin
    if (rst_i) run_q <= 1'b0;
    else if (start) run_q <= 1'b1;
    else if (grant_i && left_q == burst && y_q == 12'd0 && z_q == 12'd0) run_q <= 1'b0;

    if (start) begin
      ld_q    <= instr_i[255:64];
      addr_q  <= first_byte;
      row_q   <= first_byte;
      plane_q <= first_byte;
      left_q  <= instr_i[`LD_BEATS];
      y_q     <= instr_i[`LD_NY] - 12'd1;
      z_q     <= instr_i[`LD_NZ] - 12'd1;
    end else if (grant_i) begin
      if (left_q != burst) begin
        addr_q <= addr_q + {12'd0, burst, 4'd0};
        left_q <= left_q - burst;
      end else begin
        left_q <= ld[`LD_BEATS];
        if (y_q != 12'd0) begin
          y_q    <= y_q - 12'd1;
          addr_q <= next_row;
          row_q  <= next_row;
        end else begin
          y_q     <= ld[`LD_NY] - 12'd1;
          z_q     <= z_q - 12'd1;
          addr_q  <= next_plane;
          row_q   <= next_plane;
          plane_q <= next_plane;
        end
      end
    end
  end

  // ---- open instructions, oldest first ----
  localparam IW = 2 + 3 + 16 + 16 + 12 + 12 + 16 + 16 + 16;
  reg  [IW-1:0] info [0:3];
  reg  [1:0]    wr_q, rd_q;
  reg  [2:0]    open_q;
  wire          finish;
  assign info_room = !open_q[2];
  assign idle_o    = open_q == 3'd0;
  always @(posedge clk_i) begin
    if (rst_i) begin
      wr_q   <= 2'd0;
      rd_q   <= 2'd0;
      open_q <= 3'd0;
    end else begin
      if (start) wr_q <= wr_q + 2'd1;
      if (finish) rd_q <= rd_q + 2'd1;
      open_q <= open_q + {2'd0, start} - {2'd0, finish};
    end
    if (start)
      info[wr_q] <= {instr_i[`LD_DST], instr_i[`LD_LANES_LOG2], instr_i[`LD_ADDR], instr_i[`LD_BEATS],
                     instr_i[`LD_NY], instr_i[`LD_NZ], instr_i[`LD_PITCH], instr_i[`LD_PLANE], instr_i[`HDR_POST]};
  end
  wire [1:0]  dst;
  wire [2:0]  lanes_log2;
  wire [15:0] first, beats, pitch, plane, post;
  wire [11:0] ny, nz;
  assign {dst, lanes_log2, first, beats, ny, nz, pitch, plane, post} = info[rd_q];

  // ---- data ----
  reg          fresh_q, newrow_q;       // the next beat is the first of its instruction, of its row
  reg  [15:0]  waddr_q, wrow_q, wplane_q;
  reg  [15:0]  beats_q;                 // beats of the row not yet arrived
  reg  [11:0]  wy_q, wz_q;              // rows, planes left after this one
  reg          hold_q;                  // the shift register holds words
  reg  [127:0] data_q;
  reg  [4:0]   chunk_q, part_q;         // chunks left after this one; part of a wide address
  wire [5:0]   lanes      = 6'd1 << lanes_log2;
  wire         wide       = lanes > BW[5:0];
  wire [4:0]   chunks     = wide ? 5'd0 : (BW[4:0] >> lanes_log2) - 5'd1;
  wire [4:0]   last_part  = wide ? (lanes[5:1] >> ((W == 8) ? 3 : 2)) - 5'd1 : 5'd0;
  wire [2:0]   dst_onehot = 3'd1 << dst;
  wire         write      = hold_q && (dst_onehot & busy_i) == 3'd0;
  wire         beat_done  = write && chunk_q == 5'd0;
  wire         row_end    = beat_done && beats_q == 16'd0;
  assign finish   = row_end && wy_q == 12'd0 && wz_q == 12'd0;
  assign rready_o = !hold_q || (beat_done && !finish);
  wire         take       = rvalid_i && rready_o;

  always @(posedge clk_i) begin
    if (rst_i) begin
      hold_q   <= 1'b0;
      fresh_q  <= 1'b1;
      newrow_q <= 1'b0;
    end else begin
      if (take) hold_q <= 1'b1;
      else if (beat_done) hold_q <= 1'b0;
      if (take) fresh_q <= 1'b0;
      else if (finish) fresh_q <= 1'b1;
      newrow_q <= !take && (row_end || newrow_q);
    end
    if (take) begin
      data_q  <= rdata_i;
      chunk_q <= chunks;
      beats_q <= (fresh_q || newrow_q || row_end ? beats : beats_q) - 16'd1;
    end else if (write) begin
      data_q  <= data_q >> ({3'd0, lanes} * W);
      chunk_q <= chunk_q - 5'd1;
    end
    if (take && fresh_q) begin
      {waddr_q, wrow_q, wplane_q} <= {3{first}};
      wy_q   <= ny - 12'd1;
      wz_q   <= nz - 12'd1;
      part_q <= 5'd0;
    end else if (write) begin
      part_q <= part_q == last_part || row_end ? 5'd0 : part_q + 5'd1;
      if (row_end && wy_q != 12'd0) begin
        waddr_q <= wrow_q + pitch;
        wrow_q  <= wrow_q + pitch;
        wy_q    <= wy_q - 12'd1;
      end else if (row_end) begin
        {waddr_q, wrow_q, wplane_q} <= {3{wplane_q + plane}};
        wy_q    <= ny - 12'd1;
        wz_q    <= wz_q - 12'd1;
      end else if (part_q == last_part) begin
        waddr_q <= waddr_q + 16'd1;
      end
    end
  end

  wire unused = &{1'b0, instr_i, ld};

  localparam [31:0] NB_L = NB_WORDS, KB_L = KB_WORDS;
  localparam [16:0] NB_END = NB_L[16:0], KB_END = KB_L[16:0];
  wire beyond = write && ({1'b0, waddr_q} >= (dst == 2'd2 ? KB_END : NB_END) || dst == 2'd3);
  assign bad_o   = (run_q && outside) || beyond;
  assign we_o    = write ? dst_onehot : 3'd0;
  assign waddr_o = waddr_q;
  assign post_o  = finish ? post : 16'd0;
  genvar b;
  generate
    for (b = 0; b < D; b = b + 1) begin : g_bank
      localparam [31:0] PART_L = b / BW;
      localparam [4:0]  PART   = PART_L[4:0];
      localparam [5:0]  BANK   = b;
      assign mask_o[b] = BANK < lanes && (!wide || part_q == PART);
      assign wdata_o[b*W +: W] = data_q[(b % BW)*W +: W];
    end
  endgenerate
endmodule
`default_nettype wire
