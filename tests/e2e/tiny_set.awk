# A tiny data set in the format and size of MNIST, for tests: class k is a bright bar at place k, with noise.
#   awk -v part=images -v n=600 -v seed=1 -f tiny_set.awk >train-images-idx3-ubyte     part=labels: the label file
# SPDX-License-Identifier: Apache-2.0
function word(v) { printf "%c%c%c%c", int(v / 16777216) % 256, int(v / 65536) % 256, int(v / 256) % 256, v % 256 }
function draw(m) { # 0..m-1 from a linear congruential generator
  state = (state * 16807) % 2147483647
  return int(state / 2147483647 * m)
}
BEGIN {
  state = seed * 7919 + 17
  word(part == "images" ? 2051 : 2049)
  word(n)
  if (part == "images") { word(28); word(28) }
  for (i = 0; i < n; i++) {
    k = (i * 7 + int(i / 10)) % 10
    if (part == "labels") { printf "%c", k; continue }
    for (y = 0; y < 28; y++)
      for (x = 0; x < 28; x++)
        printf "%c", (k < 5 ? int(x / 5) == k : int(y / 5) == k - 5) ? 150 + draw(100) : draw(60)
  }
}
