package kms

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// A ciphertext blob is a header and what AES-256-GCM made of the text under a random nonce. The header, which is
// authenticated with the encryption context, is the form, the key's id and the number of the material.
const (
	blobForm   = 1
	headerSize = 1 + 16 + 4
)

// header names the key and the material that open a blob.
type header struct {
	key      string
	material int
}

func (h header) bytes() []byte {
	id, _ := hex.DecodeString(strings.ReplaceAll(h.key, "-", "")) // ids are UUIDs
	return binary.BigEndian.AppendUint32(append([]byte{blobForm}, id...), uint32(h.material))
}

// parse splits a blob. What is none of ours is AWS's error for it.
func parse(blob []byte) (h header, sealed []byte, err error) {
	if len(blob) < headerSize || blob[0] != blobForm {
		return h, nil, errCiphertext()
	}
	id := hex.EncodeToString(blob[1:17])
	h.key = strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
	h.material = int(binary.BigEndian.Uint32(blob[17:headerSize]))
	return h, blob[headerSize:], nil
}

// authenticated is what a blob opens with only: its header and the encryption context, in the order of its keys.
func (h header) authenticated(context map[string]string) []byte {
	out := h.bytes()
	for _, name := range slices.Sorted(maps.Keys(context)) {
		for _, text := range []string{name, context[name]} {
			out = binary.BigEndian.AppendUint32(out, uint32(len(text)))
			out = append(out, text...)
		}
	}
	return out
}

// lock encrypts a text with the newest material of a key.
func (s *Service) lock(k key, text []byte, context map[string]string) ([]byte, error) {
	h := header{k.ID, len(k.Material) - 1}
	aead, err := s.cipher(k, h.material)
	if err != nil {
		return nil, err
	}
	return aead.Seal(h.bytes(), nil, text, h.authenticated(context)), nil
}

// unlock decrypts what lock made. A changed blob and another context are AWS's one error.
func (s *Service) unlock(k key, h header, sealed []byte, context map[string]string) ([]byte, error) {
	if h.material >= len(k.Material) {
		return nil, errCiphertext()
	}
	aead, err := s.cipher(k, h.material)
	if err != nil {
		return nil, err
	}
	text, err := aead.Open([]byte{}, nil, sealed, h.authenticated(context))
	if err != nil {
		return nil, errCiphertext()
	}
	return text, nil
}

func (s *Service) cipher(k key, index int) (cipher.AEAD, error) {
	raw, err := s.seal.Open(owner(k.ID, index), k.Material[index].Sealed)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
