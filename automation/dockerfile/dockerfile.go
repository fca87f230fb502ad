// Package dockerfile reads what a Dockerfile says of the container that it makes.
package dockerfile

import (
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// Facts are what the last stage says, and the stages that it is made from.
type Facts struct {
	Base   string   // the image that the first of these stages is made from; empty for scratch
	Ports  []int    // TCP ports of EXPOSE, in ascending order, each once
	Odd    []string // words of EXPOSE, as they are written, that name no single TCP port: a range, one of UDP, 99999, an unset variable
	User   string   // of USER; empty when there is none
	Health string   // the path that HEALTHCHECK asks for on the container itself; empty when there is none
}

// Read reads a Dockerfile. Variables have the defaults of their ARG and ENV lines; what cannot be known without a build
// is left out. Errors are the parser's, with the line.
func Read(from io.Reader) (Facts, error) {
	parsed, err := parser.Parse(from)
	if err != nil {
		return Facts{}, err
	}
	stages, global, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return Facts{}, err
	}
	if len(stages) == 0 {
		return Facts{}, fmt.Errorf("it has no FROM line")
	}
	r := reader{words: shell.NewLex(parsed.EscapeToken)}
	for _, argument := range global {
		r.arguments(argument)
	}
	for _, stage := range r.line(stages) {
		for _, command := range stage.Commands {
			r.command(command)
		}
	}
	return r.facts, nil
}

// reader collects facts line by line.
type reader struct {
	words *shell.Lex
	known []string // NAME=value
	facts Facts
}

// line is the last stage behind those that it is made from, the first one first.
func (r *reader) line(stages []instructions.Stage) (all []instructions.Stage) {
	at := len(stages) - 1
	for at >= 0 {
		all = append([]instructions.Stage{stages[at]}, all...)
		base := r.text(stages[at].BaseName)
		before, found := instructions.HasStage(stages[:at], base)
		if !found {
			if r.facts.Base = base; base == "scratch" {
				r.facts.Base = ""
			}
			return all
		}
		at = before
	}
	return all
}

func (r *reader) text(word string) string {
	text, _, err := r.words.ProcessWord(word, shell.EnvsFromSlice(r.known))
	if err != nil {
		return ""
	}
	return text
}

func (r *reader) arguments(line instructions.ArgCommand) {
	for _, pair := range line.Args {
		if pair.Value != nil {
			r.known = append(r.known, pair.Key+"="+r.text(*pair.Value))
		}
	}
}

func (r *reader) command(line instructions.Command) {
	switch line := line.(type) {
	case *instructions.ArgCommand:
		r.arguments(*line)
	case *instructions.EnvCommand:
		for _, pair := range line.Env {
			r.known = append(r.known, pair.Key+"="+r.text(pair.Value))
		}
	case *instructions.ExposeCommand:
		for _, word := range line.Ports {
			r.port(word)
		}
	case *instructions.UserCommand:
		r.facts.User = r.text(line.User)
	case *instructions.HealthCheckCommand:
		r.facts.Health = asked(strings.Join(line.Health.Test, " "))
	}
}

// port takes "3000" and "3000/tcp"; ranges and UDP say nothing of where HTTP is.
func (r *reader) port(word string) {
	number, protocol, _ := strings.Cut(r.text(word), "/")
	port, err := strconv.Atoi(number)
	if err != nil || protocol != "" && !strings.EqualFold(protocol, "tcp") || port < 1 || port > 65535 {
		r.facts.Odd = append(r.facts.Odd, word)
		return
	}
	if !slices.Contains(r.facts.Ports, port) {
		r.facts.Ports = append(r.facts.Ports, port)
		slices.Sort(r.facts.Ports)
	}
}

var itself = regexp.MustCompile(`https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])[^\s"'|;&)]*`)

// asked is the path of the first URL in a check's command that leads to the container itself.
func asked(command string) string {
	u, err := url.Parse(itself.FindString(command))
	if err != nil || u.Host == "" {
		return ""
	}
	if u.Path == "" {
		return "/"
	}
	return u.RequestURI()
}
