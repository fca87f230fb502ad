// Package ssm is the Systems Manager of a sandbox: its parameter store, and the associations that wait for a host.
package ssm

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/naming"
	"slipway/sandbox/seal"
	"slipway/sandbox/store"
)

// Hosts are the managed instances.
type Hosts interface {
	// Ready waits until the instance works, and says why it does not.
	Ready(ctx context.Context, instanceID string) error
}

// HostsFunc is a function that is a Hosts.
type HostsFunc func(ctx context.Context, instanceID string) error

// Ready calls the function.
func (f HostsFunc) Ready(ctx context.Context, instanceID string) error { return f(ctx, instanceID) }

// Encryption is the part of KMS that SecureStrings need.
type Encryption interface {
	// Usable returns the ARN of the key that an id, an ARN or an alias means, and KMS's error for one that cannot be used.
	Usable(ref string) (arn string, err error)
}

// Options says what the service needs.
type Options struct {
	Secret []byte // seals the values of SecureStrings in the state; any length, not empty
	Hosts  Hosts  // whose readiness associations wait for
	// Encryption is asked for the keys that parameters name; nil means that there is no KMS.
	Encryption Encryption
	Clock      clockwork.Clock // nil means the real one
}

// Service is Systems Manager.
type Service struct {
	region     naming.Region
	hosts      Hosts
	encryption Encryption
	clock      clockwork.Clock
	seal       *seal.Seal

	mu           sync.Mutex // makes changes of a parameter one by one
	parameters   *store.Table[parameter]
	associations *store.Table[association]
}

// New returns the service over the state in st.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	if len(o.Secret) == 0 {
		return nil, errors.New("the parameter store has no secret to seal SecureStrings with")
	}
	s := &Service{region: region, hosts: o.Hosts, encryption: o.Encryption, clock: o.Clock}
	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}
	var err error
	if s.seal, err = seal.New(o.Secret); err != nil {
		return nil, err
	}
	if s.parameters, err = store.NewTable[parameter](st, "ssm-parameters"); err != nil {
		return nil, err
	}
	s.associations, err = store.NewTable[association](st, "ssm-associations")
	return s, err
}

// Value returns the decrypted value of a parameter, and whether there is one.
func (s *Service) Value(_ context.Context, name string) (string, bool, error) {
	p, found, err := s.parameters.Get(name)
	if err != nil || !found {
		return "", false, err
	}
	value, err := s.open(p)
	return value, true, err
}

// Found is what is known of a parameter without its value.
type Found struct {
	Name, ARN string
	Exists    bool
	// Key is the ARN of the key of one's own that a SecureString is encrypted with; empty for AWS's key, and for other types.
	Key string
}

// Find looks for the parameter that a name or an ARN means. An ARN of another account or region is one of none.
func (s *Service) Find(text string) (Found, error) {
	name, _ := s.named(text)
	f := Found{Name: name, ARN: s.arn(name)}
	if strings.HasPrefix(text, "arn:") && !strings.HasPrefix(text, s.region.ARN("ssm", "parameter/")) {
		f.ARN = text
		return f, nil
	}
	p, found, err := s.parameters.Get(name)
	if err != nil || !found {
		return f, err
	}
	f.Exists = true
	if p.Type == secureString && s.encryption != nil && !strings.Contains(p.KeyID, managed) {
		f.Key, err = s.encryption.Usable(p.KeyID)
	}
	return f, err
}

// Create makes a SecureString. One that exists is an error.
func (s *Service) Create(_ context.Context, name, value string) error {
	_, err := s.put(parameter{Name: name, Type: secureString}, value, false)
	return err
}

// now is the time in whole milliseconds, as AWS tells it.
func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }
