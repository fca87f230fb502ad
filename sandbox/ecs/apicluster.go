package ecs

import (
	"context"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
)

type describeClustersInput struct {
	Clusters []string `json:"clusters"`
	Include  []string `json:"include"` // all that there is, is always shown
}

type describeClustersOutput struct {
	Clusters []clusterView `json:"clusters"`
	Failures []failure     `json:"failures"`
}

func (s *Service) describeClusters(_ context.Context, in describeClustersInput) (describeClustersOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := describeClustersOutput{[]clusterView{}, []failure{}}
	if len(in.Clusters) == 0 {
		in.Clusters = []string{"default"}
	}
	for _, ref := range in.Clusters {
		c := s.clusters[lastPart(ref)]
		if c == nil {
			arn := ref
			if !strings.HasPrefix(ref, "arn:") {
				arn = s.Region.ARN("ecs", "cluster/"+ref)
			}
			out.Failures = append(out.Failures, missing(arn))
			continue
		}
		out.Clusters = append(out.Clusters, s.clusterNow(c))
	}
	return out, nil
}

func (s *Service) clusterNow(c *cluster) clusterView {
	view := c.clusterView
	for _, t := range s.tasks {
		if t.ClusterARN == c.ClusterARN && t.running() {
			view.RunningTasks++
		} else if t.ClusterARN == c.ClusterARN && t.starting() {
			view.PendingTasks++
		}
	}
	for _, v := range s.services {
		if v.ClusterARN == c.ClusterARN && v.Status == "ACTIVE" {
			view.ActiveServices++
		}
	}
	view.Instances = len(s.instances(c))
	return view
}

type listClustersOutput struct {
	ClusterARNs []string `json:"clusterArns"`
	NextToken   string   `json:"nextToken,omitempty"`
}

func (s *Service) listClusters(_ context.Context, in page) (out listClustersOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, c := range s.clusters {
		if c.Status == "ACTIVE" {
			all = append(all, c.ClusterARN)
		}
	}
	slices.Sort(all)
	out.ClusterARNs, out.NextToken, err = in.cut(all)
	return out, err
}

type listInstancesInput struct {
	page
	Cluster string `json:"cluster"`
}

type listInstancesOutput struct {
	ARNs      []string `json:"containerInstanceArns"`
	NextToken string   `json:"nextToken,omitempty"`
}

func (s *Service) listInstances(_ context.Context, in listInstancesInput) (out listInstancesOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	out.ARNs, out.NextToken, err = in.cut(s.instances(c))
	return out, err
}

type describeInstancesInput struct {
	Cluster   string   `json:"cluster"`
	Instances []string `json:"containerInstances"`
}

type describeInstancesOutput struct {
	Instances []instance `json:"containerInstances"`
	Failures  []failure  `json:"failures"`
}

type instance struct {
	ARN          string       `json:"containerInstanceArn"`
	EC2ID        string       `json:"ec2InstanceId"`
	Status       string       `json:"status"`
	Connected    bool         `json:"agentConnected"`
	RunningTasks int          `json:"runningTasksCount"`
	PendingTasks int          `json:"pendingTasksCount"`
	Registered   []instanceIs `json:"registeredResources"`
}

// instanceIs is an amount of something that the instance has.
type instanceIs struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Integer int64  `json:"integerValue"`
}

func (s *Service) describeInstances(ctx context.Context, in describeInstancesInput) (describeInstancesOutput, error) {
	out := describeInstancesOutput{[]instance{}, []failure{}}
	cpu, memory, err := s.Engine.Capacity(ctx)
	if err != nil {
		return out, awsapi.Errorf("ServerException", "%s", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return out, err
	}
	now := s.clusterNow(c)
	if size := s.fleet(c).Size; size.Memory > 0 {
		cpu, memory = size.CPU, size.Memory
	}
	for _, ref := range in.Instances {
		if lastPart(ref) != lastPart(c.Internal.ARN) || len(s.instances(c)) == 0 {
			out.Failures = append(out.Failures, missing(ref))
			continue
		}
		out.Instances = append(out.Instances, instance{
			ARN: c.Internal.ARN, EC2ID: c.Internal.Instance, Status: "ACTIVE", Connected: true,
			RunningTasks: now.RunningTasks, PendingTasks: now.PendingTasks,
			Registered: []instanceIs{{"CPU", "INTEGER", cpu}, {"MEMORY", "INTEGER", memory}},
		})
	}
	return out, nil
}
