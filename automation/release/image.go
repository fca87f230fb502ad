package release

import (
	"fmt"
	"regexp"
)

// Image is one image by digest, with the commit it was built from. The zero
// value is no image.
type Image struct {
	Repository string // without tag and digest
	Digest     string // sha256:…
	Commit     string // also its tag
}

var reference = regexp.MustCompile(`^([^@\s]+)@(sha256:[0-9a-f]{64})$`)

// ParseImage reads repository@sha256:… and refuses a tag: what a tag names can change.
func ParseImage(ref, commit string) (Image, error) {
	parts := reference.FindStringSubmatch(ref)
	if parts == nil {
		return Image{}, fmt.Errorf("%q is no image by digest", ref)
	}
	return Image{Repository: parts[1], Digest: parts[2], Commit: commit}, nil
}

// Ref is the image's full reference by digest, or "" for no image.
func (i Image) Ref() string {
	if i.Digest == "" {
		return ""
	}
	return i.Repository + "@" + i.Digest
}

// shortDigest is enough of a digest to recognize it.
func shortDigest(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] }
