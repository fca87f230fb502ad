package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Words in place of a list of environments.
const (
	approvalsAll  = "all"
	approvalsNone = "none"
)

// stackPattern is what a stack, and a stage of a pipeline, may be called.
var stackPattern = whole(`[A-Za-z0-9_.-]{1,100}`)

const mostEnvironments = 8

// SourceStage is the first stage of a pipeline, a name that no environment can have.
const SourceStage = "Source"

func setEnvironments(c *Config, value string) bool {
	names, ok := stackNames(value)
	c.Environments = names
	return ok && len(names) <= mostEnvironments && !slices.Contains(names, SourceStage) && !slices.Contains(names, ImagesStack)
}

func setApprovals(c *Config, value string) (ok bool) {
	if value == approvalsNone {
		c.Approvals = nil
		return true
	}
	c.Approvals, ok = stackNames(value)
	return ok
}

// stackNames reads names, each of which may stand once.
func stackNames(value string) ([]string, bool) {
	var names []string
	for _, field := range strings.Split(value, ",") {
		name := strings.TrimSpace(field)
		if !stackPattern().MatchString(name) || slices.Contains(names, name) {
			return names, false
		}
		names = append(names, name)
	}
	return names, true
}

func setConsoleURL(c *Config, value string) bool {
	parsed, err := url.Parse(value)
	c.ConsoleURL = strings.TrimRight(value, "/")
	return err == nil && (parsed.Scheme == "https" || parsed.Scheme == "http") && parsed.Host != "" &&
		parsed.User == nil && parsed.RawQuery == "" && parsed.Fragment == "" && plainURL().MatchString(value)
}

// setNotifyWebhook takes a URL whose path or query may be what the receiver knows its senders by.
func setNotifyWebhook(c *Config, value string) bool {
	parsed, err := url.Parse(value)
	c.NotifyWebhook = value
	return err == nil && parsed.Scheme == "https" && parsed.Host != "" && parsed.User == nil && parsed.Fragment == "" && len(value) <= 2000 && webhookURL.MatchString(value)
}

var webhookURL = regexp.MustCompile(`\A[!-~]+\z`)

var zoneID = regexp.MustCompile(`\A[A-Z0-9]{1,32}\z`)

func setHostedZones(c *Config, value string) bool {
	for _, field := range strings.Split(value, ",") {
		id := strings.TrimSpace(field)
		if !zoneID.MatchString(id) || slices.Contains(c.HostedZones, id) {
			return false
		}
		c.HostedZones = append(c.HostedZones, id)
	}
	return len(c.HostedZones) <= mostEnvironments
}

// plainURL has no character that a page or a terminal reads in another way than a URL does.
var plainURL = whole(`[A-Za-z0-9._~:/?=&%@+,-]{1,1000}`)

// oddInFile are characters that would not mean themselves in a file of variables; a folder's name may hold blanks.
func oddInFile(r rune) bool {
	return !unicode.IsPrint(r) || strings.ContainsRune("\"'\\`$", r)
}

// setBackendURL takes the backends that the Jenkins host can use: it has a role on AWS and a disk, and no token of
// another service.
func setBackendURL(c *Config, value string) bool {
	parsed, err := url.Parse(value)
	c.BackendURL = value
	if err != nil || parsed.User != nil || strings.ContainsFunc(value, oddInFile) {
		return false
	}
	return parsed.Scheme == "s3" && parsed.Host != "" || parsed.Scheme == "file" && parsed.Host == "" && strings.HasPrefix(parsed.Path, "/")
}

// deliveryContradictions are values about delivery that are right alone and wrong together.
func (c *Config) deliveryContradictions(refuse func(wrong bool, key, value, allowed string)) {
	github := c.ConnectionArn != "" || c.GitHubRepository != ""
	refuse(c.GitHubRepository != "" && c.ConnectionArn == "", "githubRepository", c.GitHubRepository, "only together with slipway:connectionArn")
	refuse(c.ConnectionArn != "" && c.GitHubRepository == "", "connectionArn", c.ConnectionArn, "only together with slipway:githubRepository")
	refuse(c.ExistingRepository != "" && github, "existingRepository", c.ExistingRepository, "not together with a repository on GitHub")
	refuse(c.RepositoryName != "" && (c.ExistingRepository != "" || c.GitHubRepository != ""), "repositoryName", c.RepositoryName,
		"only for a repository that the stack makes: not together with slipway:existingRepository or slipway:githubRepository")
	refuse(slices.Contains(c.Environments, c.DeliveryStack), "environments", strings.Join(c.Environments, ","),
		"environments only: "+c.DeliveryStack+" is the stack that Jenkins itself stands in (slipway:deliveryStack)")
	for _, name := range c.Approvals {
		refuse(!slices.Contains(c.Environments[1:], name), "approvals", name,
			"one of slipway:environments ("+strings.Join(c.Environments, ",")+") after the first, which every commit goes to")
	}
	network := []struct{ key, value string }{
		{"jenkinsVpcId", c.JenkinsVPC}, {"jenkinsSubnetId", c.JenkinsSubnet}, {"jenkinsZone", c.JenkinsZone},
	}
	for _, part := range network {
		refuse(part.value == "" && c.JenkinsVPC+c.JenkinsSubnet+c.JenkinsZone != "", part.key, "",
			"required for a given network: slipway:jenkinsVpcId, slipway:jenkinsSubnetId and slipway:jenkinsZone go together")
	}
	refuse(len(c.HostedZones) > 0 && !c.DeployInfrastructure, "hostedZoneIds", strings.Join(c.HostedZones, ","),
		"only together with slipway:deployInfrastructure: without it Jenkins changes no record")
	if c.Kind == KindDelivery {
		refuse(c.AllowedCidr == "", "allowedCidr", "", "required for a delivery stack: who may reach Jenkins, a CIDR block such as 203.0.113.7/32")
		refuse(c.BackendURL == "", "backendUrl", "", "required for a delivery stack: the state backend that Jenkins deploys with, such as s3://bucket/prefix?region=us-east-1&awssdk=v2")
		refuse(c.WorkerBinary == "", "workerBinary", "", "required for a delivery stack: the slipway binary that the Jenkins host gets, such as bin/slipway")
	}
}
