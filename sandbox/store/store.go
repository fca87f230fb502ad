// Package store keeps the sandbox's state in one file that survives a kill at any moment.
package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Store is one open file. One process has it open at a time.
type Store struct{ db *bbolt.DB }

// Open opens the file at path and makes it when it is missing.
// It waits a second for another process to close it, then returns an error that names the file.
func Open(path string) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("opening %s: another process has it open", path)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return &Store{db}, nil
}

// Close waits for running transactions and closes the file.
func (s *Store) Close() error { return s.db.Close() }

// Table holds values of one type by key, as JSON, in key order.
type Table[T any] struct {
	db   *bbolt.DB
	name []byte
}

// NewTable returns the table with this name and makes it when it is missing.
func NewTable[T any](s *Store, name string) (*Table[T], error) {
	t := &Table[T]{s.db, []byte(name)}
	return t, s.db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(t.name)
		return err
	})
}

// Get returns the value at key, and whether there is one.
func (t *Table[T]) Get(key string) (v T, found bool, err error) {
	err = t.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(t.name).Get([]byte(key))
		if b == nil {
			return nil
		}
		found = true
		return json.Unmarshal(b, &v)
	})
	return v, found, err
}

// Put writes the value at key, over an older one.
func (t *Table[T]) Put(key string, v T) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return t.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(t.name).Put([]byte(key), b) })
}

// Delete removes the value at key. A missing one is no error.
func (t *Table[T]) Delete(key string) error {
	return t.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(t.name).Delete([]byte(key)) })
}

// All returns every value, in the order of their keys.
func (t *Table[T]) All() ([]T, error) { return t.Under("") }

// Under returns the values whose keys begin with a prefix, in the order of their keys, and reads no others.
func (t *Table[T]) Under(prefix string) ([]T, error) {
	var all []T
	err := t.db.View(func(tx *bbolt.Tx) error {
		c, begin := tx.Bucket(t.name).Cursor(), []byte(prefix)
		for k, b := c.Seek(begin); k != nil && bytes.HasPrefix(k, begin); k, b = c.Next() {
			var v T
			if err := json.Unmarshal(b, &v); err != nil {
				return err
			}
			all = append(all, v)
		}
		return nil
	})
	return all, err
}
