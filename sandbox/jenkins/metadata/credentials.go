package metadata

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

const (
	// lifetime is how long the credentials of a role hold.
	lifetime = 6 * time.Hour
	// early is how long before their end new ones are there. EC2 promises five minutes; SDKs ask again some minutes
	// before the end as well, so it is more here.
	early = time.Hour
)

// keys are the credentials that the instance has now.
type keys struct {
	mu   sync.Mutex
	role string
	made time.Time
	Credentials
}

// answer is how the service writes credentials.
type answer struct {
	Code            string
	LastUpdated     time.Time
	Type            string
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	Token           string
	Expiration      time.Time
}

// credentials returns the role's credentials as the service writes them. False: the instance has no role of this name.
func (s *Service) credentials(ctx context.Context, name string) (string, bool, error) {
	role, has, err := s.Role(ctx)
	if err != nil || !has || role.Name != name {
		return "", false, err
	}
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	if err := s.renew(role); err != nil {
		return "", false, err
	}
	text, err := json.MarshalIndent(answer{
		Code: "Success", LastUpdated: s.keys.made, Type: "AWS-HMAC", AccessKeyID: s.keys.AccessKeyID,
		SecretAccessKey: s.keys.SecretAccessKey, Token: s.keys.SessionToken, Expiration: s.keys.Expires.UTC().Truncate(time.Second),
	}, "", "  ")
	return string(text), true, err
}

// renew sees to it that the credentials hold for a while. The caller holds the lock.
func (s *Service) renew(role Role) error {
	now := s.Clock.Now()
	if s.keys.role == role.Name && now.Before(s.keys.Expires.Add(-early)) {
		return nil
	}
	made, err := role.Assume(lifetime)
	if err != nil {
		return err
	}
	s.keys.role, s.keys.made, s.keys.Credentials = role.Name, now.UTC().Truncate(time.Second), made
	return nil
}
