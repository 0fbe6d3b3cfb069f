// Adds two (address, phase) pairs: an index x = q*M + p kept as a = q*unit and p, without division.
// (a, p) = p_a + p_b >= M ? (a_a + a_b + unit, p_a + p_b - M) : (a_a + a_b, p_a + p_b)     with p_a, p_b < M
// Latency: combinational. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module phase_add #(
    // Address bits, 1..32; the address wraps.
    parameter AW = 10,
    // Phase bits, 1..16; the modulus must fit in them.
    parameter PW = 6
) (
    input  wire [AW-1:0] a_a_i,
    input  wire [PW-1:0] p_a_i,
    input  wire [AW-1:0] a_b_i,
    input  wire [PW-1:0] p_b_i,
    input  wire [PW-1:0] modulus_i,
    input  wire [AW-1:0] unit_i,
    output wire [AW-1:0] a_o,
    output wire [PW-1:0] p_o
);
  wire [PW:0] sum  = {1'b0, p_a_i} + {1'b0, p_b_i};
  wire        wrap = sum >= {1'b0, modulus_i};
  wire [PW:0] rest = sum - {1'b0, modulus_i};

  assign p_o = wrap ? rest[PW-1:0] : sum[PW-1:0];
  assign a_o = a_a_i + a_b_i + (wrap ? unit_i : {AW{1'b0}});

  wire unused = &{1'b0, rest[PW]};
endmodule
`default_nettype wire
