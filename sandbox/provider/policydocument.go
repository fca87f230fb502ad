package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

// policyQuery are the arguments of getPolicyDocument.
type policyQuery struct {
	PolicyID   string      `json:"policyId"`
	Version    string      `json:"version"`
	Statements []statement `json:"statements"`
	Source     []string    `json:"sourcePolicyDocuments"`
	Override   []string    `json:"overridePolicyDocuments"`
	SourceJSON string      `json:"sourceJson"`
	OverJSON   string      `json:"overrideJson"`
}

type statement struct {
	Sid           string      `json:"sid"`
	Effect        string      `json:"effect"`
	Actions       []string    `json:"actions"`
	NotActions    []string    `json:"notActions"`
	Resources     []string    `json:"resources"`
	NotResources  []string    `json:"notResources"`
	Principals    []principal `json:"principals"`
	NotPrincipals []principal `json:"notPrincipals"`
	Conditions    []condition `json:"conditions"`
}

type principal struct {
	Type        string   `json:"type"`
	Identifiers []string `json:"identifiers"`
}

type condition struct {
	Test     string   `json:"test"`
	Variable string   `json:"variable"`
	Values   []string `json:"values"`
}

// policy is an IAM policy in the order in which the AWS provider writes it.
type policy struct {
	Version   string            `json:"Version,omitempty"`
	ID        string            `json:"Id,omitempty"`
	Statement []policyStatement `json:"Statement"`
}

type policyStatement struct {
	Sid          string                    `json:"Sid,omitempty"`
	Effect       string                    `json:"Effect,omitempty"`
	Action       any                       `json:"Action,omitempty"`
	NotAction    any                       `json:"NotAction,omitempty"`
	Resource     any                       `json:"Resource,omitempty"`
	NotResource  any                       `json:"NotResource,omitempty"`
	Principal    any                       `json:"Principal,omitempty"`
	NotPrincipal any                       `json:"NotPrincipal,omitempty"`
	Condition    map[string]map[string]any `json:"Condition,omitempty"`
}

// getPolicyDocument writes an IAM policy as the AWS provider does: one of several is a text, several are sorted.
func getPolicyDocument(_ context.Context, in resource.Properties) (resource.Properties, error) {
	var q policyQuery
	if err := resource.Decode(in, &q); err != nil {
		return nil, err
	}
	doc, err := q.policy()
	if err != nil {
		return nil, err
	}
	full, err := encodePolicy(doc, "  ")
	if err != nil {
		return nil, err
	}
	short, err := encodePolicy(doc, "")
	return presource.NewPropertyMapFromMap(values{
		"id": strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(full))), 10), "json": full, "minifiedJson": short,
	}), err
}

func (q policyQuery) policy() (policy, error) {
	doc := policy{Version: q.Version, ID: q.PolicyID}
	if doc.Version == "" {
		doc.Version = "2012-10-17"
	}
	for _, text := range append(q.Source, q.SourceJSON) {
		if err := doc.take(text, false); err != nil {
			return doc, fmt.Errorf("reading a source policy document: %w", err)
		}
	}
	for _, s := range q.Statements {
		doc.put(s.policy(), true)
	}
	for _, text := range append(q.Override, q.OverJSON) {
		if err := doc.take(text, true); err != nil {
			return doc, fmt.Errorf("reading an overriding policy document: %w", err)
		}
	}
	return doc, nil
}

// take adds the statements of another document.
func (p *policy) take(text string, override bool) error {
	if text == "" {
		return nil
	}
	var other policy
	if err := json.Unmarshal([]byte(text), &other); err != nil {
		return err
	}
	for _, s := range other.Statement {
		if !p.put(s, override) {
			return fmt.Errorf("the Sid %q occurs twice", s.Sid)
		}
	}
	return nil
}

// put adds a statement; one with a Sid that is there takes its place, or is refused.
func (p *policy) put(s policyStatement, override bool) bool {
	i := slices.IndexFunc(p.Statement, func(old policyStatement) bool { return s.Sid != "" && old.Sid == s.Sid })
	switch {
	case i < 0:
		p.Statement = append(p.Statement, s)
	case override:
		p.Statement[i] = s
	default:
		return false
	}
	return true
}

func (s statement) policy() policyStatement {
	out := policyStatement{
		Sid: s.Sid, Effect: s.Effect, Action: few(s.Actions), NotAction: few(s.NotActions), Resource: few(s.Resources),
		NotResource: few(s.NotResources), Principal: principals(s.Principals), NotPrincipal: principals(s.NotPrincipals),
	}
	if out.Effect == "" {
		out.Effect = "Allow"
	}
	for _, c := range s.Conditions {
		if out.Condition == nil {
			out.Condition = map[string]map[string]any{}
		}
		if out.Condition[c.Test] == nil {
			out.Condition[c.Test] = map[string]any{}
		}
		out.Condition[c.Test][c.Variable] = few(c.Values)
	}
	return out
}

// few is nothing for none, a text for one, and a list in falling order for more.
func few(texts []string) any {
	switch len(texts) {
	case 0:
		return nil
	case 1:
		return texts[0]
	}
	sorted := slices.Sorted(slices.Values(texts))
	slices.Reverse(sorted)
	return sorted
}

func principals(all []principal) any {
	if len(all) == 0 {
		return nil
	}
	byType := map[string][]string{}
	for _, p := range all {
		if p.Type == "*" {
			return "*"
		}
		byType[p.Type] = append(byType[p.Type], p.Identifiers...)
	}
	out := map[string]any{}
	for kind, ids := range byType {
		out[kind] = few(ids)
	}
	return out
}

func encodePolicy(doc policy, indent string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(doc)
	return string(bytes.TrimSpace(b.Bytes())), err
}
