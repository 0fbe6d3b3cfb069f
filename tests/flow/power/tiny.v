/* q <= y = !a ^ b. Its names and vectors try the reader of netlists; the wire stands behind its first use. */
module sub(x_i, y_o);
  input [1:0] x_i;
  output y_o;
  INV \u.inv[0] (
    .A(x_i[0]),
    .Y(late)
  );
  XOR _1_ (
    .A(late),
    .B(x_i[1]),
    .Y(y_o)
  );
  wire late;
endmodule
module tiny(clk_i, a_i, b_i, y_o, q_o);
  input clk_i;
  input a_i;
  input b_i;
  output y_o;
  output q_o;
  wire \y.net ;
  sub u_sub (
    .x_i({ b_i, a_i }),
    .y_o(\y.net )
  );
  DFF _2_ (
    .CK(clk_i),
    .D(\y.net ),
    .Q(q_o)
  );
  assign y_o = \y.net ;
endmodule
