# Completes a multiplier list with the Verilog files of each entry.
# Input: multipliers.def, then every .v file of its folder. -v names="A B": only these entries, in this order; presets,
# which are other names of entries, are shown only when they are asked for.
# Output, a line per multiplier: name module parameters files (comma-separated; the core first, then what it uses).
# SPDX-License-Identifier: Apache-2.0

function fail(text) {
  print text > "/dev/stderr"
  failed = 1
  exit 1
}

# Appends the file of `module` and of everything it uses to the string `files`.
function collect(module,    k) {
  if (module in taken)
    return
  taken[module] = 1
  files = files (files == "" ? "" : ",") path[module]
  for (k = 1; k <= uses[module]; k++)
    collect(used[module, k])
}

function show(name) {
  if (!(name in core))
    fail(ARGV[1] ": there is no multiplier '" name "'; there are:" all)
  files = ""
  split("", taken)
  collect(core[name])
  print name, core[name], overrides[name], files
}

BEGIN {
  for (k = 2; k < ARGC; k++) {
    module = ARGV[k]
    sub(/.*\//, "", module)
    sub(/\.v$/, "", module)
    path[module] = ARGV[k]
  }
}

FNR == 1 && FILENAME != ARGV[1] {
  self = FILENAME
  sub(/.*\//, "", self)
  sub(/\.v$/, "", self)
}

FILENAME == ARGV[1] {
  sub(/#.*/, "")
  if (NF == 0)
    next
  here = FILENAME ":" FNR ": "
  if (NF < 4)
    fail(here "an entry is `name module parameters description`")
  if ($1 in core)
    fail(here "there are two multipliers '" $1 "'")
  if ($2 ~ /^=/) {
    same = substr($2, 2)
    if ($1 !~ /^[A-Za-z][A-Za-z0-9_]*$/ || length($1) > 63)
      fail(here "the name '" $1 "' must be at most 63 letters, digits and _")
    if (!(same in core))
      fail(here "the preset '" $1 "' names no multiplier of the lines above: '" same "'")
    core[$1] = core[same]
    overrides[$1] = overrides[same]
    all = all " " $1
    next
  }
  if ($1 !~ /^[a-z][a-z0-9_]*$/ || length($1) > 63)
    fail(here "the name '" $1 "' must be at most 63 small letters, digits and _")
  if (!($2 in path))
    fail(here "there is no file " $2 ".v for the module of '" $1 "'")
  if ($3 != "-" && $3 !~ /^[A-Za-z_][A-Za-z0-9_]*=[A-Za-z0-9_':]+(,[A-Za-z_][A-Za-z0-9_]*=[A-Za-z0-9_':]+)*$/)
    fail(here "the parameters '" $3 "' must be - or PARAMETER=VALUE,..")
  if (("," $3) ~ /,signed=/ && ("," $3 ",") !~ /,signed=1,/)
    fail(here "the word signed of '" $1 "' must be signed=1 or left out")
  core[$1] = $2
  overrides[$1] = $3
  order[++entries] = $1
  all = all " " $1
  next
}

# A Verilog file: note every word that is the name of another file's module.
{
  sub(/\/\/.*/, "")
  n = split($0, word, /[^A-Za-z0-9_]+/)
  for (k = 1; k <= n; k++)
    if (word[k] in path && word[k] != self && !((self, word[k]) in noted)) {
      noted[self, word[k]] = 1
      used[self, ++uses[self]] = word[k]
    }
}

END {
  if (failed)
    exit 1
  n = split(names, wanted, " ")
  if (n == 0)
    for (k = 1; k <= entries; k++)
      show(order[k])
  for (k = 1; k <= n; k++)
    show(wanted[k])
}
