package events_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/resource"
)

func TestRulesThatAreRefused(t *testing.T) {
	r := newRig(t)
	r.rule("taken", pushToMain, "")
	for name, c := range map[string]struct {
		in   map[string]any
		want string
	}{
		"a schedule":     {map[string]any{"name": "r", "scheduleExpression": "rate(1 minute)"}, "no schedule runs"},
		"both":           {map[string]any{"name": "r", "scheduleExpression": "rate(1 minute)", "eventPattern": pushToMain}, "no schedule runs"},
		"neither":        {map[string]any{"name": "r"}, "must be specified"},
		"another bus":    {map[string]any{"name": "r", "eventPattern": pushToMain, "eventBusName": "mine"}, "only the default one"},
		"another state":  {map[string]any{"name": "r", "eventPattern": pushToMain, "state": "ON"}, "enum value set"},
		"a wrong name":   {map[string]any{"name": "r/r", "eventPattern": pushToMain}, "regular expression"},
		"the same again": {map[string]any{"name": "taken", "eventPattern": pushToMain}, "already exists"},
	} {
		if _, _, err := r.Behaviours()[ruleType].Create(context.Background(), inputs(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s is answered with %v", name, err)
		}
	}
}

func TestTargetsThatAreRefused(t *testing.T) {
	r := newRig(t)
	r.rule("rule", pushToMain, "")
	for name, c := range map[string]struct {
		in   map[string]any
		want string
	}{
		"no rule":         {map[string]any{"rule": "none", "arn": pipelineARN, "roleArn": deliveryRole}, "does not exist"},
		"no role":         {map[string]any{"rule": "rule", "arn": pipelineARN}, "RoleArn is required"},
		"another region":  {map[string]any{"rule": "rule", "arn": "arn:aws:codepipeline:eu-west-2:000000000000:p", "roleArn": deliveryRole}, "is a pipeline"},
		"an input":        {map[string]any{"rule": "rule", "arn": pipelineARN, "roleArn": deliveryRole, "input": "{}"}, "Parameter input"},
		"another's topic": {map[string]any{"rule": "rule", "arn": "arn:aws:sns:eu-west-1:111111111111:ops"}, "not supported here"},
		"a wrong id":      {map[string]any{"rule": "rule", "arn": pipelineARN, "roleArn": deliveryRole, "targetId": "a/b"}, "regular expression"},
		"another bus":     {map[string]any{"rule": "rule", "arn": pipelineARN, "roleArn": deliveryRole, "eventBusName": "mine"}, "only the default one"},
	} {
		if _, _, err := r.Behaviours()[targetType].Create(context.Background(), inputs(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s is answered with %v", name, err)
		}
	}
}

func TestARuleIsSwitchedOffAndOn(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	rules := r.Behaviours()[ruleType]
	id, out, err := rules.Create(ctx, inputs(map[string]any{"name": "rule", "eventPattern": pushToMain, "isEnabled": false}))
	if err != nil || id != "rule" || out["state"].StringValue() != "DISABLED" || out["arn"].StringValue() != "arn:aws:events:eu-west-1:000000000000:rule/rule" {
		t.Fatalf("%s, %v: %v", id, out, err)
	}
	if _, _, err := r.Behaviours()[targetType].Create(ctx, inputs(map[string]any{"rule": "rule", "arn": pipelineARN, "roleArn": deliveryRole})); err != nil {
		t.Fatal(err)
	}
	r.run()
	r.push("referenceUpdated", "main")
	if _, err := rules.Update(ctx, id, inputs(map[string]any{"name": "rule", "eventPattern": pushToMain, "state": "ENABLED"})); err != nil {
		t.Fatal(err)
	}
	r.push("referenceUpdated", "main")
	r.started()
	if all := r.settled(); len(all) != 1 || len(all[0].Deliveries) != 1 {
		t.Errorf("the history is %+v", all)
	}
}

func TestTargetsGoBeforeTheirRule(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	r.rule("rule", pushToMain, "")
	rules, targets := r.Behaviours()[ruleType], r.Behaviours()[targetType]
	in := map[string]any{"rule": "rule", "arn": pipelineARN, "roleArn": deliveryRole}
	id, out, err := targets.Create(ctx, inputs(in))
	if err != nil || !strings.HasPrefix(id, "rule-terraform-") || !strings.HasSuffix(id, out["targetId"].StringValue()) {
		t.Fatalf("%s, %v: %v", id, out, err)
	}
	in["arn"] = pipelineARN + "2"
	if out, err = targets.Update(ctx, id, inputs(in)); err != nil || out["arn"].StringValue() != pipelineARN+"2" {
		t.Errorf("%v: %v", out, err)
	}
	if err := rules.Delete(ctx, "rule"); err == nil || !strings.Contains(err.Error(), "has targets") {
		t.Errorf("deleting a rule with targets: %v", err)
	}
	for range 2 {
		if err := errors.Join(targets.Delete(ctx, id), rules.Delete(ctx, "rule")); err != nil {
			t.Error(err)
		}
	}
	if _, err := rules.Update(ctx, "rule", resource.Properties{}); err == nil {
		t.Error("a deleted rule was changed")
	}
}

func TestTheAPI(t *testing.T) {
	r := newRig(t)
	r.rule("rule", pushToMain, pipelineARN)
	server := httptest.NewServer(awsapi.NewHandler(slog.New(slog.DiscardHandler), r.API()))
	defer server.Close()
	for _, c := range []struct{ action, in, want string }{
		{"ListRules", `{}`, `"Name":"rule","Arn":"arn:aws:events:eu-west-1:000000000000:rule/rule"`},
		{"ListRules", `{"NamePrefix":"x"}`, `{"Rules":[]}`},
		{"DescribeRule", `{"Name":"rule"}`, `"State":"ENABLED"`},
		{"DescribeRule", `{"Name":"none"}`, `ResourceNotFoundException`},
		{"ListTargetsByRule", `{"Rule":"rule"}`, `{"Targets":[{"Id":"t","Arn":"` + pipelineARN + `","RoleArn":"` + deliveryRole + `"}]}`},
		{"ListTargetsByRule", `{"Rule":"none"}`, `ResourceNotFoundException`},
		{"PutEvents", `{"Entries":[{"Source":"me","DetailType":"d","Detail":"{}"}]}`, `{"FailedEntryCount":0,"Entries":[{"EventId":"`},
		{"PutEvents", `{"Entries":[{"Source":"aws.codecommit","DetailType":"d","Detail":"{}"}]}`, `NotAuthorizedForSource`},
		{"PutEvents", `{"Entries":[{"Source":"me","DetailType":"d","Detail":"no"}]}`, `MalformedDetail`},
		{"PutEvents", `{"Entries":[]}`, `ValidationException`},
	} {
		if got := call(t, server.URL, c.action, c.in); !strings.Contains(got, c.want) {
			t.Errorf("%s %s is answered with %s", c.action, c.in, got)
		}
	}
}

func call(t *testing.T, url, action, in string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Target", "AWSEvents."+action)
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=sandbox/20260501/eu-west-1/events/aws4_request, SignedHeaders=host, Signature=0")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var b strings.Builder
	if err := answer.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A topic is a target without a role.
func TestTopicIsATarget(t *testing.T) {
	r := newRig(t)
	r.rule("rule", pushToMain, "")
	id, _, err := r.Behaviours()[targetType].Create(context.Background(), inputs(map[string]any{
		"rule": "rule", "targetId": "topic", "arn": "arn:aws:sns:eu-west-1:000000000000:ops",
	}))
	if err != nil || id != "rule-topic" {
		t.Errorf("%s, %v", id, err)
	}
}
