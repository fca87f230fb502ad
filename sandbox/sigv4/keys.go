// Package sigv4 makes access keys and checks the requests that are signed with them: AWS Signature Version 4 in
// headers and in presigned URLs, bodies in signed chunks, and the form that CodeCommit has for git.
package sigv4

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/store"
)

// Root is the access key of the sandbox's own user, which may do everything.
type Root struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
}

// NewRoot makes a random key in the form of a user's: AKIA and 16 characters, and a secret of 40 (IAM user guide, "IAM
// identifiers", 2026-11).
func NewRoot() Root {
	return Root{"AKIA" + base32.StdEncoding.EncodeToString(random(10)), base64.StdEncoding.EncodeToString(random(30))}
}

// sessionPrefix begins the access keys of sessions (IAM user guide, "IAM identifiers", 2026-11).
const sessionPrefix = "ASIA"

// kept is how long an expired session is remembered, so that its user hears of the expiry.
const kept = 24 * time.Hour

// Credentials are the temporary credentials of one session.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
	Expires         time.Time
}

// Keys knows the root's key and those of every session. A restart keeps them.
type Keys struct {
	clock    clockwork.Clock
	root     Root
	sessions *store.Table[session]
}

// session is what the store keeps of issued credentials.
type session struct {
	KeyID   string    `json:"accessKeyId"`
	Secret  string    `json:"secretAccessKey"`
	Token   string    `json:"sessionToken"`
	Expires time.Time `json:"expires"`
	Scope   Scope     `json:"scope"`
	Role    *Role     `json:"role,omitempty"` // of a session that somebody has by a role
}

// New opens the sessions in the store. A nil clock is the real one.
func New(st *store.Store, root Root, clock clockwork.Clock) (*Keys, error) {
	if root.AccessKeyID == "" || root.SecretAccessKey == "" {
		return nil, errors.New("the root has no access key")
	}
	if clock == nil {
		clock = clockwork.NewRealClock()
	}
	sessions, err := store.NewTable[session](st, "sigv4.sessions")
	if err != nil {
		return nil, fmt.Errorf("reading the sessions: %w", err)
	}
	return &Keys{clock: clock, root: root, sessions: sessions}, nil
}

// Issue makes credentials that may do what the scope says, and nothing more, for as long as ttl.
func (k *Keys) Issue(scope Scope, ttl time.Duration) (Credentials, error) {
	return k.open(session{Scope: scope}, ttl)
}

// Assume makes credentials of a session of a role for as long as ttl. No policy limits them here.
func (k *Keys) Assume(role Role, ttl time.Duration) (Credentials, error) {
	return k.open(session{Role: &role}, ttl)
}

// open gives a session its keys and remembers it.
func (k *Keys) open(s session, ttl time.Duration) (Credentials, error) {
	if err := k.forget(); err != nil {
		return Credentials{}, err
	}
	s.KeyID = sessionPrefix + base32.StdEncoding.EncodeToString(random(10))
	s.Secret = base64.StdEncoding.EncodeToString(random(30))
	s.Token = base64.StdEncoding.EncodeToString(random(96))
	s.Expires = k.clock.Now().Add(ttl).UTC()
	if err := k.sessions.Put(s.KeyID, s); err != nil {
		return Credentials{}, fmt.Errorf("remembering the session: %w", err)
	}
	return Credentials{s.KeyID, s.Secret, s.Token, s.Expires}, nil
}

// forget drops sessions that have been over for long.
func (k *Keys) forget() error {
	all, err := k.sessions.All()
	if err != nil {
		return err
	}
	for _, s := range all {
		if k.clock.Since(s.Expires) > kept {
			if err := k.sessions.Delete(s.KeyID); err != nil {
				return err
			}
		}
	}
	return nil
}

// holder is who a key belongs to, with the secret.
type holder struct {
	Identity
	secret, token string
}

// holder returns who has a key. The token is what the request shows beside it.
func (k *Keys) holder(keyID, token string) (holder, error) {
	if keyID == k.root.AccessKeyID {
		if token != "" {
			return holder{}, errToken()
		}
		return holder{Identity{AccessKeyID: keyID, Root: true}, k.root.SecretAccessKey, token}, nil
	}
	s, found, err := k.sessions.Get(keyID)
	switch {
	case err != nil:
		return holder{}, err
	case !found:
		return holder{}, errUnknownKey()
	case token != s.Token:
		return holder{}, errToken()
	case !k.clock.Now().Before(s.Expires):
		return holder{}, errExpired()
	}
	return holder{Identity{AccessKeyID: keyID, Scope: s.Scope, Role: s.Role}, s.Secret, s.Token}, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return b
}
