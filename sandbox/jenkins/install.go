package jenkins

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// installed is where the host has its slipway.
const installed = "/usr/local/bin/slipway"

// install downloads the binary that host.env names. Its checksum is in host.env too, or else in the object beside. One with another checksum is not
// installed.
func (h *host) install(ctx context.Context) error {
	uri := h.needs["SLIPWAY_BINARY"]
	location, ok := strings.CutPrefix(uri, "s3://")
	bucket, key, whole := strings.Cut(location, "/")
	if !ok || !whole {
		return fmt.Errorf("SLIPWAY_BINARY is %q, not s3://<bucket>/<key>", uri)
	}
	if err := h.authorized(ctx); err != nil {
		return fmt.Errorf("downloading %s: %w", uri, err)
	}
	want, err := h.sumOf(ctx, bucket, key)
	if err != nil {
		return fmt.Errorf("downloading %s.sha256: %w", uri, err)
	}
	to := h.path(installed)
	if sum, err := checksum(to); err == nil && sum == want {
		return nil // since an earlier boot
	}
	from, _, err := h.options.Objects.Get(ctx, bucket, key)
	if err != nil {
		return fmt.Errorf("downloading %s: %w", uri, err)
	}
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	sum, err := download(from, to+".new")
	if err == nil && sum != want {
		err = fmt.Errorf("%s has the SHA-256 %s, where %q is wanted", uri, sum, want)
	}
	if err != nil {
		return errors.Join(err, os.Remove(to+".new"))
	}
	return os.Rename(to+".new", to)
}

func (h *host) sumOf(ctx context.Context, bucket, key string) (string, error) {
	const longest = 1 << 10
	if sum := h.needs["SLIPWAY_BINARY_SHA256"]; sum != "" {
		return strings.ToLower(sum), nil
	}
	from, _, err := h.options.Objects.Get(ctx, bucket, key+".sha256")
	if err != nil {
		return "", err
	}
	defer from.Close()
	text, err := io.ReadAll(io.LimitReader(from, longest))
	return strings.ToLower(strings.TrimSpace(string(text))), err
}

// download writes an executable file and returns the SHA-256 of what came.
func download(from io.Reader, to string) (string, error) {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o700)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, sum), from)
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, f.Close())
}

func checksum(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// seed copies the jobs that the user data writes to where Jenkins reads them.
func (h *host) seed(context.Context) error {
	for _, f := range h.config.Match("/etc/slipway/jobs/*/config.xml") {
		job := path.Base(path.Dir(f.Path))
		if err := h.put(path.Join(h.home, "jobs", job, "config.xml"), f.Content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
