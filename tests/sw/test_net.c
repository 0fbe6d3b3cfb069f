/* Net files (shapes, refusals word for word) and model files (round trip, refusals).
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "nn/net.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD "net x\ninput 1 28 28\n"

static const char lenet[] =
    "net lenet # a comment\n\ninput 1 28 28\nconv c1 maps=6 kernel=5 pad=2 relu\npool p2 max 2\n"
    "conv c3 kernel=5x5 relu maps=16\npool p4 avg 2 stride=2\nfc f5 relu out=120\nfc f7 out=10\n"
    "train lr=0.1 epochs=3 # comment\n";

static void check_shapes(void) {
  axf_net n;
  CHECK_MSG(axf_net_parse(&n, "lenet.net", lenet) == 0, "%s", axf_errmsg());
  CHECK(strcmp(n.name, "lenet") == 0 && strcmp(n.text, lenet) == 0 && strcmp(n.train_opts, "lr=0.1 epochs=3") == 0);
  CHECK(n.c == 1 && n.h == 28 && n.w == 28 && n.classes == 10 && n.nlayers == 6);
  const int out[6][3] = {{6, 28, 28}, {6, 14, 14}, {16, 10, 10}, {16, 5, 5}, {120, 1, 1}, {10, 1, 1}};
  const int64_t macs[6] = {117600, 0, 240000, 0, 48000, 1200};
  const size_t weights[6] = {150, 0, 2400, 0, 48000, 1200};
  for (int l = 0; l < n.nlayers; l++) {
    const axf_layer *y = &n.layer[l];
    CHECK_MSG(y->out_c == out[l][0] && y->out_h == out[l][1] && y->out_w == out[l][2], "layer %d", l);
    CHECK_MSG(y->macs == macs[l] && axf_weight_count(y) == weights[l], "layer %d: %lld", l, (long long)y->macs);
    CHECK(axf_net_layer(&n, y->name) == l);
  }
  CHECK(n.layer[0].relu && !n.layer[5].relu && n.layer[4].ky == 5 && n.layer[4].kx == 5 && n.layer[4].in_c == 16);
  CHECK(n.layer[1].pool == AXF_POOL_MAX && n.layer[3].pool == AXF_POOL_AVG && n.layer[3].pstride == 2);
  CHECK(n.layer[2].line == 6 && axf_net_layer(&n, "nobody") == -1);
  axf_net_free(&n);
  /* strides and unequal sides: (9 + 2 - 3) / 2 + 1 = 5 and (7 + 2 - 2) / 2 + 1 = 4; a pool drops what does not fit */
  CHECK(axf_net_parse(&n, "s.net",
                      "net s\ninput 2 9 7\nconv a maps=3 kernel=3x2 stride=2 pad=1\npool b max 2\nfc c out=2") == 0);
  CHECK(n.layer[0].out_h == 5 && n.layer[0].out_w == 4 && n.layer[1].out_h == 2 && n.layer[1].out_w == 2);
  axf_net_free(&n);
  /* the first 4 x 4 of 6 x 5 outputs, as many multiplications; the values of the last maps are the net's */
  CHECK(axf_net_parse(&n, "m.net", "net m\ninput 2 8 7\nconv a maps=3 kernel=3 size=4\n") == 0);
  CHECK(n.layer[0].out_h == 4 && n.layer[0].out_w == 4 && n.layer[0].macs == 3 * 2 * 9 * 16 && n.classes == 48);
  axf_net_free(&n);
}

static const struct {
  const char *text, *message;
} bad[] = {
    {"", "x.net: the line 'net NAME' is missing"},
    {"net x\n", "x.net: the line 'input CHANNELS HEIGHT WIDTH' is missing"},
    {HEAD, "x.net: the net has no layer"},
    {"input 1 2 2\nfc a out=2\n", "x.net: the line 'net NAME' is missing"},
    {"net x\nfc a out=2\n", "x.net:2: the input line must come before the first layer"},
    {"net x\nnet y\n", "x.net:2: net: stands twice"},
    {"net x y\n", "x.net:1: net: expected 'net NAME' with 1 to 63 letters, digits, '_', '-' and '.'"},
    {"net ../x\n", "x.net:1: net: expected 'net NAME' with 1 to 63 letters, digits, '_', '-' and '.'"},
    {HEAD "input 1 28 28\n", "x.net:3: input: stands twice"},
    {"net x\ninput 1 28\n", "x.net:2: input: expected 'input CHANNELS HEIGHT WIDTH'"},
    {"net x\ninput 1 0 28\n", "x.net:2: input: height must be from 1 to 65535, found 0"},
    {"net x\ninput 1 28 70000\n", "x.net:2: input: width must be from 1 to 65535, found 70000"},
    {"net x\ninput 2 65535 65535\n", "x.net:2: input: more than 2^28 values"},
    {HEAD "dense a out=10\n", "x.net:3: unknown statement 'dense' (there are net, input, conv, pool, fc, train)"},
    {HEAD "fc\n", "x.net:3: fc: a name of 1 to 31 letters, digits, '_', '-' and '.' must follow"},
    {HEAD "fc out=10\n", "x.net:3: fc: a name of 1 to 31 letters, digits, '_', '-' and '.' must follow"},
    {HEAD "fc a\n", "x.net:3: fc a: out= is missing"},
    {HEAD "fc a out=-3\n", "x.net:3: fc a: out must be from 1 to 65535, found -3"},
    {HEAD "fc a out=1e3\n", "x.net:3: fc a: out must be a whole number, found '1e3'"},
    {HEAD "fc a out=10 tanh\n", "x.net:3: fc a: unknown option 'tanh'"},
    {HEAD "fc a out=10 bias=0\n", "x.net:3: fc a: unknown option 'bias=0' (there are: out )"},
    {HEAD "fc a out=10 =3\n", "x.net:3: fc a: unknown option '=3' (there are: out )"},
    {HEAD "fc a out=10 out=10\n", "x.net:3: fc a: option 'out' stands twice"},
    {HEAD "fc a out=10 relu relu\n", "x.net:3: fc a: option 'relu' stands twice"},
    {HEAD "fc a out=20\nfc a out=10\n", "x.net:4: fc a: the name already stands in line 3"},
    {HEAD "fc a out=1\n", "x.net:3: a: 1 values, the last layer gives 2 to 16777216"},
    {HEAD "conv a maps=4 kernel=3 size=27\n", "x.net:3: conv a: size must be from 1 to 26, found 27"},
    {HEAD "conv a maps=4\n", "x.net:3: conv a: kernel= is missing"},
    {HEAD "conv a kernel=3\n", "x.net:3: conv a: maps= is missing"},
    {HEAD "conv a maps=4 kernel=3x\n", "x.net:3: conv a: kernel must be a whole number, found ''"},
    {HEAD "conv a maps=4 kernel=0\n", "x.net:3: conv a: kernel must be from 1 to 65535, found 0"},
    {HEAD "conv a maps=4 kernel=3 stride=0\n", "x.net:3: conv a: stride must be from 1 to 65535, found 0"},
    {HEAD "conv a maps=4 kernel=3 pad=3\n", "x.net:3: conv a: pad 3 is not smaller than the 3x3 kernel"},
    {HEAD "conv a maps=4 kernel=24\nconv b maps=2 kernel=7\n",
     "x.net:4: conv b: kernel 7x7 does not fit the 5x5 input"},
    {HEAD "conv a maps=4 kernel=31 pad=1\n",
     "x.net:3: conv a: kernel 31x31 does not fit the 28x28 input, padded to 30x30"},
    {HEAD "pool a max 2\n", "x.net:3: pool a: a pool must follow a conv layer"},
    {HEAD "fc f out=9\npool a max 1\n", "x.net:4: pool a: a pool must follow a conv layer"},
    {HEAD "conv c maps=2 kernel=3\npool a max 2\npool b max 2\n", "x.net:5: pool b: a pool must follow a conv layer"},
    {HEAD "conv c maps=2 kernel=3\npool a min 2\n", "x.net:4: pool a: 'min' is not max or avg"},
    {HEAD "conv c maps=2 kernel=3\npool a max\n", "x.net:4: pool a: expected 'pool NAME max|avg WINDOW'"},
    {HEAD "conv c maps=2 kernel=3\npool a max 2 relu\n", "x.net:4: pool a: unknown option 'relu'"},
    {HEAD "conv c maps=2 kernel=3\npool a max 27\n", "x.net:4: pool a: window 27x27 does not fit the 26x26 input"},
    {HEAD "fc a out=65535\nfc b out=65535\n", "x.net:4: fc b: the net has more than 2^28 parameters"},
    {"net x\ninput 1 600 600\nconv a maps=1000 kernel=1\n", "x.net:3: conv a: the output has more than 2^28 values"},
    {HEAD "train lr=1\ntrain lr=2\n", "x.net:4: train: stands twice"},
};

static void check_refusals(void) {
  axf_net n;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    int r = axf_net_parse(&n, "x.net", bad[i].text);
    CHECK_MSG(r == -1, "accepted: %s", bad[i].text);
    CHECK_MSG(strcmp(axf_errmsg(), bad[i].message) == 0, "said '%s', expected '%s'", axf_errmsg(), bad[i].message);
  }
  CHECK(axf_net_load(&n, "/nonexistent/x.net") == -1 && strstr(axf_errmsg(), "/nonexistent/x.net"));
  char path[256];
  CHECK(axf_net_find(path, sizeof path, "dir/my") == 0 && strcmp(path, "dir/my") == 0);
  CHECK(axf_net_find(path, sizeof path, "no-such-net") == -1 && strstr(axf_errmsg(), "no net 'no-such-net'"));
}

/* A small model with every part filled. */
static void make_model(axf_model *m) {
  memset(m, 0, sizeof *m);
  CHECK(axf_net_parse(&m->net, "m.net",
                      "net m\ninput 1 4 4\nconv c maps=3 kernel=3 relu\npool p max 2\nfc f out=2\n") == 0);
  CHECK(axf_params_alloc(&m->params, &m->net) == 0);
  axf_params_init(&m->params, &m->net, 7);
  m->meta = axf_container_new("model");
  CHECK(axf_container_set(m->meta, "provenance.seed", "7") == 0);
  for (int l = 0; l < 3; l += 2) {
    axf_qlayer *q = &m->q.q[l];
    size_t count = axf_weight_count(&m->net.layer[l]);
    int out = m->net.layer[l].out_c;
    q->w = axf_alloc(count, 1);
    q->bias = axf_alloc((size_t)out, 4);
    q->mult = axf_alloc((size_t)out, 1);
    q->shift = axf_alloc((size_t)out, 1);
    for (size_t i = 0; i < count; i++)
      q->w[i] = (int8_t)((int)(i * 37 % 255) - 127);
    for (int i = 0; i < out; i++) {
      q->bias[i] = -100000 * (i + l);
      q->mult[i] = (uint8_t)(200 + i);
      q->shift[i] = (uint8_t)(39 - i);
    }
    q->out_signed = l == 2;
    q->s_in = 0.1f + (float)l;
    q->s_out = 1.0f / 3;
  }
  m->quantised = 1;
}

static void check_model(const char *dir) {
  axf_model a, b;
  char path[256], again[256], hash[2][65];
  snprintf(path, sizeof path, "%s/a.axm", dir);
  snprintf(again, sizeof again, "%s/b.axm", dir);
  make_model(&a);
  CHECK_MSG(axf_model_save(&a, path) == 0, "%s", axf_errmsg());
  CHECK_MSG(axf_model_load(&b, path) == 0, "%s", axf_errmsg());
  CHECK(b.quantised && strcmp(axf_container_get(b.meta, "provenance.seed"), "7") == 0);
  CHECK(memcmp(axf_params_block(&a.params), axf_params_block(&b.params), axf_params_count(&a.net) * 4) == 0);
  for (int l = 0; l < 3; l += 2) {
    const axf_qlayer *p = &a.q.q[l], *q = &b.q.q[l];
    size_t out = (size_t)a.net.layer[l].out_c;
    CHECK(memcmp(p->w, q->w, axf_weight_count(&a.net.layer[l])) == 0 && memcmp(p->bias, q->bias, 4 * out) == 0);
    CHECK(memcmp(p->mult, q->mult, out) == 0 && memcmp(p->shift, q->shift, out) == 0);
    CHECK(p->s_in == q->s_in && p->s_out == q->s_out && p->out_signed == q->out_signed && !q->in_signed);
  }
  CHECK(axf_model_save(&b, again) == 0 && axf_sha256_file(path, hash[0]) == 0 && axf_sha256_file(again, hash[1]) == 0);
  CHECK(strcmp(hash[0], hash[1]) == 0);
  axf_model_free(&b);

  /* the layer's shape in the text is not that of its tensor */
  char *text = a.net.text;
  a.net.text = axf_strdup("net m\ninput 1 4 4\nconv c maps=3 kernel=3 relu\npool p max 2\nfc f out=3\n");
  CHECK(axf_model_save(&a, again) == 0 && axf_model_load(&b, again) == -1);
  CHECK_MSG(strstr(axf_errmsg(), "b.axm: tensor f.weight has not the type and shape"), "%s", axf_errmsg());
  free(a.net.text);
  a.net.text = text;
  a.q.q[0].shift[1] = 40;
  CHECK(axf_model_save(&a, again) == 0 && axf_model_load(&b, again) == -1);
  CHECK_MSG(strstr(axf_errmsg(), "tensor c.shift: element 1 is not in 1..39"), "%s", axf_errmsg());
  a.q.q[0].shift[1] = 3;
  a.q.q[2].w[0] = -128;
  CHECK(axf_model_save(&a, again) == 0 && axf_model_load(&b, again) == -1);
  CHECK_MSG(strstr(axf_errmsg(), "tensor f.q: element 0 is -128"), "%s", axf_errmsg());
  a.quantised = 0;
  CHECK(axf_model_save(&a, again) == 0 && axf_model_load(&b, again) == 0 && !b.quantised && !b.q.q[0].w);
  axf_model_free(&b);
  axf_model_free(&a);
  unlink(path);
  unlink(again);
}

int main(void) {
  char dir[] = "/tmp/axf_test_net.XXXXXX";
  check_shapes();
  check_refusals();
  CHECK(mkdtemp(dir) != NULL);
  check_model(dir);
  rmdir(dir);
  return check_done("test_net");
}
