package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/automation/demo"
)

// sampleFiles replaces the files of the world's app by those of the project's sample. docker alone knows no stand-in for a base
// image, so that its digest goes where the engine has not got it: both ways build on the same image.
func (w *world) sampleFiles() {
	w.t.Helper()
	if err := errors.Join(os.RemoveAll(w.app), os.CopyFS(w.app, os.DirFS("../images/app"))); err != nil {
		w.t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(w.app, "Dockerfile"))
	if err != nil {
		w.t.Fatal(err)
	}
	base := regexp.MustCompile(`(?m)^FROM ([^@\n]+)(@\S+)$`).FindSubmatch(text)
	if base == nil {
		w.t.Fatalf("no base image by digest in\n%s", text)
	}
	if exec.Command("docker", "image", "inspect", string(base[1])+string(base[2])).Run() != nil {
		w.write("Dockerfile", strings.Replace(string(text), string(base[2]), "", 1))
	}
}

// withSampleApp makes the project's sample the world's app.
func (w *world) withSampleApp() {
	w.t.Helper()
	w.sampleFiles()
	w.git("init", "--quiet", "--initial-branch=main")
	w.commitAll("the app as it is shipped")
}

func readySample(b *testing.B) *world {
	b.Helper()
	w := newWorld(b)
	w.withSampleApp()
	w.up("delivery")
	w.up("dev")
	w.deploy()
	return w
}

func (w *world) paint(i int) {
	w.t.Helper()
	w.write("colour.php", fmt.Sprintf("<?php return '#%06x';\n", i*997%0xffffff))
	w.commitAll("change color")
}

// BenchmarkDeploy is a release of an app-only change, beside the same done by hand with docker.
func BenchmarkDeploy(b *testing.B) {
	w := readySample(b)
	hand := newHand(b, w)
	hand.deploy("warm-up")
	var deploy, byHand, ratios []float64
	for i := 0; b.Loop(); i++ {
		w.paint(2*i + 1)
		d := seconds(func() { w.deploy() })
		w.paint(2*i + 2)
		h := seconds(func() { hand.deploy(strconv.Itoa(i)) })
		deploy, byHand, ratios = append(deploy, d), append(byHand, h), append(ratios, d/h)
	}
	b.ReportMetric(median(deploy), "s/deploy")
	b.ReportMetric(median(byHand), "s/by-hand")
	b.ReportMetric(median(ratios), "deploy/by-hand")
}

// BenchmarkNothingChanged is a deploy of what runs already, beside an update of the same stack without a change.
func BenchmarkNothingChanged(b *testing.B) {
	w := readySample(b)
	var more []float64
	for b.Loop() {
		more = append(more, seconds(func() { w.deploy() })-seconds(func() { w.up("dev") }))
	}
	b.ReportMetric(median(more), "s-more-than-update")
}

// BenchmarkRollout replaces the app under 250 requests a second until 5,000 were made.
func BenchmarkRollout(b *testing.B) {
	w := readySample(b)
	for i := 0; b.Loop(); i++ {
		load := demo.StartLoad(w.deploy().Data.AppURL+"/version", 250)
		for j, until := 0, time.Now().Add(21*time.Second); time.Now().Before(until); j++ {
			w.paint(1000*i + j)
			w.deploy()
		}
		report := load.Stop()
		if report.Requests < 5000 || report.Failed > 0 {
			b.Errorf("%d of %d requests failed: %v", report.Failed, report.Requests, report.Errors)
		}
		b.ReportMetric(float64(report.Requests), "requests")
		b.ReportMetric(float64(report.Failed), "dropped")
		b.ReportMetric(float64(len(report.Colours)), "versions")
		b.ReportMetric(report.P99.Seconds()*1000, "ms-p99")
	}
}

// BenchmarkRest is what the sandbox, and the worker on its Jenkins host, take while two tasks run and nobody asks them
// for anything.
func BenchmarkRest(b *testing.B) {
	w := readySample(b)
	sandbox := w.sandboxPID()
	worker := childOf(b, sandbox)
	for b.Loop() {
		before, beforeWorker, began := cpuSeconds(b, sandbox), cpuSeconds(b, worker), time.Now()
		<-time.After(30 * time.Second)
		share := func(pid int, before float64) float64 {
			return 100 * (cpuSeconds(b, pid) - before) / time.Since(began).Seconds()
		}
		b.ReportMetric(share(sandbox, before), "%-of-a-core")
		b.ReportMetric(residentMB(b, sandbox), "MB")
		b.ReportMetric(share(worker, beforeWorker), "%-of-a-core-worker")
		b.ReportMetric(residentMB(b, worker), "MB-worker")
	}
}

// childOf is the one process that another one has started.
func childOf(b *testing.B, pid int) int {
	b.Helper()
	children, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		b.Fatal(err)
	}
	for _, file := range children {
		raw, _ := os.ReadFile(file)
		for _, child := range strings.Fields(string(raw)) {
			number, err := strconv.Atoi(child)
			if err != nil {
				b.Fatal(err)
			}
			return number
		}
	}
	b.Fatalf("process %d has no child", pid)
	return 0
}

// hand does by hand what a release does: build, push, start two, wait for health, end the old ones.
type hand struct {
	w        *world
	registry string
	running  []string
}

func newHand(b *testing.B, w *world) *hand {
	var s struct {
		Data struct {
			Sandbox struct{ Ports struct{ Registry int } }
		}
	}
	w.json(&s, "sandbox", "status", "--json")
	h := &hand{w: w, registry: fmt.Sprintf("127.0.0.1:%d", s.Data.Sandbox.Ports.Registry)}
	token, err := os.ReadFile(filepath.Join(w.project, ".slipway/sandbox/registry/token"))
	if err != nil {
		b.Fatal(err)
	}
	login := exec.Command("docker", "login", "--username", "AWS", "--password-stdin", h.registry)
	login.Stdin = strings.NewReader(string(token))
	if out, err := login.CombinedOutput(); err != nil {
		b.Fatalf("docker login: %v\n%s", err, out)
	}
	b.Cleanup(func() {
		h.docker(append([]string{"rm", "--force"}, h.running...)...)
		h.docker("logout", h.registry)
	})
	return h
}

func (h *hand) deploy(tag string) {
	image := h.registry + "/slipway:hand-" + tag
	h.docker("build", "--quiet", "--tag", image, h.w.app)
	h.docker("push", "--quiet", image)
	old := h.running
	h.running = nil
	for range 2 {
		h.running = append(h.running, h.docker("run", "--detach", "--publish", "127.0.0.1::8080", image))
	}
	for _, id := range h.running {
		h.healthy(strings.Fields(h.docker("port", id, "8080"))[0])
	}
	if len(old) > 0 {
		h.docker(append([]string{"rm", "--force"}, old...)...)
	}
}

func (h *hand) healthy(address string) {
	for range 600 {
		if res, err := http.Get("http://" + address + "/healthz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		<-time.After(50 * time.Millisecond)
	}
	h.w.t.Fatalf("%s is not healthy", address)
}

func (h *hand) docker(args ...string) string {
	cmd := exec.Command("docker", args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		h.w.t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	return strings.TrimSpace(string(out))
}

func seconds(f func()) float64 {
	began := time.Now()
	f()
	return time.Since(began).Seconds()
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// cpuSeconds reads user and system time of a process (proc(5), stat fields 14 and 15, in hundredths).
func cpuSeconds(b *testing.B, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100
}

func residentMB(b *testing.B, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		b.Fatal(err)
	}
	pages, _ := strconv.ParseFloat(strings.Fields(string(raw))[1], 64)
	return pages * float64(os.Getpagesize()) / 1e6
}
