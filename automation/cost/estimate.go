package cost

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Resource is a resource of a stack as its program declares it.
type Resource struct {
	Type   string // "aws:ec2/natGateway:NatGateway"
	Inputs map[string]any
}

// Estimate is what a stack costs a month at rest, in US dollars, by part.
type Estimate struct {
	Month     float64            `json:"month"`
	Parts     map[string]float64 `json:"parts"`
	Unpriced  []string           `json:"unpriced,omitempty"` // instance types that the table has no price for
	Region    string             `json:"region"`             // of the prices
	Date      string             `json:"date"`
	Uncounted string             `json:"uncounted"`
}

// Uncounted is what depends on use and is in no estimate.
const Uncounted = "traffic, load balancer capacity units, logs, storage of images and artifacts, requests, pipeline minutes, and hosts or tasks above the minimum"

// Of estimates a stack.
func Of(all []Resource) Estimate {
	e := Estimate{Parts: map[string]float64{}, Region: Region, Date: Date, Uncounted: Uncounted}
	for _, r := range all {
		switch strings.TrimPrefix(r.Type, "aws:") {
		case "ec2/natGateway:NatGateway":
			e.add("NAT", "nat", 1)
		case "ec2/eip:Eip":
			e.add("public IPv4", "ipv4", 1)
		case "lb/loadBalancer:LoadBalancer":
			e.balancer(r.Inputs)
		case "ec2/instance:Instance":
			e.instance(text(r.Inputs, "instanceType"), 1)
			e.add("disks", "gp3", number(nested(r.Inputs, "rootBlockDevice"), "volumeSize"))
		case "ebs/volume:Volume":
			e.add("disks", "gp3", number(r.Inputs, "size"))
		case "kms/key:Key":
			e.add("KMS", "kms", 1)
		case "cloudwatch/metricAlarm:MetricAlarm":
			e.add("alarms", "alarm", 1)
		case "autoscaling/group:Group":
			e.hosts(all, number(r.Inputs, "minSize"))
		case "ecs/service:Service":
			e.fargate(all, number(r.Inputs, "desiredCount"))
		}
	}
	for _, part := range e.Parts {
		e.Month += part
	}
	return e
}

func (e *Estimate) add(part, price string, n float64) {
	if n > 0 {
		e.Parts[part] += prices[price].month() * n
	}
}

// balancer counts an address for each subnet of one that faces the internet.
func (e *Estimate) balancer(inputs map[string]any) {
	e.add("load balancer", "alb", 1)
	subnets, _ := inputs["subnets"].([]any)
	if internal, _ := inputs["internal"].(bool); !internal {
		e.add("public IPv4", "ipv4", float64(len(subnets)))
	}
}

func (e *Estimate) instance(kind string, n float64) {
	price, known := instances[kind]
	if !known && kind != "" && n > 0 && !slices.Contains(e.Unpriced, kind) {
		e.Unpriced = append(e.Unpriced, kind)
	}
	if known && n > 0 {
		e.Parts["instances"] += price * HoursAMonth * n
	}
}

// hosts are as many as the group has at least, each as the launch template says.
func (e *Estimate) hosts(all []Resource, n float64) {
	for _, r := range all {
		if r.Type != "aws:ec2/launchTemplate:LaunchTemplate" {
			continue
		}
		e.instance(text(r.Inputs, "instanceType"), n)
		e.add("disks", "gp3", n*number(nested(nested(r.Inputs, "blockDeviceMappings"), "ebs"), "volumeSize"))
		if text(nested(r.Inputs, "networkInterfaces"), "associatePublicIpAddress") == "true" {
			e.add("public IPv4", "ipv4", n)
		}
	}
}

// fargate counts the tasks that a service wants, when its task definition is for Fargate.
func (e *Estimate) fargate(all []Resource, n float64) {
	for _, r := range all {
		kinds, _ := r.Inputs["requiresCompatibilities"].([]any)
		if r.Type != "aws:ecs/taskDefinition:TaskDefinition" || !slices.Contains(kinds, any("FARGATE")) {
			continue
		}
		suffix := ""
		if text(nested(r.Inputs, "runtimePlatform"), "cpuArchitecture") == "ARM64" {
			suffix = "Arm"
		}
		e.add("Fargate", "vcpu"+suffix, n*number(r.Inputs, "cpu")/1024)
		e.add("Fargate", "gb"+suffix, n*number(r.Inputs, "memory")/1024)
	}
}

// String is the estimate on one line.
func (e Estimate) String() string {
	names := make([]string, 0, len(e.Parts))
	for name := range e.Parts {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return e.Parts[names[i]] > e.Parts[names[j]] })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s $%.0f", name, math.Ceil(e.Parts[name]))
	}
	line := fmt.Sprintf("about $%.0f a month at rest (%s prices read in %s): %s", e.Month, e.Region, e.Date, strings.Join(names, ", "))
	if len(e.Unpriced) > 0 {
		line += "; without " + strings.Join(e.Unpriced, ", ") + ", whose price is not in the table"
	}
	return line + "; not counted: " + e.Uncounted
}

// nested is an object below a key; of a list, the first one.
func nested(inputs map[string]any, key string) map[string]any {
	value := inputs[key]
	if list, is := value.([]any); is && len(list) > 0 {
		value = list[0]
	}
	object, _ := value.(map[string]any)
	return object
}

func text(inputs map[string]any, key string) string {
	value, _ := inputs[key].(string)
	return value
}

// number reads what the SDK writes as a number or as text.
func number(inputs map[string]any, key string) float64 {
	switch v := inputs[key].(type) {
	case float64:
		return v
	case int:
		return float64(v)
	case string:
		n, _ := strconv.ParseFloat(v, 64)
		return n
	}
	return 0
}
