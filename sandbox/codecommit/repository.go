package codecommit

import (
	"regexp"
	"strings"
	"time"

	"slipway/sandbox/awsapi"
)

// repository is what the store keeps of a repository beside git's own folder.
type repository struct {
	Name          string            `json:"repositoryName"`
	Description   string            `json:"description,omitempty"`
	KMSKey        string            `json:"kmsKeyId,omitempty"`
	DefaultBranch string            `json:"defaultBranch,omitempty"`
	Tags          map[string]string `json:"tags,omitempty"`

	ResourceID string            `json:"resourceId"` // the name that it was made with
	ID         string            `json:"id"`
	Created    time.Time         `json:"created"`
	Modified   time.Time         `json:"modified"`
	Published  map[string]string `json:"published,omitempty"` // commits by reference, as the last events had them
}

var (
	nameForm   = regexp.MustCompile(`^[\w.-]{1,100}$`)
	branchForm = regexp.MustCompile(`^[^\s~^:?*\[\\\x00-\x1f\x7f]{1,256}$`)
	aliasForm  = regexp.MustCompile(`^[a-zA-Z0-9:/_-]{1,512}$`)
)

// checkName refuses what is no repository's name, and with that every path.
func checkName(name string) error {
	switch {
	case name == "":
		return awsapi.Errorf("RepositoryNameRequiredException", "A repository name is required, but was not specified")
	case !nameForm.MatchString(name), strings.Trim(name, ".") == "", strings.HasSuffix(name, ".git"):
		return awsapi.Errorf("InvalidRepositoryNameException",
			"The repository name %q is not valid. It has up to 100 letters, digits, periods, underscores and dashes, and does not end in .git", name)
	}
	return nil
}

func (r repository) check() error {
	if err := checkName(r.Name); err != nil {
		return err
	}
	switch {
	case len(r.Description) > 1000:
		return awsapi.Errorf("InvalidRepositoryDescriptionException", "The repository description has more than 1000 characters")
	case r.KMSKey != "" && !aliasForm.MatchString(r.KMSKey):
		return awsapi.Errorf("EncryptionKeyInvalidIdException", "The KMS key %q is not valid", r.KMSKey)
	case r.DefaultBranch != "" && !validBranch(r.DefaultBranch):
		return awsapi.Errorf("InvalidBranchNameException", "The branch name %q is not valid", r.DefaultBranch)
	}
	return nil
}

// validBranch is git's rule for the names of references, as far as it keeps a name from meaning something else.
func validBranch(name string) bool {
	return branchForm.MatchString(name) && !strings.Contains(name, "..") && !strings.Contains(name, "@{") &&
		!strings.Contains(name, "//") && !strings.HasPrefix(name, "-") && !strings.HasPrefix(name, "/") &&
		!strings.HasSuffix(name, "/") && !strings.HasSuffix(name, ".lock") && !strings.HasSuffix(name, ".")
}

// cloneURL is what git clones the repository from.
func (s *Service) cloneURL(name string) string { return strings.TrimRight(s.URL, "/") + Path + name }

// find returns the repository with this name, or CodeCommit's error for a missing one.
func (s *Service) find(name string) (repository, error) {
	if err := checkName(name); err != nil {
		return repository{}, err
	}
	r, found, err := s.repos.Get(name)
	if err == nil && !found {
		err = awsapi.Errorf("RepositoryDoesNotExistException", "%s does not exist", name)
	}
	return r, err
}
