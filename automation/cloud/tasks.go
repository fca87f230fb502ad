package cloud

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Task is one task of a service, running or stopped. ECS forgets a stopped task
// after about an hour.
type Task struct {
	ARN            string
	TaskDefinition string
	StartedBy      string // the deployment's id
	Status         string // lastStatus: PENDING, RUNNING, STOPPED…
	Desired        string // desiredStatus: RUNNING or STOPPED
	Host           string // EC2 instance id; empty on Fargate
	StopCode       string
	StoppedReason  string
	Health         string // healthStatus: HEALTHY, UNHEALTHY, or UNKNOWN where no container has a check of its own
	Architecture   string // of its host, as the attribute ecs.cpu-architecture has it: x86_64, arm64; "" where ECS does not say
	Created        time.Time
	Started        time.Time // when its containers ran; zero when they never did
	Stopped        time.Time
	Containers     []Container
}

// Container is one container of a task.
type Container struct {
	Name      string
	Image     string
	Digest    string // sha256:…; empty until the image is pulled
	Reason    string
	Health    string // healthStatus; UNKNOWN where it has no check of its own
	ExitCode  *int   // nil until it ran and ended
	Addresses []string
	HostPorts []int
}

// ID is the last part of the task's ARN, which log streams and consoles use.
func (t Task) ID() string { return lastPart(t.ARN) }

// describeAtOnce is how many tasks one DescribeTasks takes (ECS API).
const describeAtOnce = 100

// Tasks lists a service's tasks whose desired status is RUNNING, or with
// stopped those that ECS still remembers as STOPPED.
func (c *Cloud) Tasks(ctx context.Context, cluster, service string, stopped bool) ([]Task, error) {
	arns, err := c.taskARNs(ctx, cluster, service, stopped)
	if err != nil {
		return nil, wrap("list the tasks of service %s", err, service)
	}
	var tasks []Task
	for len(arns) > 0 {
		n := min(len(arns), describeAtOnce)
		out, err := c.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: aws.String(cluster), Tasks: arns[:n]})
		if err != nil {
			return nil, wrap("describe the tasks of service %s", err, service)
		}
		var on map[string]string
		if !stopped {
			on = c.hostsOf(ctx, cluster, out.Tasks)
		}
		for _, t := range out.Tasks {
			task := taskOf(t)
			task.Host = on[aws.ToString(t.ContainerInstanceArn)]
			tasks = append(tasks, task)
		}
		arns = arns[n:]
	}
	return tasks, nil
}

func (c *Cloud) taskARNs(ctx context.Context, cluster, service string, stopped bool) ([]string, error) {
	status := types.DesiredStatusRunning
	if stopped {
		status = types.DesiredStatusStopped
	}
	var arns []string
	pages := ecs.NewListTasksPaginator(c.ecs, &ecs.ListTasksInput{
		Cluster: aws.String(cluster), ServiceName: aws.String(service), DesiredStatus: status,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		arns = append(arns, page.TaskArns...)
	}
	return arns, nil
}

func taskOf(t types.Task) Task {
	task := Task{
		ARN:            aws.ToString(t.TaskArn),
		TaskDefinition: aws.ToString(t.TaskDefinitionArn),
		StartedBy:      aws.ToString(t.StartedBy),
		Status:         aws.ToString(t.LastStatus),
		Desired:        aws.ToString(t.DesiredStatus),
		StopCode:       string(t.StopCode),
		StoppedReason:  aws.ToString(t.StoppedReason),
		Health:         string(t.HealthStatus),
		Created:        aws.ToTime(t.CreatedAt),
		Started:        aws.ToTime(t.StartedAt),
		Stopped:        aws.ToTime(t.StoppedAt),
	}
	for _, a := range t.Attributes {
		if aws.ToString(a.Name) == "ecs.cpu-architecture" {
			task.Architecture = aws.ToString(a.Value)
		}
	}
	for _, c := range t.Containers {
		task.Containers = append(task.Containers, containerOf(c))
	}
	return task
}

func containerOf(c types.Container) Container {
	out := Container{
		Name:   aws.ToString(c.Name),
		Image:  aws.ToString(c.Image),
		Digest: aws.ToString(c.ImageDigest),
		Reason: aws.ToString(c.Reason),
		Health: string(c.HealthStatus),
	}
	if c.ExitCode != nil {
		code := int(*c.ExitCode)
		out.ExitCode = &code
	}
	for _, n := range c.NetworkInterfaces {
		out.Addresses = append(out.Addresses, aws.ToString(n.PrivateIpv4Address))
	}
	for _, b := range c.NetworkBindings {
		out.HostPorts = append(out.HostPorts, int(aws.ToInt32(b.HostPort)))
	}
	return out
}
