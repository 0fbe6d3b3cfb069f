// Processing element: two local stores, the rotating synapse selection, a multiplier, a product register.
// The column's fixed (ti, tj) and the row's phase (yp, xp) of its window give the first synapse of this PE:
//   i = (ti - yp) mod Ti,  j = (tj - xp) mod Tj       (i and yp, ti, i0 are scaled by Kx)
//   n_addr = row + [ti < yp]*pitch + [tj < xp],  k_addr = common + i*Kx + j,  product_o = a * w, 0 for an idle lane
// Latency: 3 cycles from the addresses to product_o (store read, multiply, register), all held by en_i = 0.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
module pe #(
    // Word width in bits, 8 or 16.
    parameter W = 8,
    // Words of the neuron and of the kernel local store, 16..1024.
    parameter NS_WORDS = 256,
    parameter KS_WORDS = 256,
    // 1: axf_mult multiplies in two's complement, 0: unsigned numbers.
    parameter MULT_SIGNED = 0,
    // 1: zeros are skipped: a bit beside each stored word says that it is zero, and a step with a zero reads no store and
    // multiplies nothing. Only for cores with AM(0, a) = AM(w, 0) = 0.
    parameter ZERO_SKIP = 0,
    // 1: the multiplier's inputs hold in an idle lane, the sign mode too (the stores' outputs hold in any case).
    parameter ISOLATE = 0,
    // Macro identifiers of the two stores.
    parameter [31:0] NS_MACRO = 32'd0,
    parameter [31:0] KS_MACRO = 32'd0
) (
    input  wire             clk_i,
    input  wire             en_i,
    input  wire [7:0]       supply_i,
    // Store writes from the column bus and the row bus
    input  wire             ns_we_i,
    input  wire [9:0]       ns_addr_i,
    input  wire [W-1:0]     ns_data_i,
    input  wire             ks_we_i,
    input  wire [9:0]       ks_addr_i,
    input  wire [W-1:0]     ks_data_i,
    // Layer
    input  wire [9:0]       tikx_i,        // Ti*Kx
    input  wire [5:0]       tj_i,          // Tj
    input  wire [9:0]       kk_i,          // Ky*Kx
    input  wire [8:0]       kx_i,          // Kx
    input  wire [9:0]       pitch_i,
    input  wire             signed_i,      // activations are sign-magnitude
    input  wire [3:0]       core_i,        // which of axf_mult's cores
    // Column: its place in the group
    input  wire [9:0]       col_i_i,       // ti*Kx
    input  wire [5:0]       col_j_i,       // tj
    input  wire             col_ok_i,      // its input map exists in this step
    // Row and step
    input  wire             row_ok_i,      // the row works on an output in this step
    input  wire [9:0]       row_addr_i,
    input  wire [9:0]       yp_i,
    input  wire [5:0]       xp_i,
    input  wire [9:0]       kaddr_i,
    input  wire [9:0]       i0_i,          // Ti*Kx * i step
    input  wire [9:0]       j0_i,          // Tj * j step
    output wire             active_o,      // this lane multiplies (same cycle as the addresses)
    output reg  [2*W:0]     product_o
);
  localparam NAW = $clog2(NS_WORDS);
  localparam KAW = $clog2(KS_WORDS);

  // ---- addresses ----
  wire        ycarry = col_i_i < yp_i;
  wire        xcarry = col_j_i < xp_i;
  wire [9:0]  i      = col_i_i - yp_i + (ycarry ? tikx_i : 10'd0);
  wire [5:0]  j      = col_j_i - xp_i + (xcarry ? tj_i : 6'd0);
  wire [10:0] i_sum  = {1'b0, i0_i} + {1'b0, i};
  wire [10:0] j_sum  = {1'b0, j0_i} + {5'd0, j};
  assign active_o = row_ok_i && col_ok_i && i_sum < {1'b0, kk_i} && j_sum < {2'd0, kx_i};
  wire [9:0]  naddr  = row_addr_i + (ycarry ? pitch_i : 10'd0) + {9'd0, xcarry};
  wire [9:0]  kaddr  = kaddr_i + i + {4'd0, j};
  wire        zero;                        // a word of this step is marked as zero
  wire        work   = active_o && !zero;
  wire        read   = work && en_i;

  // ---- stores ----
  wire [W-1:0] neuron, kernel;
  sram #(.WIDTH(W), .DEPTH(NS_WORDS), .AW(NAW), .MACRO_ID(NS_MACRO)) u_neuron_store (
      .clk_i(clk_i), .supply_i(supply_i), .we_i(ns_we_i), .waddr_i(ns_addr_i[NAW-1:0]), .wdata_i(ns_data_i),
      .re_i(read), .raddr_i(naddr[NAW-1:0]), .rdata_o(neuron));
  sram #(.WIDTH(W), .DEPTH(KS_WORDS), .AW(KAW), .MACRO_ID(KS_MACRO)) u_kernel_store (
      .clk_i(clk_i), .supply_i(supply_i), .we_i(ks_we_i), .waddr_i(ks_addr_i[KAW-1:0]), .wdata_i(ks_data_i),
      .re_i(read), .raddr_i(kaddr[KAW-1:0]), .rdata_o(kernel));

  generate
    if (ZERO_SKIP != 0) begin : g_zero
      // A minus zero among the activations is left to the core: whether bit W-1 is a sign is not known here.
      reg [NS_WORDS-1:0] n_zero_q;
      reg [KS_WORDS-1:0] k_zero_q;
      always @(posedge clk_i) begin
        if (ns_we_i) n_zero_q[ns_addr_i[NAW-1:0]] <= ns_data_i == {W{1'b0}};
        if (ks_we_i) k_zero_q[ks_addr_i[KAW-1:0]] <= ks_data_i[W-2:0] == {W-1{1'b0}};
      end
      assign zero = n_zero_q[naddr[NAW-1:0]] || k_zero_q[kaddr[KAW-1:0]];
    end else begin : g_all
      assign zero = 1'b0;
    end
  endgenerate

  // ---- sign-magnitude codes around the core ----
  reg           ok_q;
  wire          is_signed;
  generate
    if (ISOLATE != 0) begin : g_isolate
      reg signed_q;
      assign is_signed = ok_q ? signed_i : signed_q;
      always @(posedge clk_i) signed_q <= is_signed;
    end else begin : g_open
      assign is_signed = signed_i;
    end
  endgenerate
  wire          a_minus = neuron[W-1] && is_signed;
  wire          w_minus = kernel[W-1];
  wire [2*W:0]  product;
  generate
    if (MULT_SIGNED != 0) begin : g_signed_core
      // The operands become two's complement; bit W-1 of an unsigned activation has no place there and is ignored.
      wire [W-1:0]   a = a_minus ? -{1'b0, neuron[W-2:0]} : {1'b0, neuron[W-2:0]};
      wire [W-1:0]   w = w_minus ? -{1'b0, kernel[W-2:0]} : {1'b0, kernel[W-2:0]};
      wire [2*W-1:0] p;
      axf_mult #(.W(W)) u_mult (.core(core_i), .a(a), .w(w), .p(p));
      assign product = {p[2*W-1], p};
    end else begin : g_unsigned_core
      // The core sees magnitudes, the product gets the sign.
      wire [W-1:0]   a = {neuron[W-1] && !is_signed, neuron[W-2:0]};
      wire [W-1:0]   w = {1'b0, kernel[W-2:0]};
      wire [2*W-1:0] p;
      axf_mult #(.W(W)) u_mult (.core(core_i), .a(a), .w(w), .p(p));
      assign product = a_minus ^ w_minus ? -{1'b0, p} : {1'b0, p};
    end
  endgenerate

  always @(posedge clk_i) begin
    if (en_i) begin
      ok_q      <= work;
      product_o <= ok_q ? product : {2*W+1{1'b0}};
    end
  end

  // Addresses are 10 bits in every configuration; a store uses the low bits.
  wire unused = &{1'b0, ns_addr_i, ks_addr_i, naddr, kaddr};
endmodule
`default_nettype wire
