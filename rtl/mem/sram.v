// Wrapper of every on-chip memory: one write port, one read port, synchronous read that holds its value.
// rdata_o(t+1) = mem[raddr_i(t)] when re_i(t); a read of the word written in the same cycle returns the OLD word.
// Latency: 1 cycle. In synthesis (AXF_SRAM_MACRO) a black box; in simulation a behavioural array whose cells fail at low
// supply (FAULTS). SPDX-License-Identifier: Apache-2.0
`default_nettype none
module sram #(
    // Word width in bits, 1..512; 1..64 with FAULTS.
    parameter WIDTH = 8,
    // Words, 2..65536; need not be a power of two.
    parameter DEPTH = 256,
    // Address bits: clog2(DEPTH).
    parameter AW = 8,
    // Macro identifier, the `macro` argument of the fault hash (docs/architecture.md, memory map of macros).
    parameter [31:0] MACRO_ID = 32'd0,
    // Simulation only. 1: cells fail by the supply code; 0: every code is faultless.
    parameter FAULTS = 0
) (
    input  wire             clk_i,
    // Supply code: 0 is nominal; other codes index the voltage table of the fault model (docs/reliability.md).
    input  wire [7:0]       supply_i,
    // Write
    input  wire             we_i,
    input  wire [AW-1:0]    waddr_i,
    input  wire [WIDTH-1:0] wdata_i,
    // Read
    input  wire             re_i,
    input  wire [AW-1:0]    raddr_i,
    output wire [WIDTH-1:0] rdata_o
);
`ifdef AXF_SRAM_MACRO
  sram_macro #(.WIDTH(WIDTH), .DEPTH(DEPTH), .AW(AW), .MACRO_ID(MACRO_ID)) u_macro (
      .clk_i(clk_i), .supply_i(supply_i), .we_i(we_i), .waddr_i(waddr_i), .wdata_i(wdata_i),
      .re_i(re_i), .raddr_i(raddr_i), .rdata_o(rdata_o));
`else
  reg [WIDTH-1:0] mem [0:DEPTH-1];
  reg [WIDTH-1:0] rdata_q;

  always @(posedge clk_i) begin
    if (we_i) mem[waddr_i] <= wdata_i;
    if (re_i) rdata_q <= mem[raddr_i];
  end

  wire hit;                              // this read met failing cells: counted by the test bench
  generate
    if (FAULTS != 0) begin : g_faults
      wire [WIDTH-1:0] clear, invert;
      sram_faults #(.WIDTH(WIDTH), .DEPTH(DEPTH), .AW(AW), .MACRO_ID(MACRO_ID)) u_faults (
          .clk_i(clk_i), .supply_i(supply_i), .re_i(re_i), .raddr_i(raddr_i),
          .clear_o(clear), .invert_o(invert), .hit_o(hit));
      assign rdata_o = (rdata_q & ~clear) ^ invert;
    end else begin : g_faultless
      assign rdata_o = rdata_q;
      assign hit     = 1'b0;
    end
  endgenerate

  // The supply and the identifier only matter to the fault model; both are read here so that no tool drops them.
  wire unused = &{1'b0, supply_i, MACRO_ID, hit};
`endif
endmodule
`default_nettype wire
