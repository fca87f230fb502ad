package s3_test

import (
	"context"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	property "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"

	"slipway/sandbox/resource"
)

const (
	bucketType = "aws:s3/bucketV2:BucketV2"
	objectType = "aws:s3/bucketObjectv2:BucketObjectv2"
	switchType = "aws:s3/bucketVersioningV2:BucketVersioningV2"
)

func TestABucketGoesWithItsObjectsOnlyWhenForced(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	buckets := r.Behaviours()[bucketType]
	id, out, err := buckets.Create(ctx, inputs(map[string]any{"bucket": "things"}))
	if err != nil || id != "things" || out["arn"].StringValue() != "arn:aws:s3:::things" {
		t.Fatalf("the bucket is %s, %v: %v", id, out, err)
	}
	if _, _, err := buckets.Create(ctx, inputs(map[string]any{"bucket": "things"})); err == nil {
		t.Error("the same name was given twice")
	}
	if _, err := r.Put(ctx, "things", "k", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := buckets.Delete(ctx, id); err == nil || !strings.Contains(err.Error(), "BucketNotEmpty") {
		t.Errorf("deleting a bucket with objects: %v", err)
	}
	if _, err := buckets.Update(ctx, id, inputs(map[string]any{"bucket": "things", "forceDestroy": true})); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := buckets.Delete(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	if _, found, err := buckets.(resource.Reader).Read(ctx, id); found || err != nil {
		t.Errorf("the bucket is there: %v, %v", found, err)
	}
	if files, _ := os.ReadDir(r.files()); len(files) > 0 {
		t.Errorf("%d files are left", len(files))
	}
}

func TestWhatAnObjectIsMadeOf(t *testing.T) {
	r := newRig(t)
	r.bucket("things", true)
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	fromFile, err := asset.FromPath(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := asset.FromText("a text")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in   map[string]any
		want string // the content, or a part of the error
	}{
		"content":    {map[string]any{"content": "plain"}, "plain"},
		"base64":     {map[string]any{"contentBase64": base64.StdEncoding.EncodeToString([]byte{0, 1, 2})}, "\x00\x01\x02"},
		"nothing":    {map[string]any{}, ""},
		"a file":     {map[string]any{"source": fromFile}, "a file"},
		"a text":     {map[string]any{"source": text}, "a text"},
		"two":        {map[string]any{"content": "x", "source": text}, "has one of"},
		"relative":   {map[string]any{"source": &asset.Asset{Sig: property.AssetSig, Path: "f", Hash: "1"}}, "absolute"},
		"a URL":      {map[string]any{"source": &asset.Asset{Sig: property.AssetSig, URI: "file:///f", Hash: "1"}}, "not a URL"},
		"missing":    {map[string]any{"source": &asset.Asset{Sig: property.AssetSig, Path: "/no/such/file", Hash: "1"}}, "no such file"},
		"bad base64": {map[string]any{"contentBase64": "%"}, "illegal base64"},
	} {
		t.Run(name, func(t *testing.T) {
			c.in["bucket"], c.in["key"] = "things", "k/"+name
			id, out, err := r.Behaviours()[objectType].Create(context.Background(), inputs(c.in))
			if err != nil {
				if !strings.Contains(err.Error(), c.want) || c.want == "" {
					t.Errorf("it is refused: %v", err)
				}
				return
			}
			body, _, err := r.Get(context.Background(), "things", "k/"+name)
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			if got, _ := io.ReadAll(body); string(got) != c.want {
				t.Errorf("it holds %q, not %q", got, c.want)
			}
			if id != "things/k/"+name || out["versionId"].StringValue() == "" || out["etag"].StringValue() == "" {
				t.Errorf("its outputs are %s, %v", id, out)
			}
		})
	}
}

func TestAnObjectIsChangedAndGoesWithEveryVersion(t *testing.T) {
	r := newRig(t)
	r.bucket("things", true)
	ctx := context.Background()
	objects := r.Behaviours()[objectType]
	id, first, err := objects.Create(ctx, inputs(map[string]any{"bucket": "things", "key": "k", "content": "one"}))
	if err != nil {
		t.Fatal(err)
	}
	second, err := objects.Update(ctx, id, inputs(map[string]any{"bucket": "things", "key": "k", "content": "two"}))
	if err != nil || second["versionId"] == first["versionId"] {
		t.Errorf("the versions are %v and %v: %v", first, second, err)
	}
	if out, found, err := objects.(resource.Reader).Read(ctx, id); err != nil || !found || out["etag"] != second["etag"] {
		t.Errorf("it reads as %v, %v: %v", out, found, err)
	}
	if err := objects.Delete(ctx, id); err != nil {
		t.Fatal(err)
	}
	if err := r.Behaviours()[bucketType].Delete(ctx, "things"); err != nil {
		t.Errorf("the bucket is not empty: %v", err)
	}
}

func TestVersioningThatIsRefused(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	for want, in := range map[string]map[string]any{
		"NoSuchBucket":   {"bucket": "nothing", "versioningConfiguration": map[string]any{"status": "Enabled"}},
		"NotImplemented": {"bucket": "things", "versioningConfiguration": map[string]any{"status": "Enabled", "mfaDelete": "Enabled"}},
		"IllegalVersioningConfigurationException": {"bucket": "things", "versioningConfiguration": map[string]any{"status": "on"}},
	} {
		if _, _, err := r.Behaviours()[switchType].Create(context.Background(), inputs(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v is answered with %v", in, err)
		}
	}
}

func TestFilesThatAKillHasLeftAreSwept(t *testing.T) {
	r := newRig(t)
	r.bucket("things", false)
	if _, err := r.Put(context.Background(), "things", "k", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.files(), "half"), []byte("half an object"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.stop()
	r.start()
	if files, err := os.ReadDir(r.files()); err != nil || len(files) != 1 {
		t.Errorf("%d files are there: %v", len(files), err)
	}
}
