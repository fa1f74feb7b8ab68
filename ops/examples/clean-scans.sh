#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Finds dust and scratches in every scan of a folder, and removes them:
#   clean-scans.sh FROM TO [PROPERTY=VALUE...]      for example: clean-scans.sh scans clean sensitivity=0.7 grow=1
# To see first what would be filled, in white: clean-scans.sh scans masks output=mask
exec "${0%/*}/restore-folder.sh" inpaint "${@:1:2}" find-damage=true "${@:3}"
