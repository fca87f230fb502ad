package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
)

// fleet has the tasks that the emulator does not start: as many as a service wants, running its task definition, and
// healthy; of a task definition with a broken commit none but two that ended with exit code 1, as ECS shows them
// (API reference of ListTasks, DescribeTasks, DescribeContainerInstances and DescribeTargetHealth).
type fleet struct {
	e         *emulator
	mu        sync.Mutex
	broken    []string
	tasks     map[string]task   // by ARN
	groups    map[string]member // by target group
	revisions map[string]string // the task definition of each service revision, by its ARN
}

type member struct{ cluster, service string }

type task struct {
	definition definition
	number     int
	stopped    bool
}

// definition is what of a task definition its tasks show.
type definition struct {
	ARN, Network, Commit, Image string
	Port                        int
}

func newFleet(e *emulator) *fleet {
	return &fleet{e: e, tasks: map[string]task{}, groups: map[string]member{}, revisions: map[string]string{}}
}

// ruin makes every task of a commit end at once.
func (f *fleet) ruin(commit string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = append(f.broken, commit)
}

// fails is whether the tasks of a commit end at once.
func (f *fleet) fails(commit string) bool { return slices.Contains(f.broken, commit) }

// remember takes from CreateService which target group leads to the service.
func (f *fleet) remember(request []byte) error {
	var asked struct {
		Cluster, ServiceName string
		LoadBalancers        []struct{ TargetGroupArn string }
	}
	if err := json.Unmarshal(request, &asked); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range asked.LoadBalancers {
		if asked.ServiceName == "" {
			continue // an update, of the same service
		}
		f.groups[b.TargetGroupArn] = member{asked.Cluster, asked.ServiceName}
	}
	return nil
}

// answer takes the calls about tasks and targets, and reports whether this was one.
func (f *fleet) answer(w http.ResponseWriter, r *http.Request, body []byte) (bool, error) {
	form := string(body)
	switch _, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); operation {
	case "ListTasks":
		return true, f.list(w, body)
	case "ListServiceDeployments":
		return true, f.deployments(w, body)
	case "DescribeServiceRevisions":
		return true, f.revised(w, body)
	case "DescribeTasks":
		return true, f.describe(w, body)
	case "DescribeContainerInstances":
		return true, f.hosts(w, body)
	case "":
		if strings.HasPrefix(form, "Action=DescribeTargetHealth&") {
			return true, f.health(w, form)
		}
	}
	return false, nil
}

func (f *fleet) list(w http.ResponseWriter, body []byte) error {
	var asked struct{ Cluster, ServiceName, DesiredStatus string }
	if err := json.Unmarshal(body, &asked); err != nil {
		return err
	}
	arns, err := f.of(member{asked.Cluster, asked.ServiceName}, asked.DesiredStatus == "STOPPED")
	if err != nil {
		return err
	}
	return answerJSON(w, map[string]any{"taskArns": arns})
}

// of are the ARNs of a service's tasks, running or stopped.
func (f *fleet) of(m member, stopped bool) ([]string, error) {
	wanted, known, err := f.service(m)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails(known.Commit) != stopped {
		return []string{}, nil
	}
	arns := []string{}
	for i := range max(wanted, 0) {
		arn := fmt.Sprintf("arn:aws:ecs:%s:%s:task/%s/%032x", region, account, path.Base(m.cluster), revision(known.ARN)*1000+i)
		f.tasks[arn] = task{known, i, stopped}
		arns = append(arns, arn)
	}
	return arns, nil
}

func revision(arn string) (n int) {
	fmt.Sscanf(arn[strings.LastIndex(arn, ":")+1:], "%d", &n)
	return n
}

// service asks the emulator what a service wants and runs.
func (f *fleet) service(m member) (int, definition, error) {
	var described struct {
		Services []struct {
			DesiredCount   int
			TaskDefinition string
		}
	}
	err := f.e.ask("ecs", "AmazonEC2ContainerServiceV20141113.DescribeServices",
		map[string]any{"cluster": m.cluster, "services": []string{m.service}}, &described)
	if err != nil || len(described.Services) == 0 {
		return 0, definition{}, err
	}
	known, err := f.definition(described.Services[0].TaskDefinition)
	return described.Services[0].DesiredCount, known, err
}

// rolled shows a service with the one deployment that its task definition has: done at once, or under way for ever. The
// emulator keeps the first one as the primary (API reference, Deployment: "PRIMARY: the most recent deployment").
func (f *fleet) rolled(service map[string]any) error {
	arn, _ := service["taskDefinition"].(string)
	known, err := f.definition(arn)
	if err != nil {
		return err
	}
	running, state := service["desiredCount"], "COMPLETED"
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails(known.Commit) {
		running, state = 0, "IN_PROGRESS"
	}
	service["runningCount"], service["pendingCount"] = running, 0
	service["deployments"] = []any{map[string]any{
		"id": deploymentOf(arn), "status": "PRIMARY", "taskDefinition": arn, "desiredCount": service["desiredCount"],
		"runningCount": running, "pendingCount": 0, "failedTasks": 0, "rolloutState": state, "createdAt": 1.7e9, "updatedAt": 1.7e9,
	}}
	return nil
}

func (f *fleet) definition(arn string) (definition, error) {
	var described struct {
		TaskDefinition struct {
			NetworkMode          string
			ContainerDefinitions []struct {
				Image        string
				PortMappings []struct{ ContainerPort int }
				Environment  []struct{ Name, Value string }
			}
		}
	}
	err := f.e.ask("ecs", "AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition", map[string]any{"taskDefinition": arn}, &described)
	if err != nil || len(described.TaskDefinition.ContainerDefinitions) == 0 {
		return definition{}, err
	}
	container := described.TaskDefinition.ContainerDefinitions[0]
	known := definition{ARN: arn, Network: described.TaskDefinition.NetworkMode, Image: container.Image}
	for _, mapping := range container.PortMappings {
		known.Port = mapping.ContainerPort
	}
	for _, variable := range container.Environment {
		if variable.Name == "SLIPWAY_COMMIT" {
			known.Commit = variable.Value
		}
	}
	return known, nil
}

func answerJSON(w http.ResponseWriter, body any) error {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	return json.NewEncoder(w).Encode(body)
}

// deploymentOf is the id of the one deployment that a task definition has here.
func deploymentOf(taskDefinition string) string {
	return fmt.Sprintf("ecs-svc/%019d", revision(taskDefinition))
}
