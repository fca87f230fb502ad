package fault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCodeOf(t *testing.T) {
	inner := &Error{Op: "build", Cause: "no", Code: BuildFailed}
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"nil", nil, OK},
		{"plain", errors.New("x"), Unexpected},
		{"fault", inner, BuildFailed},
		{"wrapped fault", fmt.Errorf("deploy: %w", inner), BuildFailed},
		{"outermost counts", &Error{Op: "deploy", Code: RolledBack, Err: inner}, RolledBack},
		{"cancelled", fmt.Errorf("update: %w", context.Canceled), Interrupted},
		{"fault without a code over a cancelled context", &Error{Op: "x", Err: context.Canceled}, Interrupted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := CodeOf(tt.err); got != tt.want {
				t.Errorf("CodeOf = %d, want %d", got, tt.want)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	below := errors.New("connection refused")
	tests := []struct {
		err  *Error
		want string
	}{
		{&Error{Op: "ping docker", Cause: "nothing listens"}, "ping docker: nothing listens"},
		{&Error{Op: "ping docker", Err: below}, "ping docker: connection refused"},
		{&Error{Cause: "nothing listens"}, "nothing listens"},
		{&Error{Op: "ping docker"}, "ping docker"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("Error() = %q, want %q", got, tt.want)
		}
	}
	if !errors.Is(tests[1].err, below) {
		t.Error("the error below is not reachable")
	}
}

func TestPrint(t *testing.T) {
	long := make([]string, 40)
	for i := range long {
		long[i] = fmt.Sprintf("line %d", i+1)
	}
	var out bytes.Buffer
	Print(&out, fmt.Errorf("deploy: %w", &Error{
		Op: "roll out abc1234 to dev", Cause: "the container exits at once",
		Evidence: long, Next: "slipway logs dev", Err: errors.New("exit code 1"),
	}))
	got := out.String()
	want := "error: roll out abc1234 to dev\n" +
		"  cause     the container exits at once\n" +
		"            exit code 1\n" +
		"  evidence  line 1\n"
	if !strings.HasPrefix(got, want) {
		t.Errorf("printed\n%s\nwant it to begin with\n%s", got, want)
	}
	for _, part := range []string{"line 4\n            … 25 more lines …\n            line 30", "line 40\n  next      slipway logs dev\n"} {
		if !strings.Contains(got, part) {
			t.Errorf("printed\n%s\nwithout\n%s", got, part)
		}
	}
	if n := strings.Count(got, "\n"); n > 22 {
		t.Errorf("%d lines do not fit one screen", n)
	}
}

func TestPrintPlain(t *testing.T) {
	var out bytes.Buffer
	Print(&out, errors.New("read Pulumi.dev.yaml: no such file"))
	if got := out.String(); got != "error: read Pulumi.dev.yaml: no such file\n" {
		t.Errorf("printed %q", got)
	}
}
