#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Restores every picture of a folder that shrink-folder.sh has filled:
#   restore-shrunken-folder.sh FROM TO [PROPERTY=VALUE...]     for example: restore-shrunken-folder.sh small restored
if [ $# -lt 2 ]; then exec "${0%/*}/restore-folder.sh"; fi
exec "${0%/*}/restore-folder.sh" rescale-up "$1" "$2" sidecar="$1/{}.sidecar" "${@:3}"
