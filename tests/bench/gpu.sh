#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/bench/gpu.sh SECTION... [device=cuda] [pictures=DIR] [limit=600] [iterations=0] [crops=FILE] [minutes=4]
#
# Measures what only a GPU can show; one line for each row, as soon as it is known. A call ends after `limit` seconds
# with a line for what was cut off: give the sections to several calls. iterations: of every fit, to try the script out.
# It takes meson, ninja, g++, CUDA's headers and a Python whose torch has CUDA (2.6 to 2.15).
#
#   build      builds models/ into build-gpu against that torch, and runs the tests of models/
#   iteration  the paper's network at 512 x 512 beside eager PyTorch in single precision, in turn
#   narrow     the same of the networks of fast and balanced at 12 megapixels (4096 x 2944), without PyTorch
#   profile    what the GPU spends an iteration on, kernel by kernel, at 512 x 512
#   busy       the share of a fit in which the GPU computes
#   f16        F16, balanced and best          nine-fast, nine-balanced, nine-best   the nine pictures, and their mean
#   photo      photographs, fast and balanced  inpaint  half of the pixels missing   set5-4, set5-8  four and eight times
#   decompose  dehaze, separate-layers, remove-watermark and segment, balanced
#   rescale    a photograph shrunk and restored, x2 and x4, with the weights in models/weights
#   restore    a photograph of a megapixel restored on the CPU, then on the GPU beside that (the last of five runs), with the
#              weights for each task in models/weights
#   train      the trainer beside the same in eager PyTorch, then irn-x2 and irn-x4 trained `minutes` each on `crops`, packed by
#              `pentimento-train pack`, from models/weights on where they are; build-gpu/irn-x*.safetensors go on the next time;
#              then the same of restore-rain, -haze and -shadow
#
# DIR holds PPM files: denoise/NAME_{GT,noisy}.ppm, photo/NAME.ppm, inpaint/NAME_{GT,masked}.ppm and NAME_mask.pgm (white =
# missing), set5/NAME_{GT,4,8}.ppm, decompose/METHOD_{GT,in}.ppm and METHOD_aux.{ppm,pgm} where the method takes a second one,
# rescale/GT.ppm and, half and a quarter as large, rescale/{2,4}.ppm, restore/{rain,haze,shadow}.ppm, a megapixel each.

set -uo pipefail
project=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=$project/build-gpu
device=cuda pictures=$project/shared/pictures limit=600 iterations=0 crops=$project/shared/crops.safetensors minutes=4 sections=()
for argument; do
  case $argument in
    device=* | pictures=* | limit=* | iterations=* | crops=* | minutes=*) declare "${argument%%=*}=${argument#*=}" ;;
    *) sections+=("$argument") ;;
  esac
done
((${#sections[@]})) || { sed -n '3,/^$/ s/^# \{0,1\}//p' "$0"; exit 2; }
end=$((SECONDS + limit))

# Runs a command within what is left of the limit.
within() {
  ((end > SECONDS)) || { echo "cut off: no time left for ${*:1:3}"; return 1; }
  timeout --kill-after=5 $((end - SECONDS)) "$@" || { echo "failed or cut off: ${*:1:3}"; return 1; }
}

# The GPU's load and memory, ten times a second, while a command runs: the driver's own figures, not LibTorch's.
# Prints the command's output and then a row: the load from the first sample at work to the last, and the most memory.
watched() { # TITLE COMMAND...
  local title=$1 samples watcher
  shift
  command -v nvidia-smi >/dev/null || { "$@"; echo "| $title | no nvidia-smi |"; return; }
  samples=$(mktemp)
  nvidia-smi --query-gpu=utilization.gpu,memory.used --format=csv,noheader,nounits --loop-ms=100 >"$samples" &
  watcher=$!
  "$@"
  kill "$watcher"
  awk -F', *' -v title="$title" '$1 > 50 { first = first ? first : NR; last = NR } { use[NR] = $1; if ($2 > most) most = $2 }
    END { for (i = first + 1; i < last; i++) { sum += use[i]; n++ }
      printf "| %s | GPU busy %.0f%% of %.1f s | %d MiB of its memory |\n", title, n ? sum / n : 0, n / 10, most }' "$samples"
  rm -f "$samples"
}

budget=()
((iterations == 0)) || budget=("iterations=$iterations")

restore() { # METHOD CLEAN INPUT... OPTION...
  within "$build/models/pentimento-bench-method" "${@:2}" "method=$1" "device=$device" "${budget[@]}"
}

# Rows for every NAME_GT.ppm of FOLDER, and the mean of what was shipped.
mean_of() { # TITLE FOLDER COMMAND...: COMMAND gets NAME's path without its ending
  local title=$1 folder=$2 clean
  shift 2
  for clean in "$pictures/$folder"/*_GT.ppm; do "$@" "${clean%_GT.ppm}"; done |
    awk -v title="$title" '{ print; fflush() } match($0, /shipped [-0-9.]+/) { sum += substr($0, RSTART + 8, RLENGTH - 8); n++ }
      END { printf "| %s | mean %.2f dB of %d pictures |\n", title, n ? sum / n : 0, n }'
}
denoise() { restore denoise "$2_GT.ppm" "$2_noisy.ppm" "quality=$1"; }
inpaint() { restore inpaint "$2_GT.ppm" "$2_masked.ppm" "$2_mask.pgm" kind=random-pixels "quality=$1"; }
enlarge() { restore super-resolution "$3_GT.ppm" "$3_$2.ppm" "scale=$2" "quality=$1" psnr=luma; }

build() {
  local torch toolkit=${CUDA_HOME:-/usr/local/cuda} how=()
  torch=$(python3 -c 'import pathlib, torch; print(pathlib.Path(torch.__file__).parent)') || return
  [[ ! -d $build/meson-private ]] || how=(--reconfigure)
  {
    within meson setup "${how[@]}" "$build" "$project" -Dops=false -Dplugin=false -Dbenchmarks=true \
      -Dlibtorch="$torch" -Dcudatoolkit="$toolkit" && within ninja -C "$build"
  } >"$build.log" 2>&1 || {
    tail -n 30 "$build.log"
    return 1
  }
  grep -E 'CUDA graphs' "$build.log"
  within meson test -C "$build" --no-rebuild --print-errorlogs models | tail -n 40
}

iteration() {
  within python3 "$project/tests/bench/iteration.py" "$build/models/pentimento-bench-iteration" rounds=3 side=512 \
    "iterations=$((iterations ? iterations : 200))" "device=$device"
}

narrow() {
  local width
  for width in 32 48; do
    watched "width $width" within "$build/models/pentimento-bench-iteration" side=4096 height=2944 "width=$width" scales=4 \
      "iterations=$((iterations ? iterations : 40))" "device=$device"
  done
}

profile() {
  within "$build/models/pentimento-bench-iteration" side=512 "iterations=$((iterations ? iterations : 100))" \
    "profile=$((iterations ? iterations : 100))" "device=$device"
}

busy() {
  watched "paper's network, 512 x 512" within "$build/models/pentimento-bench-iteration" side=512 \
    "iterations=$((iterations ? iterations : 2000))" "device=$device"
}

photo() {
  local photo quality
  for photo in "$pictures"/photo/*.ppm; do
    for quality in fast balanced; do watched "$quality" restore denoise "$photo" "$photo" "quality=$quality"; done
  done
}

f16() {
  denoise balanced "$pictures/denoise/F16"
  denoise best "$pictures/denoise/F16"
}

decompose() {
  local method aux pictures_of
  for method in dehaze separate-layers remove-watermark segment; do
    pictures_of=("$pictures/decompose/${method}_GT.ppm" "$pictures/decompose/${method}_in.ppm")
    for aux in "$pictures/decompose/${method}"_aux.p[gp]m; do [[ ! -e $aux ]] || pictures_of+=("$aux"); done
    watched "$method" restore "$method" "${pictures_of[@]}" quality=balanced
  done
}

rescale() {
  local scale weights
  budget=() # there is nothing to iterate
  for scale in 2 4; do
    weights=$project/models/weights/irn-x$scale.safetensors
    watched "shrink x$scale" restore rescale-down "$pictures/rescale/$scale.ppm" "$pictures/rescale/GT.ppm" "scale=$scale" "weights=$weights"
    watched "restore x$scale" restore rescale-up "$pictures/rescale/GT.ppm" "$pictures/rescale/$scale.ppm" "scale=$scale" "weights=$weights"
  done
}
# What the GPU makes differs from the CPU's result by the PSNR that "shipped" tells.
restore_tasks() {
  local weights task input result
  budget=()
  for weights in "$project"/models/weights/restore-*.safetensors; do
    task=$(basename "${weights#*restore-}" .safetensors) input=$pictures/restore/$task.ppm result=$build/restore-$task.ppm
    within "$build/models/pentimento-bench-method" "$input" "$input" method=restore "task=$task" "weights=$weights" device=cpu "out=$result"
    watched "restore $task" restore restore "$result" "$input" "task=$task" "weights=$weights" runs=5
  done
}
train() {
  local trainer=$build/models/pentimento-train scale weights from
  for scale in 2 4; do
    within python3 "$project/tests/bench/train.py" "$trainer" "scale=$scale" "steps=$((iterations ? iterations : 300))" "device=$device"
  done
  for scale in 2 4; do
    weights=$build/irn-x$scale.safetensors from=()
    [[ ! -e $project/models/weights/irn-x$scale.safetensors ]] || from=(--resume "$project/models/weights/irn-x$scale.safetensors")
    [[ ! -e $weights ]] || from=(--resume "$weights")
    watched "irn x$scale" within "$trainer" irn --scale "$scale" --data "$crops" --out "$weights" "${from[@]}" --blocks 8 \
      --minutes "$minutes" --bfloat16 --device "$device" --log "${weights%.safetensors}.jsonl"
    within "$trainer" evaluate "$pictures"/set5/*_GT.ppm --scale "$scale" --weights "$weights" --cycles 5 --device "$device"
  done
  train_restorers "$trainer"
}

train_restorers() { # TRAINER
  local task weights from size
  for task in rain haze shadow; do
    weights=$build/restore-$task.safetensors from=()
    [[ ! -e $project/models/weights/restore-$task.safetensors ]] || from=(--resume "$project/models/weights/restore-$task.safetensors")
    [[ ! -e $weights ]] || from=(--resume "$weights")
    size=(--sides "96,128,192" --crop 96 --whole-scenes 128 --validation-side 128)
    [[ $task != rain ]] || size=(--sides 192 --crop 128 --validation-side 512)
    watched "restore $task" within "$1" restore --task "$task" --data "$crops" --validation "$pictures"/photo/*.ppm --out "$weights" \
      "${from[@]}" "${size[@]}" --batch 32 --minutes "$minutes" --bfloat16 --device "$device" --log "${weights%.safetensors}.jsonl"
  done
}

for section in "${sections[@]}"; do
  echo "== $section"
  case $section in
    build | iteration | narrow | profile | busy | f16 | photo | decompose | rescale | train) "$section" ;;
    restore) restore_tasks ;;
    nine-*) mean_of "$section" denoise denoise "${section#nine-}" ;;
    inpaint) mean_of "$section" inpaint inpaint best ;;
    set5-*) mean_of "$section" set5 enlarge best "${section#set5-}" ;;
    *) echo "no such section: $section" ;;
  esac
done
