package oneoff

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/automation/cloud"
	"slipway/automation/ui"
)

// stage is a task that goes through looks, one at each time that it is asked for, and a log that shows some lines late.
type stage struct {
	looks   []cloud.Task
	lines   []string
	late    int // reads until the last line is there
	refused error
	broken  int // DescribeTasks that go wrong first
	stopped string
	starts  func() // is called while the task is started
}

func (s *stage) Run(ctx context.Context, _ cloud.Single) (cloud.Task, error) {
	if s.starts != nil {
		s.starts()
	}
	if ctx.Err() != nil { // a call that is given up may have started the task all the same
		return cloud.Task{}, ctx.Err()
	}
	return cloud.Task{ARN: "arn:task/dev/4f1d", Status: "PROVISIONING"}, s.refused
}

func (s *stage) Task(context.Context, string, string) (cloud.Task, error) {
	if s.broken > 0 {
		s.broken--
		return cloud.Task{}, errors.New("throttled")
	}
	now := s.looks[0]
	if s.stopped != "" {
		now = s.looks[len(s.looks)-1]
	} else if len(s.looks) > 1 {
		s.looks = s.looks[1:]
	}
	now.ARN = "arn:task/dev/4f1d"
	return now, nil
}

func (s *stage) StopTask(_ context.Context, _, _, reason string) error {
	s.stopped = reason
	return nil
}

func (s *stage) Next(_ context.Context, group, stream, token string) ([]string, string, error) {
	if group != "/g" || stream != "app/app/4f1d" {
		return nil, "", errors.New("another stream: " + group + " " + stream)
	}
	there := len(s.lines)
	if s.late > 0 {
		s.late--
		there--
	}
	from, _ := strconv.Atoi(token)
	return s.lines[min(from, there):there], strconv.Itoa(max(from, there)), nil
}

func task(status string, code int, reason string) cloud.Task {
	t := cloud.Task{Status: status, Containers: []cloud.Container{{Name: "side"}, {Name: "app", Reason: reason}}}
	if status == "STOPPED" {
		t.StopCode, t.StoppedReason = "EssentialContainerExited", "Essential container in task exited"
		if code >= 0 {
			t.Containers[1].ExitCode = &code
		}
	}
	return t
}

func TestRun(t *testing.T) {
	never := task("STOPPED", -1, "")
	never.StopCode, never.StoppedReason = "TaskFailedToStart", "CannotPullContainerError: no such image"
	byHand := task("STOPPED", 143, "")
	byHand.StopCode, byHand.StoppedReason = "UserInitiated", "Task stopped by user"
	going := []cloud.Task{task("PENDING", 0, ""), task("RUNNING", 0, "")}
	tests := []struct {
		name  string
		stage stage
		leave bool // ctx ends in the middle
		code  int  // -1: none
		says  string
		stops string
		err   string
	}{
		{"works", stage{looks: append(slices.Clone(going), task("STOPPED", 0, "")), lines: []string{"one\r\n", "two"}}, false, 0, "", "", ""},
		{"its last line comes late", stage{looks: append(slices.Clone(going), task("STOPPED", 3, "")), lines: []string{"one", "two"}, late: 6}, false, 3, "", "", ""},
		{"killed for its memory", stage{looks: []cloud.Task{task("STOPPED", 137, "OutOfMemoryError")}, lines: []string{"one", "two"}}, false, 137, "OutOfMemoryError", "", ""},
		{"never starts", stage{looks: []cloud.Task{never}, lines: []string{"one", "two"}}, false, -1, "CannotPullContainerError", "", ""},
		{"stopped by somebody", stage{looks: []cloud.Task{byHand}, lines: []string{"one", "two"}}, false, 143, "Task stopped by user", "", ""},
		{"throttled for a while", stage{broken: lost - 1, looks: []cloud.Task{task("STOPPED", 0, "")}, lines: []string{"one", "two"}}, false, 0, "", "", ""},
		{"throttled for good", stage{broken: 1000, lines: []string{"one", "two"}}, false, -1, "", "", "throttled"},
		{"not placed", stage{refused: &cloud.NotPlaced{Reasons: []string{"no memory"}}}, false, -1, "", "", "no memory"},
		{"runs too long", stage{looks: append(slices.Clone(going), byHand), lines: []string{"one", "two"}}, false, 143, "Task stopped by user", "longer than 1m", ""},
		{"interrupted", stage{looks: append(slices.Clone(going), byHand), lines: []string{"one", "two"}}, true, 143, "Task stopped by user", "interrupted", ""},
	}
	for _, test := range tests {
		if test.stops != "" {
			test.stage.looks = slices.Insert(test.stage.looks, 1, slices.Repeat([]cloud.Task{task("RUNNING", 0, "")}, 1000)...)
		}
		ctx, cancel := context.WithCancel(t.Context())
		clock := clockwork.NewFakeClock()
		go func() {
			for i := 0; clock.BlockUntilContext(t.Context(), 1) == nil; i++ {
				if test.leave && i == 3 {
					cancel()
				}
				clock.Advance(pause)
			}
		}()
		var printed []string
		got, err := Run(ctx, Options{
			Cloud: &test.stage, Log: cloud.Template{Name: "app", LogGroup: "/g", LogPrefix: "app"}, Sink: ui.Discard, Clock: clock, Deadline: time.Minute,
			Print: func(line string) error { printed = append(printed, line); return nil },
		})
		cancel()
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %v, want %q", test.name, err, test.err)
		}
		if (got.Code == nil) != (test.code < 0) || got.Code != nil && *got.Code != test.code || !strings.Contains(got.Reason, test.says) || (test.says == "") != (got.Reason == "") {
			t.Errorf("%s: %+v", test.name, got)
		}
		if !strings.Contains(test.stage.stopped, test.stops) || got.Stopped != (test.stops != "") {
			t.Errorf("%s: told to stop because of %q", test.name, test.stage.stopped)
		}
		if want := []string{"one", "two"}; test.err == "" && !slices.Equal(printed, want) {
			t.Errorf("%s: printed %q", test.name, printed)
		}
	}
}

// Whoever leaves while the task is started leaves no task: it is known, and stopped.
func TestLeftAtTheStart(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	byHand := task("STOPPED", 143, "")
	s := &stage{looks: []cloud.Task{task("RUNNING", 0, ""), byHand}, starts: leave}
	var guarded string
	relieved := false
	got, err := Run(ctx, Options{
		Cloud: s, Log: cloud.Template{Name: "app"}, Sink: ui.Discard, Clock: clockwork.NewRealClock(), Deadline: time.Minute,
		Guard: func(task string) func() { guarded = task; return func() { relieved = true } },
	})
	if err != nil || !got.Stopped || !strings.Contains(s.stopped, "interrupted") {
		t.Errorf("%+v, %v; told to stop because of %q", got, err, s.stopped)
	}
	if guarded != "arn:task/dev/4f1d" || !relieved {
		t.Errorf("guarded %q, relieved %t", guarded, relieved)
	}
}
