package elbv2

import (
	"regexp"
	"strconv"
	"strings"

	"slipway/sandbox/awsapi"
)

// healthCheck is how the targets of a group are checked. Interval and Timeout are in seconds.
type healthCheck struct {
	Enabled            *bool  `json:"enabled,omitempty"`
	HealthyThreshold   int    `json:"healthyThreshold,omitempty"`
	Interval           int    `json:"interval,omitempty"`
	Matcher            string `json:"matcher,omitempty"`
	Path               string `json:"path,omitempty"`
	Port               string `json:"port,omitempty"`
	Protocol           string `json:"protocol,omitempty"`
	Timeout            int    `json:"timeout,omitempty"`
	UnhealthyThreshold int    `json:"unhealthyThreshold,omitempty"`
}

// withDefaults fills in what was not given, as the AWS provider does.
func (h healthCheck) withDefaults() healthCheck {
	enabled := defaulted(h.Enabled, true)
	h.Enabled = &enabled
	for _, d := range []struct {
		at    *int
		value int
	}{{&h.HealthyThreshold, 3}, {&h.UnhealthyThreshold, 3}, {&h.Interval, 30}, {&h.Timeout, 5}} {
		if *d.at == 0 {
			*d.at = d.value
		}
	}
	for _, d := range []struct {
		at    *string
		value string
	}{{&h.Matcher, "200"}, {&h.Path, "/"}, {&h.Port, "traffic-port"}, {&h.Protocol, "HTTP"}} {
		if *d.at == "" {
			*d.at = d.value
		}
	}
	return h
}

func (h healthCheck) check() error {
	invalid := func(format string, args ...any) error {
		return awsapi.Errorf("ValidationError", format, args...)
	}
	port, err := strconv.Atoi(h.Port)
	switch {
	case !*h.Enabled:
		return invalid("Health check enabled must be true for target groups with target type 'instance' or 'ip'")
	case h.Protocol != "HTTP":
		return invalid("health check protocol '%s' is not available in the sandbox: only HTTP is", h.Protocol)
	case h.Interval < 5 || h.Interval > 300:
		return invalid("Health check interval must be from 5 to 300 seconds, it is %d", h.Interval)
	case h.Timeout < 2 || h.Timeout > 120:
		return invalid("Health check timeout must be from 2 to 120 seconds, it is %d", h.Timeout)
	case h.Timeout >= h.Interval:
		return invalid("Health check interval must be greater than the timeout: they are %d and %d seconds", h.Interval, h.Timeout)
	case outside(h.HealthyThreshold) || outside(h.UnhealthyThreshold):
		return invalid("Health check thresholds must be from 2 to 10, they are %d and %d", h.HealthyThreshold, h.UnhealthyThreshold)
	case h.Port != "traffic-port" && (err != nil || port < 1 || port > 65535):
		return invalid("Health check port must be 'traffic-port' or from 1 to 65535, it is '%s'", h.Port)
	case !strings.HasPrefix(h.Path, "/") || len(h.Path) > 1024:
		return invalid("Health check path '%s' must begin with a '/' and have at most 1024 characters", h.Path)
	}
	_, err = parseMatcher(h.Matcher)
	return err
}

func outside(threshold int) bool { return threshold < 2 || threshold > 10 }

// matcher is the set of status codes that count as success: "200", "200,202", "200-299".
type matcher []struct{ from, to int }

var matcherForm = regexp.MustCompile(`^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$`)

func parseMatcher(s string) (m matcher, err error) {
	if !matcherForm.MatchString(s) {
		return nil, awsapi.Errorf("ValidationError", "Health check matcher HTTP code '%s' must be a code, a list (200,202) or a range (200-299)", s)
	}
	for part := range strings.SplitSeq(s, ",") {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		low, _ := strconv.Atoi(from)
		high, _ := strconv.Atoi(to)
		if low < 200 || high > 499 || low > high {
			return nil, awsapi.Errorf("ValidationError", "Health check matcher HTTP code '%s' must be within '200-499'", part)
		}
		m = append(m, struct{ from, to int }{low, high})
	}
	return m, nil
}

func (m matcher) match(code int) bool {
	for _, r := range m {
		if r.from <= code && code <= r.to {
			return true
		}
	}
	return false
}
