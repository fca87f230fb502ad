package jenkins

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"syscall"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// address is an Elastic IP address.
type address struct {
	ID string `json:"id"`
	IP string `json:"ip"`
}

// addressBehaviour is aws:ec2/eip:Eip. Its address is a loopback address that nobody else uses: what listens on it
// is reached from this machine, and from nowhere else.
type addressBehaviour struct{ *Service }

var _ resource.Behaviour = addressBehaviour{}

type addressInputs struct {
	Instance string `json:"instance"`
}

func (b addressBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args addressInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	b.mu.Lock()
	ip, err := b.freeAddress()
	a := address{ID: naming.ID("eipalloc"), IP: ip}
	if err == nil {
		err = b.addresses.Put(a.ID, a)
	}
	b.mu.Unlock()
	if err != nil {
		return "", nil, err
	}
	out := b.outputs(a)
	if err := b.point(a, args.Instance); err != nil {
		return a.ID, out, err
	}
	return a.ID, out, nil
}

// Update brings the address to another instance, or to none.
func (b addressBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args addressInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	a, err := b.address(id)
	if err != nil {
		return nil, err
	}
	return b.outputs(a), b.point(a, args.Instance)
}

func (s *Service) address(id string) (address, error) {
	a, found, err := s.addresses.Get(id)
	if err == nil && !found {
		err = fmt.Errorf("InvalidAllocationID.NotFound: The allocation ID '%s' does not exist", id)
	}
	return a, err
}

func (s *Service) outputs(a address) resource.Properties {
	domain := string(s.region) + ".compute"
	if s.region == "us-east-1" {
		domain = "compute-1"
	}
	host := fmt.Sprintf("ec2-%s.%s.amazonaws.com", strings.ReplaceAll(a.IP, ".", "-"), domain)
	return resource.Properties{"publicIp": property.NewProperty(a.IP), "publicDns": property.NewProperty(host)}
}

// point makes the association that an address has by its own input; its key is the address.
func (s *Service) point(a address, instance string) error {
	old, _, err := s.associations.Get(a.ID)
	if err != nil || old.Instance == instance {
		return err
	}
	if instance == "" {
		return s.unassociate(a.ID)
	}
	return s.associate(association{ID: a.ID, Address: a.ID, Instance: instance})
}

func (b addressBehaviour) Delete(_ context.Context, id string) error {
	all, err := b.associations.All()
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Address == id && a.ID != id {
			return fmt.Errorf("InvalidIPAddress.InUse: The address %s is associated with the instance %s", id, a.Instance)
		}
	}
	if err := b.unassociate(id); err != nil {
		return err
	}
	return b.addresses.Delete(id)
}

// freeAddress returns a loopback address that nothing here has. The caller holds the lock.
func (s *Service) freeAddress() (string, error) {
	taken := map[string]bool{}
	instances, err := s.instances.All()
	if err != nil {
		return "", err
	}
	for _, i := range instances {
		taken[i.Address] = true
	}
	addresses, err := s.addresses.All()
	if err != nil {
		return "", err
	}
	for _, a := range addresses {
		taken[a.IP] = true
	}
	for {
		ip := randomLoopback()
		if taken[ip] {
			continue
		}
		return ip, bindable(ip)
	}
}

// randomLoopback returns an address of 127.64.0.0/10, where nothing usually listens: 127.0.0.1 and the addresses
// of local name servers are lower. With 4 million of them, sandboxes side by side do not meet.
func randomLoopback() string {
	n := rand.Uint32N(1 << 22)
	b := [4]byte{127, 64 + byte(n>>16), byte(n >> 8), byte(n)}
	if b[3] == 0 || b[3] == 255 {
		b[3] = 1
	}
	return netip.AddrFrom4(b).String()
}

// bindable returns an error when this machine has not got the address: Linux has all of 127.0.0.0/8.
func bindable(ip string) error {
	l, err := net.Listen("tcp4", net.JoinHostPort(ip, "0"))
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		return fmt.Errorf("this machine has not got the loopback address %s, which a Jenkins host needs: only Linux has all of 127.0.0.0/8", ip)
	}
	if err != nil {
		return fmt.Errorf("listening on the loopback address %s: %w", ip, err)
	}
	return l.Close()
}
