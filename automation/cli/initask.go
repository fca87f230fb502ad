package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"slipway/automation/dockerfile"
	"slipway/automation/fault"
	"slipway/infra/config"
)

// wanted is a value that init needs.
type wanted struct {
	flag, key string // of the command line, and of the configuration
	question  string
	otherwise string // what was found, or the default
	given     bool   // by its flag
	set       func(text string) error
}

func (b *beginning) wants(folder string, found dockerfile.Facts) []wanted {
	port, whichPort := "", "Port that the app listens on"
	if len(found.Ports) > 0 {
		port = strconv.Itoa(found.Ports[0])
	}
	if len(found.Ports) > 1 {
		whichPort += fmt.Sprintf(" (the Dockerfile exposes %s)", listed(found.Ports))
	}
	return []wanted{
		{"--name", "appName", "Name of the project, which begins the names on AWS", appNameOf(folder), b.name != "", into(&b.name)},
		{"--port", "containerPort", whichPort, port, b.port != 0, b.setPort},
		{"--health-path", "healthPath", "Path that answers 200 when the app is well", orDefault(found.Health, "/"), b.health != "", into(&b.health)},
	}
}

func into(to *string) func(string) error {
	return func(said string) error { *to = said; return nil }
}

func (b *beginning) setPort(text string) (err error) {
	if b.port, err = strconv.Atoi(text); err != nil {
		return badBeginning(fmt.Sprintf("--port %q: a port from 1 to 65535", text), "slipway init --port 8080")
	}
	return nil
}

// choose takes what the flags say, what a person says, or what was found, in this order.
func (b *beginning) choose(s *Session, folder string, found dockerfile.Facts) error {
	ask := s.interactive() && !b.yes
	for _, value := range b.wants(folder, found) {
		var err error
		switch {
		case value.given:
		case ask:
			err = b.ask(s, value, found)
		case value.flag == "--port" && len(found.Ports) > 1:
			err = badBeginning(fmt.Sprintf("the Dockerfile exposes %s: which one answers HTTP?", listed(found.Ports)), "slipway init --port "+value.otherwise)
		case value.otherwise == "":
			err = unsaid(value.flag, found)
		default:
			err = value.set(value.otherwise)
		}
		if err != nil {
			return err
		}
	}
	return b.check("")
}

// ask asks until the answer is one that can be. Nothing said takes what was found, or leaves where nothing was.
func (b *beginning) ask(s *Session, value wanted, found dockerfile.Facts) error {
	for {
		said, err := s.ask(fmt.Sprintf("%s [%s]: ", value.question, value.otherwise))
		if err != nil {
			return err
		}
		if said == "" && value.otherwise == "" {
			return unsaid(value.flag, found)
		}
		if err = value.set(orDefault(said, value.otherwise)); err == nil {
			err = b.check(value.key)
		}
		var wrong *fault.Error
		if said == "" || !errors.As(err, &wrong) {
			return err
		}
		_, _ = fmt.Fprintln(s.Talk, wrong.Cause)
	}
}

// unsaid is the error for a value that is not known: only a name and a port can be.
func unsaid(flag string, found dockerfile.Facts) error {
	if flag == "--name" {
		return badBeginning("the folder's name gives no name for a project", "slipway init --name my-app")
	}
	cause := "the Dockerfile has no EXPOSE line, so nothing says which port the app listens on"
	if len(found.Odd) > 0 {
		cause = fmt.Sprintf("the Dockerfile's EXPOSE %s names no single port of TCP from 1 to 65535", strings.Join(found.Odd, " "))
	}
	if found.Base != "" {
		cause += "; its base image " + found.Base + " says it to a Docker engine that has pulled it"
	}
	return badBeginning(cause, "slipway init --port 8080, or the port that it is")
}

// check refuses what no environment could be made with, by the rules of its configuration: the value of one key, or all
// that were set when key is empty.
func (b *beginning) check(key string) error {
	values := map[string]string{"kind": config.KindEnvironment, "appName": b.name, "containerPort": strconv.Itoa(b.port), "healthPath": b.health}
	_, err := config.Parse(values)
	var wrong *config.Error
	if !errors.As(err, &wrong) {
		return err
	}
	flags := map[string]string{"appName": "--name", "containerPort": "--port", "healthPath": "--health-path"}
	var causes []string
	for _, p := range wrong.Problems {
		if key == "" || key == p.Key {
			causes = append(causes, fmt.Sprintf("%s %q: %s", orDefault(flags[p.Key], p.Key), p.Value, p.Allowed))
		}
	}
	if len(causes) == 0 {
		return nil
	}
	return badBeginning(strings.Join(causes, "; "), "slipway init --help")
}

func badBeginning(cause, next string) error {
	return &fault.Error{Op: "making a project", Cause: cause, Next: next, Code: fault.BadInput}
}

var notInAppName = regexp.MustCompile(`[^a-z0-9]+`)

// appNameOf is the folder's name as that of an app.
func appNameOf(folder string) string {
	name := strings.Trim(notInAppName.ReplaceAllString(strings.ToLower(filepath.Base(folder)), "-"), "-")
	return strings.TrimRight(name[:min(len(name), 20)], "-")
}

func listed(ports []int) string {
	var all []string
	for _, port := range ports {
		all = append(all, strconv.Itoa(port))
	}
	return strings.Join(all, " and ")
}
