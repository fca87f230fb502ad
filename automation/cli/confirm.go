package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"slipway/automation/engine"
	"slipway/automation/fault"
)

func noYes(op string) error {
	return &fault.Error{
		Op: op, Cause: "nobody can be asked here: this is no terminal", Next: "run the same command with --yes", Code: fault.BadInput,
	}
}

// agree shows a plan and asks whether to go on.
func (s *Session) agree(plan engine.Changes, question string) (bool, error) {
	s.quiet()
	printChanges(s.Talk, plan)
	answer, err := s.ask(question + " [y/N] ")
	answer = strings.ToLower(answer)
	return answer == "y" || answer == "yes", err
}

// typed asks for a name to be typed again.
func (s *Session) typed(name string) (bool, error) {
	s.quiet()
	answer, err := s.ask(fmt.Sprintf("Everything in stack %s is deleted. Type its name to go on: ", name))
	if err == nil && answer != name {
		return false, &fault.Error{Op: "destroying stack " + name, Cause: "its name was not typed", Code: fault.BadInput}
	}
	return err == nil, err
}

func (s *Session) ask(question string) (string, error) {
	_, _ = fmt.Fprint(s.Talk, question)
	answer, err := bufio.NewReader(s.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the answer: %w", err)
	}
	return strings.TrimSpace(answer), nil
}
