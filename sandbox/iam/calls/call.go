// Package calls says what a request to AWS asks of IAM: the actions, the resources and the condition keys that are
// known of it. Its source is the Service Authorization Reference as of November 2026, page "Actions, resources, and
// condition keys" of each service, unless a function names another one.
package calls

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"slipway/sandbox/iam"
)

// Call is one request of a client to AWS.
type Call struct {
	// Service is the name that the signature is made for, such as ec2.
	Service   string
	Operation string
	Region    string
	Account   string

	method, path string
	query        url.Values
	copied       string // what an object is copied from, bucket/key
	deleted      []string
	params       params
	world        World
}

// World is what has to be known of AWS beside the request itself.
type World interface {
	// Tags are those of a resource of EC2, by its id.
	Tags(id string) map[string]string
	// RolesOf are the ARNs of the roles of an instance profile, by its name.
	RolesOf(profile string) []string
	// ProfileOf is the name of the instance profile in a launch template, by the template's id.
	ProfileOf(template string) string
	// ParameterOf is the name of the parameter that a launch template takes its image from; empty without one.
	ParameterOf(template string) string
	// BoundaryOf is the ARN of the permissions boundary of a role, by the role's name; empty without one.
	BoundaryOf(role string) string
	// KeyOf is the ARN of the KMS key that a bucket encrypts with, empty without one.
	KeyOf(bucket string) string
	// KeyOfParameter is the ARN of the key of the account's own that a parameter is sealed with, empty without one.
	KeyOfParameter(name string) string
	// Key is the ARN of the KMS key that an id, an ARN or an alias means.
	Key(ref string) string
	// KeyIn is the ARN of the KMS key that a ciphertext, in base64, was made with.
	KeyIn(ciphertext string) string
	// AliasesOf are the names, each with alias/ before it, of a KMS key.
	AliasesOf(key string) []string
	// RoleOfDefinition is the ARN that a task definition has for a role, in the member executionRoleArn or taskRoleArn.
	RoleOfDefinition(definition, member string) string
}

// Unmapped is a call of which this package does not know what it asks for.
type Unmapped struct{ Service, Operation string }

func (u *Unmapped) Error() string {
	return fmt.Sprintf("no rule says what %s:%s asks IAM for", u.Service, u.Operation)
}

var scope = regexp.MustCompile(`Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request`)

// Read takes a request apart. One without a signature is none of AWS's, and an error.
func Read(r *http.Request, body []byte, account string, world World) (*Call, error) {
	signed := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	if signed == nil {
		signed = scope.FindStringSubmatch("Credential=" + r.URL.Query().Get("X-Amz-Credential"))
	}
	if signed == nil {
		return nil, fmt.Errorf("%s %s carries no signature", r.Method, r.URL.Path)
	}
	c := &Call{
		Service: signed[2], Region: signed[1], Account: account, method: r.Method, path: r.URL.Path, query: r.URL.Query(), world: world,
	}
	switch target := r.Header.Get("X-Amz-Target"); {
	case c.Service == "s3":
		c.Operation = s3Operation(r)
		if err := c.readObjects(r, body); err != nil {
			return nil, err
		}
	case c.Service == "route53":
		c.Operation = r.Method + " " + r.URL.Path
	case target != "":
		c.Operation = target[strings.LastIndex(target, ".")+1:]
		fields := map[string]any{}
		if len(bytes.TrimSpace(body)) > 0 {
			if err := json.Unmarshal(body, &fields); err != nil {
				return nil, fmt.Errorf("reading %s: %w", target, err)
			}
		}
		c.params = params{fields: fields}
	default:
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, fmt.Errorf("reading a call of %s: %w", c.Service, err)
		}
		if !values.Has("Action") {
			values = r.URL.Query() // presigned
		}
		c.params, c.Operation = params{values: values}, values.Get("Action")
	}
	return c, nil
}

// rule says what the calls of one operation ask for.
type rule func(c *Call) []iam.Request

// rules are by the service's name in signatures.
var rules = map[string]map[string]rule{
	"acm":                     certificates,
	"application-autoscaling": applicationScaling,
	"autoscaling":             autoScaling,
	"codecommit":              codeCommit,
	"codepipeline":            pipelines,
	"ecr":                     registry,
	"ec2":                     compute,
	"ecs":                     containers,
	"elasticloadbalancing":    balancers,
	"events":                  buses,
	"iam":                     identities,
	"kms":                     keys,
	"logs":                    logs,
	"s3":                      objects,
	"secretsmanager":          secrets,
	"sns":                     topics,
	"ssm":                     parameters,
	"sts":                     {"AssumeRole": given("RoleArn"), "GetCallerIdentity": nothing},
}

// nothing is a call that needs no permission (STS API reference, GetCallerIdentity: "No permissions are required").
func nothing(*Call) []iam.Request { return nil }

// Known reports whether a rule says what an operation of a service asks for.
func Known(service, operation string) bool { return rules[service][operation] != nil }

// Needs are the requests that IAM has to allow, all of them, for the call to be answered. An error is an *Unmapped.
func (c *Call) Needs() ([]iam.Request, error) {
	if found, known := rules[c.Service][c.Operation]; known {
		return found(c), nil
	}
	if c.Service == "ec2" && strings.HasPrefix(c.Operation, "Describe") {
		return c.on("*"), nil // no resource types, says the page, but for the few in the table
	}
	return nil, &Unmapped{c.Service, c.Operation}
}

// on asks for the action of the operation's name on resources.
func (c *Call) on(resources ...string) []iam.Request {
	var all []iam.Request
	for _, resource := range resources {
		all = append(all, c.ask(c.Operation, resource, nil))
	}
	return all
}

func (c *Call) ask(action, resource string, context iam.Context) iam.Request {
	if !strings.Contains(action, ":") {
		action = c.Service + ":" + action
	}
	return iam.Request{Action: action, Resource: resource, Context: context}
}

// arn is of a resource of the call's own region and account.
func (c *Call) arn(service, resource string) string {
	return "arn:aws:" + service + ":" + c.Region + ":" + c.Account + ":" + resource
}

func (c *Call) global(resource string) string { return "arn:aws:iam::" + c.Account + ":" + resource }

// anywhere is a rule for operations that know no resource.
func anywhere(c *Call) []iam.Request { return c.on("*") }

// merged is both contexts in one.
func merged(all ...iam.Context) iam.Context {
	whole := iam.Context{}
	for _, each := range all {
		for key, values := range each {
			whole[key] = values
		}
	}
	return whole
}

// requestTags and resourceTags are the condition keys of tags that are given with a request, and of those that a
// resource has (IAM user guide, "AWS global condition context keys").
func requestTags(tags map[string]string) iam.Context {
	context := iam.Context{}
	for key, value := range tags {
		context["aws:RequestTag/"+key] = []string{value}
		context["aws:TagKeys"] = append(context["aws:TagKeys"], key)
	}
	return context
}

func resourceTags(tags map[string]string) iam.Context {
	context := iam.Context{}
	for key, value := range tags {
		context["aws:ResourceTag/"+key] = []string{value}
	}
	return context
}

// passed is what it takes to hand a role to a service (IAM user guide, "Grant a user permissions to pass a role").
func (c *Call) passed(role, service string) []iam.Request {
	if role == "" {
		return nil
	}
	if !strings.HasPrefix(role, "arn:") {
		role = c.global("role/" + role)
	}
	return []iam.Request{{Action: "iam:PassRole", Resource: role, Context: iam.Context{"iam:PassedToService": {service}}}}
}
