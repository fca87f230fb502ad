package ecs

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/docker/docker/client"

	"slipway/sandbox/datachannel"
)

func (r *rig) executes(task, change string) (executeOutput, error) {
	r.t.Helper()
	in := executeInput{Cluster: "c", Container: "app", Command: "/app check", Interactive: true, Task: task}
	if err := json.Unmarshal([]byte(change), &in); err != nil {
		r.t.Fatal(err)
	}
	return r.execute(r.t.Context(), in)
}

func TestExecuteCommand(t *testing.T) {
	r := newRig(t)
	r.define("VERSION=one")
	off, err := r.task(`{"cluster":"c","taskDefinition":"web"}`)
	if err != nil {
		t.Fatal(err)
	}
	r.seen(off.Tasks[0].TaskARN, "RUNNING")
	if _, err := r.executes(off.Tasks[0].TaskARN, `{}`); code(err) != "InvalidParameterException" || !strings.Contains(err.Error(), "execute command was not enabled") {
		t.Errorf("where it is off: %v", err)
	}
	r.mu.Lock()
	r.tasks[lastPart(off.Tasks[0].TaskARN)].ExecuteCommand = true
	r.mu.Unlock()
	task := off.Tasks[0].TaskARN
	for change, want := range map[string]string{
		`{"interactive":false}`: "Interactive is the only mode", `{"command":""}`: "blank", `{"command":"echo 'open"}`: "closed",
		`{"container":"db"}`: "db does not exist", `{"task":"0123"}`: "not found",
	} {
		if _, err := r.executes(task, change); code(err) != "InvalidParameterException" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", change, err)
		}
	}
	out, err := r.executes(task, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := joined(t.Context(), out.Session.URL, "another token"); err == nil || text != "" {
		t.Errorf("another token: %q, %v", text, err)
	}
	if _, err := joined(t.Context(), out.Session.URL, out.Session.Token); err != nil {
		t.Errorf("a command that prints nothing: %v", err)
	}
	if text, err := joined(t.Context(), out.Session.URL, out.Session.Token); err == nil {
		t.Errorf("the token was good twice: %q", text)
	}
	missing, err := r.executes(task, `{"command":"/nothing"}`)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := joined(t.Context(), missing.Session.URL, missing.Session.Token); !strings.Contains(text, "/nothing") {
		t.Errorf("a program that is not there: %q", text)
	}
}

// joined is a client that says what it must, and answers what the command printed and why the session ended.
func joined(ctx context.Context, url, token string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.CloseNow() }()
	text, _ := json.Marshal(datachannel.Opening{SchemaVersion: "1.0", Token: token})
	if err := conn.Write(ctx, websocket.MessageText, text); err != nil {
		return "", err
	}
	var printed bytes.Buffer
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			return printed.String(), err
		}
		m, err := datachannel.Unmarshal(raw)
		if err != nil {
			return printed.String(), err
		}
		switch {
		case m.Type == datachannel.Closed:
			var end datachannel.End
			err := json.Unmarshal(m.Payload, &end)
			return printed.String() + end.Output, err
		case m.Kind == datachannel.HandshakeRequest:
			said := datachannel.New(datachannel.Input, datachannel.HandshakeResponse, 0, []byte(`{}`), time.Now())
			if err := conn.Write(ctx, websocket.MessageBinary, said.Marshal()); err != nil {
				return "", err
			}
		case m.Kind == datachannel.Bytes:
			printed.Write(m.Payload)
		}
	}
}

// A command ends when its client goes without a word, as one does that is killed, whatever it makes of the terminal's keys.
func TestACommandEndsWithItsClient(t *testing.T) {
	r := newRig(t)
	r.define("VERSION=one")
	made, err := r.task(`{"cluster":"c","taskDefinition":"web"}`)
	if err != nil {
		t.Fatal(err)
	}
	task := made.Tasks[0].TaskARN
	container := r.seen(task, "RUNNING").Containers[0].RuntimeID
	r.mu.Lock()
	r.tasks[lastPart(task)].ExecuteCommand = true
	r.mu.Unlock()
	out, err := r.executes(task, `{"command":"/app stay"}`)
	if err != nil {
		t.Fatal(err)
	}
	if !r.runs(container, "stay", false) {
		t.Fatal("it runs already")
	}
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := joined(ctx, out.Session.URL, out.Session.Token)
		left <- err
	}()
	if !r.runs(container, "stay", true) {
		t.Fatal("it does not begin")
	}
	leave()
	<-left
	if !r.runs(container, "stay", false) {
		t.Error("it goes on without its client")
	}
}

// runs waits until a command runs in a container, or until it does not.
func (r *rig) runs(container, command string, want bool) bool {
	r.t.Helper()
	docker, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		r.t.Fatal(err)
	}
	defer docker.Close()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		top, err := docker.ContainerTop(r.t.Context(), container, []string{"-eo", "pid,args"})
		if err != nil {
			r.t.Fatal(err)
		}
		found := slices.ContainsFunc(top.Processes, func(p []string) bool { return strings.HasSuffix(p[len(p)-1], command) })
		if found == want {
			return true
		}
	}
	return false
}
