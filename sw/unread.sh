#!/bin/sh
# Prints those of the names that no makefile and no script of the project reads as a variable.
# usage: unread.sh NAME..     from the top     SPDX-License-Identifier: Apache-2.0
for name in "$@"; do
  case $name in AXF_* | OMP_* | OPENBLAS_* | MEM_VDD_* | MAKE*) continue ;; esac # read under names put together, or by programs
  grep -rqE --include=Makefile --include='*.mk' --include='*.sh' --include='*.inc' --include=run \
    "[$][({]?!?$name\>|^$name [?:]?=|^[A-Z_]+ := .*\<$name\>" Makefile sw sim rtl flow docs tests || echo "$name"
done
