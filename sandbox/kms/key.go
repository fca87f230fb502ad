package kms

import (
	"crypto/rand"
	"strconv"
	"time"

	"slipway/sandbox/naming"
)

// The states of a key.
const (
	enabled  = "Enabled"
	disabled = "Disabled"
	pending  = "PendingDeletion"
)

// materialBytes is the size of a symmetric key: AES-256.
const materialBytes = 32

// longestDescription is how long a description may be, in characters.
const longestDescription = 8192

// key is a key as the store keeps it.
type key struct {
	ID          string            `json:"id"`
	Created     time.Time         `json:"created"`
	Description string            `json:"description,omitempty"`
	Policy      string            `json:"policy"`
	Disabled    bool              `json:"disabled,omitempty"`
	Deletion    time.Time         `json:"deletion,omitzero"` // when it will be gone; zero when it stays
	Window      int               `json:"window,omitempty"`  // days that a stack wants between destroy and deletion
	Rotation    rotation          `json:"rotation"`
	Tags        map[string]string `json:"tags,omitempty"`
	Material    []material        `json:"material"` // the newest last; the older ones still decrypt
}

// material is what a key encrypts with from a time on. It is sealed for its key and its place among the others.
type material struct {
	Since  time.Time `json:"since"`
	Sealed []byte    `json:"sealed"`
}

func (k key) state() string {
	switch {
	case !k.Deletion.IsZero():
		return pending
	case k.Disabled:
		return disabled
	}
	return enabled
}

func (s *Service) arn(id string) string { return s.region.ARN("kms", "key/"+id) }

// create makes a key of what is wished for it.
func (s *Service) create(k key) (key, error) {
	if k.Policy == "" {
		k.Policy = defaultPolicy()
	}
	if err := k.check(); err != nil {
		return k, err
	}
	k.ID, k.Created = naming.UUID(), s.now()
	s.renew(&k)
	return k, s.keys.Put(k.ID, k)
}

// check refuses what AWS does not take.
func (k key) check() error {
	if len([]rune(k.Description)) > longestDescription {
		return invalid("1 validation error detected: Value at 'description' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", longestDescription)
	}
	if k.Window != 0 && (k.Window < shortestWindow || k.Window > longestWindow) {
		return invalid("deletionWindowInDays is %d, and %d to %d are allowed", k.Window, shortestWindow, longestWindow)
	}
	if err := checkPolicy(k.Policy); err != nil {
		return err
	}
	return checkTags(k.Tags)
}

// renew gives a key new material to encrypt with.
func (s *Service) renew(k *key) {
	fresh := make([]byte, materialBytes)
	_, _ = rand.Read(fresh) // never fails: crypto/rand ends the process instead
	k.Material = append(k.Material, material{s.now(), s.seal.Close(owner(k.ID, len(k.Material)), fresh)})
}

func owner(id string, index int) string { return id + "/" + strconv.Itoa(index) }

// load returns the key with an id. One whose deletion is due is removed, with the aliases that lead to it.
func (s *Service) load(id string) (key, error) {
	k, found, err := s.keys.Get(id)
	if err != nil {
		return k, err
	}
	if !found {
		return k, errNoKey(s.arn(id))
	}
	if k.Deletion.IsZero() || s.now().Before(k.Deletion) {
		return k, nil
	}
	if err := s.forgetAliases(id); err != nil {
		return k, err
	}
	if err := s.keys.Delete(id); err != nil {
		return k, err
	}
	return key{}, errNoKey(s.arn(id))
}

// change edits a key that an id or a key ARN means, unless its state forbids it.
func (s *Service) change(ref string, allowed func(k key, arn string) error, edit func(*key) error) (key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.own(ref)
	if err != nil {
		return k, err
	}
	if err := allowed(k, s.arn(k.ID)); err != nil {
		return k, err
	}
	if err := edit(&k); err != nil {
		return k, err
	}
	return k, s.keys.Put(k.ID, k)
}

// The states in which a change is possible
// (https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html, November 2026).

func inAnyState(key, string) error { return nil }

func unlessPending(k key, arn string) error {
	if k.state() == pending {
		return errPending(arn)
	}
	return nil
}

func onlyEnabled(k key, arn string) error {
	if k.state() == disabled {
		return errDisabled(arn)
	}
	return unlessPending(k, arn)
}
