package release

import (
	"context"
	"fmt"

	"slipway/automation/fault"
	"slipway/images"
)

// findImage looks for the image of the release's source. One commit is one image in a repository: when its tag has
// another source, another app's or with other arguments, the release is refused with both.
func (r *run) findImage(ctx context.Context) error {
	ofCommit, tagged, err := r.Cloud.Image(ctx, r.site.registry.Name, r.Commit.Hash)
	if err != nil {
		return err
	}
	ofSource, built, err := r.Cloud.Image(ctx, r.site.registry.Name, r.Source.Tag())
	if err != nil {
		return err
	}
	if tagged && (!built || ofCommit.Digest != ofSource.Digest) {
		return r.otherSource(ctx, ofCommit.Digest)
	}
	if built {
		r.image, r.untagged = Image{r.site.registry.URL, ofSource.Digest, r.Commit.Hash}, !tagged
	}
	return nil
}

// otherSource is the refusal of a commit whose image in the registry is of another source.
func (r *run) otherSource(ctx context.Context, digest string) error {
	labels, err := r.Cloud.Labels(ctx, r.site.registry.Name, digest)
	if err != nil {
		return err
	}
	from := "something that its labels do not name"
	if other, labelled := images.IdentityOf(labels); labelled {
		from = other.String()
	}
	return &fault.Error{
		Op:    r.doing(),
		Cause: "the registry has another image of this commit already, and a commit is one image in a repository",
		Evidence: []string{
			fmt.Sprintf("%s:%s is %s", r.site.registry.URL, short(r.Commit.Hash), shortDigest(digest)),
			"it was built from " + from,
			"asked for is        " + r.Source.String(),
		},
		Next: "give every app a registry of its own: a second delivery stack with its own slipway:appName, which the app's environments " +
			"name as slipway:deliveryStack; or commit again",
		Code: fault.NotReady,
	}
}
