package secretsmanager

import (
	"maps"
	"slices"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

const mostBytes = 65536

func (v version) has(stage string) bool { return slices.Contains(v.Stages, stage) }

// value is what a call gives as the secret: one of the two.
type value struct {
	SecretString string
	SecretBinary []byte
}

func (in value) given() bool { return in.SecretString != "" || len(in.SecretBinary) > 0 }

// check refuses two values and one that is too long.
func (in value) check() error {
	switch {
	case in.SecretString != "" && len(in.SecretBinary) > 0:
		return awsapi.Errorf("InvalidParameterException", "You can't specify both a binary secret value and a string secret value in the same secret.")
	case len(in.SecretString)+len(in.SecretBinary) > mostBytes:
		return awsapi.Errorf("InvalidParameterException", "The secret value is longer than %d bytes.", mostBytes)
	}
	return nil
}

// put makes a version the current one, and the current one the previous. The same token with the same value does nothing
// a second time.
func (s *Service) put(to *secret, in value, token string) (version, error) {
	if err := in.check(); err != nil {
		return version{}, err
	}
	if _, err := s.key(*to); err != nil {
		return version{}, err
	}
	text, binary := []byte(in.SecretString), len(in.SecretBinary) > 0
	if binary {
		text = in.SecretBinary
	}
	if token == "" {
		token = naming.UUID()
	}
	if old, there := to.Versions[token]; there {
		before, err := s.seal.Open(to.ARN, old.Sealed)
		if err == nil && string(before) != string(text) {
			err = awsapi.Errorf("ResourceExistsException", "You can't modify the value of a version: %s exists.", token)
		}
		return old, err
	}
	v := version{ID: token, Sealed: s.seal.Close(to.ARN, text), Binary: binary, Stages: []string{current}, Created: s.now()}
	to.Versions, to.Changed = moved(to.Versions), s.now()
	to.Versions[token] = v
	return v, nil
}

// moved are the versions with the current one as the previous, without those that lose their last stage.
func moved(all map[string]version) map[string]version {
	all = maps.Clone(all)
	if all == nil {
		all = map[string]version{}
	}
	for id, v := range all {
		switch {
		case v.has(current):
			v.Stages = []string{previous}
			all[id] = v
		case v.has(previous):
			delete(all, id)
		}
	}
	return all
}
