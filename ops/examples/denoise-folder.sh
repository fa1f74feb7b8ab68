#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Denoises every picture of a folder:
#   denoise-folder.sh FROM TO [PROPERTY=VALUE...]      for example: denoise-folder.sh photos clean quality=fast
exec "${0%/*}/restore-folder.sh" denoise "$@"
