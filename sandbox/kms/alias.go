package kms

import (
	"regexp"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
)

const (
	aliasPrefix    = "alias/"
	reservedPrefix = "alias/aws/"
	// mostAliases is how many a key may have
	// (https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html, November 2026).
	mostAliases = 50
)

// aliasForm is the grammar of aliases
// (https://docs.aws.amazon.com/kms/latest/developerguide/alias-create.html, November 2026).
var aliasForm = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]{1,250}$`)

// alias is an alias as the store keeps it.
type alias struct {
	Name    string    `json:"name"`
	KeyID   string    `json:"keyId"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

func checkAlias(name string) error {
	switch {
	case !strings.HasPrefix(name, aliasPrefix):
		return awsapi.Errorf("InvalidAliasNameException", "The alias %q must start with the prefix \"alias/\"", name)
	case strings.HasPrefix(name, reservedPrefix):
		return awsapi.Errorf("InvalidAliasNameException", "The alias %q begins with alias/aws/, which is reserved for keys that AWS manages", name)
	case !aliasForm.MatchString(name):
		return awsapi.Errorf("InvalidAliasNameException", "The alias %q may have letters, digits, /, _ and -, and 256 characters", name)
	}
	return nil
}

// name gives a key an alias; with move an alias that another key has.
func (s *Service) name(name, ref string, move bool) error {
	if err := checkAlias(name); err != nil {
		return err
	}
	k, err := s.own(ref)
	if err != nil {
		return err
	}
	if err := unlessPending(k, s.arn(k.ID)); err != nil {
		return err
	}
	a, found, err := s.aliases.Get(name)
	switch arn := s.region.ARN("kms", name); {
	case err != nil:
		return err
	case found && !move:
		return awsapi.Errorf("AlreadyExistsException", "An alias with the name %s already exists", arn)
	case !found && move:
		return errNoAlias(arn)
	}
	return s.point(a, name, k)
}

// point writes an alias that leads to a key.
func (s *Service) point(a alias, name string, k key) error {
	if a.KeyID != k.ID {
		others, err := s.aliasesOf(k.ID)
		if err != nil {
			return err
		}
		if len(others) >= mostAliases {
			return awsapi.Errorf("LimitExceededException", "The key %s has %d aliases already", s.arn(k.ID), len(others))
		}
	}
	a.Name, a.KeyID, a.Updated = name, k.ID, s.now()
	if a.Created.IsZero() {
		a.Created = a.Updated
	}
	return s.aliases.Put(name, a)
}

// aliasesOf returns the aliases of a key, or of all keys for an empty id, in the order of their names.
func (s *Service) aliasesOf(id string) (of []alias, err error) {
	all, err := s.aliases.All()
	for _, a := range all {
		if id == "" || a.KeyID == id {
			of = append(of, a)
		}
	}
	return of, err
}

func (s *Service) forgetAliases(id string) error {
	of, err := s.aliasesOf(id)
	if err != nil {
		return err
	}
	for _, a := range of {
		if err := s.aliases.Delete(a.Name); err != nil {
			return err
		}
	}
	return nil
}
