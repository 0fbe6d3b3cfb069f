// A buffer of D banks, each one memory: every bank can read one word and write one word a cycle, at its own address.
// Its words can be protected against failing cells (protected_sram). Latency: 1 cycle from re_i to rdata_o; the counts of
// corrected and wrong words belong to the cycle of rdata_o. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module bank_buffer #(
    // Number of banks: the array dimension.
    parameter D = 16,
    // Word width in bits, 8 or 16.
    parameter W = 8,
    // Words a bank, 2..65536.
    parameter WORDS = 1024,
    // Macro identifier of bank 0; bank b has MACRO_ID + b.
    parameter [31:0] MACRO_ID = 32'd0,
    // Protection, 0..3, and the upper bits that 3 keeps at nominal supply: as in protected_sram.
    parameter PROTECT = 0,
    parameter SAFE = 1
) (
    input  wire            clk_i,
    input  wire [7:0]      supply_i,
    // Write: a mask, an address and a word a bank
    input  wire [D-1:0]    we_i,
    input  wire [D*16-1:0] waddr_i,
    input  wire [D*W-1:0]  wdata_i,
    // Read: a mask, one address for all
    input  wire [D-1:0]    re_i,
    input  wire [15:0]     raddr_i,
    output wire [D*W-1:0]  rdata_o,
    // Words of this read that were corrected, and that were found wrong and read as 0
    output wire [6:0]      corrected_o,
    output wire [6:0]      detected_o
);
  localparam AW = $clog2(WORDS);
  wire [D-1:0] corrected, detected;
  genvar b;
  generate
    for (b = 0; b < D; b = b + 1) begin : g_bank
      protected_sram #(.W(W), .DEPTH(WORDS), .AW(AW), .MACRO_ID(MACRO_ID + b), .PROTECT(PROTECT), .SAFE(SAFE)) u_sram (
          .clk_i(clk_i), .supply_i(supply_i), .we_i(we_i[b]), .waddr_i(waddr_i[b*16 +: AW]),
          .wdata_i(wdata_i[b*W +: W]), .re_i(re_i[b]), .raddr_i(raddr_i[AW-1:0]), .rdata_o(rdata_o[b*W +: W]),
          .corrected_o(corrected[b]), .detected_o(detected[b]));
    end
  endgenerate
  popcount #(.N(D)) u_corrected (.bits_i(corrected), .count_o(corrected_o));
  popcount #(.N(D)) u_detected (.bits_i(detected), .count_o(detected_o));
  wire unused = &{1'b0, waddr_i, raddr_i};

`ifndef AXF_SRAM_MACRO
  // Reads that met failing cells, since power-on; for the test bench.
  wire [D-1:0] hit;
  wire [6:0]   hits;
  reg  [63:0]  faulty_reads;
  generate
    for (b = 0; b < D; b = b + 1) begin : g_hit
      assign hit[b] = g_bank[b].u_sram.hit;
    end
  endgenerate
  popcount #(.N(D)) u_hits (.bits_i(hit), .count_o(hits));
  initial faulty_reads = 64'd0;
  always @(posedge clk_i) if (|hit) faulty_reads <= faulty_reads + {57'd0, hits};
`endif
endmodule
`default_nettype wire
