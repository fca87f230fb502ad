package sandbox

import (
	"fmt"

	"slipway/sandbox/kms"
	"slipway/sandbox/naming"
	"slipway/sandbox/s3"
	"slipway/sandbox/sigv4"
)

// stateAlias is the alias of the key that encrypts state, the same as of one that is made on AWS.
const stateAlias = "alias/slipway-state"

// StateBucket is the bucket that Pulumi's state is in, named as one that is made on AWS.
func (c Config) StateBucket() string {
	return fmt.Sprintf("slipway-state-%s-%s", naming.Account, c.Region)
}

// newState makes the parts that keep Pulumi's state, and in them its key and its bucket when they do not exist.
// What somebody changed of these stays.
func (s *services) newState() (err error) {
	if s.keys, err = sigv4.New(s.store, s.config.Key, nil); err != nil {
		return err
	}
	if s.kms, err = kms.New(s.store, s.config.Region, kms.Options{Secret: s.secret}); err != nil {
		return err
	}
	if s.s3, err = s3.New(s.store, s.config.Region, s3.Options{
		Dir: s.config.objectsDir(), Keys: s.keys, Encryption: s.kms, Authorize: s.authority.request, Log: s.log,
	}); err != nil {
		return err
	}
	if s.config.StateKey, err = s.kms.Ensure(stateAlias, "State and secrets of Pulumi's stacks"); err != nil {
		return err
	}
	return s.s3.EnsurePrivate(s.config.StateBucket(), s.config.StateKey)
}
