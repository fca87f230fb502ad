package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// record is what must outlive the process of one job that was polled and has not ended: without it, a job that is
// acknowledged is known to nobody until CodePipeline gives it up after a day.
type record struct {
	Job           string    `json:"job"`
	Nonce         string    `json:"nonce"`
	Acknowledging bool      `json:"acknowledging"` // the call may have been made
	Acknowledged  bool      `json:"acknowledged"`
	Trace         string    `json:"trace,omitempty"`
	Deadline      time.Time `json:"deadline"`
	Triggers      int       `json:"triggers,omitempty"` // how often a build was asked for
	Queue         int       `json:"queue,omitempty"`    // Jenkins' queue item
	Build         int       `json:"build,omitempty"`    // Jenkins' number of the build
	URL           string    `json:"url,omitempty"`      // of the build
}

// records is the folder that holds them, a file each.
type records struct{ dir string }

var plainName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,120}$`)

func (r records) path(job string) string { return filepath.Join(r.dir, job+".json") }

// save writes the record in one piece: a crash leaves the old one or the new one.
func (r records) save(rec record) error {
	text, err := json.Marshal(rec)
	if err != nil {
		return fmt.Errorf("encoding the state of job %s: %w", rec.Job, err)
	}
	if err := replace(r.path(rec.Job), text); err != nil {
		return fmt.Errorf("saving the state of job %s: %w", rec.Job, err)
	}
	return nil
}

func replace(path string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (r records) remove(job string) error {
	err := os.Remove(r.path(job))
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("removing the state of job %s: %w", job, err)
}

// all answers the records that are there. Files that hold none are named in the error and moved aside, so that they
// do not stand in the way again.
func (r records) all() ([]record, error) {
	files, err := filepath.Glob(filepath.Join(r.dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("looking for jobs: %w", err)
	}
	var found []record
	var broken []error
	for _, file := range files {
		rec, err := read(file)
		if err != nil {
			broken = append(broken, err, os.Rename(file, file+".broken"))
			continue
		}
		found = append(found, rec)
	}
	return found, errors.Join(broken...)
}

func read(file string) (record, error) {
	var rec record
	text, err := os.ReadFile(file)
	if err != nil {
		return rec, fmt.Errorf("reading the state of a job: %w", err)
	}
	if err := json.Unmarshal(text, &rec); err != nil {
		return rec, fmt.Errorf("reading %s: %w", file, err)
	}
	if rec.Job != strings.TrimSuffix(filepath.Base(file), ".json") {
		return rec, fmt.Errorf("reading %s: it is about the job %q", file, rec.Job)
	}
	return rec, nil
}
