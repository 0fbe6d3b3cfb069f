/* A memory and nothing else. */
module tiny(clk_i, we_i, re_i, a_i, d_i, r_o);
  input clk_i;
  input we_i;
  input re_i;
  input [1:0] a_i;
  input [1:0] d_i;
  output [1:0] r_o;
  sram_4x2 u (
    .clk_i(clk_i),
    .supply_i(8'b00000000),
    .we_i(we_i),
    .waddr_i(a_i),
    .wdata_i(d_i),
    .re_i(re_i),
    .raddr_i(a_i),
    .rdata_o(r_o)
  );
endmodule
