// Package iam decides requests to AWS as IAM's policies say: parsing of documents, and evaluation without a network.
//
// Its source is the IAM user guide as of November 2026, by page: "Policy evaluation logic", "IAM JSON policy elements"
// (Action, Resource, Principal, Condition operators, Variables), "Single-valued vs. multivalued context keys" and
// "Permissions boundaries". It knows no service control policies, session policies or other accounts.
package iam

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Kind says where a document is attached, which decides what elements its statements must have.
type Kind int

const (
	// Identity policies are attached to a user or a role; permissions boundaries are of this kind too.
	Identity Kind = iota
	// Resource policies are attached to what is used, such as a bucket or a key, and name principals.
	Resource
	// Trust policies say who may take a role. They name principals and no resource.
	Trust
)

// Document is a policy that was parsed.
type Document struct {
	Version    string
	ID         string
	Statements []Statement
}

// Statement is one entry of a document. Of each pair such as Actions and NotActions at most one is there.
type Statement struct {
	SID                     string
	Effect                  Effect
	Principals              *Principals
	NotPrincipals           *Principals
	Actions, NotActions     []string
	Resources, NotResources []string
	Conditions              []Condition
	// variables says whether ${…} in texts is replaced: only in documents of version 2012-10-17.
	variables bool
}

// Malformed is a document that IAM would not take, in the words of its MalformedPolicyDocument.
type Malformed struct{ Message string }

// Error is the message alone, as an AWS client shows it after the code.
func (m *Malformed) Error() string { return m.Message }

func malformed(format string, args ...any) error { return &Malformed{fmt.Sprintf(format, args...)} }

// Versions of the policy language. A document without one has the older.
const (
	version2008 = "2008-10-17"
	version2012 = "2012-10-17"
)

// Parse reads a policy document. An error is a *Malformed.
func Parse(text string, kind Kind) (*Document, error) {
	var raw struct {
		Version   *string
		ID        string `json:"Id"`
		Statement json.RawMessage
	}
	if err := strict([]byte(text), &raw); err != nil {
		return nil, syntax
	}
	d := &Document{Version: version2008, ID: raw.ID}
	if raw.Version != nil {
		d.Version = *raw.Version
	}
	if d.Version != version2008 && d.Version != version2012 {
		return nil, syntax
	}
	list, err := listed[rawStatement](raw.Statement)
	if err != nil || len(list) == 0 {
		return nil, syntax
	}
	for _, each := range list {
		statement, err := each.statement(kind, d.Version == version2012)
		if err != nil {
			return nil, err
		}
		d.Statements = append(d.Statements, statement)
	}
	return d, d.distinct()
}

var syntax error = &Malformed{"Syntax errors in policy."}

func (d *Document) distinct() error {
	seen := map[string]bool{}
	for _, s := range d.Statements {
		if s.SID != "" && seen[s.SID] {
			return malformed("Statement IDs (SID) in a single policy must be unique.")
		}
		seen[s.SID] = true
	}
	return nil
}

// strict decodes one JSON value with no unknown members and nothing after it.
func strict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return fmt.Errorf("text after the document")
	}
	return nil
}

// listed decodes what may be one value or a list of them.
func listed[T any](raw json.RawMessage) ([]T, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	if raw[0] == '[' {
		var all []T
		err := strict(raw, &all)
		return all, err
	}
	var one T
	err := strict(raw, &one)
	return []T{one}, err
}
