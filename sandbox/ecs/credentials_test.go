package ecs

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"slipway/sandbox/resource"
)

// oneRole is an account with the role arn:aws:iam::000000000000:role/app.
type oneRole struct{ until time.Time }

const appRole = "arn:aws:iam::000000000000:role/app"

func (r oneRole) Assume(arn, session string) (RoleCredentials, error) {
	if arn != appRole {
		return RoleCredentials{}, errors.New("the role does not exist")
	}
	return RoleCredentials{RoleARN: arn, AccessKeyID: "ASIA" + session, SecretAccessKey: "s", Token: "t", Expiration: r.until}, nil
}

// withRole registers a task definition whose tasks have a role.
func (r *rig) withRole(role string) string {
	r.t.Helper()
	text := fmt.Sprintf(`[{"name":"app","image":%q,"memory":64,"stopTimeout":2,"environment":[{"name":"VERSION","value":"two"}],"portMappings":[{"containerPort":8080,"hostPort":0}]}]`, testImage)
	_, out, err := (definitionBehaviour{r.Service}).Create(r.t.Context(), resource.Properties{
		"family": str("web"), "containerDefinitions": str(text), "taskRoleArn": str(role),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out["arn"].StringValue()
}

func newRoleRig(t *testing.T) *rig {
	r := newRig(t)
	r.stop()
	r.config.Roles = oneRole{time.Now().Add(time.Hour)}
	r.config.Endpoint = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "AWS ", r.URL.Path) })
	r.run()
	return r
}

// An SDK in a task finds the credentials of the task's role, the region and the endpoint without any setting, also
// after a restart of the sandbox. The port on which it finds them stays the app's own.
func TestATaskHasItsRole(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("entering the network of a container takes root")
	}
	r := newRoleRig(t)
	def := r.withRole(appRole)
	r.create(def, 1, nil)
	r.steady(def, 1)
	task := r.stateOf("RUNNING")[0]
	check := func() {
		t.Helper()
		if got := get(t, task, "/credentials"); !strings.Contains(got, `"AccessKeyId":"ASIA`+lastPart(task.TaskARN)+`"`) || !strings.Contains(got, appRole) {
			t.Errorf("the credentials are %s", got)
		}
		if got := get(t, task, "/aws"); got != "AWS /in/us-east-1" {
			t.Errorf("AWS answers %s", got)
		}
		if got := get(t, task, "/port80"); got != "two" {
			t.Errorf("port 80 of the app answers %q", got)
		}
	}
	check()
	r.stop()
	r.run()
	r.eventually("the credentials again", func() bool { return strings.Contains(get(t, task, "/credentials"), "ASIA") })
	check()
}

func TestARoleThatECSCannotAssume(t *testing.T) {
	r := newRoleRig(t)
	r.create(r.withRole("arn:aws:iam::000000000000:role/none"), 1, nil)
	r.eventually("a stopped task", func() bool { return len(r.stateOf("STOPPED")) > 0 })
	if got := r.stateOf("STOPPED")[0]; got.StopCode != "TaskFailedToStart" || !strings.HasPrefix(got.StoppedReason, "ECS was unable to assume the role 'arn:aws:iam::000000000000:role/none'") {
		t.Errorf("it is %s, %s", got.StopCode, got.StoppedReason)
	}
}

func TestATaskWithoutARoleHasNoCredentials(t *testing.T) {
	r := newRoleRig(t)
	def := r.define("VERSION=one")
	r.create(def, 1, nil)
	r.steady(def, 1)
	if got := get(t, r.stateOf("RUNNING")[0], "/credentials"); strings.Contains(got, "ASIA") {
		t.Errorf("it gets %s", got)
	}
}
