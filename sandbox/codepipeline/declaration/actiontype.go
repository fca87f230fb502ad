package declaration

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
)

// TypeID is the identity of an action type.
type TypeID struct {
	Category string `json:"category"`
	Owner    string `json:"owner"`
	Provider string `json:"provider"`
	Version  string `json:"version"`
}

// String returns the id as the key of an action type: "Build/Custom/Jenkins/1".
func (t TypeID) String() string {
	return strings.Join([]string{t.Category, t.Owner, t.Provider, t.Version}, "/")
}

// ActionType is an ActionType of the CodePipeline API.
type ActionType struct {
	ID         TypeID     `json:"id"`
	Settings   *Settings  `json:"settings,omitempty"`
	Properties []Property `json:"actionConfigurationProperties"`
	Inputs     Count      `json:"inputArtifactDetails"`
	Outputs    Count      `json:"outputArtifactDetails"`
}

// Settings are the URL templates of an action type; "{Config:Name}" and "{ExternalExecutionId}" are filled in.
type Settings struct {
	ThirdPartyConfigurationURL string `json:"thirdPartyConfigurationUrl,omitempty"`
	EntityURLTemplate          string `json:"entityUrlTemplate,omitempty"`
	ExecutionURLTemplate       string `json:"executionUrlTemplate,omitempty"`
	RevisionURLTemplate        string `json:"revisionUrlTemplate,omitempty"`
}

// Property is one key that an action's configuration may or must have.
type Property struct {
	Name        string `json:"name"`
	Required    bool   `json:"required"`
	Key         bool   `json:"key"`
	Secret      bool   `json:"secret"`
	Queryable   bool   `json:"queryable"`
	Description string `json:"description,omitempty"`
	Type        string `json:"type,omitempty"`
}

// Count is how many artifacts an action may have.
type Count struct {
	Minimum int `json:"minimumCount"`
	Maximum int `json:"maximumCount"`
}

// Categories are the kinds of action that a custom action type may have.
var Categories = []string{"Source", "Build", "Deploy", "Test", "Invoke", "Approval", "Compute"}

var (
	providerForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,35}$`)
	versionForm  = regexp.MustCompile(`^[0-9A-Za-z_-]{1,9}$`)
	urlForm      = regexp.MustCompile(`^https?://[^\s]+$`)
	configForm   = regexp.MustCompile(`\{([^{}]*)\}`)
)

// Queryable returns the name of the property that jobs are asked for by, or "".
func (t ActionType) Queryable() string {
	for _, p := range t.Properties {
		if p.Queryable {
			return p.Name
		}
	}
	return ""
}

// Property returns the property with this name, and whether there is one.
func (t ActionType) Property(name string) (Property, bool) {
	i := slices.IndexFunc(t.Properties, func(p Property) bool { return p.Name == name })
	if i < 0 {
		return Property{}, false
	}
	return t.Properties[i], true
}

func invalid(format string, args ...any) error {
	return awsapi.Errorf("ValidationException", format, args...)
}

// Check returns an error for a custom action type that CreateCustomActionType refuses.
func (t ActionType) Check() error {
	switch {
	case !slices.Contains(Categories, t.ID.Category):
		return invalid("the category of a custom action is one of %s, not %q", strings.Join(Categories, ", "), t.ID.Category)
	case !providerForm.MatchString(t.ID.Provider):
		return invalid("the provider of a custom action is 1 to 35 of A-Z, a-z, 0-9, _ and -, not %q", t.ID.Provider)
	case !versionForm.MatchString(t.ID.Version):
		return invalid("the version of a custom action is 1 to 9 of A-Z, a-z, 0-9, _ and -, not %q", t.ID.Version)
	case len(t.Properties) > 10:
		return invalid("a custom action has at most 10 configuration properties, not %d", len(t.Properties))
	}
	for what, c := range map[string]Count{"input": t.Inputs, "output": t.Outputs} {
		if c.Minimum < 0 || c.Maximum > 5 || c.Minimum > c.Maximum {
			return invalid("the number of %s artifacts is between 0 and 5, not %d to %d", what, c.Minimum, c.Maximum)
		}
	}
	if err := t.checkProperties(); err != nil {
		return err
	}
	return t.checkSettings()
}

func (t ActionType) checkProperties() error {
	seen := map[string]bool{}
	queryable := ""
	for _, p := range t.Properties {
		switch {
		case len(p.Name) < 1 || len(p.Name) > 50:
			return invalid("the name of a configuration property has 1 to 50 characters, not %q", p.Name)
		case seen[p.Name]:
			return invalid("the configuration property %q is there twice", p.Name)
		case len(p.Description) > 160:
			return invalid("the description of the configuration property %q has more than 160 characters", p.Name)
		case p.Type != "" && !slices.Contains([]string{"String", "Number", "Boolean"}, p.Type):
			return invalid("the configuration property %q is a String, Number or Boolean, not a %s", p.Name, p.Type)
		case p.Queryable && queryable != "":
			return invalid("only one configuration property can be queryable, and both %q and %q are", queryable, p.Name)
		case p.Queryable && (!p.Required || p.Secret):
			return invalid("the queryable configuration property %q must be required and not secret", p.Name)
		}
		seen[p.Name] = true
		if p.Queryable {
			queryable = p.Name
		}
	}
	return nil
}

func (t ActionType) checkSettings() error {
	if t.Settings == nil {
		return nil
	}
	s := *t.Settings
	for _, u := range []struct{ name, text string }{
		{"thirdPartyConfigurationUrl", s.ThirdPartyConfigurationURL}, {"entityUrlTemplate", s.EntityURLTemplate},
		{"executionUrlTemplate", s.ExecutionURLTemplate}, {"revisionUrlTemplate", s.RevisionURLTemplate},
	} {
		if u.text == "" {
			continue
		}
		if len(u.text) > 2048 || !urlForm.MatchString(u.text) {
			return invalid("%s is no URL of at most 2048 characters: %q", u.name, u.text)
		}
		if err := t.checkTemplate(u.name, u.text); err != nil {
			return err
		}
	}
	return nil
}

func (t ActionType) checkTemplate(name, text string) error {
	for _, m := range configForm.FindAllStringSubmatch(text, -1) {
		key, isConfig := strings.CutPrefix(m[1], "Config:")
		if !isConfig {
			if m[1] != "ExternalExecutionId" {
				return invalid("%s has the unknown placeholder %s", name, m[0])
			}
			continue
		}
		if p, ok := t.Property(key); !ok || !p.Required || p.Secret {
			return invalid("%s names %q, which is no configuration property that is required and not secret", name, key)
		}
	}
	return nil
}

// Fill returns a URL template of the type with an action's configuration and external execution id in it,
// or "" while it names an id that is not known yet.
func Fill(template string, configuration map[string]string, external string) string {
	if strings.Contains(template, "{ExternalExecutionId}") && external == "" {
		return ""
	}
	filled := strings.ReplaceAll(template, "{ExternalExecutionId}", external)
	for name, value := range configuration {
		filled = strings.ReplaceAll(filled, fmt.Sprintf("{Config:%s}", name), value)
	}
	return filled
}
