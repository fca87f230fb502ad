package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Where the emulator is.
const (
	account = "123456789012"
	region  = "us-east-1"
)

// world tells the rules of calls what they have to know of AWS: it asks the emulator, past every recorder.
type world struct {
	e    *emulator
	mu   sync.Mutex
	keys map[string]string // of buckets; the one without a name is for what names no key
}

// Tags of an association are those of what is associated.
func (w *world) Tags(id string) map[string]string {
	switch {
	case id == "":
		return nil
	case strings.HasPrefix(id, "rtbassoc-"):
		id = w.first("DescribeRouteTables", "association.route-table-association-id", id, "routeTableId")
	case strings.HasPrefix(id, "eipassoc-"):
		id = w.first("DescribeAddresses", "association-id", id, "allocationId")
	}
	var found struct {
		Items []struct {
			Key   string `xml:"key"`
			Value string `xml:"value"`
		} `xml:"tagSet>item"`
	}
	w.query("ec2", url.Values{"Action": {"DescribeTags"}, "Version": {"2016-11-15"}, "Filter.1.Name": {"resource-id"}, "Filter.1.Value.1": {id}}, &found)
	tags := map[string]string{}
	for _, item := range found.Items {
		tags[item.Key] = item.Value
	}
	return tags
}

// first is an element of what EC2 answers to a filter.
func (w *world) first(operation, filter, value, element string) string {
	text := w.raw("ec2", url.Values{"Action": {operation}, "Version": {"2016-11-15"}, "Filter.1.Name": {filter}, "Filter.1.Value.1": {value}})
	_, rest, _ := strings.Cut(text, "<"+element+">")
	id, _, _ := strings.Cut(rest, "<")
	return id
}

// RolesOf reads the instance profile.
func (w *world) RolesOf(profile string) []string {
	var found struct {
		Roles []string `xml:"GetInstanceProfileResult>InstanceProfile>Roles>member>Arn"`
	}
	w.query("iam", url.Values{"Action": {"GetInstanceProfile"}, "Version": {"2010-05-08"}, "InstanceProfileName": {profile}}, &found)
	return found.Roles
}

// ProfileOf reads the newest version of the template.
func (w *world) ProfileOf(template string) string {
	text := w.raw("ec2", url.Values{"Action": {"DescribeLaunchTemplateVersions"}, "Version": {"2016-11-15"}, "LaunchTemplateId": {template}})
	_, rest, _ := strings.Cut(text, ":instance-profile/")
	profile, _, _ := strings.Cut(rest, "<")
	return profile
}

// ParameterOf reads the newest version of the template.
func (w *world) ParameterOf(template string) string {
	text := w.raw("ec2", url.Values{"Action": {"DescribeLaunchTemplateVersions"}, "Version": {"2016-11-15"}, "LaunchTemplateId": {template}})
	_, rest, _ := strings.Cut(text, "resolve:ssm:")
	parameter, _, _ := strings.Cut(rest, "<")
	return parameter
}

// BoundaryOf reads the role.
func (w *world) BoundaryOf(role string) string {
	var found struct {
		Boundary string `xml:"GetRoleResult>Role>PermissionsBoundary>PermissionsBoundaryArn"`
	}
	w.query("iam", url.Values{"Action": {"GetRole"}, "Version": {"2010-05-08"}, "RoleName": {role}}, &found)
	return found.Boundary
}

// KeyOfParameter knows none: no parameter of this lane is sealed with a key of its own.
func (w *world) KeyOfParameter(string) string { return "" }

// Key takes what is no ARN for the id of a key.
func (w *world) Key(ref string) string {
	if strings.HasPrefix(ref, "arn:") {
		return ref
	}
	return "arn:aws:kms:" + region + ":" + account + ":key/" + ref
}

// KeyIn knows the one key of this lane.
func (w *world) KeyIn(string) string { return w.KeyOf("") }

// AliasesOf knows none: the stacks of this lane name their key by its ARN.
func (w *world) AliasesOf(string) []string { return nil }

// RoleOfDefinition knows none: no task is run here by itself.
func (w *world) RoleOfDefinition(string, string) string { return "" }

// KeyOf knows the buckets of this lane.
func (w *world) KeyOf(bucket string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.keys[bucket]
}

func (w *world) encrypts(bucket, key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keys[bucket], w.keys[""] = key, key
}

func (w *world) query(service string, values url.Values, into any) {
	_ = xml.Unmarshal([]byte(w.raw(service, values)), into) // what is not there has no tags, and no grant
}

func (w *world) raw(service string, values url.Values) string {
	text, err := w.e.send(service, "application/x-www-form-urlencoded", "", []byte(values.Encode()))
	if err != nil {
		return ""
	}
	return string(text)
}

// ask makes a JSON call of the lane's own.
func (e *emulator) ask(service, target string, request, into any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	answer, err := e.send(service, "application/x-amz-json-1.1", target, body)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, into)
}

// send makes a call that the emulator tells the service of by the signature, which it does not check.
func (e *emulator) send(service, contentType, target string, body []byte) ([]byte, error) {
	return e.sendTo("/", service, contentType, target, body)
}

func (e *emulator) sendTo(path, service, contentType, target string, body []byte) ([]byte, error) {
	call, err := http.NewRequest(http.MethodPost, e.target.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	call.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=conformance/20260101/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	call.Header.Set("Content-Type", contentType)
	if target != "" {
		call.Header.Set("X-Amz-Target", target)
	}
	answer, err := http.DefaultClient.Do(call)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		return nil, err
	}
	if answer.StatusCode/100 != 2 {
		return nil, fmt.Errorf("the emulator answers %s %s: %s", service+" "+target, answer.Status, text.String())
	}
	return text.Bytes(), nil
}
