// Properties of ctrl/instr_queue for a producer that pushes only when ready_o and an engine that pops only when valid_o.
// Entry number N (any of 16, counted round) is followed through the queue.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module formal #(
    parameter WIDTH = 4
) (
    input wire             clk_i,
    input wire             rst_i,
    input wire             push_i,
    input wire [WIDTH-1:0] data_i,
    input wire             pop_i
);
  reg started = 1'b0;
  always @(posedge clk_i) started <= 1'b1;
  wire rst = rst_i || !started;

  wire             ready, valid;
  wire [WIDTH-1:0] data;
  instr_queue #(.WIDTH(WIDTH)) dut (
      .clk_i(clk_i), .rst_i(rst), .push_i(push_i), .data_i(data_i), .ready_o(ready), .valid_o(valid), .data_o(data),
      .pop_i(pop_i)
  );
  always @* begin
    if (started) assume (!push_i || ready);
    if (started) assume (!pop_i || valid);
  end

  (* anyconst *) reg [3:0] n;
  reg [3:0]       pushes_q, pops_q;
  reg [WIDTH-1:0] sent_q;
  wire [3:0]      held = pushes_q - pops_q;
  always @(posedge clk_i) begin
    pushes_q <= rst ? 4'd0 : pushes_q + {3'd0, push_i};
    pops_q   <= rst ? 4'd0 : pops_q + {3'd0, pop_i};
    if (push_i && pushes_q == n) sent_q <= data_i;
  end
  always @* begin
    if (started) begin
`ifdef NO_OVERFLOW
      assert (held <= 4'd2);
`endif
`ifdef NO_LOSS_NO_DUPLICATION // what is offered is what was pushed and not yet taken
      assert (valid == (held != 4'd0));
      assert (ready == (held < 4'd2));
`endif
`ifdef ORDER
      if (valid && pops_q == n) assert (data == sent_q);
`endif
    end
  end
endmodule
`default_nettype wire
