package ssm

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// API is the part of the Systems Manager API that is answered here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{Name: "ssm", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{
		"PutParameter":        awsapi.Do(s.putParameter),
		"GetParameter":        awsapi.Do(s.getParameter),
		"GetParameters":       awsapi.Do(s.getParameters),
		"GetParametersByPath": awsapi.Do(s.getByPath),
		"DeleteParameter":     awsapi.Do(s.deleteParameter),
		"DeleteParameters":    awsapi.Do(s.deleteParameters),
		"DescribeParameters":  awsapi.Do(s.describeParameters),
	}, Refused: map[string]string{
		"SendCommand":                 "a host here runs no agent of Systems Manager; its log is in slipway's own",
		"StartSession":                "a host here runs no agent of Systems Manager; use ecs execute-command for a task",
		"GetParameterHistory":         "only the newest version of a parameter is kept",
		"DescribeInstanceInformation": "a host here runs no agent of Systems Manager",
	}}
}

type putInput struct {
	Name, Value, Type, Description, KeyID, AllowedPattern, DataType, Tier string
	Overwrite                                                             bool
}

type putOutput struct {
	Version int64
	Tier    string
}

func (s *Service) putParameter(_ context.Context, in putInput) (putOutput, error) {
	name, _ := s.named(in.Name)
	p, err := s.put(parameter{
		Name: name, Type: in.Type, Description: in.Description, KeyID: in.KeyID, Pattern: in.AllowedPattern, DataType: in.DataType, Tier: in.Tier,
	}, in.Value, in.Overwrite)
	return putOutput{p.Version, p.Tier}, err
}

// view is a parameter as the API shows it.
type view struct {
	Name             string
	Type             string
	Value            string
	Version          int64
	Selector         string `json:",omitempty"`
	LastModifiedDate awsapi.Time
	ARN              string
	DataType         string
}

type getInput struct {
	Name           string
	WithDecryption bool
}

type getOutput struct{ Parameter view }

func (s *Service) getParameter(_ context.Context, in getInput) (getOutput, error) {
	v, err := s.view(in.Name, in.WithDecryption)
	return getOutput{v}, err
}

// view returns a parameter. A SecureString that is not decrypted shows its sealed text.
func (s *Service) view(text string, decrypt bool) (view, error) {
	name, version := s.named(text)
	p, found, err := s.parameters.Get(name)
	if err != nil {
		return view{}, err
	}
	if !found {
		return view{}, errNoParameter(text)
	}
	if version != "" && version != strconv.FormatInt(p.Version, 10) {
		return view{}, awsapi.Errorf("ParameterVersionNotFound", "Systems Manager could not find version %s of %s: only the newest one is kept here.", version, name)
	}
	v := view{
		Name: name, Type: p.Type, Version: p.Version, LastModifiedDate: awsapi.Time{Time: p.Modified}, ARN: s.arn(name), DataType: p.DataType,
	}
	if version != "" {
		v.Selector = ":" + version
	}
	if p.Type == secureString && !decrypt {
		v.Value = sealedText(p.Sealed)
		return v, nil
	}
	v.Value, err = s.open(p)
	return v, err
}

type getManyInput struct {
	Names          []string
	WithDecryption bool
}

type getManyOutput struct {
	Parameters        []view
	InvalidParameters []string
}

func (s *Service) getParameters(_ context.Context, in getManyInput) (getManyOutput, error) {
	out := getManyOutput{Parameters: []view{}, InvalidParameters: []string{}}
	const most = 10
	if len(in.Names) == 0 || len(in.Names) > most {
		return out, invalid("1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and %d", most)
	}
	for _, name := range in.Names {
		v, err := s.view(name, in.WithDecryption)
		switch {
		case err == nil:
			out.Parameters = append(out.Parameters, v)
		case isMissing(err):
			out.InvalidParameters = append(out.InvalidParameters, name)
		default:
			return out, err
		}
	}
	return out, nil
}

type deleteInput struct{ Name string }

func (s *Service) deleteParameter(_ context.Context, in deleteInput) (struct{}, error) {
	found, err := s.remove(in.Name)
	if err == nil && !found {
		err = errNoParameter(in.Name)
	}
	return struct{}{}, err
}

// remove deletes a parameter and says whether it was there.
func (s *Service) remove(text string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, _ := s.named(text)
	_, found, err := s.parameters.Get(name)
	if err != nil || !found {
		return false, err
	}
	return true, s.parameters.Delete(name)
}

type deleteManyInput struct{ Names []string }

type deleteManyOutput struct{ DeletedParameters, InvalidParameters []string }

func (s *Service) deleteParameters(_ context.Context, in deleteManyInput) (deleteManyOutput, error) {
	out := deleteManyOutput{[]string{}, []string{}}
	for _, name := range in.Names {
		found, err := s.remove(name)
		switch {
		case err != nil:
			return out, err
		case found:
			out.DeletedParameters = append(out.DeletedParameters, name)
		default:
			out.InvalidParameters = append(out.InvalidParameters, name)
		}
	}
	return out, nil
}

type filter struct {
	Key    string
	Option string
	Values []string
}

type describeInput struct {
	ParameterFilters []filter
	Filters          []filter
	MaxResults       int
	NextToken        string
}

type metadata struct {
	Name             string
	Type             string
	KeyID            string `json:"KeyId,omitempty"`
	LastModifiedDate awsapi.Time
	LastModifiedUser string
	Description      string `json:",omitempty"`
	AllowedPattern   string `json:",omitempty"`
	Version          int64
	Tier             string
	DataType         string
	ARN              string
}

type describeOutput struct {
	Parameters []metadata
	NextToken  string `json:",omitempty"`
}

// describeParameters lists parameters by their names. A token is the last name shown.
func (s *Service) describeParameters(_ context.Context, in describeInput) (describeOutput, error) {
	out := describeOutput{Parameters: []metadata{}}
	if in.MaxResults == 0 {
		in.MaxResults = 50
	}
	all, err := s.parameters.All() // in the order of their names
	if err != nil {
		return out, err
	}
	for _, p := range all {
		ok, err := p.passes(slices.Concat(in.ParameterFilters, in.Filters))
		if err != nil {
			return out, err
		}
		if !ok || p.Name <= in.NextToken {
			continue
		}
		if len(out.Parameters) == in.MaxResults {
			out.NextToken = out.Parameters[len(out.Parameters)-1].Name
			break
		}
		out.Parameters = append(out.Parameters, metadata{
			Name: p.Name, Type: p.Type, KeyID: p.KeyID, LastModifiedDate: awsapi.Time{Time: p.Modified}, LastModifiedUser: naming.CallerARN,
			Description: p.Description, AllowedPattern: p.Pattern, Version: p.Version, Tier: p.Tier, DataType: p.DataType, ARN: s.arn(p.Name),
		})
	}
	return out, nil
}

// passes says whether a parameter is one of those that the filters leave.
func (p parameter) passes(filters []filter) (bool, error) {
	for _, f := range filters {
		subject, ok := map[string]string{"Name": p.Name, "Type": p.Type, "KeyId": p.KeyID, "Tier": p.Tier, "DataType": p.DataType}[f.Key]
		if !ok {
			return false, awsapi.Errorf("InvalidFilterKey", "the filter %s is not supported here", f.Key)
		}
		match, ok := map[string]func(a, b string) bool{
			"": func(a, b string) bool { return a == b }, "Equals": func(a, b string) bool { return a == b },
			"BeginsWith": strings.HasPrefix, "Contains": strings.Contains,
		}[f.Option]
		if !ok {
			return false, awsapi.Errorf("InvalidFilterOption", "the filter option %s is not supported here", f.Option)
		}
		if !slices.ContainsFunc(f.Values, func(v string) bool { return match(subject, v) }) {
			return false, nil
		}
	}
	return true, nil
}
