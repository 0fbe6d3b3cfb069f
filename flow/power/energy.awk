# Energy coefficients of the compiler's mapper (sw/compile/energy.txt) from the JSON of `make power`. -v d=4 -v w=8 -v ext=20.3 (pJ a bit
# of external memory) -v lib=NAME -v mult=NAME -v net=NAME -v when=DATE, after json.awk. To standard output.
# SPDX-License-Identifier: Apache-2.0
#   mac            nets and internal energy of all logic over the multiplications, and a read of each local store
#   store_write    a write of a local store;   buffer, psum: a read or write of a buffer, of a partial-sum store; means of what was done
#   element_cycle  clock and leakage of the logic, leakage and idle cycles of the memories, over cycles and elements
function die(text) {
  print "energy: " text > "/dev/stderr"
  failed = 1
  exit 1
}
function line(text, name, pj) { printf "# %s\n%s %.5g\n", text, name, pj }
/"clock_mhz":/ { mhz = number($0) }
/"inferences":/ { runs = number($0) }
/"cycles_per_inference":/ { cycles = number($0) }
/"macs_per_inference":/ { macs = number($0) }
/"memory_nj":/ { memory = number($0) }
/"block":/ && size == "" { block = name_of($0) }
block == "all logic" && /"(net|internal)_nj":/ { moving += number($0) }
block == "all logic" && /"(clock|leakage)_nj":/ { standing += number($0) }
/"size":/ {
  size = name_of($0)
  block = ""
  class = size
  sub(/^[^_]*_?/, "", class)
}
size != "" && /"reads":/ { reads = number($0) }
size != "" && /"writes":/ { writes = number($0) }
size != "" && /"read_pj":/ { read_pj = number($0) }
size != "" && /"write_pj":/ {
  write_pj = number($0)
  accesses += reads * read_pj + writes * write_pj
  if (class == "ns" || class == "ks") {
    stores++
    one_read[class] = read_pj
    written += writes
    writing += writes * write_pj
  }
  # The upper bits of a protected word are a memory of their own, `safe`: energy, but no access more.
  if (class == "nb" || class == "kb" || class == "safe") buffer += reads * read_pj + writes * write_pj
  if (class == "nb" || class == "kb") words += reads + writes
  if (class == "ps") {
    psum += reads * read_pj + writes * write_pj
    psums += reads + writes
    psum_mean = (read_pj + write_pj) / 2
  }
}
END {
  if (failed) exit 1
  if (!(macs > 0 && cycles > 0 && mhz > 0 && written > 0 && words > 0) || stores < 2 || !psum_mean) die("the results lack multiplications or memories: not those of an inference")
  print "# Energy coefficients of the compiler's mapper (axflow compile --objective energy, --explain): NAME PJ, words of " w " bits."
  printf "# Measured %s by `make power LIB=%s MULT=%s D=%d W=%d NET=%s`, %g MHz (docs/power.md).\n", when, lib, mult, d, w, net, mhz
  print "# SPDX-License-Identifier: Apache-2.0"
  line(sprintf("A multiplication: nets and internal energy of all logic, %.1f nJ over %d multiplications, without glitches; and a read of\n" \
    "# each local store, %.3f and %.3f.", moving, macs, one_read["ns"], one_read["ks"]), "mac", moving * 1e3 / macs + one_read["ns"] + one_read["ks"])
  line("A word written to a local store.", "store_write", writing / written)
  line("A word read or written in a neuron or kernel buffer, mean of what was done.", "buffer", buffer / words)
  line("A partial sum read or written" (psums > 0 ? ", mean of what was done." : "; none was: mean of both."), "psum", psums > 0 ? psum / psums : psum_mean)
  line(sprintf("A byte of external memory, at %g pJ a bit.", ext), "ext_byte", 8 * ext)
  line(sprintf("An element and cycle, whatever it does: clock and leakage of the logic, leakage and idle cycles of the memories, %.1f nJ over\n" \
    "# %d cycles of %d elements. Much of it is not the elements', so that it holds for this array alone.", standing + memory - accesses / 1e3, cycles, d * d), \
    "element_cycle", (standing * 1e3 + memory * 1e3 - accesses) / cycles / (d * d))
}
