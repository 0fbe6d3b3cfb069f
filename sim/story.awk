# From the facts of a result (axsim --story) and what the RTL did (sim/story.sv) to the tables of docs/worked-example.md.
# usage: awk -v to=FOLDER -v row=ROW -f sim/story.awk STORY      one file a table: FOLDER/NAME.md
# Every number of the RTL is held against the C model's: pixels, weights, products, sums, bias, ReLU, window, requantisation,
# place. The first that does not fit ends it with a sentence and status 1.
# SPDX-License-Identifier: Apache-2.0
function die(text) {
  print "sim/story.awk: " text >"/dev/stderr"
  failed = 1
  exit 1
}
function same(what, rtl, model) { if (rtl != model) die(what ": RTL " rtl ", model " model) }
function ceil(a, b) { return int((a + b - 1) / b) }
function value(code) { return code >= 128 ? 128 - code : code } # sign and magnitude
function signs(n) { return n < 0 ? "(" n ")" : n }
function file(name) { return to "/" name ".md" }

$1 != "story" { next }
$2 == "fact" {
  if ($3 == "layer") { name = $4; Ky = $5; Kx = $6; stride = $7; pad = $8; P = $9; D = $10 }
  if ($3 == "factors") { Tm = $4; Tn = $5; Tr = $6; Tc = $7; Ti = $8; Tj = $9; flat = $10 }
  if ($3 == "result") { M = $4; R = $5; C = $6; want = $7 }
  if ($3 == "place") { buffer = $4; bank = $5; address = $6 }
  if ($3 == "parameter") { bias = $4; mult = $5; shift = $6 }
  if ($3 == "weight") weight[$4, $5] = $6
  if ($3 == "pixel") { pixel[$4, $5] = $6; pixel_bank[$4, $5] = $7 }
  next
}
$3 == "kernel" { kernel_n++; kernel_at[kernel_n] = $2; kernel_col[kernel_n] = $4; kernel_addr[kernel_n] = $5; next }
$3 == "neuron" { seen[$4, $5] = seen[$4, $5] " " $2; next }
$3 == "hold" { hold[$2] = 1; next }
$3 == "address" { naddr[$2, $4] = $5; kaddr[$2, $4] = $6; next }
$3 == "multiply" { neuron[$2, $4] = $5; kernel[$2, $4] = $6; next }
$3 == "product" { product[$2, $4] = $5; next }
$3 == "parameter" { parameter_at[++parameters] = $2; next }
{ event[$3, $2] = $4 " " $5 " " $6 " " $7 }
$3 == "write" { write_at[++writes] = $2; wrote[writes] = $4 " " $5 " " $6 }

END {
  if (failed) exit 1
  if (name == "" || !writes) die("the facts or the RTL's story are missing")
  # ---- the result in time: write-back, S8, and its steps in S0 ----
  for (k = 1; k <= writes && tw == ""; k++) if (wrote[k] ~ "^" bank " " address " ") tw = write_at[k]
  if (tw == "") die("row " row " never writes bank " bank ", address " address ": another row has this result")
  for (t8 = tw - 1; t8 > 0 && event["place", t8] !~ "^" bank " " address " "; t8--);
  per_sum = ceil(Ky, Ti) * ceil(Kx, Tj)
  steps = P * P * per_sum
  first = t8 - 8 - steps + 1
  for (t = first; t <= tw; t++) if (hold[t]) die("the pipe is held in cycle " t ": take another result")
  split(event["write", tw], w, " ")
  same("result written", w[3], want)
  # ---- kernels: the last block that begins where synapse 0,0 is read ----
  for (t = first; t < first + steps; t++) for (c = 0; c < D; c++)
    if ((t + 1, c) in kaddr && (base == "" || kaddr[t + 1, c] < base)) base = kaddr[t + 1, c]
  for (k = 1; k <= kernel_n && kernel_at[k] < first; k++) {
    if (kernel_col[k] != 0) continue
    if (kernel_addr[k] == base) { kernel_from = kernel_at[k]; words = 0 }
    if (kernel_addr[k] != base + words) continue
    words++
    kernel_to = kernel_at[k]
  }
  same("kernel words of a column", words, Ky * Kx)
  for (k = 1; k <= parameters && parameter_at[k] < kernel_from; k++) parameter_to = parameter_at[k]

  # ---- steps ----
  y0 = R * P * stride
  x0 = C * P * stride
  acc = 0
  for (s = 0; s < steps; s++) {
    t = first + s
    split(event["step", t], e, " ")
    if (e[1] == "") die("row " row " has no step in cycle " t)
    pos = int(s / per_sum)
    wy[s] = y0 + int(pos / P) * stride
    wx[s] = x0 + pos % P * stride
    sum = lanes[s] = 0
    for (c = 0; c < D; c++) {
      if (!((t + 1, c) in naddr)) continue
      k = kaddr[t + 1, c] - base
      i = int(k / Kx)
      j = k % Kx
      y = wy[s] + i
      x = wx[s] + j
      if (!((y, x) in pixel)) die("column " c ", cycle " t ": synapse " i "," j " is none of the kernel")
      same("column of pixel " y "," x, c, pixel_bank[y, x])
      same("pixel " y "," x, neuron[t + 2, c], pixel[y, x])
      same("weight " i "," j, value(kernel[t + 2, c]), weight[i, j])
      same("product in column " c ", cycle " t + 3, product[t + 3, c], pixel[y, x] * weight[i, j])
      if (used[pos, i, j]++) die("synapse " i "," j " of window position " pos " is multiplied twice")
      sum += product[t + 3, c]
      lanes[s]++
      I[s, c] = i
      J[s, c] = j
      Y[s, c] = y
      X[s, c] = x
    }
    split(event["sum", t + 4], e, " ")
    same("sum of cycle " t + 4, e[2], sum)
    same("first of a sum in cycle " t + 4, e[1], s % per_sum == 0)
    acc = (s % per_sum ? acc : 0) + sum
    sums[s] = sum
    accs[s] = acc
    if (s % per_sum < per_sum - 1) continue
    split(event["total", t + 5], e, " ")
    same("accumulator in cycle " t + 5, e[1], acc)
    same("bias", e[3], bias)
    v[pos] = acc + bias > 0 ? acc + bias : 0
    pooled = !pos || v[pos] > pooled ? v[pos] : pooled
    split(event["window", t + 6], e, " ")
    same("behind ReLU in cycle " t + 6, e[2], v[pos])
    same("window in cycle " t + 6, e[3], pooled)
    for (i = 0; i < Ky; i++) for (j = 0; j < Kx; j++) if (!used[pos, i, j]) die("synapse " i "," j " was left out")
  }
  split(event["scale", t8 - 1], e, " ")
  same("pooled", e[1], pooled)
  same("multiplier of the map", e[2], mult)
  split(event["result", t8], e, " ")
  same("pooled times multiplier", e[1], pooled * mult)
  same("shift", e[2], shift)
  q = int((pooled * mult + 2 ^ (shift - 1)) / 2 ^ shift)
  q = q > 255 ? 255 : q
  same("result", e[3], q)
  same("result", q, want)

  # ---- the tables ----
  out = file("result")
  printf "| what | here |\n|---|---|\n" >out
  printf "| layer | %s: kernel %d x %d, stride %d, padding %d, ReLU, max pool %d x %d |\n", name, Ky, Kx, stride, pad, P, P >out
  printf "| array | D = %d, <Tm,Tn,Tr,Tc,Ti,Tj> = <%d,%d,%d,%d,%d,%d>%s |\n", D, Tm, Tn, Tr, Tc, Ti, Tj,
    flat ? ", positions in line" : "" >out
  printf "| the result followed | map %d, row %d, column %d: **%d** |\n", M, R, C, want >out
  printf "| computed by | row %d of the array |\n", row >out
  printf "| its pixels | rows %d to %d, columns %d to %d of the padded image |\n",
    y0, y0 + (P - 1) * stride + Ky - 1, x0, x0 + (P - 1) * stride + Kx - 1 >out
  printf "| its place | neuron buffer %d, bank %d, address %d |\n", buffer, bank, address >out
  printf "| its time | steps in cycles %d to %d, written in cycle %d |\n", first, first + steps - 1, tw >out

  out = file("operands")
  printf "| weights of map %d |", M >out
  for (j = 0; j < Kx; j++) printf " j = %d |", j >out
  printf "\n|%s\n", dashes(Kx + 1) >out
  for (i = 0; i < Ky; i++) {
    printf "| i = %d |", i >out
    for (j = 0; j < Kx; j++) printf " %d |", weight[i, j] >out
    printf "\n" >out
  }
  width = (P - 1) * stride + Kx
  printf "\n| pixels |" >out
  for (x = x0; x < x0 + width; x++) printf " x = %d |", x >out
  printf "\n|%s\n", dashes(width + 1) >out
  for (y = y0; (y, x0) in pixel; y++) {
    printf "| y = %d |", y >out
    for (x = x0; x < x0 + width; x++) printf " %d |", pixel[y, x] >out
    printf "\n" >out
  }
  printf "\nBias %d, multiplier %d, shift %d.\n", bias, mult, shift >out

  out = file("stores")
  printf "The kernel loader fills kernel addresses %d to %d of all columns in cycles %d to %d, W(i, j) at %d + %d i + j; the\n",
    base, base + words - 1, kernel_from, kernel_to, base, Kx >out
  printf "parameter record is complete in cycle %d. The pixels of the window in the neuron stores, as `(y, x) address: value`, and\n",
    parameter_to >out
  printf "the cycle in which the last of them came:\n\n" >out
  printf "| column | ti, tj | pixels of the window | cycle |\n|---|---|---|---|\n" >out
  for (c = 0; c < D; c++) {
    if (c >= Tn * Ti * Tj) { printf "| %d | none | none: no synapse falls to this column | |\n", c >out; continue }
    text = ""
    late = 0
    for (y = y0; (y, x0) in pixel; y++)
      for (x = x0; x < x0 + width; x++) {
        if (pixel_bank[y, x] != c) continue
        a = where(c, y, x)
        n = split(seen[c, a], e, " ")
        for (k = n; k > 1 && e[k] >= first; k--);
        if (e[k] > late) late = e[k]
        text = text (text == "" ? "" : ", ") sprintf("(%d, %d) %d: %d", y, x, a, pixel[y, x])
      }
    printf "| %d | %d, %d | %s | %d |\n", c, int(c / Tj) % Ti, c % Tj, text, late >out
  }

  out = file("steps")
  printf "| S0 in cycle | window at (y, x) | synapses | products in S3, cycle | lanes | sum, S4 | accumulator, S5 |\n" >out
  printf "|---|---|---|---|---|---|---|\n" >out
  for (s = 0; s < steps; s++)
    printf "| %d | (%d, %d) | %s | %d | %d | %d | %d |\n",
      first + s, wy[s], wx[s], rows_of(s), first + s + 3, lanes[s], sums[s], accs[s] >out

  out = file("lanes")
  s = 0
  two = per_sum != 1
  printf "| column | synapse | kernel store | neuron store | W x pixel |%s\n",
    two ? " next step: synapse | kernel store | neuron store | W x pixel |" : "" >out
  printf "|%s\n", dashes(two ? 9 : 5) >out
  for (c = 0; c < D; c++) {
    printf "| %d |", c >out
    for (k = s; k <= s + two; k++)
      if ((k, c) in I)
        printf " W(%d, %d) | %d | %d | %d x %d = %d |", I[k, c], J[k, c], kaddr[first + k + 1, c], naddr[first + k + 1, c],
          weight[I[k, c], J[k, c]], pixel[Y[k, c], X[k, c]], product[first + k + 3, c] >out
      else printf " idle | | | |" >out
    printf "\n" >out
  }
  printf "| sum | | | | **%d** |%s\n", sums[s], two ? sprintf(" | | | **%d** |", sums[s + 1]) : "" >out

  out = file("rotation")
  printf "| column |" >out
  for (s = 0; s < steps; s++) printf " %d |", first + s >out
  printf "\n|%s\n", dashes(steps + 1) >out
  for (c = 0; c < Tn * Ti * Tj; c++) {
    printf "| %d |", c >out
    for (s = 0; s < steps; s++)
      if ((s, c) in I) printf " %d,%d: %d x %d |", I[s, c], J[s, c], weight[I[s, c], J[s, c]], pixel[Y[s, c], X[s, c]] >out
      else printf " idle |" >out
    printf "\n" >out
  }

  out = file("post")
  printf "| cycle | stage | what | |\n|---|---|---|---|\n" >out
  for (pos = 0; pos < P * P; pos++) {
    t = first + pos * per_sum + per_sum - 1
    printf "| %d | S5 | sum of window %d plus bias | %d + %s = %d |\n",
      t + 5, pos + 1, accs[pos * per_sum + per_sum - 1], signs(bias), accs[pos * per_sum + per_sum - 1] + bias >out
    most = !pos || v[pos] > most ? v[pos] : most
    printf "| %d | S6 | ReLU, largest so far | %d, %d |\n", t + 6, v[pos], most >out
  }
  printf "| %d | S7 | times the map's multiplier | %d x %d = %d |\n", t8 - 1, pooled, mult, pooled * mult >out
  printf "| %d | S8 | rounding shift, clamp to 0 .. 255 | (%d + %d) >> %d = **%d** |\n",
    t8, pooled * mult, 2 ^ (shift - 1), shift, q >out
  printf "| %d | S8 | placed | bank %d, address %d; into the queue of results |\n", t8, bank, address >out
  printf "| %d | write-back | written | %d, %s |\n",
    tw, q, tw == t8 + 1 ? "at once" : tw - t8 - 1 " rows with the same bank went before" >out
}
function dashes(n,   text) { while (n--) text = text "---|"; return text }
function where(c, y, x,   s) { # the store address at which a lane of column c reads pixel y, x
  for (s = 0; s < steps; s++) if (Y[s, c] == y && X[s, c] == x && (s, c) in I) return naddr[first + s + 1, c]
  die("pixel " y "," x " is never read")
}
function rows_of(s,   c, lo, hi) {
  lo = Ky
  hi = -1
  for (c = 0; c < D; c++) if ((s, c) in I) { if (I[s, c] < lo) lo = I[s, c]; if (I[s, c] > hi) hi = I[s, c] }
  return lo == hi ? "row " lo : "rows " lo " to " hi
}
