# docs/results.md from the rows of sw/experiments/results (columns: collect.awk). Every figure and every verdict on the page
# is computed here; nothing else writes it.
# SPDX-License-Identifier: Apache-2.0
# usage: awk -v plan="NAME:RUNS .." -f page.awk results/*.csv
BEGIN {
  FS = ","
  nconfigs = split("K1 K2 K3 b0.1 b1 b10 joint", config, " ")
  nmethods = split("plain qat clip sam correct active passive joint randbet slope", method, " ")
  head["K1"] = "K1"; head["K2"] = "K2"; head["K3"] = "K3"; head["b0.1"] = "0.1 %"; head["b1"] = "1 %"
  head["b10"] = "10 %"; head["joint"] = "K2 and 1 %"
  split("active passive joint", t, " ")
  for (i in t)
    own_method[t[i]] = 1
  ngrids = split("lenet-mnist:LeNet-5 on MNIST;mlp-mnist-mnist:MLP 784-300-100-10 on MNIST;" \
                 "lenet-fashion-mnist:LeNet-5 on Fashion-MNIST;isolet-isolet:ISOLET, 617-200-26;" \
                 "har265-har265:Activities, 265-100-6;pendigits-pendigits:Pen strokes of digits, 16-64-32-10", grid, ";")
}
FNR == 1 { name = FILENAME; sub(/.*\//, "", name); sub(/\.csv$/, "", name) }
/^#/ || $1 == "case" { next }
{
  add("float", $4); add("clean", $5); add("mean", $6); add("min", $8); add("q10", $9); add("own", $10)
  add("quiet", $11); add("rise", $12); add("cost", $13)
  rows[name]++
}
function add(field, v,   k) {
  if (v == "")
    return
  k = name SUBSEP $1 SUBSEP $2 SUBSEP field
  if (!(k in n) || v < lowest[k])
    lowest[k] = v + 0
  n[k]++; sum[k] += v; square[k] += v * v
  each[k, $3] = v
  if ($3 > last)
    last = $3
}
# Number of seeds, mean and standard deviation of a field.
function N(e, c, g, f) { return n[e, c, g, f] + 0 }
function M(e, c, g, f) { return sum[e, c, g, f] / n[e, c, g, f] }
function S(e, c, g, f,   k, m, v) {
  k = n[e, c, g, f]
  if (k < 2)
    return 0
  m = sum[e, c, g, f] / k
  v = (square[e, c, g, f] - k * m * m) / (k - 1)
  return v > 0 ? sqrt(v) : 0
}
function cell(e, c, g, f, digits) {
  if (!N(e, c, g, f))
    return "-"
  return sprintf("%." digits "f", M(e, c, g, f)) (N(e, c, g, f) > 1 ? sprintf(" +- %." digits "f", S(e, c, g, f)) : "")
}
# Half of the 95 % confidence interval of the mean over the seeds, by Student's t; "-" for one seed.
function half(e, c, g, f,   k, t) {
  k = n[e, c, g, f]
  if (k < 2)
    return "-"
  split("12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262", t, " ")
  return sprintf("+- %.2f", (k - 1 in t ? t[k - 1] : 1.96 + 2.7 / (k - 1)) * S(e, c, g, f) / sqrt(k))
}
function seeds(e, c, g, f) { return N(e, c, g, f) == 1 ? "1 seed" : N(e, c, g, f) " seeds" }
# Mean of field f of case a over the seeds that case b of configuration h has, too: runs are compared seed by seed.
function shared(e, a, g, f, b, h,   s, k, all) {
  for (s = 0; s <= last; s++)
    if (((e, a, g, f, s) in each) && ((e, b, h, f, s) in each)) {
      all++
      k += each[e, a, g, f, s]
    }
  return all ? k / all : 0
}
# Seeds in which a is above b, "3 of 5".
function above(e, a, b, g, f,   s, k, all) {
  for (s = 0; s <= last; s++)
    if (((e, a, g, f, s) in each) && ((e, b, g, f, s) in each)) {
      all++
      k += each[e, a, g, f, s] > each[e, b, g, f, s]
    }
  return k + 0 " of " all + 0
}
# How much smaller a is than b, in per cent of b; "-" where b is not positive.
function less(a, b) { return b > 0 ? sprintf("%.1f %%", 100 * (1 - a / b)) : "-" }

# ---- the state of the rows ----
function state(   t, i, k, p) {
  print "| experiment | rows there | of |\n|---|---:|---:|"
  k = split(plan, t, " ")
  for (i = 1; i <= k; i++) {
    split(t[i], p, ":")
    printf "| `%s` | %d | %d |\n", p[1], rows[p[1]], p[2]
  }
  print ""
}

# ---- the targets ----
function target(text, c, g, points,   e, loss, s, k) {
  e = "headline"
  if (!N(e, c, g, "mean") || !N(e, "plain", "b1", "clean")) {
    printf "| %s | %.1f | not run yet | | | | | |\n", text, points
    return
  }
  for (s = 0; s <= last; s++) # seed by seed
    if (((e, c, g, "mean", s) in each) && ((e, "plain", "b1", "clean", s) in each)) {
      loss += each[e, "plain", "b1", "clean", s] - each[e, c, g, "mean", s]
      k++
    }
  loss = k ? loss / k : 100
  printf "| %s, `%s` | %.1f | %s %% (%s) | %s | %.2f | %.2f | %.2f | %s |\n", text, c, points, cell(e, c, g, "mean", 2),
    seeds(e, c, g, "mean"), half(e, c, g, "mean"), M(e, c, g, "q10"), lowest[e, c, g, "min"], loss,
    loss <= points ? "holds" : "**missed**"
}
function targets() {
  print "| LeNet-5 on MNIST | may lose, points | accuracy | 95 % | lowest tenth of dies | worst die | loses | |"
  print "|---|---:|---:|---:|---:|---:|---:|---|"
  target("K2", "passive", "K2", 0.3)
  target("K1", "passive", "K1", 1)
  target("1 % bit errors, two's complement", "passive", "t1", 0.5)
  target("1 % bit errors, sign-magnitude", "passive", "b1", 0.5)
  target("10 % bit errors, two's complement", "passive", "t10", 2)
  target("10 % bit errors, sign-magnitude", "passive", "b10", 2)
  target("K2 and 1 % bit errors", "passive", "joint", 1)
  if (N("headline", "plain", "b1", "clean"))
    printf "\nExact 8-bit network: %s %% (`plain`, %s).\n", cell("headline", "plain", "b1", "clean", 2),
      seeds("headline", "plain", "b1", "clean")
  print ""
}

# ---- beside the paper ----
function sensitivity_line(g, paper,   e, a, b) {
  e = "headline"
  if (!N(e, "active", g, "rise")) {
    printf "| %s | %s | not run yet | | | | | |\n", g, paper
    return
  }
  a = M(e, "active", g, "rise"); b = shared(e, "plain", g, "rise", "active", g)
  printf "| %s | %s | %s | %s | %s | %.4f -> %.4f | %.2f -> %.2f %% | %s |\n", g, paper, sprintf("%.4f", b),
    cell(e, "active", g, "rise", 4), less(a, b), shared(e, "plain", g, "quiet", "active", g) + b,
    M(e, "active", g, "quiet") + a, shared(e, "plain", g, "float", "active", g), M(e, "active", g, "float"), seeds(e, "active", g, "rise")
}
function error_line(g, paper,   e, a, b) {
  e = "headline"
  if (!N(e, "passive", g, "mean")) {
    printf "| %s | %s | not run yet | | | |\n", g, paper
    return
  }
  a = 100 - M(e, "passive", g, "mean"); b = 100 - shared(e, "plain", g, "mean", "passive", g)
  printf "| %s | %s | %.2f %% | %.2f %% | %s | %s |\n", g, paper, b, a, less(a, b), seeds(e, "passive", g, "mean")
}
function paper() {
  print "| noise | paper | rise, plain | rise, active | smaller by | loss under noise | clean accuracy | |"
  print "|---|---:|---:|---:|---:|---:|---:|---|"
  sensitivity_line("K1", "40.77 %"); sensitivity_line("K2", "34.56 %"); sensitivity_line("K3", "25.15 %")
  sensitivity_line("b1", "-"); sensitivity_line("t1", "-")
  print "\nError through the multiplier, of `plain` and of `passive`:\n"
  print "| multiplier | paper: error smaller by | plain | passive | smaller by | |\n|---|---:|---:|---:|---:|---|"
  error_line("K1", "75.61 %"); error_line("K2", "58.45 %"); error_line("K3", "37.66 %")
  print ""
}

# ---- the grid ----
# The best method of a configuration, of all, or of AxTrain's own (which 1) or the others (0), over the seeds that two have.
function best(e, g, which,   i, m, b) {
  b = ""
  for (i = 1; i <= nmethods; i++) {
    m = method[i]
    if (N(e, m, g, "mean") && (which < 0 || (m in own_method) == which) && (b == "" || shared(e, m, g, "mean", b, g) > shared(e, b, g, "mean", m, g)))
      b = m
  }
  return b
}
function accuracy_table(e,   i, j, m, b, text, top, low) {
  text = "| accuracy |"
  for (j = 1; j <= nconfigs; j++)
    text = text " " head[config[j]] " |"
  print text " cost | seeds |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
  for (j = 1; j <= nconfigs; j++)
    top[j] = best(e, config[j], -1)
  for (i = 1; i <= nmethods; i++) {
    m = method[i]; text = "| " m " |"; low = 0; b = ""
    for (j = 1; j <= nconfigs; j++) {
      if (!N(e, m, config[j], "mean")) {
        text = text " |"
        continue
      }
      text = text " " (top[j] == m ? "**" cell(e, m, config[j], "mean", 2) "**" : cell(e, m, config[j], "mean", 2)) " |"
      low = low && low < N(e, m, config[j], "mean") ? low : N(e, m, config[j], "mean")
      if (N(e, m, config[j], "cost"))
        b = M(e, m, config[j], "cost")
    }
    if (low)
      print text " " (b == "" ? "-" : b) " | " low " |"
  }
  text = "| die (own die) |"; low = 0
  for (j = 1; j <= nconfigs; j++) {
    text = text " " (N(e, "die", config[j], "own") ? cell(e, "die", config[j], "own", 2) : "") " |"
    low += N(e, "die", config[j], "own")
  }
  if (low)
    print text " | |"
  print ""
}
function rise_table(e,   i, j, m, text, any, b) {
  text = "| rise of the loss |"
  for (j = 1; j <= nconfigs; j++)
    text = text " " head[config[j]] " |"
  print text "\n|---|---:|---:|---:|---:|---:|---:|---:|"
  for (i = 1; i <= nmethods; i++) {
    m = method[i]; text = "| " m " |"; any = 0
    for (j = 1; j <= nconfigs; j++) {
      if (!N(e, m, config[j], "rise")) {
        text = text " |"
        continue
      }
      any = 1
      text = text sprintf(" %.3f", M(e, m, config[j], "rise"))
      b = shared(e, "plain", config[j], "rise", m, config[j])
      if (m != "plain" && b > 0.001)
        text = text sprintf(" (%+.0f %%)", 100 * (shared(e, m, config[j], "rise", "plain", config[j]) / b - 1))
      text = text " |"
    }
    if (any)
      print text
  }
  print ""
}
function grids(   i, p, e) {
  for (i = 1; i <= ngrids; i++) {
    split(grid[i], p, ":")
    e = "grid-" p[1]
    print "### " p[2] "\n"
    if (!rows[e]) {
      print "Not run yet: `make reproduce` makes these rows.\n"
      continue
    }
    printf "![accuracy against bit errors](figures/results-%s.svg)\n\n", p[1]
    accuracy_table(e)
    rise_table(e)
  }
}

# ---- who wins ----
function winners(   i, j, p, e, a, b, text, d, both, cells, won, clear, lost, lostclear) {
  text = "| |"
  for (j = 1; j <= nconfigs; j++)
    text = text " " head[config[j]] " |"
  print text "\n|---|---|---|---|---|---|---|---|"
  for (i = 1; i <= ngrids; i++) {
    split(grid[i], p, ":")
    e = "grid-" p[1]
    if (!N(e, "die", "joint", "own")) # the last case: a grid counts once every method has a seed
      continue
    text = "| " p[2] " |"
    for (j = 1; j <= nconfigs; j++) {
      a = best(e, config[j], 1); b = best(e, config[j], 0)
      if (a == "" || b == "") {
        text = text " |"
        continue
      }
      d = shared(e, a, config[j], "mean", b, config[j]) - shared(e, b, config[j], "mean", a, config[j])
      both = S(e, a, config[j], "mean") + S(e, b, config[j], "mean")
      cells++
      if (d > 0) { won++; clear += N(e, a, config[j], "mean") > 1 && N(e, b, config[j], "mean") > 1 && d > both }
      else { lost++; lostclear += N(e, a, config[j], "mean") > 1 && N(e, b, config[j], "mean") > 1 && -d > both }
      text = text sprintf(" %s %+.2f (%s) |", d > 0 ? "**" a "**" : b, d > 0 ? d : -d, d > 0 ? b : a)
    }
    print text
  }
  printf "\nOf %d cells AxTrain's methods (active, passive, joint) lead in %d, in %d of them by more than both standard deviations\n" \
         "together; the others (qat, clip, sam, correct, randbet, slope) lead in %d, in %d clearly.\n\n", cells, won, clear, lost, lostclear
}

# What each method gains over plain, mean over the networks of the table above.
function gains(   i, j, k, p, e, m, text, sum, all, any) {
  text = "| points above plain |"
  for (j = 1; j <= nconfigs; j++)
    text = text " " head[config[j]] " |"
  print text "\n|---|---:|---:|---:|---:|---:|---:|---:|"
  for (k = 2; k <= nmethods; k++) {
    m = method[k]; text = "| " m " |"; any = 0
    for (j = 1; j <= nconfigs; j++) {
      sum = all = 0
      for (i = 1; i <= ngrids; i++) {
        split(grid[i], p, ":")
        e = "grid-" p[1]
        if (N(e, "die", "joint", "own") && N(e, m, config[j], "mean")) {
          sum += shared(e, m, config[j], "mean", "plain", config[j]) - shared(e, "plain", config[j], "mean", m, config[j])
          all++
        }
      }
      text = text (all ? sprintf(" %+.2f |", sum / all) : " |")
      any += all
    }
    if (any)
      print text
  }
  print ""
}

# ---- the surface ----
function surface_of(m,   e, i, j, k, b, w, text) {
  e = "surface"
  k = split("exact K3 K2 K1", w, " ")
  for (i = 1; i <= k; i++) {
    text = "| " m " | " w[i] " |"
    for (j = 1; j <= split("0 0.1 1 10", b, " "); j++)
      text = text " " cell(e, m, w[i] "-" b[j], "mean", 2) " |"
    print text
  }
}
function surface() {
  if (!rows["surface"]) {
    print "Not run yet.\n"
    return
  }
  print "| | multiplier | no errors | 0.1 % | 1 % | 10 % |\n|---|---|---:|---:|---:|---:|"
  surface_of("plain"); surface_of("passive")
  print "\n![plain](figures/results-surface-plain.svg)\n![passive](figures/results-surface-passive.svg)\n"
}

# ---- the window gradient ----
function windows(   e, k, t, i, w, j, h, text, a, b) {
  e = "window"
  if (!rows[e]) {
    print "Not run yet.\n"
    return
  }
  k = split("comp9 K1 perf0_4 trunc8 mitchell lor8 drum3", t, " ")
  w = split("ste h8 h32 h64", h, " ")
  print "| multiplier | straight-through | H = 8 | H = 32 | H = 64 | best window against straight-through | better in seeds |\n|---|---:|---:|---:|---:|---|---|"
  for (i = 1; i <= k; i++) {
    if (!N(e, "ste", t[i], "mean"))
      continue
    text = "| " t[i] " |"; b = ""
    for (j = 1; j <= w; j++) {
      text = text " " cell(e, h[j], t[i], "mean", 2) " |"
      if (j > 1 && N(e, h[j], t[i], "mean") && (b == "" || M(e, h[j], t[i], "mean") > M(e, b, t[i], "mean")))
        b = h[j]
    }
    if (b == "")
      continue
    a = M(e, b, t[i], "mean") - M(e, "ste", t[i], "mean")
    print text sprintf(" %+.2f points, %s both deviations | %s |", a,
      (a > 0 ? a : -a) > S(e, b, t[i], "mean") + S(e, "ste", t[i], "mean") ? "more than" : "within", above(e, b, "ste", t[i], "mean"))
  }
  print ""
}
END {
  while ((getline line < template) > 0) {
    if (line == "@state") state()
    else if (line == "@targets") targets()
    else if (line == "@paper") paper()
    else if (line == "@winners") winners()
    else if (line == "@gains") gains()
    else if (line == "@windows") windows()
    else if (line == "@surface") surface()
    else if (line == "@grids") grids()
    else print line
  }
}
