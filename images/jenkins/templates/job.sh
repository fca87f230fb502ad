#!/bin/bash -eu
# The one step of the job: releases a commit with the deployer that this very commit holds. When no source of the
# deployer changed, that is the installed one, and nothing is compiled.
set -o pipefail

cd "${SOURCE:?}"
result=$WORKSPACE/result-$BUILD_NUMBER.json
rm -f "$WORKSPACE"/result-*.json # earlier builds left theirs, and every one that is here is archived

case $OPERATION in
deploy) names=("$ENVIRONMENT") ;;
promote) names=("$FROM" "$ENVIRONMENT") ;;
*)
  echo "OPERATION is \"$OPERATION\": expected deploy or promote" >&2
  exit 2
  ;;
esac
for name in "${names[@]}"; do
  if [[ ! $name =~ ^[A-Za-z0-9][A-Za-z0-9_.-]*$ ]]; then # an option of the deployer is no name
    echo "\"$name\" is not the name of an environment" >&2
    exit 2
  fi
done
arguments=("$OPERATION" "${names[@]}" --commit "$COMMIT" --execution "$EXECUTION" --result "$result")
if [[ $OPERATION == deploy ]]; then
  arguments+=(--unpacked)
  [[ ${SLIPWAY_DEPLOY_INFRASTRUCTURE:-false} != true ]] || arguments+=(--allow-infrastructure)
fi

# is tells whether the deployer $1 was built from the source with the hash $2.
is() { [[ $("$1" version --source) == "$2" ]]; }

hash=$(sh scripts/source-hash)
deployer=slipway
if ! is "$deployer" "$hash"; then
  deployer=$WORKSPACE/slipway
  if [[ ! -x $deployer ]] || ! is "$deployer" "$hash"; then
    echo "The source of the deployer changed: building it (source $hash)"
    go build -buildvcs=false -ldflags "-X slipway/automation/cli.source=$hash" -o "$deployer" ./automation
  fi
fi
exec "$deployer" "${arguments[@]}"
