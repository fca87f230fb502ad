package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/automation/project"
)

// folder is one with these files, called name.
func folder(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	for file, text := range files {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestInit(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:9") // no image of this machine is looked at
	for _, c := range []struct {
		name, dir string
		files     map[string]string
		args      []string
		code      int
		says      []string
		want      begun
	}{
		{"from the Dockerfile", "My Shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 3000\nUSER 7\nHEALTHCHECK CMD curl http://localhost:3000/up\n"},
			nil, 0, nil, begun{Project: "my-shop", Port: 3000, HealthPath: "/up", User: "7"}},
		{"from flags", "x", map[string]string{"deploy/Dockerfile": "FROM scratch\nEXPOSE 1 2\n"},
			[]string{"--name", "shop", "--port", "80", "--health-path", "/h", "--dockerfile", "deploy/Dockerfile"}, 0, nil, begun{Project: "shop", Port: 80, HealthPath: "/h"}},
		{"no port", "shop", map[string]string{"Dockerfile": "FROM scratch\n"}, nil, 2, []string{"no EXPOSE line, so nothing says which port the app listens on", "slipway init --port"}, begun{}},
		{"two ports", "shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 80 443\n"}, nil, 2, []string{"exposes 80 and 443", "slipway init --port 80"}, begun{}},
		{"a name that AWS keeps", "ecs-shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 80\n"}, nil, 2, []string{`--name "ecs-shop": 2 to 20 lower-case`}, begun{}},
		{"every wrong flag", "shop", map[string]string{"Dockerfile": "FROM scratch\n"}, []string{"--port", "-1", "--health-path", "up"}, 2,
			[]string{`--port "-1": a port from 1 to 65535`, `--health-path "up": a URL path`}, begun{}},
		{"a number that is no port", "shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 99999\n"}, nil, 2, []string{"EXPOSE 99999 names no single port of TCP", "slipway init --port 8080"}, begun{}},
		{"a variable that is not set", "shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE ${PORT}\n"}, nil, 2, []string{"EXPOSE ${PORT} names no single port"}, begun{}},
		{"variables, and Windows' ends of lines", "shop", map[string]string{"Dockerfile": "FROM scratch\r\nARG PORT=4000\r\nEXPOSE ${PORT} 99999\r\nUSER 7\r\n"}, nil, 0, nil,
			begun{Project: "shop", Port: 4000, HealthPath: "/", User: "7"}},
		{"a name that is none", "shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 80\n"}, []string{"--name", "Corner Shop"}, 2, []string{`--name "Corner Shop": 2 to 20 lower-case`}, begun{}},
		{"a folder without a letter", "___", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 80\n"}, nil, 2, []string{"gives no name for a project", "slipway init --name my-app"}, begun{}},
		{"a .gitignore that is a folder", "shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 80\n", ".gitignore/x": ""}, nil, 2,
			[]string{".gitignore: is a directory; nothing was written", "then the same command"}, begun{}},
		{"no Dockerfile", "shop", map[string]string{"a": ""}, nil, 2, []string{"it has no file Dockerfile", "--dockerfile"}, begun{}},
		{"no folder", "shop", nil, nil, 2, []string{"it has no file Dockerfile"}, begun{}},
		{"a Dockerfile elsewhere", "shop", nil, []string{"--dockerfile", "../Dockerfile"}, 2, []string{"no path within the folder"}, begun{}},
		{"a broken Dockerfile", "shop", map[string]string{"Dockerfile": "FORM scratch\n"}, nil, 2, []string{"Dockerfile: ", "FORM"}, begun{}},
		{"a project", "shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 80\n", "Pulumi.yaml": "not: ours\n"}, nil, 2,
			[]string{"has Pulumi.yaml, and nothing is overwritten"}, begun{}},
	} {
		dir := folder(t, c.dir, c.files)
		code, out, talk := run(t, dir, append([]string{"init", dir, "--json"}, c.args...)...)
		if code != c.code {
			t.Errorf("%s: code %d\n%s%s", c.name, code, out, talk)
			continue
		}
		for _, part := range c.says {
			if !strings.Contains(strings.ReplaceAll(out, `\"`, `"`), part) {
				t.Errorf("%s: %q is not in\n%s", c.name, part, out)
			}
		}
		if _, err := project.At(dir); (err == nil) != (code == 0) {
			t.Errorf("%s: the project: %v", c.name, err)
		}
		if code != 0 {
			continue
		}
		var answer struct{ Data begun }
		if err := json.Unmarshal([]byte(out), &answer); err != nil {
			t.Fatal(err)
		}
		got := answer.Data
		if got.Project != c.want.Project || got.Port != c.want.Port || got.HealthPath != c.want.HealthPath || got.User != c.want.User ||
			!slices.Contains(got.Files, "Pulumi.prod.yaml") || !slices.Contains(got.Next, "slipway deploy dev") {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// Where nothing can be asked twice, the second run changes nothing of what the first wrote.
func TestInitSaysWhatToDo(t *testing.T) {
	dir := folder(t, "shop", map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 3000\n"})
	code, out, talk := run(t, dir, "init", dir)
	for _, part := range []string{
		"shop: wrote Pulumi.yaml, Pulumi.delivery.yaml", "port 3000 and is well when / answers 200", "no user other than root", "git init", "slipway bootstrap in place of the sandbox",
	} {
		if code != 0 || !strings.Contains(out, part) {
			t.Errorf("code %d, %q is not in\n%s%s", code, part, out, talk)
		}
	}
	before, err := os.ReadFile(filepath.Join(dir, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if code, _, talk := run(t, dir, "init", dir, "--port", "9"); code != 2 {
		t.Errorf("again: code %d\n%s", code, talk)
	}
	if after, err := os.ReadFile(filepath.Join(dir, "Pulumi.yaml")); err != nil || string(after) != string(before) {
		t.Errorf("%s, %v", after, err)
	}
}
