// A memory of the ports of mem/sram with a choice of protections against failing cells (docs/reliability.md):
//   PROTECT 0  none
//           1  parity and zero: a word whose parity is odd reads as 0 and is counted as detected
//           2  SECDED: one failing cell a word is corrected, two are detected and read as 0 (mem/hsiao_check)
//           3  upper bits safe: the SAFE highest bits lie in a memory of their own at nominal supply
// Check bits lie above the data in the same memory, at the same supply, and fail too. A word of zeros is valid.
// Latency: as mem/sram, 1 cycle; the decoder is combinational behind it. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module protected_sram #(
    // Data bits; 8 or 16 with PROTECT = 2.
    parameter W = 8,
    // As in mem/sram.
    parameter DEPTH = 256,
    parameter AW = 8,
    parameter [31:0] MACRO_ID = 32'd0,
    // 0..3, see above.
    parameter PROTECT = 0,
    // PROTECT = 3: upper bits at nominal supply, 1..W-1.
    parameter SAFE = 1
) (
    input  wire          clk_i,
    input  wire [7:0]    supply_i,
    input  wire          we_i,
    input  wire [AW-1:0] waddr_i,
    input  wire [W-1:0]  wdata_i,
    input  wire          re_i,
    input  wire [AW-1:0] raddr_i,
    output wire [W-1:0]  rdata_o,
    output wire          corrected_o,      // the word last read was corrected; 1 for one cycle
    output wire          detected_o        // ... is wrong and reads as 0
);
  localparam C   = PROTECT == 1 ? 1 : PROTECT == 2 ? (W == 8 ? 5 : 6) : 0;
  localparam LOW = PROTECT == 3 ? W - SAFE : W + C;      // bits at the low supply
  localparam [31:0] SAFE_ID = MACRO_ID | 32'h0000_8000;  // the identifier of the safe bits
  wire [LOW-1:0] to, from;
  sram #(.WIDTH(LOW), .DEPTH(DEPTH), .AW(AW), .MACRO_ID(MACRO_ID), .FAULTS(1)) u_sram (
      .clk_i(clk_i), .supply_i(supply_i), .we_i(we_i), .waddr_i(waddr_i), .wdata_i(to),
      .re_i(re_i), .raddr_i(raddr_i), .rdata_o(from));

  // The word was read in the cycle before: its errors are counted once.
  wire corrected, detected;
  generate
    if (C != 0) begin : g_count
      reg read_q;
      always @(posedge clk_i) read_q <= re_i;
      assign corrected_o = read_q && corrected;
      assign detected_o  = read_q && detected;
    end else begin : g_no_count
      assign corrected_o = corrected;
      assign detected_o  = detected;
    end

    if (PROTECT == 1) begin : g_parity
      assign to        = {^wdata_i, wdata_i};
      assign detected  = ^from;
      assign corrected = 1'b0;
      assign rdata_o   = from[W-1:0] & {W{!detected}};
    end else if (PROTECT == 2) begin : g_secded
      wire [C-1:0]   check, again, syndrome;
      wire [W*C-1:0] columns, unused_columns;
      wire [W-1:0]   flip;
      hsiao_check #(.W(W), .C(C)) u_write (.data_i(wdata_i), .check_o(check), .columns_o(unused_columns));
      hsiao_check #(.W(W), .C(C)) u_read (.data_i(from[W-1:0]), .check_o(again), .columns_o(columns));
      assign to       = {check, wdata_i};
      assign syndrome = again ^ from[LOW-1:W];
      genvar b;
      for (b = 0; b < W; b = b + 1) begin : g_bit
        assign flip[b] = syndrome == columns[b*C +: C];
      end
      // A power of two is the column of a check bit.
      wire in_check = syndrome != {C{1'b0}} && (syndrome & (syndrome - {{C-1{1'b0}}, 1'b1})) == {C{1'b0}};
      assign corrected = |flip || in_check;
      assign detected  = syndrome != {C{1'b0}} && !corrected;
      assign rdata_o   = (from[W-1:0] ^ flip) & {W{!detected}};
      wire unused = &{1'b0, unused_columns};
    end else if (PROTECT == 3) begin : g_safe
      wire [SAFE-1:0] upper;
      sram #(.WIDTH(SAFE), .DEPTH(DEPTH), .AW(AW), .MACRO_ID(SAFE_ID), .FAULTS(1)) u_safe (
          .clk_i(clk_i), .supply_i(8'd0), .we_i(we_i), .waddr_i(waddr_i), .wdata_i(wdata_i[W-1:LOW]),
          .re_i(re_i), .raddr_i(raddr_i), .rdata_o(upper));
      assign to        = wdata_i[LOW-1:0];
      assign rdata_o   = {upper, from};
      assign corrected = 1'b0;
      assign detected  = 1'b0;
    end else begin : g_none
      assign to        = wdata_i;
      assign rdata_o   = from;
      assign corrected = 1'b0;
      assign detected  = 1'b0;
    end
  endgenerate

`ifndef AXF_SRAM_MACRO
  wire hit = u_sram.hit;                   // this read met failing cells: counted by the test bench
`endif
endmodule
`default_nettype wire
