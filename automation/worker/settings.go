package worker

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"slipway/automation/fault"
)

// Settings is what a worker is told by its environment.
type Settings struct {
	Region       string
	JenkinsURL   string
	User         string
	PasswordFile string
	Job          string // of Jenkins, and the ProjectName of the CodePipeline jobs that are taken
	Provider     string // of the custom action type
	Version      string
	Dir          string        // sources, downloads and the state of jobs lie below it
	Health       string        // address of the health endpoint, host:port; empty for none
	Poll         time.Duration // between polls while there is work
	Idle         time.Duration // between polls otherwise
	Jobs         int           // how many jobs are held at once
	Deadline     time.Duration // from taking a job to its end
}

// Defaults of the settings that may be left out. A poll each five seconds at work keeps the hand-over of a started
// build short; idle, a push waits at most fifteen.
const (
	defaultPoll     = 5 * time.Second
	defaultIdle     = 15 * time.Second
	defaultJobs     = 2
	defaultDeadline = 30 * time.Minute
)

// reader collects what is wrong with the environment.
type reader struct {
	look     func(string) string
	problems []string
}

// FromEnvironment reads the settings through look, which is os.Getenv outside tests. Everything that is missing or
// cannot be right is named in one error, of the code for bad input.
func FromEnvironment(look func(string) string) (Settings, error) {
	r := &reader{look: look}
	s := Settings{
		Region:       r.text("AWS_REGION", region),
		JenkinsURL:   r.address("SLIPWAY_JENKINS_URL"),
		User:         r.text("SLIPWAY_JENKINS_USER", anything),
		PasswordFile: r.path("SLIPWAY_JENKINS_PASSWORD_FILE"),
		Job:          r.text("SLIPWAY_JOB", jobName),
		Provider:     r.text("SLIPWAY_ACTION_PROVIDER", provider),
		Version:      r.text("SLIPWAY_ACTION_VERSION", actionVersion),
		Dir:          r.path("SLIPWAY_WORKER_DIR"),
		Health:       r.loopback("SLIPWAY_WORKER_HEALTH"),
		Poll:         r.duration("SLIPWAY_WORKER_POLL", defaultPoll, 10*time.Millisecond),
		Jobs:         r.count("SLIPWAY_WORKER_JOBS", defaultJobs),
		Deadline:     r.duration("SLIPWAY_WORKER_DEADLINE", defaultDeadline, time.Second),
	}
	s.Idle = s.Poll
	if look("SLIPWAY_WORKER_POLL") == "" {
		s.Idle = defaultIdle
	}
	if len(r.problems) == 0 {
		return s, nil
	}
	return Settings{}, &fault.Error{
		Op: "reading the worker's environment", Cause: "it cannot be right", Evidence: r.problems,
		Next: "correct it, on the host in /etc/slipway/worker.env; docs/worker.md lists every variable", Code: fault.BadInput,
	}
}

// form is what a value must look like, with words for it.
type form struct {
	of    *regexp.Regexp
	words string
}

var (
	anything      = form{regexp.MustCompile(`.`), "some text"}
	region        = form{regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`), "a region such as eu-central-1"}
	jobName       = form{regexp.MustCompile(`^[A-Za-z0-9_-]{1,20}$`), "1 to 20 letters, digits, _ and -"}
	provider      = form{regexp.MustCompile(`^[A-Za-z0-9_-]{1,35}$`), "1 to 35 letters, digits, _ and -"}
	actionVersion = form{regexp.MustCompile(`^[A-Za-z0-9_-]{1,9}$`), "1 to 9 letters, digits, _ and -"}
)

func (r *reader) wrong(name, value, words string) {
	if value == "" {
		r.problems = append(r.problems, fmt.Sprintf("%s is not set: it must be %s", name, words))
		return
	}
	r.problems = append(r.problems, fmt.Sprintf("%s is %q: it must be %s", name, value, words))
}

func (r *reader) text(name string, f form) string {
	value := r.look(name)
	if !f.of.MatchString(value) {
		r.wrong(name, value, f.words)
	}
	return value
}

func (r *reader) path(name string) string {
	value := r.look(name)
	if !filepath.IsAbs(value) {
		r.wrong(name, value, "an absolute path")
	}
	return value
}

// address is the URL of Jenkins. The password goes there with every call, so plain HTTP must not leave the machine.
func (r *reader) address(name string) string {
	value := r.look(name)
	parsed, err := url.Parse(value)
	switch {
	case err != nil || parsed.Host == "" || parsed.User != nil || parsed.Scheme != "http" && parsed.Scheme != "https":
		r.wrong(name, value, "a URL of http or https, without a user")
	case parsed.Scheme == "http" && !local(parsed.Hostname()):
		r.wrong(name, value, "of https, or lead to this machine: the password goes there")
	}
	return value
}

func (r *reader) loopback(name string) string {
	value := r.look(name)
	host, port, err := net.SplitHostPort(value)
	if number, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || number == 0 && port != "0" || !local(host) {
		r.wrong(name, value, "an address of this machine alone, such as 127.0.0.1:8081")
	}
	return value
}

func local(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

func (r *reader) duration(name string, otherwise, least time.Duration) time.Duration {
	value := r.look(name)
	if value == "" {
		return otherwise
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < least || d > 24*time.Hour {
		r.wrong(name, value, fmt.Sprintf("a duration such as %s, from %s to 24h", otherwise, least))
	}
	return d
}

func (r *reader) count(name string, otherwise int) int {
	value := r.look(name)
	if value == "" {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > 20 {
		r.wrong(name, value, "a number from 1 to 20")
	}
	return n
}
