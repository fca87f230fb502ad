package events_test

import (
	"context"
	"strings"
	"testing"

	"slipway/sandbox/events"
)

func TestPatterns(t *testing.T) {
	const event = `{"event":"referenceUpdated","name":"release/1.2","count":300,"deep":{"list":["a","b"],"flag":true,"none":null},"text":"a*b\"c"}`
	for pattern, want := range map[string]bool{
		`{"source":["aws.codecommit"]}`:                                   true,
		`{"source":["aws.ecr","aws.codecommit"]}`:                         true,
		`{"source":["aws.ecr"]}`:                                          false,
		`{"source":["aws.codecommi"]}`:                                    false,
		`{"account":["000000000000"],"region":["eu-west-1"]}`:             true,
		`{"resources":["two"]}`:                                           true,
		`{"resources":["three"]}`:                                         false,
		`{"detail":{"count":[300]}}`:                                      true,
		`{"detail":{"count":["300"]}}`:                                    false,
		`{"detail":{"deep":{"list":["b"],"flag":[true],"none":[null]}}}`:  true,
		`{"detail":{"deep":{"flag":[false]}}}`:                            false,
		`{"detail":{"name":[{"prefix":"release/"}]}}`:                     true,
		`{"detail":{"name":[{"prefix":"elease/"}]}}`:                      false,
		`{"detail":{"name":[{"suffix":".2"}]}}`:                           true,
		`{"detail":{"name":[{"suffix":".3"}]}}`:                           false,
		`{"detail":{"name":[{"wildcard":"release/*.2"}]}}`:                true,
		`{"detail":{"name":[{"wildcard":"release/*.3"}]}}`:                false,
		`{"detail":{"name":[{"wildcard":"release/1.2"}]}}`:                true,
		`{"detail":{"name":["main",{"prefix":"release/"}]}}`:              true,
		`{"detail":{"name":[{"exists":true}]}}`:                           true,
		`{"detail":{"name":[{"exists":false}]}}`:                          false,
		`{"detail":{"other":[{"exists":false}]}}`:                         true,
		`{"detail":{"name":[{"anything-but":"main"}]}}`:                   true,
		`{"detail":{"name":[{"anything-but":["main","release/1.2"]}]}}`:   false,
		`{"detail":{"text":["a*b\"c"]}}`:                                  true,
		`{"detail":{"text":["axb\"c"]}}`:                                  false,
		`{"source":["aws.codecommit"],"detail":{"event":["nothing"]}}`:    false,
		`{"source":["aws.codecommit"],"detail":{"missing":["anything"]}}`: false,
	} {
		r := newRig(t)
		r.rule("rule", pattern, pipelineARN)
		if err := r.Put(context.Background(), events.Event{
			Source: "aws.codecommit", DetailType: "x", Resources: []string{"one", "two"}, Detail: []byte(event),
		}); err != nil {
			t.Fatal(err)
		}
		all, err := r.History()
		if err != nil {
			t.Fatal(err)
		}
		if got := len(all) == 1; got != want {
			t.Errorf("%s matches: %v", pattern, got)
		}
	}
}

func TestAPatternThatIsRefused(t *testing.T) {
	r := newRig(t)
	_, _, err := r.Behaviours()[ruleType].Create(context.Background(), inputs(map[string]any{"name": "rule", "eventPattern": `{"sauce":["a"]}`}))
	if code(err) != "InvalidEventPatternException" || !strings.Contains(err.Error(), `no field "sauce"`) {
		t.Errorf("it is answered with %v", err)
	}
}

func TestEventsOfEveryShapeAreMatched(t *testing.T) {
	r := newRig(t)
	r.rule("rule", `{"source":["me"],"resources":[{"exists":false}],"detail":{"a":{"b":[{"exists":false}]},"key":["found"]}}`, pipelineARN)
	shapes := []string{
		`{}`, `[]`, `[[],{}]`, `[{"b":[]}]`, `{"b":{}}`, `{"c":[[1],[[]]]}`, `"<ü&\u0000\"\\日本😀>"`, `-1.5e-10`, `12345678901234567890`, `true`, `null`, `""`,
	}
	for _, shape := range shapes {
		if err := r.Put(context.Background(), events.Event{Source: "me", DetailType: "x", Detail: []byte(`{"key":"found","a":` + shape + `}`)}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := r.History()
	if err != nil || len(all) != len(shapes) {
		t.Fatalf("%d events: %v", len(all), err)
	}
	for _, e := range all {
		if len(e.Deliveries) != 1 {
			t.Errorf("%s does not match", e.Event.Detail)
		}
	}
}
