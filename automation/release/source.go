package release

import (
	"context"
	"fmt"

	"slipway/automation/fault"
	"slipway/images"
)

// findImage looks for the image of the release's source. One commit is one image in a repository: when its tag has
// another source, another app's or with other arguments, the release is refused with both.
func (p pass) findImage(ctx context.Context, in Registry) (image Image, untagged bool, err error) {
	ofCommit, tagged, err := p.Cloud.Image(ctx, in.Name, p.Commit.Hash)
	if err != nil {
		return Image{}, false, err
	}
	ofSource, built, err := p.Cloud.Image(ctx, in.Name, p.Source.Tag())
	switch {
	case err != nil:
		return Image{}, false, err
	case tagged && (!built || ofCommit.Digest != ofSource.Digest):
		return Image{}, false, p.otherSource(ctx, in, ofCommit.Digest)
	case !built:
		return Image{}, false, nil
	}
	return Image{in.URL, ofSource.Digest, p.Commit.Hash}, !tagged, nil
}

// otherSource is the refusal of a commit whose image in the registry is of another source.
func (p pass) otherSource(ctx context.Context, in Registry, digest string) error {
	labels, err := p.Cloud.Labels(ctx, in.Name, digest)
	if err != nil {
		return err
	}
	from := "something that its labels do not name"
	if other, labelled := images.IdentityOf(labels); labelled {
		from = other.String()
	}
	return &fault.Error{
		Op:    p.doing(),
		Cause: "the registry has another image of this commit already, and a commit is one image in a repository",
		Evidence: []string{
			fmt.Sprintf("%s:%s is %s", in.URL, short(p.Commit.Hash), shortDigest(digest)),
			"it was built from " + from,
			"asked for is        " + p.Source.String(),
		},
		Next: "give every app a registry of its own: a second delivery stack with its own slipway:appName, which the app's environments " +
			"name as slipway:deliveryStack; or commit again",
		Code: fault.NotReady,
	}
}
