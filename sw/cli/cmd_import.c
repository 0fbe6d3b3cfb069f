/* axflow import: weights trained elsewhere (.npz, .npy) + net -> float model file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "import/import.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const axf_option options[] = {
    {"net", "NET", "name of a net in sw/nets, or a .net file"},
    {"weights", "FILE", "an .npz archive, or a folder of .npy files"},
    {"map", "LIST", "LAYER=NAME,...: array NAME.weight stands for LAYER.weight, and so on; LAYER.weight=NAME for one"},
    {"out", "FILE", "model file to write (.axm)"},
    {NULL, NULL, NULL}};
#define NOPTIONS (sizeof options / sizeof options[0])

static const axf_usage usage = {
    "import", "--net NET --weights FILE --out FILE [--map LIST]",
    "Puts weights that were trained elsewhere into a model file for a net: arrays LAYER.weight and LAYER.bias in\n"
    "PyTorch's shapes, float32 or float64. `axflow eval` and `axflow quantize` go on from there.",
    options};

/* The keys of the model file; nothing in them depends on machine, time or place. */
static int provenance(axf_model *m, const char *weights, const char *map) {
  const char *slash = strrchr(weights, '/'), *file = slash ? slash + 1 : weights;
  struct stat st;
  char hex[65] = "";
  if (stat(weights, &st) == 0 && S_ISREG(st.st_mode) && axf_sha256_file(weights, hex))
    return -1;
  char *command =
      axf_sprintf("axflow import --net %s --weights %s%s%s", m->net.name, file, map ? " --map " : "", map ? map : "");
  int rc = !command || !(m->meta = axf_container_new("model")) ||
                   axf_container_set(m->meta, "provenance.version", AXF_VERSION) ||
                   axf_container_set(m->meta, "provenance.command", command) ||
                   (hex[0] && axf_container_set(m->meta, "provenance.weights_sha256", hex))
               ? -1
               : 0;
  free(command);
  return rc;
}

static int import(axf_model *m, const char *weights, const char *map, const char *out) {
  char unused[400] = "";
  axf_arrays *s = axf_arrays_open(weights);
  int rc = s ? axf_params_alloc(&m->params, &m->net) : -1;
  if (rc == 0)
    rc = axf_import_params(&m->params, &m->net, s, map, unused, sizeof unused);
  if (rc == 0)
    rc = provenance(m, weights, map) || axf_model_save(m, out) ? -1 : 0;
  if (rc == 0 && unused[0])
    fprintf(stderr, "axflow import: not used: %s\n", unused);
  if (rc == 0)
    printf("IMPORT net=%s weights=%s model=%s\n", m->net.name, weights, out);
  axf_arrays_close(s);
  return rc;
}

int axf_cmd_import(int argc, char **argv) {
  const char *value[NOPTIONS];
  int status = axf_cli_options(&usage, argc, argv, value);
  if (status >= 0)
    return status;
  for (int i = 0; i < 4; i++)
    if (!value[i] && i != axf_cli_index(&usage, "map"))
      return axf_cli_wrong(&usage, "--%s is missing", options[i].name);
  axf_model m;
  char path[1024];
  memset(&m, 0, sizeof m);
  int rc = axf_net_find(path, sizeof path, axf_cli_get(&usage, value, "net", NULL)) || axf_net_load(&m.net, path) ||
           import(&m, axf_cli_get(&usage, value, "weights", NULL), axf_cli_get(&usage, value, "map", NULL),
                  axf_cli_get(&usage, value, "out", NULL));
  axf_model_free(&m);
  return rc ? axf_cli_fail(&usage) : 0;
}
