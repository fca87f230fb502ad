package ssm

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// The types of parameters.
const (
	plainString  = "String"
	stringList   = "StringList"
	secureString = "SecureString"
)

// mostBytes is how long a value of a standard and of an advanced parameter may be.
var mostBytes = map[string]int{"Standard": 4 << 10, "Advanced": 8 << 10}

// parameter is a parameter as the store keeps it. Only the newest version has a value.
type parameter struct {
	Name        string    `json:"name"`
	Type        string    `json:"type"`
	Plain       string    `json:"plain,omitempty"`
	Sealed      []byte    `json:"sealed,omitempty"` // of a SecureString
	Version     int64     `json:"version"`
	Modified    time.Time `json:"modified"`
	Description string    `json:"description,omitempty"`
	KeyID       string    `json:"keyId,omitempty"`
	Pattern     string    `json:"allowedPattern,omitempty"`
	DataType    string    `json:"dataType"`
	Tier        string    `json:"tier"`
}

var nameForm = regexp.MustCompile(`^[a-zA-Z0-9_.\-/]{1,1000}$`)

func errNoParameter(name string) error {
	return awsapi.Errorf("ParameterNotFound", "Parameter %s not found.", name)
}

// put writes a parameter and returns it. What is not given stays as it was.
func (s *Service) put(p parameter, value string, overwrite bool) (parameter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, found, err := s.parameters.Get(p.Name)
	if err != nil {
		return p, err
	}
	if found && !overwrite {
		return p, awsapi.Errorf("ParameterAlreadyExists",
			"The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	}
	p = p.after(old)
	if err := p.check(value); err != nil {
		return p, err
	}
	if err := s.usable(p); err != nil {
		return p, err
	}
	p.Version, p.Modified = old.Version+1, s.now()
	if p.Type == secureString {
		p.Plain, p.Sealed = "", s.seal.Close(p.Name, []byte(value))
	} else {
		p.Plain, p.Sealed = value, nil
	}
	return p, s.parameters.Put(p.Name, p)
}

// after fills what a new version leaves open: with the old one's, then with AWS's defaults.
func (p parameter) after(old parameter) parameter {
	for _, f := range []struct {
		now       *string
		old, none string
	}{
		{&p.Type, old.Type, ""}, {&p.Description, old.Description, ""}, {&p.KeyID, old.KeyID, ""}, {&p.Pattern, old.Pattern, ""},
		{&p.DataType, old.DataType, "text"}, {&p.Tier, old.Tier, "Standard"},
	} {
		for _, other := range []string{f.old, f.none} {
			if *f.now == "" {
				*f.now = other
			}
		}
	}
	if p.Type == secureString && p.KeyID == "" {
		p.KeyID = "alias/aws/ssm"
	}
	return p
}

func invalid(format string, args ...any) error {
	return awsapi.Errorf("ValidationException", format, args...)
}

func (p parameter) check(value string) error {
	switch {
	case !nameForm.MatchString(p.Name) || strings.Contains(p.Name, "/") && !strings.HasPrefix(p.Name, "/"):
		return invalid("Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive) and must be a fully qualified name: %q", p.Name)
	case reserved(p.Name):
		return awsapi.Errorf("AccessDeniedException", "No access to reserved parameter name: %s.", p.Name)
	case p.Type != plainString && p.Type != stringList && p.Type != secureString:
		return invalid("1 validation error detected: Value '%s' at 'type' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [SecureString, StringList, String]", p.Type)
	case value == "":
		return invalid("1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1")
	case mostBytes[p.Tier] == 0:
		return invalid("the tier %s is not supported here", p.Tier)
	case len(value) > mostBytes[p.Tier]:
		return invalid("%s tier parameters support a maximum parameter value of %d characters.", p.Tier, mostBytes[p.Tier])
	case p.DataType != "text":
		return invalid("the data type %s is not supported here", p.DataType)
	}
	return p.matches(value)
}

func (p parameter) matches(value string) error {
	if p.Pattern == "" {
		return nil
	}
	form, err := regexp.Compile("^(?:" + p.Pattern + ")$")
	if err != nil {
		return awsapi.Errorf("InvalidAllowedPatternException", "%v", err)
	}
	if !form.MatchString(value) {
		return awsapi.Errorf("ParameterPatternMismatchException", "Parameter value, cannot be validated against allowedPattern: %s", p.Pattern)
	}
	return nil
}

func reserved(name string) bool {
	first := strings.ToLower(strings.TrimPrefix(name, "/"))
	return strings.HasPrefix(first, "aws") || strings.HasPrefix(first, "ssm")
}

// managed begins the alias of the keys that AWS makes itself; they are always there.
const managed = "alias/aws/"

// usable refuses a SecureString whose key does not exist or is not enabled.
func (s *Service) usable(p parameter) error {
	if p.Type != secureString || s.encryption == nil || strings.Contains(p.KeyID, managed) {
		return nil
	}
	_, err := s.encryption.Usable(p.KeyID)
	var known *awsapi.Error
	if errors.As(err, &known) {
		return awsapi.Errorf("InvalidKeyId", "%s (Service: AWSKMS; Error Code: %s)", known.Message, known.Code)
	}
	return err
}

// open returns a parameter's value.
func (s *Service) open(p parameter) (string, error) {
	if p.Type != secureString {
		return p.Plain, nil
	}
	if err := s.usable(p); err != nil {
		return "", err
	}
	value, err := s.seal.Open(p.Name, p.Sealed)
	if err != nil {
		err = fmt.Errorf("the parameter %s: %w", p.Name, err)
		return "", &awsapi.Error{Code: "InternalServerError", Message: err.Error(), Status: http.StatusInternalServerError}
	}
	return string(value), nil
}

// arn is a parameter's ARN: the name's first slash stands for the one between type and name.
func (s *Service) arn(name string) string {
	return s.region.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

// named returns the name that an ARN or a name means, and the version or "" behind a colon.
func (s *Service) named(text string) (name, version string) {
	if rest, ok := strings.CutPrefix(text, fmt.Sprintf("arn:%s:ssm:%s:%s:parameter/", naming.Partition, s.region, naming.Account)); ok {
		text = rest
		if full, _, _ := strings.Cut(rest, ":"); strings.Contains(full, "/") {
			text = "/" + rest
		} else if _, found, err := s.parameters.Get("/" + full); err == nil && found {
			text = "/" + rest
		}
	}
	name, version, _ = strings.Cut(text, ":")
	return name, version
}

// KeyOf returns the KMS key that a parameter is sealed with, as it was named; empty for AWS's own key, or none.
func (s *Service) KeyOf(text string) string {
	name, _ := s.named(text)
	p, found, err := s.parameters.Get(name)
	if err != nil || !found || p.Type != secureString || strings.Contains(p.KeyID, "alias/aws/") {
		return ""
	}
	return p.KeyID
}
