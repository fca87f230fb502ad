package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// What somebody deleted in the console is made anew by `up`, and proved; `preview` shows it and changes nothing.
func goneIsMadeAnew(t *testing.T, w *world) {
	w.up("dev") // its outputs are those of now
	before := w.status()
	var now struct {
		Data struct {
			Outputs struct{ Cluster, Service, TaskDefinition string }
		}
	}
	w.json(&now, "up", "dev", "--yes", "--json")
	o := now.Data.Outputs
	c := ecs.NewFromConfig(w.aws())
	if _, err := c.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &o.TaskDefinition}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.DeleteService(t.Context(), &ecs.DeleteServiceInput{Cluster: &o.Cluster, Service: &o.Service, Force: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	w.eventually("the service is gone", func() bool {
		return strings.Count(w.must("preview", "dev").stderr, "no longer on AWS") == 2
	})
	if a := w.must("up", "dev", "--yes"); strings.Count(a.stderr, "no longer on AWS") != 2 {
		t.Errorf("said\n%s", a.stderr)
	}
	if after := w.status(); after != before {
		t.Errorf("%s runs, not %s", after, before)
	}
	if a := w.must("up", "dev", "--yes"); strings.Contains(a.stderr, "no longer on AWS") || !strings.Contains(a.stderr, "nothing to change") {
		t.Errorf("the second one said\n%s", a.stderr)
	}
}
