package config

import (
	"fmt"
	"regexp"
	"strconv"
)

// An instance type is a family, a generation, attributes and a size; the letters of the family that are sized by a fixed
// ratio of memory to processors are those below (Amazon EC2 instance types guide, "Instance type specifications").
var (
	instanceTypeParts = regexp.MustCompile(`\A([a-z]+)[0-9]+[a-z]*\.([a-z0-9]+)\z`)
	burstable         = map[string]int{"nano": 512, "micro": 1024, "small": 2048, "medium": 4096, "large": 8192, "xlarge": 16384, "2xlarge": 32768}
	perProcessor      = map[string]int{"c": 2048, "m": 4096, "r": 8192}
)

// installedMemory is what an instance type has, in MiB, and false for a type that is not known here.
func installedMemory(instanceType string) (int, bool) {
	part := instanceTypeParts.FindStringSubmatch(instanceType)
	if part == nil {
		return 0, false
	}
	if part[1] == "t" {
		memory, known := burstable[part[2]]
		return memory, known
	}
	processors, known := processorsOf(part[2])
	return perProcessor[part[1]] * processors, known && perProcessor[part[1]] > 0
}

func processorsOf(size string) (int, bool) {
	switch size {
	case "medium":
		return 1, true
	case "large":
		return 2, true
	case "xlarge":
		return 4, true
	}
	times := regexp.MustCompile(`\A([0-9]+)xlarge\z`).FindStringSubmatch(size)
	if times == nil {
		return 0, false
	}
	n, err := strconv.Atoi(times[1])
	return 4 * n, err == nil
}

// UsableMemory is what ECS may give to tasks on an instance of a type, in MiB, and false for a type that is not known
// here. The agent offers what the kernel calls the total, which is less than what is installed (ECS developer guide,
// "Reserving Amazon ECS Linux container instance memory": 7985 MiB of 8192 on an m4.large). Newer instances keep back
// more, and small ones the larger part, so that this is an estimate on the low side: 90 percent less 32 MiB.
func UsableMemory(instanceType string) (int, bool) {
	installed, known := installedMemory(instanceType)
	return max(0, installed*90/100-32), known
}

// TasksOn is how many tasks find room in the memory of so many hosts, and false when the instance type is not known.
func (c *Config) TasksOn(hosts int) (int, bool) {
	usable, known := UsableMemory(c.InstanceType)
	if !known || c.Memory == 0 {
		return 0, false
	}
	_, further := c.FurtherRoom()
	return usable / (c.Memory + further) * hosts, true
}

// rolloutTasks are the tasks that have to run beside each other before the first old one may go.
func (c *Config) rolloutTasks() int {
	lower := (c.DesiredCount*c.MinimumHealthyPercent + 99) / 100
	return max(c.DesiredCount, lower+1)
}

// roomForRollout is false when even all hosts together have no room for one task more than has to run: ECS would wait
// for it, and the rollout would never end.
func (c *Config) roomForRollout() bool {
	fit, known := c.TasksOn(c.MaxInstances)
	return !known || fit >= c.rolloutTasks()
}

func (c *Config) roomNeeded() string {
	one, _ := c.TasksOn(1)
	usable, _ := UsableMemory(c.InstanceType)
	return fmt.Sprintf("hosts for the %d tasks that a rollout runs beside each other: %d of %s fit on one %s, which has about %d MiB for tasks. "+
		"More hosts, a larger slipway:instanceType, less slipway:memory or a lower slipway:minimumHealthyPercent", c.rolloutTasks(), one, c.taskMemory(), c.InstanceType, usable)
}

func (c *Config) taskMemory() string {
	text := fmt.Sprintf("slipway:memory = %d", c.Memory)
	if _, further := c.FurtherRoom(); further > 0 {
		text += fmt.Sprintf(" and %d for slipway:containers", further)
	}
	return text
}
