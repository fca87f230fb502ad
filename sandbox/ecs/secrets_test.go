package ecs

import (
	"context"
	"os"
	"strings"
	"testing"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/ecs/definition"
)

// kept are secrets by name or ARN; the role denied may read none.
type kept map[string]string

const denied = "arn:aws:iam::000000000000:role/denied"

func (k kept) Parameter(_ context.Context, role, _, name string) (string, error) {
	if role == denied {
		return "", awsapi.Errorf("AccessDeniedException", "not for you")
	}
	value, there := k[name]
	if !there {
		return "", &NoParameter{name}
	}
	return value, nil
}

func (k kept) Secret(ctx context.Context, role, session, arn, _, _ string) (string, error) {
	return k.Parameter(ctx, role, session, arn)
}

const databaseSecret = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf"

func secretsFrom(from ...string) func(map[string]any) {
	return func(c map[string]any) {
		var all []any
		for i, f := range from {
			all = append(all, map[string]any{"name": string(rune('A' + i)), "valueFrom": f})
		}
		c["secrets"] = all
	}
}

func TestSecretsReachTheContainerAndNoFile(t *testing.T) {
	r := newRig(t)
	r.Secrets = kept{"/app/token": "first-secret", databaseSecret: `{"password":"second-secret","port":5432}`}
	def := r.define("", secretsFrom("/app/token", databaseSecret+":password::", databaseSecret+":port::", databaseSecret))
	r.create(def, 1, nil)
	r.steady(def, 1)
	task := r.stateOf("RUNNING")[0]
	for name, want := range map[string]string{"A": "first-secret", "B": "second-secret", "C": "5432", "D": `{"password":"second-secret","port":5432}`} {
		if got := get(t, task, "/env?"+name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	r.stop()
	state, err := os.ReadFile(r.path)
	if err != nil || strings.Contains(string(state), "first-secret") || strings.Contains(string(state), "second-secret") {
		t.Errorf("the state tells a secret: %v", err)
	}
}

// A secret that cannot be read keeps a task from starting, with the reason that ECS gives.
func TestSecretsThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct{ launch, role, from, reason string }{
		"missing on an instance": {"EC2", "arn:aws:iam::000000000000:role/x", "/none", "Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: /none"},
		"missing on Fargate": {"FARGATE", "arn:aws:iam::000000000000:role/x", "/none", "ResourceInitializationError: unable to pull secrets or registry auth: " +
			"execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /none"},
		"denied": {"FARGATE", denied, databaseSecret, "ResourceInitializationError: unable to pull secrets or registry auth: " +
			"execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): " +
			"failed to fetch secret " + databaseSecret + " from secrets manager: AccessDeniedException: not for you"},
		"without the key": {"EC2", "arn:aws:iam::000000000000:role/x", databaseSecret + ":user::", "did not contain json key user"},
	} {
		s := &Service{Config: Config{Region: "us-east-1", Secrets: kept{databaseSecret: `{"password":"x"}`}}}
		tk := &task{run: &taskRun{}}
		tk.LaunchType = c.launch
		def := &taskDefinition{}
		def.Task = definition.Task{ExecutionRoleARN: c.role, ContainerDefinitions: []definition.Container{
			{Name: "app", Secrets: []definition.Secret{{Name: "A", ValueFrom: c.from}}},
		}}
		if err := s.readSecrets(t.Context(), tk, def); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTaskThatCannotReadASecretDoesNotStart(t *testing.T) {
	r := newRig(t)
	r.Secrets = kept{}
	def := r.define("", secretsFrom("/none"))
	r.create(def, 1, nil)
	r.eventually("a task that failed to start", func() bool { return len(r.stateOf("STOPPED")) > 0 })
	task := r.stateOf("STOPPED")[0]
	if task.StopCode != "TaskFailedToStart" || !strings.Contains(task.StoppedReason, "invalid parameters: /none") || task.Containers[0].RuntimeID != "" {
		t.Errorf("%s: %s", task.StopCode, task.StoppedReason)
	}
}
