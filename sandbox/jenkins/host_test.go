package jenkins_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestHost(t *testing.T) {
	x := newStand(t).build(same)
	if err := x.ready(); err != nil {
		t.Fatal(err)
	}
	c := x.admin()
	n := c.start(url.Values{"COMMIT": {" abc "}, "OTHER": {"dropped"}})
	b := c.wait("1")
	if n != 1 || b.Result == nil || *b.Result != "SUCCESS" || len(b.Artifacts) != 1 || b.Artifacts[0].RelativePath != "result-1.json" {
		t.Errorf("build %d is %+v", n, b)
	}
	home := filepath.Join(x.options.Dir, "volumes", x.volume)
	contains(t, c.text("/job/slipway/1/consoleText"), "Started by user admin\n", "greetings from the host\n",
		"building abc as slipway 1 in slipway with "+home+"/.pulumi\n", "[slipway] $ /bin/bash -eu ", "Archiving artifacts\n", "Finished: SUCCESS\n")
	if got := c.text("/job/slipway/lastBuild/artifact/result-1.json"); got != `{"type":"result","commit":"abc","endpoint":"http://127.0.0.1:4500"}`+"\n" {
		t.Errorf("the artifact is %s", got)
	}
	c.start(url.Values{"COMMIT": {"broken"}})
	if b := c.wait("2"); *b.Result != "FAILURE" || len(b.Artifacts) != 1 || b.Artifacts[0].RelativePath != "result-2.json" {
		t.Errorf("a broken build is %+v", b)
	}
	contains(t, c.text("/job/slipway/2/consoleText"), "Build step 'Execute shell' marked build as failure\nArchiving artifacts\nFinished: FAILURE\n")
	answer, _ := c.do(http.MethodGet, "/", nil, nil)
	if v := answer.Header.Get("X-Jenkins"); v != "2.580.2" {
		t.Errorf("it is Jenkins %q", v)
	}
}

// TestOutlives stops the sandbox in the middle of a build and starts it again; then it replaces the host.
func TestOutlives(t *testing.T) {
	x := newStand(t).build(same)
	if err := x.ready(); err != nil {
		t.Fatal(err)
	}
	c := x.admin()
	c.start(url.Values{"UNTIL": {"never"}})
	eventually(t, "the build's log", func() bool { return strings.Contains(c.text("/job/slipway/1/consoleText"), "building main") })
	x.stop()
	x.start()
	if err := x.ready(); err != nil {
		t.Fatal(err)
	}
	if b := c.wait("1"); *b.Result != "ABORTED" {
		t.Errorf("the build is %+v", b)
	}
	contains(t, c.text("/job/slipway/1/consoleText"), "aborted by the shutdown of Jenkins\n", "Finished: ABORTED\n")

	x.replace(same)
	if err := x.ready(); err != nil {
		t.Fatal(err)
	}
	if n := c.start(nil); n != 2 {
		t.Errorf("the next build on the old volume is %d", n)
	}
	c.wait("2")
	if err := x.delete(volumeType, x.volume); err == nil || !strings.Contains(err.Error(), "VolumeInUse") {
		t.Errorf("deleting an attached volume says %v", err)
	}
	if err := x.delete(instanceType, x.instance); err != nil {
		t.Fatal(err)
	}
	if err := x.delete(volumeType, x.volume); err != nil || exists(x.options.Dir, "volumes", x.volume) {
		t.Errorf("the volume is not gone: %v", err)
	}
}

// TestWorkerComesBack kills a worker: another takes its place. Then the address is taken from the host, and Jenkins
// does not answer on it any more.
func TestWorkerComesBack(t *testing.T) {
	x := newStand(t).build(same)
	if err := x.ready(); err != nil {
		t.Fatal(err)
	}
	pid := func() int {
		b, _ := os.ReadFile(filepath.Join(x.options.Dir, "volumes", x.volume, "worker/pid"))
		n, _ := strconv.Atoi(string(b))
		return n
	}
	first := pid()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "another worker", func() bool { return pid() != first && pid() != 0 })
	if err := x.ready(); err != nil {
		t.Error(err)
	}
	if err := x.delete(associationType, x.association); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the closing of the address", func() bool {
		c, err := net.Dial("tcp", net.JoinHostPort(x.ip, "8443"))
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	if err := x.ready(); err != nil {
		t.Errorf("without a public address: %v", err)
	}
}

func TestNotReady(t *testing.T) {
	for name, c := range map[string]struct {
		change func(string) string
		env    string
		want   string
	}{
		"checksum": {replace("SLIPWAY_BINARY_SHA256=", "SLIPWAY_BINARY_SHA256=0"), "", "installing slipway: s3://artifacts/slipway/"},
		"object":   {replace("s3://artifacts", "s3://elsewhere"), "", "NoSuchKey: elsewhere/slipway/"},
		"builder": {
			replace("<buildWrappers/>", "<buildWrappers><hudson.plugins.ws__cleanup.PreBuildCleanup/></buildWrappers>"), "",
			"starting Jenkins: the job slipway: the build wrapper hudson.plugins.ws_cleanup.PreBuildCleanup is not supported here",
		},
		"secret": {replace("readFile:/run/slipway/admin", "readFile:/run/nowhere"), "", "the password of the user admin: open "},
		"worker": {same, "WORKER_COMPLAINT=no region is given", "the worker ended (exit status 1): no region is given"},
		"volume": {replace("SLIPWAY_DATA_VOLUME=vol-", "SLIPWAY_DATA_VOLUME=vol-other"), "", "it is still waiting for the data volume"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			s.stop()
			s.options.WorkerEnv = []string{c.env}
			s.start()
			x := s.build(c.change)
			var err error
			if name == "worker" || name == "volume" { // these may still come right
				eventually(t, "the reason", func() bool {
					err = x.soon()
					return err != nil && strings.Contains(err.Error(), c.want)
				})
				return
			}
			err = x.ready()
			contains(t, fmt.Sprint(err), c.want)
		})
	}
}

func TestRefusals(t *testing.T) {
	s := newStand(t)
	for name, userData := range map[string]string{"none": "", "a script": "#!/bin/sh\necho hello", "another": "#cloud-config\nwrite_files: []"} {
		_, _, err := s.Behaviours()[instanceType].Create(t.Context(), properties(map[string]any{"userData": userData}))
		contains(t, name+fmt.Sprint(err), "nothing here runs it")
	}
	_, _, err := s.Behaviours()[associationType].Create(t.Context(), properties(map[string]any{"instanceId": "i-1", "allocationId": "eipalloc-1"}))
	contains(t, fmt.Sprint(err), "InvalidAllocationID.NotFound")
	contains(t, fmt.Sprint(s.Ready(t.Context(), "i-1")), "InvalidInstanceID.NotFound")
}
