# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Installs the build for this user, and takes away what was installed. A list of the files, DATA/pentimento/installed,
# says what is ours; nothing else is ever deleted.

# Folders that become empty go too.
remove_installed() { # DATA
  local list=$1/pentimento/installed file folder
  [[ -e $list ]] || return 0
  say "Removing what $list names"
  while IFS= read -r file; do
    rm -f -- "$file"
    folder=${file%/*}
    while [[ $folder != "$HOME" ]] && rmdir -- "$folder" 2>/dev/null; do folder=${folder%/*}; done
  done < <(cat -- "$list" && echo "$list")
}

install_build() {
  local data=${XDG_DATA_HOME:-$HOME/.local/share}
  remove_installed "$data" # an older version may have had files that this one has not
  meson install -C "$build" --no-rebuild --quiet
  mkdir -p "$data/pentimento"
  grep '^/' "$build/meson-logs/install-log.txt" >"$data/pentimento/installed"
}
