package main

import (
	"context"
	"encoding/json"
	"maps"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// course is what an environment goes through between its first update and its end: releases by the program alone, then
// the duties of the Jenkins role by the deployer.
func (l *lane) course(c *checkout, name string) []step {
	good, next, bad := c.commits[0], c.commits[1], c.commits[2]
	steps := []step{noChange, releaseFirst, noChange, releaseSecond, keepImage}
	if name == "dev-fargate" {
		steps = append(steps, measured(changing, secured), noChange, named, noChange, unnamed, measured(changing, unsecured))
	}
	steps = append(steps,
		measured(releasing, c.runs("slipway deploy", succeeded, "deploy", name, "--commit", good)),
		measured(releasing, c.unpacked(name, good)),
		measured(releasing, c.runs("slipway deploy of a broken image rolls back", rolledBack, "deploy", name, "--commit", bad)),
		interrupted,
		measured(settling, c.runs("slipway deploy settles an interrupted run", succeeded, "deploy", name, "--commit", next)))
	for _, change := range changes[name] {
		steps = append(steps, c.change(name, change), measured(changing, c.runs("slipway deploy changes "+change.name, succeeded,
			"deploy", name, "--commit", next, "--allow-infrastructure")))
	}
	return steps
}

// unpacked repeats the release of a commit from its files alone, as a job has them: in a copy of the project.
func (c *checkout) unpacked(name, commit string) step {
	return step{"slipway deploy of the same, unpacked as in a job, changes nothing", func(ctx context.Context, s *subject) error {
		files := *c
		files.folder = c.folder + "-" + name
		if err := os.CopyFS(files.folder, os.DirFS(c.folder)); err != nil {
			return err
		}
		if _, err := files.git(ctx, "checkout", "--quiet", commit, "--", "images/app"); err != nil {
			return err
		}
		return files.run(ctx, s, succeeded, "deploy", name, "--commit", commit, "--unpacked")
	}}
}

// change is a set of values of the configuration that an update of the infrastructure brings.
type change struct {
	name   string
	values map[string]string
}

// changes are what people do to an environment over time, and the way back.
var changes = map[string][]change{
	"dev": {
		{"everything that has a size", map[string]string{
			"nat": "single", "egressPorts": "443,5432", "instanceType": "t3.medium", "maxInstances": "3", "maxCount": "4",
			"zoneNames": zoneNames + ",us-east-1c", "logRetentionDays": "14", "healthPath": "/ready", "deregistrationDelay": "30",
		}},
		{"what the app needs", map[string]string{
			"variables": `{"LOG_LEVEL":"info"}`, "secrets": `{"TOKEN":"/app/token","DATABASE":"` + databaseSecret + `:password::"}`,
			"command": `["serve"]`, "user": "1000", "stopTimeout": "60", "healthCheck": `{"matcher":"200-299","interval":10}`,
			"taskPolicies": `["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess","policies/uploads.json"]`, "containers": "containers.json",
		}},
		{"it back", nil},
	},
	"dev-fargate": {
		{"egress, scaling and logs", map[string]string{"egressPorts": "443", "nat": "none", "maxCount": "6", "scaleOnCpu": "70", "logRetentionDays": "7"}},
	},
}

const databaseSecret = "arn:aws:secretsmanager:" + region + ":" + account + ":secret:app/db-AbCdEf"

// change writes the stack's file anew.
func (c *checkout) change(name string, to change) step {
	return step{"the stack's file changes", func(context.Context, *subject) error {
		values := maps.Clone(environments[name])
		maps.Copy(values, to.values)
		return c.configure(name, values)
	}}
}

// interrupted leaves the state as an engine does that was killed while it updated the service.
var interrupted = step{"an update of the service is cut off", func(ctx context.Context, s *subject) error {
	state, err := s.state(ctx)
	if err != nil {
		return err
	}
	for _, r := range state.Resources {
		if r.Type == service {
			state.PendingOperations = append(state.PendingOperations, apitype.OperationV2{Resource: r, Type: apitype.OperationTypeUpdating})
		}
	}
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return s.stack.Import(ctx, apitype.UntypedDeployment{Version: apitype.DeploymentSchemaVersionCurrent, Deployment: text})
}}
