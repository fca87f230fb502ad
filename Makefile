# Two commands do everything: `make demo` and `make test`. Both set the machine up first, once.
.DEFAULT_GOAL := help
.PHONY: help setup checkers demo test vet conformance bench clean

help: ## Say what there is to do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install and build what the rest needs; does nothing the second time
	@scripts/setup

demo: setup ## Deploy the app on this machine, change its colour, deploy again under load (ARGS=--exit cleans up)
	@bin/slipway demo $(ARGS)

# Compiled packages are shared by the binaries and the tests, so both are compiled as scripts/setup does it. Only the
# race detector needs cgo.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(GOFLAGS) -trimpath)

# The packages that run things at the same time; the others would only compile longer.
RACY := ./sandbox ./sandbox/awsapi/... ./sandbox/buildkit/... ./sandbox/codecommit/... ./sandbox/codepipeline/... ./sandbox/console/... ./sandbox/daemon/... \
	./sandbox/ecr/... ./sandbox/ecs/... ./sandbox/elbv2/... ./sandbox/events/... ./sandbox/image/... ./sandbox/jenkins/... \
	./sandbox/kms/... ./sandbox/logs/... ./sandbox/provider/... ./sandbox/s3/... ./sandbox/sigv4/... ./sandbox/ssm/... ./sandbox/store/... \
	./automation/demo/... ./automation/diagnose/... ./automation/engine/... ./automation/pipeline/... ./automation/ui/... ./automation/release/... ./automation/worker/...

# The packages that test what go does not see them read (the binary, scripts, a build context): never from the cache.
OUTSIDE := ./e2e ./images/... ./scripts

REST = $(shell go list ./... | grep -vxF -e slipway/conformance $(foreach p,$(shell go list $(RACY) $(OUTSIDE)),-e $(p)))

checkers:
	@scripts/setup toolchain docker pulumi slipway base checkers

vet: checkers ## gofmt, go vet, staticcheck, shellcheck
	@scripts/vet

test: vet ## Everything that CI tests, the race detector where things run at the same time
	CGO_ENABLED=1 go test -race $(RACY)
	go test $(REST)
	go test -count=1 -parallel 6 -timeout 45m $(OUTSIDE)

conformance: setup ## The stacks against the real AWS provider, where one is at hand
	@scripts/conformance

bench: setup ## Ratios: a release against the same done by hand, and the rest of docs/performance.md
	@bench/run

clean: ## Remove what was built and the sandbox with all of its state
	@if [ -x bin/slipway ]; then bin/slipway sandbox stop || true; fi
	rm -rf bin .slipway
