package logs

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// stream is one file: a header, then an event on each line. Times are nanoseconds since 1970.
type stream struct {
	name     string
	path     string
	created  int64
	first    int64
	last     int64
	ingested int64
	size     int64
}

type header struct {
	Name    string `json:"stream"`
	Created int64  `json:"created"`
	Last    int64  `json:"last"` // time of the newest event when older ones were dropped
}

// record is an event as it stands in the file.
type record struct {
	Time     int64  `json:"t"`
	Ingested int64  `json:"i"`
	Message  string `json:"m"`
}

// fileName is a name for a file that any name of a group or stream can have.
func fileName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16])
}

func createStream(folder, name string, now time.Time) (*stream, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	s := &stream{name: name, path: filepath.Join(folder, fileName(name)), created: now.UnixNano()}
	return s, s.write(header{Name: name, Created: s.created}, os.O_CREATE|os.O_TRUNC)
}

func (s *stream) append(t, now time.Time, line string) error {
	r := record{t.UnixNano(), now.UnixNano(), line}
	if err := s.write(r, os.O_APPEND); err != nil {
		return err
	}
	s.note(r)
	return nil
}

// write adds a line in one call, so that a kill leaves it whole or unended.
func (s *stream) write(v any, flag int) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_WRONLY|flag, 0o600)
	if err != nil {
		return fmt.Errorf("opening log stream %s: %w", s.name, err)
	}
	n, err := f.Write(b.Bytes())
	s.size += int64(n)
	return errors.Join(err, f.Close())
}

func (s *stream) note(r record) {
	if s.first == 0 || r.Time < s.first {
		s.first = r.Time
	}
	s.last = max(s.last, r.Time)
	s.ingested = max(s.ingested, r.Ingested)
}

// openStreams reads what there is of each stream in a group's folder, and cuts off lines without an end.
func openStreams(folder string) (map[string]*stream, error) {
	streams := map[string]*stream{}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return streams, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		if strings.HasSuffix(path, ".new") {
			if err := os.Remove(path); err != nil {
				return nil, err
			}
			continue
		}
		s, err := openStream(path)
		if err != nil {
			return nil, fmt.Errorf("reading log stream %s: %w", path, err)
		}
		if s != nil {
			streams[s.name] = s
		}
	}
	return streams, nil
}

// openStream returns nil for a file that was cut off within its header, and removes it.
func openStream(path string) (*stream, error) {
	s := &stream{path: path}
	err := s.scan(func(h header) { s.name, s.created, s.last = h.Name, h.Created, h.Last }, func(r record, _ int64) { s.note(r) })
	if err != nil {
		return nil, err
	}
	if s.name == "" {
		return nil, os.Remove(path)
	}
	return s, os.Truncate(path, s.size)
}

// scan reads the file's whole lines and sets size to where they end.
func (s *stream) scan(head func(header), event func(r record, offset int64)) error {
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	for s.size = 0; ; {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if s.size == 0 {
			var h header
			err = json.Unmarshal(line, &h)
			head(h)
		} else {
			var r record
			err = json.Unmarshal(line, &r)
			event(r, s.size)
		}
		if err != nil {
			return err
		}
		s.size += int64(len(line))
	}
}

// keep drops the events before this offset of the file.
func (s *stream) keep(from int64) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(header{s.name, s.created, s.last})
	if err != nil {
		return err
	}
	first := int64(0)
	var failed error
	err = s.scan(func(header) {}, func(r record, offset int64) {
		if offset < from || failed != nil {
			return
		}
		if first == 0 || r.Time < first {
			first = r.Time
		}
		failed = encoder.Encode(r)
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if err := os.WriteFile(s.path+".new", b.Bytes(), 0o600); err != nil {
		return err
	}
	s.first, s.size = first, int64(b.Len())
	return os.Rename(s.path+".new", s.path)
}
