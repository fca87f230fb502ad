package worker

import (
	"errors"
	"strings"
	"testing"
	"time"

	"slipway/automation/fault"
)

func good() map[string]string {
	return map[string]string{
		"AWS_REGION": "eu-central-1", "SLIPWAY_JENKINS_URL": "http://127.3.0.4:8080", "SLIPWAY_JENKINS_USER": "worker",
		"SLIPWAY_JENKINS_PASSWORD_FILE": "/run/slipway/worker", "SLIPWAY_JOB": "slipway", "SLIPWAY_ACTION_PROVIDER": "slipway",
		"SLIPWAY_ACTION_VERSION": "123456789", "SLIPWAY_WORKER_DIR": "/var/lib/slipway", "SLIPWAY_WORKER_HEALTH": "127.0.0.1:8081",
	}
}

func from(values map[string]string) (Settings, error) {
	return FromEnvironment(func(name string) string { return values[name] })
}

func TestSettings(t *testing.T) {
	s, err := from(good())
	if err != nil || s.Poll != 5*time.Second || s.Idle != 15*time.Second || s.Jobs != 2 || s.Deadline != 30*time.Minute {
		t.Errorf("%+v, %v", s, err)
	}
	values := good()
	values["SLIPWAY_WORKER_POLL"] = "500ms"
	if s, err := from(values); err != nil || s.Poll != 500*time.Millisecond || s.Idle != s.Poll {
		t.Errorf("%+v, %v", s, err)
	}
	_, err = from(nil)
	var known *fault.Error
	if !errors.As(err, &known) || known.Code != fault.BadInput || len(known.Evidence) != len(good()) {
		t.Errorf("nothing set: %#v", err)
	}
}

func TestSettingsThatCannotBeRight(t *testing.T) {
	for name, wrong := range map[string][]string{
		"AWS_REGION":                    {"", "Frankfurt"},
		"SLIPWAY_JENKINS_URL":           {"127.0.0.1:8080", "ftp://127.0.0.1", "http://jenkins.example.com:8080", "https://me:pw@jenkins.example.com"},
		"SLIPWAY_JENKINS_PASSWORD_FILE": {"worker"},
		"SLIPWAY_JOB":                   {"a name", strings.Repeat("a", 21)},
		"SLIPWAY_ACTION_VERSION":        {"1234567890"},
		"SLIPWAY_WORKER_DIR":            {"work"},
		"SLIPWAY_WORKER_HEALTH":         {"0.0.0.0:8081", ":8081", "10.0.0.1:8081", "127.0.0.1", "127.0.0.1:http", "[::]:8081"},
		"SLIPWAY_WORKER_POLL":           {"5", "0s", "-1s", "25h"},
		"SLIPWAY_WORKER_JOBS":           {"0", "two", "21"},
		"SLIPWAY_WORKER_DEADLINE":       {"1ms", "never"},
	} {
		for _, value := range wrong {
			values := good()
			values[name] = value
			var known *fault.Error
			if _, err := from(values); !errors.As(err, &known) || len(known.Evidence) != 1 || !strings.HasPrefix(known.Evidence[0], name+" is ") {
				t.Errorf("%s=%q: %v", name, value, err)
			}
		}
	}
}
