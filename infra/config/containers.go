package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// AppContainer is the name of the app's container in its task definition.
const AppContainer = "app"

// Container is one definition of slipway:containers, as ECS has it: decoded JSON, numbers as json.Number.
type Container map[string]any

// Text is a member that is a text, or empty.
func (c Container) Text(member string) string {
	text, _ := c[member].(string)
	return text
}

// Number is a member that is a whole number, or 0.
func (c Container) Number(member string) int {
	number, _ := c[member].(json.Number)
	n, _ := number.Int64()
	return int(n)
}

// Essential is whether the task ends with the container, as it does unless it is said otherwise.
func (c Container) Essential() bool {
	essential, said := c["essential"].(bool)
	return essential || !said
}

// Reserved is how much memory the container takes from its host, in MiB.
func (c Container) Reserved() int {
	if reserved := c.Number("memoryReservation"); reserved > 0 {
		return reserved
	}
	return c.Number("memory")
}

// objects are the entries of a member that is a list of objects.
func (c Container) objects(member string) []Container {
	list, _ := c[member].([]any)
	var all []Container
	for _, each := range list {
		if object, ok := each.(map[string]any); ok {
			all = append(all, object)
		}
	}
	return all
}

// Secrets are the values of the container's own secrets, as ParseSecret takes them.
func (c Container) Secrets() []string {
	var all []string
	for _, s := range c.objects("secrets") {
		all = append(all, s.Text("valueFrom"))
	}
	return all
}

func (c *Config) readContainers(folder string) []Problem {
	if c.Containers == "" {
		return nil
	}
	refuse := func(allowed string) []Problem {
		return []Problem{{Key: "containers", Value: c.Containers, Allowed: allowed}}
	}
	text, err := readFile(folder, c.Containers)
	if err != nil {
		return refuse(err.Error())
	}
	value, err := decoded(string(text))
	if err != nil {
		return refuse("a JSON file: " + err.Error())
	}
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return refuse("a list of container definitions of ECS")
	}
	problems := members(value, reflect.TypeFor[[]types.ContainerDefinition](), "")
	if len(problems) == 0 {
		for _, each := range list {
			c.Further = append(c.Further, each.(map[string]any))
		}
		problems = c.checkContainers()
	}
	for i := range problems {
		problems[i].Key = "containers" + problems[i].Key
	}
	return problems
}

// covered are members of the app's own container that keys of the configuration say.
var covered = map[string]string{
	"image": "slipway:image", "command": "slipway:command", "entryPoint": "slipway:entryPoint", "user": "slipway:user", "cpu": "slipway:cpu",
	"memory": "slipway:memory", "environment": "slipway:variables", "secrets": "slipway:secrets", "stopTimeout": "slipway:stopTimeout",
	"portMappings": "slipway:containerPort", "readonlyRootFilesystem": "slipway:readonlyRootFilesystem",
	"dockerSecurityOptions": "slipway:noNewPrivileges", "logConfiguration": "the program", "essential": "the program",
}

// ungranted are members by which the execution role would need a permission that it has not.
var ungranted = []string{"environmentFiles", "repositoryCredentials"}

var containerName = whole(`[A-Za-z0-9_-]{1,255}`)

func (c *Config) checkContainers() (problems []Problem) {
	names := map[string]Container{AppContainer: nil}
	seen := map[string]bool{}
	for i, each := range c.Further {
		at := fmt.Sprintf("[%d]", i)
		refuse := func(member, value, allowed string) {
			problems = append(problems, Problem{Key: at + "." + member, Value: clipped(value), Allowed: allowed})
		}
		name := each.Text("name")
		if !containerName().MatchString(name) || seen[name] {
			refuse("name", name, "a name of 1 to 255 letters, digits, hyphens and underscores that no other container has")
		}
		seen[name], names[name] = true, each
		for _, member := range ungranted {
			if value, there := each[member]; there {
				refuse(member, textOf(value), "nothing: the execution role may not read it")
			}
		}
		for _, s := range each.Secrets() {
			if _, ok := ParseSecret(s); !ok {
				refuse("secrets", s, "each valueFrom "+secretAllowed)
			}
		}
		if name == AppContainer {
			appMembers(each, refuse)
		} else if c.Capacity == CapacityEC2 && each.Reserved() == 0 {
			refuse("memory", "", "MiB, or memoryReservation: with slipway:capacity = ec2 each container says one of the two")
		}
	}
	for i, each := range c.Further {
		problems = append(problems, dependencies(each, names, fmt.Sprintf("[%d].dependsOn", i))...)
	}
	if ring := c.ring(); ring != nil {
		problems = append(problems, Problem{Key: "", Value: strings.Join(ring, " dependsOn "), Allowed: "containers that do not wait for each other: ECS would refuse the task definition"})
	}
	return append(problems, c.roomForContainers()...)
}

// ring are the names of containers each of which depends on the next, with the first one again at the end; nil when there
// is no such ring. A container that depends on itself is told of otherwise.
func (c *Config) ring() []string {
	on := map[string][]string{}
	for _, each := range c.Further {
		name := each.Text("name")
		for _, d := range each.objects("dependsOn") {
			if next := d.Text("containerName"); next != name {
				on[name] = append(on[name], next)
			}
		}
	}
	done := map[string]bool{}
	for _, each := range c.Further {
		if found := ringFrom(each.Text("name"), nil, on, done); found != nil {
			return found
		}
	}
	return nil
}

func ringFrom(name string, way []string, on map[string][]string, done map[string]bool) []string {
	if at := slices.Index(way, name); at >= 0 {
		return append(way[at:], name)
	}
	if done[name] {
		return nil
	}
	for _, next := range on[name] {
		if found := ringFrom(next, append(way, name), on, done); found != nil {
			return found
		}
	}
	done[name] = true
	return nil
}

// appMembers checks what is added to the app's own container.
func appMembers(app Container, refuse func(member, value, allowed string)) {
	for member, by := range covered {
		if value, there := app[member]; there {
			refuse(member, textOf(value), "nothing in the app's own container: "+by+" says it")
		}
	}
	linux, _ := app["linuxParameters"].(map[string]any)
	for member, by := range map[string]string{"capabilities": "slipway:dropCapabilities", "initProcessEnabled": "slipway:initProcess"} {
		if value, there := linux[member]; there {
			refuse("linuxParameters."+member, textOf(value), "nothing in the app's own container: "+by+" says it")
		}
	}
}

// dependencies follow the ECS API reference, ContainerDependency, read in November 2026.
func dependencies(of Container, names map[string]Container, path string) (problems []Problem) {
	for _, d := range of.objects("dependsOn") {
		name, condition := d.Text("containerName"), d.Text("condition")
		on, there := names[name]
		allowed := ""
		switch {
		case !there || name == of.Text("name"):
			allowed = "another container of the task"
		case !slices.Contains([]string{"START", "COMPLETE", "SUCCESS", "HEALTHY"}, condition):
			allowed = "a condition: START, COMPLETE, SUCCESS or HEALTHY"
		case condition == "HEALTHY" && on["healthCheck"] == nil:
			allowed = "HEALTHY only of a container with a healthCheck"
		case (condition == "COMPLETE" || condition == "SUCCESS") && (on == nil || on.Essential()):
			allowed = condition + ` only of a container with "essential": false: the task would end with it`
		}
		if allowed != "" {
			problems = append(problems, Problem{Key: path, Value: name + " " + condition, Allowed: allowed})
		}
	}
	return problems
}

// roomForContainers is what is left for the app's own container of a task with Fargate, or on hosts for all containers.
func (c *Config) roomForContainers() []Problem {
	cpu, memory := c.FurtherRoom()
	const leastMemory = 6 // ECS API reference, ContainerDefinition: Docker starts nothing with less
	switch {
	case c.Capacity == CapacityFargate && c.Memory-memory < leastMemory:
		return []Problem{{Key: "", Value: c.Containers, Allowed: fmt.Sprintf("containers with less memory together (%d MiB) than slipway:memory (%d), which is for the whole task", memory, c.Memory)}}
	case c.Capacity == CapacityFargate && c.CPU-cpu < 1:
		return []Problem{{Key: "", Value: c.Containers, Allowed: fmt.Sprintf("containers with fewer CPU units together (%d) than slipway:cpu (%d), which is for the whole task", cpu, c.CPU)}}
	case c.Capacity == CapacityEC2 && !c.roomForRollout():
		return []Problem{{Key: "", Value: c.Containers, Allowed: c.roomNeeded()}}
	}
	return nil
}

// FurtherRoom is what the further containers of a task take: CPU units, and memory in MiB.
func (c *Config) FurtherRoom() (cpu, memory int) {
	for _, each := range c.Further {
		if each.Text("name") != AppContainer {
			cpu, memory = cpu+each.Number("cpu"), memory+each.Reserved()
		}
	}
	return cpu, memory
}
