package ecs

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	units "github.com/docker/go-units"

	"slipway/sandbox/ecs/definition"
	"slipway/sandbox/ecs/engine"
)

// defaultStop is how long a container has between SIGTERM and SIGKILL.
const defaultStop = 30 * time.Second

// containerConfig translates a container definition for Docker.
func (s *Service) containerConfig(t *task, def *taskDefinition, c definition.Container) (*container.Config, *container.HostConfig, error) {
	config := &container.Config{
		Image: c.Image, Cmd: c.Command, Entrypoint: c.EntryPoint, User: c.User,
		WorkingDir: c.WorkingDirectory, Hostname: c.Hostname,
		Healthcheck: s.healthcheck(c.HealthCheck),
		Labels:      map[string]string{},
	}
	config.Env = append(config.Env, s.roleEnvironment(t, def)...)
	for _, kv := range c.Environment {
		config.Env = append(config.Env, kv.Name+"="+kv.Value)
	}
	config.Env = append(config.Env, t.secretsOf(c.Name)...)
	config.Env = append(config.Env, "AWS_EXECUTION_ENV=AWS_ECS_"+t.LaunchType,
		"ECS_CONTAINER_METADATA_URI_V4="+s.metadataURI(t, c.Name))
	for name, value := range c.DockerLabels {
		config.Labels[name] = value
	}
	for name, value := range map[string]string{
		engine.TaskLabel: t.TaskARN, engine.ContainerLabel: c.Name, engine.ClusterLabel: lastPart(t.ClusterARN),
		engine.FamilyLabel: def.Family, engine.RevisionLabel: strconv.Itoa(def.Revision),
	} {
		config.Labels[name] = value
	}
	host := &container.HostConfig{
		ReadonlyRootfs: c.ReadonlyRootFilesystem, Privileged: c.Privileged, SecurityOpt: c.DockerSecurityOptions,
		LogConfig: container.LogConfig{Type: "json-file", Config: map[string]string{"max-size": "50m", "max-file": "2"}},
	}
	if err := limit(&host.Resources, def, c); err != nil {
		return nil, nil, err
	}
	linux(host, c.LinuxParameters)
	s.network(t, def, c, config, host)
	return config, host, nil
}

// healthcheck never leaves one of the image's own in place: ECS does not use it. Only the wait between checks is at the
// sandbox's speed: the app does not start faster here than on AWS.
func (s *Service) healthcheck(h *definition.HealthCheck) *container.HealthConfig {
	if h == nil {
		return &container.HealthConfig{Test: []string{"NONE"}}
	}
	seconds := func(n, otherwise int) time.Duration {
		if n == 0 {
			n = otherwise
		}
		return time.Duration(n) * time.Second
	}
	retries := h.Retries
	if retries == 0 {
		retries = 3
	}
	return &container.HealthConfig{
		Test: h.Command, Retries: retries, Timeout: seconds(h.Timeout, 5),
		Interval: s.scaled(seconds(h.Interval, 30)), StartPeriod: seconds(h.StartPeriod, 0),
	}
}

// limit sets memory and CPU: the container's own, else the task's. There is no swap, so that going over is an OOM kill.
func limit(r *container.Resources, def *taskDefinition, c definition.Container) error {
	memory := c.Memory
	if memory == 0 && def.Memory != "" {
		m, err := definition.Units(def.Memory, "GB", 1024)
		if err != nil {
			return err
		}
		memory = m
	}
	r.Memory, r.MemorySwap = memory<<20, memory<<20
	r.MemoryReservation = c.MemoryReservation << 20
	r.CPUShares = c.CPU
	if def.CPU != "" {
		cpu, err := definition.Units(def.CPU, "vCPU", 1024)
		if err != nil {
			return err
		}
		r.CPUPeriod, r.CPUQuota = 100_000, cpu*100_000/1024
	}
	for _, u := range c.Ulimits {
		r.Ulimits = append(r.Ulimits, &units.Ulimit{Name: u.Name, Soft: u.SoftLimit, Hard: u.HardLimit})
	}
	return nil
}

func linux(host *container.HostConfig, p *definition.LinuxParameters) {
	if p == nil {
		return
	}
	host.Init = &p.InitProcessEnabled
	host.ShmSize = p.SharedMemorySize << 20
	for _, t := range p.Tmpfs {
		if host.Tmpfs == nil {
			host.Tmpfs = map[string]string{}
		}
		host.Tmpfs[t.ContainerPath] = strings.Join(append([]string{fmt.Sprintf("size=%dm", t.Size)}, t.MountOptions...), ",")
	}
	if p.Capabilities != nil {
		host.CapAdd, host.CapDrop = p.Capabilities.Add, p.Capabilities.Drop
	}
}

// network publishes ports on 127.0.0.1 only. Under awsvpc the containers of a task share one network, so that they reach
// each other on localhost.
func (s *Service) network(t *task, def *taskDefinition, c definition.Container, config *container.Config, host *container.HostConfig) {
	if def.Awsvpc() {
		host.NetworkMode = container.NetworkMode("container:" + t.Internal.Network.RuntimeID)
		config.Hostname = ""
		return
	}
	publish(c.PortMappings, false, config, host)
}

func protocol(p definition.PortMapping) string {
	if p.Protocol == "" {
		return "tcp"
	}
	return p.Protocol
}
