// Sixteen counting semaphores through which the engines wait for each other.
// count' = count + posts - takes; ready_o[s] = count[s] > 0; one post and one take of a semaphore a cycle.
// Latency: a post is visible one cycle later. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module semaphores (
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire [15:0] post_i,
    input  wire [15:0] take_i,
    output wire [15:0] ready_o,
    output reg         overflow_o
);
  genvar s;
  wire [15:0] full;
  generate
    for (s = 0; s < 16; s = s + 1) begin : g_sem
      reg [7:0] count_q;
      assign ready_o[s] = count_q != 8'd0;
      assign full[s]    = count_q == 8'hff && post_i[s] && !take_i[s];
      always @(posedge clk_i) begin
        if (rst_i) count_q <= 8'd0;
        else if (post_i[s] && !take_i[s]) count_q <= count_q + 8'd1;
        else if (!post_i[s] && take_i[s]) count_q <= count_q - 8'd1;
      end
    end
  endgenerate

  always @(posedge clk_i) begin
    if (rst_i) overflow_o <= 1'b0;
    else if (|full) overflow_o <= 1'b1;
  end
endmodule
`default_nettype wire
