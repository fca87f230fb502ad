package kms

import (
	"context"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

const (
	symmetric = "SYMMETRIC_DEFAULT" // the one kind of key here, and its one algorithm
	usage     = "ENCRYPT_DECRYPT"
	origin    = "AWS_KMS"
)

// keyView is a key as the API shows it.
type keyView struct {
	AWSAccountID          string `json:"AWSAccountId"`
	KeyID                 string `json:"KeyId"`
	ARN                   string `json:"Arn"`
	CreationDate          awsapi.Time
	DeletionDate          *awsapi.Time `json:",omitempty"`
	Enabled               bool
	Description           string
	KeyUsage              string
	KeyState              string
	Origin                string
	KeyManager            string
	CustomerMasterKeySpec string
	KeySpec               string
	EncryptionAlgorithms  []string
	MultiRegion           bool
}

func (s *Service) view(k key) keyView {
	v := keyView{
		AWSAccountID: naming.Account, KeyID: k.ID, ARN: s.arn(k.ID), CreationDate: awsapi.Time{Time: k.Created},
		Enabled: k.state() == enabled, Description: k.Description, KeyUsage: usage, KeyState: k.state(), Origin: origin,
		KeyManager: "CUSTOMER", CustomerMasterKeySpec: symmetric, KeySpec: symmetric, EncryptionAlgorithms: []string{symmetric},
	}
	if !k.Deletion.IsZero() {
		v.DeletionDate = &awsapi.Time{Time: k.Deletion}
	}
	return v
}

type createInput struct {
	Description, Policy, KeyUsage, KeySpec, CustomerMasterKeySpec, Origin, CustomKeyStoreID, XksKeyID string
	MultiRegion                                                                                       bool
	Tags                                                                                              []tag
}

// refused returns an error for a kind of key that is not here.
func (in createInput) refused() error {
	for _, one := range []struct{ what, value, only string }{
		{"KeyUsage", in.KeyUsage, usage}, {"KeySpec", in.KeySpec, symmetric}, {"CustomerMasterKeySpec", in.CustomerMasterKeySpec, symmetric},
		{"Origin", in.Origin, origin}, {"CustomKeyStoreId", in.CustomKeyStoreID, ""}, {"XksKeyId", in.XksKeyID, ""},
	} {
		if one.value != "" && one.value != one.only {
			return unsupported("%s %s is not supported here", one.what, one.value)
		}
	}
	if in.MultiRegion {
		return unsupported("multi-Region keys are not supported here")
	}
	return nil
}

type metadataOutput struct{ KeyMetadata keyView }

func (s *Service) createKey(_ context.Context, in createInput) (metadataOutput, error) {
	if err := in.refused(); err != nil {
		return metadataOutput{}, err
	}
	tags, err := tagMap(in.Tags)
	if err != nil {
		return metadataOutput{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.create(key{Description: in.Description, Policy: in.Policy, Tags: tags})
	return metadataOutput{s.view(k)}, err
}

func (s *Service) describeKey(_ context.Context, in keyInput) (metadataOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.find(in.KeyID)
	return metadataOutput{s.view(k)}, err
}

type describeInput struct{ KeyID, Description string }

func (s *Service) updateKeyDescription(_ context.Context, in describeInput) (struct{}, error) {
	_, err := s.change(in.KeyID, unlessPending, func(k *key) error { k.Description = in.Description; return k.check() })
	return struct{}{}, err
}

type keyEntry struct {
	KeyID  string `json:"KeyId"`
	KeyARN string `json:"KeyArn"`
}

type listKeysOutput struct {
	Keys []keyEntry
	more
}

func (s *Service) listKeys(_ context.Context, in paging) (out listKeysOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.keys.All()
	if err != nil {
		return out, err
	}
	all, out.more, err = page(all, in, 100, 1000, func(k key) string { return k.ID })
	out.Keys = []keyEntry{}
	for _, k := range all {
		out.Keys = append(out.Keys, keyEntry{k.ID, s.arn(k.ID)})
	}
	return out, err
}
