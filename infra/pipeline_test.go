package infra

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// layout writes down a pipeline: a line for each stage, with the actions in their order of running.
func layout(t *testing.T, config map[string]string) string {
	t.Helper()
	var lines []string
	for _, stage := range list(deliveryWith(t, config).only(t, pipelineType).inputs["stages"]) {
		line := stage["name"].StringValue() + ":"
		for _, action := range list(stage["actions"]) {
			line += fmt.Sprintf(" %v %s/%s/%s", action["runOrder"].NumberValue(), action["name"].StringValue(),
				action["owner"].StringValue(), action["category"].StringValue())
			for _, key := range []resource.PropertyKey{"Operation", "From", "Environment"} {
				if value, given := action["configuration"].ObjectValue()[key]; given {
					line += " " + value.StringValue()
				}
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func list(value resource.PropertyValue) []resource.PropertyMap {
	var all []resource.PropertyMap
	for _, v := range value.ArrayValue() {
		all = append(all, v.ObjectValue())
	}
	return all
}

func TestStages(t *testing.T) {
	const source, dev = "Source: 1 Source/AWS/Source", "\ndev: 1 Deploy/Custom/Build deploy dev"
	for _, c := range []struct {
		environments, approvals, want string
	}{
		{"dev", "", source + dev},
		{"dev,staging", "", source + dev + "\nstaging: 1 Approve/AWS/Approval 2 Promote/Custom/Build promote dev staging"},
		{"dev,staging", "none", source + dev + "\nstaging: 2 Promote/Custom/Build promote dev staging"},
		{"dev,staging,prod", "prod", source + dev + "\nstaging: 2 Promote/Custom/Build promote dev staging" +
			"\nprod: 1 Approve/AWS/Approval 2 Promote/Custom/Build promote staging prod"},
		{"dev,staging,prod", "all", source + dev + "\nstaging: 1 Approve/AWS/Approval 2 Promote/Custom/Build promote dev staging" +
			"\nprod: 1 Approve/AWS/Approval 2 Promote/Custom/Build promote staging prod"},
	} {
		config := map[string]string{"environments": c.environments, "approvals": c.approvals}
		if got := layout(t, config); got != c.want {
			t.Errorf("%s, approvals %q:\n%s\nwant\n%s", c.environments, c.approvals, got, c.want)
		}
	}
}

func TestPipeline(t *testing.T) {
	pipeline := deliveryWith(t, map[string]string{"executionMode": "SUPERSEDED", "jobName": "build-1"}).only(t, pipelineType)
	for path, want := range map[string]string{
		"name": "slipway-delivery", "pipelineType": "V2", "executionMode": "SUPERSEDED",
		"roleArn":                                        "arn:aws:test:us-east-1:000000000000:slipway-delivery-pipeline",
		"artifactStores[0].location":                     "slipway-delivery-artifacts-bucket",
		"artifactStores[0].encryptionKey.id":             "arn:aws:kms:us-east-1:000000000000:key/slipway-delivery-artifacts",
		"artifactStores[0].encryptionKey.type":           "KMS",
		"stages[0].actions[0].namespace":                 "Source",
		"stages[0].actions[0].outputArtifacts[0]":        "Source",
		"stages[1].actions[0].inputArtifacts[0]":         "Source",
		"stages[1].actions[0].provider":                  "slipway-delivery",
		"stages[1].actions[0].configuration.ProjectName": "build-1",
		"stages[1].actions[0].configuration.Commit":      "#{Source.CommitId}",
		"stages[2].actions[0].provider":                  "Manual",
		"stages[2].actions[1].configuration.Commit":      "#{Source.CommitId}",
		"stages[2].actions[1].inputArtifacts[0]":         "Source",
		"stages[2].actions[1].configuration.ProjectName": "build-1",
	} {
		if got := pipeline.text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	for _, stage := range list(pipeline.inputs["stages"]) {
		for _, action := range list(stage["actions"]) {
			if _, given := action["timeoutInMinutes"]; given {
				t.Errorf("%v has a timeout", action["name"])
			}
		}
	}
}

func TestSourceKinds(t *testing.T) {
	const connection = "arn:aws:codestar-connections:us-east-1:000000000000:connection/abc"
	for name, c := range map[string]struct {
		provider string
		want     map[string]string
		rules    int
	}{
		"plain":  {"CodeCommit", map[string]string{"RepositoryName": "slipway", "PollForSourceChanges": "false"}, 1},
		"given":  {"CodeCommit", map[string]string{"RepositoryName": "there", "PollForSourceChanges": "false"}, 1},
		"github": {"CodeStarSourceConnection", map[string]string{"ConnectionArn": connection, "FullRepositoryId": "me/app", "DetectChanges": "true"}, 0},
	} {
		r := deliveryWith(t, deliveryVariants[name])
		c.want["BranchName"], c.want["OutputArtifactFormat"] = "main", "CODE_ZIP"
		action := list(list(r.only(t, pipelineType).inputs["stages"])[0]["actions"])[0]
		if got := action["provider"].StringValue(); got != c.provider {
			t.Errorf("%s: provider is %s", name, got)
		}
		got := map[string]string{}
		for key, value := range action["configuration"].ObjectValue() {
			got[string(key)] = value.StringValue()
		}
		if sprint(got) != sprint(c.want) {
			t.Errorf("%s: configuration is %v, want %v", name, got, c.want)
		}
		if n := len(r.of("aws:cloudwatch/eventRule:EventRule")); n != c.rules {
			t.Errorf("%s: %d rules", name, n)
		}
		for _, repository := range r.of("aws:codecommit/repository:Repository") {
			if repository.read != (name == "given") {
				t.Errorf("%s: read only is %v", name, repository.read)
			}
		}
	}
}

func TestPushRule(t *testing.T) {
	r := deliveryWith(t, map[string]string{"branch": "release/1"})
	want := `{"source":["aws.codecommit"],"detail-type":["CodeCommit Repository State Change"],` +
		`"resources":["arn:aws:test:us-east-1:000000000000:slipway-delivery-source"],` +
		`"detail":{"event":["referenceCreated","referenceUpdated"],"referenceName":["release/1"],"referenceType":["branch"]}}`
	if got := r.only(t, "aws:cloudwatch/eventRule:EventRule").text("eventPattern"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	target := r.only(t, "aws:cloudwatch/eventTarget:EventTarget")
	if target.text("arn") != "arn:aws:test:us-east-1:000000000000:slipway-delivery-pipeline" ||
		target.text("roleArn") != "arn:aws:test:us-east-1:000000000000:slipway-delivery-trigger" {
		t.Errorf("target is %v", target.inputs)
	}
}

// What changes nothing about the definition must not change the version.
func TestActionTypeVersionStays(t *testing.T) {
	first := deliveryWith(t, nil).only(t, actionType)
	for name, config := range map[string]map[string]string{
		"wide": deliveryVariants["wide"], "given": deliveryVariants["given"], "job": {"jobName": "other"}, "cidr": {"allowedCidr": "198.51.100.0/24"},
	} {
		if got := deliveryWith(t, config).only(t, actionType); got.text("version") != first.text("version") {
			t.Errorf("%s: version %s became %s", name, first.text("version"), got.text("version"))
		}
	}
	named := deliveryWith(t, deliveryVariants["github"]).only(t, actionType)
	if named.text("version") == first.text("version") {
		t.Error("links to a host name have the version of a definition without links")
	}
}

func TestActionType(t *testing.T) {
	plain := deliveryWith(t, nil).only(t, actionType)
	text, err := json.Marshal(plain.inputs.Mappable())
	if err != nil {
		t.Fatal(err)
	}
	if _, given := plain.get("settings"); given || strings.Contains(string(text), "192.0.2.1") || strings.Contains(string(text), "http") {
		t.Errorf("an address is in %s", text)
	}
	properties := list(plain.inputs["configurationProperties"])
	names := []string{"ProjectName", "Operation", "Environment", "From", "Commit"}
	for i, p := range properties {
		first := i == 0
		if p["name"].StringValue() != names[i] || p["key"].BoolValue() != first || p["queryable"].BoolValue() != first ||
			p["required"].BoolValue() == (names[i] == "From") || p["secret"].BoolValue() || p["type"].StringValue() != "String" {
			t.Errorf("property %d is %v", i, p)
		}
	}
	if len(properties) != len(names) || plain.number("inputArtifactDetails.minimumCount") != 1 || plain.number("inputArtifactDetails.maximumCount") != 1 ||
		plain.number("outputArtifactDetails.minimumCount") != 0 || plain.number("outputArtifactDetails.maximumCount") != 0 {
		t.Errorf("action type is %s", text)
	}
	if provider := plain.text("providerName"); provider != "slipway-delivery" || len(provider) > 25 {
		t.Errorf("provider is %s", provider)
	}
	linked := deliveryWith(t, deliveryVariants["github"]).only(t, actionType)
	if got := linked.text("settings.executionUrlTemplate"); got != "https://jenkins.example.com:8443/job/{Config:ProjectName}/{ExternalExecutionId}/" {
		t.Errorf("link is %s", got)
	}
}

func TestArtifactsExpire(t *testing.T) {
	rules := list(deliveryWith(t, map[string]string{"artifactRetentionDays": "19"}).only(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2").inputs["rules"])
	var expiring []string
	for _, rule := range rules {
		if days, given := rule["expiration"]; given && days.ObjectValue()["days"].NumberValue() == 19 {
			expiring = append(expiring, rule["filter"].ObjectValue()["prefix"].StringValue())
		}
	}
	if !slices.Equal(expiring, []string{"slipway-delivery/Source/", "readiness/jenkins"}) {
		t.Errorf("what expires is %q: the programs must stay, and what the host says of itself", expiring)
	}
	last := rules[len(rules)-1]
	if last["noncurrentVersionExpiration"].ObjectValue()["noncurrentDays"].NumberValue() != 19 ||
		last["abortIncompleteMultipartUpload"].ObjectValue()["daysAfterInitiation"].NumberValue() != 1 {
		t.Errorf("the last rule is %v", last)
	}
}
