# Rows of an experiment's runs (build/experiments/NAME/CASE-SEED.csv), a metric a line -> one line a run and configuration.
# SPDX-License-Identifier: Apache-2.0
#
# case,config,seed,float,clean,mean,sd,min,q10,own,quiet,rise,cost,run: accuracies in per cent: float pass; integers without
# faults; mean, standard deviation, minimum and lower decile over the dies; die 1 alone. quiet: loss without noise, rise:
# its mean increase under it. cost: of the training, in passes over the data. run: the beginning of the run's identity
# (sw/experiment), by which it is known that nothing has changed since. Empty: not measured, or not known.
BEGIN { FS = "," }
FNR == 1 { id = /^# / ? substr($0, 3, 16) : "" }
/^#/ || $1 == "experiment" { next }
{
  config = "-"
  if (match($5, /config=[^ ]*/))
    config = substr($5, RSTART + 7, RLENGTH - 7)
  run = $2 "," $3
  if ($4 == "train") {
    if ($6 == "cost" || $6 == "float_accuracy")
      made[run, config, $6] = $7
    next
  }
  key = $2 "," config "," $3
  keys[key] = run
  of[key] = config
  identity[key] = id
  value[key, $4, $6] = $7
}
function trained(key, what) { # a training is of the configuration, or of all
  return ((keys[key], of[key], what) in made) ? made[keys[key], of[key], what] : made[keys[key], "-", what]
}
END {
  for (key in keys)
    printf "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", key, trained(key, "float_accuracy"), value[key, "dies", "clean"],
      value[key, "dies", "mean"], value[key, "dies", "sd"], value[key, "dies", "min"], value[key, "dies", "q10"],
      value[key, "own", "mean"], value[key, "noise", "loss"], value[key, "noise", "rise"], trained(key, "cost"), identity[key]
}
