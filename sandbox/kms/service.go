// Package kms is the Key Management Service of a sandbox: symmetric keys that really encrypt, and their aliases.
// Grants, asymmetric keys, imported material and other key stores are refused.
package kms

import (
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/naming"
	"slipway/sandbox/seal"
	"slipway/sandbox/store"
)

// Options says what the service needs.
type Options struct {
	Secret []byte          // seals the key material in the state; any length, not empty
	Clock  clockwork.Clock // nil means the real one
}

// Service is the Key Management Service.
type Service struct {
	region  naming.Region
	clock   clockwork.Clock
	seal    *seal.Seal
	mu      sync.Mutex // makes changes of keys and aliases one by one
	keys    *store.Table[key]
	aliases *store.Table[alias]
}

// New returns the service over the state in st.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{region: region, clock: o.Clock}
	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}
	var err error
	if s.seal, err = seal.New(o.Secret); err != nil {
		return nil, err
	}
	if s.keys, err = store.NewTable[key](st, "kms-keys"); err != nil {
		return nil, err
	}
	s.aliases, err = store.NewTable[alias](st, "kms-aliases")
	return s, err
}

// Usable returns the ARN of the key that an id, a key ARN, an alias or an alias ARN means,
// and AWS's error when there is none or it is not enabled.
func (s *Service) Usable(ref string) (arn string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.usable(ref)
	return s.arn(k.ID), err
}

// Ensure returns the ARN of the key that has an alias, and makes both when they do not exist.
func (s *Service) Ensure(name, description string) (arn string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, err := s.find(name); err == nil {
		return s.arn(k.ID), nil
	}
	k, err := s.create(key{Description: description, Rotation: rotation{Enabled: true, Days: yearly}})
	if err != nil {
		return "", err
	}
	return s.arn(k.ID), s.name(name, k.ID, false)
}

// now is the time in whole milliseconds, as AWS tells it.
func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }
