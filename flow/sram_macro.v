// The memory macro as a black box for synthesis: the ports of rtl/mem/sram.v in every size.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
(* blackbox, dynports *)
module sram_macro #(
    // As in rtl/mem/sram.v.
    parameter        WIDTH    = 8,
    parameter        DEPTH    = 256,
    parameter        AW       = 8,
    parameter [31:0] MACRO_ID = 32'd0
) (
    input  wire             clk_i,
    input  wire [7:0]       supply_i,
    input  wire             we_i,
    input  wire [AW-1:0]    waddr_i,
    input  wire [WIDTH-1:0] wdata_i,
    input  wire             re_i,
    input  wire [AW-1:0]    raddr_i,
    output wire [WIDTH-1:0] rdata_o
);
endmodule
`default_nettype wire
