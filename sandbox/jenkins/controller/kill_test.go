package controller_test

import (
	"bufio"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestKill kills Jenkins in the middle of a build, with more in the queue: at the next start the build is aborted,
// its processes are gone, also those that outlived Jenkins, and the queue goes on.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	home, pids := filepath.Join(dir, "home"), filepath.Join(dir, "pids")
	config := job(false, "#!/bin/bash\n[[ -e "+pids+" ]] &amp;&amp; exit 0\nsetsid sleep 1000 &amp;\necho $$ $! &gt;"+pids+".new; mv "+pids+".new "+pids+"\nwait", "")
	if os.Getenv("CONTROLLER_TEST_HOME") != "" {
		j := open(t, os.Getenv("CONTROLLER_TEST_HOME"), os.Getenv("CONTROLLER_TEST_JOB"))
		_, _ = os.Stdout.WriteString(j.url + "\n")
		select {} // until it is killed
	}
	victim := exec.Command(os.Args[0], "-test.run=^TestKill$")
	victim.Env = append(os.Environ(), "CONTROLLER_TEST_HOME="+home, "CONTROLLER_TEST_JOB="+config)
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Process.Kill() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	j := &jenkins{t: t, url: strings.TrimSpace(line), http: &http.Client{Jar: jar}}
	j.start()
	var started []string
	j.until("the processes", func() bool {
		b, _ := os.ReadFile(pids)
		started = strings.Fields(string(b))
		return len(started) == 2
	})
	second, _ := j.start()
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()

	j = open(t, home, config)
	j.ended("1", "ABORTED")
	contains(t, j.log("1"), "Jenkins was restarted during the build", "Finished: ABORTED\n")
	for _, pid := range started {
		j.until("the end of process "+pid, func() bool { return !alive(pid) })
	}
	j.until("the build that waited", func() bool { return j.item(second).Executable != nil })
	j.ended("2", "SUCCESS")
}
