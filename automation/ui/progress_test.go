package ui

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

const urn = "urn:pulumi:dev::slipway::"

func step(op apitype.OpType, typ, name string) apitype.StepEventMetadata {
	return apitype.StepEventMetadata{Op: op, URN: urn + typ + "::" + name, Type: typ}
}

func pre(m apitype.StepEventMetadata) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{Metadata: m}}}
}

func post(m apitype.StepEventMetadata) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResOutputsEvent: &apitype.ResOutputsEvent{Metadata: m}}}
}

func broken(m apitype.StepEventMetadata) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResOpFailedEvent: &apitype.ResOpFailedEvent{Metadata: m}}}
}

func said(severity, urn, text string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{DiagnosticEvent: &apitype.DiagnosticEvent{
		URN: urn, Severity: severity, Message: "<{%fg 1%}>" + text + "<{%reset%}>\n"}}}
}

// play tells sink the story of a deployment; tick is called where time passes.
func play(sink Sink, clock *clockwork.FakeClock, tick func(time.Duration)) {
	ended := Step(sink, clock, "preflight")
	tick(400 * time.Millisecond)
	ended(Done, "AWS account 000000000000")
	Step(sink, clock, "build")(Skipped, "the image is there")
	ended = Step(sink, clock, "update")
	sink.Event(Planned{Changes: 2})
	engine := NewEngine(sink, clock)
	stack := step(apitype.OpSame, "pulumi:pulumi:Stack", "slipway-dev")
	same := step(apitype.OpSame, "aws:ec2/vpc:Vpc", "dev")
	task := step(apitype.OpCreateReplacement, "aws:ecs/taskDefinition:TaskDefinition", "app")
	old := step(apitype.OpDeleteReplaced, "aws:ecs/taskDefinition:TaskDefinition", "app")
	service := step(apitype.OpUpdate, "aws:ecs/service:Service", "app-with-a-name-that-is-too-long-for-a-narrow-terminal")
	for _, e := range []events.EngineEvent{pre(stack), pre(same), post(same), pre(task)} {
		engine.Handle(e)
	}
	tick(1500 * time.Millisecond)
	engine.Handle(post(task))
	engine.Handle(pre(service))
	engine.Handle(said("warning", service.URN, "capacity is low"))
	tick(75 * time.Second)
	engine.Handle(said("error", service.URN, "password hunter22 was refused\nsecond line"))
	engine.Handle(broken(service))
	engine.Handle(pre(old))
	engine.Handle(post(old))
	sink.Event(Note{Text: "token hunter22 was used"})
	ended(Failed, "1 resource did not change\nsee above")
	sink.Event(Result{Command: "deploy", Code: 6, Data: map[string]any{"stack": "dev", "reason": "hunter22 again"}})
}

func TestPlain(t *testing.T) {
	var out bytes.Buffer
	clock := clockwork.NewFakeClockAt(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	play(Redact(NewPlain(&out, false), "hunter22"), clock, clock.Advance)
	golden(t, "plain.txt", out.String())
	out.Reset()
	play(Redact(NewPlain(&out, true), "hunter22"), clock, clock.Advance)
	golden(t, "plain-colour.txt", out.String())
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	clock := clockwork.NewFakeClockAt(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	play(Redact(NewJSON(&out, clock), "hunter22", "abc"), clock, clock.Advance)
	golden(t, "events.jsonl", out.String())
}

// TestLive shows the story on a screen that is made narrower on the way, and takes a picture where time passes.
func TestLive(t *testing.T) {
	clock := clockwork.NewFakeClockAt(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	terminal := &screen{width: 72}
	live := NewLive(terminal, false, clock, func() (int, int) { return terminal.width, 24 })
	var film strings.Builder
	play(Redact(live, "hunter22"), clock, func(d time.Duration) {
		live.mu.Lock() // the ticker paints on the same terminal
		live.paint(nil)
		fmt.Fprintf(&film, "--- %d columns\n%s", terminal.width, terminal.text())
		if d > time.Minute {
			terminal.resize(40)
			live.paint(nil)
			fmt.Fprintf(&film, "--- %d columns\n%s", terminal.width, terminal.text())
		}
		live.mu.Unlock()
		clock.Advance(d)
	})
	live.Close()
	live.Close()
	fmt.Fprintf(&film, "--- end\n%s", terminal.text())
	golden(t, "live.txt", film.String())
}

func TestFrameKeepsToTheScreen(t *testing.T) {
	now := time.Unix(0, 0)
	var s state
	s.apply(StepStarted{Name: "update"}, now)
	s.apply(Planned{Changes: 3}, now)
	for i := range 40 {
		s.apply(ResourceStarted{URN: fmt.Sprint(i), Type: "aws:ecs/service:Service", Name: strings.Repeat("é", i*5), Op: "create"}, now)
	}
	for width := 1; width < 120; width += 7 {
		for height := 1; height < 60; height += 9 {
			frame := s.frame(true, now, width, height)
			if len(frame) > max(3, height-1) {
				t.Errorf("%dx%d: %d lines", width, height, len(frame))
			}
			for _, line := range frame {
				if width > 1 && visible(line) >= width {
					t.Errorf("%dx%d: %d columns in %q", width, height, visible(line), line)
				}
			}
		}
	}
}

func TestNewChoosesForWhatIsThere(t *testing.T) {
	var out, talk bytes.Buffer
	shown, _ := New(Options{Out: &out, Talk: &talk}).(plainly)
	if _, is := shown.next.(*Plain); !is {
		t.Error("no terminal: want plain lines")
	}
	if _, is := New(Options{JSON: true, Out: &out, Talk: &talk}).(*JSON); !is {
		t.Error("JSON: want objects")
	}
}
