#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Denoises every picture of a folder into PNG files of another one:
#   denoise-folder.sh FROM TO [PROPERTY=VALUE...]      for example: denoise-folder.sh photos clean quality=fast
# gegl always exits with 0, so each result is checked; exits with 1 and names the pictures that failed.
set -uo pipefail
shopt -s nullglob nocaseglob

if [ $# -lt 2 ] || [ ! -d "$1" ]; then
  sed -n 's/^#   //p' "$0" >&2
  exit 2
fi
from=$1 to=$2
shift 2
if ! gegl --exists pentimento:denoise; then
  echo "GEGL does not know pentimento:denoise: is Pentimento installed, or on GEGL_PATH?" >&2
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
  rm -f -- "$partial"
  # Loaded by gegl:load, because gegl takes no name with a quotation mark before the "--".
  PENTIMENTO_PROGRESS=1 gegl -o "$partial" -- gegl:load path="$picture" pentimento:denoise "$@" 2>&1 >/dev/null |
    tee "$log" >&2
  # A failed run says so and copies its input; a picture that cannot be read, or a wrong property, leaves no result.
  if [ -s "$partial" ] && ! grep -q -e 'WARNING.*pentimento:' -e '^Error:' "$log"; then
    mv -- "$partial" "$result"
  else
    rm -f -- "$partial"
    failed+=("$picture")
  fi
done

if [ ${#failed[@]} -gt 0 ]; then
  printf 'Not denoised: %s\n' "${failed[@]}" >&2
  exit 1
fi
