package environment

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"slipway/infra/config"
	"slipway/infra/policy"
	"slipway/infra/scope"
)

type variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type secret struct {
	Name      string `json:"name"`
	ValueFrom string `json:"valueFrom"`
}

type portMapping struct {
	ContainerPort int    `json:"containerPort"`
	HostPort      int    `json:"hostPort"`
	Protocol      string `json:"protocol"`
}

type logConfiguration struct {
	LogDriver string            `json:"logDriver"`
	Options   map[string]string `json:"options"`
}

// container has the fields that ECS fills in when they are left out, so that a refresh shows no difference.
type container struct {
	Name             string           `json:"name"`
	Image            string           `json:"image"`
	Essential        bool             `json:"essential"`
	CPU              int              `json:"cpu"`
	Memory           int              `json:"memory"`
	PortMappings     []portMapping    `json:"portMappings"`
	Environment      []variable       `json:"environment"`
	Secrets          []secret         `json:"secrets,omitempty"`
	Command          []string         `json:"command,omitempty"`
	EntryPoint       []string         `json:"entryPoint,omitempty"`
	User             string           `json:"user,omitempty"`
	StopTimeout      int              `json:"stopTimeout,omitempty"`
	LogConfiguration logConfiguration `json:"logConfiguration"`
	MountPoints      []struct{}       `json:"mountPoints"`
	VolumesFrom      []struct{}       `json:"volumesFrom"`
	SystemControls   []struct{}       `json:"systemControls"`
	hardening
}

// containers are those of a task, the app's first.
func (s *Service) containers(in scope.Scope) pulumi.StringOutput {
	app := s.app(in)
	return s.LogGroup.Name.ApplyT(func(group string) (string, error) {
		logs := logConfiguration{"awslogs", map[string]string{
			"awslogs-group": group, "awslogs-region": in.Where.Region, "awslogs-stream-prefix": config.AppContainer,
		}}
		app.LogConfiguration = logs
		return withFurther(app, in.Config.Further, logs)
	}).(pulumi.StringOutput)
}

func (s *Service) app(in scope.Scope) container {
	c := in.Config
	cpu, memory := appRoom(c)
	app := container{
		Name: config.AppContainer, Image: s.args.Release.Image, Essential: true, CPU: cpu, Memory: memory,
		PortMappings: []portMapping{{ContainerPort: c.ContainerPort, HostPort: hostPort(c), Protocol: "tcp"}},
		Environment:  s.environment(in), Secrets: secrets(in),
		Command: c.Command, EntryPoint: c.EntryPoint, User: c.User, StopTimeout: c.StopTimeout,
		MountPoints: []struct{}{}, VolumesFrom: []struct{}{}, SystemControls: []struct{}{},
		hardening: hardeningOf(c),
	}
	if app.Image == "" {
		// ECS wants a reference here; with no task it is never pulled.
		app.Image = s.args.Release.RepositoryURL + ":none"
	}
	return app
}

// appRoom is what the app's own container has: with Fargate the sizes are for the whole task.
func appRoom(c *config.Config) (cpu, memory int) {
	if c.Capacity != config.CapacityFargate {
		return c.CPU, c.Memory
	}
	cpu, memory = c.FurtherRoom()
	return c.CPU - cpu, c.Memory - memory
}

// environment is in the order of names, so that the same variables never show a difference.
func (s *Service) environment(in scope.Scope) []variable {
	own := []variable{
		{"SLIPWAY_COMMIT", s.args.Release.Commit},
		{"SLIPWAY_DIGEST", s.args.Release.Digest()},
		{"SLIPWAY_ENVIRONMENT", in.Stack},
	}
	for _, name := range slices.Sorted(maps.Keys(in.Config.Variables)) {
		own = append(own, variable{name, in.Config.Variables[name]})
	}
	return own
}

func secrets(in scope.Scope) (all []secret) {
	for _, name := range slices.Sorted(maps.Keys(in.Config.Secrets)) {
		s, _ := config.ParseSecret(in.Config.Secrets[name])
		all = append(all, secret{name, policy.ValueFrom(in.Where, s)})
	}
	return all
}

// withFurther adds the containers of slipway:containers, and to the app's what is said of it there.
func withFurther(app container, further []config.Container, logs logConfiguration) (string, error) {
	if len(further) == 0 {
		text, err := json.Marshal([]container{app})
		return string(text), err
	}
	text, err := json.Marshal(app)
	if err != nil {
		return "", err
	}
	own := map[string]any{}
	if err := json.Unmarshal(text, &own); err != nil {
		return "", err
	}
	all := []map[string]any{own}
	for _, c := range further {
		if c.Text("name") == config.AppContainer {
			merge(own, c)
			continue
		}
		all = append(all, filled(c, app.Image, logs))
	}
	text, err = json.Marshal(all)
	return string(text), err
}

// merge adds members, objects deep.
func merge(into, from map[string]any) {
	for name, value := range from {
		inner, isObject := value.(map[string]any)
		if there, both := into[name].(map[string]any); isObject && both {
			merge(there, inner)
			continue
		}
		into[name] = value
	}
}

// filled has what ECS fills in, the log group of the app, and the app's image where none is said.
func filled(c config.Container, image string, logs logConfiguration) map[string]any {
	all := map[string]any{
		"image": image, "essential": true, "cpu": 0, "portMappings": []any{}, "environment": []any{},
		"mountPoints": []any{}, "volumesFrom": []any{}, "systemControls": []any{}, "logConfiguration": logs,
	}
	maps.Copy(all, c)
	return all
}

// hostPort 0 lets Docker choose, so that two tasks fit on one instance; a fargate task has an address of its own.
func hostPort(c *config.Config) int {
	if c.Capacity == config.CapacityFargate {
		return c.ContainerPort
	}
	return 0
}
