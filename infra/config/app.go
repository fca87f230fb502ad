package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Build is how the image is made.
type Build struct {
	// Context is the folder that is sent to the build, relative to that of Pulumi.yaml.
	Context string
	// Dockerfile is relative to Context.
	Dockerfile string
	// Target is the stage to build; empty for the last one.
	Target string
	// Arguments are values for the ARG lines of the Dockerfile.
	Arguments map[string]string
	// Secrets are names of environment variables of whoever builds, and the ids under which a step of the Dockerfile has
	// them (RUN --mount=type=secret).
	Secrets []string
}

// HealthCheck is how the load balancer finds out whether a target is well. Its path is Config.HealthPath.
type HealthCheck struct {
	// Matcher are status codes such as 200, 200,204 or 200-299.
	Matcher string
	// Interval and Timeout are in seconds, the latter less than the former.
	Interval, Timeout int
	// HealthyThreshold and UnhealthyThreshold are how many checks in a row change the verdict.
	HealthyThreshold, UnhealthyThreshold int
}

// Healthy says whether a status code is one that the health check takes for well.
func (h HealthCheck) Healthy(status int) bool {
	for _, field := range strings.Split(h.Matcher, ",") {
		low, high := codes(field)
		if status >= low && status <= high {
			return true
		}
	}
	return false
}

func codes(field string) (low, high int) {
	first, last, isRange := strings.Cut(field, "-")
	low, _ = strconv.Atoi(first)
	if high = low; isRange {
		high, _ = strconv.Atoi(last)
	}
	return low, high
}

const (
	pathPattern         = `/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,999}`
	argumentPattern     = `[A-Za-z_][A-Za-z0-9_]{0,254}`
	relativePathPattern = `[^/\x00-\x1f\x7f\\][^\x00-\x1f\x7f\\]{0,999}`
)

var (
	argumentName = whole(argumentPattern)
	variableName = whole(`[A-Za-z_][A-Za-z0-9_.-]{0,254}`)
	matcher      = regexp.MustCompile(`\A[2-4][0-9]{2}(-[2-4][0-9]{2})?(,[2-4][0-9]{2}(-[2-4][0-9]{2})?)*\z`)
)

// setMatcher takes what an application load balancer does (Elastic Load Balancing API reference, Matcher: values from
// 200 to 499, several, or a range; read in November 2026).
func setMatcher(c *Config, value string) bool {
	c.HealthCheck.Matcher = value
	for _, field := range strings.Split(value, ",") {
		if low, high := codes(field); low > high {
			return false
		}
	}
	return matcher.MatchString(value)
}

// healthCheck are AWS's own bounds (Elastic Load Balancing API reference, CreateTargetGroup, read in November 2026).
var healthCheck = &group{within: "healthCheck.", settings: []setting{
	{"path", "", "a URL path that begins with a slash, up to 1000 characters; it is the same as slipway:healthPath", match(func(c *Config) *string { return &c.checkPath }, pathPattern)},
	{"matcher", "200", "status codes from 200 to 499: one, several separated by commas, or a range such as 200-299", setMatcher},
	{"interval", "5", "seconds from 5 to 300", within(func(c *Config) *int { return &c.HealthCheck.Interval }, 5, 300)},
	{"timeout", "3", "seconds from 2 to 120, fewer than the interval", within(func(c *Config) *int { return &c.HealthCheck.Timeout }, 2, 120)},
	{"healthyThreshold", "2", "a number of checks from 2 to 10", within(func(c *Config) *int { return &c.HealthCheck.HealthyThreshold }, 2, 10)},
	{"unhealthyThreshold", "2", "a number of checks from 2 to 10", within(func(c *Config) *int { return &c.HealthCheck.UnhealthyThreshold }, 2, 10)},
}}

var build = &group{
	within: "build.",
	settings: []setting{
		{"context", "images/app", "a folder, relative to that of Pulumi.yaml", match(func(c *Config) *string { return &c.Build.Context }, relativePathPattern)},
		{"dockerfile", "Dockerfile", "a file in the context", match(func(c *Config) *string { return &c.Build.Dockerfile }, relativePathPattern)},
		{"target", "", "a stage of the Dockerfile", match(func(c *Config) *string { return &c.Build.Target }, `[A-Za-z0-9][A-Za-z0-9_.-]{0,127}`)},
	},
	objects: []object{
		{key: "arguments", allowed: "a mapping from names of the Dockerfile's arguments to texts", take: mapping(func(c *Config) *map[string]string { return &c.Build.Arguments }, argument)},
		{key: "secrets", allowed: "a list of names of environment variables, each once", take: list(func(c *Config) *[]string { return &c.Build.Secrets }, once(argumentName, "the name of an environment variable: letters, digits and underscores"))},
	},
}

// objects are the keys whose value is a mapping or a list, in the order of the documentation.
var objects = []object{
	{key: "build", allowed: "a mapping", parts: build},
	{key: "variables", allowed: "a mapping from names to texts", take: mapping(func(c *Config) *map[string]string { return &c.Variables }, variable)},
	{key: "secrets", allowed: "a mapping from names to parameters of SSM or ARNs of Secrets Manager", take: mapping(func(c *Config) *map[string]string { return &c.Secrets }, secret)},
	{key: "buildSecrets", allowed: "a mapping from names of build.secrets to names of parameters of SSM", take: mapping(func(c *Config) *map[string]string { return &c.BuildSecrets }, buildSecret)},
	{key: "command", allowed: "a list of texts", take: list(func(c *Config) *[]string { return &c.Command }, anything)},
	{key: "entryPoint", allowed: "a list of texts", take: list(func(c *Config) *[]string { return &c.EntryPoint }, anything)},
	{key: "healthCheck", allowed: "a mapping", parts: healthCheck},
	{key: "taskPolicies", allowed: "a list of ARNs of managed policies and of files, each once", take: list(func(c *Config) *[]string { return &c.TaskPolicies },
		once(taskPolicy, "the ARN of a managed policy of IAM, or a JSON file, relative to the folder of Pulumi.yaml"))},
}

// known are all keys of a stack.
var known = &group{settings: slices.Concat(settings, gates), objects: slices.Concat(objects, gateObjects)}

func anything([]string, string) string { return "" }

// once checks each entry of a list that holds none twice.
func once(pattern func() *regexp.Regexp, allowed string) func([]string, string) string {
	return func(earlier []string, value string) string {
		switch {
		case slices.Contains(earlier, value):
			return "another entry: it is in the list already"
		case !pattern().MatchString(value):
			return allowed
		}
		return ""
	}
}

var taskPolicy = whole(managedPolicyPattern + `|` + relativePathPattern + `\.json`)

func argument(name, _ string) string {
	if !argumentName().MatchString(name) {
		return "a name of letters, digits and underscores"
	}
	return ""
}

// ReservedPrefix begins the variables that every task gets: which commit, image and environment it is.
const ReservedPrefix = "SLIPWAY_"

// reservedVariables are set by ECS itself (ECS developer guide, "Task metadata endpoint" and "Task IAM role").
var reservedVariables = []string{"AWS_EXECUTION_ENV", "AWS_CONTAINER_CREDENTIALS_", "ECS_CONTAINER_METADATA_URI", "ECS_AGENT_URI"}

func variable(name, _ string) string {
	if !variableName().MatchString(name) {
		return "a name of letters, digits, underscores, dots and hyphens that begins with no digit"
	}
	for _, reserved := range append([]string{ReservedPrefix}, reservedVariables...) {
		if strings.HasPrefix(name, reserved) {
			return "another name: those that begin with " + reserved + " are set for every task"
		}
	}
	return ""
}

// mostVariables leaves room for the rest of a task definition (ECS developer guide, "Amazon ECS service quotas": 64 KB, read
// in November 2026).
const mostVariables = 56 << 10

// appContradictions are values about the app that are right alone and wrong together.
func (c *Config) appContradictions(refuse func(wrong bool, key, value, allowed string)) {
	const mostOnFargate = 120 // ECS API reference, ContainerDefinition, read in November 2026
	refuse(c.Capacity == CapacityFargate && c.StopTimeout > mostOnFargate, "stopTimeout", strconv.Itoa(c.StopTimeout), "at most 120 with slipway:capacity = fargate")
	h := c.HealthCheck
	refuse(h.Timeout >= h.Interval, "healthCheck.timeout", strconv.Itoa(h.Timeout), "less than slipway:healthCheck.interval ("+strconv.Itoa(h.Interval)+")")
	size := 0
	for name, value := range c.Variables {
		size += len(name) + len(value)
	}
	refuse(size > mostVariables, "variables", strconv.Itoa(size)+" bytes", fmt.Sprintf("at most %d bytes of names and values together: ECS takes 64 KiB of a whole task definition", mostVariables))
	for _, name := range slices.Sorted(maps.Keys(c.Secrets)) {
		_, both := c.Variables[name]
		refuse(both, "secrets."+name, c.Secrets[name], "another name: slipway:variables has it too")
	}
}
