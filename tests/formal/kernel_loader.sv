// Properties of array/kernel_loader: where the words of one KLD are read and written. Loops are short (at most MOST rounds
// each), addresses any, one segment a row. The configuration is taken with the first instruction, a KCFG.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`include "axflow_isa.vh"
module formal #(
    parameter D = 4,
    parameter W = 16,
    // The most rounds of every loop, 1..3.
    parameter MOST = 2,
    // 1: three copies of each parameter word.
    parameter PROTECT_REC = 0
) (
    input wire           clk_i,
    input wire           valid_i,
    input wire [255:0]   instr_i,
    input wire [15:0]    sem_ready_i,
    input wire [D*W-1:0] rdata_i
);
  localparam PAR = PROTECT_REC ? 3 * 64 / W : 64 / W; // words read for a record
  reg started = 1'b0;
  always @(posedge clk_i) started <= 1'b1;
  wire rst = !started;

  wire           pop, idle, par_shift, par_we;
  wire [15:0]    take, post, raddr;
  wire [D-1:0]   re, ks_we;
  wire [D*W-1:0] bus;
  wire [9:0]     ks_addr;
  wire [5:0]     par_addr;
  kernel_loader #(.D(D), .W(W), .SEGS(1), .PROTECT_REC(PROTECT_REC)) dut (
      .clk_i(clk_i), .rst_i(rst), .valid_i(valid_i), .instr_i(instr_i), .pop_o(pop), .sem_ready_i(sem_ready_i),
      .take_o(take), .post_o(post), .idle_o(idle), .re_o(re), .raddr_o(raddr), .rdata_i(rdata_i), .bus_o(bus),
      .ks_we_o(ks_we), .ks_addr_o(ks_addr), .par_shift_o(par_shift), .par_we_o(par_we), .par_addr_o(par_addr)
  );
  // 0: nothing yet, 1: configured, 2: the KLD runs
  reg [1:0]   phase_q;
  reg         over_q;
  reg [255:0] cfg_q, i_q;
  always @(posedge clk_i) begin
    phase_q <= rst ? 2'd0 : phase_q + {1'b0, pop};
    over_q  <= !rst && (over_q || (phase_q == 2'd2 && idle));
    if (pop && phase_q == 2'd0) cfg_q <= instr_i;
    if (pop && phase_q == 2'd1) i_q <= instr_i;
  end
  always @* begin
    assume (instr_i[`HDR_OPCODE] == (phase_q == 2'd0 ? `OP_KCFG : `OP_KLD));
    if (phase_q == 2'd2) assume (!valid_i);
    if (phase_q == 2'd0) begin
      assume (instr_i[`KCFG_TN] != 6'd0 && instr_i[`KCFG_TN] <= MOST);
      assume (instr_i[`KCFG_RPG] != 6'd0 && instr_i[`KCFG_CPG] != 6'd0 && instr_i[`KCFG_BANKS] != 6'd0);
    end else begin
      assume (instr_i[`KLD_MS] != 8'd0 && instr_i[`KLD_MS] <= MOST && instr_i[`KLD_NS] != 10'd0 && instr_i[`KLD_NS] <= MOST);
      assume (instr_i[`KLD_KK] != 10'd0 && instr_i[`KLD_KK] <= MOST);
      assume (instr_i[`KLD_TAIL] != 6'd0 && instr_i[`KLD_TAIL] <= cfg_q[`KCFG_TN]);
    end
  end
  wire [1:0] ms = i_q[`KLD_MS], ns = i_q[`KLD_NS], kk = i_q[`KLD_KK], tn = cfg_q[`KCFG_TN], tail = i_q[`KLD_TAIL];
  wire [7:0] maps   = ({6'd0, ns} - 8'd1) * tn + tail;                       // input maps
  wire [7:0] of_map = (i_q[`KLD_PARAMS] ? PAR : 8'd0) + maps * kk;           // words of an output-map step
  wire [7:0] words  = ms * of_map;
  reg [7:0]  read_q; // words read
  always @(posedge clk_i) read_q <= phase_q != 2'd2 ? 8'd0 : read_q + {7'd0, re != {D{1'b0}}};
`ifdef READS // words kb_addr, kb_addr + 1, .. once each, as many as the loops have
  always @* begin
    if (started && re != {D{1'b0}}) begin
      assert (phase_q == 2'd2 && read_q < words);
      assert (raddr == i_q[`KLD_KB_ADDR] + read_q);
    end
    if (started && over_q) assert (read_q == words);
  end
`endif
`ifdef WRITES // nothing beyond ms*ns*kk words behind ks_addr, nor ms records behind par_addr
  wire [9:0] ks_off  = ks_addr - i_q[`KLD_KS_ADDR];
  wire [5:0] par_off = par_addr - i_q[`KLD_PAR_ADDR];
  always @* begin
    if (started && ks_we != {D{1'b0}}) assert (phase_q == 2'd2 && ks_off < {6'd0, ms} * ns * kk);
    if (started && par_we) assert (phase_q == 2'd2 && par_off < ms && i_q[`KLD_PARAMS]);
    if (started) assert (!par_we || par_shift);
  end
`endif
`ifdef BUS // row 0 gets the words of bank 0: kernel words and single parameter words as they are, of three what two say
  reg [W-1:0] last1_q, last2_q, last3_q; // words of bank 0, the newest first
  reg [7:0]   shifts_q;                  // parameter words on the bus
  always @(posedge clk_i) begin
    last1_q  <= rdata_i[W-1:0];
    last2_q  <= last1_q;
    last3_q  <= last2_q;
    shifts_q <= phase_q != 2'd2 ? 8'd0 : shifts_q + {7'd0, par_shift};
  end
  wire [W-1:0] two = (last1_q & last2_q) | (last1_q & last3_q) | (last2_q & last3_q);
  always @* begin
    if (started && ks_we[0]) assert (bus[W-1:0] == last1_q);
    if (started && par_shift) assert (bus[W-1:0] == (PROTECT_REC ? two : last1_q));
    if (started && over_q) assert (shifts_q == (i_q[`KLD_PARAMS] ? ms * (64 / W) : 8'd0));
  end
`endif
`ifdef POST // once for each instruction, when its last word has been written
  reg posted_q;
  always @(posedge clk_i) posted_q <= phase_q == 2'd2 && (posted_q || (post != 16'd0 && read_q != 8'd0));
  always @* begin
    if (started && phase_q == 2'd2 && read_q != 8'd0 && post != 16'd0) begin
      assert (!posted_q && post == i_q[`HDR_POST] && read_q == words);
    end
    if (started && over_q && i_q[`HDR_POST] != 16'd0) assert (posted_q);
  end
`endif
endmodule
`default_nettype wire
