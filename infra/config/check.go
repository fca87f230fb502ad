package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// contradictions are values that are right alone and wrong together.
func (c *Config) contradictions() []Problem {
	var problems []Problem
	refuse := func(wrong bool, key, value, allowed string) {
		if wrong {
			problems = append(problems, Problem{Key: key, Value: value, Allowed: allowed})
		}
	}
	refuse(c.Commit != "" && c.Image == "", "commit", c.Commit, "only together with slipway:image")
	refuse(c.DomainName != "" && c.CertificateArn == "", "domainName", c.DomainName, "only together with slipway:certificateArn")
	refuse(c.CertificateArn != "" && c.DomainName == "", "certificateArn", c.CertificateArn,
		"only together with slipway:domainName, the name that the certificate is for: clients refuse it under any other")
	refuse(c.HostedZone != "" && c.DomainName == "", "hostedZoneId", c.HostedZone, "only together with slipway:domainName, the name that the record is for")
	refuse(c.Kind == KindEnvironment && len(c.ZoneNames) == 1, "zoneNames", strings.Join(c.ZoneNames, ","),
		"2 to 6 zones for an environment: a load balancer needs two")
	refuse(c.MaxCount < c.DesiredCount, "maxCount", strconv.Itoa(c.MaxCount),
		fmt.Sprintf("at least slipway:desiredCount (%d)", c.DesiredCount))
	// Amazon ECS Developer Guide, "Monitor Amazon ECS containers with ECS Exec", November 2026.
	refuse(c.Exec && c.ReadonlyRootFilesystem, "exec", "true",
		"only without slipway:readonlyRootFilesystem: the agent that ECS puts into the container has to write there")
	refuse(c.rolloutIsStuck(), "maximumPercent", strconv.Itoa(c.MaximumPercent),
		"enough for one task more, or slipway:minimumHealthyPercent low enough for one task less: a rollout could start and stop nothing")
	if c.Capacity == CapacityEC2 {
		refuse(c.MaxInstances < c.MinInstances, "maxInstances", strconv.Itoa(c.MaxInstances),
			fmt.Sprintf("at least slipway:minInstances (%d)", c.MinInstances))
		refuse(ArchitectureOf(c.InstanceType) != c.Architecture, "instanceType", c.InstanceType,
			"an instance type with the architecture "+c.Architecture+" (slipway:architecture)")
		refuse(!c.roomForRollout(), "maxInstances", strconv.Itoa(c.MaxInstances), c.roomNeeded())
	} else {
		refuse(!fargateSize(c.CPU, c.Memory), "memory", strconv.Itoa(c.Memory),
			fmt.Sprintf("a size that Fargate offers for slipway:cpu (%d), such as 512 MiB for 256 CPU units", c.CPU))
	}
	c.appContradictions(refuse)
	c.gateContradictions(refuse)
	c.deliveryContradictions(refuse)
	return problems
}

// rolloutIsStuck applies ECS's rounding: the lower bound goes up, the upper bound goes down.
func (c *Config) rolloutIsStuck() bool {
	lower := (c.DesiredCount*c.MinimumHealthyPercent + 99) / 100
	upper := c.DesiredCount * c.MaximumPercent / 100
	return lower == c.DesiredCount && upper == c.DesiredCount
}

// graviton matches the families whose generation is followed by g (t4g, c7gn), and a1.
var graviton = regexp.MustCompile(`\A([a-z]+[0-9]+g[a-z]*|a1)(-[a-z0-9]+)?\.`)

// ArchitectureOf is the CPU architecture of an EC2 instance type.
func ArchitectureOf(instanceType string) string {
	if graviton.MatchString(instanceType) {
		return ArchitectureARM
	}
	return ArchitectureX86
}

// fargateSize follows the table of task sizes in the Amazon ECS developer guide, "Task CPU and memory".
func fargateSize(cpu, memory int) bool {
	between := func(low, high, step int) bool { return memory >= low && memory <= high && memory%step == 0 }
	switch cpu {
	case 256:
		return memory == 512 || memory == 1024 || memory == 2048
	case 512:
		return between(1024, 4096, 1024)
	case 1024:
		return between(2048, 8192, 1024)
	case 2048:
		return between(4096, 16384, 1024)
	case 4096:
		return between(8192, 30720, 1024)
	case 8192:
		return between(16384, 61440, 4096)
	case 16384:
		return between(32768, 122880, 8192)
	}
	return false
}
