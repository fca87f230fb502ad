package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"slipway/conformance/grants"
	"slipway/sandbox/iam"
)

// The duties of the role of the Jenkins host that this lane replays.
const (
	releasing = "release"        // an image into an environment
	changing  = "infrastructure" // an update of an environment, with slipway:deployInfrastructure
	settling  = "settle"         // what an interrupted run left open
	// rebuilding is every resource of an environment made and deleted. Jenkins does so for one that an update
	// replaces; what only a person may is in the table leftToPeople.
	rebuilding = "rebuild"
)

// onlyWithInfrastructure are the policies that the role has with slipway:deployInfrastructure. The duties that every
// Jenkins host has are held against the others alone.
var onlyWithInfrastructure = []string{"network", "balancers", "compute", "roles"}

// measured is a step of which the calls belong to a duty.
func measured(duty string, s step) step {
	return step{s.name, func(ctx context.Context, on *subject) error {
		on.calls.during(duty)
		defer on.calls.during("")
		return s.run(ctx, on)
	}}
}

// jenkinsRole reads the role and what is attached to it out of the delivery stack's state.
func (l *lane) jenkinsRole(ctx context.Context, delivery *subject) (grants.Role, error) {
	state, err := delivery.state(ctx)
	if err != nil {
		return grants.Role{}, err
	}
	prefix := "slipway-" + delivery.name + "-jenkins"
	found := grants.Role{
		Own: map[string]*iam.Document{}, Managed: map[string]*iam.Document{},
		Absent: map[string][]string{releasing: onlyWithInfrastructure, settling: onlyWithInfrastructure},
	}
	documents, name := map[string]string{}, ""
	for _, r := range state.Resources {
		switch text := func(key string) string { v, _ := r.Outputs[key].(string); return v }; {
		case r.Type == "aws:iam/role:Role" && r.URN.Name() == prefix:
			found.ARN, name = text("arn"), text("name")
		case r.Type == "aws:iam/policy:Policy":
			documents[text("arn")] = text("policy")
		}
	}
	for _, r := range state.Resources {
		attached, _ := r.Outputs["policyArn"].(string)
		if r.Type != "aws:iam/rolePolicyAttachment:RolePolicyAttachment" || r.Outputs["role"] != name {
			continue
		}
		if err := l.take(&found, strings.TrimPrefix(r.URN.Name(), prefix+"-"), attached, documents[attached]); err != nil {
			return grants.Role{}, err
		}
	}
	if found.ARN == "" || len(found.Own) == 0 {
		return grants.Role{}, fmt.Errorf("stack %s has no role %s with policies of its own", delivery.name, prefix)
	}
	return found, nil
}

// take parses an attached policy. AWS's own come from the emulator, which has them all.
func (l *lane) take(r *grants.Role, name, arn, text string) error {
	into := r.Own
	if text == "" {
		into, text = r.Managed, l.emulator.world.managed(arn)
	}
	document, err := iam.Parse(text, iam.Identity)
	if err != nil {
		return fmt.Errorf("policy %s: %w", arn, err)
	}
	into[name] = document
	return nil
}

// managed is the default version of a policy of AWS.
func (w *world) managed(arn string) string {
	var policy struct {
		Version string `xml:"GetPolicyResult>Policy>DefaultVersionId"`
	}
	w.query("iam", url.Values{"Action": {"GetPolicy"}, "Version": {"2010-05-08"}, "PolicyArn": {arn}}, &policy)
	var version struct {
		Document string `xml:"GetPolicyVersionResult>PolicyVersion>Document"`
	}
	w.query("iam", url.Values{"Action": {"GetPolicyVersion"}, "Version": {"2010-05-08"}, "PolicyArn": {arn}, "VersionId": {policy.Version}}, &version)
	if text, err := url.QueryUnescape(version.Document); err == nil && strings.HasPrefix(version.Document, "%7B") {
		return text
	}
	return version.Document
}
