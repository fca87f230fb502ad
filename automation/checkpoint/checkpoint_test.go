package checkpoint

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/sandbox/s3/s3test"
)

const (
	updated = `{"version":3,"checkpoint":{"stack":"organization/shop/dev","latest":{"resources":[{"urn":"u"}]}}}`
	created = `{"version":3,"checkpoint":{"stack":"organization/shop/dev"}}`
)

var meta = map[string]string{".pulumi/meta.yaml": "version: 1\n"}

// inFolder and inBucket put files into a backend of their kind and return its URL.
func inFolder(t *testing.T, files map[string]string) string {
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return "file://" + root
}

func inBucket(t *testing.T, files map[string]string) string {
	c := s3test.New(t, "states")
	known, err := c.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", known.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", known.SecretAccessKey)
	for name, text := range files {
		_, err := s3.NewFromConfig(c).PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("states"), Key: aws.String("ours/" + name), Body: strings.NewReader(text),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return "s3://states/ours?awssdk=v2&s3ForcePathStyle=true&region=" + s3test.Region + "&endpoint=" + url.QueryEscape(aws.ToString(c.BaseEndpoint))
}

func TestRead(t *testing.T) {
	const key = ".pulumi/stacks/shop/dev.json"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
		err   error
	}{
		{"updated", map[string]string{key: updated}, `{"resources":[{"urn":"u"}]}`, nil},
		{"created", map[string]string{key: created, key + ".bak": updated}, "null", nil},
		{"newer", map[string]string{key: strings.Replace(updated, "3", "4", 1)}, `{"resources":[{"urn":"u"}]}`, nil},
		{"newer still", map[string]string{key: strings.Replace(updated, "3", "5", 1)}, "", ErrForeign},
		{"none", nil, "", ErrNotFound},
		{"others", map[string]string{".pulumi/stacks/other/dev.json": updated, ".pulumi/stacks/shop/dev2.json": updated}, "", ErrNotFound},
		{"compressed", map[string]string{key + ".gz": compress(t, updated)}, "", ErrForeign},
		{"both", map[string]string{key: updated, key + ".gz": compress(t, updated)}, "", ErrForeign},
		{"without projects", map[string]string{".pulumi/meta.yaml": "version: 0\n", key: updated}, "", ErrForeign},
		{"of an unknown kind", map[string]string{".pulumi/meta.yaml": "[", key: updated}, "", ErrForeign},
	} {
		for kind, backend := range map[string]func(*testing.T, map[string]string) string{"folder": inFolder, "bucket": inBucket} {
			t.Run(kind+"/"+c.name, func(t *testing.T) {
				got, err := Read(t.Context(), backend(t, with(meta, c.files)), "shop", "dev")
				if string(got) != c.want || !errors.Is(err, c.err) {
					t.Errorf("got %s, %v", got, err)
				}
			})
		}
	}
}

func with(all ...map[string]string) map[string]string {
	joined := map[string]string{}
	for _, files := range all {
		for name, text := range files {
			joined[name] = text
		}
	}
	return joined
}

func compress(t *testing.T, text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A checkpoint that a killed update left cut off is an error, not a stack without resources.
func TestCutOff(t *testing.T) {
	for _, text := range []string{"", updated[:40]} {
		backend := inFolder(t, with(meta, map[string]string{".pulumi/stacks/shop/dev.json": text}))
		if got, err := Read(t.Context(), backend, "shop", "dev"); err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("%q is read as %s, %v", text, got, err)
		}
	}
}

func TestBackendsForTheCLI(t *testing.T) {
	for _, backend := range []string{
		"https://api.pulumi.com", "gs://states", "azblob://states", "file://~", "", inFolder(t, nil),
		"s3://states?region=us-east-1&dualstack=true",
	} {
		if got, err := Read(t.Context(), backend, "shop", "dev"); !errors.Is(err, ErrForeign) {
			t.Errorf("%q is read as %s, %v", backend, got, err)
		}
	}
}

// What cannot be asked is not what is not there.
func TestBucketThatDoesNotAnswer(t *testing.T) {
	backend := inBucket(t, meta)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	if got, err := Read(t.Context(), backend, "shop", "dev"); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("got %s, %v", got, err)
	}
}
