// Package sns is the Simple Notification Service of a sandbox: topics, and what is published to them, which stands in a
// file for each topic. Nobody can subscribe here.
package sns

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/naming"
	"slipway/sandbox/store"
)

// Options says what the service needs.
type Options struct {
	Dir   string          // of the files with what was published: NAME.jsonl
	Clock clockwork.Clock // nil means the real one
}

// Service is SNS.
type Service struct {
	region naming.Region
	dir    string
	clock  clockwork.Clock
	topics *store.Table[topic]

	mu sync.Mutex // makes lines of a file whole
}

// topic is what the store keeps, under the name.
type topic struct {
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
}

// Message is a line of a topic's file.
type Message struct {
	ID      string    `json:"id"`
	Time    time.Time `json:"time"`
	Subject string    `json:"subject,omitempty"`
	Message string    `json:"message"`
}

// New returns the service over the state in st.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{region: region, dir: o.Dir, clock: o.Clock}
	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}
	var err error
	s.topics, err = store.NewTable[topic](st, "sns-topics")
	return s, err
}

// name is that of the topic which an ARN means, "" for an ARN of something else.
func (s *Service) name(arn string) string {
	name, ours := strings.CutPrefix(arn, s.region.ARN("sns", ""))
	if !ours || !topicName.MatchString(name) {
		return ""
	}
	return name
}

func (s *Service) exists(name string) (bool, error) {
	_, there, err := s.topics.Get(name)
	return there, err
}

// File is where what was published to a topic stands, a Message a line.
func (s *Service) File(name string) string { return filepath.Join(s.dir, name+".jsonl") }

func (s *Service) keep(name string, m Message) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("keeping a message: %w", err)
	}
	file, err := os.OpenFile(s.File(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keeping a message: %w", err)
	}
	_, err = file.Write(append(line, '\n'))
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}
