package ecr

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem" // the driver named in openStorage
	"github.com/sirupsen/logrus"

	"slipway/sandbox/naming"
)

// quiet silences the registry library, which logs every request to a logger of the whole process.
var quiet = sync.OnceFunc(func() { logrus.SetOutput(io.Discard) })

// openStorage returns a registry that anybody may write to, over the files in dir.
func openStorage(dir string) (http.Handler, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening the registry's folder: %w", err)
	}
	quiet()
	config := &configuration.Configuration{
		Storage: configuration.Storage{
			"filesystem":  {"rootdirectory": dir},
			"delete":      {"enabled": true},
			"maintenance": {"uploadpurging": map[any]any{"enabled": false}},
		},
	}
	config.HTTP.RelativeURLs = true
	config.HTTP.Secret = naming.Hex(32) // signs the state of uploads; a restart ends them
	config.Log.AccessLog.Disabled = true
	return handlers.NewApp(context.Background(), config), nil
}

// dropRepository removes the files of a repository. Blobs stay: other repositories may have the same.
func dropRepository(root, name string) error {
	dir := filepath.Join(root, "docker", "registry", "v2", "repositories", filepath.FromSlash(name))
	for _, part := range []string{"_manifests", "_layers", "_uploads"} {
		if err := os.RemoveAll(filepath.Join(dir, part)); err != nil {
			return fmt.Errorf("removing repository %s: %w", name, err)
		}
	}
	_ = os.Remove(dir) // not empty when another repository's name begins with this one
	return nil
}
