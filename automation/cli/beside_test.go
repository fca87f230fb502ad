package cli

import (
	"errors"
	"net"
	"strings"
	"testing"

	"slipway/automation/fault"
)

// In a shell that uses a sandbox which was stopped, whatever goes wrong is told with the way to go on.
func TestSandboxThatWasStopped(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	here := "http://" + listener.Addr().String()
	s := &Session{ProjectDir: newRoot(t, map[string]string{})}
	refused, bad := errors.New("connection refused"), &fault.Error{Cause: "wrong", Code: fault.BadInput}
	for _, answers := range []bool{true, false} {
		if !answers {
			_ = listener.Close()
		}
		for _, test := range []struct {
			name, endpoint string
			err            error
			told           bool
		}{
			{"an error of a client", here, refused, !answers},
			{"something that is not ready", here, &fault.Error{Cause: "no region", Code: fault.NotReady}, !answers},
			{"bad input", here, bad, false},
			{"another machine", "https://sts.example.com", refused, false},
		} {
			t.Setenv(endpointVariable, test.endpoint)
			var out strings.Builder
			got := s.besideSandbox(test.err)
			fault.Print(&out, got)
			told := strings.Contains(out.String(), "slipway sandbox start") && strings.Contains(out.String(), `eval "$(slipway sandbox env)"`)
			if told != test.told || told && (fault.CodeOf(got) != fault.NotReady || !strings.Contains(out.String(), test.err.Error())) {
				t.Errorf("%s, sandbox answers: %v: code %d\n%s", test.name, answers, fault.CodeOf(got), out.String())
			}
		}
	}
}
