package kms

import (
	"context"
	"crypto/rand"
)

// mostRandom is how many random bytes a call answers at most
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html, November 2026).
const mostRandom = 1024

func randomBytes(n int) ([]byte, error) {
	if n < 1 || n > mostRandom {
		return nil, invalid("1 validation error detected: Value '%d' at 'numberOfBytes' failed to satisfy constraint: "+
			"Member must have value between 1 and %d", n, mostRandom)
	}
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return b, nil
}

type randomInput struct {
	NumberOfBytes    int
	CustomKeyStoreID string
	Recipient        map[string]any
}

type randomOutput struct{ Plaintext []byte }

func (s *Service) generateRandom(_ context.Context, in randomInput) (randomOutput, error) {
	if in.CustomKeyStoreID != "" || len(in.Recipient) > 0 {
		return randomOutput{}, unsupported("custom key stores and recipients are not supported here")
	}
	b, err := randomBytes(in.NumberOfBytes)
	return randomOutput{b}, err
}

type dataKeyInput struct {
	KeyID             string
	KeySpec           string
	NumberOfBytes     int
	EncryptionContext map[string]string
	options
}

// size is how long the wished data key is, in bytes.
func (in dataKeyInput) size() (int, error) {
	if (in.KeySpec == "") == (in.NumberOfBytes == 0) {
		return 0, invalid("Please specify either number of bytes or key spec.")
	}
	switch in.KeySpec {
	case "":
		return in.NumberOfBytes, nil
	case "AES_256":
		return 32, nil
	case "AES_128":
		return 16, nil
	}
	return 0, invalid("1 validation error detected: Value '%s' at 'keySpec' failed to satisfy constraint: "+
		"Member must satisfy enum value set: [AES_256, AES_128]", in.KeySpec)
}

type sealedKeyOutput struct {
	CiphertextBlob []byte
	KeyID          string `json:"KeyId"`
}

type dataKeyOutput struct {
	sealedKeyOutput
	Plaintext []byte
}

func (s *Service) generateDataKey(_ context.Context, in dataKeyInput) (dataKeyOutput, error) {
	size, err := in.size()
	if err != nil {
		return dataKeyOutput{}, err
	}
	text, err := randomBytes(size)
	if err != nil {
		return dataKeyOutput{}, err
	}
	blob, arn, err := s.encrypted(in.KeyID, text, in.EncryptionContext, in.options)
	return dataKeyOutput{sealedKeyOutput{blob, arn}, text}, err
}

func (s *Service) generateDataKeyWithoutPlaintext(ctx context.Context, in dataKeyInput) (sealedKeyOutput, error) {
	out, err := s.generateDataKey(ctx, in)
	return out.sealedKeyOutput, err
}
