// Two-entry instruction queue of one engine: push when ready_o, the engine pops the head when it starts it.
// Latency: 1 cycle from push to head. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module instr_queue #(
    // Bits of an entry.
    parameter WIDTH = 256
) (
    input  wire             clk_i,
    input  wire             rst_i,
    // Producer
    input  wire             push_i,
    input  wire [WIDTH-1:0] data_i,
    output wire             ready_o,
    // Engine
    output wire             valid_o,
    output wire [WIDTH-1:0] data_o,
    input  wire             pop_i
);
  reg [1:0]       count_q;
  reg [WIDTH-1:0] head_q, next_q;

  assign ready_o = count_q != 2'd2;
  assign valid_o = count_q != 2'd0;
  assign data_o  = head_q;

  always @(posedge clk_i) begin
    if (rst_i) count_q <= 2'd0;
    else count_q <= count_q + {1'b0, push_i} - {1'b0, pop_i};
    if (push_i && (count_q == 2'd0 || (count_q == 2'd1 && pop_i))) head_q <= data_i;
    else if (pop_i) head_q <= next_q;
    if (push_i) next_q <= data_i;
  end
endmodule
`default_nettype wire
