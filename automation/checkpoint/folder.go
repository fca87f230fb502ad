package checkpoint

import (
	"context"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// folder is a backend in files, such as file:///var/lib/pulumi.
type folder string

func openFolder(u *url.URL) (store, error) {
	if u.Host != "" || !filepath.IsAbs(u.Path) { // file://~ is of the user's home
		return nil, ErrForeign
	}
	return folder(u.Path), nil
}

func (f folder) get(_ context.Context, key string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(key)))
}

func (f folder) list(_ context.Context, prefix string) ([]string, error) {
	parent, start := path.Split(prefix)
	entries, err := os.ReadDir(filepath.Join(string(f), filepath.FromSlash(parent)))
	if os.IsNotExist(err) {
		return nil, nil
	}
	var keys []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), start) {
			keys = append(keys, parent+entry.Name())
		}
	}
	return keys, err
}
