#!/bin/sh
# Prints what to call a data set in the names of files: the name, of a path its last part without .set, of a whole description the
# name in it. usage: label.sh DATA     SPDX-License-Identifier: Apache-2.0
[ $# = 1 ] || { echo "usage: label.sh DATA" >&2; exit 2; }
case $1 in
*\;*) printf '%s\n' "$1" | tr ';' '\n' | awk '$1 == "set" { print $2; exit }' ;;
*) basename "$1" .set ;;
esac
