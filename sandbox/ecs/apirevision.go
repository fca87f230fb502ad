package ecs

import (
	"context"

	"slipway/sandbox/awsapi"
)

type describeRevisionsInput struct {
	ARNs []string `json:"serviceRevisionArns"`
}

type describeRevisionsOutput struct {
	Revisions []revisionDetail `json:"serviceRevisions"`
	Failures  []failure        `json:"failures"`
}

type revisionDetail struct {
	workload
	ARN        string           `json:"serviceRevisionArn"`
	ServiceARN string           `json:"serviceArn"`
	ClusterARN string           `json:"clusterArn"`
	CreatedAt  *awsapi.Time     `json:"createdAt,omitempty"`
	Images     []containerImage `json:"containerImages"`
	Family     string           `json:"platformFamily,omitempty"`
}

type containerImage struct {
	Container string `json:"containerName"`
	Image     string `json:"image"`
	Digest    string `json:"imageDigest,omitempty"`
}

func (s *Service) describeRevisions(_ context.Context, in describeRevisionsInput) (out describeRevisionsOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const most = 20 // ECS API reference, DescribeServiceRevisions, November 2026
	if n := len(in.ARNs); n == 0 || n > most {
		return out, invalid("serviceRevisionArns has from 1 to %d elements.", most)
	}
	out = describeRevisionsOutput{[]revisionDetail{}, []failure{}}
	for _, arn := range in.ARNs {
		if v, sd := s.revision(arn); sd != nil {
			out.Revisions = append(out.Revisions, s.revisionDetail(v, sd))
		} else {
			out.Failures = append(out.Failures, missing(arn))
		}
	}
	return out, nil
}

// revision finds the service deployment that a service revision was made for.
func (s *Service) revision(arn string) (*service, *serviceDeployment) {
	if v, err := s.serviceByARN(arn); err == nil {
		for i := range v.Internal.Deployments {
			if sd := &v.Internal.Deployments[i]; sd.Target == arn {
				return v, sd
			}
		}
	}
	return nil, nil
}

func (s *Service) revisionDetail(v *service, sd *serviceDeployment) revisionDetail {
	d := revisionDetail{
		workload: sd.Workload, ARN: sd.Target, ServiceARN: v.ServiceARN, ClusterARN: v.ClusterARN, CreatedAt: sd.CreatedAt,
		Images: []containerImage{},
	}
	if d.PlatformVersion != "" {
		d.Family = "Linux"
	}
	digests := map[string]string{}
	for _, t := range s.tasks {
		if t.Internal.Service == v.key() && t.TaskDefinitionARN == sd.Workload.Definition {
			for _, c := range t.Containers {
				if c.ImageDigest != "" {
					digests[c.Name] = c.ImageDigest
				}
			}
		}
	}
	if definition := s.definitions[lastPart(sd.Workload.Definition)]; definition != nil {
		for _, c := range definition.ContainerDefinitions {
			d.Images = append(d.Images, containerImage{c.Name, c.Image, digests[c.Name]})
		}
	}
	return d
}
