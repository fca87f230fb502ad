package kms

import (
	"regexp"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// keyForm is the grammar of key ids that AWS makes.
var keyForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// local returns what an ARN of KMS in this region and account names ("key/…", "alias/…"); other texts stay.
func (s *Service) local(ref string) (string, error) {
	if !strings.HasPrefix(ref, "arn:") {
		return ref, nil
	}
	parts := strings.SplitN(ref, ":", 6)
	switch {
	case len(parts) != 6 || parts[2] != "kms" || parts[1] != naming.Partition:
		return "", awsapi.Errorf("InvalidArnException", "%s is not a valid ARN of KMS", ref)
	case parts[3] != string(s.region):
		return "", awsapi.Errorf("NotFoundException", "Invalid arn %s", parts[3])
	case parts[4] != naming.Account:
		return "", errNoKey(ref)
	}
	return parts[5], nil
}

// find returns the key that an id, a key ARN, an alias or an alias ARN means, in any state.
func (s *Service) find(ref string) (key, error) {
	name, err := s.local(ref)
	if err != nil {
		return key{}, err
	}
	if !strings.HasPrefix(name, aliasPrefix) {
		return s.own(ref)
	}
	a, found, err := s.aliases.Get(name)
	if err != nil {
		return key{}, err
	}
	if !found {
		return key{}, errNoAlias(s.region.ARN("kms", name))
	}
	return s.load(a.KeyID)
}

// own returns the key that an id or a key ARN means. What changes a key takes no alias.
func (s *Service) own(ref string) (key, error) {
	name, err := s.local(ref)
	if err != nil {
		return key{}, err
	}
	id, full := strings.CutPrefix(name, "key/")
	switch {
	case ref == "":
		return key{}, invalid("1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null")
	case full != strings.HasPrefix(ref, "arn:"):
		return key{}, awsapi.Errorf("InvalidArnException", "%s does not name a key", ref)
	case !keyForm.MatchString(id):
		return key{}, awsapi.Errorf("NotFoundException", "Invalid keyId '%s'", ref)
	}
	return s.load(id)
}

// usable returns a key that may encrypt and decrypt.
func (s *Service) usable(ref string) (key, error) {
	k, err := s.find(ref)
	if err != nil {
		return k, err
	}
	return k, onlyEnabled(k, s.arn(k.ID))
}
