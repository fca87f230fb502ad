package ssm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

// shellDocument is the one document that associations run here.
const shellDocument = "AWS-RunShellScript"

// association is an association as the store keeps it.
type association struct {
	ID        string   `json:"id"`
	Instances []string `json:"instances"`
}

// associationBehaviour is aws:ssm/association:Association. Its commands are not run: they test what only a real
// host has (cloud-init, systemd). What they stand for is asked of the host itself: whether its services work.
type associationBehaviour struct{ *Service }

var _ resource.Behaviour = associationBehaviour{}

type associationInputs struct {
	Document   string            `json:"name"`
	Instance   string            `json:"instanceId"`
	Parameters map[string]string `json:"parameters"`
	Seconds    int               `json:"waitForSuccessTimeoutSeconds"`
	Targets    []struct {
		Key    string   `json:"key"`
		Values []string `json:"values"`
	} `json:"targets"`
}

// instances returns the hosts that an association means.
func (in associationInputs) instances() ([]string, error) {
	if in.Document != shellDocument {
		return nil, fmt.Errorf("the document %s does not run here: only %s does", in.Document, shellDocument)
	}
	if strings.TrimSpace(in.Parameters["commands"]) == "" {
		return nil, errors.New("InvalidParameters: the parameter commands is required")
	}
	var all []string
	if in.Instance != "" {
		all = append(all, in.Instance)
	}
	for _, t := range in.Targets {
		if t.Key != "InstanceIds" {
			return nil, fmt.Errorf("targets by %s are not supported here: only InstanceIds are", t.Key)
		}
		all = append(all, t.Values...)
	}
	if len(all) == 0 {
		return nil, errors.New("InvalidTarget: the association has no target")
	}
	return all, nil
}

// Create waits until the hosts are ready, when the association is to wait for its success.
func (b associationBehaviour) Create(ctx context.Context, in resource.Properties) (string, resource.Properties, error) {
	id := naming.UUID()
	err := b.apply(ctx, id, in)
	if err != nil {
		if _, found, _ := b.associations.Get(id); !found {
			return "", nil, err
		}
	}
	return id, nil, err
}

func (b associationBehaviour) Update(ctx context.Context, id string, in resource.Properties) (resource.Properties, error) {
	err := b.apply(ctx, id, in)
	if err != nil {
		return nil, err
	}
	return resource.Properties{}, nil
}

func (b associationBehaviour) apply(ctx context.Context, id string, in resource.Properties) error {
	var args associationInputs
	if err := resource.Decode(in, &args); err != nil {
		return err
	}
	instances, err := args.instances()
	if err != nil {
		return err
	}
	if err := b.associations.Put(id, association{id, instances}); err != nil {
		return err
	}
	if args.Seconds == 0 {
		return nil // nobody waits for its success
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(args.Seconds)*time.Second)
	defer cancel()
	for _, instance := range instances {
		if err := b.hosts.Ready(ctx, instance); err != nil {
			return fmt.Errorf("waiting for SSM Association (%s) to be successful on %s: %w", id, instance, err)
		}
	}
	return nil
}

func (b associationBehaviour) Delete(_ context.Context, id string) error {
	return b.associations.Delete(id)
}
