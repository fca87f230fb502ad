package codecommit

import (
	"context"
	"maps"
	"slices"
	"strings"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// API is the part of CodeCommit that AWS's clients can call here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{
		Name: "codecommit", Protocol: awsapi.JSON,
		Refused: map[string]string{
			"CreateRepository":  "a stack declares repositories, aws:codecommit/repository:Repository",
			"CreateCommit":      "commit with git",
			"PutFile":           "commit with git",
			"CreatePullRequest": "there are no pull requests",
		},
		Actions: map[string]awsapi.Action{
			"BatchGetRepositories": awsapi.Do(s.batchGetRepositories),
			"GetBranch":            awsapi.Do(s.getBranch),
			"GetCommit":            awsapi.Do(s.getCommit),
			"GetRepository":        awsapi.Do(s.getRepository),
			"ListBranches":         awsapi.Do(s.listBranches),
			"ListRepositories":     awsapi.Do(s.listRepositories),
		},
	}
}

type request struct {
	Repository string `json:"repositoryName"`
	Branch     string `json:"branchName"`
	Commit     string `json:"commitId"`
}

type repositoryView struct {
	AccountID     string      `json:"accountId"`
	ID            string      `json:"repositoryId"`
	Name          string      `json:"repositoryName"`
	Description   string      `json:"repositoryDescription,omitempty"`
	DefaultBranch string      `json:"defaultBranch,omitempty"`
	Modified      awsapi.Time `json:"lastModifiedDate"`
	Created       awsapi.Time `json:"creationDate"`
	CloneURL      string      `json:"cloneUrlHttp"`
	CloneSSH      string      `json:"cloneUrlSsh"`
	ARN           string      `json:"Arn"`
	KMSKey        string      `json:"kmsKeyId,omitempty"`
}

// view is a repository as CodeCommit answers it. The default branch is told once it is there.
func (s *Service) view(ctx context.Context, r repository) (repositoryView, error) {
	refs, err := s.refs(ctx, r.Name)
	if err != nil {
		return repositoryView{}, err
	}
	head, err := s.run(ctx, s.folder(r.Name), "symbolic-ref", "HEAD")
	if err != nil {
		return repositoryView{}, err
	}
	v := repositoryView{
		AccountID: naming.Account, ID: r.ID, Name: r.Name, Description: r.Description, Modified: awsapi.Time{Time: r.Modified},
		Created: awsapi.Time{Time: r.Created}, CloneURL: s.cloneURL(r.Name), ARN: s.arn(r.Name), KMSKey: r.KMSKey,
		CloneSSH: "ssh://git-codecommit." + string(s.region) + ".amazonaws.com" + Path + r.Name,
	}
	if head = strings.TrimSpace(head); refs[head] != "" {
		v.DefaultBranch = strings.TrimPrefix(head, "refs/heads/")
	}
	return v, nil
}

type repositoryAnswer struct {
	Metadata repositoryView `json:"repositoryMetadata"`
}

func (s *Service) getRepository(ctx context.Context, in request) (out repositoryAnswer, err error) {
	r, err := s.find(in.Repository)
	if err != nil {
		return out, err
	}
	out.Metadata, err = s.view(ctx, r)
	return out, err
}

type batchRequest struct {
	Names []string `json:"repositoryNames"`
}

type batchAnswer struct {
	Repositories []repositoryView `json:"repositories"`
	NotFound     []string         `json:"repositoriesNotFound"`
}

func (s *Service) batchGetRepositories(ctx context.Context, in batchRequest) (batchAnswer, error) {
	out := batchAnswer{Repositories: []repositoryView{}, NotFound: []string{}}
	if len(in.Names) == 0 {
		return out, awsapi.Errorf("RepositoryNamesRequiredException", "At least one repository name is required")
	}
	if len(in.Names) > 100 {
		return out, awsapi.Errorf("MaximumRepositoryNamesExceededException", "At most 100 repositories are read at once")
	}
	for _, name := range in.Names {
		if err := checkName(name); err != nil {
			return out, err
		}
		r, found, err := s.repos.Get(name)
		if err != nil {
			return out, err
		}
		if !found {
			out.NotFound = append(out.NotFound, name)
			continue
		}
		v, err := s.view(ctx, r)
		if err != nil {
			return out, err
		}
		out.Repositories = append(out.Repositories, v)
	}
	return out, nil
}

type repositoryName struct {
	Name string `json:"repositoryName"`
	ID   string `json:"repositoryId"`
}

type listRepositoriesAnswer struct {
	Repositories []repositoryName `json:"repositories"`
}

func (s *Service) listRepositories(context.Context, struct{}) (listRepositoriesAnswer, error) {
	all, err := s.repos.All()
	out := listRepositoriesAnswer{Repositories: []repositoryName{}}
	for _, r := range all {
		out.Repositories = append(out.Repositories, repositoryName{r.Name, r.ID})
	}
	return out, err
}

type branchAnswer struct {
	Branch struct {
		Name   string `json:"branchName"`
		Commit string `json:"commitId"`
	} `json:"branch"`
}

func (s *Service) getBranch(ctx context.Context, in request) (out branchAnswer, err error) {
	out.Branch.Name = in.Branch
	out.Branch.Commit, err = s.tip(ctx, in.Repository, in.Branch)
	return out, err
}

type branchesAnswer struct {
	Branches []string `json:"branches"`
}

func (s *Service) listBranches(ctx context.Context, in request) (branchesAnswer, error) {
	out := branchesAnswer{Branches: []string{}}
	if _, err := s.find(in.Repository); err != nil {
		return out, err
	}
	refs, err := s.refs(ctx, in.Repository)
	for _, full := range slices.Sorted(maps.Keys(refs)) {
		if name, ok := strings.CutPrefix(full, "refs/heads/"); ok {
			out.Branches = append(out.Branches, name)
		}
	}
	return out, err
}

type person struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Date  string `json:"date"` // seconds since 1970 and zone
}

type commitAnswer struct {
	Commit struct {
		ID        string   `json:"commitId"`
		Tree      string   `json:"treeId"`
		Parents   []string `json:"parents"`
		Message   string   `json:"message"`
		Author    person   `json:"author"`
		Committer person   `json:"committer"`
		More      string   `json:"additionalData"`
	} `json:"commit"`
}

func (s *Service) getCommit(ctx context.Context, in request) (out commitAnswer, err error) {
	c, err := s.commit(ctx, in.Repository, in.Commit)
	if err != nil {
		return out, err
	}
	out.Commit.ID, out.Commit.Tree, out.Commit.Parents, out.Commit.Message = c.ID, c.tree, c.parents, c.Message
	out.Commit.Author = person{c.Author, c.Email, c.authored}
	out.Commit.Committer = person{c.committer, c.byEmail, c.committed}
	return out, nil
}
