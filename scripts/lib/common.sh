# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What every script sources first: where things are, and how to talk to the user.

scripts=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
project=${scripts%/*}
build=$project/build

# A closed standard input would hand its number to the next file that is opened.
{ : <&0; } 2>/dev/null || exec </dev/null

export HOME=${HOME:-~}
case ${XDG_CACHE_HOME:-} in
  /*) cache=$XDG_CACHE_HOME/pentimento ;;
  *) cache=$HOME/.cache/pentimento ;; # the XDG rules: a relative folder does not count
esac

say() { printf '== %s\n' "$*" >&2; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# The comment at the head of a script is its help.
help_if_asked() {
  case ${1-} in
    -h | --help)
      sed -n '2,/^$/ { /SPDX/d; s/^# \{0,1\}//p }' "$0"
      exit 0
      ;;
  esac
}

# shellcheck source=/dev/null
on_debian_13() { (. /etc/os-release && [[ $ID == debian && ${VERSION_ID-} == 13 ]]) 2>/dev/null; }

# The mark that a root made by these scripts carries.
in_our_root() { [[ -e /etc/pentimento/build ]]; }

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    die "this needs root's rights, once: run it as root, or install sudo"
  fi
}
