package jenkins

import (
	"context"
	"errors"
	"fmt"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// association brings an Elastic IP address to an instance.
type association struct {
	ID       string `json:"id"`
	Address  string `json:"address"` // its allocation id
	Instance string `json:"instance"`
}

// associationBehaviour is aws:ec2/eipAssociation:EipAssociation.
type associationBehaviour struct{ *Service }

var _ resource.Behaviour = associationBehaviour{}

type associationInputs struct {
	Address   string `json:"allocationId"`
	Instance  string `json:"instanceId"`
	PublicIP  string `json:"publicIp"`
	Interface string `json:"networkInterfaceId"`
}

func (b associationBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args associationInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	if args.Instance == "" || args.Interface != "" {
		return "", nil, errors.New("only an association with an instance (instanceId) is supported here")
	}
	a, err := b.meant(args)
	if err != nil {
		return "", nil, err
	}
	made := association{ID: naming.ID("eipassoc"), Address: a.ID, Instance: args.Instance}
	if err := b.associate(made); err != nil {
		return "", nil, err
	}
	return made.ID, resource.Properties{
		"allocationId": property.NewProperty(a.ID), "publicIp": property.NewProperty(a.IP),
	}, nil
}

// meant finds the address by its id, or by itself.
func (s *Service) meant(args associationInputs) (address, error) {
	if args.Address != "" {
		return s.address(args.Address)
	}
	all, err := s.addresses.All()
	for _, a := range all {
		if a.IP == args.PublicIP {
			return a, nil
		}
	}
	return address{}, errors.Join(err, fmt.Errorf("InvalidAddress.NotFound: Address '%s' not found", args.PublicIP))
}

// Update has nothing to do: every input replaces it.
func (b associationBehaviour) Update(context.Context, string, resource.Properties) (resource.Properties, error) {
	return nil, nil
}

func (b associationBehaviour) Delete(_ context.Context, id string) error { return b.unassociate(id) }

// associate brings an address to an instance, and away from another, as EC2 does.
func (s *Service) associate(made association) error {
	if _, found, err := s.instances.Get(made.Instance); err != nil || !found {
		return errors.Join(err, fmt.Errorf("InvalidInstanceID.NotFound: The instance ID '%s' does not exist", made.Instance))
	}
	all, err := s.associations.All()
	if err != nil {
		return err
	}
	for _, old := range all {
		if old.Address == made.Address {
			if err := s.unassociate(old.ID); err != nil {
				return err
			}
		}
	}
	if err := s.associations.Put(made.ID, made); err != nil {
		return err
	}
	s.tell(made.Instance)
	return nil
}

func (s *Service) unassociate(id string) error {
	a, found, err := s.associations.Get(id)
	if err != nil || !found {
		return err
	}
	if err := s.associations.Delete(id); err != nil {
		return err
	}
	s.tell(a.Instance)
	return nil
}

// dissociate forgets the associations of an instance that is going.
func (s *Service) dissociate(instance string) error {
	all, err := s.associations.All()
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Instance == instance {
			if err := s.associations.Delete(a.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// publicAddresses returns the Elastic IP addresses of an instance.
func (s *Service) publicAddresses(instance string) ([]string, error) {
	all, err := s.associations.All()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, a := range all {
		if a.Instance != instance {
			continue
		}
		ip, err := s.address(a.Address)
		if err != nil {
			return nil, err
		}
		found = append(found, ip.IP)
	}
	return found, nil
}
