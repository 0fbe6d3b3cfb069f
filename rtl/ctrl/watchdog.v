// Watchdog: counts the cycles of a running program in which nothing moved, and expires at a limit.
// expired_o = limit_i != 0 && cycles without progress >= limit_i.
// Latency: expired_o follows the last silent cycle by one. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module watchdog (
    input  wire        clk_i,
    input  wire        run_i,              // a program runs; 0 resets the count
    input  wire        progress_i,
    input  wire [31:0] limit_i,            // 0: off
    output wire        expired_o
);
  reg [31:0] silent_q;
  always @(posedge clk_i) begin
    if (!run_i || progress_i || limit_i == 32'd0) silent_q <= 32'd0;
    else if (!expired_o) silent_q <= silent_q + 32'd1;
  end
  assign expired_o = limit_i != 32'd0 && silent_q >= limit_i;
endmodule
`default_nettype wire
