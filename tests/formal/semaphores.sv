// Properties of ctrl/semaphores for engines that take only from a semaphore that is ready. All are counted beside.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module formal (
    input wire        clk_i,
    input wire        rst_i,
    input wire [15:0] post_i,
    input wire [15:0] take_i
);
  reg started = 1'b0;
  always @(posedge clk_i) started <= 1'b1;
  wire rst = rst_i || !started;

  wire [15:0] ready;
  wire        overflow;
  semaphores dut (
      .clk_i(clk_i), .rst_i(rst), .post_i(post_i), .take_i(take_i), .ready_o(ready), .overflow_o(overflow)
  );
  always @* if (started) assume ((take_i & ~ready) == 16'd0);

  // Posts less takes of every semaphore, one bit wider than it counts; whether a token was lost for want of room.
  wire [15:0] wrong, lost;
  genvar g;
  generate
    for (g = 0; g < 16; g = g + 1) begin : g_sem
      reg [8:0] tokens_q;
      reg       lost_q;
      always @(posedge clk_i) begin
        if (rst) begin
          tokens_q <= 9'd0;
          lost_q   <= 1'b0;
        end else begin
          tokens_q <= tokens_q + {8'd0, post_i[g]} - {8'd0, take_i[g]};
          lost_q   <= lost_q || (tokens_q == 9'd255 && post_i[g] && !take_i[g]);
        end
      end
      assign lost[g]  = lost_q;
      assign wrong[g] = !lost_q && ready[g] != (tokens_q != 9'd0);
    end
  endgenerate
  always @* begin
    if (started) begin
`ifdef TOKENS // a semaphore is ready exactly while more was posted than taken
      assert (wrong == 16'd0);
`endif
`ifdef OVERFLOW // a post that cannot be counted is reported, and stays so
      assert (overflow || lost == 16'd0);
`endif
    end
  end
`ifdef NO_FALSE_OVERFLOW // as long as posts were given in fewer than four cycles, the flag is down
  reg [2:0] posts_q;
  always @(posedge clk_i) posts_q <= rst ? 3'd0 : posts_q + {2'd0, post_i != 16'd0 && !posts_q[2]};
  always @* if (started && !posts_q[2]) assert (!overflow);
`endif
endmodule
`default_nettype wire
