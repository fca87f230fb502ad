package images

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Labels of an image say what it was built from. Of the commits with the same source, LabelCommit names the one that it
// was first built for.
const (
	LabelCommit     = "org.opencontainers.image.revision"
	LabelFolder     = "slipway.folder"     // of the context in the repository
	LabelTree       = "slipway.tree"       // git's id of the context's tree
	LabelDockerfile = "slipway.dockerfile" // its path, and git's id of it
	LabelBuild      = "slipway.build"      // platform, target, arguments and names of secrets
)

// Identity is what an image is built from: two with the same Tag are one image, whatever the commit is.
type Identity struct {
	Commit     string // full hash
	Folder     string // of the context in the repository, slashes; "." is the repository itself
	Tree       string // git's id of the context's tree
	Dockerfile string // path@id of the blob, and that of its .dockerignore where it has one of its own
	Build      string // see Settings.Text
}

// Settings are what a build depends on beside files.
type Settings struct {
	Platform  string
	Target    string            // a stage of the Dockerfile; empty for the last one
	Arguments map[string]string // of ARG
	Secrets   []string          // names alone: what a secret holds is no part of an image
}

// Text has the platform and target in clear, and of the arguments, which may be long, a digest.
func (s Settings) Text() string {
	text := s.Platform
	if s.Target != "" {
		text += " target=" + s.Target
	}
	if len(s.Arguments) > 0 {
		sum := sha256.New()
		for _, name := range slices.Sorted(maps.Keys(s.Arguments)) {
			fmt.Fprintf(sum, "%q=%q\n", name, s.Arguments[name])
		}
		text += " arguments=sha256:" + hex.EncodeToString(sum.Sum(nil))
	}
	if len(s.Secrets) > 0 {
		text += " secrets=" + strings.Join(slices.Sorted(slices.Values(s.Secrets)), ",")
	}
	return text
}

// Tag is the tag under which the image of this source is found, for whichever commit it is asked.
func (i Identity) Tag() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", i.Tree, i.Dockerfile, i.Build))
	return SourceTag + hex.EncodeToString(sum[:])
}

// SourceTag begins the tag of a source, which every image has that slipway builds.
const SourceTag = "source-"

// Labels are those that an image of this source carries.
func (i Identity) Labels() map[string]string {
	return map[string]string{
		LabelCommit: i.Commit, LabelFolder: i.Folder, LabelTree: i.Tree, LabelDockerfile: i.Dockerfile, LabelBuild: i.Build,
	}
}

// IdentityOf reads the labels of an image; ok is false for one that carries none of this kind.
func IdentityOf(labels map[string]string) (i Identity, ok bool) {
	i = Identity{labels[LabelCommit], labels[LabelFolder], labels[LabelTree], labels[LabelDockerfile], labels[LabelBuild]}
	return i, i.Tree != "" && i.Build != ""
}

// String names the source for a person.
func (i Identity) String() string {
	file, _, _ := strings.Cut(i.Dockerfile, "@")
	text := fmt.Sprintf("%s (tree %s, %s, %s", i.Folder, short(i.Tree), file, i.Build)
	return strings.ReplaceAll(text, "sha256:", "") + ")"
}

func short(hash string) string { return hash[:min(len(hash), 12)] }

// Again is the command with which a person builds the same in a checkout of the commit.
func (i Identity) Again() string {
	file, _, _ := strings.Cut(i.Dockerfile, "@")
	return fmt.Sprintf("docker build --file %s %s, in a checkout of %s", path.Join(i.Folder, file), i.Folder, short(i.Commit))
}
