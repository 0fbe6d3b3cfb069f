/* Weights that were trained elsewhere, put into a model file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The arrays wanted for layer L of a net, with PyTorch's shapes:
 *     L.weight  conv (out, in, ky, kx), fc (out, fan-in)      L.bias  (out)
 * and for a layer with batch normalisation, as torch.nn.BatchNorm1d/2d holds them (eps 1e-5):
 *     L.bn.weight, L.bn.bias, L.bn.running_mean, L.bn.running_var  (out); L.bias may then be missing */
#ifndef AXF_IMPORT_H
#define AXF_IMPORT_H
#include "import/npy.h"
#include "nn/net.h"

/* Which array stands for what: "c1=features.0,f5.weight=dense_w,..."; a layer stands for all its arrays, L.bn for the
 * four of the normalisation, a full name for one array; the longest match counts. NULL or "": the names as above. Fails
 * if an entry names nothing of the net. */
int axf_import_check_map(const axf_net *n, const char *map);
/* Fills the parameters (allocated) from s; unused, if not NULL, receives the names of arrays that nothing asked for, ",
 * " between them, cut at `room`. Fails with one sentence on a missing array or a wrong shape. */
int axf_import_params(axf_params *p, const axf_net *n, const axf_arrays *s, const char *map, char *unused, size_t room);
#endif
