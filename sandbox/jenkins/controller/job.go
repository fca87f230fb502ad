package controller

import (
	"fmt"
	"strconv"
	"strings"
)

// Job is a freestyle job as its config.xml defines it.
type Job struct {
	Name        string
	Description string
	Disabled    bool
	Concurrent  bool // builds of it run side by side
	Parameters  []Parameter
	Steps       []Shell
	Archivers   []Archiver
	KeepBuilds  int // 0: all
	KeepDays    int // 0: for ever
}

// Parameter is a parameter of a job.
type Parameter struct {
	Kind        string // the Java class of its definition, such as hudson.model.StringParameterDefinition
	Name        string
	Description string
	Default     string
	Choices     []string
	Trim        bool
}

// Shell is a build step "Execute shell".
type Shell struct {
	Command  string
	Unstable int // the exit code that makes a build unstable; 0: none
}

// ParseJob reads a config.xml. What a job would do that is not done here is an error, never left out.
func ParseJob(name string, config []byte) (Job, error) {
	root, err := parseXML(config)
	if err != nil {
		return Job{}, fmt.Errorf("reading the job %s: %w", name, err)
	}
	j := Job{Name: name}
	if err := j.read(root); err != nil {
		return Job{}, fmt.Errorf("the job %s: %w", name, err)
	}
	return j, nil
}

// sections reads the children of a <project>.
var sections = map[string]func(*Job, element) error{
	"properties":    (*Job).property,
	"builders":      (*Job).builder,
	"publishers":    (*Job).publisher,
	"buildWrappers": (*Job).wrapper,
	"triggers":      (*Job).trigger,
}

// harmless are the children of a <project> that change nothing here: there is one node, and no upstream job.
var harmless = map[string]bool{
	"actions": true, "description": true, "keepDependencies": true, "canRoam": true, "disabled": true, "concurrentBuild": true,
	"blockBuildWhenDownstreamBuilding": true, "blockBuildWhenUpstreamBuilding": true, "displayName": true,
}

func (j *Job) read(root element) error {
	if root.name() != "project" {
		return fmt.Errorf("it is a <%s>: only freestyle jobs (<project>) run here", root.name())
	}
	j.Description, j.Disabled, j.Concurrent = root.text("description"), root.flag("disabled"), root.flag("concurrentBuild")
	for _, section := range root.Children {
		if err := j.section(section); err != nil {
			return err
		}
	}
	return nil
}

func (j *Job) section(e element) error {
	read := sections[e.name()]
	switch {
	case read != nil:
		for _, child := range e.Children {
			if err := read(j, child); err != nil {
				return err
			}
		}
		return nil
	case e.name() == "scm" && e.class() == "hudson.scm.NullSCM":
		return nil
	case e.name() == "quietPeriod" && strings.TrimSpace(e.Text) == "0":
		return nil
	case harmless[e.name()]:
		return nil
	case e.name() == "scm":
		return fmt.Errorf("the source code management %s is not supported here", e.class())
	}
	return fmt.Errorf("<%s> is not supported here", e.name())
}

func (j *Job) property(e element) error {
	switch e.class() {
	case "hudson.model.ParametersDefinitionProperty":
		list, _ := e.child("parameterDefinitions")
		for _, definition := range list.Children {
			p, err := parameter(definition)
			if err != nil {
				return err
			}
			j.Parameters = append(j.Parameters, p)
		}
		return nil
	case "jenkins.model.BuildDiscarderProperty":
		return j.discarder(e)
	}
	return fmt.Errorf("the property %s is not supported here", e.class())
}

func (j *Job) discarder(e element) error {
	strategy, _ := e.child("strategy")
	if strategy.class() != "hudson.tasks.LogRotator" {
		return fmt.Errorf("the build discarder %s is not supported here", strategy.class())
	}
	for name, target := range map[string]*int{"numToKeep": &j.KeepBuilds, "daysToKeep": &j.KeepDays} {
		n, err := number(strategy, name)
		if err != nil {
			return err
		}
		*target = max(n, 0)
	}
	for _, name := range []string{"artifactNumToKeep", "artifactDaysToKeep"} {
		if n, err := number(strategy, name); err != nil || n > 0 {
			return fmt.Errorf("<%s> of the build discarder is not supported here", name)
		}
	}
	return nil
}

// number reads the whole number in a child; one that is empty or missing is 0.
func number(e element, name string) (int, error) {
	text := strings.TrimSpace(e.text(name))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("<%s> is %q, not a number", name, text)
	}
	return n, nil
}

func parameter(e element) (Parameter, error) {
	p := Parameter{
		Kind: e.class(), Name: strings.TrimSpace(e.text("name")), Description: e.text("description"),
		Default: e.text("defaultValue"), Trim: e.flag("trim"),
	}
	if p.Name == "" {
		return p, fmt.Errorf("a parameter has no name")
	}
	switch p.Kind {
	case "hudson.model.StringParameterDefinition", "hudson.model.TextParameterDefinition":
	case "hudson.model.BooleanParameterDefinition":
		p.Default = strconv.FormatBool(strings.TrimSpace(p.Default) == "true")
	case "hudson.model.ChoiceParameterDefinition":
		p.Choices = choices(e)
		if len(p.Choices) == 0 {
			return p, fmt.Errorf("the parameter %s has no choices", p.Name)
		}
		p.Default = p.Choices[0]
	default:
		return p, fmt.Errorf("the parameter %s is a %s, which is not supported here", p.Name, p.Kind)
	}
	return p, nil
}

// choices are the strings in <choices>, whichever Java list holds them.
func choices(e element) []string {
	list, _ := e.child("choices")
	if a, ok := list.child("a"); ok {
		list = a
	}
	var all []string
	for _, s := range list.Children {
		all = append(all, s.Text)
	}
	return all
}

func (j *Job) builder(e element) error {
	if e.class() != "hudson.tasks.Shell" {
		return fmt.Errorf("the build step %s is not supported here", e.class())
	}
	if err := e.only("command", "configuredLocalRules", "unstableReturn"); err != nil {
		return err
	}
	if rules, _ := e.child("configuredLocalRules"); len(rules.Children) > 0 {
		return fmt.Errorf("the environment filters of a shell step are not supported here")
	}
	unstable, err := number(e, "unstableReturn")
	j.Steps = append(j.Steps, Shell{e.text("command"), unstable})
	return err
}

// wrapper takes the timestamper, which shows times beside the log and changes nothing of a build.
func (j *Job) wrapper(e element) error {
	if e.class() == "hudson.plugins.timestamper.TimestamperBuildWrapper" {
		return nil
	}
	return fmt.Errorf("the build wrapper %s is not supported here", e.class())
}

func (j *Job) trigger(e element) error {
	return fmt.Errorf("the trigger %s is not supported here", e.class())
}

func (j *Job) publisher(e element) error {
	if e.class() != "hudson.tasks.ArtifactArchiver" {
		return fmt.Errorf("the post-build action %s is not supported here", e.class())
	}
	a, err := archiver(e)
	j.Archivers = append(j.Archivers, a)
	return err
}
