// compressor_tree: the sum of ROWS rows of bits by levels of 4:2 compressors, each level halving the rows, and one adder.
// Equation: sum_o = sum of the rows modulo 2^N, approximate in the columns below C (compressor42).
// Structure: rows 4g..4g+3 become rows 2g (sum) and 2g+1 (carry) of the next level, which is this module again.
// Latency: combinational.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module compressor_tree #(
    // Columns, 4..32. Default 16.
    parameter                N    = 16,
    // Rows, a power of two from 2. Default 8.
    parameter                ROWS = 8,
    // Columns below this one are approximate, 0..N. Default 8.
    parameter                C    = 8,
    // Places of the rows' bits: bit r*N + c is 1 if row r has a bit in column c. Default: all.
    parameter [ROWS*N-1:0]   HAVE = {(ROWS * N) {1'b1}}
) (
    input  wire [ROWS*N-1:0] rows_i,
    output wire [N-1:0]      sum_o
);
  // Where the next level has bits: a sum where there was a bit, a carry left of where there were two.
  function [ROWS*N/2-1:0] next(input [ROWS*N-1:0] have);
    integer g, k, c, count;
    begin
      next = {(ROWS * N / 2) {1'b0}};
      for (g = 0; g < ROWS / 4; g = g + 1)
        for (c = 0; c < N; c = c + 1) begin
          count = 0;
          for (k = 4 * g; k < 4 * g + 4; k = k + 1) if (have[k*N+c]) count = count + 1;
          next[2*g*N+c] = count >= 1;
          if (c + 1 < N) next[(2*g+1)*N+c+1] = count >= 2;
        end
    end
  endfunction

  genvar g;
  generate
    if (ROWS == 2) begin : g_add
      assign sum_o = rows_i[0+:N] + rows_i[N+:N];
    end else begin : g_level
      wire [ROWS*N/2-1:0] rows;
      for (g = 0; g < ROWS / 4; g = g + 1) begin : g_group
        compressor42 #(.N(N), .C(C), .HAVE(HAVE[4*g*N+:4*N])) u_compressor (
            .x0_i(rows_i[4*g*N+:N]), .x1_i(rows_i[(4*g+1)*N+:N]),
            .x2_i(rows_i[(4*g+2)*N+:N]), .x3_i(rows_i[(4*g+3)*N+:N]),
            .sum_o(rows[2*g*N+:N]), .carry_o(rows[(2*g+1)*N+:N]));
      end
      compressor_tree #(.N(N), .ROWS(ROWS / 2), .C(C), .HAVE(next(HAVE))) u_next (.rows_i(rows), .sum_o(sum_o));
    end
  endgenerate
endmodule

`default_nettype wire
