package network

import (
	"regexp"
	"strconv"
)

// Size is what ECS may give to tasks on one instance.
type Size struct {
	CPU    int64 // in units; a processor has 1024
	Memory int64 // in MiB
}

// typeParts are the family, the generation with its attributes, and the size of an instance type.
var typeParts = regexp.MustCompile(`\A([a-z]+)[0-9]+[a-z-]*\.([0-9]*)([a-z]+)\z`)

// burstable and perProcessor are MiB by size and by family (Amazon EC2 instance types guide, November 2026).
var (
	burstable    = map[string]int64{"nano": 512, "micro": 1024, "small": 2048, "medium": 4096, "large": 8192, "xlarge": 16384, "2xlarge": 32768}
	perProcessor = map[string]int64{"c": 2048, "m": 4096, "r": 8192}
	processors   = map[string]int64{"medium": 1, "large": 2, "xlarge": 4}
)

// registered is the part of an instance's memory that its ECS agent offers, in percent: what the kernel calls the total
// (ECS developer guide, "Reserving Amazon ECS Linux container instance memory", November 2026; 95 is seen on small types).
const registered = 95

// SizeOf returns what a type has, and false for a type that is not known here.
func SizeOf(instanceType string) (Size, bool) {
	part := typeParts.FindStringSubmatch(instanceType)
	if part == nil {
		return Size{}, false
	}
	family, times, size := part[1], int64(1), part[3]
	if part[2] != "" {
		times, _ = strconv.ParseInt(part[2], 10, 64)
	}
	count := processors[size] * times
	memory := perProcessor[family] * count
	if family == "t" {
		memory = burstable[part[2]+size]
		count = max(2, processors[size]*times)
	}
	return Size{CPU: 1024 * count, Memory: memory * registered / 100}, count > 0 && memory > 0
}
