package jenkins

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
)

// Where the host's secrets stand: the admin's is shared with people, the worker's never leaves the host.
const (
	adminSecret  = "/run/slipway/admin"
	workerSecret = "/run/slipway/worker"
)

// makeSecrets makes the worker's password anew at every boot, and takes the admin's from the parameter store.
func (h *host) makeSecrets(ctx context.Context) error {
	if err := h.putSecret(workerSecret, randomSecret()); err != nil {
		return err
	}
	name := h.needs["SLIPWAY_ADMIN_PARAMETER"]
	if name == "" {
		return fmt.Errorf("%s has no SLIPWAY_ADMIN_PARAMETER", hostFile)
	}
	if err := h.authorized(ctx); err != nil {
		return fmt.Errorf("reading the parameter %s: %w", name, err)
	}
	value, found, err := h.options.Parameters.Value(ctx, name)
	if err != nil {
		return fmt.Errorf("reading the parameter %s: %w", name, err)
	}
	if !found {
		value = randomSecret()
		if err := h.options.Parameters.Create(ctx, name, value); err != nil {
			return fmt.Errorf("creating the parameter %s: %w", name, err)
		}
	}
	return h.putSecret(adminSecret, value)
}

func randomSecret() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}

func (h *host) putSecret(name, value string) error {
	to := h.path(name)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.WriteFile(to, []byte(value), 0o400)
}
