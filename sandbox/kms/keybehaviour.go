package kms

import (
	"context"

	"slipway/sandbox/resource"
)

// keyBehaviour is aws:kms/key:Key. Its id is the key's.
type keyBehaviour struct{ *Service }

type keyInputs struct {
	Description string            `json:"description"`
	Usage       string            `json:"keyUsage"`
	Spec        string            `json:"customerMasterKeySpec"`
	Store       string            `json:"customKeyStoreId"`
	External    string            `json:"xksKeyId"`
	MultiRegion bool              `json:"multiRegion"`
	Policy      string            `json:"policy"`
	Enabled     *bool             `json:"isEnabled"`
	Rotates     bool              `json:"enableKeyRotation"`
	Days        int               `json:"rotationPeriodInDays"`
	Window      *int              `json:"deletionWindowInDays"`
	Tags        map[string]string `json:"tags"`
}

// wish makes the key that the inputs describe, in the place of what it was before.
func (in keyInputs) wish(k key) (key, error) {
	refused := createInput{
		KeyUsage: in.Usage, KeySpec: in.Spec, CustomKeyStoreID: in.Store, XksKeyID: in.External, MultiRegion: in.MultiRegion,
	}
	if err := refused.refused(); err != nil {
		return k, err
	}
	if in.Policy != "" {
		k.Policy = in.Policy
	}
	k.Description, k.Tags, k.Rotation = in.Description, in.Tags, rotation{}
	k.Disabled = in.Enabled != nil && !*in.Enabled
	if in.Window != nil {
		k.Window = *in.Window
	}
	var err error
	if in.Rotates {
		k.Rotation, err = turn(in.Days)
	}
	return k, err
}

func (b keyBehaviour) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args keyInputs
	if err := resource.Decode(in, &args); err != nil {
		return "", nil, err
	}
	k, err := args.wish(key{})
	if err != nil {
		return "", nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if k, err = b.create(k); err != nil {
		return "", nil, err
	}
	out, err := b.outputs(k)
	return k.ID, out, err
}

func (b keyBehaviour) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	var args keyInputs
	if err := resource.Decode(in, &args); err != nil {
		return nil, err
	}
	k, err := b.change(id, unlessPending, func(k *key) (err error) {
		if *k, err = args.wish(*k); err != nil {
			return err
		}
		return k.check()
	})
	if err != nil {
		return nil, err
	}
	return b.outputs(k)
}

// Delete schedules the key's deletion: until then it can be kept by CancelKeyDeletion.
func (b keyBehaviour) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	k, err := b.load(id)
	b.mu.Unlock()
	if isMissing(err) || err == nil && k.state() == pending {
		return nil
	}
	if err != nil {
		return err
	}
	days := k.Window
	if days == 0 {
		days = longestWindow
	}
	_, err = b.schedule(id, days)
	return err
}

// Read answers what the key is now. One that waits for its deletion is gone, as it is for the AWS provider.
func (b keyBehaviour) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, err := b.load(id)
	if isMissing(err) || err == nil && k.state() == pending {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	out, err := b.outputs(k)
	return out, true, err
}

func (b keyBehaviour) outputs(k key) (resource.Properties, error) {
	return resource.Encode(map[string]any{
		"arn": b.arn(k.ID), "keyId": k.ID, "description": k.Description, "policy": k.Policy, "isEnabled": !k.Disabled,
		"enableKeyRotation": k.Rotation.Enabled, "rotationPeriodInDays": k.Rotation.Days,
		"keyUsage": usage, "customerMasterKeySpec": symmetric, "multiRegion": false,
	})
}
