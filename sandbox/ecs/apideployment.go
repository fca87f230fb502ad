package ecs

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
)

type listDeploymentsInput struct {
	page
	Cluster   string   `json:"cluster"`
	Service   string   `json:"service"`
	Status    []string `json:"status"`
	CreatedAt span     `json:"createdAt"`
}

// span is a range of times, its ends excluded; an end that is missing is open.
type span struct {
	After  *awsapi.Time `json:"after"`
	Before *awsapi.Time `json:"before"`
}

func (r span) holds(at *awsapi.Time) bool {
	return (r.After == nil || at.After(r.After.Time)) && (r.Before == nil || at.Before(r.Before.Time))
}

type listDeploymentsOutput struct {
	Deployments []deploymentBrief `json:"serviceDeployments"`
	NextToken   string            `json:"nextToken,omitempty"`
}

// deploymentShown is what both listing and describing show of a service deployment.
type deploymentShown struct {
	ARN          string       `json:"serviceDeploymentArn"`
	ServiceARN   string       `json:"serviceArn"`
	ClusterARN   string       `json:"clusterArn"`
	CreatedAt    *awsapi.Time `json:"createdAt,omitempty"`
	StartedAt    *awsapi.Time `json:"startedAt,omitempty"`
	FinishedAt   *awsapi.Time `json:"finishedAt,omitempty"`
	Status       string       `json:"status"`
	StatusReason string       `json:"statusReason,omitempty"`
}

type deploymentBrief struct {
	deploymentShown
	TargetRevision string `json:"targetServiceRevisionArn,omitempty"`
}

func (sd *serviceDeployment) shown(v *service) deploymentShown {
	return deploymentShown{
		ARN: sd.ARN, ServiceARN: v.ServiceARN, ClusterARN: v.ClusterARN, CreatedAt: sd.CreatedAt, StartedAt: sd.StartedAt,
		FinishedAt: sd.FinishedAt, Status: sd.Status, StatusReason: sd.StatusReason,
	}
}

func (s *Service) listDeployments(_ context.Context, in listDeploymentsInput) (out listDeploymentsOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(cmp.Or(in.Cluster, clusterOf(in.Service)))
	if err != nil {
		return out, err
	}
	v, err := s.service(c, in.Service)
	if err != nil {
		return out, err
	}
	out.Deployments = []deploymentBrief{}
	in.MaxResults = cmp.Or(in.MaxResults, 20) // as ListServiceDeployments does
	found, arns := map[string]*serviceDeployment{}, []string{}
	for i := range v.Internal.Deployments {
		sd := &v.Internal.Deployments[i]
		if (len(in.Status) == 0 || slices.Contains(in.Status, sd.Status)) && in.CreatedAt.holds(sd.CreatedAt) {
			found[sd.ARN] = sd
			arns = append(arns, sd.ARN)
		}
	}
	arns, out.NextToken, err = in.cut(arns)
	for _, arn := range arns {
		out.Deployments = append(out.Deployments, deploymentBrief{found[arn].shown(v), found[arn].Target})
	}
	return out, err
}

// clusterOf is the cluster in a service's ARN, or "".
func clusterOf(ref string) string {
	cluster, _, found := strings.Cut(serviceKey(ref), "/")
	if !found {
		return ""
	}
	return cluster
}

type describeDeploymentsInput struct {
	ARNs []string `json:"serviceDeploymentArns"`
}

type describeDeploymentsOutput struct {
	Deployments []deploymentDetail `json:"serviceDeployments"`
	Failures    []failure          `json:"failures"`
}

type deploymentDetail struct {
	deploymentShown
	StoppedAt     *awsapi.Time       `json:"stoppedAt,omitempty"`
	Sources       []revision         `json:"sourceServiceRevisions"`
	Target        *revision          `json:"targetServiceRevision"`
	Rollback      *rollback          `json:"rollback,omitempty"`
	Configuration deploymentSettings `json:"deploymentConfiguration"`
	Breaker       breakerStatus      `json:"deploymentCircuitBreaker"`
}

type revision struct {
	ARN       string `json:"arn"`
	Requested int    `json:"requestedTaskCount"`
	Running   int    `json:"runningTaskCount"`
	Pending   int    `json:"pendingTaskCount"`
}

type breakerStatus struct {
	Status       string `json:"status"`
	FailureCount int    `json:"failureCount"`
	Threshold    int    `json:"threshold"`
}

func (s *Service) describeDeployments(_ context.Context, in describeDeploymentsInput) (describeDeploymentsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := describeDeploymentsOutput{[]deploymentDetail{}, []failure{}}
	for _, arn := range in.ARNs {
		v, sd, err := s.deploymentByARN(arn)
		if err != nil {
			out.Failures = append(out.Failures, missing(arn))
			continue
		}
		out.Deployments = append(out.Deployments, s.detail(v, sd))
	}
	return out, nil
}

func (s *Service) deploymentByARN(arn string) (*service, *serviceDeployment, error) {
	if v, err := s.serviceByARN(arn); err == nil {
		for i := range v.Internal.Deployments {
			if sd := &v.Internal.Deployments[i]; sd.ARN == arn {
				return v, sd, nil
			}
		}
	}
	return nil, nil, awsapi.Errorf("ServiceDeploymentNotFoundException", "The service deployment was not found.")
}

func (s *Service) detail(v *service, sd *serviceDeployment) deploymentDetail {
	v.count(s.unstopped(v))
	d := deploymentDetail{
		deploymentShown: sd.shown(v), StoppedAt: sd.StoppedAt, Sources: []revision{}, Rollback: sd.Rollback, Configuration: v.Configuration,
		Target:  &revision{sd.Target, sd.Reached.Requested, sd.Reached.Running, sd.Reached.Pending},
		Breaker: breakerStatus{breakerState(v, sd), sd.FailureCount, v.Configuration.Breaker.limit(v.DesiredCount)},
	}
	if own := v.deployment(sd.DeploymentID); own != nil && sd.FinishedAt == nil {
		d.Target.Requested, d.Target.Running, d.Target.Pending = own.DesiredCount, own.RunningCount, own.PendingCount
	}
	if sd.Source == "" {
		return d
	}
	source := revision{ARN: sd.Source}
	for _, other := range v.Deployments {
		if other.ID != sd.DeploymentID && sd.FinishedAt == nil {
			source.Requested += other.DesiredCount
			source.Running += other.RunningCount
			source.Pending += other.PendingCount
		}
	}
	d.Sources = append(d.Sources, source)
	return d
}

func breakerState(v *service, sd *serviceDeployment) string {
	switch {
	case !v.Configuration.Breaker.Enable:
		return "DISABLED"
	case sd.FailureCount >= v.Configuration.Breaker.limit(v.DesiredCount):
		return "TRIGGERED"
	case sd.FinishedAt != nil:
		return "MONITORING_COMPLETE"
	}
	return "MONITORING"
}

type stopDeploymentInput struct {
	ARN      string `json:"serviceDeploymentArn"`
	StopType string `json:"stopType"`
}

type stopDeploymentOutput struct {
	ARN string `json:"serviceDeploymentArn"`
}

// stopDeployment asks for the roll back of a service deployment. ROLLBACK is the only stopType that ECS takes, though the
// API has ABORT as well; one that is rolled back already goes on (ECS API reference, StopServiceDeployment, and "Stopping
// Amazon ECS service deployments", November 2026).
func (s *Service) stopDeployment(_ context.Context, in stopDeploymentInput) (out stopDeploymentOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, sd, err := s.deploymentByARN(in.ARN)
	if err != nil {
		return out, err
	}
	switch {
	case cmp.Or(in.StopType, "ROLLBACK") != "ROLLBACK":
		return out, invalid("Invalid stopType %s: ROLLBACK.", in.StopType)
	case v.Status != "ACTIVE" || sd.FinishedAt != nil:
		return out, awsapi.Errorf("ConflictException", "The service deployment is not in progress.")
	case sd.Status == "ROLLBACK_REQUESTED" || sd.Status == "ROLLBACK_IN_PROGRESS":
		return stopDeploymentOutput{in.ARN}, nil
	case v.Internal.Completed.ID == "":
		return out, invalid("There is no completed deployment to roll back to.")
	}
	sd.Status, sd.StatusReason = "ROLLBACK_REQUESTED", "ECS deployment "+sd.DeploymentID+" was stopped by StopServiceDeployment."
	s.saveService(v)
	s.wakeService(v.key())
	return stopDeploymentOutput{in.ARN}, nil
}
