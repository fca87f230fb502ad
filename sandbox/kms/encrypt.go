package kms

import (
	"context"

	"slipway/sandbox/awsapi"
)

// Sizes in bytes (https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html and API_Decrypt.html,
// November 2026).
const (
	longestText = 4096
	longestBlob = 6144
)

// options are what every call that encrypts or decrypts may be given beside its own.
type options struct {
	GrantTokens []string
	DryRun      bool
	Recipient   map[string]any
}

// check refuses what is not here: grants and enclaves.
func (o options) check() error {
	if len(o.GrantTokens) > 0 {
		return awsapi.Errorf("InvalidGrantTokenException", "there are no grants here")
	}
	if len(o.Recipient) > 0 {
		return unsupported("Recipient is not supported here")
	}
	return nil
}

// end is the error that a dry run of a call ends with that would have succeeded.
func (o options) end() error {
	if o.DryRun {
		return awsapi.Errorf("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
	}
	return nil
}

func checkAlgorithm(name string) error {
	if name != "" && name != symmetric {
		return awsapi.Errorf("InvalidKeyUsageException", "The algorithm %s does not fit a symmetric key", name)
	}
	return nil
}

func checkLength(what string, b []byte, most int) error {
	if len(b) < 1 || len(b) > most {
		return invalid("1 validation error detected: Value at '%s' failed to satisfy constraint: "+
			"Member must have length between 1 and %d, it has %d", what, most, len(b))
	}
	return nil
}

type encryptInput struct {
	KeyID               string
	Plaintext           []byte
	EncryptionContext   map[string]string
	EncryptionAlgorithm string
	options
}

type encryptOutput struct {
	CiphertextBlob      []byte
	KeyID               string `json:"KeyId"`
	EncryptionAlgorithm string
}

func (s *Service) encrypt(_ context.Context, in encryptInput) (out encryptOutput, err error) {
	if err := checkLength("plaintext", in.Plaintext, longestText); err != nil {
		return out, err
	}
	if err := checkAlgorithm(in.EncryptionAlgorithm); err != nil {
		return out, err
	}
	blob, arn, err := s.encrypted(in.KeyID, in.Plaintext, in.EncryptionContext, in.options)
	return encryptOutput{blob, arn, symmetric}, err
}

// encrypted returns the blob of a text under a key that a reference means, and the key's ARN.
func (s *Service) encrypted(ref string, text []byte, context map[string]string, o options) ([]byte, string, error) {
	if err := o.check(); err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.usable(ref)
	if err != nil {
		return nil, "", err
	}
	if err := o.end(); err != nil {
		return nil, "", err
	}
	if err := s.rotate(&k); err != nil {
		return nil, "", err
	}
	blob, err := s.lock(k, text, context)
	return blob, s.arn(k.ID), err
}

type decryptInput struct {
	KeyID               string
	CiphertextBlob      []byte
	EncryptionContext   map[string]string
	EncryptionAlgorithm string
	options
}

type decryptOutput struct {
	Plaintext           []byte
	KeyID               string `json:"KeyId"`
	EncryptionAlgorithm string
}

func (s *Service) decrypt(_ context.Context, in decryptInput) (decryptOutput, error) {
	text, arn, err := s.decrypted(in)
	if err == nil {
		err = in.end()
	}
	if err != nil {
		return decryptOutput{}, err
	}
	return decryptOutput{text, arn, symmetric}, nil
}

// decrypted opens a blob with the key that it names, which must be the one that is asked for, if one is.
func (s *Service) decrypted(in decryptInput) ([]byte, string, error) {
	for _, err := range []error{checkLength("ciphertextBlob", in.CiphertextBlob, longestBlob), checkAlgorithm(in.EncryptionAlgorithm), in.check()} {
		if err != nil {
			return nil, "", err
		}
	}
	h, sealed, err := parse(in.CiphertextBlob)
	if err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.opener(in.KeyID, h)
	if err != nil {
		return nil, "", err
	}
	text, err := s.unlock(k, h, sealed, in.EncryptionContext)
	return text, s.arn(k.ID), err
}

// opener returns the key that a blob names.
func (s *Service) opener(ref string, h header) (key, error) {
	if ref != "" {
		asked, err := s.usable(ref)
		if err == nil && asked.ID != h.key {
			err = awsapi.Errorf("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
		}
		return asked, err
	}
	k, err := s.load(h.key)
	if isMissing(err) {
		return k, awsapi.Errorf("AccessDeniedException",
			"The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.")
	}
	if err != nil {
		return k, err
	}
	return k, onlyEnabled(k, s.arn(k.ID))
}

type reEncryptInput struct {
	CiphertextBlob                                            []byte
	SourceKeyID, DestinationKeyID                             string
	SourceEncryptionContext, DestinationEncryptionContext     map[string]string
	SourceEncryptionAlgorithm, DestinationEncryptionAlgorithm string
	options
}

type reEncryptOutput struct {
	CiphertextBlob                                            []byte
	SourceKeyID                                               string `json:"SourceKeyId"`
	KeyID                                                     string `json:"KeyId"`
	SourceEncryptionAlgorithm, DestinationEncryptionAlgorithm string
}

func (s *Service) reEncrypt(_ context.Context, in reEncryptInput) (reEncryptOutput, error) {
	if err := checkAlgorithm(in.DestinationEncryptionAlgorithm); err != nil {
		return reEncryptOutput{}, err
	}
	text, from, err := s.decrypted(decryptInput{
		in.SourceKeyID, in.CiphertextBlob, in.SourceEncryptionContext, in.SourceEncryptionAlgorithm, in.options,
	})
	if err != nil {
		return reEncryptOutput{}, err
	}
	blob, to, err := s.encrypted(in.DestinationKeyID, text, in.DestinationEncryptionContext, in.options)
	return reEncryptOutput{blob, from, to, symmetric, symmetric}, err
}
