// The Verilated accelerator behind the C interface of shim.h. Nothing else happens here.
// SPDX-License-Identifier: Apache-2.0
#include "shim.h"
#include "Vaxflow.h"
#include "Vaxflow___024root.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>
#if VM_COVERAGE
#include "verilated_cov.h"
#endif

struct axf_shim {
  VerilatedContext context;
  std::unique_ptr<Vaxflow> model;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> trace;
#endif
  uint64_t cycle = 0; // since power-on; with a limit: of the run
  uint64_t limit = 0; // cycles of the run that are traced; 0: all there are
};

// Verilator stores up to 8, 16, 32, 64 bits in integers of that size and more in arrays of 32-bit words.
static void copy(uint32_t *to, uint64_t from, int words) {
  for (int i = 0; i < words; i++)
    to[i] = (uint32_t)(from >> 32 * i);
}
template <std::size_t N> static void copy(uint32_t *to, const VlWide<N> &from, int words) {
  for (int i = 0; i < words; i++)
    to[i] = from[i];
}

extern "C" axf_shim *axf_shim_new(const char *path, uint64_t cycles) {
  if (path && !axf_shim_can_trace())
    return nullptr;
  axf_shim *s = new axf_shim;
  s->limit = cycles;
#if VM_TRACE
  s->context.traceEverOn(path != nullptr);
#endif
  const char *more[] = {"axsim", std::getenv("AXF_PLUSARG")}; // for tests
  if (more[1])
    s->context.commandArgs(2, more);
  s->model.reset(new Vaxflow(&s->context, "axflow"));
  s->model->supply_nb_i = s->model->supply_kb_i = s->model->supply_ls_i = 0; // nominal
#if VM_TRACE
  if (path) {
    s->trace.reset(new VerilatedFstC);
    s->model->trace(s->trace.get(), 99);
    s->trace->set_time_unit("1ns");
    s->trace->set_time_resolution("1ns");
    s->trace->open(path);
  }
#endif
  return s;
}

extern "C" void axf_shim_free(axf_shim *s) {
  if (!s)
    return;
  s->model->final();
#if VM_COVERAGE // one file a model, in the folder AXF_COVERAGE
  static int number;
  if (const char *folder = std::getenv("AXF_COVERAGE"))
    s->context.coveragep()->write(
        (std::string(folder) + "/axsim-" + std::to_string(getpid()) + "-" + std::to_string(number++) + ".dat").c_str());
#endif
#if VM_TRACE
  if (s->trace)
    s->trace->close();
#endif
  delete s;
}

static void drive(Vaxflow *m, const axf_pins_in *in) {
  m->rst_i = in->rst;
  m->s_awvalid_i = in->s_awvalid;
  m->s_awaddr_i = in->s_awaddr;
  m->s_wvalid_i = in->s_wvalid;
  m->s_wdata_i = in->s_wdata;
  m->s_bready_i = in->s_bready;
  m->s_arvalid_i = in->s_arvalid;
  m->s_araddr_i = in->s_araddr;
  m->s_rready_i = in->s_rready;
  m->m_arready_i = in->m_arready;
  m->m_rvalid_i = in->m_rvalid;
  m->m_rlast_i = in->m_rlast;
  m->m_rresp_i = in->m_rresp;
  for (int i = 0; i < 4; i++)
    m->m_rdata_i[i] = in->m_rdata[i];
  m->m_awready_i = in->m_awready;
  m->m_wready_i = in->m_wready;
  m->m_bvalid_i = in->m_bvalid;
  m->m_bresp_i = in->m_bresp;
}

static void sample(const Vaxflow *m, axf_pins_out *out) {
  const Vaxflow___024root *r = m->rootp;
  out->irq = m->irq_o;
  out->s_awready = m->s_awready_o;
  out->s_wready = m->s_wready_o;
  out->s_bvalid = m->s_bvalid_o;
  out->s_bresp = m->s_bresp_o;
  out->s_arready = m->s_arready_o;
  out->s_rvalid = m->s_rvalid_o;
  out->s_rresp = m->s_rresp_o;
  out->s_rdata = m->s_rdata_o;
  out->m_arvalid = m->m_arvalid_o;
  out->m_araddr = m->m_araddr_o;
  out->m_arlen = m->m_arlen_o;
  out->m_arsize = m->m_arsize_o;
  out->m_arburst = m->m_arburst_o;
  out->m_rready = m->m_rready_o;
  out->m_awvalid = m->m_awvalid_o;
  out->m_awaddr = m->m_awaddr_o;
  out->m_awlen = m->m_awlen_o;
  out->m_awsize = m->m_awsize_o;
  out->m_awburst = m->m_awburst_o;
  out->m_wvalid = m->m_wvalid_o;
  out->m_wlast = m->m_wlast_o;
  out->m_wstrb = m->m_wstrb_o;
  for (int i = 0; i < 4; i++)
    out->m_wdata[i] = m->m_wdata_o[i];
  out->m_bready = m->m_bready_o;
  out->running = r->axflow__DOT__u_registers__DOT__run_q;
  out->nb_we = r->axflow__DOT__u_array__DOT__nb_we_o;
  if (out->nb_we) {
    out->layer = r->axflow__DOT__u_array__DOT__layer_o;
    out->nb_mask = r->axflow__DOT__u_array__DOT__nb_mask_o;
    copy(out->nb_addr, r->axflow__DOT__u_array__DOT__nb_addr_o, AXF_D * 16 / 32);
    copy(out->nb_data, r->axflow__DOT__u_array__DOT__nb_data_o, AXF_D * AXF_W / 32);
  }
}

// Of a trace, cycle n begins at 10 n ns: what lies between two edges of the clock is what the cycle's numbers are.
static void dump(axf_shim *s, int half) {
#if VM_TRACE
  if (s->trace && (!s->limit || (s->cycle > 0 && s->cycle <= s->limit)))
    s->trace->dump(10 * s->cycle + 5 * (uint64_t)half);
#else
  (void)s, (void)half;
#endif
}

extern "C" void axf_shim_step(axf_shim *s, const axf_pins_in *in, axf_pins_out *out) {
  Vaxflow *m = s->model.get();
  drive(m, in);
  m->clk_i = 0;
  m->eval();
  sample(m, out);
  s->cycle += !s->limit || out->running;
  dump(s, 0);
  m->clk_i = 1;
  m->eval();
  dump(s, 1);
}

extern "C" void axf_shim_supply(axf_shim *s, int argc, const char *const *args, int code_nb, int code_kb) {
  s->context.commandArgs(argc, const_cast<const char **>(args));
  s->model->supply_nb_i = (uint8_t)code_nb;
  s->model->supply_kb_i = (uint8_t)code_kb;
}

extern "C" uint64_t axf_shim_faulty_reads(const axf_shim *s) {
  const Vaxflow___024root *r = s->model->rootp;
  return r->axflow__DOT__u_kernel_buffer__DOT__faulty_reads +
         r->axflow__DOT__g_nb__BRA__0__KET____DOT__u_neuron_buffer__DOT__faulty_reads +
         r->axflow__DOT__g_nb__BRA__1__KET____DOT__u_neuron_buffer__DOT__faulty_reads;
}

extern "C" int axf_shim_d(void) { return AXF_D; }
extern "C" int axf_shim_w(void) { return AXF_W; }
extern "C" int axf_shim_segs(void) { return AXF_SEGS; }
extern "C" const char *axf_shim_mult(void) { return AXF_RTL_MULT; }
extern "C" int axf_shim_mult_signed(void) { return AXF_MULT_SIGNED; }
extern "C" const char *axf_shim_protect_nb(void) { return AXF_PROTECT_NB; }
extern "C" const char *axf_shim_protect_kb(void) { return AXF_PROTECT_KB; }
extern "C" const char *axf_shim_protect_rec(void) { return AXF_PROTECT_REC; }
extern "C" int axf_shim_zero_skip(void) { return AXF_ZERO_SKIP; }
extern "C" int axf_shim_can_trace(void) { return VM_TRACE; }

// Verilator's hook for $time when no context is given; required by the runtime.
double sc_time_stamp() { return 0; }
