# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sees to a Debian 13 with the packages of some sections: this machine, or a root in the user's cache folder.
# shellcheck source=lib/root.sh
. "$scripts/lib/root.sh"

packages_of() { # SECTION
  sed -n "/^\[$1\]\$/,/^\[/ { /^[^[#]/p }" "$scripts/packages"
}

# One line for each package of SECTION... that is not installed here.
missing_packages() {
  local section package installed
  # dpkg-query fails when it knows nothing of one of them, which is what is asked.
  installed=$'\n'$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' 2>/dev/null)$'\n'
  for section; do
    for package in $(packages_of "$section"); do
      [[ $installed == *$'\n'"installed ${package%|*}"$'\n'* ||
        $installed == *$'\n'"installed ${package#*|}"$'\n'* ]] ||
        echo "${package%|*}"
    done
  done
}

install_missing() { # SECTION...
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  say "Installing with apt-get: ${missing[*]}"
  as_root apt-get update --quiet
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends "${missing[@]}"
}

# set_up "SECTION..." ARGUMENT...: returns on a Debian 13 that has all of it; elsewhere the calling script starts anew,
# with its ARGUMENTs, in a root that has.
set_up() {
  local sections
  read -ra sections <<<"$1"
  shift
  if on_debian_13; then
    install_missing "${sections[@]}"
  else
    prepare_root "${sections[@]}"
    enter_root "$scripts/${0##*/}" "$@"
  fi
}
