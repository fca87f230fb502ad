package diagnose

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
)

var codes = regexp.MustCompile(`(?i)health checks? failed with these codes: \[([0-9, ]+)\]|codes?: \[([0-9, ]+)\]`)

// answersWrongly finds an app that answers the health check, and not as it should.
func answersWrongly(r *Report) (Finding, bool) {
	line, ok := first(codes, r.told())
	if !ok {
		return Finding{}, false
	}
	groups := codes.FindStringSubmatch(line)
	answered := strings.TrimSpace(groups[1] + groups[2])
	found := Finding{
		Cause: "the health check is answered with " + answered + " instead of success", Next: "make slipway:healthPath answer 200", Because: []string{line},
	}
	if refused, ok := first(hostRefused, r.logged()); ok {
		found.Cause = "the app refuses the Host of the health check, which is the task's address: it answers " + answered
		found.Next = "let slipway:healthPath answer whatever the Host (ALLOWED_HOSTS, config.hosts and the like), then deploy a new commit"
		found.Because = append(found.Because, refused)
		return found, true
	}
	switch answered {
	case "404":
		found.Cause += ": the app has no such path"
		found.Next = "set slipway:healthPath to a path that the app has, then slipway up ENVIRONMENT"
	case "301", "302", "307", "308":
		found.Cause += ": the app redirects, as to https"
		found.Next = "let slipway:healthPath answer over http without a redirect, or set slipway:healthPath to where it leads"
	case "401", "403":
		found.Cause += ": the app wants to know who asks, or refuses the Host"
		found.Next = "let slipway:healthPath answer without credentials, whatever the Host"
	case "400", "421":
		found.Cause += ": the app may refuse the Host, which is the task's address"
		found.Next = "let slipway:healthPath answer whatever the Host"
	}
	return found, true
}

// hostRefused is how Django, Rails, Vite and webpack's server, and Symfony log a Host that they do not know.
var hostRefused = regexp.MustCompile(`(?i)invalid http_host header|blocked hosts?:|blocked request\. this host|invalid host header|untrusted host`)

// unreached says that the load balancer got no answer at all.
var unreached = regexp.MustCompile(`(?i)Target\.(Timeout|FailedHealthChecks)|failed ELB health checks|timed out|connection refused|\(reason Health checks failed\)`)

// unhealthyTask is why ECS stops a task that the load balancer found unhealthy.
var unhealthyTask = regexp.MustCompile(`(?i)failed (ELB|container) health checks`)

// listening is how apps log where they listen. A line that only connects somewhere has none of the words.
var listening = regexp.MustCompile(`(?i)\b(?:listen(?:s|ing)?|serv(?:ing|er started|er running|er is running)|bound|started|running|available|ready|development server)\b.{0,60}?(?:\b(?:on|at|to|addr(?:ess)?|port|\()\b|[(:=]).{0,20}?(?:(127\.0\.0\.\d+|localhost|\[::1\]|0\.0\.0\.0|\[::\]|\*):|:|port[ =:]+)(\d{2,5})\b`)

// address is where the log says that the app listens.
type address struct {
	host string // empty where it does not say
	port int
	line string
}

func addresses(lines []string) []address {
	var all []address
	for _, line := range lines {
		if groups := listening.FindStringSubmatch(line); groups != nil {
			port, _ := strconv.Atoi(groups[2])
			all = append(all, address{strings.Trim(groups[1], "[]"), port, line})
		}
	}
	return all
}

// local says that only the container itself reaches the address.
func (a address) local() bool {
	ip := net.ParseIP(a.host)
	return a.host == "localhost" || ip != nil && ip.IsLoopback()
}

// listensElsewhere finds an app that the load balancer cannot reach, and that logs where it listens instead.
func listensElsewhere(r *Report) (Finding, bool) {
	why, ok := first(unreached, r.told())
	if !ok {
		return Finding{}, false
	}
	all := addresses(r.logged())
	for _, a := range all {
		if !a.local() && (a.port == r.Port || r.Port == 0) {
			return Finding{}, false
		}
	}
	if len(all) == 0 {
		return Finding{}, false
	}
	a := all[0]
	found := Finding{Because: []string{a.line, why}}
	if a.local() {
		found.Cause = fmt.Sprintf("the app listens on %s, which nothing outside its container reaches", net.JoinHostPort(a.host, strconv.Itoa(a.port)))
		found.Next = fmt.Sprintf("make it listen on 0.0.0.0:%d, then deploy a new commit", r.Port)
	} else {
		found.Cause = fmt.Sprintf("the app listens on port %d, and the load balancer asks port %d", a.port, r.Port)
		found.Next = fmt.Sprintf("set slipway:containerPort to %d, then slipway up ENVIRONMENT, or make the app listen on %d", a.port, r.Port)
	}
	return found, true
}

// slowStart finds an app that was stopped for its health before its log says that it listens.
func slowStart(r *Report) (Finding, bool) {
	if _, ok := first(unreached, r.told()); !ok || len(r.logged()) == 0 || len(addresses(r.logged())) > 0 {
		return Finding{}, false
	}
	for _, s := range r.Stopped {
		if !strings.Contains(s.Reason, "failed ELB health checks") || s.Started.IsZero() {
			continue
		}
		because := append(s.lines(), fmt.Sprintf("it ran for %.0f s; slipway:healthGrace is %.0f s", s.At.Sub(s.Started).Seconds(), r.Grace))
		return Finding{
			Cause:   "the app was stopped for its health before its log says that it listens: its start takes longer than the grace period",
			Next:    "raise slipway:healthGrace beyond what the start takes, then slipway up ENVIRONMENT",
			Because: because,
		}, true
	}
	return Finding{}, false
}
