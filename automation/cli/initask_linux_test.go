package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/automation/cli/terminal/terminaltest"
)

// line is what a person answers once the terminal shows a text.
type line struct{ shown, answer string }

// onTerminal runs the command line on a terminal, with a person who answers, and returns all that was shown.
func onTerminal(t *testing.T, says []line, args ...string) (code int, shown string) {
	t.Helper()
	t.Setenv("TERM", "xterm")
	master, slave := terminaltest.Pair(t)
	ended := make(chan int, 1)
	go func() {
		s := &Session{In: slave, Out: slave, Talk: slave}
		s.guard()
		top := New()
		s.flags(top)
		code := s.run(t.Context(), top, args)
		_ = slave.Close()
		ended <- code
	}()
	part := make([]byte, 4096)
	seen := 0 // of what was shown, up to where the last answer was given
	for {
		n, err := master.Read(part)
		shown += string(part[:n])
		if err != nil {
			return <-ended, shown
		}
		for len(says) > 0 && strings.Contains(shown[seen:], says[0].shown) {
			seen = len(shown)
			if _, err := master.WriteString(says[0].answer + "\n"); err != nil {
				t.Fatal(err)
			}
			says = says[1:]
		}
	}
}

// On a terminal init asks for what it needs, offers what it found, and asks again where an answer cannot be.
func TestInitAsks(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
	const name, health = "Name of the project, which begins the names on AWS [corner-shop]: ", "Path that answers 200 when the app is well [/]: "
	for _, c := range []struct {
		name, expose string
		says         []line
		args         []string
		code         int
		shown        []string
		wrote        []string // into Pulumi.yaml
	}{
		{"nothing but Enter", "EXPOSE 3000", []line{{name, ""}, {"Port that the app listens on [3000]: ", ""}, {health, ""}}, nil, 0,
			[]string{"port 3000 and is well when / answers 200"}, []string{"name: corner-shop\n", "containerPort: 3000"}},
		{"answers of one's own", "EXPOSE 3000", []line{{name, "bakery"}, {"[3000]: ", "8080"}, {health, "/up"}}, nil, 0,
			nil, []string{"name: bakery\n", "containerPort: 8080", "healthPath: '/up'"}},
		{"answers that cannot be", "EXPOSE 3000",
			[]line{{name, "The Bakery"}, {`--name "The Bakery": 2 to 20`, "bakery"}, {"[3000]: ", "http"}, {`--port "http": a port from 1 to 65535`, "99999"}, {`--port "99999": a port`, "80"}, {health, "up"}, {`--health-path "up": `, "/up"}},
			nil, 0, nil, []string{"name: bakery\n", "containerPort: 80\n", "healthPath: '/up'"}},
		{"several ports", "EXPOSE 443 80", []line{{name, ""}, {"listens on (the Dockerfile exposes 80 and 443) [80]: ", "443"}, {health, ""}}, nil, 0, nil, []string{"containerPort: 443"}},
		{"no port known", "EXPOSE $PORT", []line{{name, ""}, {"listens on []: ", ""}}, nil, 2, []string{"EXPOSE $PORT names no single port of TCP"}, nil},
		{"what flags say", "EXPOSE 3000", []line{{"[3000]: ", ""}}, []string{"--name", "bakery", "--health-path", "/up"}, 0, nil, []string{"name: bakery\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, "corner-shop", map[string]string{"Dockerfile": "FROM scratch\n" + c.expose + "\n"})
			code, shown := onTerminal(t, c.says, append([]string{"init", dir}, c.args...)...)
			text, _ := os.ReadFile(filepath.Join(dir, "Pulumi.yaml")) // none when it ended with an error
			if code != c.code || (len(text) > 0) != (code == 0) {
				t.Fatalf("code %d, wrote %q\n%s", code, text, shown)
			}
			for _, part := range c.shown {
				if !strings.Contains(shown, part) {
					t.Errorf("%q is not in\n%s", part, shown)
				}
			}
			for _, part := range c.wrote {
				if !strings.Contains(string(text), part) {
					t.Errorf("%q is not in\n%s", part, text)
				}
			}
		})
	}
}
