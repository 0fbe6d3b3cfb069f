// Failing cells of one memory, for simulation: a cell (die, macro, address, bit) fails where its hash is below the failure
// probability at the supply (docs/reliability.md). Gives for each read what the cells do to the word: clear, then invert.
// Latency: as the memory, 1 cycle. The cells are found once a supply code, when it changes; not hashed in every read.
// Plusargs: axf_die= axf_fault=0|1|2 (flip, stuck, transient) axf_cluster=0|1 axf_run= (transient: number of the run)
// axf_fail=HEX (32 bits a supply code, code 0 lowest: probability * 2^32). Never synthesised. SPDX-License-Identifier: Apache-2.0
`default_nettype none
module sram_faults #(
    // As in sram; WIDTH 1..64 here.
    parameter WIDTH = 8,
    parameter DEPTH = 256,
    parameter AW = 8,
    parameter [31:0] MACRO_ID = 32'd0
) (
    input  wire             clk_i,
    input  wire [7:0]       supply_i,
    input  wire             re_i,
    input  wire [AW-1:0]    raddr_i,
    output wire [WIDTH-1:0] clear_o,
    output wire [WIDTH-1:0] invert_o,
    output wire             hit_o          // this word has failing cells; 1 for one cycle
);
  // splitmix64
  function [63:0] mix(input [63:0] x);
    reg [63:0] z;
    begin
      z = x + 64'h9e37_79b9_7f4a_7c15;
      z = (z ^ (z >> 30)) * 64'hbf58_476d_1ce4_e5b9;
      z = (z ^ (z >> 27)) * 64'h94d0_49bb_1331_11eb;
      mix = z ^ (z >> 31);
    end
  endfunction

  // Factor of a macro on a clustered die, in 256ths: as axf_fault_macro_threshold in sw/faults/cells.c.
  function [11:0] factor(input [3:0] level);
    case (level)
      4'd0: factor = 12'd0;
      4'd1: factor = 12'd1;
      4'd2: factor = 12'd3;
      4'd3: factor = 12'd4;
      4'd4: factor = 12'd6;
      4'd5: factor = 12'd10;
      4'd6: factor = 12'd14;
      4'd7: factor = 12'd19;
      4'd8: factor = 12'd27;
      4'd9: factor = 12'd39;
      4'd10: factor = 12'd56;
      4'd11: factor = 12'd83;
      4'd12: factor = 12'd128;
      4'd13: factor = 12'd215;
      4'd14: factor = 12'd434;
      default: factor = 12'd3057;
    endcase
  endfunction

  reg [WIDTH-1:0] mask  [0:DEPTH-1];     // failing cells
  reg [WIDTH-1:0] value [0:DEPTH-1];     // stuck-at: what they read as
  reg [31:0]      reads [0:DEPTH-1];     // transient: reads of the word so far
  reg [7:0]       supply_q;              // what the cells were found for
  reg [31:0]      die, run, limit;
  reg [1:0]       kind;
  reg             cluster, on;
  reg [511:0]     table_16;              // 16 supply codes
  reg [63:0]      base, h;
  reg [35:0]      scaled;
  reg [7:0]       dropped;
  initial begin
    supply_q = 8'd0;
    on = 1'b0;
  end

  // Finds the cells of a new supply.
  integer a, b;
  task derive;
    begin
      if (!$value$plusargs("axf_die=%d", die)) die = 32'd0;
      if (!$value$plusargs("axf_run=%d", run)) run = 32'd0;
      if (!$value$plusargs("axf_fault=%d", kind)) kind = 2'd0;
      if (!$value$plusargs("axf_cluster=%d", cluster)) cluster = 1'b0;
      if (!$value$plusargs("axf_fail=%h", table_16)) table_16 = 512'd0;
      limit = supply_i > 8'd15 ? 32'd0 : table_16[32*supply_i[3:0] +: 32];
      base  = mix({die, MACRO_ID});
      h     = mix(~base);
      {scaled, dropped} = {12'd0, limit} * {32'd0, factor(h[63:60])};
      if (cluster) limit = scaled[35:32] != 4'd0 ? 32'hffff_ffff : scaled[31:0];
      on = limit != 32'd0;
      for (a = 0; a < DEPTH; a = a + 1) begin
        mask[a]  = {WIDTH{1'b0}};
        value[a] = {WIDTH{1'b0}};
        reads[a] = 32'd0;
        for (b = 0; b < WIDTH && on && kind != 2'd2; b = b + 1) begin
          h = mix(base ^ {24'd0, a[31:0], b[7:0]});
          if (h[63:32] < limit) begin
            mask[a][b]  = 1'b1;
            value[a][b] = h[0] && kind == 2'd1;
          end
        end
      end
      if (kind == 2'd2) base = mix(base ^ {32'd0, run});
    end
  endtask

  // ---- reads ----
  reg [WIDTH-1:0] cells, clear_q, invert_q;
  reg             hit_q;
  initial begin
    clear_q  = {WIDTH{1'b0}};
    invert_q = {WIDTH{1'b0}};
    hit_q    = 1'b0;
  end
  integer c;
  always @(posedge clk_i) begin
    if (supply_i != supply_q) begin
      derive;
      supply_q = supply_i;
      {clear_q, invert_q, hit_q} <= {2*WIDTH+1{1'b0}};
    end else if (on) begin
      hit_q <= 1'b0;
      if (re_i) begin
        cells = mask[raddr_i];
        if (kind == 2'd2) begin
          // One hash serves two cells.
          h = 64'd0;
          for (c = 0; c < WIDTH; c = c + 1) begin
            if (!c[0]) h = mix(base ^ {reads[raddr_i], 32'd0} ^ {{56-AW{1'b0}}, raddr_i, c[7:0]});
            cells[c] = (c[0] ? h[31:0] : h[63:32]) < limit;
          end
          reads[raddr_i] = reads[raddr_i] + 32'd1;
        end
        clear_q  <= kind == 2'd1 ? cells : {WIDTH{1'b0}};
        invert_q <= kind == 2'd1 ? value[raddr_i] : cells;
        hit_q    <= cells != {WIDTH{1'b0}};
      end
    end
  end
  assign clear_o  = clear_q;
  assign invert_o = invert_q;
  assign hit_o    = hit_q;
endmodule
`default_nettype wire
