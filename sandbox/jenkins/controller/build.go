package controller

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Result is how a build ended, in Jenkins' words. It is empty while the build runs.
type Result string

// The results that a build can have here.
const (
	Success  Result = "SUCCESS"
	Unstable Result = "UNSTABLE"
	Failure  Result = "FAILURE"
	Aborted  Result = "ABORTED"
)

// worse returns the worse of two results.
func worse(a, b Result) Result {
	rank := map[Result]int{Success: 0, Unstable: 1, Failure: 2, Aborted: 3}
	if rank[a] >= rank[b] {
		return a
	}
	return b
}

// Value is the value of a parameter in one build.
type Value struct {
	Kind  string `json:"kind"` // the Java class of its definition
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Build is one run of a job, as it stands in its folder.
type Build struct {
	Job        string        `json:"job"`
	Number     int           `json:"number"`
	QueueID    int           `json:"queueId"`
	Parameters []Value       `json:"parameters"`
	User       string        `json:"user"` // who started it
	Cookie     string        `json:"cookie"`
	Started    time.Time     `json:"started"`
	Took       time.Duration `json:"took"`
	Result     Result        `json:"result"`
	Artifacts  []string      `json:"artifacts"` // paths below the workspace
	Executor   int           `json:"executor"`
	Workspace  string        `json:"workspace"`
}

func (b *Build) running() bool { return b.Result == "" }

func (c *Controller) jobDir(job string) string { return filepath.Join(c.config.Home, "jobs", job) }

func (c *Controller) buildDir(b *Build) string {
	return filepath.Join(c.jobDir(b.Job), "builds", strconv.Itoa(b.Number))
}

func (c *Controller) logFile(b *Build) string    { return filepath.Join(c.buildDir(b), "log") }
func (c *Controller) archiveDir(b *Build) string { return filepath.Join(c.buildDir(b), "archive") }
func (c *Controller) buildFile(b *Build) string  { return filepath.Join(c.buildDir(b), "build.json") }
func (c *Controller) nextFile(job string) string {
	return filepath.Join(c.jobDir(job), "nextBuildNumber")
}
func (c *Controller) configFile(j string) string  { return filepath.Join(c.jobDir(j), "config.xml") }
func (c *Controller) saveBuild(b *Build) error    { return writeJSON(c.buildFile(b), b) }
func (c *Controller) saveNext(job *project) error { return writeJSON(c.nextFile(job.Name), job.next) }

// writeJSON replaces the file in one step, so that a kill leaves the old or the new one.
func writeJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// readJSON leaves v alone when the file is not there.
func readJSON(path string, v any) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}
