// Package events is EventBridge for the sandbox: rules with patterns on the default bus, whose targets are pipelines.
// What was put is stored first and delivered after, at least once.
package events

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/naming"
	"slipway/sandbox/store"
)

// Starter starts the pipelines that are targets.
type Starter interface {
	// StartByEvent starts the pipeline with this name and returns the execution's id. The rule's ARN says what started
	// it. The token is the same when one delivery is tried again: an execution that it has started already is answered.
	StartByEvent(ctx context.Context, pipeline, ruleARN, token string) (executionID string, err error)
}

// Topics takes what is sent to topics.
type Topics interface {
	// Notify publishes a message to a topic, and says which message that is.
	Notify(ctx context.Context, topicARN, message string) (messageID string, err error)
}

// Options are the settings of a Service.
type Options struct {
	Starter Starter
	Topics  Topics
	Clock   clockwork.Clock // nil means the real one
	Log     *slog.Logger    // nil means nowhere
}

// Service is EventBridge in one sandbox.
type Service struct {
	region  naming.Region
	starter Starter
	topics  Topics
	clock   clockwork.Clock
	log     *slog.Logger

	rules   *store.Table[rule]
	targets *store.Table[target]
	entries *store.Table[Entry]

	mu    sync.Mutex // over the tables and what follows
	last  uint64     // sequence number of the newest entry
	lanes map[string][]job
	wake  func(arn string) // starts a lane; nil while Run does not run
}

// New opens the rules, targets and events in the store. Events are delivered from Run on.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{region: region, starter: o.Starter, topics: o.Topics, clock: o.Clock, log: o.Log, lanes: map[string][]job{}}
	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.rules, err = store.NewTable[rule](st, "events.rules"); err != nil {
		return nil, err
	}
	if s.targets, err = store.NewTable[target](st, "events.targets"); err != nil {
		return nil, err
	}
	if s.entries, err = store.NewTable[Entry](st, "events.entries"); err != nil {
		return nil, err
	}
	return s, s.load()
}

// Publish puts an event of this account with a source ("aws.codecommit"), a type, the ARNs of what it is about and
// a detail that is encoded as a JSON object.
func (s *Service) Publish(ctx context.Context, source, detailType string, resources []string, detail any) error {
	b, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("encoding an event of %s: %w", source, err)
	}
	return s.Put(ctx, Event{Source: source, DetailType: detailType, Resources: resources, Detail: b})
}
