/* Three inverters in a row and an XOR make a pulse of y at each edge of q; with one inverter it may be too short for the gate: then z
 * stands still. SPDX-License-Identifier: Apache-2.0 */
module glitch(clk_i, d_i, y_o, z_o);
  input clk_i;
  input d_i;
  output y_o;
  output z_o;
  wire q;
  wire n1;
  wire n2;
  wire n3;
  wire y;
  DFF f (
    .CK(clk_i),
    .D(d_i),
    .Q(q)
  );
  INV a (
    .A(q),
    .Y(n1)
  );
  INV b (
    .A(n1),
    .Y(n2)
  );
  INV c (
    .A(n2),
    .Y(n3)
  );
  XOR x (
    .A(q),
    .B(n3),
    .Y(y)
  );
  XOR w (
    .A(q),
    .B(n1),
    .Y(z_o)
  );
  DFF g (
    .CK(clk_i),
    .D(y),
    .Q(y_o)
  );
endmodule
