package config

import (
	"strings"
	"testing"
)

// A release of the default environment starts its new tasks beside all the old ones on the host that is there.
func TestDefaultRolloutNeedsNoMoreHosts(t *testing.T) {
	for _, architecture := range []string{ArchitectureX86, ArchitectureARM} {
		c, err := Parse(map[string]string{"kind": KindEnvironment, "architecture": architecture})
		if err != nil {
			t.Fatal(err)
		}
		most := c.DesiredCount * c.MaximumPercent / 100
		if fit, known := c.TasksOn(c.MinInstances); !known || fit < most {
			t.Errorf("%s: a rollout runs %d tasks, and %d fit on %d %s", architecture, most, fit, c.MinInstances, c.InstanceType)
		}
		if units := 1024 * 2 * c.MinInstances; most*c.CPU > units {
			t.Errorf("%s: a rollout takes %d CPU units of %d", architecture, most*c.CPU, units)
		}
	}
}

func TestRolloutThatNeverEndsIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		config map[string]string
		fits   bool
	}{
		"one more fits":            {map[string]string{"memory": "512", "desiredCount": "5"}, true},
		"one more does not fit":    {map[string]string{"memory": "512", "desiredCount": "6"}, false},
		"one less makes room":      {map[string]string{"memory": "512", "desiredCount": "6", "minimumHealthyPercent": "50"}, true},
		"more hosts":               {map[string]string{"memory": "512", "desiredCount": "6", "maxInstances": "3"}, true},
		"a task larger than hosts": {map[string]string{"memory": "1900", "desiredCount": "1"}, false},
		"a type not in the table":  {map[string]string{"instanceType": "x2iedn.xlarge", "memory": "1900", "desiredCount": "9"}, true},
		"fargate has room":         {map[string]string{"capacity": "fargate", "memory": "512", "desiredCount": "100"}, true},
	} {
		raw := map[string]string{"kind": KindEnvironment}
		for key, value := range c.config {
			raw[key] = value
		}
		_, err := Parse(raw)
		if (err == nil) != c.fits {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (!strings.Contains(err.Error(), "slipway:maxInstances") || !strings.Contains(err.Error(), "1811 MiB")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUsableMemory(t *testing.T) {
	for instance, want := range map[string]int{
		"t3.small": 1811, "t4g.small": 1811, "t3a.medium": 3654, "m7g.medium": 3654, "c6i.large": 3654, "m5.large": 7340, "r6gd.2xlarge": 58950,
	} {
		if got, known := UsableMemory(instance); !known || got != want {
			t.Errorf("%s: %d MiB, %v", instance, got, known)
		}
	}
	for _, instance := range []string{"x2iedn.xlarge", "m5.metal", "u-6tb1.56xlarge"} {
		if got, known := UsableMemory(instance); known {
			t.Errorf("%s: %d MiB", instance, got)
		}
	}
}
