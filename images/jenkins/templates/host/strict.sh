# shellcheck shell=bash
# strict makes a script of the host end at the first command that fails, and say which: every script reads it first.
set -Eeuo pipefail
trap 'failed "$?" "$LINENO" "$BASH_COMMAND"' ERR

# failed is called for a command that did not work: with its exit code, line and text.
failed() {
  echo "slipway: ${0##*/}, line $2: \"$3\" ended with code $1" >&2
  exit "$1"
}

say() { echo "slipway: ${0##*/}: $*" >&2; }

die() {
  say "$*"
  exit 1
}

# again runs one command, at most $1 times, until it works; the pauses between grow.
again() {
  local left=$1 pause=${SLIPWAY_PAUSE:-2}
  shift
  until "$@"; do
    left=$((left - 1))
    ((left > 0)) || die "given up: $*"
    sleep "$pause"
    pause=$((pause * 2))
  done
}

# fetch gets the URL $1 into the file $2.
fetch() {
  again 6 curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --output "$2" "$1"
}
