/* The embedded digits: handwritten-style images made from pen skeletons, so that everything works with no download.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One image: a way of writing is drawn from digit_shapes.c, its points are shaken, the curve through them is bent by
 * slow sine waves, turned, slanted, stretched and shifted, and a pen of varying width is drawn along it; then ink
 * level, grain and speckle. Image i of seed s uses random stream i of s alone, and only IEEE operations and the
 * functions of core/fmath.c are used: the bytes are the same on every machine and for every number of threads.
 * Lengths are in units of the digit's height until place() turns them into pixels. */
#include "data/data.h"
#include "data/digit_shapes.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 28
#define MAX_POINTS 32
#define STEPS 6 /* line segments per curve piece */

/* How far everything varies. The difficulty hangs on these; as they stand, 60,000 training and 10,000 test images give
 * 89 % to a linear softmax classifier (9 epochs) and 98.7 % to a LeNet-5 with max pooling (6 epochs). */
#define JITTER 0.030f /* standard deviation of a skeleton point */
#define BEND 0.045f   /* largest amplitude of a sine wave */
#define TURN 0.13f    /* standard deviation of the rotation, radians */
#define SLANT 0.18f   /* standard deviation of the shear */
#define HEIGHT 20.0f  /* mean height in pixels */
#define STRETCH 0.22f /* largest relative change of width and height */
#define SHIFT 1.3f    /* largest shift in pixels */
#define PEN_MIN 0.65f /* radius of the pen in pixels */
#define PEN_MAX 1.75f
#define HASTE 2.3f    /* largest factor on JITTER and BEND; the smallest is 0.5 */
#define DRY 0.8f      /* longest gap of a dry pen, in curve pieces */
#define STRAY 0.3f    /* share of images with a stray stroke, as of a neighbouring digit */
#define FAINT 90.0f   /* faintest ink */
#define SPECKLE 0.02f /* largest share of disturbed pixels */

typedef struct {
  float x, y;
} point;

typedef struct {
  char kind; /* 'm', 'c' or 'k' as in digit_shapes.h */
  point p;
} node;

typedef struct {
  float amplitude, fx, fy, phase;
} wave;

typedef struct {
  wave wx[2], wy[2];
  float a, b, c, d;       /* linear map to pixels */
  float dx, dy;           /* shift in pixels */
  float pen, swell, beat; /* radius, its relative variation, its phase */
  float soft;             /* width of the edge in pixels */
  float dry, wet;         /* the pen leaves no ink between these two places along the curve */
} style;

typedef struct {
  axf_part *part;
  uint64_t seed;
} job;

static float between(axf_rng *r, float lo, float hi) { return lo + (hi - lo) * axf_rng_uniform(r); }

/* N(0, 1) without the rare far values, which would give unreadable digits. */
static float gentle(axf_rng *r) {
  float z = axf_rng_normal(r);
  return z > 2.2f ? 2.2f : z < -2.2f ? -2.2f : z;
}

static int number(const char **s) {
  int v = 0;
  while (**s >= '0' && **s <= '9')
    v = 10 * v + (*(*s)++ - '0');
  return v;
}

/* Skeleton text to shaken points. A point met twice (strokes that touch) moves the same way both times. */
static int read_shape(const char *s, axf_rng *r, float haste, node *v) {
  int n = 0, raw[MAX_POINTS][2];
  while (*s != 0 && n < MAX_POINTS) {
    v[n].kind = *s++;
    raw[n][0] = number(&s);
    s++; /* the comma */
    raw[n][1] = number(&s);
    s += *s == ' ';
    float jx = haste * JITTER * gentle(r), jy = haste * JITTER * gentle(r);
    v[n].p = (point){raw[n][0] * 0.01f - 0.5f + jx, raw[n][1] * 0.01f - 0.5f + jy};
    for (int i = 0; i < n; i++)
      if (raw[i][0] == raw[n][0] && raw[i][1] == raw[n][1])
        v[n].p = v[i].p;
    n++;
  }
  return n;
}

static style draw_style(axf_rng *r, float haste) {
  style s;
  for (int i = 0; i < 4; i++) {
    wave *w = i < 2 ? &s.wx[i] : &s.wy[i - 2];
    w->amplitude = haste * between(r, 0, BEND);
    w->fx = between(r, -7, 7); /* about one period over the digit */
    w->fy = between(r, -7, 7);
    w->phase = between(r, 0, 6.2831853f);
  }
  float turn = TURN * gentle(r), slant = SLANT * gentle(r) + 0.08f;
  float sx = HEIGHT * between(r, 1 - STRETCH, 1 + STRETCH) * 0.92f, sy = HEIGHT * between(r, 1 - STRETCH, 1 + STRETCH);
  float cs = axf_cosf(turn), sn = axf_sinf(turn);
  s.a = cs * sx;
  s.b = (-cs * slant - sn) * sy;
  s.c = sn * sx;
  s.d = (-sn * slant + cs) * sy;
  s.dx = 0.5f * SIDE + between(r, -SHIFT, SHIFT);
  s.dy = 0.5f * SIDE + between(r, -SHIFT, SHIFT);
  s.pen = between(r, PEN_MIN, PEN_MAX);
  s.swell = between(r, 0, 0.3f);
  s.beat = between(r, 0, 6.2831853f);
  s.soft = between(r, 0.8f, 1.4f);
  s.dry = between(r, 0, 12);
  s.wet = s.dry + between(r, -DRY, DRY);
  return s;
}

/* Bends a point and maps it to pixels. */
static point place(const style *s, point p) {
  point q = p;
  for (int i = 0; i < 2; i++) {
    q.x += s->wx[i].amplitude * axf_sinf(s->wx[i].fx * p.x + s->wx[i].fy * p.y + s->wx[i].phase);
    q.y += s->wy[i].amplitude * axf_sinf(s->wy[i].fx * p.x + s->wy[i].fy * p.y + s->wy[i].phase);
  }
  return (point){s->a * q.x + s->b * q.y + s->dx, s->c * q.x + s->d * q.y + s->dy};
}

/* Draws a line of radius r with a soft edge: each pixel keeps the darkest ink that met it. */
static void draw_line(float ink[SIDE][SIDE], point p, point q, float r, float soft) {
  float reach = r + soft, ux = q.x - p.x, uy = q.y - p.y, length2 = ux * ux + uy * uy;
  int x0 = (int)((p.x < q.x ? p.x : q.x) - reach), x1 = (int)((p.x > q.x ? p.x : q.x) + reach) + 1;
  int y0 = (int)((p.y < q.y ? p.y : q.y) - reach), y1 = (int)((p.y > q.y ? p.y : q.y) + reach) + 1;
  for (int y = y0 < 0 ? 0 : y0; y <= y1 && y < SIDE; y++)
    for (int x = x0 < 0 ? 0 : x0; x <= x1 && x < SIDE; x++) {
      float vx = (float)x + 0.5f - p.x, vy = (float)y + 0.5f - p.y;
      float t = length2 > 0 ? (vx * ux + vy * uy) / length2 : 0;
      t = t < 0 ? 0 : t > 1 ? 1 : t;
      vx -= t * ux;
      vy -= t * uy;
      float v = (r + 0.5f * soft - sqrtf(vx * vx + vy * vy)) / soft;
      v = v > 1 ? 1 : v;
      if (v > ink[y][x])
        ink[y][x] = v;
    }
}

/* Slope of the curve at node i, from the neighbours inside the stroke; at ends and corners from the one side. */
static point slope(const node *v, int n, int i, int forward) {
  int lo = v[i].kind == 'm' || (v[i].kind == 'k' && forward) ? i : i - 1;
  int hi = i + 1 >= n || v[i + 1].kind == 'm' || (v[i].kind == 'k' && !forward) ? i : i + 1;
  float k = hi - lo == 2 ? 0.5f : 1.0f;
  return (point){k * (v[hi].p.x - v[lo].p.x), k * (v[hi].p.y - v[lo].p.y)};
}

/* Cubic Hermite pieces through the nodes. */
static void draw_shape(float ink[SIDE][SIDE], const node *v, int n, const style *s) {
  for (int i = 0; i + 1 < n; i++) {
    if (v[i + 1].kind == 'm')
      continue;
    point a = v[i].p, b = v[i + 1].p, da = slope(v, n, i, 1), db = slope(v, n, i + 1, 0), from = place(s, a);
    for (int k = 1; k <= STEPS; k++) {
      float t = (float)k / STEPS, u = 1 - t;
      float ha = u * u * (1 + 2 * t), hb = t * t * (3 - 2 * t), ga = t * u * u, gb = -t * t * u;
      point to =
          place(s, (point){ha * a.x + hb * b.x + ga * da.x + gb * db.x, ha * a.y + hb * b.y + ga * da.y + gb * db.y});
      float r = s->pen * (1 + s->swell * axf_sinf(s->beat + 1.1f * ((float)i + t)));
      if ((float)i + t < s->dry || (float)i + t > s->wet)
        draw_line(ink, from, to, r, s->soft);
      from = to;
    }
  }
}

/* A short stroke that runs in from a side of the image. */
static void draw_stray(float ink[SIDE][SIDE], axf_rng *r, const style *s) {
  float along = between(r, 0, SIDE), depth = between(r, 1, 6), lean = between(r, -8, 8);
  uint32_t side = axf_rng_below(r, 4);
  point p = {along, 0}, q = {along + lean, depth};
  if (side & 1) {
    p.y = SIDE;
    q.y = SIDE - depth;
  }
  if (side & 2) {
    p = (point){p.y, p.x};
    q = (point){q.y, q.x};
  }
  draw_line(ink, p, q, s->pen, s->soft);
}

/* Ink to bytes: level, grain of the ink, and single disturbed pixels; untouched paper stays exactly 0. */
static void develop(uint8_t *out, float ink[SIDE][SIDE], axf_rng *r) {
  float level = between(r, FAINT, 255), grain = between(r, 0, 0.3f), speckle = between(r, 0, SPECKLE);
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      float v = ink[y][x] * level;
      if (v > 0)
        v *= 1 - grain * axf_rng_uniform(r);
      if (axf_rng_uniform(r) < speckle)
        v = between(r, 0, 255);
      out[y * SIDE + x] = (uint8_t)(v + 0.5f);
    }
}

static void make_image(void *ctx, size_t i, int worker) {
  job *j = ctx;
  axf_rng r;
  node v[MAX_POINTS];
  float ink[SIDE][SIDE];
  (void)worker;
  memset(ink, 0, sizeof ink);
  axf_rng_seed(&r, j->seed, i);
  uint32_t digit = axf_rng_below(&r, 10), variant = axf_rng_below(&r, AXF_DIGIT_VARIANTS);
  float haste = between(&r, 0.5f, HASTE);
  int n = read_shape(axf_digit_shape[digit][variant], &r, haste, v);
  style s = draw_style(&r, haste);
  draw_shape(ink, v, n, &s);
  if (axf_rng_uniform(&r) < STRAY)
    draw_stray(ink, &r, &s);
  develop(j->part->u8 + i * SIDE * SIDE, ink, &r);
  j->part->label[i] = (uint8_t)digit;
}

int axf_digits_generate(axf_part *p, uint32_t n, uint64_t seed) {
  memset(p, 0, sizeof *p);
  p->n = n;
  p->c = 1;
  p->h = p->w = SIDE;
  p->classes = 10;
  p->u8 = axf_alloc(n, SIDE * SIDE);
  p->label = axf_alloc(n, 1);
  int rc = p->u8 != NULL && p->label != NULL ? 0 : -1;
  if (rc == 0) {
    job j = {p, seed};
    axf_parallel_for(n, make_image, &j);
    rc = axf_idx_sha256(p, p->sha256);
  }
  if (rc != 0) {
    free(p->u8);
    free(p->label);
    memset(p, 0, sizeof *p);
  }
  return rc;
}
