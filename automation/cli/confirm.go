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
	if err != nil {
		return false, err
	}
	return agreed(answer), nil
}

// agreed is whether an answer is yes. Every other one is no.
func agreed(answer string) bool {
	answer = strings.ToLower(answer)
	return answer == "y" || answer == "yes"
}

// declined is the error of a command that somebody was asked about and did not want.
func declined(op string) error {
	return &fault.Error{Op: op, Cause: "declined; nothing was changed", Code: fault.Unexpected}
}

// typed asks for a name to be typed again.
func (s *Session) typed(name string) (bool, error) {
	s.quiet()
	answer, err := s.ask(fmt.Sprintf("Everything in stack %s is deleted. Type its name to go on: ", name))
	if err == nil && answer != name {
		return false, &fault.Error{Op: "destroying stack " + name, Cause: "its name was not typed; nothing was changed", Code: fault.Unexpected}
	}
	return err == nil, err
}

// ask answers a line. Ctrl-C leaves at once: nothing has begun yet.
func (s *Session) ask(question string) (string, error) {
	s.quiet()
	if s.answers == nil {
		s.answers = bufio.NewReader(s.In)
	}
	s.asks.Store(true)
	defer s.asks.Store(false)
	_, _ = fmt.Fprint(s.Talk, question)
	type read struct {
		text string
		err  error
	}
	got := make(chan read, 1)
	go func() {
		text, err := s.answers.ReadString('\n')
		got <- read{text, err}
	}()
	select {
	case <-s.left:
		_, _ = fmt.Fprintln(s.Talk)
		return "", &fault.Error{Op: "asking", Cause: "interrupted; nothing was changed", Code: fault.Interrupted}
	case line := <-got:
		if line.err != nil && !errors.Is(line.err, io.EOF) {
			return "", fmt.Errorf("reading the answer: %w", line.err)
		}
		return strings.TrimSpace(line.text), nil
	}
}
