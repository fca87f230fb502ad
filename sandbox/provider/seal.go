package provider

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
)

// seal encrypts what is secret before it is written. The zero one writes nothing.
type seal struct{ aead cipher.AEAD }

// newSeal returns the seal of a secret of any length.
func newSeal(secret []byte) (*seal, error) {
	if len(secret) == 0 {
		return &seal{}, nil
	}
	key := sha256.Sum256(secret)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &seal{aead}, err
}

// close returns the encrypted text, or nil without a secret.
func (s *seal) close(text []byte) ([]byte, error) {
	if s.aead == nil || text == nil {
		return nil, nil
	}
	return s.aead.Seal(nil, nil, text, nil), nil
}

// open is the reverse of close.
func (s *seal) open(sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	if s.aead == nil {
		return nil, errors.New("secret properties were remembered with a secret that is not here")
	}
	text, err := s.aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("opening remembered secret properties: %w", err)
	}
	return text, nil
}
