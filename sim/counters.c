/* The counters of a run: by the driver, by the cycle model, by name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "runner.h"

void axf_runner_counters(const axf_dev_count *c, axf_counters *to) {
  *to = (axf_counters){.cycles = c->cycles,
                       .macs = c->macs,
                       .busy = c->busy,
                       .wait_k = c->wait_k,
                       .wait_n = c->wait_n,
                       .wait_o = c->wait_o,
                       .wb = c->wb,
                       .cfg = c->cfg,
                       .ld_beats = c->ld_beats,
                       .fetch_beats = c->fetch_beats,
                       .st_beats = c->st_beats,
                       .kb_wr = c->kb_wr,
                       .kb_rd = c->kb_rd,
                       .nb_wr = c->nb_wr,
                       .nb_rd = c->nb_rd,
                       .ks_wr = c->ks_wr,
                       .ns_wr = c->ns_wr,
                       .ps_rd = c->ps_rd,
                       .ps_wr = c->ps_wr,
                       .corrected = c->corrected,
                       .detected = c->detected};
}

int axf_runner_counter(int i, const axf_counters *c, const char **name, uint64_t *value) {
  const struct {
    const char *name;
    uint64_t value;
  } all[] = {{"cycles", c->cycles},
             {"macs", c->macs},
             {"busy", c->busy},
             {"wait_k", c->wait_k},
             {"wait_n", c->wait_n},
             {"wait_o", c->wait_o},
             {"wb", c->wb},
             {"cfg", c->cfg},
             {"ld_beats", c->ld_beats},
             {"fetch_beats", c->fetch_beats},
             {"st_beats", c->st_beats},
             {"kb_wr", c->kb_wr},
             {"kb_rd", c->kb_rd},
             {"nb_wr", c->nb_wr},
             {"nb_rd", c->nb_rd},
             {"ks_wr", c->ks_wr},
             {"ns_wr", c->ns_wr},
             {"ps_rd", c->ps_rd},
             {"ps_wr", c->ps_wr},
             {"corrected", c->corrected},
             {"detected", c->detected}};
  if (i >= (int)(sizeof all / sizeof all[0]))
    return 0;
  *name = all[i].name;
  *value = all[i].value;
  return 1;
}
