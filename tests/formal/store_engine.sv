// Properties of dma/store_engine: the bursts it writes and the buffer words it reads. Instructions are legal: addresses of
// 16 bytes, at least one beat, row and plane, beats that end with an address; base 0, no limit, no flush.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module formal #(
    parameter D = 4,
    parameter W = 8,
    // The most beats of a row, rows and planes of an instruction (rows no more than 3); 0: any, for the unbounded properties.
    parameter BEATS = 0,
    parameter ROWS = 0
) (
    input wire             clk_i,
    input wire             rst_i,
    input wire             valid_i,
    input wire [255:0]     instr_i,
    input wire [15:0]      sem_ready_i,
    input wire [127:0]     base_i,
    input wire [1:0]       busy_i,
    input wire [2*D*W-1:0] rdata_i,
    input wire             awready_i,
    input wire             wready_i,
    input wire             bvalid_i
);
  localparam ROW = D * W, PER_READ = ROW >= 128 ? ROW / 128 : 1, PER_BEAT = ROW >= 128 ? 1 : 128 / ROW;
  reg started = 1'b0;
  always @(posedge clk_i) started <= 1'b1;
  wire rst = rst_i || !started;

  wire         pop, idle, awvalid, wvalid, wlast, bready;
  wire [15:0]  take, post, raddr;
  wire [1:0]   re;
  wire [31:0]  awaddr;
  wire [7:0]   awlen;
  wire [127:0] wdata;
  store_engine #(.D(D), .W(W)) dut (
      .clk_i(clk_i), .rst_i(rst), .valid_i(valid_i), .instr_i(instr_i), .pop_o(pop), .sem_ready_i(sem_ready_i),
      .take_o(take), .post_o(post), .idle_o(idle), .base_i(base_i), .limit_i({128{1'b1}}), .flush_i(1'b0), .re_o(re), .raddr_o(raddr), .busy_i(busy_i),
      .rdata_i(rdata_i), .awvalid_o(awvalid), .awaddr_o(awaddr), .awlen_o(awlen), .awready_i(awready_i),
      .wvalid_o(wvalid), .wdata_o(wdata), .wlast_o(wlast), .wready_i(wready_i), .bvalid_i(bvalid_i), .bready_o(bready)
  );
  wire [31:0] base = base_i[32*instr_i[`ST_BASE] +: 32];
  always @* begin
    assume (base_i == 128'd0 && instr_i[`ST_OFFSET] % 16 == 0);
    assume (instr_i[`ST_BEATS] % PER_READ == 0);
    assume (instr_i[`ST_BEATS] != 16'd0 && instr_i[`ST_NY] != 12'd0 && instr_i[`ST_NZ] != 12'd0);
    if (BEATS != 0) assume (instr_i[`ST_BEATS] <= BEATS);
    if (ROWS != 0) assume (instr_i[`ST_NY] <= ROWS && instr_i[`ST_NZ] <= ROWS);
  end

`ifdef BURSTS // at most 16 beats, on 16-byte addresses, inside a line of 256 bytes: never across 4 KB
  always @* begin
    if (started && awvalid) begin
      assert (awlen <= 8'd15);
      assert (awaddr[3:0] == 4'd0);
      assert ({4'd0, awaddr[7:4]} + awlen <= 8'd15);
    end
  end
`endif
`ifdef ADDRESS_KEPT // AXI: a valid address waits unchanged until it is taken
  reg        waiting_q;
  reg [39:0] offered_q;
  always @(posedge clk_i) begin
    waiting_q <= !rst && awvalid && !awready_i;
    offered_q <= {awaddr, awlen};
  end
  always @* if (started && waiting_q) assert (awvalid && offered_q == {awaddr, awlen});
`endif
`ifdef DATA_KEPT // AXI: a valid beat waits unchanged until it is taken
  reg         waiting_q;
  reg [128:0] offered_q;
  always @(posedge clk_i) begin
    waiting_q <= !rst && wvalid && !wready_i;
    offered_q <= {wlast, wdata};
  end
  always @* if (started && waiting_q) assert (wvalid && offered_q == {wlast, wdata});
`endif
`ifdef BEATS_OF_BURST // a burst's beats follow its address, awlen + 1 of them, the last one marked; then its response
  reg [4:0] left_q; // beats of the burst still to come
  reg       answer_q;
  always @(posedge clk_i) begin
    if (rst) begin
      left_q   <= 5'd0;
      answer_q <= 1'b0;
    end else begin
      if (awvalid && awready_i) left_q <= awlen[4:0] + 5'd1;
      else if (wvalid && wready_i) left_q <= left_q - 5'd1;
      if (wvalid && wready_i && wlast) answer_q <= 1'b1;
      else if (bvalid_i && bready) answer_q <= 1'b0;
    end
  end
  always @* begin
    if (started) begin
      assume (!bvalid_i || answer_q);
      assert (!awvalid || (left_q == 5'd0 && !answer_q));
      if (wvalid) assert (left_q != 5'd0 && wlast == (left_q == 5'd1));
      assert (!bready || answer_q);
      assert (post == 16'd0 || (bready && bvalid_i));
    end
  end
`endif
`ifdef EACH_WORD_ONCE // plane z, row y: its beats to its addresses in order, its words read from the buffer in order
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
  wire [15:0] beats = i_q[`ST_BEATS];
  wire [11:0] ny = i_q[`ST_NY], nz = i_q[`ST_NZ];
  reg [1:0]   z_q, y_q, rz_q, ry_q;
  reg [7:0]   b_q, r_q;
  reg [31:0]  row_q, plane_q;
  reg [15:0]  rrow_q, rplane_q;
  wire [7:0]  after = b_q + awlen + 8'd1, reads = PER_READ > 1 ? beats / PER_READ : beats * PER_BEAT;
  wire        last_row = y_q + 2'd1 == ny, last_rrow = ry_q + 2'd1 == ny;
  always @(posedge clk_i) begin
    if (!busy_q) begin
      {z_q, y_q, rz_q, ry_q, b_q, r_q} <= 24'd0;
      {row_q, plane_q}   <= {2{base + instr_i[`ST_OFFSET]}};
      {rrow_q, rplane_q} <= {2{instr_i[`ST_ADDR]}};
    end else begin
      if (awvalid && awready_i) begin
        b_q <= after == beats ? 8'd0 : after;
        if (after == beats) begin
          y_q   <= last_row ? 2'd0 : y_q + 2'd1;
          row_q <= last_row ? plane_q + {i_q[`ST_ZSTRIDE], 4'd0} : row_q + {i_q[`ST_YSTRIDE], 4'd0};
          if (last_row) begin
            z_q     <= z_q + 2'd1;
            plane_q <= plane_q + {i_q[`ST_ZSTRIDE], 4'd0};
          end
        end
      end
      if (re != 2'd0) begin
        r_q <= r_q + 8'd1 == reads ? 8'd0 : r_q + 8'd1;
        if (r_q + 8'd1 == reads) begin
          ry_q   <= last_rrow ? 2'd0 : ry_q + 2'd1;
          rrow_q <= last_rrow ? rplane_q + i_q[`ST_PLANE] : rrow_q + i_q[`ST_PITCH];
          if (last_rrow) begin
            rz_q     <= rz_q + 2'd1;
            rplane_q <= rplane_q + i_q[`ST_PLANE];
          end
        end
      end
    end
  end
  always @* begin
    if (started && awvalid) begin
      assert (awaddr == row_q + {b_q, 4'd0});
      assert (z_q < nz && y_q < ny && {8'd0, b_q} + awlen < beats);
    end
    if (started && re != 2'd0) begin
      assert (re == (i_q[`ST_SRC] ? 2'd2 : 2'd1) && (re & busy_i) == 2'd0);
      assert (rz_q < nz && ry_q < ny);
      assert (raddr == rrow_q + r_q);
    end
    if (started && over_q) assert (z_q == nz && rz_q == nz);
  end
`endif
endmodule
`default_nettype wire
