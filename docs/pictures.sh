#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# scripts/dev docs/pictures.sh
#
# Makes docs/operations.png from the sample picture: before and after of every operation but denoise, a row each.
set -euo pipefail
docs=$(cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"
export OMP_WAIT_POLICY=passive

"$docs/../build/models/pentimento-sample" clean.ppm noisy.ppm
for name in clean noisy; do magick $name.ppm $name.png; done
run() { # BEFORE OPERATION [PROPERTY...]: writes BEFORE-after.png
  gegl "$1.png" -o "$1-after.png" -- "pentimento:$2" quality=fast "${@:3}"
}

magick -size 384x256 xc:black -stroke white -strokewidth 3 -fill none -draw 'polyline 10,20 120,70 150,60 370,190' \
  -draw 'polyline 30,240 90,150 95,20' -draw 'polyline 200,250 260,160 340,30' -alpha off mask.png
magick clean.png mask.png -compose screen -composite scratched.png
run scratched inpaint grow=2 'aux=[' gegl:load path=mask.png ']'
magick clean.png -filter lanczos -resize 50% small.png
run small super-resolution scale=2
magick small.png -filter point -resize 200% small-shown.png
magick clean.png -quality 20 blocky.jpg && magick blocky.jpg blocky.png
run blocky remove-jpeg-artifacts
magick clean.png soft.png
run soft enhance-detail amount=1.5
magick noisy.png -color-matrix '0.85 0 0 0 0.70 0 0 0 0.50' ambient.png
magick clean.png \( -size 384x256 radial-gradient:white-gray55 \) -compose multiply -composite flash.png
run ambient flash-no-flash 'aux=[' gegl:load path=flash.png ']'

rows=()
row() { # BEFORE AFTER CROP
  magick "$1" -crop "$3" +repage left.png && magick "$2" -crop "$3" +repage right.png
  magick left.png right.png +append "$1-row.png" && rows+=("$1-row.png")
}
row scratched.png scratched-after.png 320x128+40+60
row small-shown.png small-after.png 320x128+40+60
row blocky.png blocky-after.png 320x128+40+60
row soft.png soft-after.png 320x128+40+60
row ambient.png ambient-after.png 320x128+40+60
magick "${rows[@]}" -append -depth 8 -strip "$docs/operations.png"
