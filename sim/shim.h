/* The Verilated accelerator behind a plain C interface: pins in, one clock, pins out. The only C++ is shim.cpp.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AXF_SHIM_H
#define AXF_SHIM_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define AXF_SHIM_MAX_D 32

/* Inputs of rtl/axflow.v, named as its ports. */
typedef struct {
  uint8_t rst;
  uint8_t s_awvalid, s_wvalid, s_bready, s_arvalid, s_rready;
  uint8_t s_awaddr, s_araddr;
  uint32_t s_wdata;
  uint8_t m_arready, m_rvalid, m_rlast, m_awready, m_wready, m_bvalid;
  uint8_t m_rresp, m_bresp;
  uint32_t m_rdata[4]; /* [0] holds bits 31..0 */
} axf_pins_in;

/* Outputs as they are before the clock edge, so a transfer takes place in this cycle where valid and ready are 1. */
typedef struct {
  uint8_t irq;
  uint8_t s_awready, s_wready, s_bvalid, s_arready, s_rvalid, s_bresp, s_rresp;
  uint32_t s_rdata;
  uint8_t m_arvalid, m_arlen, m_arsize, m_arburst, m_rready;
  uint8_t m_awvalid, m_awlen, m_awsize, m_awburst, m_wvalid, m_wlast, m_bready;
  uint16_t m_wstrb;
  uint32_t m_araddr, m_awaddr;
  uint32_t m_wdata[4];
  /* Inside: the array's write port into the neuron buffers and the running flag (sim/public.vlt). */
  uint8_t running;                          /* 1: this is one of the cycles REG_CYCLES counts */
  uint8_t nb_we;                            /* bit b: neuron buffer b is written */
  uint8_t layer;                            /* by this layer of the program; this and the rest only if nb_we != 0 */
  uint32_t nb_mask;                         /* banks */
  uint32_t nb_addr[AXF_SHIM_MAX_D / 2];     /* 16 bits a bank, bank 0 lowest */
  uint32_t nb_data[AXF_SHIM_MAX_D * 2 / 4]; /* W bits a bank */
} axf_pins_out;

typedef struct axf_shim axf_shim;
/* A new model; trace: path of an FST file or NULL (a build without TRACE=1 has no traces: NULL is returned). Cycle n
 * begins at 10 n ns; cycles: 0, everything is traced from power-on, else only so many cycles of the run, counted as
 * REG_CYCLES counts. */
axf_shim *axf_shim_new(const char *trace, uint64_t cycles);
void axf_shim_free(axf_shim *s); /* NULL is allowed; closes the trace */
/* One clock cycle. */
void axf_shim_step(axf_shim *s, const axf_pins_in *in, axf_pins_out *out);
/* The fault model of rtl/mem/sram_faults.v: its plusargs (args[0] is no argument), and the supply codes of neuron
 * buffers and kernel buffer. A buffer finds its failing cells when its code changes, in the next cycle. */
void axf_shim_supply(axf_shim *s, int argc, const char *const *args, int code_nb, int code_kb);
/* Reads that met failing cells since power-on, of all buffers. */
uint64_t axf_shim_faulty_reads(const axf_shim *s);
/* What this build is: D, W, its multiplier ("exact", ..., or "table"), and whether it can trace. */
int axf_shim_d(void);
int axf_shim_w(void);
int axf_shim_segs(void);
const char *axf_shim_mult(void);
int axf_shim_mult_signed(void);        /* 1: built for signed cores */
int axf_shim_zero_skip(void);          /* 1: zero operands are not multiplied */
const char *axf_shim_protect_nb(void); /* protections: a name as axf_protect_of takes it */
const char *axf_shim_protect_kb(void);
const char *axf_shim_protect_rec(void);
int axf_shim_can_trace(void);

#ifdef __cplusplus
}
#endif
#endif
