package buildkit

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// Where no registry can be reached, scripts/base-image makes an image under the name and tag of a base image and gives it
// this label. It has not the digest by which a Dockerfile names the base.
const (
	standInLabel = "org.slipway.base"
	standInValue = "offline-stand-in"
)

// withStandIns is the image with a Dockerfile that names stand-ins, where the engine has them in place of base images that
// are named by digest; done removes that Dockerfile. An image that is there by its digest, and every image of an engine
// without stand-ins, is taken as the Dockerfile says.
func (b Builder) withStandIns(ctx context.Context, i Image) (with Image, done func(), err error) {
	text, err := os.ReadFile(i.Dockerfile)
	if err != nil {
		return i, nil, err
	}
	changed := text
	for _, pinned := range pinnedBases(text) {
		if name := b.standIn(ctx, pinned); name != "" {
			changed = bytes.ReplaceAll(changed, []byte(pinned), []byte(name))
			i.tell("FROM " + name + ", an offline stand-in for " + pinned)
		}
	}
	if bytes.Equal(changed, text) {
		return i, func() {}, nil
	}
	folder, err := os.MkdirTemp("", "slipway-dockerfile-")
	if err != nil {
		return i, nil, err
	}
	done = func() { _ = os.RemoveAll(folder) }
	if err := copyRecipe(folder, i.Dockerfile, changed); err != nil {
		done()
		return i, nil, err
	}
	i.Dockerfile = filepath.Join(folder, filepath.Base(i.Dockerfile))
	return i, done, nil
}

// copyRecipe writes a Dockerfile with its new text, and the .dockerignore that it has of its own, into a folder.
func copyRecipe(folder, dockerfile string, text []byte) error {
	const ignore = ".dockerignore"
	to := filepath.Join(folder, filepath.Base(dockerfile))
	err := os.WriteFile(to, text, 0o600)
	switch ignored, missing := os.ReadFile(dockerfile + ignore); {
	case missing == nil:
		err = errors.Join(err, os.WriteFile(to+ignore, ignored, 0o600))
	case !errors.Is(missing, fs.ErrNotExist):
		err = errors.Join(err, missing)
	}
	return err
}

// pinnedBases are the images that the stages of a Dockerfile name by tag and digest; none when it cannot be parsed, which
// the build says better.
func pinnedBases(dockerfile []byte) (all []string) {
	parsed, err := parser.Parse(bytes.NewReader(dockerfile))
	if err != nil {
		return nil
	}
	for _, node := range parsed.AST.Children {
		if strings.EqualFold(node.Value, "from") && node.Next != nil && strings.Contains(node.Next.Value, "@") {
			all = append(all, node.Next.Value)
		}
	}
	return all
}

// standIn is the name of the stand-in that the engine has for an image; empty when it has none, or the image itself.
func (b Builder) standIn(ctx context.Context, pinned string) string {
	named, err := reference.ParseNormalizedNamed(pinned)
	if err != nil {
		return ""
	}
	tagged, is := named.(reference.NamedTagged)
	if _, err := b.Engine.ImageInspect(ctx, pinned); err == nil || !is {
		return ""
	}
	name := tagged.Name() + ":" + tagged.Tag()
	has, err := b.Engine.ImageInspect(ctx, name)
	if err != nil || has.Config == nil || has.Config.Labels[standInLabel] != standInValue {
		return ""
	}
	return name
}
