package events_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/sandbox/events"
)

func TestAPushStartsThePipelineOfItsRule(t *testing.T) {
	r := newRig(t)
	r.rule("main", pushToMain, pipelineARN)
	r.rule("other", strings.Replace(pushToMain, `"main"`, `"other"`, 1), pipelineARN+"-other")
	r.rule("alone", pushToMain, "")
	r.run()
	r.push("referenceDeleted", "main")
	r.push("referenceUpdated", "trunk")
	r.push("referenceUpdated", "main")
	got := r.started()
	if got.pipeline != "deploy" || got.rule != "arn:aws:events:eu-west-1:000000000000:rule/main" {
		t.Errorf("it started %+v", got)
	}
	all := r.settled()
	if len(all) != 1 || len(all[0].Deliveries) != 1 {
		t.Fatalf("the history is %+v", all)
	}
	if d := all[0].Deliveries[0]; d.State != events.Delivered || d.Attempts != 1 || d.Execution != "execution of deploy" || !strings.HasPrefix(got.token, all[0].Event.ID) {
		t.Errorf("the delivery is %+v, with the token %s", d, got.token)
	}
	if len(r.starter.calls) > 0 {
		t.Errorf("something else was started: %+v", <-r.starter.calls)
	}
}

func TestAnEventHasTheFormOfEventBridge(t *testing.T) {
	r := newRig(t)
	r.rule("main", pushToMain, pipelineARN)
	r.push("referenceUpdated", "main")
	all, err := r.History()
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v: %v", all, err)
	}
	b, err := json.Marshal(all[0].Event)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"version":"0","id":"` + all[0].Event.ID + `","detail-type":"CodeCommit Repository State Change","source":"aws.codecommit",` +
		`"account":"000000000000","time":"2026-05-01T12:00:00Z","region":"eu-west-1","resources":["arn:aws:codecommit:eu-west-1:000000000000:app"],` +
		`"detail":{"event":"referenceUpdated","referenceName":"main","referenceType":"branch"}}`
	if string(b) != want {
		t.Errorf("it is %s\nnot   %s", b, want)
	}
}

func TestEventsThatAreRefused(t *testing.T) {
	r := newRig(t)
	for _, e := range []events.Event{
		{Detail: json.RawMessage(`{}`)}, {Source: "a", DetailType: "b"}, {Source: "a", DetailType: "b", Detail: json.RawMessage(`[]`)},
		{Source: "a", DetailType: "b", Detail: json.RawMessage(`null`)},
		{Source: "a", DetailType: "b", Detail: json.RawMessage(`{"x":"` + strings.Repeat("x", 256<<10) + `"}`)},
	} {
		if err := r.Put(context.Background(), e); err == nil {
			t.Errorf("%.100v was taken", e)
		}
	}
}

func TestAPushBeforeAKillStartsThePipelineAfterIt(t *testing.T) {
	r := newRig(t)
	r.rule("main", pushToMain, pipelineARN)
	r.push("referenceUpdated", "main") // Run has not begun: nothing is delivered
	r.close()
	r.open()
	r.run()
	if got := r.started(); got.pipeline != "deploy" {
		t.Errorf("it started %+v", got)
	}
	r.settled()
	r.close()
	r.open()
	r.run()
	r.push("referenceCreated", "main")
	first, second := r.started(), len(r.starter.calls)
	if all := r.settled(); second != 0 || !strings.HasPrefix(first.token, all[0].Event.ID) {
		t.Errorf("what was delivered is delivered again: %+v", first)
	}
}

func TestATargetThatFailsIsTriedAgain(t *testing.T) {
	r := newRig(t)
	r.rule("main", pushToMain, pipelineARN)
	r.starter.fails = 2
	r.run()
	r.push("referenceUpdated", "main")
	tokens := map[string]bool{r.started().token: true}
	for _, pause := range []time.Duration{time.Second, 2 * time.Second} {
		if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(pause)
		tokens[r.started().token] = true
	}
	d := r.settled()[0].Deliveries[0]
	if d.State != events.Delivered || d.Attempts != 3 || d.Error != "" || len(tokens) != 1 {
		t.Errorf("the delivery is %+v, with the tokens %v", d, tokens)
	}
}

func TestATargetThatNeverWorksIsKeptAsFailed(t *testing.T) {
	r := newRig(t)
	r.rule("main", pushToMain, pipelineARN)
	r.starter.fails = 100
	r.run()
	r.push("referenceUpdated", "main")
	for range 5 {
		r.started()
		if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(time.Minute)
	}
	r.started()
	if d := r.settled()[0].Deliveries[0]; d.State != events.Failed || d.Attempts != 6 || d.Error != "the pipeline is busy" {
		t.Errorf("the delivery is %+v", d)
	}
}

func TestATargetThatFailsHoldsUpNoOther(t *testing.T) {
	r := newRig(t)
	r.rule("main", pushToMain, pipelineARN)
	r.starter.fails = 1
	r.run()
	r.push("referenceUpdated", "main")
	r.started()
	r.rule("other", strings.Replace(pushToMain, `"main"`, `"other"`, 1), pipelineARN+"-other")
	r.push("referenceUpdated", "main")
	r.push("referenceUpdated", "other")
	if got := r.started(); got.pipeline != "deploy-other" {
		t.Errorf("it started %+v", got)
	}
}

func TestTheHistoryForgetsTheOldest(t *testing.T) {
	r := newRig(t)
	r.rule("all", `{"source":["aws.codecommit"]}`, pipelineARN)
	r.run()
	for i := range 210 {
		r.push("referenceUpdated", fmt.Sprint("branch-", i))
		r.started()
	}
	r.settled()
	r.push("referenceUpdated", "last")
	all, err := r.History()
	if err != nil || len(all) != 200 || !strings.Contains(string(all[0].Event.Detail), "last") {
		t.Errorf("there are %d events: %v", len(all), err)
	}
}

// topics are what was sent to topics.
type topics map[string][]string

func (t topics) Notify(_ context.Context, arn, message string) (string, error) {
	t[arn] = append(t[arn], message)
	return "message", nil
}

func TestATopicGetsTheWholeEvent(t *testing.T) {
	r, told, arn := newRig(t), topics{}, "arn:aws:sns:eu-west-1:000000000000:releases"
	r.close()
	r.topics = told
	r.open()
	r.rule("rule", `{"source":["aws.ecs"],"detail":{"lastStatus":["STOPPED"]}}`, arn)
	r.run()
	for _, status := range []string{"RUNNING", "STOPPED"} {
		if err := r.Publish(t.Context(), "aws.ecs", "ECS Task State Change", nil, map[string]string{"lastStatus": status}); err != nil {
			t.Fatal(err)
		}
	}
	all := r.settled()
	if len(all) != 1 || all[0].Deliveries[0].State != events.Delivered || len(told[arn]) != 1 || !strings.Contains(told[arn][0], `"detail":{"lastStatus":"STOPPED"}`) {
		t.Errorf("it got %v, of %+v", told, all)
	}
}
