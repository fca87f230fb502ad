// Package seal encrypts what a sandbox keeps at rest and must not be readable in its files.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Seal encrypts with AES-256-GCM under a key that is made of a secret. A nil Seal keeps nothing.
type Seal struct{ aead cipher.AEAD }

// New returns the seal of a secret of any length, and an error for an empty one.
func New(secret []byte) (*Seal, error) {
	if len(secret) == 0 {
		return nil, errors.New("a seal needs a secret")
	}
	key := sha256.Sum256(secret)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &Seal{aead}, err
}

// Close encrypts text for one owner: what is sealed for another does not open.
// It returns nil for nil, and for every text when there is no seal.
func (s *Seal) Close(owner string, text []byte) []byte {
	if s == nil || text == nil {
		return nil
	}
	return s.aead.Seal(nil, nil, text, []byte(owner))
}

// Open is the reverse of Close.
func (s *Seal) Open(owner string, sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	if s == nil {
		return nil, errors.New("it was sealed with a secret that is not here")
	}
	text, err := s.aead.Open(nil, nil, sealed, []byte(owner))
	if err != nil {
		return nil, fmt.Errorf("opening what was sealed: %w", err)
	}
	return text, nil
}
