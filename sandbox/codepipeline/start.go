package codepipeline

import (
	"context"
	"fmt"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/codepipeline/declaration"
	"slipway/sandbox/naming"
)

// concurrent is how many executions of a pipeline may be unfinished.
const concurrent = 50

func errNoPipeline(name string) error {
	return awsapi.Errorf("PipelineNotFoundException", "Account '%s' does not have a pipeline with name '%s'", naming.Account, name)
}

func invalid(format string, args ...any) error {
	return awsapi.Errorf("ValidationException", format, args...)
}

// Start begins an execution of a pipeline, and returns its id.
func (s *Service) Start(_ context.Context, name string, by Trigger) (string, error) {
	return s.start(name, by, nil, "")
}

// start begins an execution with values for pipeline variables. The same client token begins only one.
func (s *Service) start(name string, by Trigger, given map[string]string, token string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipelines[name]
	if p == nil {
		return "", errNoPipeline(name)
	}
	unfinished := 0
	for _, e := range s.of(name) {
		if token != "" && e.ClientToken == token {
			return e.ID, nil
		}
		if !e.finished() {
			unfinished++
		}
	}
	if unfinished >= concurrent {
		return "", awsapi.Errorf("ConcurrentPipelineExecutionsLimitExceededException",
			"The pipeline %s has %d executions that are not finished, the most that it may have.", name, unfinished)
	}
	variables, err := valuesOf(p.Pipeline, given)
	if err != nil {
		return "", err
	}
	e := s.newExecution(p.Pipeline, by)
	e.Variables, e.ClientToken = variables, token
	if err := s.put(e); err != nil {
		return "", err
	}
	return e.ID, s.advance()
}

func (s *Service) newExecution(p declaration.Pipeline, by Trigger) *execution {
	number := 0
	for _, e := range s.executions {
		number = max(number, e.Number)
	}
	by.Detail = short(by.Detail, 1024)
	return &execution{
		ID: naming.UUID(), Number: number + 1, Declaration: p, Status: InProgress, Trigger: by,
		Started: s.Clock.Now().UTC(), Stages: make([]stageRun, len(p.Stages)),
	}
}

// valuesOf are the values of a pipeline's variables: those given, else the defaults.
func valuesOf(p declaration.Pipeline, given map[string]string) (map[string]string, error) {
	values := map[string]string{}
	for _, v := range p.Variables {
		value, ok := given[v.Name]
		if !ok {
			value = v.DefaultValue
		}
		if value == "" {
			return nil, invalid("the pipeline variable %s has no default and no value was given", v.Name)
		}
		values[v.Name] = value
	}
	for name := range given {
		if _, ok := values[name]; !ok {
			return nil, invalid("%s", fmt.Sprintf("the pipeline %s has no variable %s", p.Name, name))
		}
	}
	return values, nil
}
