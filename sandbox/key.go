package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"slipway/sandbox/sigv4"
)

// keyFile holds the access key of the sandbox's user, readable by whoever started the sandbox alone.
const keyFile = "key.json"

// ReadKey returns the access key of the sandbox in dir, an empty one where none was made yet.
func ReadKey(dir string) (key sigv4.Root, err error) {
	path := filepath.Join(dir, keyFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return key, nil
	}
	if err != nil {
		return key, err
	}
	if err := json.Unmarshal(b, &key); err != nil {
		return key, fmt.Errorf("reading %s: %w", path, err)
	}
	return key, nil
}

// makeKey reads the access key, and makes it in a new sandbox.
func (c *Config) makeKey() (err error) {
	if c.Key, err = ReadKey(c.Dir); err != nil || c.Key.AccessKeyID != "" {
		return err
	}
	c.Key = sigv4.NewRoot()
	b, err := json.Marshal(c.Key)
	if err != nil {
		return err
	}
	path := filepath.Join(c.Dir, keyFile)
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
