package ssm

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"fmt"
)

// seal encrypts the values of SecureStrings before they are written.
type seal struct{ aead cipher.AEAD }

func newSeal(secret []byte) (*seal, error) {
	key := sha256.Sum256(secret)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &seal{aead}, err
}

// close encrypts a value for one parameter: moved to another it does not open.
func (s *seal) close(name, value string) []byte {
	return s.aead.Seal(nil, nil, []byte(value), []byte(name))
}

func (s *seal) open(name string, sealed []byte) (string, error) {
	value, err := s.aead.Open(nil, nil, sealed, []byte(name))
	if err != nil {
		return "", fmt.Errorf("opening the parameter %s: %w", name, err)
	}
	return string(value), nil
}
