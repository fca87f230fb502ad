// Package secretsmanager is the Secrets Manager of a sandbox: secrets with their versions and stages, sealed at rest.
// Rotation, replication and resource policies are refused.
package secretsmanager

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/seal"
	"slipway/sandbox/store"
)

// Encryption is the part of KMS that secrets need.
type Encryption interface {
	// Usable returns the ARN of the key that an id, an ARN or an alias means, and KMS's error for one that cannot be used.
	Usable(ref string) (arn string, err error)
}

// Options says what the service needs.
type Options struct {
	Secret []byte // seals values in the state; any length, not empty
	// Encryption is asked for the keys that secrets name; nil means that there is no KMS.
	Encryption Encryption
	Clock      clockwork.Clock // nil means the real one
}

// Service is Secrets Manager.
type Service struct {
	region     naming.Region
	encryption Encryption
	clock      clockwork.Clock
	seal       *seal.Seal

	mu      sync.Mutex // makes changes of a secret one by one
	secrets *store.Table[secret]
}

// New returns the service over the state in st.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{region: region, encryption: o.Encryption, clock: o.Clock}
	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}
	var err error
	if s.seal, err = seal.New(o.Secret); err != nil {
		return nil, err
	}
	s.secrets, err = store.NewTable[secret](st, "secretsmanager-secrets")
	return s, err
}

// now is the time in whole milliseconds, as AWS tells it.
func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// Stages of versions.
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

// secret is a secret as the store keeps it, under its name. Of the versions those with a stage are kept.
type secret struct {
	Name        string             `json:"name"`
	ARN         string             `json:"arn"`
	Description string             `json:"description,omitempty"`
	KeyID       string             `json:"keyId,omitempty"` // as it was given; empty for AWS's own
	Tags        []tag              `json:"tags,omitempty"`
	Created     time.Time          `json:"created"`
	Changed     time.Time          `json:"changed"`
	Deleted     time.Time          `json:"deleted,omitzero"` // when it was marked for deletion
	Versions    map[string]version `json:"versions,omitempty"`
}

type tag struct{ Key, Value string }

type version struct {
	ID      string    `json:"id"`
	Sealed  []byte    `json:"sealed"`
	Binary  bool      `json:"binary,omitempty"`
	Stages  []string  `json:"stages"`
	Created time.Time `json:"created"`
}

// managed begins the alias of the keys that AWS makes itself; they are always there.
const managed = "alias/aws/"

// key is the ARN of the key of one's own that a secret is encrypted with, or empty; an error is one for the caller.
func (s *Service) key(of secret) (string, error) {
	if of.KeyID == "" || s.encryption == nil || strings.Contains(of.KeyID, managed) {
		return "", nil
	}
	arn, err := s.encryption.Usable(of.KeyID)
	var known *awsapi.Error
	if errors.As(err, &known) {
		return "", awsapi.Errorf("DecryptionFailure", "Secrets Manager can't decrypt the protected secret text using the provided KMS key: %s", known.Message)
	}
	return arn, err
}

func errMissing() error {
	return awsapi.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

// find returns the secret that a name or an ARN means. An ARN may lack the hyphen and six characters at its end.
func (s *Service) find(id string) (secret, error) {
	name, isARN := strings.CutPrefix(id, s.region.ARN("secretsmanager", "secret:"))
	if !isARN {
		found, there, err := s.secrets.Get(id)
		if err == nil && !there {
			err = errMissing()
		}
		return found, err
	}
	for _, candidate := range []string{name, name[:max(0, len(name)-suffix-1)]} {
		found, there, err := s.secrets.Get(candidate)
		if err != nil {
			return secret{}, err
		}
		if there && (found.ARN == id || candidate == name) {
			return found, nil
		}
	}
	return secret{}, errMissing()
}

// suffix is how many characters AWS appends to the name in an ARN, behind a hyphen.
const suffix = 6

// alive is find for what needs a secret that is not marked for deletion.
func (s *Service) alive(id string) (secret, error) {
	found, err := s.find(id)
	if err == nil && !found.Deleted.IsZero() {
		err = awsapi.Errorf("InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.")
	}
	return found, err
}

// pick returns the version with an id, or with a stage, or the current one.
func (of secret) pick(id, stage string) (version, error) {
	if id == "" && stage == "" {
		stage = current
	}
	for _, v := range of.Versions {
		if (id == "" || v.ID == id) && (stage == "" || v.has(stage)) {
			return v, nil
		}
	}
	what := "staging label: " + stage
	if id != "" {
		what = "VersionId: " + id
	}
	return version{}, awsapi.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for %s", what)
}

// Value returns the text of one version, and the ARN of the key of one's own that it is encrypted with, or empty.
func (s *Service) Value(id, stage, versionID string) (text, key string, err error) {
	found, err := s.alive(id)
	if err != nil {
		return "", "", err
	}
	v, err := found.pick(versionID, stage)
	if err != nil {
		return "", "", err
	}
	if key, err = s.key(found); err != nil {
		return "", "", err
	}
	opened, err := s.seal.Open(found.ARN, v.Sealed)
	return string(opened), key, err
}
