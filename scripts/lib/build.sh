# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Configures and compiles build folders.

# Where things go for this user alone.
install_options() {
  local gimp
  gimp=$(pkg-config --modversion gimp-3.0 | cut -d . -f 1,2)
  printf '%s\n' "-Dprefix=$HOME/.local" \
    "-Dgegl_plugin_dir=${XDG_DATA_HOME:-$HOME/.local/share}/gegl-0.4/plug-ins" \
    "-Dgimp_plugin_dir=${XDG_CONFIG_HOME:-$HOME/.config}/GIMP/$gimp/plug-ins"
}

# A build folder made for another place, root or user is made anew.
configure() { # FOLDER OPTION...
  local folder=$1 how=() made_for
  shift
  made_for="$project $(cat /etc/pentimento/build 2>/dev/null || uname -n) $HOME"
  if [[ -d $folder/meson-private ]]; then
    how=(--wipe)
    [[ $(cat "$folder/made-for" 2>/dev/null) != "$made_for" ]] || how=(--reconfigure)
  fi
  meson setup "${how[@]}" "$folder" "$project" "$@"
  echo "$made_for" >"$folder/made-for"
}

# A file that includes Torch takes the compiler about 2 GB: no more at once than there is memory for.
compile() { # FOLDER
  local jobs memory
  jobs=$(nproc)
  memory=$(awk '/MemAvailable/ { print int($2 / 2000000) }' /proc/meminfo)
  ((memory >= jobs)) || jobs=$((memory > 1 ? memory : 1))
  ninja -C "$1" -j "$jobs"
}
