package kms_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/kms"
)

func TestAliasNames(t *testing.T) {
	r := newRig(t)
	id := r.key()
	r.alias("alias/taken", id)
	for name, c := range map[string]struct{ alias, key, want string }{
		"a usual one":   {"alias/slipway/dev_1-a", id, ""},
		"by ARN":        {"alias/by-arn", arn(id), ""},
		"no prefix":     {"state", id, "InvalidAliasNameException"},
		"nothing":       {"alias/", id, "InvalidAliasNameException"},
		"AWS's own":     {"alias/aws/s3", id, "InvalidAliasNameException"},
		"a dot":         {"alias/a.b", id, "InvalidAliasNameException"},
		"too long":      {"alias/" + strings.Repeat("x", 251), id, "InvalidAliasNameException"},
		"taken":         {"alias/taken", id, "AlreadyExistsException"},
		"no key":        {"alias/new", "00000000-0000-0000-0000-000000000000", "NotFoundException"},
		"of an alias":   {"alias/new", "alias/taken", "NotFoundException"},
		"of a bad name": {"alias/new", "x", "NotFoundException"},
	} {
		_, err := r.CreateAlias(t.Context(), &client.CreateAliasInput{AliasName: &c.alias, TargetKeyId: &c.key})
		if code(err) != c.want {
			t.Errorf("%s is answered with %v, not %q", name, err, c.want)
		}
	}
}

func TestAnAliasMovesToAnotherKey(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	before, after := r.key(), r.key()
	r.alias("alias/state", before)
	blob := r.encrypt("alias/state", text, nil)
	if _, err := r.UpdateAlias(ctx, &client.UpdateAliasInput{AliasName: aws.String("alias/state"), TargetKeyId: &after}); err != nil {
		t.Fatal(err)
	}
	out, err := r.DescribeKey(ctx, &client.DescribeKeyInput{KeyId: aws.String("alias/state")})
	if err != nil || *out.KeyMetadata.KeyId != after {
		t.Errorf("it leads to %v, %v", out, err)
	}
	if got := r.decrypt(blob, nil); got != text {
		t.Errorf("what the key before encrypted decrypts to %q", got)
	}
	_, err = r.UpdateAlias(ctx, &client.UpdateAliasInput{AliasName: aws.String("alias/other"), TargetKeyId: &after})
	if code(err) != "NotFoundException" {
		t.Errorf("moving one that is not there: %v", err)
	}
	if _, err := r.DeleteAlias(ctx, &client.DeleteAliasInput{AliasName: aws.String("alias/state")}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.DeleteAlias(ctx, &client.DeleteAliasInput{AliasName: aws.String("alias/state")}); code(err) != "NotFoundException" {
		t.Errorf("deleting one that is gone: %v", err)
	}
}

func TestListsComeInPages(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	first, second := r.key(), r.key()
	var want []string
	for i := range 7 {
		name := fmt.Sprintf("alias/a%d", i)
		r.alias(name, first)
		want = append(want, name)
	}
	r.alias("alias/b", second)
	var got []string
	pages := client.NewListAliasesPaginator(r.Client, &client.ListAliasesInput{KeyId: &first, Limit: aws.Int32(3)})
	for n := 0; pages.HasMorePages(); n++ {
		page, err := pages.NextPage(ctx)
		if err != nil || len(page.Aliases) > 3 || n > 3 {
			t.Fatalf("page %d: %v, %v", n, page, err)
		}
		for _, a := range page.Aliases {
			got = append(got, *a.AliasName)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the aliases are %v", got)
	}
	keys, err := r.ListKeys(ctx, &client.ListKeysInput{Limit: aws.Int32(1)})
	if err != nil || len(keys.Keys) != 1 || !keys.Truncated {
		t.Fatalf("the first key: %v, %v", keys, err)
	}
	rest, err := r.ListKeys(ctx, &client.ListKeysInput{Marker: keys.NextMarker})
	if err != nil || len(rest.Keys) != 1 || rest.Truncated || *rest.Keys[0].KeyId == *keys.Keys[0].KeyId {
		t.Errorf("the rest: %v, %v", rest, err)
	}
	for name, in := range map[string]client.ListKeysInput{
		"ValidationException":    {Limit: aws.Int32(1001)},
		"InvalidMarkerException": {Marker: aws.String("%")},
	} {
		if _, err := r.ListKeys(ctx, &in); code(err) != name {
			t.Errorf("it is answered with %v, not %s", err, name)
		}
	}
}
