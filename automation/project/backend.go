package project

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// BackendVariable names the environment variable with the URL of the state backend.
const BackendVariable = "PULUMI_BACKEND_URL"

// Backend is the URL of the state backend: the variable's, Pulumi.yaml's, or the one that `pulumi login` chose, in
// pulumi's own order; empty when nothing says one. A relative folder is one of the project's folder, wherever
// the command runs.
func (p *Project) Backend() (string, error) {
	if given := os.Getenv(BackendVariable); given != "" {
		return p.absolute(given), nil
	}
	settings, err := p.Settings()
	if err != nil {
		return "", err
	}
	if settings.Backend != nil && settings.Backend.URL != "" {
		return p.absolute(settings.Backend.URL), nil
	}
	known, err := workspace.GetStoredCredentials()
	if err != nil {
		return "", fmt.Errorf("reading where pulumi is logged in: %w", err)
	}
	return p.absolute(known.Current), nil
}

// absolute makes file://./state, file:state and file://state folders of the project; a folder of the user's home
// (file://~) and every other URL stay as they are.
func (p *Project) absolute(backend string) string {
	rest, isFile := strings.CutPrefix(backend, "file:")
	if !isFile {
		return backend
	}
	folder, query, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
	if !strings.HasPrefix(folder, "~") && !filepath.IsAbs(folder) {
		folder = filepath.Join(p.Root, filepath.FromSlash(folder))
	}
	if query != "" {
		query = "?" + query
	}
	return "file://" + filepath.ToSlash(folder) + query
}

// Hosted says whether a backend is Pulumi's service, which encrypts the secrets of stacks that name no other provider.
// For every other backend that default is a passphrase.
func Hosted(backend string) bool {
	u, err := url.Parse(backend)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}
