#!/bin/sh
# Prints the name of the data set to use: NAME itself, or for `auto` the set that the network is named after, or mnist if
# one of the folders has all of it, else digits.
# usage: which.sh NAME DIR..     NET: the network
# SPDX-License-Identifier: Apache-2.0
[ $# -ge 1 ] || { echo "usage: which.sh NAME DIR.." >&2; exit 2; }
name=$1
shift
if [ "$name" = auto ] && [ -n "${NET:-}" ] && [ -e "sw/datasets/$NET.set" ]; then
  name=$NET
elif [ "$name" = auto ]; then
  name=digits
  for dir in "$@"; do
    found=0
    for file in train-images.idx3 train-labels.idx1 t10k-images.idx3 t10k-labels.idx1; do
      for spelling in "$file-ubyte" "${file%.*}-${file#*.}-ubyte"; do
        if [ -r "$dir/mnist/$spelling" ] || [ -r "$dir/mnist/$spelling.gz" ]; then
          found=$((found + 1))
          break
        fi
      done
    done
    [ $found = 4 ] && name=mnist && break
  done
fi
echo "$name"
