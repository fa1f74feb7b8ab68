#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# scripts/dev docs/pictures.sh
#
# Makes docs/operations.png from the sample picture, before and after of every operation but denoise and the
# decompositions, a row each; docs/layers.png: of each decomposition the picture and its three parts; docs/rescale.png; docs/restore.png and docs/provenance.png.
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

# The haze is thickest above the water's edge; the sign behind the window is drawn.
magick -size 384x120 gradient:gray55-gray80 \( -size 384x136 gradient:gray80-gray10 \) -append -alpha off haze.png
magick clean.png \( -size 384x256 xc:'#d4dae2' \) haze.png -composite hazy.png
magick -size 384x256 gradient:'#203040'-'#806040' -fill '#f0c040' -pointsize 64 -gravity center -font DejaVu-Sans-Bold \
  -annotate -10x0+0-40 OPEN -fill '#d05040' -draw 'circle 70,190 70,220' -fill '#60a0c0' -draw 'rectangle 250,160 340,230' sign.png
for share in 65 35; do magick clean.png sign.png -define compose:args=$((100 - share)),$share -compose blend -composite mixed-$share.png; done
magick clean.png -fill '#ffffff80' -pointsize 56 -gravity center -font DejaVu-Sans-Bold -annotate -15x-15+0+0 SAMPLE marked.png
magick -size 384x256 xc:black -fill white -draw 'rectangle 50,55 335,205' -alpha off hint.png
magick -size 384x256 xc:none -stroke white -strokewidth 5 -fill none -draw 'line 165,125 210,125' -draw 'line 165,155 208,155' \
  -stroke black -draw 'line 20,60 360,50' -draw 'line 20,140 140,150' -draw 'line 235,150 370,140' -draw 'line 150,230 370,215' strokes.png

parts=()
decompose() { # PICTURE OPERATION "PART PART PART" [WORD...]
  local part row=("$1.png")
  for part in $3; do
    gegl "$1.png" -o "$1-$part.png" -- "pentimento:$2" quality=balanced "output=$part" "${@:4}"
    row+=("$1-$part.png")
  done
  magick "${row[@]}" -resize 240x160 +append "$1-parts.png" && parts+=("$1-parts.png")
}
decompose hazy dehaze 'picture transmission airlight'
decompose mixed-65 separate-layers 'layer-1 layer-2 mask' 'aux=[' gegl:load path=mixed-35.png ']'
decompose marked remove-watermark 'picture watermark mask' 'aux=[' gegl:load path=hint.png ']'
decompose clean segment 'mask foreground background' 'aux=[' gegl:load path=strokes.png ']'
magick "${parts[@]}" -append -depth 8 -strip "$docs/layers.png"

# A part of the picture, a quarter as wide and high, restored, and enlarged from an ordinary small one.
gegl clean.png -- pentimento:rescale-down scale=4 sidecar=note gegl:png-save path=quarter.png bitdepth=8
gegl quarter.png -o restored.png -- pentimento:rescale-up sidecar=note
magick quarter.png -filter point -resize 400% quarter-shown.png
magick clean.png -filter catrom -resize 25% -resize 400% ordinary.png
for name in clean quarter-shown restored ordinary; do magick $name.png -crop 120x120+150+90 +repage -filter point -resize 200% $name-part.png; done
magick clean-part.png quarter-shown-part.png restored-part.png ordinary-part.png +append -depth 8 -strip "$docs/rescale.png"

# Rain, haze and shadow by their physics, and what the networks make of them; then what two results hold that was invented.
rows=()
for task in rain haze shadow; do
  "$docs/../build/models/pentimento-train" degrade clean.ppm --task $task --seed 3 --out $task
  gegl $task/clean.degraded.ppm -o $task-restored.png -- pentimento:restore task=$task
  magick $task/clean.degraded.ppm $task-restored.png +append $task-row.png && rows+=("$task-row.png")
done
magick "${rows[@]}" -append -depth 8 -strip "$docs/restore.png"
gegl scratched-after.png -o scratched-invented.png -- pentimento:provenance made-by=inpaint 'aux=[' gegl:load path=scratched.png ']'
gegl haze-restored.png -o haze-invented.png -- pentimento:provenance made-by=restore-haze \
  'aux=[' gegl:load path=haze/clean.degraded.ppm ']'
magick \( scratched-after.png scratched-invented.png +append \) \( haze-restored.png haze-invented.png +append \) -append \
  -depth 8 -strip "$docs/provenance.png"
