package ecs

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/network"
	"slipway/sandbox/resource"
	"slipway/sandbox/store"
)

// walls are a network: what is not reached, with a fleet of one instance type.
type walls struct {
	closed map[string]bool // services, and "internet"
	fleet  network.Fleet
	none   bool // no fleet
	asked  []network.Place
}

func (w *walls) Call(from network.Place, service string) error {
	w.asked = append(w.asked, from)
	if w.closed[service] {
		return errors.New("subnet s has no route to the internet")
	}
	return nil
}

func (w *walls) Internet(from network.Place, _ int) error { return w.Call(from, "internet") }

func (w *walls) Fleet(string) (network.Fleet, bool, error) { return w.fleet, !w.none, nil }

// ofECR says of images that they are in ECR.
type ofECR struct{}

func (ofECR) Auth(image string) (string, string, bool) {
	return "AWS", "password", strings.HasPrefix(image, "ecr/")
}

// quiet is a Service that never runs, with a cluster c.
func quiet(t *testing.T, w *walls) *Service {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	s, err := New(Config{ID: "t", Store: st, Region: "us-east-1", Network: w, Credentials: ofECR{}, Balancer: newBalancer(), Logs: newLines("app")})
	if err != nil {
		t.Fatal(err)
	}
	s.memory = 1 << 20
	if _, _, err := (clusterBehaviour{s}).Create(t.Context(), resource.Properties{"name": str("c")}); err != nil {
		t.Fatal(err)
	}
	return s
}

// register makes a task definition of one container.
func register(t *testing.T, s *Service, in map[string]any, container map[string]any) *taskDefinition {
	t.Helper()
	text, err := json.Marshal([]any{container})
	if err != nil {
		t.Fatal(err)
	}
	p := property.NewPropertyMapFromMap(in)
	p["family"], p["containerDefinitions"] = str("web"), str(string(text))
	_, out, err := (definitionBehaviour{s}).Create(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return s.definitions[lastPart(out["arn"].StringValue())]
}

func TestATaskWhoseNetworkReachesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		kind, image, closed string
		want                string
	}{
		"Fargate, the API of ECR":   {"FARGATE", "ecr/app", "ecr.api", "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue"},
		"Fargate, the registry":     {"FARGATE", "ecr/app", "ecr.dkr", "CannotPullContainerError: The task cannot pull ecr/app from the registry"},
		"Fargate, the layers":       {"FARGATE", "ecr/app", "s3", "CannotPullContainerError: The task cannot pull ecr/app from the registry"},
		"Fargate, a public image":   {"FARGATE", "public/app", "internet", "CannotPullContainerError: The task cannot pull public/app"},
		"Fargate, the logs":         {"FARGATE", "ecr/app", "logs", "ResourceInitializationError: failed to validate logger args"},
		"Fargate, only ECR":         {"FARGATE", "ecr/app", "internet", ""},
		"an instance, the API":      {"EC2", "ecr/app", "ecr.api", "CannotPullECRContainerError: RequestError: send request failed"},
		"an instance, the layers":   {"EC2", "ecr/app", "s3", `CannotPullContainerError: Error response from daemon: Get "https://ecr/v2/"`},
		"an instance, the logs":     {"EC2", "ecr/app", "logs", "CannotStartContainerError: Error response from daemon: failed to initialize logging driver"},
		"an instance, all is there": {"EC2", "ecr/app", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := &walls{closed: map[string]bool{c.closed: true}, fleet: network.Fleet{Most: 1, Place: network.Place{Subnets: []string{"hosts"}}}}
			s := quiet(t, w)
			in := map[string]any{"executionRoleArn": "arn:aws:iam::000000000000:role/execution"}
			from := origin{launchType: c.kind}
			if c.kind == "FARGATE" {
				in["networkMode"], in["requiresCompatibilities"], in["cpu"], in["memory"] = "awsvpc", []any{"FARGATE"}, "256", "512"
				from.network = &networkSettings{awsvpc{[]string{"own"}, []string{"sg"}, "ENABLED"}}
			}
			def := register(t, s, in, map[string]any{
				"name": "app", "image": c.image, "memory": 64,
				"logConfiguration": map[string]any{"logDriver": "awslogs", "options": map[string]any{"awslogs-group": "app", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web"}},
			})
			task := s.addTask(s.clusters["c"], def, from)
			err := s.reachesImages(task, def)
			if err == nil {
				err = s.reachesLogs(task, def)
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want) || !strings.Contains(err.Error(), "(subnet s has no route")) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if own := w.asked[0].Subnets[0] == "own"; own != (c.kind == "FARGATE") {
				t.Errorf("it calls from %+v", w.asked[0])
			}
		})
	}
}

func TestTheRoomOfAnInstanceType(t *testing.T) {
	small := network.Size{CPU: 2048, Memory: 1945}
	for name, c := range map[string]struct {
		fleet       network.Fleet
		cpu, memory int
		running     int
		want        int
		lacks       string
	}{
		"three on one":               {network.Fleet{Most: 1, Size: small}, 0, 512, 0, 3, "memory"},
		"on two hosts":               {network.Fleet{Most: 2, Size: small}, 0, 512, 3, 3, "memory"},
		"none that is too large":     {network.Fleet{Most: 2, Size: small}, 0, 2048, 0, 0, "memory"},
		"each on one host":           {network.Fleet{Most: 2, Size: small}, 0, 1024, 0, 2, "memory"},
		"the processor":              {network.Fleet{Most: 1, Size: small}, 1024, 64, 1, 1, "CPU"},
		"a type that nobody knows":   {network.Fleet{Most: 1}, 4096, 4096, 3, 9, ""},
		"no more than this machine":  {network.Fleet{Most: 9, Size: network.Size{CPU: 1 << 20, Memory: 1 << 30}}, 0, 1 << 19, 0, 2, "memory"},
		"Fargate has room for every": {network.Fleet{}, 1024, 2048, 0, 9, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := quiet(t, &walls{fleet: c.fleet})
			def := register(t, s, nil, map[string]any{"name": "app", "image": "ecr/app", "memory": c.memory, "cpu": c.cpu})
			for range c.running {
				s.addTask(s.clusters["c"], def, origin{launchType: "EC2"})
			}
			kind := "EC2"
			if strings.HasPrefix(name, "Fargate") {
				kind = "FARGATE"
			}
			if fit, lacks := s.room(s.clusters["c"], kind, def, 9); fit != c.want || lacks != c.lacks {
				t.Errorf("%d fit, for more there is no %q", fit, lacks)
			}
		})
	}
}

func TestAClusterThatNoInstanceJoins(t *testing.T) {
	s := quiet(t, &walls{none: true})
	def := register(t, s, nil, map[string]any{"name": "app", "image": "ecr/app", "memory": 64})
	if _, err := s.runTask(t.Context(), runTaskInput{Cluster: "c", TaskDefinition: def.ARN}); err == nil || !strings.Contains(err.Error(), "No Container Instances were found in your cluster.") {
		t.Error(err)
	}
	if _, _, err := (serviceBehaviour{s}).Create(t.Context(), serviceProperties(def.ARN, 1, map[string]any{"loadBalancers": nil})); err != nil {
		t.Fatal(err)
	}
	v := s.services["c/web"]
	s.reconcile(v)
	if len(v.Events) == 0 || !strings.Contains(v.Events[0].Message, "Reason: No Container Instances were found in your cluster.") {
		t.Errorf("%+v", v.Events)
	}
}
