# shellcheck shell=bash
# strict makes a script of the host end at the first command that fails, and say which: every script reads it first.
set -Eeuo pipefail
# /tmp is in memory here, and half of that is little for a Go build.
export TMPDIR=${TMPDIR:-/var/tmp}
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

# pinned says whether the checksum of the file $1 is the one that the project holds for its name: 0 when it is, 1 when
# the project holds none. Any other checksum ends the script.
pinned() {
  local name=${1##*/} line
  line=$(grep "  $name\$" "${SLIPWAY_ETC:-/etc/slipway}/checksums.txt") || return 1
  [[ $line == "$(sha256sum "$1" | cut -d ' ' -f 1)  $name" ]] || die "$name is not the file that checksums.txt names"
}

# take installs the program $1 of the bucket as $2. Its checksum, beside it, tells whether all of it came.
take() {
  local work
  work=$(mktemp -d)
  again 6 aws s3 cp --region "$AWS_REGION" --only-show-errors "$1" "$work/program"
  again 6 aws s3 cp --region "$AWS_REGION" --only-show-errors "$1.sha256" "$work/sum"
  echo "$(cat "$work/sum")  $work/program" | sha256sum --check --quiet
  install -m 0755 "$work/program" "${SLIPWAY_BIN:-/usr/local/bin}/$2.new"
  rm -rf "$work"
}

# fetch gets the URL $1 into the file $2.
fetch() {
  again 6 curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --output "$2" "$1"
}
