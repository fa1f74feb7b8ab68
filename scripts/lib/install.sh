# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Installs the build for this user, and takes away what was installed. A list of the files, DATA/pentimento/installed,
# says what is ours; nothing else is ever deleted.

remove_installed() { # DATA
  local list=$1/pentimento/installed path
  [[ -e $list ]] || return 0
  say "Removing what $list names"
  # Folders that were made for it stand after what lies in them; they stay where somebody else uses them too.
  while IFS= read -r path; do
    if [[ -d $path && ! -L $path ]]; then
      rmdir -- "$path" 2>/dev/null || true
    else
      rm -f -- "$path"
    fi
  done < <(cat -- "$list" && printf '%s\n' "$list" "${list%/*}")
}

install_build() {
  local data=${XDG_DATA_HOME:-$HOME/.local/share}
  remove_installed "$data" # an older version may have had files that this one has not
  meson install -C "$build" --no-rebuild --quiet
  mkdir -p "$data/pentimento"
  grep '^/' "$build/meson-logs/install-log.txt" >"$data/pentimento/installed"
}
