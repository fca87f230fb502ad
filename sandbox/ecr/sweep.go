package ecr

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/distribution/distribution/v3/registry/storage"
	"github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
)

// sweep removes the blobs that no manifest names: those of deleted images and of pushes that never ended.
// Nobody may push meanwhile.
func sweep(ctx context.Context, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "docker", "registry", "v2", "repositories")); os.IsNotExist(err) {
		return nil
	}
	driver, err := filesystem.FromParameters(map[string]any{"rootdirectory": dir})
	if err != nil {
		return fmt.Errorf("sweeping the registry's folder: %w", err)
	}
	registry, err := storage.NewRegistry(ctx, driver, storage.EnableDelete)
	if err == nil {
		err = storage.MarkAndSweep(ctx, driver, registry, storage.GCOpts{Quiet: true})
	}
	if err != nil {
		return fmt.Errorf("sweeping the registry's folder: %w", err)
	}
	return nil
}
