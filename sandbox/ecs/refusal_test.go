package ecs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/sandbox/ecs/definition"
	"slipway/sandbox/ecs/schedule"
)

// What a call says of the deployment configuration changes that, and leaves the rest as it is.
func TestAPartOfTheDeploymentConfiguration(t *testing.T) {
	number := func(n int) *int { return &n }
	count, half := &threshold{"COUNT", 5}, &early{Enable: true, Percent: 100, Cleanup: "DEFERRED"}
	for name, c := range map[string]struct {
		change deploymentChange
		want   deploymentSettings
	}{
		"nothing": {deploymentChange{}, deploymentSettings{Breaker: breaker{Enable: true, Rollback: true}, MaximumPercent: 200, MinimumPercent: 100}},
		"maximum": {deploymentChange{MaximumPercent: number(150)}, deploymentSettings{Breaker: breaker{Enable: true, Rollback: true}, MaximumPercent: 150, MinimumPercent: 100}},
		"minimum": {deploymentChange{MinimumPercent: number(50)}, deploymentSettings{Breaker: breaker{Enable: true, Rollback: true}, MaximumPercent: 200, MinimumPercent: 50}},
		"threshold": {deploymentChange{Breaker: &breaker{Threshold: count}},
			deploymentSettings{Breaker: breaker{Threshold: count}, MaximumPercent: 200, MinimumPercent: 100}},
		"early":   {deploymentChange{Early: half}, deploymentSettings{Breaker: breaker{Enable: true, Rollback: true}, MaximumPercent: 200, MinimumPercent: 100, Early: half}},
		"breaker": {deploymentChange{Breaker: &breaker{}}, deploymentSettings{MaximumPercent: 200, MinimumPercent: 100}},
	} {
		r, _ := still(t)
		r.create(r.define(""), 1, nil)
		out, err := r.apiUpdateService(t.Context(), updateServiceInput{Cluster: "c", Service: "web", Configuration: &c.change})
		got := out.Service.Configuration
		if got.Strategy = ""; err != nil || got != c.want {
			t.Errorf("%s: it is %+v, %v", name, got, err)
		}
	}
	r, _ := still(t)
	r.create(r.define(""), 1, nil)
	for want, change := range map[string]deploymentChange{
		"BLUE_GREEN":                  {Strategy: "BLUE_GREEN"},
		"thresholdConfiguration HALF": {Breaker: &breaker{Threshold: &threshold{"HALF", 5}}},
		"COUNT of 0":                  {Breaker: &breaker{Threshold: &threshold{"COUNT", 0}}},
		"healthyPercent":              {Early: &early{Enable: true, Percent: 50, Cleanup: "BLOCKING"}},
		"Cleanup NEVER":               {Early: &early{Enable: true, Percent: 100, Cleanup: "NEVER"}},
	} {
		_, err := r.apiUpdateService(t.Context(), updateServiceInput{Cluster: "c", Service: "web", Configuration: &change})
		if code(err) != "InvalidParameterException" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// What an update names is done or refused, never left out.
func TestUpdatesOfAService(t *testing.T) {
	r, _ := still(t)
	r.create(r.define(""), 1, nil)
	on := true
	out, err := r.apiUpdateService(t.Context(), updateServiceInput{Cluster: "c", Service: "web", ExecuteCommand: &on, PropagateTags: "SERVICE"})
	if err != nil || !out.Service.ExecuteCommand || out.Service.PropagateTags != "SERVICE" || len(out.Service.LoadBalancers) != 1 {
		t.Errorf("it is %+v, %v", out.Service, err)
	}
	for want, in := range map[string]updateServiceInput{
		"Unable to assume role":               {LoadBalancers: &[]loadBalancer{{testGroup + "none", "app", 8080}}},
		"not associated with the cluster":     {Strategy: []strategyItem{{CapacityProvider: "NOPE", Weight: 1}}},
		"not valid for the given networkMode": {Network: &networkSettings{awsvpc{Subnets: []string{"subnet-1"}}}},
	} {
		in.Cluster, in.Service = "c", "web"
		if _, err := r.apiUpdateService(t.Context(), in); code(err) != "InvalidParameterException" || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestLimitsOfDescribing(t *testing.T) {
	r, _ := still(t)
	many := make([]string, 101)
	for i := range many {
		many[i] = fmt.Sprint("n", i)
	}
	if _, err := r.describeServices(t.Context(), describeServicesInput{Cluster: "c", Services: many[:11]}); code(err) != "InvalidParameterException" {
		t.Errorf("11 services: %v", err)
	}
	if _, err := r.describeTasks(t.Context(), describeTasksInput{Cluster: "c", Tasks: many}); code(err) != "InvalidParameterException" {
		t.Errorf("101 tasks: %v", err)
	}
}

func TestTagsOfAServiceAreAskedFor(t *testing.T) {
	r, _ := still(t)
	r.create(r.define(""), 1, map[string]any{"tags": map[string]any{"team": "web"}})
	for _, c := range []struct {
		include []string
		want    int
	}{{nil, 0}, {[]string{"TAGS"}, 1}} {
		out, err := r.describeServices(t.Context(), describeServicesInput{Cluster: "c", Services: []string{"web"}, Include: c.include})
		if err != nil || len(out.Services[0].Tags) != c.want {
			t.Errorf("include %v: %+v, %v", c.include, out.Services[0].Tags, err)
		}
	}
}

func TestServiceDeploymentsComeInPages(t *testing.T) {
	r, _ := still(t)
	r.create(r.define(""), 1, nil)
	for range 2 {
		if _, err := r.apiUpdateService(t.Context(), updateServiceInput{Cluster: "c", Service: "web", ForceNewDeployment: true}); err != nil {
			t.Fatal(err)
		}
	}
	var found []string
	in := listDeploymentsInput{Cluster: "c", Service: "web", page: page{MaxResults: 1}}
	for {
		out, err := r.listDeployments(t.Context(), in)
		if err != nil || len(out.Deployments) != 1 {
			t.Fatalf("%+v, %v", out, err)
		}
		found = append(found, out.Deployments[0].ARN)
		if in.NextToken = out.NextToken; in.NextToken == "" {
			break
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(found)))) != 3 {
		t.Errorf("the pages have %v", found)
	}
	out, err := r.listServices(t.Context(), listServicesInput{Cluster: "c", Scheduling: "DAEMON"})
	if err != nil || len(out.ARNs) != 0 {
		t.Errorf("daemons: %v, %v", out.ARNs, err)
	}
}

func TestADeploymentOfAServiceThatIsGoneCannotBeStopped(t *testing.T) {
	r, _ := still(t)
	r.create(r.define(""), 0, nil)
	v := r.services["c/web"]
	arn := v.Internal.Deployments[0].ARN
	v.Status, v.Deployments = "INACTIVE", nil
	if _, err := r.stopDeployment(t.Context(), stopDeploymentInput{ARN: arn}); code(err) != "ConflictException" {
		t.Errorf("it is %v", err)
	}
}

// The speed of the sandbox makes no app faster: what an app has to start is whole, and so is the wait for a dependency.
func TestTimeToStartIsWhole(t *testing.T) {
	r, clock := still(t)
	h := r.healthcheck(&definition.HealthCheck{Command: []string{"CMD", "x"}, Interval: 30, StartPeriod: 60})
	if h.StartPeriod != time.Minute || h.Interval != 3*time.Second {
		t.Errorf("start period %s, interval %s", h.StartPeriod, h.Interval)
	}
	r.create(r.define(""), 1, map[string]any{"healthCheckGracePeriodSeconds": 30})
	v := r.services["c/web"]
	r.memory = 1024
	r.reconcile(v)
	task := r.tasks[lastPart(r.stateOf("RUNNING")[0].TaskARN)]
	task.LastStatus, task.StartedAt, task.HealthStatus = "RUNNING", r.now(), "UNHEALTHY"
	clock.Advance(29 * time.Second)
	if _, reason := r.health(v, task); reason != "" {
		t.Errorf("within its grace period: %s", reason)
	}
	clock.Advance(2 * time.Second)
	if _, reason := r.health(v, task); reason == "" {
		t.Error("after its grace period it may still be unhealthy")
	}
}

// A task without any health check counts 40 seconds after it runs, 4 at speed 10.
func TestATaskWithoutChecksHasToLast(t *testing.T) {
	r, clock := still(t)
	r.create(r.define(""), 1, map[string]any{"loadBalancers": nil})
	v := r.services["c/web"]
	r.memory = 1024
	r.reconcile(v)
	task := r.tasks[lastPart(r.stateOf("RUNNING")[0].TaskARN)]
	task.LastStatus, task.StartedAt = "RUNNING", r.now()
	for _, c := range []struct {
		after time.Duration
		want  schedule.Health
	}{{3900 * time.Millisecond, schedule.Unproven}, {200 * time.Millisecond, schedule.Healthy}} {
		clock.Advance(c.after)
		if h, _ := r.health(v, task); h != c.want {
			t.Errorf("after %s more it is %v", c.after, h)
		}
	}
}

// A dependency that is not there in time fails the task. The wait is its startTimeout, whole.
func TestStartTimeoutOfADependency(t *testing.T) {
	r, clock := still(t)
	r.create(r.define(""), 1, nil)
	v := r.services["c/web"]
	r.memory = 1024
	r.reconcile(v)
	task := r.tasks[lastPart(r.stateOf("RUNNING")[0].TaskARN)]
	def := r.definitions[task.Internal.Definition]
	def.ContainerDefinitions[0].StartTimeout = 20
	ended := make(chan error, 1)
	go func() {
		ended <- r.await(t.Context(), task, def, []definition.Dependency{{ContainerName: "app", Condition: "HEALTHY"}})
	}()
	for range 2 {
		if err := clock.BlockUntilContext(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		clock.Advance(10 * time.Second)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "app did not reach HEALTHY within its start timeout of 20 seconds") {
		t.Errorf("it ends with %v", err)
	}
}
