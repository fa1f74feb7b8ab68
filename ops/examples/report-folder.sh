#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Marks what was invented in every picture of a folder that restore-folder.sh has filled, and reports it in a JSON file
# beside it. The original of RESTORED/NAME.png is ORIGINALS/NAME:
#   report-folder.sh RESTORED ORIGINALS TO [PROPERTY=VALUE...]
#   for example: report-folder.sh dry rainy reports made-by=restore-rain
if [ $# -lt 3 ]; then exec "${0%/*}/restore-folder.sh"; fi
exec "${0%/*}/restore-folder.sh" provenance "$1" "$3" report="$3/{}.json" "${@:4}" "aux=[" gegl:load path="$2/{.}" "]"
