#!/bin/bash -eu
# The one step of the job. A deployment is done by the deployer that this very commit holds: by the installed one when
# no source of it changed, so that nothing is compiled, and otherwise by one that is built here, with the Pulumi and the
# providers that the commit's go.mod names. A commit that holds an app alone is deployed by the installed one. A promotion builds nothing and runs nothing of the commit: what a person
# approved is an image, and the installed deployer moves it.
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
folder=${SLIPWAY_PROJECT_FOLDER:-.}
if [[ $folder != . ]]; then
  [[ -f $folder/Pulumi.yaml ]] || {
    echo "the commit has no $folder/Pulumi.yaml (slipway:projectFolder says where the project is in its repository)" >&2
    exit 2
  }
  arguments+=(--project "$folder")
fi
[[ $OPERATION == deploy ]] || exec slipway "${arguments[@]}"
arguments+=(--unpacked)
[[ ${SLIPWAY_DEPLOY_INFRASTRUCTURE:-false} != true ]] || arguments+=(--allow-infrastructure)

# is tells whether the deployer $1 was built from the source with the hash $2.
is() { [[ $("$1" version --source) == "$2" ]]; }

# build compiles the package $2 into $1, so that the same source gives the same file wherever it stands.
build() {
  if ! CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "$3" -o "$1" "$2"; then
    echo "$2 does not build with $(go env GOVERSION) (go.mod asks for $(sed -n 's/^go //p' go.mod); slipway:goProxy and slipway:goSumDb say where Go gets modules and newer versions of itself)" >&2
    exit 1
  fi
}

# needs installs what the commit's go.mod names and this host has not: a version of Pulumi or of a provider.
needs() {
  local name version archive sum tools
  while read -r name version; do
    [[ ! -d ${PULUMI_HOME:-$HOME/.pulumi}/plugins/resource-$name-$version ]] || continue
    [[ ,${PULUMI_DEBUG_PROVIDERS:-} != *",$name:"* ]] || continue # one that runs already needs no plugin
    archive=pulumi-resource-$name-$version-linux-$(go env GOARCH).tar.gz
    sum=$(sed -n "s/  $archive\$//p" images/jenkins/templates/etc/checksums.txt 2>/dev/null || true)
    echo "The commit needs the provider $name $version: installing it"
    pulumi plugin install resource "$name" "$version" ${sum:+--checksum "$sum"} || {
      echo "the provider $name $version, which go.mod names, cannot be installed" >&2
      exit 1
    }
  done < <(sed -nE 's,^[[:space:]]*github.com/pulumi/pulumi-([a-z0-9-]+)/sdk/v[0-9]+ (v[^ ]+)( .*)?$,\1 \2,p' go.mod)
  version=$(sed -nE 's,^[[:space:]]*github.com/pulumi/pulumi/pkg/v3 (v[^ ]+)( .*)?$,\1,p' go.mod)
  [[ -n $version && $(pulumi version) != "$version" ]] || return 0
  tools=${PULUMI_HOME:-$HOME/.pulumi}/cli/$version
  if [[ ! -x $tools/pulumi ]]; then
    echo "The commit needs Pulumi $version: building it from go.mod"
    build "$tools/pulumi" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi \
      "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version"
  fi
  PATH=$tools:$PATH
}

deployer=slipway
# Only a commit of slipway's own source has all three; an app may have a go.mod and scripts of its own.
if [[ ! -f go.mod || ! -f automation/main.go || $(sed -n 's/^module //p' go.mod) != slipway ]]; then
  exec "$deployer" "${arguments[@]}"
fi
hash=$(sh scripts/source-hash)
if ! is "$deployer" "$hash"; then
  needs
  deployer=$WORKSPACE/slipway
  if [[ ! -x $deployer ]] || ! is "$deployer" "$hash"; then
    echo "The source of the deployer changed: building it (source $hash)"
    build "$deployer" ./automation "-s -w -X slipway/automation/cli.source=$hash"
  fi
fi
exec "$deployer" "${arguments[@]}"
