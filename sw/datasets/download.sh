#!/bin/sh
# Downloads data sets from their public homes. What is there already and right is not fetched again; a file appears
# under its name only when its sha256 is the one of origins.txt.
# usage: download.sh FOLDER [SET..]     into FOLDER/SET/; without SET: all of origins.txt
# SPDX-License-Identifier: Apache-2.0
set -eu
[ $# -ge 1 ] || { echo "usage: download.sh FOLDER [SET..]" >&2; exit 2; }
folder=$1
shift
list=${AXF_ORIGINS:-$(dirname "$0")/origins.txt}
part=''
trap 'rm -f "$part"' EXIT
trap 'exit 1' INT TERM HUP

die() {
  echo "download.sh: $*" >&2
  exit 1
}
is_good() { # is_good FILE SHA256
  [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2" ]
}
fetch() { # fetch URL FILE
  if command -v curl >/dev/null; then
    curl -fsSL --connect-timeout 20 --retry 2 -o "$2" "$1"
  elif command -v wget >/dev/null; then
    wget -q --connect-timeout=20 --tries=3 -O "$2" "$1"
  else
    die "neither curl nor wget is installed (apt-get install curl)"
  fi
}

for set in "$@"; do
  awk -v set="$set" '$1 == set { found = 1 } END { exit !found }' "$list" ||
    die "there is no download of the data set '$set'; there are: $(awk '!/^#/ && NF { print $1 }' "$list" | uniq | tr '\n' ' ')"
done
while read -r set file sha256 homes; do
  case $set in '' | '#'*) continue ;; esac
  case " ${*:-$set} " in *" $set "*) ;; *) continue ;; esac
  target=$folder/$set/$file
  if is_good "$target" "$sha256"; then
    echo "$target: already there"
    continue
  fi
  mkdir -p "$folder/$set" 2>/dev/null || die "cannot make the folder $folder/$set"
  part=$target.tmp.$$
  why="no home of it is listed in $list"
  for home in $homes; do
    if ! said=$(fetch "$home/$file" "$part" 2>&1); then
      why="$home/$file could not be downloaded${said:+ ($(echo "$said" | tail -n 1))}"
    elif is_good "$part" "$sha256"; then
      why=''
      break
    else
      why="what $home/$file gave is not the original: its sha256 is not $sha256"
    fi
    rm -f "$part"
  done
  [ -z "$why" ] || die "$target: $why"
  mv "$part" "$target"
  echo "$target: downloaded"
done <"$list"
