package controller

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Settings are what Configuration as Code says of a Jenkins.
type Settings struct {
	Executors int
	URL       string            // the root URL, with a slash at its end
	Users     map[string]string // passwords by user
}

// ParseSettings reads a JCasC file. Variables and files in ${…} are looked up by the sources.
func ParseSettings(content []byte, from Sources) (Settings, error) {
	var parsed struct {
		Jenkins struct {
			NumExecutors  *int `yaml:"numExecutors"`
			SecurityRealm struct {
				Local *struct {
					AllowsSignup bool `yaml:"allowsSignup"`
					Users        []struct {
						ID       string `yaml:"id"`
						Password string `yaml:"password"`
					} `yaml:"users"`
				} `yaml:"local"`
			} `yaml:"securityRealm"`
			Authorization struct {
				LoggedIn *struct {
					AllowAnonymousRead bool `yaml:"allowAnonymousRead"`
				} `yaml:"loggedInUsersCanDoAnything"`
			} `yaml:"authorizationStrategy"`
		} `yaml:"jenkins"`
		Unclassified struct {
			Location struct {
				URL string `yaml:"url"`
			} `yaml:"location"`
		} `yaml:"unclassified"`
	}
	if err := yaml.Unmarshal(content, &parsed); err != nil {
		return Settings{}, fmt.Errorf("reading Configuration as Code: %w", err)
	}
	j := parsed.Jenkins
	switch {
	case j.SecurityRealm.Local == nil || j.SecurityRealm.Local.AllowsSignup:
		return Settings{}, errors.New("jenkins.securityRealm is not a local one without sign-up: others are not supported here")
	case j.Authorization.LoggedIn == nil || j.Authorization.LoggedIn.AllowAnonymousRead:
		return Settings{}, errors.New("jenkins.authorizationStrategy is not loggedInUsersCanDoAnything without anonymous read: others are not supported here")
	}
	s := Settings{Executors: 2, Users: map[string]string{}}
	if j.NumExecutors != nil {
		s.Executors = *j.NumExecutors
	}
	for _, user := range j.SecurityRealm.Local.Users {
		password, err := from.Resolve(user.Password)
		if err == nil && password == "" {
			err = errors.New("it is empty")
		}
		if err != nil {
			return s, fmt.Errorf("the password of the user %s: %w", user.ID, err)
		}
		s.Users[user.ID] = password
	}
	url, err := from.Resolve(parsed.Unclassified.Location.URL)
	if url != "" {
		s.URL = strings.TrimSuffix(url, "/") + "/"
	}
	return s, err
}
