// Package acm is Certificate Manager for the sandbox: certificates that an authority of the sandbox's own signs at once, and
// imported ones. Load balancers serve them.
package acm

import (
	"crypto/tls"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/seal"
	"slipway/sandbox/store"
)

// Options says what the service needs.
type Options struct {
	// File gets the certificate of the authority, for clients to trust.
	File string
	// Secret seals private keys in the store.
	Secret []byte
	// Users are the ARNs of the load balancers that have a certificate; nil has none.
	Users func(arn string) []string
	// Clock is the time that certificates go by; nil means the real one.
	Clock clockwork.Clock
}

// Service is Certificate Manager.
type Service struct {
	Options
	region    naming.Region
	seal      *seal.Seal
	table     *store.Table[certificate]
	authority *store.Table[pair]

	mu sync.Mutex
}

// certificate is what the store keeps, under the ARN.
type certificate struct {
	ARN      string            `json:"arn"`
	Domain   string            `json:"domain"`
	Names    []string          `json:"names"`
	Token    string            `json:"token,omitempty"` // of the client that asked for it
	Imported bool              `json:"imported,omitempty"`
	Created  time.Time         `json:"created"`
	Tags     map[string]string `json:"tags,omitempty"`
	pair
}

// pair is a certificate with those above it, in PEM, and its sealed key.
type pair struct {
	Chain []byte `json:"chain"`
	Key   []byte `json:"key"`
}

// New opens the certificates in the store.
func New(st *store.Store, region naming.Region, o Options) (*Service, error) {
	s := &Service{Options: o, region: region}
	if s.Clock == nil {
		s.Clock = clockwork.NewRealClock()
	}
	var err error
	if s.seal, err = seal.New(o.Secret); err != nil {
		return nil, err
	}
	if s.table, err = store.NewTable[certificate](st, "acm.certificates"); err != nil {
		return nil, err
	}
	s.authority, err = store.NewTable[pair](st, "acm.authority")
	return s, err
}

// TLS is what a load balancer serves under an ARN.
func (s *Service) TLS(arn string) (*tls.Certificate, error) {
	c, err := s.find(arn)
	if err != nil {
		return nil, err
	}
	return s.open(arn, c.pair)
}

func (s *Service) open(name string, p pair) (*tls.Certificate, error) {
	key, err := s.seal.Open(name, p.Key)
	if err != nil {
		return nil, err
	}
	c, err := tls.X509KeyPair(p.Chain, key)
	return &c, err
}

func (s *Service) find(arn string) (certificate, error) {
	c, found, err := s.table.Get(arn)
	if err == nil && !found {
		err = awsapi.Errorf("ResourceNotFoundException", "Could not find certificate %s.", arn)
	}
	return c, err
}
