# The front at one level. Variables: rows (CSV of pareto.sh), level (multiplier, element, accelerator), out (SVG).
# SPDX-License-Identifier: Apache-2.0
set terminal svg size 760,480 dynamic font "sans,12" background "white"
set output out
set datafile separator ","
set datafile commentschars "#"
column_of = level eq "multiplier" ? "energy_fj" : level eq "element" ? "element_nj" : "accelerator_nj"
set title level eq "multiplier" ? "One multiplier, under LeNet's operands" : level eq "element" ? "One processing element with its stores" : "The whole accelerator, one inference"
set xlabel level eq "multiplier" ? "energy a cycle, fJ (dynamic)" : "energy an inference, nJ"
set ylabel "points of accuracy lost, without retraining"
set yrange [-0.2:*]
set logscale y2
set key top right
set grid
exact_of(n) = strlen(n) == 6 && n[1:5] eq "exact" || n eq "exact"
is_exact(n) = n[1:5] eq "exact"
# accuracy of the exact multiplier: its row
stats rows using (strcol("name") eq "exact" ? column("accuracy") : NaN) nooutput
best = STATS_max
lost(a) = best - a > 20 ? 20 : best - a
plot rows using (is_exact(strcol("name")) ? NaN : column(column_of)):(lost(column("accuracy"))) with points pt 7 ps 0.6 lc rgb "#3060b0" title "approximate (above 20: drawn at 20)", \
  rows using (is_exact(strcol("name")) ? column(column_of) : NaN):(lost(column("accuracy"))) with points pt 5 ps 0.8 lc rgb "#c03020" title "exact, 4 to 8 bits", \
  rows using (column(column_of)):(lost(column("accuracy"))):(strcol("name")) with labels font ",8" offset 0,0.7 noenhanced notitle
