package cloud

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Service is an ECS service as DescribeServices shows it.
type Service struct {
	Name           string
	Status         string // ACTIVE, DRAINING, INACTIVE
	TaskDefinition string
	Desired        int
	Running        int
	Pending        int
	Grace          time.Duration // how long ECS does not heed the health of a new task: healthCheckGracePeriodSeconds
	Deployments    []Deployment
	Events         []Event // newest first
}

// Deployment is one of a service's deployments.
type Deployment struct {
	ID             string    `json:"id"`     // ecs-svc/…
	Status         string    `json:"status"` // PRIMARY, ACTIVE, INACTIVE
	TaskDefinition string    `json:"taskDefinition"`
	RolloutState   string    `json:"rolloutState"` // IN_PROGRESS, COMPLETED, FAILED
	RolloutReason  string    `json:"rolloutReason"`
	Desired        int       `json:"desired"`
	Running        int       `json:"running"`
	Pending        int       `json:"pending"`
	Failed         int       `json:"failed"`
	Created        time.Time `json:"created"`
}

// Event is one line of a service's event list.
type Event struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Message string    `json:"message"`
}

// Primary is the deployment that the service moves to, the zero value if there is none.
func (s Service) Primary() Deployment {
	for _, d := range s.Deployments {
		if d.Status == "PRIMARY" {
			return d
		}
	}
	return Deployment{}
}

// Service describes one service. ECS answers a missing service as a failure
// inside a good answer: here it is an error.
func (c *Cloud) Service(ctx context.Context, cluster, name string) (Service, error) {
	out, err := c.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{
		Cluster: aws.String(cluster), Services: []string{name},
	})
	if err != nil {
		return Service{}, wrap("describe service %s in cluster %s", err, name, cluster)
	}
	if len(out.Services) == 0 {
		return Service{}, fmt.Errorf("describe service %s in cluster %s: %s", name, cluster, failures(out.Failures))
	}
	return serviceOf(out.Services[0]), nil
}

func serviceOf(s types.Service) Service {
	out := Service{
		Name:           aws.ToString(s.ServiceName),
		Status:         aws.ToString(s.Status),
		TaskDefinition: aws.ToString(s.TaskDefinition),
		Desired:        int(s.DesiredCount),
		Running:        int(s.RunningCount),
		Pending:        int(s.PendingCount),
		Grace:          time.Duration(aws.ToInt32(s.HealthCheckGracePeriodSeconds)) * time.Second,
	}
	for _, d := range s.Deployments {
		out.Deployments = append(out.Deployments, Deployment{
			ID:             aws.ToString(d.Id),
			Status:         aws.ToString(d.Status),
			TaskDefinition: aws.ToString(d.TaskDefinition),
			RolloutState:   string(d.RolloutState),
			RolloutReason:  aws.ToString(d.RolloutStateReason),
			Desired:        int(d.DesiredCount),
			Running:        int(d.RunningCount),
			Pending:        int(d.PendingCount),
			Failed:         int(d.FailedTasks),
			Created:        aws.ToTime(d.CreatedAt),
		})
	}
	for _, e := range s.Events {
		out.Events = append(out.Events, Event{
			ID: aws.ToString(e.Id), At: aws.ToTime(e.CreatedAt), Message: aws.ToString(e.Message),
		})
	}
	return out
}

func failures(all []types.Failure) string {
	if len(all) == 0 {
		return "ECS answered neither the service nor a reason"
	}
	text := aws.ToString(all[0].Reason)
	if detail := aws.ToString(all[0].Detail); detail != "" {
		text += ": " + detail
	}
	return text
}
