package s3

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/resource"
)

// objectBehaviour is aws:s3/bucketObjectv2:BucketObjectv2. Its id is the bucket's name, a slash and the key.
type objectBehaviour struct{ *Service }

type objectInputs struct {
	Bucket        string            `json:"bucket"`
	Key           string            `json:"key"`
	Content       *string           `json:"content"`
	ContentBase64 *string           `json:"contentBase64"`
	Type          string            `json:"contentType"`
	Encoding      string            `json:"contentEncoding"`
	Language      string            `json:"contentLanguage"`
	Disposition   string            `json:"contentDisposition"`
	CacheControl  string            `json:"cacheControl"`
	Encryption    string            `json:"serverSideEncryption"`
	KMSKey        string            `json:"kmsKeyId"`
	StorageClass  string            `json:"storageClass"`
	Metadata      map[string]string `json:"metadata"`
}

// attributes are what the object is put with.
func (in objectInputs) attributes() attributes {
	a := attributes{Headers: map[string]string{}}
	if in.Type == "" {
		in.Type = "application/octet-stream"
	}
	if in.KMSKey != "" && in.Encryption == "" {
		in.Encryption = "aws:kms"
	}
	for name, value := range map[string]string{
		"Content-Type": in.Type, "Content-Encoding": in.Encoding, "Content-Language": in.Language,
		"Content-Disposition": in.Disposition, "Cache-Control": in.CacheControl,
		"X-Amz-Server-Side-Encryption": in.Encryption, "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": in.KMSKey,
		"X-Amz-Storage-Class": in.StorageClass,
	} {
		if value != "" {
			a.Headers[name] = value
		}
	}
	for name, value := range in.Metadata {
		a.Headers[ownHeader+name] = value
	}
	return a
}

func (b objectBehaviour) Create(ctx context.Context, in resource.Properties) (string, resource.Properties, error) {
	var args objectInputs
	if err := decodeObject(in, &args); err != nil {
		return "", nil, err
	}
	out, err := b.write(ctx, args, in)
	return objectKey(args.Bucket, args.Key), out, err
}

func (b objectBehaviour) Update(ctx context.Context, _ string, in resource.Properties) (resource.Properties, error) {
	var args objectInputs
	if err := decodeObject(in, &args); err != nil {
		return nil, err
	}
	return b.write(ctx, args, in)
}

// decodeObject reads the inputs without the asset, which is no text.
func decodeObject(in resource.Properties, args *objectInputs) error {
	plain := in.Copy()
	delete(plain, "source")
	return resource.Decode(plain, args)
}

// write puts the object.
func (b objectBehaviour) write(ctx context.Context, args objectInputs, in resource.Properties) (resource.Properties, error) {
	body, err := content(args, in)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	v, err := b.put(ctx, args.Bucket, args.Key, body, -1, args.attributes(), conditions{})
	if err != nil {
		return nil, err
	}
	return b.outputs(args.Bucket, args.Key, v)
}

// content opens what the object is to hold.
func content(args objectInputs, in resource.Properties) (io.ReadCloser, error) {
	source := in["source"]
	given := 0
	for _, one := range []bool{args.Content != nil, args.ContentBase64 != nil, source.IsAsset()} {
		if one {
			given++
		}
	}
	switch {
	case given > 1:
		return nil, fmt.Errorf("an object has one of source, content and contentBase64")
	case args.Content != nil:
		return io.NopCloser(strings.NewReader(*args.Content)), nil
	case args.ContentBase64 != nil:
		b, err := base64.StdEncoding.DecodeString(*args.ContentBase64)
		return io.NopCloser(bytes.NewReader(b)), err
	case source.IsAsset() && source.AssetValue().IsText():
		return io.NopCloser(strings.NewReader(source.AssetValue().Text)), nil
	case source.IsAsset() && source.AssetValue().IsPath():
		return openAsset(source.AssetValue().Path)
	case !source.IsNull():
		return nil, fmt.Errorf("the source of an object is a file or a text here, not a URL")
	}
	return io.NopCloser(strings.NewReader("")), nil
}

func openAsset(path string) (io.ReadCloser, error) {
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("the source %q must be an absolute path in the sandbox", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the object's source: %w", err)
	}
	return f, nil
}

// Delete removes the object with every version.
func (b objectBehaviour) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, found, err := b.objects.Get(id)
	if err != nil || !found {
		return err
	}
	return b.dropAll(o)
}

func (b objectBehaviour) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	name, key, _ := strings.Cut(id, "/")
	v, err := b.find(name, key, "")
	if known, ok := err.(*awsapi.Error); ok && strings.HasPrefix(known.Code, "NoSuch") {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	out, err := b.outputs(name, key, v)
	return out, true, err
}

func (b objectBehaviour) outputs(name, key string, v version) (resource.Properties, error) {
	out := map[string]any{
		"arn": arn(objectKey(name, key)), "bucket": name, "key": key, "etag": v.ETag, "contentType": v.With.Headers["Content-Type"],
		"storageClass": v.storageClass(), "serverSideEncryption": "AES256", "versionId": "",
	}
	if e := v.With.Headers["X-Amz-Server-Side-Encryption"]; e != "" {
		out["serverSideEncryption"] = e
	}
	if v.ID != noVersion {
		out["versionId"] = v.ID
	}
	return resource.Encode(out)
}
