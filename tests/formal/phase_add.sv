// Properties of ctrl/phase_add: the pair (a, p) stands for x = q*M + p with a = q*unit; the result stands for the sum.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module formal #(
    parameter AW = 10,
    parameter PW = 6
) (
    input wire          clk_i,
    input wire [AW-1:0] a_a_i,
    input wire [PW-1:0] p_a_i,
    input wire [AW-1:0] a_b_i,
    input wire [PW-1:0] p_b_i,
    input wire [PW-1:0] modulus_i,
    input wire [AW-1:0] unit_i
);
  wire [AW-1:0] a;
  wire [PW-1:0] p;
  phase_add #(.AW(AW), .PW(PW)) dut (
      .a_a_i(a_a_i), .p_a_i(p_a_i), .a_b_i(a_b_i), .p_b_i(p_b_i), .modulus_i(modulus_i), .unit_i(unit_i), .a_o(a),
      .p_o(p)
  );
  // 1: the phases' sum has passed the modulus once; never twice, as both are below it.
  wire [PW+1:0] whole = {2'd0, p_a_i} + {2'd0, p_b_i};
  wire          carry = whole >= {2'd0, modulus_i};
  always @* begin
    assume (p_a_i < modulus_i && p_b_i < modulus_i);
`ifdef PHASE_BELOW_MODULUS
    assert (p < modulus_i);
    assert ({2'd0, p} + (carry ? {2'd0, modulus_i} : {PW + 2{1'b0}}) == whole);
`endif
`ifdef ADDRESS_CARRIES
    assert (a == a_a_i + a_b_i + (carry ? unit_i : {AW{1'b0}}));
`endif
  end
`ifdef INDEX // with unit 1, q*M + p is the sum of both operands' q*M + p
  localparam XW = AW + PW + 2;
  wire [XW-1:0] m  = modulus_i;
  wire [XW-1:0] xa = a_a_i * m + p_a_i, xb = a_b_i * m + p_b_i, x = a * m + p;
  always @* begin
    assume (unit_i == 1 && a_a_i < 2 ** (AW - 2) && a_b_i < 2 ** (AW - 2)); // the address does not wrap
    assert (x == xa + xb);
  end
`endif
endmodule
`default_nettype wire
