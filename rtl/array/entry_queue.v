// Storage of a short queue: entry 0 is the oldest. load_i[n] writes entry n; else shift_i moves entry n + 1 to n.
// Whoever owns the queue counts its entries (result_pipe). Latency: an entry loaded into place 0 is at head_o in the next cycle.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module entry_queue #(
    // Bits of an entry.
    parameter WIDTH = 8,
    // Entries, 1 or more.
    parameter DEPTH = 4
) (
    input  wire             clk_i,
    input  wire [DEPTH-1:0] load_i,
    input  wire             shift_i,
    input  wire [WIDTH-1:0] data_i,
    output wire [WIDTH-1:0] head_o
);
  reg [WIDTH-1:0] entry_q [0:DEPTH-1];
  genvar n;
  generate
    for (n = 0; n < DEPTH; n = n + 1) begin : g_entry
      if (n == DEPTH - 1) begin : g_end
        always @(posedge clk_i) if (load_i[n]) entry_q[n] <= data_i;
      end else begin : g_next
        always @(posedge clk_i) if (load_i[n] || shift_i) entry_q[n] <= load_i[n] ? data_i : entry_q[n+1];
      end
    end
  endgenerate
  assign head_o = entry_q[0];

  wire unused = &{1'b0, shift_i};
endmodule
`default_nettype wire
