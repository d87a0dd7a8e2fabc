# shellcheck shell=bash
# What scripts/demo, scripts/test and .ci/run share; sourced by them. Sets `root`, the top of the repository.

set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

# One line of progress on stderr; stdout belongs to the program that runs.
say() { printf 'cimera: %s\n' "$*" >&2; }

# quietly LOG COMMAND...: runs a command whose output goes to the file LOG, and is shown only if it fails.
quietly() {
  local log=$1
  shift
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 100 "$log" >&2
    say "failed: $* (whole output: $log)"
    return 1
  fi
}

# The packages among the arguments that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done
}

# install_packages PACKAGE...: installs what is missing, as root or through sudo. Without a missing package it does
# nothing, so that neither the network nor any right is needed.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "this is not a Debian system; the libraries of scripts/packages.txt have to be there already"
    return 0
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0

  local as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      say "packages are missing and there is no sudo; as root, run: apt-get install --no-install-recommends ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  say "installing ${#missing[@]} packages"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3)
  mkdir -p "$root/build"
  quietly "$root/build/packages.log" "${apt[@]}" update
  quietly "$root/build/packages.log" "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

# build TARGET...: builds the targets by the release preset in build/.
build() {
  local packages
  mapfile -t packages < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/scripts/packages.txt")
  install_packages "${packages[@]}"

  # A build directory that came with a copy of the repository, or of another generator, is configured anew.
  local cache=$root/build/CMakeCache.txt fresh=()
  if [[ -e $cache ]] && ! { grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache" &&
    grep -qxF "CMAKE_GENERATOR:INTERNAL=Ninja" "$cache"; }; then
    fresh=(--fresh)
  fi
  mkdir -p "$root/build"
  say "building (a first build takes some minutes)"
  quietly "$root/build/configure.log" cmake -S "$root" --preset release "${fresh[@]}"
  quietly "$root/build/build.log" cmake --build "$root/build" --parallel "$(nproc)" --target "$@"
}
