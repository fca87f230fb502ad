package ecr

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// As https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-retag.html does it.
func TestAnImageGetsOneMoreTag(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("app", nil)
	pushed, digest := x.push("app:v1")
	_, other := x.push("app:v2")
	text, _ := pushed.RawManifest()
	put := func(tag, of string) error {
		_, err := x.sdk().PutImage(context.Background(), &client.PutImageInput{RepositoryName: aws.String("app"),
			ImageManifest: aws.String(string(text)), ImageTag: aws.String(tag), ImageDigest: aws.String(of)})
		return err
	}
	if err := put("again", digest); err != nil {
		t.Fatal(err)
	}
	got, err := remote.Image(x.ref("app:again"), x.login())
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := got.Digest(); d.String() != digest {
		t.Errorf("the tag is that of %s", d)
	}
	if i, _, _ := x.find("app", imageID{Tag: "again"}); strings.Join(i.Tags, " ") != "v1 again" {
		t.Errorf("%+v", i)
	}
	var has *types.ImageAlreadyExistsException
	if err := put("again", digest); !errors.As(err, &has) {
		t.Errorf("the same again: %v", err)
	}
	var taken *types.ImageTagAlreadyExistsException
	if err := put("v2", digest); !errors.As(err, &taken) || !strings.Contains(err.Error(), "cannot be overwritten") {
		t.Errorf("a tag of another image: %v", err)
	}
	var differs *types.ImageDigestDoesNotMatchException
	if err := put("v3", other); !errors.As(err, &differs) {
		t.Errorf("another digest: %v", err)
	}
	text = []byte(strings.Replace(string(text), digestOfConfig(t, x, "app:v1"), "sha256:"+strings.Repeat("0", 64), 1))
	var invalid *types.InvalidParameterException
	if err := put("v4", ""); !errors.As(err, &invalid) {
		t.Errorf("a manifest without its layers: %v", err)
	}
}

func digestOfConfig(t *testing.T, x *stand, ref string) string {
	t.Helper()
	i, err := remote.Image(x.ref(ref), x.login())
	if err != nil {
		t.Fatal(err)
	}
	d, err := i.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	return d.String()
}

func TestADownloadURLNeedsNoLogin(t *testing.T) {
	x := start(t, t.TempDir(), "")
	x.repo("team/app", nil)
	pushed, _ := x.push("team/app:v1")
	get := func(url string) (int, string) {
		r, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, _ := io.ReadAll(r.Body)
		return r.StatusCode, string(text)
	}
	in := client.GetDownloadUrlForLayerInput{RepositoryName: aws.String("team/app"), LayerDigest: aws.String(digestOfConfig(t, x, "team/app:v1"))}
	out, err := x.sdk().GetDownloadUrlForLayer(context.Background(), &in)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := pushed.RawConfigFile()
	if status, text := get(*out.DownloadUrl); status != http.StatusOK || text != string(want) {
		t.Errorf("status %d, %q", status, text)
	}
	for name, url := range map[string]string{
		"another signature": strings.Replace(*out.DownloadUrl, "signature=", "signature=0", 1),
		"a longer life":     strings.Replace(*out.DownloadUrl, "until=", "until=9", 1),
		"the list of tags":  strings.Replace(*out.DownloadUrl, "/blobs/"+*in.LayerDigest, "/tags/list", 1),
	} {
		if status, _ := get(url); status != http.StatusUnauthorized {
			t.Errorf("%s: status %d", name, status)
		}
	}
	in.LayerDigest = aws.String("sha256:" + strings.Repeat("0", 64))
	var missing *types.LayersNotFoundException
	if _, err := x.sdk().GetDownloadUrlForLayer(context.Background(), &in); !errors.As(err, &missing) {
		t.Errorf("a layer that is not there: %v", err)
	}
}
