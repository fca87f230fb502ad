package ecs

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

// still is ECS that never runs, with a cluster c that has a capacity provider.
func still(t *testing.T) (*rig, *clockwork.FakeClock) {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	clock := clockwork.NewFakeClock()
	s, err := New(Config{ID: "still", Store: st, Region: "us-east-1", Balancer: newBalancer(), Logs: newLines("app"), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{Service: s, t: t, config: s.Config}
	if _, _, err := (clusterBehaviour{s}).Create(t.Context(), resource.Properties{"name": str("c")}); err != nil {
		t.Fatal(err)
	}
	providers := property.NewPropertyMapFromMap(map[string]any{"clusterName": "c", "capacityProviders": []any{"hosts"}})
	if _, _, err := (providersBehaviour{s}).Create(t.Context(), providers); err != nil {
		t.Fatal(err)
	}
	return r, clock
}

func code(err error) string {
	var e *awsapi.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func TestServicesThatECSRefuses(t *testing.T) {
	r, _ := still(t)
	def := r.define("")
	network := map[string]any{"subnets": []any{"subnet-1"}}
	balancer := func(container string, port int) []any {
		return []any{map[string]any{"targetGroupArn": testGroup, "containerName": container, "containerPort": port}}
	}
	group := func(suffix string) []any {
		return []any{map[string]any{"targetGroupArn": testGroup + suffix, "containerName": "app", "containerPort": 8080}}
	}
	for _, c := range []struct {
		name string
		more map[string]any
		code string
		want string
	}{
		{"cluster", map[string]any{"cluster": "nowhere"}, "ClusterNotFoundException", "Cluster not found."},
		{"name", map[string]any{"name": "no spaces"}, "InvalidParameterException", "Invalid service name"},
		{"definition", map[string]any{"taskDefinition": "nothing:1"}, "ClientException", "TaskDefinition not found."},
		{"launch type", map[string]any{"launchType": "FARGATE"}, "InvalidParameterException", "does not support launch_type FARGATE"},
		{"provider", map[string]any{"capacityProviderStrategies": []any{map[string]any{"capacityProvider": "other", "weight": 1}}}, "InvalidParameterException", "other is not associated with the cluster c"},
		{"count", map[string]any{"desiredCount": -1}, "InvalidParameterException", "Desired count must be positive."},
		{"percent", map[string]any{"deploymentMaximumPercent": 100}, "InvalidParameterException", "as this will block deployments"},
		{"few percent", map[string]any{"deploymentMaximumPercent": 99}, "InvalidParameterException", "Maximum percent must be 100 or more."},
		{"many percent are right", map[string]any{"deploymentMaximumPercent": 400, "networkConfiguration": network}, "InvalidParameterException", "not valid for the given networkMode"},
		{"network", map[string]any{"networkConfiguration": network}, "InvalidParameterException", "not valid for the given networkMode"},
		{"container", map[string]any{"loadBalancers": balancer("other", 8080)}, "InvalidParameterException", "The container other does not exist in the task definition."},
		{"port", map[string]any{"loadBalancers": balancer("app", 80)}, "InvalidParameterException", "The container app did not have a container port 80 defined."},
		{"group that is not there", map[string]any{"loadBalancers": group("none")}, "InvalidParameterException", "Unable to assume role and validate the specified targetGroupArn."},
		{"group of addresses", map[string]any{"loadBalancers": group("ip")}, "InvalidParameterException", "has target type ip, which is incompatible with the bridge network mode"},
		{"group without a load balancer", map[string]any{"loadBalancers": group("loose")}, "InvalidParameterException", "does not have an associated load balancer."},
		{"grace", map[string]any{"loadBalancers": nil, "healthCheckGracePeriodSeconds": 5}, "InvalidParameterException", "Health check grace period is only valid"},
		{"daemon", map[string]any{"schedulingStrategy": "DAEMON"}, "InvalidParameterException", "not supported here"},
		{"registries", map[string]any{"serviceRegistries": map[string]any{"registryArn": "arn"}}, "InvalidParameterException", "serviceRegistries of a service is not supported here"},
	} {
		_, _, err := (serviceBehaviour{r.Service}).Create(t.Context(), serviceProperties(def, 1, c.more))
		if code(err) != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s: %s", c.name, err, c.code, c.want)
		}
	}
	r.create(def, 1, nil)
	if _, _, err := (serviceBehaviour{r.Service}).Create(t.Context(), serviceProperties(def, 1, nil)); err == nil || !strings.Contains(err.Error(), "Creation of service was not idempotent.") {
		t.Errorf("a second service of the same name: %v", err)
	}
	if err := (clusterBehaviour{r.Service}).Delete(t.Context(), "c"); code(err) != "ClusterContainsServicesException" {
		t.Errorf("deleting the cluster: %v", err)
	}
}

func TestServiceUsesTheClustersProviders(t *testing.T) {
	r, _ := still(t)
	strategy := map[string]any{"capacityProviderStrategies": []any{map[string]any{"capacityProvider": "hosts", "weight": 1}}}
	r.create(r.define(""), 0, strategy)
	if v := r.web(); v.LaunchType != "" || v.Strategy[0].CapacityProvider != "hosts" {
		t.Errorf("launch type %q, strategy %v", v.LaunchType, v.Strategy)
	}
	if err := (providersBehaviour{r.Service}).Delete(t.Context(), "c"); code(err) != "ResourceInUseException" {
		t.Errorf("removing a provider in use: %v", err)
	}
}

func TestTaskDefinitionRevisions(t *testing.T) {
	r, _ := still(t)
	one, two := r.define("V=1"), r.define("V=2")
	if !strings.HasSuffix(one, "task-definition/web:1") || !strings.HasSuffix(two, "task-definition/web:2") {
		t.Fatal(one, two)
	}
	got, err := r.describeDefinition(t.Context(), describeDefinitionInput{Definition: "web"})
	if err != nil || got.Definition.ARN != two {
		t.Errorf("the family means %s, %v; want its newest revision", got.Definition.ARN, err)
	}
	three := r.define("V=3")
	for _, gone := range []string{three, one} {
		if err := (definitionBehaviour{r.Service}).Remove(t.Context(), "web", resource.Properties{"arn": str(gone)}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := r.listDefinitions(t.Context(), listDefinitionsInput{FamilyPrefix: "web"})
	if err != nil || !slices.Equal(list.ARNs, []string{two}) {
		t.Errorf("active revisions %v, %v; want the one that was not deleted", list.ARNs, err)
	}
	_, _, err = (serviceBehaviour{r.Service}).Create(t.Context(), serviceProperties(one, 1, nil))
	if err == nil || !strings.Contains(err.Error(), "TaskDefinition is inactive") {
		t.Errorf("a service of an inactive revision: %v", err)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	r, _ := still(t)
	ctx := t.Context()
	clusters, err := r.describeClusters(ctx, describeClustersInput{Clusters: []string{"c", "nowhere"}})
	if err != nil || len(clusters.Clusters) != 1 || clusters.Failures[0] != missing("arn:aws:ecs:us-east-1:000000000000:cluster/nowhere") {
		t.Errorf("DescribeClusters %+v, %v", clusters, err)
	}
	services, err := r.describeServices(ctx, describeServicesInput{Cluster: "c", Services: []string{"nothing"}})
	if err != nil || services.Failures[0].Reason != "MISSING" {
		t.Errorf("DescribeServices %+v, %v", services, err)
	}
	tasks, err := r.describeTasks(ctx, describeTasksInput{Cluster: "c", Tasks: []string{"0123"}})
	if err != nil || tasks.Failures[0].Reason != "MISSING" {
		t.Errorf("DescribeTasks %+v, %v", tasks, err)
	}
	if _, err := r.describeServices(ctx, describeServicesInput{Cluster: "nowhere", Services: []string{"x"}}); code(err) != "ClusterNotFoundException" {
		t.Errorf("DescribeServices in a missing cluster: %v", err)
	}
	if _, err := r.apiUpdateService(ctx, updateServiceInput{Cluster: "c", Service: "nothing"}); code(err) != "ServiceNotFoundException" {
		t.Errorf("UpdateService: %v", err)
	}
	if _, err := r.listTasks(ctx, listTasksInput{Cluster: "c", ServiceName: "nothing"}); code(err) != "ServiceNotFoundException" {
		t.Errorf("ListTasks: %v", err)
	}
	if _, err := r.stopDeployment(ctx, stopDeploymentInput{ARN: "arn:aws:ecs:us-east-1:000000000000:service-deployment/c/web/0"}); code(err) != "ServiceDeploymentNotFoundException" {
		t.Errorf("StopServiceDeployment: %v", err)
	}
	if err := (serviceBehaviour{r.Service}).Delete(ctx, webARN); err != nil {
		t.Errorf("deleting a service that is gone: %v", err)
	}
}

func TestStoppedTasksAreShownForAnHour(t *testing.T) {
	r, clock := still(t)
	r.create(r.define(""), 1, nil)
	v := r.services["c/web"]
	r.memory = 1024
	r.reconcile(v)
	id := lastPart(r.stateOf("RUNNING")[0].TaskARN)
	stopped := r.tasks[id]
	r.stopTask(stopped, "UserInitiated", "x")
	stopped.LastStatus, stopped.StoppedAt = "STOPPED", r.now()
	clock.Advance(59 * time.Minute)
	r.reconcile(v)
	if r.tasks[id] == nil {
		t.Error("a task that stopped 59 minutes ago is gone")
	}
	clock.Advance(2 * time.Minute)
	r.reconcile(v)
	if r.tasks[id] != nil {
		t.Error("a task that stopped 61 minutes ago is there")
	}
}

func TestNoRoomOnTheContainerInstance(t *testing.T) {
	r, _ := still(t)
	r.create(r.define(""), 3, nil)
	r.memory = 150 // for two tasks of 64 MiB
	r.reconcile(r.services["c/web"])
	r.reconcile(r.services["c/web"])
	if n := len(r.stateOf("RUNNING")); n != 2 {
		t.Errorf("%d tasks; want 2", n)
	}
	events := 0
	for _, e := range r.web().Events {
		if strings.Contains(e.Message, "was unable to place a task because no container instance met all of its requirements.") {
			events++
		}
	}
	if events != 1 {
		t.Errorf("%d events say that there is no room; want 1", events)
	}
}

func TestPages(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e"}
	p := page{MaxResults: 2}
	var got []string
	for {
		part, next, err := p.cut(all)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, part...)
		if p.NextToken = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, all) {
		t.Errorf("pages %v", got)
	}
	if _, _, err := (page{NextToken: "x"}).cut(all); code(err) != "InvalidParameterException" {
		t.Errorf("a bad token: %v", err)
	}
}
