// Command conformance brings the project's stacks up and down with the real AWS provider. It expects the provider
// as an installed plugin and an AWS endpoint in its environment.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"time"

	"golang.org/x/sync/errgroup"
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
	defer corrected.Close()
	if err := os.Setenv("AWS_ENDPOINT_URL", corrected.URL); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "slipway-conformance-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := all(ctx, folder); err != nil {
		return err
	}
	return nothingLeft(ctx)
}

// all brings delivery up first: the environments read the registry from it, and a second delivery stands in its network.
// A destroy reads nothing, so that all stacks go at once.
func all(ctx context.Context, folder string) error {
	worker, err := exec.LookPath("true") // any program for Linux: nothing runs it here
	if err != nil {
		return err
	}
	delivery, err := open(ctx, folder, "delivery", deliveryConfig(worker))
	if err != nil {
		return err
	}
	if err := delivery.steps(ctx, upEverything); err != nil {
		return err
	}
	subjects := []*subject{delivery}
	var updates, ends errgroup.Group // without a common context: each stack runs to its own end
	updates.Go(func() error { return delivery.steps(ctx, noChange, unmoved, moved, hostAnew, noChange) })
	updates.Go(func() error { return given(ctx, folder, worker, delivery) })
	for name, config := range environments {
		environment, err := open(ctx, folder, name, config)
		if err != nil {
			return errors.Join(err, updates.Wait())
		}
		subjects = append(subjects, environment)
		updates.Go(func() error {
			return environment.steps(ctx, upEverything, noChange, releaseFirst, noChange, releaseSecond, keepImage)
		})
	}
	if err := updates.Wait(); err != nil {
		return err
	}
	for _, s := range subjects {
		ends.Go(func() error { return s.steps(ctx, destroy) })
	}
	return ends.Wait()
}

// zoneNames are given because the provider of this lane cannot ask which zones offer an instance type.
const zoneNames = "us-east-1a,us-east-1b"

// environments are the two capacities, and between them every option that the emulator can stand.
var environments = map[string]map[string]string{
	"dev": {"kind": "environment", "capacity": "ec2", "zoneNames": zoneNames},
	"dev-fargate": {
		"kind": "environment", "capacity": "fargate", "nat": "single", "maxCount": "4",
		"vpcCidr": "10.1.0.0/20", "architecture": "arm64", "egressPorts": "443,5432",
	},
}
