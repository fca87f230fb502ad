package ecs

import (
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// mostDeployments is how many service deployments of a service are remembered.
const mostDeployments = 30

// serviceDeployment is one change that a user asked for, from its start to its end, with the rollback if there is one.
type serviceDeployment struct {
	ARN          string       `json:"arn"`
	DeploymentID string       `json:"deploymentId"`
	Source       string       `json:"source"` // ARN of the service revision before; "" for the first
	Target       string       `json:"target"` // ARN of the service revision after
	Status       string       `json:"status"`
	StatusReason string       `json:"statusReason"`
	CreatedAt    *awsapi.Time `json:"createdAt"`
	StartedAt    *awsapi.Time `json:"startedAt"`
	FinishedAt   *awsapi.Time `json:"finishedAt"`
	StoppedAt    *awsapi.Time `json:"stoppedAt"`
	RollbackID   string       `json:"rollbackId"` // the deployment that rolls back
	Rollback     *rollback    `json:"rollback"`
	FailureCount int          `json:"failureCount"`
	Workload     workload     `json:"workload"`
	// Reached are the target's numbers of tasks when it finished.
	Reached revision `json:"reached"`
}

// workload is what a service revision keeps of the service.
type workload struct {
	Definition      string           `json:"taskDefinition"`
	Strategy        []strategyItem   `json:"capacityProviderStrategy,omitempty"`
	LaunchType      string           `json:"launchType,omitempty"`
	PlatformVersion string           `json:"platformVersion,omitempty"`
	LoadBalancers   []loadBalancer   `json:"loadBalancers"`
	Network         *networkSettings `json:"networkConfiguration,omitempty"`
}

type rollback struct {
	Reason    string       `json:"reason"`
	StartedAt *awsapi.Time `json:"startedAt"`
	Revision  string       `json:"serviceRevisionArn"`
}

// record begins the service deployment of a deployment, newest first.
func (s *Service) record(v *service, d *deployment) {
	path := strings.TrimPrefix(v.ServiceARN, s.Region.ARN("ecs", "service/"))
	sd := serviceDeployment{
		ARN:          s.Region.ARN("ecs", "service-deployment/"+path+"/"+naming.Hex(21)),
		Target:       s.Region.ARN("ecs", "service-revision/"+path+"/"+digits()),
		Source:       v.Internal.Completed.Revision,
		DeploymentID: d.ID, Status: "PENDING", CreatedAt: s.now(),
		Workload: workload{d.TaskDefinition, v.Strategy, v.LaunchType, v.PlatformVersion, v.LoadBalancers, v.Network},
	}
	all := append([]serviceDeployment{sd}, v.Internal.Deployments...)
	v.Internal.Deployments = all[:min(len(all), mostDeployments)]
}

// serviceDeployment finds the service deployment that a deployment belongs to, as its change or its rollback.
func (v *service) serviceDeployment(id string) *serviceDeployment {
	for i := range v.Internal.Deployments {
		if sd := &v.Internal.Deployments[i]; sd.DeploymentID == id || sd.RollbackID == id {
			return sd
		}
	}
	return nil
}

// supersede ends the service deployments that a new one takes over from.
func (s *Service) supersede(v *service) {
	for i := range v.Internal.Deployments {
		if sd := &v.Internal.Deployments[i]; sd.FinishedAt == nil {
			sd.Status, sd.StatusReason = "STOPPED", "Service deployment was replaced by a newer one."
			sd.StoppedAt, sd.FinishedAt = s.now(), s.now()
		}
	}
}

// step moves a service deployment on that was only asked for: it starts, or it is rolled back.
func (s *Service) step(v *service) {
	switch sd := v.serviceDeployment(v.primary().ID); {
	case sd == nil:
	case sd.Status == "PENDING":
		sd.Status, sd.StartedAt = "IN_PROGRESS", s.now()
	case sd.Status == "ROLLBACK_REQUESTED":
		s.say(v, "(deployment %s) deployment failed: stopped by user.", sd.DeploymentID)
		s.fail(v, sd.StatusReason, true)
	}
}

func (s *Service) finish(sd *serviceDeployment) {
	if sd.FinishedAt != nil {
		return
	}
	sd.Status, sd.FinishedAt = "SUCCESSFUL", s.now()
	if sd.Rollback != nil {
		sd.Status = "ROLLBACK_SUCCESSFUL"
	}
}

// failed ends a service deployment. ECS has no FAILED among its states: one that nothing rolls back is STOPPED, and that is
// when it has a stoppedAt (ECS API reference, ServiceDeployment, November 2026).
func (s *Service) failed(sd *serviceDeployment, reason string) {
	sd.Status, sd.StatusReason, sd.StoppedAt, sd.FinishedAt = "STOPPED", reason, s.now(), s.now()
	if sd.Rollback != nil {
		sd.Status = "ROLLBACK_FAILED"
	}
}

func (s *Service) rollingBack(sd *serviceDeployment, id, reason, revision string) {
	sd.Status, sd.StoppedAt, sd.FinishedAt, sd.RollbackID = "ROLLBACK_IN_PROGRESS", nil, nil, id
	sd.Rollback = &rollback{Reason: reason, StartedAt: s.now(), Revision: revision}
}
