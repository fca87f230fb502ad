package kms_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func TestKeysThatAreNotHere(t *testing.T) {
	r := newRig(t)
	tags := make([]types.Tag, 51)
	for i := range tags {
		tags[i] = types.Tag{TagKey: aws.String(fmt.Sprint(i)), TagValue: aws.String("")}
	}
	for name, c := range map[string]struct {
		in   client.CreateKeyInput
		want string
	}{
		"a usual one":       {client.CreateKeyInput{Description: aws.String("state"), KeySpec: types.KeySpecSymmetricDefault}, ""},
		"RSA":               {client.CreateKeyInput{KeySpec: types.KeySpecRsa2048}, "UnsupportedOperationException"},
		"HMAC":              {client.CreateKeyInput{KeyUsage: types.KeyUsageTypeGenerateVerifyMac}, "UnsupportedOperationException"},
		"several Regions":   {client.CreateKeyInput{MultiRegion: aws.Bool(true)}, "UnsupportedOperationException"},
		"imported material": {client.CreateKeyInput{Origin: types.OriginTypeExternal}, "UnsupportedOperationException"},
		"a broken policy":   {client.CreateKeyInput{Policy: aws.String("{")}, "MalformedPolicyDocumentException"},
		"a long policy":     {client.CreateKeyInput{Policy: aws.String(strings.Repeat(" ", 32769))}, "LimitExceededException"},
		"a long text":       {client.CreateKeyInput{Description: aws.String(strings.Repeat("x", 8193))}, "ValidationException"},
		"many tags":         {client.CreateKeyInput{Tags: tags}, "TagException"},
		"a tag twice":       {client.CreateKeyInput{Tags: []types.Tag{tags[0], tags[0]}}, "TagException"},
	} {
		out, err := r.CreateKey(t.Context(), &c.in)
		if code(err) != c.want {
			t.Errorf("%s is answered with %v, not %q", name, err, c.want)
		}
		if err == nil && (out.KeyMetadata.KeyState != types.KeyStateEnabled || *out.KeyMetadata.Arn != arn(*out.KeyMetadata.KeyId)) {
			t.Errorf("%s is %v", name, out.KeyMetadata)
		}
	}
}

// TestWhatAStateForbids holds the states against the table of AWS's documentation.
func TestWhatAStateForbids(t *testing.T) {
	const no, invalidState = "DisabledException", "KMSInvalidStateException"
	for name, c := range map[string]struct {
		call                       func(*rig, string) error
		enabled, disabled, pending string
	}{
		"Encrypt": {func(r *rig, id string) error {
			_, err := r.Encrypt(r.t.Context(), &client.EncryptInput{KeyId: &id, Plaintext: []byte("x")})
			return err
		}, "", no, invalidState},
		"GenerateDataKey": {func(r *rig, id string) error {
			_, err := r.GenerateDataKey(r.t.Context(), &client.GenerateDataKeyInput{KeyId: &id, KeySpec: types.DataKeySpecAes256})
			return err
		}, "", no, invalidState},
		"DescribeKey": {func(r *rig, id string) error {
			_, err := r.DescribeKey(r.t.Context(), &client.DescribeKeyInput{KeyId: &id})
			return err
		}, "", "", ""},
		"EnableKey": {func(r *rig, id string) error {
			_, err := r.EnableKey(r.t.Context(), &client.EnableKeyInput{KeyId: &id})
			return err
		}, "", "", invalidState},
		"EnableKeyRotation": {func(r *rig, id string) error {
			_, err := r.EnableKeyRotation(r.t.Context(), &client.EnableKeyRotationInput{KeyId: &id})
			return err
		}, "", no, invalidState},
		"DisableKeyRotation": {func(r *rig, id string) error {
			_, err := r.DisableKeyRotation(r.t.Context(), &client.DisableKeyRotationInput{KeyId: &id})
			return err
		}, "", no, invalidState},
		"CreateAlias": {func(r *rig, id string) error {
			_, err := r.CreateAlias(r.t.Context(), &client.CreateAliasInput{AliasName: aws.String("alias/x"), TargetKeyId: &id})
			return err
		}, "", "", invalidState},
		"TagResource": {func(r *rig, id string) error {
			_, err := r.TagResource(r.t.Context(), &client.TagResourceInput{KeyId: &id, Tags: []types.Tag{{TagKey: aws.String("a"), TagValue: aws.String("b")}}})
			return err
		}, "", "", invalidState},
		"PutKeyPolicy": {func(r *rig, id string) error {
			_, err := r.PutKeyPolicy(r.t.Context(), &client.PutKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default"), Policy: aws.String(`{"Statement":[]}`)})
			return err
		}, "", "", ""},
		"ScheduleKeyDeletion": {func(r *rig, id string) error {
			_, err := r.ScheduleKeyDeletion(r.t.Context(), &client.ScheduleKeyDeletionInput{KeyId: &id})
			return err
		}, "", "", invalidState},
		"CancelKeyDeletion": {func(r *rig, id string) error {
			_, err := r.CancelKeyDeletion(r.t.Context(), &client.CancelKeyDeletionInput{KeyId: &id})
			return err
		}, invalidState, invalidState, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			on, off, gone := r.key(), r.key(), r.key()
			r.disable(off)
			r.remove(gone)
			for id, want := range map[string]string{on: c.enabled, off: c.disabled, gone: c.pending} {
				if err := c.call(r, id); code(err) != want {
					t.Errorf("it is answered with %v, not %q", err, want)
				}
				_, _ = r.DeleteAlias(t.Context(), &client.DeleteAliasInput{AliasName: aws.String("alias/x")})
			}
		})
	}
}

func (r *rig) disable(id string) {
	r.t.Helper()
	if _, err := r.DisableKey(r.t.Context(), &client.DisableKeyInput{KeyId: &id}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) remove(id string) {
	r.t.Helper()
	if _, err := r.ScheduleKeyDeletion(r.t.Context(), &client.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(7)}); err != nil {
		r.t.Fatal(err)
	}
}

func TestADisabledKeyDecryptsAgainWhenItIsEnabled(t *testing.T) {
	r := newRig(t)
	id := r.key()
	blob := r.encrypt(id, text, nil)
	r.disable(id)
	if got := r.decrypt(blob, nil); got != "DisabledException" {
		t.Errorf("a disabled key decrypts to %q", got)
	}
	if _, err := r.EnableKey(t.Context(), &client.EnableKeyInput{KeyId: &id}); err != nil {
		t.Fatal(err)
	}
	if got := r.decrypt(blob, nil); got != text {
		t.Errorf("an enabled key decrypts to %q", got)
	}
}

func TestADeletionWaitsAndCanBeCancelled(t *testing.T) {
	r := newRig(t)
	id := r.key()
	r.alias("alias/state", id)
	blob := r.encrypt(id, text, nil)
	if _, err := r.ScheduleKeyDeletion(t.Context(), &client.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(6)}); code(err) != "ValidationException" {
		t.Errorf("six days: %v", err)
	}
	r.remove(id)
	r.clock.Advance(6 * 24 * time.Hour)
	if _, err := r.CancelKeyDeletion(t.Context(), &client.CancelKeyDeletionInput{KeyId: &id}); err != nil {
		t.Fatal(err)
	}
	if got := r.decrypt(blob, nil); got != "DisabledException" {
		t.Errorf("a key that is kept decrypts to %q before it is enabled", got)
	}
	r.remove(id)
	r.clock.Advance(7 * 24 * time.Hour)
	if _, err := r.DescribeKey(t.Context(), &client.DescribeKeyInput{KeyId: &id}); code(err) != "NotFoundException" {
		t.Errorf("after its time the key is %v", err)
	}
	if got := r.decrypt(blob, nil); got != "AccessDeniedException" {
		t.Errorf("what it encrypted decrypts to %q", got)
	}
	out, err := r.ListAliases(t.Context(), &client.ListAliasesInput{})
	if err != nil || len(out.Aliases) != 0 {
		t.Errorf("its aliases are %v, %v", out, err)
	}
}

func TestRotationKeepsWhatWasEncrypted(t *testing.T) {
	r := newRig(t)
	id := r.key()
	if _, err := r.EnableKeyRotation(t.Context(), &client.EnableKeyRotationInput{KeyId: &id}); err != nil {
		t.Fatal(err)
	}
	old := r.encrypt(id, text, nil)
	r.clock.Advance(366 * 24 * time.Hour)
	fresh := r.encrypt(id, text, nil)
	if slices.Equal(old[:21], fresh[:21]) {
		t.Error("after a year the material is the same")
	}
	for _, blob := range [][]byte{old, fresh} {
		if got := r.decrypt(blob, nil); got != text {
			t.Errorf("it decrypts to %q", got)
		}
	}
	out, err := r.GetKeyRotationStatus(t.Context(), &client.GetKeyRotationStatusInput{KeyId: &id})
	if err != nil || !out.KeyRotationEnabled {
		t.Errorf("the rotation is %v, %v", out, err)
	}
}

func TestTagsAndPolicies(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	id := r.key()
	_, err := r.TagResource(ctx, &client.TagResourceInput{KeyId: &id, Tags: []types.Tag{
		{TagKey: aws.String("b"), TagValue: aws.String("2")}, {TagKey: aws.String("a"), TagValue: aws.String("1")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.UntagResource(ctx, &client.UntagResourceInput{KeyId: &id, TagKeys: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	tags, err := r.ListResourceTags(ctx, &client.ListResourceTagsInput{KeyId: &id})
	if err != nil || len(tags.Tags) != 1 || *tags.Tags[0].TagKey != "b" {
		t.Errorf("the tags are %v, %v", tags, err)
	}
	const policy = `{"Version":"2012-10-17","Statement":[]}`
	if _, err := r.PutKeyPolicy(ctx, &client.PutKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default"), Policy: aws.String(policy)}); err != nil {
		t.Fatal(err)
	}
	got, err := r.GetKeyPolicy(ctx, &client.GetKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default")})
	if err != nil || *got.Policy != policy {
		t.Errorf("the policy is %v, %v", got, err)
	}
	names, err := r.ListKeyPolicies(ctx, &client.ListKeyPoliciesInput{KeyId: &id})
	if err != nil || !slices.Equal(names.PolicyNames, []string{"default"}) {
		t.Errorf("the policies are %v, %v", names, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	r := newRig(t)
	id := r.key()
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			context := map[string]string{"i": fmt.Sprint(i)}
			if got := r.decrypt(r.encrypt(id, text, context), context); got != text {
				t.Errorf("it decrypts to %q", got)
			}
			_, err := r.TagResource(t.Context(), &client.TagResourceInput{
				KeyId: &id, Tags: []types.Tag{{TagKey: aws.String(fmt.Sprint(i)), TagValue: aws.String("")}},
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	tags, err := r.ListResourceTags(t.Context(), &client.ListResourceTagsInput{KeyId: &id})
	if err != nil || len(tags.Tags) != 16 {
		t.Errorf("%d of 16 tags are there, %v", len(tags.Tags), err)
	}
}
