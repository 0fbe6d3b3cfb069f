// Number of ones in a vector; feeds the event counters.
// count_o = sum_i bits_i[i]. Latency: combinational. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module popcount #(
    // Bits of the vector, 1..64.
    parameter N = 16
) (
    input  wire [N-1:0] bits_i,
    output reg  [6:0]   count_o
);
  integer i;
  always @* begin
    count_o = 7'd0;
    for (i = 0; i < N; i = i + 1) count_o = count_o + {6'd0, bits_i[i]};
  end
endmodule
`default_nettype wire
