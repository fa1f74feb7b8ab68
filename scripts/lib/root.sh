# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# The Debian 13 root in the user's cache folder, for machines that are something else.
# Its /etc/pentimento/SECTION holds the digest of the package list that was installed.

root=$cache/debian-13
home_in_root=$cache/home # not the user's own: its GEGL and GIMP folders belong to the host's versions

# The mounts that it makes are its own: they vanish with it and its children, and the host never sees them.
root_admin=(unshare --mount --propagation private bash "$scripts/lib/root-admin")

digest_of() { packages_of "$1" | sha256sum | cut -c1-16; } # SECTION

root_has() { # SECTION
  [[ $(cat "$root/etc/pentimento/$1" 2>/dev/null) == "$(digest_of "$1")" ]]
}

# Two runs at once must not make the root twice.
lock_root() {
  mkdir -p "$cache"
  exec {lock}>>"$cache/lock"
  flock --nonblock "$lock" && return
  say "Another run is at work on the Debian 13 root; waiting for it."
  flock "$lock"
}

unlock_root() { exec {lock}>&-; }

prepare_root() { # SECTION...
  local section missing=()
  for section; do root_has "$section" || missing+=("$section"); done
  ((${#missing[@]})) || return 0

  lock_root
  for section in build "$@"; do
    root_has "$section" && continue
    local packages
    mapfile -t packages < <(packages_of "$section")
    packages=("${packages[@]%|*}")
    if [[ $section == build ]]; then
      need_mmdebstrap
      say "Making a Debian 13 root in $root (once; about two minutes, 2 GB)"
      as_root unshare --mount true 2>/dev/null ||
        die "this machine does not let root mount anything (a container?): use Debian 13, or grant CAP_SYS_ADMIN"
      as_root "${root_admin[@]}" make "$root" "$(digest_of build)" "${packages[@]}"
    else
      say "Adding the packages for '$section' to the Debian 13 root: ${packages[*]}"
      as_root "${root_admin[@]}" add "$root" "$section" "$(digest_of "$section")" "${packages[@]}"
    fi
  done
  unlock_root
}

need_mmdebstrap() {
  command -v mmdebstrap >/dev/null && return
  command -v apt-get >/dev/null ||
    die "making a Debian 13 root takes mmdebstrap: install the package of this name and run this again"
  say "Installing with apt-get: mmdebstrap debian-archive-keyring (they make the Debian 13 root)"
  as_root apt-get update --quiet
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends \
    mmdebstrap debian-archive-keyring ||
    die "apt-get could not install mmdebstrap, which makes the Debian 13 root: install it and run this again"
}

# Prints NAME=VALUE for what a command in the root may see, each ended by a null byte. A list of what passes, since
# what harms (library paths, Python's, PATH, folders of the host's own programs) has no end.
root_environment() {
  local name
  for name in $(compgen -e); do
    case $name in
      GEGL_PATH) ;;
      CI | COLORTERM | DISPLAY | NO_COLOR | SOURCE_DATE_EPOCH | TERM | TZ | WAYLAND_DISPLAY | XDG_RUNTIME_DIR | \
        *_proxy | ASAN_* | BABL_* | CUDA_VISIBLE_DEVICES | G_* | GDK_BACKEND | GDK_SCALE | GEGL_* | GIMP3_* | \
        GTEST_* | MESON_* | NINJA_* | OMP_* | PENTIMENTO_* | UBSAN_*)
        printf '%s=%s\0' "$name" "${!name}"
        ;;
    esac
  done
  # gettext heeds LANGUAGE in any locale but C; the root has C's under this name (root-admin), and every catalogue.
  local language=${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}
  printf '%s\0' LANG=en_US.UTF-8 "LANGUAGE=${LANGUAGE:-${language%%.*}}"
  printf '%s\0' PATH=/usr/local/bin:/usr/bin:/bin "HOME=$home_in_root"
  # A GIMP of the host that is running would otherwise be handed the pictures.
  printf '%s\0' DBUS_SESSION_BUS_ADDRESS=disabled:
  local authority=${XAUTHORITY:-$HOME/.Xauthority}
  [[ ! -e $authority ]] || printf '%s\0' "XAUTHORITY=$authority"
}

# Replaces this process by COMMAND... in the root, as the same user, in the same working directory. The host's folders
# show at their own paths, the system's excepted; `visible` may name further files that the command must see.
visible=()
enter_root() { # COMMAND...
  local variables folders user
  mapfile -d '' -t variables < <(root_environment)
  folders=("$home_in_root" "$HOME" /var/tmp /run/media "${XDG_RUNTIME_DIR:-}" "${XAUTHORITY:-}" "${visible[@]}")
  user="$(id -un):$(id -u):$(id -g):$(id -G | tr ' ' ,)"
  mkdir -p "$home_in_root"
  local enter=("${root_admin[@]}" enter "$root" "$user" "$(pwd -P)" "$project" "${folders[@]}"
    -- "${variables[@]}" -- "$@")
  trap - EXIT
  ((EUID != 0)) || exec "${enter[@]}"
  as_root "${enter[@]}"
  exit
}

remove_root() {
  [[ -e $root || -e $root.partial || -e $home_in_root ]] || return 0
  lock_root
  local folder
  for folder in "$root" "$root.partial"; do
    [[ ! -e $folder ]] || { say "Removing $folder" && as_root "${root_admin[@]}" remove "$folder"; }
  done
  # Settings and caches of the programs in the root; whatever else lies there is the user's.
  rm -rf --one-file-system -- "$home_in_root"/{.cache,.config,.local}
  [[ ! -e $home_in_root ]] || rmdir "$home_in_root" 2>/dev/null || say "Your files in $home_in_root are left there."
  unlock_root
}
