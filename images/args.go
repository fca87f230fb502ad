package images

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// DefaultPlatform is what an image is built for unless Args say otherwise.
const DefaultPlatform = "linux/amd64"

// Platforms are the values that Args.Platform may have: what ECS runs.
var Platforms = []string{DefaultPlatform, "linux/arm64"}

// Args say which image is built and where it is pushed to.
type Args struct {
	Repository string // URL of the ECR repository: host[:port]/name, without a tag.
	Context    string // absolute path of the folder that is built
	Dockerfile string // absolute path; empty means Dockerfile in Context
	Tag        string // see Identity
	Settings          // a Platform of Platforms; empty means DefaultPlatform
}

var (
	// tagForm is the form of a tag in the OCI distribution specification.
	tagForm = regexp.MustCompile(`\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z`)
	// repositoryForm is a host with an optional port, and a name as ECR allows it.
	repositoryForm = regexp.MustCompile(`\A[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+\z`)
)

// CheckTag returns an error that says what is allowed when tag cannot be the tag of an image.
func CheckTag(tag string) error {
	if !tagForm.MatchString(tag) {
		return fmt.Errorf("tag %q: a tag has 1 to 128 letters, digits, '_', '.' and '-', and begins with none of the last two", tag)
	}
	return nil
}

// Complete returns the args with every default filled in, and all that is wrong with them at once.
func (a Args) Complete() (Args, error) {
	if a.Dockerfile == "" {
		a.Dockerfile = filepath.Join(a.Context, "Dockerfile")
	}
	if a.Platform == "" {
		a.Platform = DefaultPlatform
	}
	errs := []error{checkRepository(a.Repository), checkPath("context", a.Context, true), checkPath("dockerfile", a.Dockerfile, false), CheckTag(a.Tag)}
	if !slices.Contains(Platforms, a.Platform) {
		errs = append(errs, fmt.Errorf("platform %q: allowed are %s", a.Platform, strings.Join(Platforms, ", ")))
	}
	return a, errors.Join(errs...)
}

func checkRepository(url string) error {
	if !repositoryForm.MatchString(url) {
		return fmt.Errorf("repository %q: expected host[:port]/name, without scheme, tag or digest", url)
	}
	return nil
}

// checkPath asks for an absolute path, because the plugin that builds has a working folder of its own.
func checkPath(what, path string, folder bool) error {
	if !filepath.IsAbs(path) {
		return fmt.Errorf("%s %q: expected an absolute path", what, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if info.IsDir() != folder {
		return fmt.Errorf("%s %q: expected a %s", what, path, map[bool]string{true: "folder", false: "file"}[folder])
	}
	return nil
}

// host returns the registry's part of a repository URL.
func host(repository string) string {
	name, _, _ := strings.Cut(repository, "/")
	return name
}
