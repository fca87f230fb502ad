package jenkins

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// volume is an EBS volume: a folder.
type volume struct {
	ID string `json:"id"`
}

// volumeBehaviour is aws:ebs/volume:Volume. Its size is not enforced.
type volumeBehaviour struct{ *Service }

var _ resource.Behaviour = volumeBehaviour{}

func (b volumeBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	if _, ok := in["snapshotId"]; ok {
		return "", nil, errors.New("snapshotId: there are no snapshots here")
	}
	v := volume{naming.ID("vol")}
	if err := os.MkdirAll(b.volumeDir(v.ID), 0o700); err != nil {
		return "", nil, err
	}
	return v.ID, nil, b.volumes.Put(v.ID, v)
}

func (b volumeBehaviour) Update(context.Context, string, resource.Properties) (resource.Properties, error) {
	return nil, nil
}

// Delete removes the volume with all that it holds. One that is attached stays, as in EC2.
func (b volumeBehaviour) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if holder, err := b.holder(id); err != nil || holder != "" {
		return errors.Join(err, fmt.Errorf("VolumeInUse: Volume %s is currently attached to %s", id, holder))
	}
	if err := b.volumes.Delete(id); err != nil {
		return err
	}
	return os.RemoveAll(b.volumeDir(id))
}

func (s *Service) volumeDir(id string) string { return filepath.Join(s.options.Dir, "volumes", id) }

// attachment is a volume on an instance.
type attachment struct {
	ID       string `json:"id"`
	Volume   string `json:"volume"`
	Instance string `json:"instance"`
}

// attachmentBehaviour is aws:ec2/volumeAttachment:VolumeAttachment.
type attachmentBehaviour struct{ *Service }

var _ resource.Behaviour = attachmentBehaviour{}

type attachmentInputs struct {
	Volume   string `json:"volumeId"`
	Instance string `json:"instanceId"`
}

func (b attachmentBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args attachmentInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	made := attachment{ID: "vai-" + naming.Hex(10), Volume: args.Volume, Instance: args.Instance}
	if err := b.attach(made); err != nil {
		return "", nil, err
	}
	b.tell(made.Instance)
	return made.ID, nil, nil
}

func (s *Service) attach(made attachment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, found, err := s.volumes.Get(made.Volume); err != nil || !found {
		return errors.Join(err, fmt.Errorf("InvalidVolume.NotFound: The volume '%s' does not exist", made.Volume))
	}
	if _, found, err := s.instances.Get(made.Instance); err != nil || !found {
		return errors.Join(err, fmt.Errorf("InvalidInstanceID.NotFound: The instance ID '%s' does not exist", made.Instance))
	}
	if holder, err := s.holder(made.Volume); err != nil || holder != "" {
		return errors.Join(err, fmt.Errorf("VolumeInUse: %s is already attached to the instance %s", made.Volume, holder))
	}
	return s.attachments.Put(made.ID, made)
}

// holder returns the instance that a volume is attached to, or "".
func (s *Service) holder(volume string) (string, error) {
	all, err := s.attachments.All()
	for _, a := range all {
		if a.Volume == volume {
			return a.Instance, err
		}
	}
	return "", err
}

func (b attachmentBehaviour) Update(context.Context, string, resource.Properties) (resource.Properties, error) {
	return nil, nil
}

// Delete takes the volume from the instance. The host is switched off before, and waits then for a volume again.
func (b attachmentBehaviour) Delete(_ context.Context, id string) error {
	a, found, err := b.attachments.Get(id)
	if err != nil || !found {
		return err
	}
	b.halt(a.Instance)
	if err := b.attachments.Delete(id); err != nil {
		return err
	}
	return b.restart(a.Instance)
}

// detach forgets the attachments of an instance that is going. The caller holds the lock.
func (s *Service) detach(instance string) error {
	all, err := s.attachments.All()
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Instance == instance {
			if err := s.attachments.Delete(a.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
