package sandbox

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/iam"
	"slipway/sandbox/iam/calls"
	"slipway/sandbox/naming"
	"slipway/sandbox/sigv4"
)

// authority decides what the session of a role may do: by the policies that are attached to the role, its permissions
// boundary, and the policy of what is used. The sandbox's user may do everything.
type authority struct {
	*services
	parsed sync.Map // of *iam.Document by text

	mu      sync.Mutex
	granted map[string]iam.Policies // by role
	readAt  uint64                  // which change of a resource was the last before they were read
}

// mostRead is how much of a request is read to know what it asks for, in bytes: as much as awsapi takes.
const mostRead = 8 << 20

// request decides one request, whose signature was verified. It leaves the body to be read again.
func (a *authority) request(who sigv4.Identity, r *http.Request) error {
	if who.Root {
		return nil
	}
	var body []byte
	if awsapi.SigningName(r) != "s3" || r.URL.Query().Has("delete") {
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, mostRead+1)); err != nil {
			return err
		}
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), r.Body))
	}
	call, err := calls.Read(r, body, naming.Account, world{a.services})
	if err != nil {
		return awsapi.Errorf("SerializationException", "%v", err)
	}
	needs, err := call.Needs()
	var unmapped *calls.Unmapped
	switch {
	case !errors.As(err, &unmapped):
	case call.Service == "s3":
		return denied("Access Denied: no rule says what " + call.Operation + " asks IAM for")
	default:
		return nil // the service says that it does not know the action
	}
	if who.Role == nil && len(needs) > 0 {
		return denied(fmt.Sprintf("User: %s is not authorized to perform: %s because no session policy allows the %s action",
			naming.CallerARN, needs[0].Action, needs[0].Action))
	}
	for _, need := range needs {
		if err := a.decide(*who.Role, need); err != nil {
			return err
		}
	}
	return nil
}

// git decides what a role does with a repository's history.
func (a *authority) git(role sigv4.Role, action, arn string) error {
	err := a.decide(role, iam.Request{Action: action, Resource: arn})
	var e *awsapi.Error
	if errors.As(err, &e) {
		return &awsapi.Error{Code: "AccessDeniedException", Message: e.Message, Status: http.StatusForbidden}
	}
	return err
}

// decide returns nil when the role's session may do what is needed.
func (a *authority) decide(role sigv4.Role, need iam.Request) error {
	need.Principal = iam.Principal{ARN: role.ARN(), Role: naming.GlobalARN("iam", "role/"+role.Name)}
	need.Context = a.surroundings(role, need.Context)
	policies, err := a.policies(role.Name)
	if err != nil {
		return err
	}
	kind := iam.Resource
	if need.Action == "sts:AssumeRole" {
		kind = iam.Trust
	}
	policies.Resource = a.document(a.policyOf(need.Resource), kind)
	policies.Delegated = policies.Resource != nil && (kind == iam.Trust || strings.HasPrefix(need.Action, "kms:"))
	if d := policies.Decide(need); !d.Allowed {
		return denied(d.Message(need))
	}
	return nil
}

func denied(message string) error {
	return &awsapi.Error{Code: awsapi.NotAuthorized, Message: message, Status: http.StatusForbidden}
}

// trusts reports whether a trust policy lets a service of AWS take the role for a resource.
func (a *authority) trusts(policy, service, source string) bool {
	document := a.document(policy, iam.Trust)
	return iam.Policies{Resource: document}.Decide(iam.Request{
		Principal: iam.Principal{Service: service}, Action: "sts:AssumeRole", Resource: "*",
		Context: iam.Context{"aws:SourceAccount": {naming.Account}, "aws:SourceArn": {source}},
	}).Allowed
}

// surroundings adds what is known of every request (IAM user guide, "AWS global condition context keys"). The endpoint
// stands for one with TLS.
func (a *authority) surroundings(role sigv4.Role, c iam.Context) iam.Context {
	now := time.Now().UTC()
	all := iam.Context{
		"aws:SecureTransport": {"true"}, "aws:RequestedRegion": {string(a.config.Region)}, "aws:userid": {role.UserID()},
		"aws:CurrentTime": {now.Format(time.RFC3339)}, "aws:EpochTime": {fmt.Sprint(now.Unix())}, "aws:SourceIp": {"127.0.0.1"},
	}
	for key, values := range c {
		all[key] = values
	}
	return all
}

// policies are those that the stacks attach to a role, read again only when a resource has changed: every call asks for them.
func (a *authority) policies(role string) (iam.Policies, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := a.remembered.Changes(); a.granted == nil || now != a.readAt {
		a.granted, a.readAt = map[string]iam.Policies{}, now
	}
	if granted, known := a.granted[role]; known {
		return granted, nil
	}
	granted, err := a.attached(role)
	if err == nil {
		a.granted[role] = granted
	}
	return granted, err
}

// attached reads the policies that the stacks attach to a role.
func (a *authority) attached(role string) (iam.Policies, error) {
	all := iam.Policies{Identity: map[string]*iam.Document{}}
	declared, err := a.named("aws:iam/role:Role", role)
	if err != nil || declared == nil {
		return all, err // a role that is gone grants nothing
	}
	texts, err := a.managed()
	if err != nil {
		return all, err
	}
	add := func(name, text string) { all.Identity[name] = a.document(text, iam.Identity) }
	for i, inline := range list(declared, "inlinePolicies") {
		if inline.IsObject() {
			add(fmt.Sprintf("inline %d", i), text(inline.ObjectValue(), "policy"))
		}
	}
	for _, arn := range list(declared, "managedPolicyArns") {
		if arn.IsString() {
			add(arn.StringValue(), texts(arn.StringValue()))
		}
	}
	if boundary := text(declared, "permissionsBoundary"); boundary != "" {
		all.Boundary = a.document(texts(boundary), iam.Identity)
	}
	inline, err := a.remembered.Known("aws:iam/rolePolicy:RolePolicy")
	if err != nil {
		return all, err
	}
	for _, one := range inline {
		if text(one, "role") == role {
			add(text(one, "name"), text(one, "policy"))
		}
	}
	attached, err := a.remembered.Known("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
	for _, one := range attached {
		if text(one, "role") == role {
			add(text(one, "policyArn"), texts(text(one, "policyArn")))
		}
	}
	return all, err
}

// managed returns the document of a managed policy by its ARN.
func (a *authority) managed() (func(arn string) string, error) {
	all, err := a.remembered.Known("aws:iam/policy:Policy")
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, one := range all {
		texts[text(one, "arn")] = text(one, "policy")
	}
	return func(arn string) string {
		if found, own := texts[arn]; own {
			return found
		}
		document, known := iam.Managed(arn)
		if !known {
			a.log.Warn("a policy of AWS is not known here and grants nothing", "policy", arn)
		}
		return document
	}, nil
}

// nothing is the document of a policy that is not there, or that does not parse: it grants nothing.
var nothing = &iam.Document{}

func (a *authority) document(text string, kind iam.Kind) *iam.Document {
	if text == "" {
		if kind == iam.Resource {
			return nil
		}
		return nothing
	}
	key := fmt.Sprint(kind, text)
	if found, known := a.parsed.Load(key); known {
		return found.(*iam.Document)
	}
	document, err := iam.Parse(text, kind)
	if err != nil {
		a.log.Error("a policy does not parse and grants nothing", "error", err, "policy", text)
		document = nothing
	}
	a.parsed.Store(key, document)
	return document
}

// policyOf is the policy of what an ARN names: a bucket or an object in it, a key, a repository.
func (a *authority) policyOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return ""
	}
	switch parts[2] {
	case "s3":
		bucket, _, _ := strings.Cut(parts[5], "/")
		return a.s3.Policy(bucket)
	case "kms":
		return a.kms.Policy(arn)
	case "iam":
		role, err := a.named("aws:iam/role:Role", parts[5][strings.LastIndex(parts[5], "/")+1:])
		if err == nil && role != nil && text(role, "arn") == arn {
			return text(role, "assumeRolePolicy")
		}
	case "ecr":
		return a.ecr.Policy(strings.TrimPrefix(parts[5], "repository/"))
	}
	return ""
}

func list(p property.PropertyMap, key string) []property.PropertyValue {
	if v := p[property.PropertyKey(key)]; v.IsArray() {
		return v.ArrayValue()
	}
	return nil
}

// world is what the rules of calls have to know of the sandbox. It answers no calls of EC2.
type world struct{ *services }

var _ calls.World = world{}

func (world) Tags(string) map[string]string { return nil }
func (world) RolesOf(string) []string       { return nil }
func (world) ProfileOf(string) string       { return "" }
func (world) ParameterOf(string) string     { return "" }
func (world) BoundaryOf(string) string      { return "" }

func (w world) KeyOf(bucket string) string {
	if key := w.s3.KeyOf(bucket); key != "" && !strings.Contains(key, "alias/aws/") {
		return w.Key(key)
	}
	return ""
}

func (w world) KeyOfParameter(name string) string {
	if key := w.ssm.KeyOf(name); key != "" {
		return w.Key(key)
	}
	return ""
}

// Key of what does not exist is an ARN as well, to ask for: whether a key exists is not for everybody to know.
func (w world) Key(ref string) string {
	if arn := w.kms.ARN(ref); arn != "" {
		return arn
	}
	if strings.HasPrefix(ref, "arn:") {
		return ref
	}
	return w.config.Region.ARN("kms", "key/"+ref)
}

func (w world) KeyIn(ciphertext string) string {
	blob, err := base64.StdEncoding.DecodeString(ciphertext)
	if err == nil {
		if arn := w.kms.MadeWith(blob); arn != "" {
			return arn
		}
	}
	return w.config.Region.ARN("kms", "key/unknown")
}

func (w world) AliasesOf(key string) []string { return w.kms.Aliases(key) }

func (w world) RoleOfDefinition(definition, member string) string {
	execution, task := w.ecs.RolesOf(definition)
	if member == "executionRoleArn" {
		return execution
	}
	return task
}
