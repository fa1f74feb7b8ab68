#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs an operation of Pentimento on every picture of a folder, into PNG files of another one:
#   restore-folder.sh OPERATION FROM TO [PROPERTY=VALUE...]
#   for example: restore-folder.sh super-resolution thumbnails large scale=4 quality=fast
#            or: restore-folder.sh restore rainy dry task=rain
#   {} in a VALUE stands for the picture's name, {.} for that without its ending. BITS=8 in the environment writes 8 bits a channel, not 16.
# gegl always exits with 0, so each result is checked; exits with 1 and names the pictures that failed.
set -uo pipefail
shopt -s nullglob nocaseglob

if [ $# -lt 3 ] || [ ! -d "$2" ]; then
  sed -n 's/^#   //p' "$0" >&2
  exit 2
fi
operation=pentimento:$1 from=$2 to=$3
shift 3
if ! gegl --exists "$operation"; then
  echo "GEGL does not know $operation: is Pentimento installed, or on GEGL_PATH?" >&2
  exit 2
fi
mkdir -p -- "$to" || exit 2
log=$(mktemp) || exit 2
trap 'rm -f -- "$log"' EXIT

failed=()
for picture in "$from"/*.{png,jpg,jpeg,tif,tiff,webp,ppm,exr}; do
  name=${picture##*/}
  result=$to/$name.png
  partial=$to/.$name.partial.png
  echo "$name" >&2
  properties=("${@//\{\}/"$name"}")
  properties=("${properties[@]//\{.\}/"${name%.*}"}")
  rm -f -- "$partial"
  # Loaded by gegl:load, because gegl takes no name with a quotation mark before the "--". It is png-save that knows of
  # bits; with -o gegl ends all the same where a property is wrong, instead of waiting for a display.
  PENTIMENTO_PROGRESS=1 gegl -o "$partial" -- gegl:load path="$picture" "$operation" "${properties[@]}" \
    gegl:png-save path="$partial" bitdepth="${BITS:-16}" 2>&1 >/dev/null | tee "$log" >&2
  # A failed run says so and copies its input; a picture that cannot be read, or a wrong property, leaves no result.
  if [ -s "$partial" ] && ! grep -q -e 'WARNING.*pentimento:' -e '^Error:' "$log"; then
    mv -- "$partial" "$result"
  else
    rm -f -- "$partial"
    failed+=("$picture")
  fi
done

if [ ${#failed[@]} -gt 0 ]; then
  printf 'Not restored: %s\n' "${failed[@]}" >&2
  exit 1
fi
