package codecommit

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
	"slipway/sandbox/resource"
)

var (
	_ resource.Behaviour = repositories{}
	_ resource.Reader    = repositories{}
)

// Behaviours are the resource types that this service makes real.
func (s *Service) Behaviours() map[string]resource.Behaviour {
	return map[string]resource.Behaviour{"aws:codecommit/repository:Repository": repositories{s}}
}

// repositories is aws:codecommit/repository:Repository. Its id is the name that a repository was made with.
type repositories struct{ *Service }

func (b repositories) Create(ctx context.Context, in resource.Properties) (string, resource.Properties, error) {
	now := time.Now().UTC()
	r := repository{ID: naming.UUID(), Created: now, Modified: now}
	if err := resource.Decode(in, &r); err != nil {
		return "", nil, err
	}
	if err := r.check(); err != nil {
		return "", nil, err
	}
	r.ResourceID = r.Name
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.free(r.Name); err != nil {
		return "", nil, err
	}
	if other, found, err := b.byID(r.Name); err != nil || found {
		return "", nil, errors.Join(err, awsapi.Errorf("RepositoryNameExistsException",
			"The name %s is still the id of the repository %s, which was renamed", r.Name, other.Name))
	}
	if err := b.initialize(ctx, r); err != nil {
		return "", nil, err
	}
	if err := b.repos.Put(r.Name, r); err != nil {
		return "", nil, err
	}
	out, err := b.outputs(r)
	return r.ResourceID, out, err
}

// free returns CodeCommit's error for a name that is taken.
func (b repositories) free(name string) error {
	_, found, err := b.repos.Get(name)
	if err == nil && found {
		err = awsapi.Errorf("RepositoryNameExistsException", "Repository named %s already exists", name)
	}
	return err
}

// Update changes a repository where it is. A new name moves it: its URL is another one then.
func (b repositories) Update(ctx context.Context, id string, in resource.Properties) (resource.Properties, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	old, found, err := b.byID(id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, awsapi.Errorf("RepositoryDoesNotExistException", "%s does not exist", id)
	}
	r := repository{
		ResourceID: old.ResourceID, ID: old.ID, Created: old.Created, Modified: time.Now().UTC(), Published: old.Published,
	}
	if err := resource.Decode(in, &r); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	if r.DefaultBranch != "" && r.DefaultBranch != old.DefaultBranch {
		if err := b.setDefault(ctx, old.Name, r.DefaultBranch); err != nil {
			return nil, err
		}
	}
	if err := b.rename(old.Name, r.Name); err != nil {
		return nil, err
	}
	if err := b.repos.Put(r.Name, r); err != nil {
		return nil, err
	}
	return b.outputs(r)
}

// rename moves a repository to a new name.
func (b repositories) rename(from, to string) error {
	if from == to {
		return nil
	}
	if err := b.free(to); err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(b.folder(to)), os.Rename(b.folder(from), b.folder(to))); err != nil {
		return err
	}
	return b.repos.Delete(from)
}

// Delete removes a repository with all that was pushed to it.
func (b repositories) Delete(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, found, err := b.byID(id)
	if err != nil || !found {
		return err
	}
	if err := b.repos.Delete(r.Name); err != nil {
		return err
	}
	delete(b.pushes, r.ID)
	return os.RemoveAll(b.folder(r.Name))
}

func (b repositories) Read(_ context.Context, id string) (resource.Properties, bool, error) {
	r, found, err := b.byID(id)
	if err != nil || !found {
		return nil, false, err
	}
	out, err := b.outputs(r)
	return out, true, err
}

// byID returns the repository of a resource: the one that was made with this name, or else the one that has it.
func (b repositories) byID(id string) (repository, bool, error) {
	all, err := b.repos.All()
	i := slices.IndexFunc(all, func(r repository) bool { return r.ResourceID == id })
	switch {
	case err != nil:
		return repository{}, false, err
	case i >= 0:
		return all[i], true, nil
	}
	return b.repos.Get(id)
}

func (b repositories) outputs(r repository) (resource.Properties, error) {
	return resource.Encode(map[string]any{
		"arn": b.arn(r.Name), "repositoryId": r.ID, "repositoryName": r.Name, "cloneUrlHttp": b.cloneURL(r.Name),
		"cloneUrlSsh": "ssh://git-codecommit." + string(b.region) + ".amazonaws.com" + Path + r.Name,
	})
}
