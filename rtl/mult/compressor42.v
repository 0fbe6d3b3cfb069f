// compressor42: four rows of bits to a sum row and a carry row, a 4:2 compressor per column (carry-save).
// Equation, columns C and above: sum_o + carry_o = x0_i + x1_i + x2_i + x3_i (two full adders a column).
// Below C, where all four rows have a bit, Momeni et al. (IEEE Trans. Computers 2015), design 2, without cin and cout:
//   sum = (x0 xnor x1) or (x2 xnor x3), carry = (x0 or x1) and (x2 or x3): wrong for 0000 (1), 0011, 1100 (1), 1111 (3);
// where at most three have one: their exact sum. Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module compressor42 #(
    // Columns, 4..32. Default 16.
    parameter             N    = 16,
    // Columns below this one are approximate, 0..N. Default 8.
    parameter             C    = 8,
    // Columns below C in which x3, x2, x1, x0 have a bit, N bits each; bits elsewhere must be zero. Default: all.
    parameter [4*N-1:0]   HAVE = {(4 * N) {1'b1}}
) (
    input  wire [N-1:0]   x0_i,
    input  wire [N-1:0]   x1_i,
    input  wire [N-1:0]   x2_i,
    input  wire [N-1:0]   x3_i,
    output wire [N-1:0]   sum_o,
    output wire [N-1:0]   carry_o
);
  localparam [N-1:0] HIGH = ~(({{(N - 1) {1'b0}}, 1'b1} << C) - {{(N - 1) {1'b0}}, 1'b1});
  localparam [N-1:0] FOUR = ~HIGH & HAVE[3*N+:N] & HAVE[2*N+:N] & HAVE[N+:N] & HAVE[0+:N];

  // Exact 4:2 compressors; no carry enters column C.
  wire [N-1:0] x012 = x0_i ^ x1_i ^ x2_i;
  wire [N-1:0] cout = HIGH & ((x0_i & x1_i) | (x0_i & x2_i) | (x1_i & x2_i));
  wire [N-1:0] cin = {cout[N-2:0], 1'b0};
  wire [N-1:0] exact_carry = (x012 & x3_i) | (x012 & cin) | (x3_i & cin);

  // Approximate ones, and adders for at most three bits.
  wire [N-1:0] four_sum = ~(x0_i ^ x1_i) | ~(x2_i ^ x3_i);
  wire [N-1:0] four_carry = (x0_i | x1_i) & (x2_i | x3_i);
  wire [N-1:0] few_carry = (x0_i & x1_i) | (x2_i & x3_i) | four_carry;

  wire [N-1:0] carry = (HIGH & exact_carry) | (FOUR & four_carry) | (~HIGH & ~FOUR & few_carry);
  assign sum_o   = (~FOUR & (x012 ^ x3_i ^ cin)) | (FOUR & four_sum);
  assign carry_o = {carry[N-2:0], 1'b0};
  wire unused = &{1'b0, cout[N-1], carry[N-1]};  // modulo 2^N
endmodule

`default_nettype wire
