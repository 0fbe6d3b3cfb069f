/* The same circuit in Icarus Verilog, whose SDF reader knows no conditions: y and z, when they move. The clock rises every 1000 ps;
 * what an edge of d does is told by the time since. SPDX-License-Identifier: Apache-2.0 */
`timescale 1ps/1ps
module INV(input A, output Y);
  assign Y = !A;
  specify
    (A => Y) = (0, 0);
  endspecify
endmodule
module XOR(input A, input B, output Y);
  assign Y = A ^ B;
  specify
    (A => Y) = (0, 0);
    (B => Y) = (0, 0);
  endspecify
endmodule
module DFF(input CK, input D, output Q);
  reg r = 0;
  always @(posedge CK) r <= D;
  assign Q = r;
  specify
    (CK => Q) = (0, 0);
  endspecify
endmodule
module bench;
  reg clk = 0, d = 0;
  wire y, z;
  glitch u (clk, d, y, z);
  initial $sdf_annotate("glitch.sdf", u);
  always #500 clk = !clk;
  always @(u.y) if ($time > 1000) $display("y %0d %0d", u.y, ($time - 500) % 1000);
  always @(z) if ($time > 1000) $display("z %0d %0d", z, ($time - 500) % 1000);
  initial begin
    #1600 d = 1;
    #1000 d = 0;
    #1000 d = 1;
    #1000 d = 0;
    #1500 $finish;
  end
endmodule
