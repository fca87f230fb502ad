package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"slipway/automation/project"
	"slipway/automation/recipe"
	"slipway/images"
	settings "slipway/infra/config"
)

// checkout is a project in a folder of its own, as the deployer finds one on a build host: a git repository, the files
// of its stacks, and the Pulumi CLI.
type checkout struct {
	folder  string
	backend backend
	commits []string // oldest first
}

// files are those of the project beside its stacks' own, but for what every commit changes.
var files = map[string]string{
	"Pulumi.yaml": "name: slipway\nruntime: go\n", ".gitignore": ".slipway\n", "images/app/Dockerfile": "FROM scratch\n",
	"containers.json":       `[{"name":"sidecar","image":"public.example.com/sidecar:1","memory":64,"essential":false}]`,
	"policies/uploads.json": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::uploads/*"}]}`,
}

// commits of the lane's project. The registry has an image of each, so that nothing is built.
const commitsMade = 3

// check makes the project out of the configuration of the environments.
func (l *lane) check(ctx context.Context) (*checkout, error) {
	c := &checkout{folder: filepath.Join(l.folder, "project"), backend: l.backend}
	tools, err := filepath.Abs(".slipway/tools")
	if err != nil {
		return nil, err
	}
	app := filepath.Join(c.folder, "images", "app")
	for _, folder := range []string{app, filepath.Join(c.folder, "policies"), filepath.Join(c.folder, ".slipway")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	if err := os.Symlink(tools, filepath.Join(c.folder, ".slipway", "tools")); err != nil {
		return nil, err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(c.folder, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	if err := c.configure("delivery", map[string]string{"kind": "delivery"}); err != nil {
		return nil, err
	}
	for name, values := range environments {
		if err := c.configure(name, values); err != nil {
			return nil, err
		}
	}
	return c, c.history(ctx)
}

// configure writes a stack's file.
func (c *checkout) configure(stack string, values map[string]string) error {
	text := "config:\n"
	for _, key := range slices.Sorted(maps.Keys(values)) {
		text += fmt.Sprintf("  %s:%s: %q\n", settings.Namespace, key, values[key])
	}
	return os.WriteFile(filepath.Join(c.folder, "Pulumi."+stack+".yaml"), []byte(text), 0o600)
}

func (c *checkout) history(ctx context.Context) error {
	if _, err := c.git(ctx, "init", "--quiet", "--initial-branch=main"); err != nil {
		return err
	}
	for i := range commitsMade {
		if err := os.WriteFile(filepath.Join(c.folder, "images", "app", "number"), []byte(fmt.Sprint(i)), 0o600); err != nil {
			return err
		}
		if _, err := c.git(ctx, "add", "--all"); err != nil {
			return err
		}
		if _, err := c.git(ctx, "commit", "--quiet", "--message", fmt.Sprint("number ", i)); err != nil {
			return err
		}
		hash, err := c.git(ctx, "rev-parse", "HEAD")
		if err != nil {
			return err
		}
		c.commits = append(c.commits, strings.TrimSpace(hash))
	}
	return nil
}

func (c *checkout) git(ctx context.Context, args ...string) (string, error) {
	identity := []string{"-c", "user.name=lane", "-c", "user.email=lane@example.com", "-c", "commit.gpgSign=false"}
	cmd := exec.CommandContext(ctx, "git", append(identity, args...)...)
	cmd.Dir = c.folder
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, out)
	}
	return string(out), nil
}

// sources are the tags by which releases of a commit find its image, for each of the environments' platforms.
func (c *checkout) sources(ctx context.Context, hash string) (tags []string, err error) {
	source, err := (&project.Project{Root: c.folder}).Source(filepath.Join(c.folder, "images", "app"))
	if err != nil {
		return nil, err
	}
	commit, err := source.Commit(ctx, hash)
	if err != nil {
		return nil, err
	}
	files, err := source.Export(ctx, commit)
	if err != nil {
		return nil, err
	}
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		made, err := recipe.Make(files, commit.Hash, "Dockerfile", images.Settings{Platform: platform})
		if err != nil {
			return nil, err
		}
		tags = append(tags, made.Identity.Tag())
	}
	return tags, nil
}

// push gives the registry an image of each commit: its manifest and tags are all that a release looks at.
func (c *checkout) push(ctx context.Context, repository string) error {
	loaded, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	client := ecr.NewFromConfig(loaded)
	for _, commit := range c.commits {
		manifest := `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json",` +
			`"digest":"sha256:` + strings.Repeat("0", 64) + `","size":2},"layers":[],"annotations":{"commit":"` + commit + `"}}`
		tags, err := c.sources(ctx, commit)
		if err != nil {
			return err
		}
		for _, tag := range append(tags, commit) {
			_, err := client.PutImage(ctx, &ecr.PutImageInput{
				RepositoryName: aws.String(repository), ImageTag: aws.String(tag), ImageManifest: aws.String(manifest),
				ImageDigest: aws.String(fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(manifest)))),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
