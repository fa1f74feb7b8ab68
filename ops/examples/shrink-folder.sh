#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Shrinks every picture of a folder so that restore-shrunken-folder.sh can restore it, each with its sidecar beside it:
#   shrink-folder.sh FROM TO [PROPERTY=VALUE...]       for example: shrink-folder.sh photos small scale=4 keep-details=true
if [ $# -lt 2 ]; then exec "${0%/*}/restore-folder.sh"; fi
BITS=8 exec "${0%/*}/restore-folder.sh" rescale-down "$1" "$2" sidecar="$2/{}.png.sidecar" "${@:3}"
