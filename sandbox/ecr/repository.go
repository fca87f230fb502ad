package ecr

import (
	"context"
	"regexp"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

const (
	mutable   = "MUTABLE"
	immutable = "IMMUTABLE"
)

// repository is what the store keeps of a repository, its policies included.
type repository struct {
	Name        string            `json:"name"`
	Mutability  string            `json:"imageTagMutability,omitempty"`
	ForceDelete bool              `json:"forceDelete,omitempty"`
	Scanning    *scanning         `json:"imageScanningConfiguration,omitempty"`
	Encryption  []encryption      `json:"encryptionConfigurations,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`

	Created   time.Time `json:"created"`
	Lifecycle string    `json:"lifecyclePolicy,omitempty"`
	Policy    string    `json:"repositoryPolicy,omitempty"`
}

type scanning struct {
	ScanOnPush bool `json:"scanOnPush"`
}

type encryption struct {
	EncryptionType string `json:"encryptionType"`
	KMSKey         string `json:"kmsKey,omitempty"`
}

const nameForm = `(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*`

var validName = regexp.MustCompile(`^` + nameForm + `$`)

func (r repository) check() error {
	if len(r.Name) < 2 || len(r.Name) > 256 || !validName.MatchString(r.Name) {
		return awsapi.Errorf("InvalidParameterException",
			"Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '%s'' and have from 2 to 256 characters, it is '%s'", nameForm, r.Name)
	}
	if r.Mutability != mutable && r.Mutability != immutable {
		return awsapi.Errorf("InvalidParameterException",
			"Invalid parameter at 'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: [IMMUTABLE, MUTABLE]', it is '%s'", r.Mutability)
	}
	return nil
}

func (s *Service) arn(name string) string { return s.region.ARN("ecr", "repository/"+name) }

func (s *Service) outputs(r repository) (resource.Properties, error) {
	return resource.Encode(map[string]any{
		"arn": s.arn(r.Name), "name": r.Name, "registryId": naming.Account, "repositoryUrl": s.url(r.Name),
		"imageTagMutability": r.Mutability,
	})
}

// repository returns the repository with this name, or ECR's error for a missing one.
func (s *Service) repository(name string) (repository, error) {
	r, found, err := s.repos.Get(name)
	if err == nil && !found {
		err = awsapi.Errorf("RepositoryNotFoundException", "%s", noRepositoryMessage(name))
	}
	return r, err
}

type repositories struct{ s *Service }

func (b repositories) Create(_ context.Context, in resource.Properties) (string, resource.Properties, error) {
	r := repository{Mutability: mutable, Created: time.Now().UTC()}
	if err := resource.Decode(in, &r); err != nil {
		return "", nil, err
	}
	if err := b.s.create(r); err != nil {
		return "", nil, err
	}
	out, err := b.s.outputs(r)
	return r.Name, out, err
}

func (s *Service) create(r repository) error {
	if err := r.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, found, err := s.repos.Get(r.Name); err != nil || found {
		if err == nil {
			err = awsapi.Errorf("RepositoryAlreadyExistsException",
				"The repository with name '%s' already exists in the registry with id '%s'", r.Name, naming.Account)
		}
		return err
	}
	return s.repos.Put(r.Name, r)
}

func (b repositories) Update(_ context.Context, id string, in resource.Properties) (resource.Properties, error) {
	r := repository{Mutability: mutable}
	if err := resource.Decode(in, &r); err != nil {
		return nil, err
	}
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	old, err := b.s.repository(id)
	if err != nil {
		return nil, err
	}
	r.Name, r.Created, r.Lifecycle, r.Policy = old.Name, old.Created, old.Lifecycle, old.Policy
	if err := r.check(); err != nil {
		return nil, err
	}
	if err := b.s.repos.Put(id, r); err != nil {
		return nil, err
	}
	return b.s.outputs(r)
}

func (b repositories) Delete(_ context.Context, id string) error {
	r, found, err := b.s.repos.Get(id)
	if err != nil || !found {
		return err
	}
	return b.s.delete(id, r.ForceDelete)
}

func (s *Service) delete(id string, force bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	images, err := s.imagesOf(id)
	if err != nil {
		return err
	}
	if len(images) > 0 && !force {
		return awsapi.Errorf("RepositoryNotEmptyException",
			"The repository with name '%s' in registry with id '%s' cannot be deleted because it still contains images", id, naming.Account)
	}
	for _, i := range images {
		if err := s.images.Delete(i.key()); err != nil {
			return err
		}
	}
	if err := s.repos.Delete(id); err != nil {
		return err
	}
	return dropRepository(s.root, id)
}

func (b repositories) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	r, found, err := b.s.repos.Get(id)
	if err != nil || !found {
		return nil, false, err
	}
	out, err := b.s.outputs(r)
	return out, true, err
}

// change edits a repository under the lock.
func (s *Service) change(name string, edit func(*repository)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.repository(name)
	if err != nil {
		return err
	}
	edit(&r)
	return s.repos.Put(name, r)
}
