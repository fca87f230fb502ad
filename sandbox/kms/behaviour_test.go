package kms_test

import (
	"testing"

	client "github.com/aws/aws-sdk-go-v2/service/kms"
	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/sandbox/resource"
)

func props(m map[string]any) resource.Properties { return property.NewPropertyMapFromMap(m) }

func TestAKeyThatAStackDeclares(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	keys, aliases := r.Behaviours()["aws:kms/key:Key"], r.Behaviours()["aws:kms/alias:Alias"]
	id, out, err := keys.Create(ctx, props(map[string]any{"description": "artifacts", "enableKeyRotation": true, "deletionWindowInDays": 7, "tags": map[string]any{"a": "b"}}))
	if err != nil || out["arn"].StringValue() != arn(id) || out["rotationPeriodInDays"].NumberValue() != 365 {
		t.Fatalf("the key is %v, %v", out, err)
	}
	name, out, err := aliases.Create(ctx, props(map[string]any{"name": "alias/artifacts", "targetKeyId": id}))
	if err != nil || out["targetKeyArn"].StringValue() != arn(id) {
		t.Fatalf("the alias is %v, %v", out, err)
	}
	blob := r.encrypt(name, text, nil)
	if _, err := keys.Update(ctx, id, props(map[string]any{"isEnabled": false})); err != nil {
		t.Fatal(err)
	}
	if got := r.decrypt(blob, nil); got != "DisabledException" {
		t.Errorf("when the stack disables it, it decrypts to %q", got)
	}
	if _, err := keys.Update(ctx, id, props(map[string]any{"enableKeyRotation": true, "rotationPeriodInDays": 10})); err == nil {
		t.Error("a rotation every ten days is no error")
	}
	if _, err := keys.Update(ctx, id, props(map[string]any{"deletionWindowInDays": 7})); err != nil {
		t.Fatal(err)
	}
	if got := r.decrypt(blob, nil); got != text {
		t.Errorf("when the stack enables it, it decrypts to %q", got)
	}
	for range 2 { // what is gone already is no error
		if err := aliases.Delete(ctx, name); err != nil {
			t.Error(err)
		}
		if err := keys.Delete(ctx, id); err != nil {
			t.Error(err)
		}
	}
	if _, found, err := keys.(resource.Reader).Read(ctx, id); found || err != nil {
		t.Errorf("after its deletion: %v, %v", found, err)
	}
	described, err := r.DescribeKey(ctx, &client.DescribeKeyInput{KeyId: &id})
	if err != nil || described.KeyMetadata.DeletionDate.Sub(r.clock.Now()).Hours() < 7*24-1 {
		t.Errorf("the key waits until %v, %v", described, err)
	}
}

func TestKeysOfAStackThatAreRefused(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	keys := r.Behaviours()["aws:kms/key:Key"]
	for name, in := range map[string]map[string]any{
		"several Regions":   {"multiRegion": true},
		"RSA":               {"customerMasterKeySpec": "RSA_2048"},
		"a wrong policy":    {"policy": "no"},
		"a short deletion":  {"deletionWindowInDays": 6},
		"a frequent change": {"enableKeyRotation": true, "rotationPeriodInDays": 89},
	} {
		if id, _, err := keys.Create(ctx, props(in)); err == nil {
			t.Errorf("%s makes the key %s", name, id)
		}
	}
	if _, _, err := r.Behaviours()["aws:kms/alias:Alias"].Create(ctx, props(map[string]any{"name": "alias/a", "targetKeyId": arn("00000000-0000-0000-0000-000000000000")})); code(err) == "" {
		t.Error("an alias of a key that is not there is made")
	}
}
