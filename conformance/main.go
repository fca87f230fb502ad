// Command conformance brings the project's stacks up and down with the real AWS provider. It expects the provider
// as an installed plugin and an AWS endpoint in its environment.
package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"slipway/conformance/grants"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
	fmt.Println("conformance: passed")
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	emulator := os.Getenv("AWS_ENDPOINT_URL")
	if emulator == "" {
		return errors.New("AWS_ENDPOINT_URL is not set: this lane is not for an AWS account")
	}
	corrected, err := correct(emulator)
	if err != nil {
		return err
	}
	everybody := corrected.listen()
	defer everybody.server.Close()
	if err := os.Setenv("AWS_ENDPOINT_URL", everybody.server.URL); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "slipway-conformance-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	l := &lane{folder: folder, emulator: corrected}
	defer l.close()
	if l.backend, err = l.prepare(ctx); err != nil {
		return err
	}
	if err := l.all(ctx); err != nil {
		return err
	}
	return nothingLeft(ctx, l.backend.Bucket)
}

// lane is one run of everything.
type lane struct {
	folder    string
	emulator  *emulator
	backend   backend
	recorders []*recorder
}

func (l *lane) close() {
	for _, r := range l.recorders {
		r.server.Close()
	}
}

// all brings delivery up first: the environments read the registry from it, and a second delivery stands in its network.
// A destroy reads nothing, so that all stacks go at once.
func (l *lane) all(ctx context.Context) error {
	worker, err := exec.LookPath("true") // any program for Linux: nothing runs it here
	if err != nil {
		return err
	}
	delivery, err := l.open(ctx, "delivery", l.deliveryConfig(worker))
	if err != nil {
		return err
	}
	if err := delivery.steps(ctx, upEverything); err != nil {
		return err
	}
	role, err := l.jenkinsRole(ctx, delivery)
	if err != nil {
		return err
	}
	project, err := l.check(ctx)
	if err != nil {
		return err
	}
	if err := project.push(ctx, sourceRepository); err != nil {
		return err
	}
	l.emulator.fleet.ruin(project.commits[commitsMade-1])
	subjects := []*subject{delivery}
	var updates, ends errgroup.Group // without a common context: each stack runs to its own end
	if wanted("delivery") {
		updates.Go(func() error { return delivery.steps(ctx, noChange, unmoved, moved, hostAnew, noChange) })
	}
	if wanted("given") {
		second, err := l.given(ctx, worker, delivery)
		if err != nil {
			return err
		}
		updates.Go(func() error { return second.steps(ctx, upEverything, noChange, onGitHub, noChange, destroy) })
	}
	for _, name := range slices.Sorted(maps.Keys(environments)) {
		if !wanted(name) {
			continue
		}
		environment, err := l.open(ctx, name, environments[name])
		if err != nil {
			return errors.Join(err, updates.Wait())
		}
		subjects = append(subjects, environment)
		updates.Go(func() error {
			return environment.steps(ctx, append([]step{measured(rebuilding, upEverything)}, l.course(project, name)...)...)
		})
	}
	if err := updates.Wait(); err != nil {
		return errors.Join(err, l.permissions(role))
	}
	for _, s := range subjects {
		ends.Go(func() error {
			if s == delivery {
				return s.steps(ctx, destroy)
			}
			return s.steps(ctx, measured(rebuilding, destroy))
		})
	}
	return errors.Join(ends.Wait(), l.permissions(role))
}

// wanted says whether a stack is among those that the arguments name; without arguments all are.
func wanted(name string) bool { return len(os.Args) < 2 || slices.Contains(os.Args[1:], name) }

// permissions is the comparison of all that was heard with the role. A run of some stacks only prints it.
func (l *lane) permissions(r grants.Role) error {
	var seen []grants.Call
	var faults []string
	for _, each := range l.recorders {
		seen = append(seen, each.seen...)
		faults = append(faults, slices.Sorted(maps.Keys(each.faults))...)
	}
	compared := grants.Compare(r, seen, tables)
	for _, duty := range slices.Sorted(maps.Keys(compared.Calls)) {
		fmt.Printf("permissions  %-14s %5d calls held against the role\n", duty, compared.Calls[duty])
	}
	fmt.Println("permissions ", compared.Summary())
	faults = append(faults, compared.Faults()...)
	switch {
	case len(faults) == 0:
		return nil
	case len(os.Args) > 1:
		fmt.Println("permissions  a part of the stacks says nothing of:\n  " + strings.Join(faults, "\n  "))
		return nil
	}
	return fmt.Errorf("permissions of the Jenkins role:\n  %s", strings.Join(faults, "\n  "))
}

// zoneNames are given because the provider of this lane cannot ask which zones offer an instance type.
const zoneNames = "us-east-1a,us-east-1b"

// boundary is on the roles of the environments, so that Jenkins may change them only with it.
const boundary = "arn:aws:iam::aws:policy/PowerUserAccess"

// environments are the two capacities, and between them every option that the emulator can stand.
var environments = map[string]map[string]string{
	"dev": {"kind": "environment", "capacity": "ec2", "zoneNames": zoneNames, "permissionsBoundaryArn": boundary},
	"dev-fargate": {
		"kind": "environment", "capacity": "fargate", "zoneNames": zoneNames, "nat": "single", "maxCount": "4",
		"vpcCidr": "10.1.0.0/20", "architecture": "arm64", "egressPorts": "443,5432", "permissionsBoundaryArn": boundary,
	},
}
