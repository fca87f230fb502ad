package codecommit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/sandbox/naming"
)

// change is the detail of an event, as CodeCommit has it.
type change struct {
	Event      string `json:"event"` // referenceCreated, referenceUpdated or referenceDeleted
	Repository string `json:"repositoryName"`
	ID         string `json:"repositoryId"`
	Type       string `json:"referenceType"` // branch or tag
	Name       string `json:"referenceName"`
	FullName   string `json:"referenceFullName"`
	Commit     string `json:"commitId,omitempty"`
	OldCommit  string `json:"oldCommitId,omitempty"`
	Caller     string `json:"callerUserArn"`
}

// publish puts an event for each reference that is not as the last event had it. It goes by what git has, so that a
// kill between a push and its events loses none of them.
func (s *Service) publish(ctx context.Context, name string) error {
	ctx = context.WithoutCancel(ctx)
	r, err := s.find(name)
	if err != nil {
		return err
	}
	lock := s.pushLock(r.ID)
	lock.Lock()
	defer lock.Unlock()
	if r, err = s.find(name); err != nil {
		return err
	}
	refs, err := s.refs(ctx, name)
	if err != nil {
		return err
	}
	if err := s.settleDefault(ctx, name, refs); err != nil {
		return err
	}
	for _, c := range changes(r, refs) {
		if s.Events != nil {
			if err := s.Events.Publish(ctx, "aws.codecommit", "CodeCommit Repository State Change", []string{s.arn(name)}, c); err != nil {
				return fmt.Errorf("publishing the push to %s: %w", c.FullName, err)
			}
		}
		if err := s.published(r.ID, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) pushLock(id string) *sync.Mutex {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pushes[id] == nil {
		s.pushes[id] = &sync.Mutex{}
	}
	return s.pushes[id]
}

// changes compares the references with those of the last events, in the order of their names.
func changes(r repository, refs map[string]string) (all []change) {
	names := maps.Clone(refs)
	maps.Copy(names, r.Published)
	for _, full := range slices.Sorted(maps.Keys(names)) {
		c := change{
			Repository: r.Name, ID: r.ID, FullName: full, Caller: naming.CallerARN, Commit: refs[full], OldCommit: r.Published[full],
		}
		switch {
		case c.Commit == c.OldCommit:
			continue
		case c.OldCommit == "":
			c.Event = "referenceCreated"
		case c.Commit == "":
			c.Event = "referenceDeleted"
		default:
			c.Event = "referenceUpdated"
		}
		c.Type, c.Name = "branch", strings.TrimPrefix(full, "refs/heads/")
		if tag, ok := strings.CutPrefix(full, "refs/tags/"); ok {
			c.Type, c.Name = "tag", tag
		}
		all = append(all, c)
	}
	return all
}

// published remembers that a change has its event.
func (s *Service) published(id string, c change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, found, err := s.repos.Get(c.Repository)
	if err != nil || !found || r.ID != id {
		return err
	}
	if r.Published == nil {
		r.Published = map[string]string{}
	}
	r.Published[c.FullName] = c.Commit
	if c.Commit == "" {
		delete(r.Published, c.FullName)
	}
	r.Modified = time.Now().UTC()
	return s.repos.Put(r.Name, r)
}

// settleDefault makes the first branch that was pushed the default one when the default is not there.
func (s *Service) settleDefault(ctx context.Context, name string, refs map[string]string) error {
	head, err := s.run(ctx, s.folder(name), "symbolic-ref", "HEAD")
	if err != nil || refs[strings.TrimSpace(head)] != "" {
		return err
	}
	for _, full := range slices.Sorted(maps.Keys(refs)) {
		if strings.HasPrefix(full, "refs/heads/") {
			_, err := s.run(ctx, s.folder(name), "symbolic-ref", "HEAD", full)
			return err
		}
	}
	return nil
}
