package s3

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"slipway/sandbox/naming"
)

const (
	mostParts    = 10_000
	smallestPart = 5 << 20 // bytes, of every part but the last
)

// upload is what the store keeps of an object that comes in parts.
type upload struct {
	ID     string       `json:"id"`
	Bucket string       `json:"bucket"`
	Key    string       `json:"key"`
	Began  time.Time    `json:"began"`
	With   attributes   `json:"with"`
	Parts  map[int]part `json:"parts"`
}

type part struct {
	File     string    `json:"file"`
	Size     int64     `json:"size"`
	ETag     string    `json:"etag"`
	Modified time.Time `json:"modified"`
}

// chosen is a part of an object as the request that completes it names it.
type chosen struct {
	PartNumber int
	ETag       string
}

func (s *Service) beginUpload(bucket, key string, a attributes) (upload, error) {
	to, err := s.writable(bucket, key)
	if err != nil {
		return upload{}, err
	}
	if a, err = s.encrypted(to, a); err != nil {
		return upload{}, err
	}
	u := upload{ID: naming.Hex(64), Bucket: bucket, Key: key, Began: s.clock.Now().UTC(), With: a, Parts: map[int]part{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	return u, s.uploads.Put(u.ID, u)
}

// upload returns an upload of an object or S3's error for a missing one.
func (s *Service) upload(bucket, key, id string) (upload, error) {
	u, found, err := s.uploads.Get(id)
	if err == nil && (!found || u.Bucket != bucket || u.Key != key) {
		err = errNoUpload()
	}
	return u, err
}

// putPart reads a part to its end, in the place of an older one with its number.
func (s *Service) putPart(ctx context.Context, bucket, key, id string, number int, r io.Reader, size int64, sums map[string]string) (part, error) {
	if _, err := s.upload(bucket, key, id); err != nil {
		return part{}, err
	}
	b, err := s.write(ctx, r, size, sums)
	if err != nil {
		return part{}, err
	}
	p := part{b.name, b.size, b.md5, s.clock.Now().UTC()}
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.upload(bucket, key, id)
	if err == nil {
		s.discard(u.Parts[number].File)
		u.Parts[number] = p
		err = s.uploads.Put(id, u)
	}
	if err != nil {
		s.discard(b.name)
	}
	return p, err
}

// completeUpload makes an object of the chosen parts.
func (s *Service) completeUpload(ctx context.Context, bucket, key, id string, parts []chosen, c conditions) (version, error) {
	u, err := s.upload(bucket, key, id)
	if err != nil {
		return version{}, err
	}
	if err := u.check(parts); err != nil {
		return version{}, err
	}
	body, sum := &joined{s: s}, md5.New()
	defer body.Close()
	for _, p := range parts {
		body.parts = append(body.parts, u.Parts[p.PartNumber].File)
		b, _ := hex.DecodeString(u.Parts[p.PartNumber].ETag)
		sum.Write(b)
	}
	b, err := s.write(ctx, body, -1, nil)
	if err != nil {
		return version{}, err
	}
	v := version{File: b.name, Size: b.size, ETag: fmt.Sprintf("%x-%d", sum.Sum(nil), len(parts)), With: u.With}
	if v, err = s.add(bucket, key, v, c); err != nil {
		s.discard(b.name)
		return v, err
	}
	return v, s.abort(u)
}

// check refuses parts that are not there, not in order or too small.
func (u upload) check(parts []chosen) error {
	if len(parts) == 0 {
		return errXML()
	}
	for i, p := range parts {
		have, found := u.Parts[p.PartNumber]
		switch {
		case i > 0 && p.PartNumber <= parts[i-1].PartNumber:
			return failure(http.StatusBadRequest, "InvalidPartOrder",
				"The list of parts was not in ascending order. Parts must be ordered by part number.")
		case !found || strings.Trim(p.ETag, `"`) != have.ETag:
			return failure(http.StatusBadRequest, "InvalidPart",
				"One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
		case i < len(parts)-1 && have.Size < smallestPart:
			return failure(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
		}
	}
	return nil
}

// abort forgets an upload with its parts.
func (s *Service) abort(u upload) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drop(u)
}

func (s *Service) drop(u upload) error {
	latest, found, err := s.uploads.Get(u.ID)
	if err != nil || !found {
		return err
	}
	if err := s.uploads.Delete(u.ID); err != nil {
		return err
	}
	for _, p := range latest.Parts {
		s.discard(p.File)
	}
	return nil
}

// abortAll forgets the uploads to a bucket.
func (s *Service) abortAll(bucket string) error {
	all, err := s.uploads.All()
	if err != nil {
		return err
	}
	for _, u := range all {
		if u.Bucket == bucket {
			if err := s.drop(u); err != nil {
				return err
			}
		}
	}
	return nil
}

// joined reads files one after the other, with one open at a time.
type joined struct {
	s     *Service
	parts []string
	open  *os.File
}

func (j *joined) Read(p []byte) (int, error) {
	for {
		if j.open == nil {
			if len(j.parts) == 0 {
				return 0, io.EOF
			}
			f, err := j.s.files.Open(j.parts[0])
			if err != nil {
				return 0, errNoUpload() // it was aborted meanwhile
			}
			j.open, j.parts = f, j.parts[1:]
		}
		n, err := j.open.Read(p)
		if err != io.EOF {
			return n, err
		}
		j.Close()
	}
}

// Close closes the file that is open.
func (j *joined) Close() {
	if j.open != nil {
		j.open.Close()
		j.open = nil
	}
}
