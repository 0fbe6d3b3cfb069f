// Properties of ctrl/fetch for a memory that answers only what was asked for: its buffer neither overflows nor loses nor
// repeats an instruction. Instruction number N (any of 32, counted round) is followed, by its opcode and one more bit.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module formal #(
    // Instructions of the program.
    parameter LENGTH = 20
) (
    input wire         clk_i,
    input wire         grant_i,
    input wire         rvalid_i,
    input wire [127:0] rdata_i,
    input wire [4:0]   ready_i,
    input wire         idle_i
);
  reg [1:0] clock_q = 2'd0; // reset, start, run
  always @(posedge clk_i) if (clock_q != 2'd2) clock_q <= clock_q + 2'd1;
  wire started = clock_q == 2'd2;

  wire         done, bad, req;
  wire [31:0]  addr;
  wire [7:0]   len;
  wire [4:0]   push;
  wire [255:0] instr;
  fetch dut (
      .clk_i(clk_i), .rst_i(clock_q == 2'd0), .start_i(clock_q == 2'd1), .prog_i(32'd0), .proglen_i(LENGTH),
      .idle_i(idle_i), .done_o(done), .bad_o(bad), .req_o(req), .addr_o(addr), .len_o(len), .grant_i(grant_i),
      .rvalid_i(rvalid_i), .rdata_i(rdata_i), .push_o(push), .instr_o(instr), .ready_i(ready_i)
  );
  reg [7:0] due_q, arrived_q; // beats asked for and not come; beats come
  reg [5:0] asked_q, given_q; // instructions asked for; given to engines
  always @(posedge clk_i) begin
    due_q     <= !started ? 8'd0 : due_q + (grant_i ? len + 8'd1 : 8'd0) - {7'd0, rvalid_i};
    arrived_q <= !started ? 8'd0 : arrived_q + {7'd0, rvalid_i};
    asked_q   <= !started ? 6'd0 : asked_q + (grant_i ? (len[5:0] + 6'd1) >> 1 : 6'd0);
    given_q   <= !started ? 6'd0 : given_q + {5'd0, push != 5'd0};
  end
  always @* begin
    assume (!grant_i || req);
    assume (!rvalid_i || due_q != 8'd0);
    if (!started) assume (!grant_i && !rvalid_i);
  end
  (* anyconst *) reg [5:0] n;
  reg [4:0] sent_q;
  always @(posedge clk_i) begin
    if (rvalid_i && arrived_q == {1'b0, n, 1'b0}) sent_q <= {rdata_i[100], rdata_i[`HDR_OPCODE]};
  end
  always @* begin
    if (started) begin
`ifdef NO_OVERFLOW // no more is asked for than the 16 entries hold, and no more than the program has
      assert (asked_q - given_q <= 6'd16);
      assert (asked_q <= LENGTH);
      assert (!req || (addr == {21'd0, asked_q, 5'd0} && len < 8'd16));
`endif
`ifdef ORDER // the engines get every instruction once, in order, and one at a time
      assert ((push & (push - 5'd1)) == 5'd0 && (push & ~ready_i) == 5'd0);
      if (push != 5'd0) assert ({given_q, 1'b1} < arrived_q);
      if (push != 5'd0 && given_q == n) assert (sent_q == {instr[100], instr[`HDR_OPCODE]});
`endif
    end
  end
endmodule
`default_nettype wire
