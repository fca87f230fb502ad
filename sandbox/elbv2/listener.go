package elbv2

import (
	"context"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// listener is what the store keeps of a listener.
type listener struct {
	LoadBalancer string            `json:"loadBalancerArn"`
	Port         *int              `json:"port,omitempty"`
	Protocol     string            `json:"protocol,omitempty"`
	Actions      []action          `json:"defaultActions"`
	Certificate  string            `json:"certificateArn,omitempty"`
	Policy       string            `json:"sslPolicy,omitempty"`
	Tags         map[string]string `json:"tags,omitempty"`

	ARN string `json:"arn"`
}

// ports are those of the protocols: the one port that a load balancer has on this machine stands for both.
var ports = map[string]int{"HTTP": 80, "HTTPS": 443}

// check refuses what cannot be real here, and a certificate that is not there.
func (s *Service) check(l listener) error {
	port, known := ports[l.protocol()]
	switch {
	case !known:
		return awsapi.Errorf("UnsupportedProtocol", "listener protocol '%s' is not available in the sandbox: HTTP and HTTPS are", l.protocol())
	case defaulted(l.Port, port) != port:
		return awsapi.Errorf("ValidationError", "listener port %d is not available in the sandbox: only 80 is for HTTP and 443 for HTTPS, served on the load balancer's own port of this machine", *l.Port)
	case port == 443 && l.Certificate == "":
		return awsapi.Errorf("ValidationError", "A certificate must be specified for HTTPS listeners")
	case port == 80 && l.Certificate != "":
		return awsapi.Errorf("ValidationError", "You cannot specify a certificate for an HTTP listener")
	case port == 443 && s.certificates == nil:
		return awsapi.Errorf("CertificateNotFound", "Certificate '%s' not found", l.Certificate)
	}
	if port == 443 {
		if _, err := s.certificates.TLS(l.Certificate); err != nil {
			return awsapi.Errorf("CertificateNotFound", "Certificate '%s' not found", l.Certificate)
		}
	}
	_, err := final(l.Actions)
	return err
}

func (l listener) port() int { return ports[l.protocol()] }

// usualPolicy is that of an HTTPS listener which names none (API reference, CreateListener, November 2026).
const usualPolicy = "ELBSecurityPolicy-2016-08"

func (l listener) policy() string {
	if l.port() == 443 && l.Policy == "" {
		return usualPolicy
	}
	return l.Policy
}

// Listening are the load balancers that have a certificate.
func (s *Service) Listening(certificateARN string) (balancers []string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, l := range s.listeners {
		if l.Certificate == certificateARN {
			balancers = append(balancers, l.LoadBalancer)
		}
	}
	return balancers
}

func (l listener) protocol() string {
	if l.Protocol == "" {
		return "HTTP"
	}
	return strings.ToUpper(l.Protocol)
}

func (l listener) outputs() (resource.Properties, error) {
	return resource.Encode(map[string]any{"arn": l.ARN, "port": l.port(), "protocol": l.protocol(), "sslPolicy": l.policy()})
}

type listeners struct{ s *Service }

func (b listeners) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var l listener
	if err := resource.Decode(in, &l); err != nil {
		return "", nil, err
	}
	if err := b.s.check(l); err != nil {
		return "", nil, err
	}
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	balancer := b.s.balancers[l.LoadBalancer]
	if balancer == nil {
		return "", nil, noLoadBalancer(l.LoadBalancer)
	}
	for _, other := range b.s.listeners {
		if other.LoadBalancer == l.LoadBalancer && other.port() == l.port() {
			return "", nil, awsapi.Errorf("DuplicateListener", "A listener already exists on this port for this load balancer '%s'", l.LoadBalancer)
		}
	}
	l.ARN = b.s.region.ARN("elasticloadbalancing", "listener/"+balancer.record().suffix()+"/"+naming.Hex(16))
	if err := b.s.putListener(l); err != nil {
		return "", nil, err
	}
	out, err := l.outputs()
	return l.ARN, out, err
}

func (b listeners) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var l listener
	if err := resource.Decode(in, &l); err != nil {
		return nil, err
	}
	if err := b.s.check(l); err != nil {
		return nil, err
	}
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	old, found := b.s.listeners[id]
	if !found {
		return nil, noListener(id)
	}
	l.ARN, l.LoadBalancer = id, old.LoadBalancer
	if err := b.s.putListener(l); err != nil {
		return nil, err
	}
	return l.outputs()
}

func (s *Service) putListener(l listener) error {
	if err := s.checkGroups(l.Actions); err != nil {
		return err
	}
	if err := s.tables.listeners.Put(l.ARN, l); err != nil {
		return err
	}
	s.listeners[l.ARN] = l
	s.route()
	return nil
}

func (s *Service) checkGroups(actions []action) error {
	for _, a := range actions {
		for _, g := range a.groups() {
			if s.groups[g.ARN] == nil {
				return noTargetGroup(g.ARN)
			}
		}
	}
	return nil
}

func (b listeners) Delete(_ context.Context, id string) error {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	err := b.s.forgetListener(id)
	b.s.route()
	return err
}

// forgetListener removes a listener and its rules.
func (s *Service) forgetListener(arn string) error {
	for _, r := range s.rules {
		if r.Listener != arn {
			continue
		}
		if err := s.tables.rules.Delete(r.ARN); err != nil {
			return err
		}
		delete(s.rules, r.ARN)
	}
	if err := s.tables.listeners.Delete(arn); err != nil {
		return err
	}
	delete(s.listeners, arn)
	return nil
}

func (b listeners) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	b.s.mu.RLock()
	defer b.s.mu.RUnlock()
	l, found := b.s.listeners[id]
	if !found {
		return nil, false, nil
	}
	out, err := l.outputs()
	return out, true, err
}

func noListener(arn string) error {
	return awsapi.Errorf("ListenerNotFound", "Listener '%s' not found", arn)
}
