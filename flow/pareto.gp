# The front at one level, as shipped and after retraining side by side. Variables: before, after (files of front.awk, sorted by
# energy), cap_before, cap_after, epochs, level (multiplier, element, accelerator), what (library and array), out (SVG). SPDX-License-Identifier: Apache-2.0
set terminal svg size 1000,460 dynamic font "sans,12" background "white"
set output out
if (level eq "multiplier") set logscale x 2
set grid lc rgb "#dddddd"
set key bmargin center horizontal maxrows 1 width -3 samplen 1 font ",9"
set multiplot layout 1,2 title (level eq "multiplier" ? "One multiplier under LeNet's operands" : level eq "element" ? \
  "One processing element with its stores" : "The whole accelerator, one LeNet inference").what
set xlabel level eq "multiplier" ? "energy a cycle, fJ, without leakage" : "energy an inference, nJ"
set xlabel offset 0,0.5
set ylabel "points of accuracy lost"
only(text, yes) = yes ? text : NaN
do for [panel = 1:2] {
  file = panel == 1 ? before : after
  set title panel == 1 ? "as trained for the exact multiplier" : sprintf("after %s epoch%s through the multiplier", epochs, epochs eq "1" ? "" : "s")
  cap = panel == 1 ? cap_before : cap_after
  set yrange [-0.1 * cap:1.2 * cap]
  plot file using (only($2, $5 == 1)):3 with steps lc rgb "#808080" lw 1 title "front", \
    file using (only($2, $4 == 0)):3 with points pt 7 ps 0.5 lc rgb "#3060b0" title sprintf("approximate (over %g: at %g)", cap, cap), \
    "< awk '$4 == 1' ".file using 2:3 with linespoints pt 5 ps 0.7 lw 1 lc rgb "#c03020" title "exact, 4 to 8 bits", \
    file using (only($2, $4 == 1 || $5 == 1)):3:1 with labels left rotate by 50 font ",9" offset 0.2,0.5 noenhanced notitle
}
unset multiplot
