/* The external memory, one cycle at a time. axi_mem.h says what is modelled.
 * SPDX-License-Identifier: Apache-2.0 */
#include "axi_mem.h"
#include <string.h>

#define SLVERR 2

static void offend(axf_mem *m, const char *what, uint32_t addr) {
  if (!m->error[0])
    snprintf(m->error, sizeof m->error, "AXI memory, cycle %llu: %s (address 0x%08x)", (unsigned long long)m->cycle,
             what, addr);
}

static int withheld(axf_mem *m) { return m->pressure > 0 && (int)axf_rng_below(&m->rng, 100) < m->pressure; }

static axf_mem_burst *head(axf_mem_queue *q) { return q->n ? &q->b[q->first] : NULL; }

static void drop(axf_mem_queue *q) {
  q->first = (q->first + 1) % AXF_MEM_OPEN;
  q->n--;
}

static void append(axf_mem *m, axf_mem_queue *q, uint32_t addr, int beats, uint64_t due) {
  if (q->n == AXF_MEM_OPEN) {
    offend(m, "too many open bursts", addr);
    return;
  }
  q->b[(q->first + q->n++) % AXF_MEM_OPEN] = (axf_mem_burst){.addr = addr, .left = beats, .due = due};
}

/* Where 16 bytes at addr are; NULL + offence when they are nowhere or not writable. */
static uint8_t *beat_at(axf_mem *m, uint32_t addr, int write) {
  for (int i = 0; i < m->nregions; i++) {
    const axf_mem_region *r = &m->region[i];
    if (addr >= r->base && addr - r->base < r->size) {
      if (write && !r->writable)
        offend(m, "write into a region that is only read", addr);
      return write && !r->writable ? NULL : r->data + (addr - r->base);
    }
  }
  offend(m, write ? "write outside every region" : "read outside every region", addr);
  return NULL;
}

void axf_mem_init(axf_mem *m, int latency, int pressure, uint64_t seed) {
  memset(m, 0, sizeof *m);
  m->latency = latency;
  m->pressure = pressure;
  axf_rng_seed(&m->rng, seed, 1);
}

int axf_mem_add(axf_mem *m, const char *name, uint32_t base, size_t size, uint8_t *data, int writable) {
  if (size == 0)
    return 0;
  if (base % 16 || size % 16 || size > UINT32_MAX - base)
    return axf_fail("memory region %s: 0x%08x + %zu bytes is not aligned to 16 bytes or leaves 32 bits", name, base,
                    size);
  for (int i = 0; i < m->nregions; i++)
    if (base < m->region[i].base + m->region[i].size && m->region[i].base < base + size)
      return axf_fail("memory region %s overlaps region %s", name, m->region[i].name);
  if (m->nregions == AXF_MEM_REGIONS)
    return axf_fail("memory region %s: more than %d regions", name, AXF_MEM_REGIONS);
  m->region[m->nregions++] =
      (axf_mem_region){.name = name, .base = base, .size = size, .data = data, .writable = writable};
  return 0;
}

static void drive_read(axf_mem *m, axf_pins_in *in) {
  const axf_mem_burst *b = head(&m->reads);
  in->m_rvalid = b && m->cycle >= b->due && (m->r_shown || !withheld(m));
  if (!in->m_rvalid)
    return;
  const uint8_t *beat = beat_at(m, b->addr, 0);
  in->m_rlast = b->left == 1;
  in->m_rresp = m->r_beats + 1 == m->fail_r ? SLVERR : 0;
  if (beat)
    memcpy(in->m_rdata, beat, 16); /* the host is little-endian, as the bus */
}

void axf_mem_drive(axf_mem *m, axf_pins_in *in) {
  const axf_mem_burst *response = head(&m->responses);
  in->m_arready = !withheld(m);
  in->m_awready = !withheld(m);
  in->m_wready = !withheld(m);
  drive_read(m, in);
  in->m_bresp = m->b_count + 1 == m->fail_b ? SLVERR : 0;
  in->m_bvalid = response && m->cycle >= response->due && (m->b_shown || !withheld(m));
}

/* Rules of a request: INCR, full beats, inside 4 KB, aligned. */
static void check_request(axf_mem *m, uint32_t addr, int len, int size, int burst) {
  if (size != 4 || burst != 1)
    offend(m, "request that is no INCR burst of 16-byte beats", addr);
  if (addr % 16 || (addr & 0xfff) + 16 * ((uint32_t)len + 1) > 0x1000)
    offend(m, "burst that is not aligned or crosses a 4 KB border", addr);
}

/* A valid that waited for its ready must stay, with the same payload. */
static void check_stable(axf_mem *m, const axf_pins_out *now) {
  const axf_pins_out *old = &m->last_out;
  const axf_pins_in *in = &m->last_in;
  if (in->rst)
    return;
  if (old->m_arvalid && !in->m_arready &&
      (!now->m_arvalid || now->m_araddr != old->m_araddr || now->m_arlen != old->m_arlen))
    offend(m, "read request changed while it waited", old->m_araddr);
  if (old->m_awvalid && !in->m_awready &&
      (!now->m_awvalid || now->m_awaddr != old->m_awaddr || now->m_awlen != old->m_awlen))
    offend(m, "write request changed while it waited", old->m_awaddr);
  if (old->m_wvalid && !in->m_wready &&
      (!now->m_wvalid || now->m_wlast != old->m_wlast || now->m_wstrb != old->m_wstrb ||
       memcmp(now->m_wdata, old->m_wdata, 16)))
    offend(m, "write data changed while it waited", old->m_awaddr);
}

static void take_write_beat(axf_mem *m, const axf_pins_out *out) {
  axf_mem_burst *b = head(&m->writes);
  if (!b) {
    offend(m, "write data without an address", 0);
    return;
  }
  if (out->m_wlast != (b->left == 1))
    offend(m, "WLAST on the wrong beat", b->addr);
  uint8_t *to = beat_at(m, b->addr, 1);
  for (int i = 0; to && i < 16; i++)
    if (out->m_wstrb >> i & 1)
      to[i] = (uint8_t)(out->m_wdata[i / 4] >> 8 * (i % 4));
  m->w_beats++;
  b->addr += 16;
  if (--b->left == 0) {
    append(m, &m->responses, b->addr, 0, m->cycle + (uint64_t)m->latency);
    drop(&m->writes);
  }
}

static void clock_read(axf_mem *m, const axf_pins_in *in, const axf_pins_out *out) {
  m->r_shown = in->m_rvalid && !out->m_rready;
  if (in->m_rvalid && out->m_rready) {
    axf_mem_burst *b = head(&m->reads);
    m->r_beats++;
    b->addr += 16;
    if (--b->left == 0)
      drop(&m->reads);
  }
  if (out->m_arvalid && in->m_arready) {
    check_request(m, out->m_araddr, out->m_arlen, out->m_arsize, out->m_arburst);
    append(m, &m->reads, out->m_araddr, out->m_arlen + 1, m->cycle + (uint64_t)m->latency);
  }
}

static void clock_write(axf_mem *m, const axf_pins_in *in, const axf_pins_out *out) {
  m->b_shown = in->m_bvalid && !out->m_bready;
  if (in->m_bvalid && out->m_bready) {
    m->b_count++;
    drop(&m->responses);
  }
  if (out->m_awvalid && in->m_awready) {
    check_request(m, out->m_awaddr, out->m_awlen, out->m_awsize, out->m_awburst);
    append(m, &m->writes, out->m_awaddr, out->m_awlen + 1, 0);
  }
  if (out->m_wvalid && in->m_wready)
    take_write_beat(m, out);
}

void axf_mem_clock(axf_mem *m, const axf_pins_in *in, const axf_pins_out *out) {
  if (in->rst) {
    m->reads.n = m->writes.n = m->responses.n = 0;
    m->r_shown = m->b_shown = 0;
  } else {
    check_stable(m, out);
    clock_read(m, in, out);
    clock_write(m, in, out);
  }
  m->last_in = *in;
  m->last_out = *out;
  m->cycle++;
}

int axf_mem_quiet(const axf_mem *m) { return m->reads.n == 0 && m->writes.n == 0 && m->responses.n == 0; }
