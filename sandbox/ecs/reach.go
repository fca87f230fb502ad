package ecs

import (
	"fmt"
	"strings"

	"slipway/sandbox/network"
)

// placeOf is where a new task stands: under awsvpc it has a network interface of its own, otherwise its container
// instance's.
func (s *Service) placeOf(c *cluster, from origin) network.Place {
	if from.network != nil {
		own := from.network.Awsvpc
		return network.Place{Subnets: own.Subnets, Groups: own.SecurityGroups, Public: own.AssignPublicIP == "ENABLED"}
	}
	return s.fleet(c).Place
}

// callsFrom is where the calls to AWS that start a task come from: the agent's network interface is the task's own on
// Fargate (ECS developer guide, "Fargate task networking", November 2026), and the container instance's otherwise.
func (s *Service) callsFrom(t *task) network.Place {
	if t.LaunchType == "FARGATE" {
		return t.Internal.Place
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fleet(s.clusters[lastPart(t.ClusterARN)]).Place
}

// calls returns the SDK's error for a service of AWS that cannot be reached to start a task.
func (s *Service) calls(t *task, service string) error {
	if s.Network == nil {
		return nil
	}
	if why := s.Network.Call(s.callsFrom(t), service); why != nil {
		return fmt.Errorf("RequestError: send request failed caused by: Post \"https://%s.%s.amazonaws.com/\": dial tcp: i/o timeout (%w)", service, s.Region, why)
	}
	return nil
}

// reachesImages returns ECS's error for the first image of a task that its network does not let it pull (ECS developer
// guide, "CannotPullContainer task errors" and "ResourceInitializationError", November 2026). An image in ECR is asked for
// at the API, named by the registry, and its layers are in S3.
func (s *Service) reachesImages(t *task, def *taskDefinition) error {
	if s.Network == nil {
		return nil
	}
	for i, c := range def.ContainerDefinitions {
		err := s.reachesImage(t, c.Image)
		if err == nil {
			continue
		}
		s.update(t, func() { t.Containers[i].Reason, t.Containers[i].LastStatus = err.Error(), "STOPPED" })
		return err
	}
	return nil
}

func (s *Service) reachesImage(t *task, image string) error {
	if !s.inECR(image) {
		if why := s.Network.Internet(s.callsFrom(t), 443); why != nil {
			return s.unpulled(t, image, why)
		}
		return nil
	}
	if err := s.calls(t, "ecr.api"); err != nil {
		if t.LaunchType != "FARGATE" {
			return fmt.Errorf("CannotPullECRContainerError: %w", err)
		}
		return fmt.Errorf("ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: "+
			"There is a connection issue between the task and Amazon ECR. Check your task network configuration. %w", err)
	}
	for _, service := range []string{"ecr.dkr", "s3"} {
		if why := s.Network.Call(s.callsFrom(t), service); why != nil {
			return s.unpulled(t, image, why)
		}
	}
	return nil
}

func (s *Service) inECR(image string) bool {
	if s.Credentials == nil {
		return false
	}
	_, _, own := s.Credentials.Auth(image)
	return own
}

// unpulled is the error for a registry that does not answer.
func (s *Service) unpulled(t *task, image string, why error) error {
	if t.LaunchType != "FARGATE" {
		host, _, _ := strings.Cut(image, "/")
		return fmt.Errorf("CannotPullContainerError: Error response from daemon: Get \"https://%s/v2/\": net/http: request canceled while waiting for connection "+
			"(Client.Timeout exceeded while awaiting headers) (%w)", host, why)
	}
	return fmt.Errorf("CannotPullContainerError: The task cannot pull %s from the registry %s. There is a connection issue between the task and the registry. "+
		"Check your task network configuration. : failed to do request: Get %s: dial tcp: i/o timeout (%w)", image, image, image, why)
}

// reachesLogs returns ECS's error for a task whose output cannot be sent to CloudWatch Logs.
func (s *Service) reachesLogs(t *task, def *taskDefinition) error {
	for i, c := range def.ContainerDefinitions {
		if group, _ := logStream(t, i, c); group == "" {
			continue
		}
		err := s.calls(t, "logs")
		switch {
		case err == nil:
			return nil
		case t.LaunchType == "FARGATE":
			return fmt.Errorf("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "+
				"failed to create Cloudwatch log stream: %w", err)
		default:
			return fmt.Errorf("CannotStartContainerError: Error response from daemon: failed to initialize logging driver: "+
				"failed to create Cloudwatch log stream: %w", err)
		}
	}
	return nil
}
