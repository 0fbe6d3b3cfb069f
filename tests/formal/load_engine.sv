// Properties of dma/load_engine: the bursts it asks for, and where its words go. Instructions are legal: addresses of 16
// bytes, at least one beat, row and plane, a buffer that is there, no more lanes than banks. The memory answers only what was asked for. Base 0
// and no limit: an offset says everything.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module formal #(
    parameter D = 4,
    parameter W = 8,
    // The most beats of a row, rows and planes of an instruction; 0: any.
    parameter BEATS = 0,
    parameter ROWS = 0 // .. and no more than 3, but for BURSTS
) (
    input wire         clk_i,
    input wire         rst_i,
    input wire         valid_i,
    input wire [255:0] instr_i,
    input wire [15:0]  sem_ready_i,
    input wire [127:0] base_i,
    input wire         grant_i,
    input wire         rvalid_i,
    input wire [127:0] rdata_i,
    input wire [2:0]   busy_i
);
  localparam BW = 128 / W, BW_LOG2 = W == 8 ? 4 : 3;
  reg started = 1'b0;
  always @(posedge clk_i) started <= 1'b1;
  wire rst = rst_i || !started;

  wire           pop, idle, req, rready;
  wire [15:0]    take, post, waddr;
  wire [31:0]    addr;
  wire [7:0]     len;
  wire [2:0]     we;
  wire [D-1:0]   mask;
  wire [D*W-1:0] wdata;
  load_engine #(.D(D), .W(W)) dut (
      .clk_i(clk_i), .rst_i(rst), .valid_i(valid_i), .instr_i(instr_i), .pop_o(pop), .sem_ready_i(sem_ready_i),
      .take_o(take), .post_o(post), .idle_o(idle), .base_i(base_i), .limit_i({128{1'b1}}), .req_o(req), .addr_o(addr), .len_o(len),
      .grant_i(grant_i), .rvalid_i(rvalid_i), .rdata_i(rdata_i), .rready_o(rready), .we_o(we), .mask_o(mask),
      .waddr_o(waddr), .wdata_o(wdata), .busy_i(busy_i)
  );
  wire [31:0] base = base_i[32*instr_i[`LD_BASE] +: 32];
  always @* begin
    assume (base_i == 128'd0 && instr_i[`LD_OFFSET] % 16 == 0);
    assume (instr_i[`LD_BEATS] != 16'd0 && instr_i[`LD_NY] != 12'd0 && instr_i[`LD_NZ] != 12'd0);
    assume (instr_i[`LD_DST] != 2'd3 && instr_i[`LD_LANES_LOG2] <= $clog2(D));
    if (started) assume (!grant_i || req);
    if (BEATS != 0) assume (instr_i[`LD_BEATS] <= BEATS);
    if (ROWS != 0) assume (instr_i[`LD_NY] <= ROWS && instr_i[`LD_NZ] <= ROWS);
  end

`ifdef BURSTS // at most 16 beats, on 16-byte addresses, inside a line of 256 bytes: never across 4 KB
  always @* begin
    if (started && req) begin
      assert (len <= 8'd15);
      assert (addr[3:0] == 4'd0);
      assert ({4'd0, addr[7:4]} + len <= 8'd15);
    end
  end
`else
  // One instruction: the first that is taken.
  reg         busy_q, over_q;
  reg [255:0] i_q;
  always @(posedge clk_i) begin
    busy_q <= !rst && (busy_q || pop);
    over_q <= !rst && (over_q || (busy_q && idle));
    if (pop) i_q <= instr_i;
  end
  always @* begin
    if (busy_q) assume (!valid_i);
    if (started) assume (!rst_i);
  end
  wire [15:0] beats = i_q[`LD_BEATS], pitch = i_q[`LD_PITCH], plane = i_q[`LD_PLANE];
  wire [11:0] ny = i_q[`LD_NY], nz = i_q[`LD_NZ];

  // Beats asked for and not yet come.
  reg [7:0] due_q;
  always @(posedge clk_i)
    due_q <= rst ? 8'd0 : due_q + (grant_i ? len + 8'd1 : 8'd0) - {7'd0, rvalid_i && rready};
  always @* if (started) assume (!rvalid_i || due_q != 8'd0);

`ifdef EACH_BEAT_ONCE // bursts cover plane z, row y, beats 0..beats-1 in order, nothing outside, and all of it
  reg [1:0]  z_q, y_q;
  reg [7:0]  b_q;
  reg [31:0] row_q, plane_q; // where row y, plane z begin
  wire [7:0] after    = b_q + len + 8'd1;
  wire       last_row = y_q + 2'd1 == ny;
  always @(posedge clk_i) begin
    if (!busy_q) begin
      {z_q, y_q, b_q}  <= 12'd0;
      {row_q, plane_q} <= {2{base + instr_i[`LD_OFFSET]}};
    end else if (grant_i) begin
      b_q <= after == beats ? 8'd0 : after;
      if (after == beats) begin
        y_q   <= last_row ? 2'd0 : y_q + 2'd1;
        row_q <= last_row ? plane_q + {i_q[`LD_ZSTRIDE], 4'd0} : row_q + {i_q[`LD_YSTRIDE], 4'd0};
        if (last_row) begin
          z_q     <= z_q + 2'd1;
          plane_q <= plane_q + {i_q[`LD_ZSTRIDE], 4'd0};
        end
      end
    end
  end
  always @* begin
    if (started && req) begin
      assert (addr == row_q + {b_q, 4'd0});
      assert (z_q < nz && y_q < ny && {8'd0, b_q} + len < beats);
    end
    if (started && busy_q) assert (req == (z_q != nz));
  end
`endif
`ifdef WRITES // plane z, row y, word i: address addr + z*plane + y*pitch + i, as many as the row's beats fill
  reg [1:0]  z_q, y_q;
  reg [7:0]  w_q;
  reg [15:0] row_q, plane_q;
  wire [2:0]  lanes_log2 = i_q[`LD_LANES_LOG2];
  wire [5:0]  lanes      = 6'd1 << lanes_log2;
  wire [2:0]  parts_log2 = lanes > BW ? lanes_log2 - BW_LOG2 : 3'd0;                      // log2 of the writes an address
  wire [15:0] words      = lanes > BW ? beats : (beats << BW_LOG2) >> lanes_log2;         // writes a row
  wire [7:0]  part       = w_q & ~(8'hff << parts_log2);
  wire        last_row   = y_q + 2'd1 == ny;
  always @(posedge clk_i) begin
    if (!busy_q) begin
      {z_q, y_q, w_q}  <= 12'd0;
      {row_q, plane_q} <= {2{instr_i[`LD_ADDR]}};
    end else if (we != 3'd0) begin
      w_q <= w_q + 8'd1 == words ? 8'd0 : w_q + 8'd1;
      if (w_q + 8'd1 == words) begin
        y_q   <= last_row ? 2'd0 : y_q + 2'd1;
        row_q <= last_row ? plane_q + plane : row_q + pitch;
        if (last_row) begin
          z_q     <= z_q + 2'd1;
          plane_q <= plane_q + plane;
        end
      end
    end
  end
  integer c;
  reg     as_told; // the banks written
  always @* begin
    as_told = 1'b1;
    for (c = 0; c < D; c = c + 1)
      if (mask[c] != (c < lanes && (parts_log2 == 3'd0 || c >> BW_LOG2 == part))) as_told = 1'b0;
    if (started && we != 3'd0) begin
      assert (we == 3'd1 << i_q[`LD_DST] && (we & busy_i) == 3'd0);
      assert (z_q < nz && y_q < ny);
      assert (waddr == row_q + (w_q >> parts_log2));
      assert (as_told);
    end
    if (started && over_q) assert (z_q == nz);
    if (started) assert (post == 16'd0 || (we != 3'd0 && z_q + 2'd1 == nz && post == i_q[`HDR_POST]));
  end
`endif
`endif
endmodule
`default_nettype wire
