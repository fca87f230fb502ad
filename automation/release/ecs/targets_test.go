package ecs

import (
	"testing"

	"slipway/automation/cloud"
)

func TestHealthy(t *testing.T) {
	awsvpc := cloud.Task{Containers: []cloud.Container{{Addresses: []string{"10.0.1.5"}}}}
	bridge := cloud.Task{Host: "i-1", Containers: []cloud.Container{{HostPorts: []int{32768}}}}
	unknownHost := cloud.Task{Containers: []cloud.Container{{HostPorts: []int{32768}}}}
	target := func(id string, port int, state string) cloud.Target {
		return cloud.Target{ID: id, Port: port, State: state}
	}
	tests := []struct {
		name    string
		task    cloud.Task
		targets []cloud.Target
		want    int
	}{
		{"by address", awsvpc, []cloud.Target{target("10.0.1.5", 8080, "healthy")}, 1},
		{"another address", awsvpc, []cloud.Target{target("10.0.1.6", 8080, "healthy")}, 0},
		{"by instance and port", bridge, []cloud.Target{target("i-1", 32768, "healthy")}, 1},
		{"same port, another instance", bridge, []cloud.Target{target("i-2", 32768, "healthy")}, 0},
		{"host not known", unknownHost, []cloud.Target{target("i-2", 32768, "healthy")}, 1},
		{"one of two is not healthy", unknownHost, []cloud.Target{target("i-1", 32768, "healthy"), target("i-2", 32768, "initial")}, 0},
		{"only draining", bridge, []cloud.Target{target("i-1", 32768, "draining")}, 0},
		{"draining beside healthy", unknownHost, []cloud.Target{target("i-1", 32768, "healthy"), target("i-2", 32768, "draining")}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := healthy([]cloud.Task{tt.task}, tt.targets); got != tt.want {
				t.Errorf("healthy = %d, want %d", got, tt.want)
			}
		})
	}
}
