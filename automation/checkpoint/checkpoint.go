// Package checkpoint reads the state of a stack where Pulumi keeps it, without Pulumi's CLI: starting that takes a third of
// a second of a processor, and one command looks at several stacks.
package checkpoint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

var (
	// ErrNotFound says that the backend has no such stack.
	ErrNotFound = errors.New("no such stack")
	// ErrForeign says that only Pulumi's CLI can read this state: another kind of backend, the layout without projects, or a
	// compressed file.
	ErrForeign = errors.New("not a state that is read here")
)

// Where Pulumi's own backends keep things (pkg/v3 v3.230.0, backend/diy: meta.go, store.go).
const (
	metaKey   = ".pulumi/meta.yaml"
	stacksKey = ".pulumi/stacks"
	layout    = 1 // of meta.yaml: stacks lie in folders of their projects
)

// store is where objects are, by keys with slashes. A key that is not there is fs.ErrNotExist.
type store interface {
	get(ctx context.Context, key string) ([]byte, error)
	list(ctx context.Context, prefix string) ([]string, error)
}

// Read returns the deployment that the backend holds of a project's stack: what `pulumi stack export` prints under
// "deployment", with its secrets encrypted. It is null for a stack that was never updated.
func Read(ctx context.Context, backend, project, stack string) (json.RawMessage, error) {
	objects, err := open(ctx, backend)
	if err != nil {
		return nil, err
	}
	if err := checkLayout(ctx, objects); err != nil {
		return nil, err
	}
	key := path.Join(stacksKey, project, stack) + ".json"
	found, err := variants(ctx, objects, key)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, ErrNotFound
	case len(found) > 1 || found[0] != key:
		return nil, ErrForeign
	}
	text, err := objects.get(ctx, key)
	if err != nil {
		return nil, err
	}
	return deployment(text)
}

func open(ctx context.Context, backend string) (store, error) {
	u, err := url.Parse(backend)
	if err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "file":
		return openFolder(u)
	case "s3":
		return openBucket(ctx, u)
	}
	return nil, ErrForeign
}

// checkLayout returns nil for the layout of today. An empty backend has no meta.yaml yet: the CLI writes it.
func checkLayout(ctx context.Context, objects store) error {
	text, err := objects.get(ctx, metaKey)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrForeign
	}
	if err != nil {
		return err
	}
	var meta struct{ Version int }
	if err := yaml.Unmarshal(text, &meta); err != nil || meta.Version != layout {
		return ErrForeign
	}
	return nil
}

var compressed = regexp.MustCompile(`^\.(gz|zst)$`)

// variants returns the keys under which the state is: key itself, or compressed ones, of which the CLI takes the newest.
func variants(ctx context.Context, objects store, key string) ([]string, error) {
	all, err := objects.list(ctx, key)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, one := range all {
		if rest := strings.TrimPrefix(one, key); rest == "" || compressed.MatchString(rest) {
			found = append(found, one)
		}
	}
	return found, nil
}

// deployment takes it out of a checkpoint (sdk/go/common/apitype, VersionedCheckpoint).
func deployment(text []byte) (json.RawMessage, error) {
	var file struct {
		Version    int `json:"version"`
		Checkpoint struct {
			Latest json.RawMessage `json:"latest"`
		} `json:"checkpoint"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("reading a checkpoint: %w", err)
	}
	if file.Version != 3 && file.Version != 4 {
		return nil, ErrForeign
	}
	if file.Checkpoint.Latest == nil {
		return json.RawMessage("null"), nil
	}
	return file.Checkpoint.Latest, nil
}
