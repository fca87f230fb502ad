package jenkins

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"slipway/sandbox/jenkins/cloudinit"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// instance is a Jenkins host as the store keeps it.
type instance struct {
	ID       string `json:"id"`
	Address  string `json:"address"`  // stands for 127.0.0.1 on the host
	UserData []byte `json:"userData"` // of its first boot: cloud-init reads no other

	Type     string    `json:"type,omitempty"`
	Image    string    `json:"image,omitempty"`
	Zone     string    `json:"zone,omitempty"`
	Launched time.Time `json:"launched"`
	Profile  string    `json:"profile,omitempty"` // the name of its instance profile
	Tokens   string    `json:"tokens,omitempty"`  // "optional": its metadata service answers without a session token
}

// hostFile says what a Jenkins host needs besides Jenkins; dropIn is where its Jenkins is configured.
const (
	hostFile = "/etc/slipway/host.env"
	dropIn   = "/etc/systemd/system/jenkins.service.d/*.conf"
)

// instanceBehaviour is aws:ec2/instance:Instance. Only Jenkins hosts run here.
type instanceBehaviour struct{ *Service }

var _ resource.Behaviour = instanceBehaviour{}

type instanceInputs struct {
	UserData       string `json:"userData"`
	UserDataBase64 string `json:"userDataBase64"`
	Type           string `json:"instanceType"`
	Image          string `json:"ami"`
	Zone           string `json:"availabilityZone"`
	Profile        string `json:"iamInstanceProfile"`
	Metadata       struct {
		Tokens string `json:"httpTokens"`
	} `json:"metadataOptions"`
}

// describe takes over what EC2 may change in place.
func (in instanceInputs) describe(i *instance) {
	i.Type, i.Image, i.Zone, i.Profile, i.Tokens = in.Type, in.Image, in.Zone, in.Profile, in.Metadata.Tokens
}

// bytes returns the user data as the instance sees it.
func (in instanceInputs) bytes() ([]byte, error) {
	if in.UserDataBase64 == "" {
		return []byte(in.UserData), nil
	}
	b, err := base64.StdEncoding.DecodeString(in.UserDataBase64)
	if err != nil {
		return nil, fmt.Errorf("userDataBase64: %w", err)
	}
	return b, nil
}

// Create makes the host and does not wait until it is ready, as EC2 does not.
func (b instanceBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args instanceInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	userData, err := args.bytes()
	if err != nil {
		return "", nil, err
	}
	if err := installsJenkins(userData); err != nil {
		return "", nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	i := instance{ID: naming.ID("i"), UserData: userData, Launched: b.options.Clock.Now()}
	args.describe(&i)
	if i.Address, err = b.freeAddress(); err != nil {
		return "", nil, err
	}
	if err := b.instances.Put(i.ID, i); err != nil {
		return "", nil, err
	}
	b.launch(i)
	return i.ID, nil, nil
}

// installsJenkins returns why nothing here can run an instance with this user data.
func installsJenkins(userData []byte) error {
	c, err := cloudinit.Parse(userData)
	if err != nil {
		return err
	}
	if _, ok := c.File(hostFile); !ok || len(c.Match(dropIn)) == 0 {
		return errors.New("nothing here runs it: an instance runs in the sandbox when its user data is a #cloud-config that installs " +
			"Jenkins, by writing " + hostFile + " and " + dropIn)
	}
	return nil
}

// Update restarts the host: what EC2 changes in place, it changes while the instance is stopped.
// Changed user data is kept by EC2 and not read by cloud-init, so the host stays as it is.
func (b instanceBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args instanceInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	if err := b.alter(id, args.describe); err != nil {
		return nil, err
	}
	return nil, b.restart(id)
}

func (s *Service) alter(id string, change func(*instance)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, found, err := s.instances.Get(id)
	if err != nil || !found {
		return err
	}
	change(&i)
	return s.instances.Put(id, i)
}

// Delete stops the host and removes its folder. Its volume stays.
func (b instanceBehaviour) Delete(_ context.Context, id string) error {
	b.halt(id)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.instances.Delete(id); err != nil {
		return err
	}
	if err := b.dissociate(id); err != nil {
		return err
	}
	if err := b.detach(id); err != nil {
		return err
	}
	return os.RemoveAll(b.hostDir(id))
}

func (s *Service) hostDir(id string) string { return filepath.Join(s.options.Dir, "hosts", id) }
