package controller_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"slipway/sandbox/jenkins/controller"
)

func TestParseJob(t *testing.T) {
	for name, c := range map[string]struct{ config, want string }{
		"pipeline":     {"<flow-definition/>", "it is a <flow-definition>: only freestyle jobs (<project>) run here"},
		"no XML":       {"hello", "reading the job app: "},
		"git":          {`<project><scm class="hudson.plugins.git.GitSCM"/></project>`, "the source code management hudson.plugins.git.GitSCM is not supported here"},
		"builder":      {"<project><builders><hudson.tasks.Maven/></builders></project>", "the build step hudson.tasks.Maven is not supported here"},
		"publisher":    {"<project><publishers><hudson.tasks.Mailer/></publishers></project>", "the post-build action hudson.tasks.Mailer is not supported here"},
		"trigger":      {"<project><triggers><hudson.triggers.TimerTrigger/></triggers></project>", "the trigger hudson.triggers.TimerTrigger is not supported here"},
		"property":     {"<project><properties><a.B/></properties></project>", "the property a.B is not supported here"},
		"quiet period": {"<project><quietPeriod>5</quietPeriod></project>", "<quietPeriod> is not supported here"},
		"parameter": {
			"<project><properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions><hudson.model.FileParameterDefinition><name>F</name>" +
				"</hudson.model.FileParameterDefinition></parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties></project>",
			"the parameter F is a hudson.model.FileParameterDefinition, which is not supported here",
		},
		"no artifacts": {"<project><publishers><hudson.tasks.ArtifactArchiver/></publishers></project>", "names none"},
		"archiver": {
			"<project><publishers><hudson.tasks.ArtifactArchiver><artifacts>a</artifacts><zip>true</zip></hudson.tasks.ArtifactArchiver></publishers></project>",
			"<zip> in <hudson.tasks.ArtifactArchiver> is not supported here",
		},
	} {
		if _, err := controller.ParseJob("app", []byte(c.config)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	j, err := controller.ParseJob("app", []byte(job(true, "a &amp;&amp; b", "<buildWrappers><hudson.plugins.timestamper.TimestamperBuildWrapper/></buildWrappers>")))
	if err != nil || !j.Concurrent || len(j.Parameters) != 1 || j.Steps[0].Command != "a && b" {
		t.Errorf("the job is %+v, %v", j, err)
	}
}

func TestResolve(t *testing.T) {
	from := controller.Sources{
		Variables: map[string]string{"WHERE": "/run/a", "EMPTY": ""},
		ReadFile: func(path string) ([]byte, error) {
			if path != "/run/a" {
				return nil, os.ErrNotExist
			}
			return []byte(" ${WHERE}}p${\n"), nil
		},
	}
	for text, want := range map[string]string{
		"plain": "plain", "${trim:${readFile:/run/a}}": "${WHERE}}p${", "${readFile:${WHERE}}": " ${WHERE}}p${\n", "<${NONE}>": "<>",
		"${NONE:-other}": "other", "${EMPTY:-other}": "", "${WHERE} and ${WHERE}": "/run/a and /run/a",
	} {
		if got, err := from.Resolve(text); got != want || err != nil {
			t.Errorf("%s is %q, %v", text, got, err)
		}
	}
	if _, err := from.Resolve("${readFile:/run/b}"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
	if _, err := from.Resolve("${aws:secret}"); err == nil || !strings.Contains(fmt.Sprint(err), "${aws:…} of Configuration as Code is not supported") {
		t.Errorf("another source gives %v", err)
	}
}

func TestParseSettings(t *testing.T) {
	const realm = "jenkins: {securityRealm: {local: {allowsSignup: false, users: [{id: a, password: %q}]}}, authorizationStrategy: %s}"
	const closed = "{loggedInUsersCanDoAnything: {allowAnonymousRead: false}}"
	for _, c := range []struct{ text, want string }{
		{"jenkins: {}", "jenkins.securityRealm is not a local one"},
		{fmt.Sprintf(realm, "x", "{loggedInUsersCanDoAnything: {allowAnonymousRead: true}}"), "without anonymous read"},
		{fmt.Sprintf(realm, "x", "{unsecured: {}}"), "without anonymous read"},
		{fmt.Sprintf(realm, "${NONE}", closed), "the password of the user a: it is empty"},
		{"jenkins: [", "reading Configuration as Code"},
	} {
		if _, err := controller.ParseSettings([]byte(c.text), controller.Sources{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s gives %v", c.text, err)
		}
	}
	s, err := controller.ParseSettings([]byte(fmt.Sprintf(realm, "x", closed)+"\nunclassified: {location: {url: 'https://j:8443'}}"), controller.Sources{})
	if err != nil || s.URL != "https://j:8443/" || s.Users["a"] != "x" || s.Executors != 2 {
		t.Errorf("the settings are %+v, %v", s, err)
	}
}
