package secretsmanager

import (
	"context"
	"regexp"
	"slices"
	"time"

	"slipway/sandbox/awsapi"
	"slipway/sandbox/naming"
)

// API is the part of the Secrets Manager API that is answered here.
func (s *Service) API() awsapi.Service {
	return awsapi.Service{Name: "secretsmanager", Protocol: awsapi.JSON, Actions: map[string]awsapi.Action{
		"CreateSecret":   awsapi.Do(s.createSecret),
		"DescribeSecret": awsapi.Do(s.describeSecret),
		"GetSecretValue": awsapi.Do(s.getSecretValue),
		"PutSecretValue": awsapi.Do(s.putSecretValue),
		"UpdateSecret":   awsapi.Do(s.updateSecret),
		"ListSecrets":    awsapi.Do(s.listSecrets),
		"DeleteSecret":   awsapi.Do(s.deleteSecret),
		"RestoreSecret":  awsapi.Do(s.restoreSecret),
	}}
}

// nameForm is what a name consists of (API reference, CreateSecret, read in November 2026).
var nameForm = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)

type createInput struct {
	Name, Description, KmsKeyID, ClientRequestToken string
	Tags                                            []tag
	AddReplicaRegions                               []map[string]any
	value
}

type named struct {
	ARN  string
	Name string
}

type changed struct {
	named
	VersionID string `json:"VersionId,omitempty"`
}

func (s *Service) createSecret(_ context.Context, in createInput) (changed, error) {
	if !nameForm.MatchString(in.Name) {
		return changed{}, awsapi.Errorf("ValidationException", "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!")
	}
	if len(in.AddReplicaRegions) > 0 {
		return changed{}, awsapi.Errorf("InvalidParameterException", "there are no other regions here")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, there, err := s.secrets.Get(in.Name)
	switch {
	case err != nil:
		return changed{}, err
	case there && !old.Deleted.IsZero():
		return changed{}, awsapi.Errorf("InvalidRequestException", "You can't create this secret because a secret with this name is already scheduled for deletion.")
	case there:
		return changed{}, awsapi.Errorf("ResourceExistsException", "The operation failed because the secret %s already exists.", in.Name)
	}
	made := secret{
		Name: in.Name, ARN: s.region.ARN("secretsmanager", "secret:"+in.Name+"-"+naming.Hex(suffix)),
		Description: in.Description, KeyID: in.KmsKeyID, Tags: in.Tags, Created: s.now(), Changed: s.now(),
	}
	out := changed{named: named{made.ARN, made.Name}}
	if in.given() {
		v, err := s.put(&made, in.value, in.ClientRequestToken)
		if err != nil {
			return changed{}, err
		}
		out.VersionID = v.ID
	}
	return out, s.secrets.Put(made.Name, made)
}

type secretID struct {
	SecretID string `json:"SecretId"`
}

type getInput struct {
	secretID
	VersionID    string `json:"VersionId"`
	VersionStage string
}

type getOutput struct {
	ARN           string
	Name          string
	VersionID     string `json:"VersionId"`
	SecretString  string `json:",omitempty"`
	SecretBinary  []byte `json:",omitempty"`
	VersionStages []string
	CreatedDate   awsapi.Time
}

func (s *Service) getSecretValue(_ context.Context, in getInput) (out getOutput, err error) {
	found, err := s.alive(in.SecretID)
	if err != nil {
		return out, err
	}
	v, err := found.pick(in.VersionID, in.VersionStage)
	if err != nil {
		return out, err
	}
	text, _, err := s.Value(in.SecretID, "", v.ID)
	out = getOutput{ARN: found.ARN, Name: found.Name, VersionID: v.ID, VersionStages: v.Stages, CreatedDate: awsapi.Time{Time: v.Created}}
	if v.Binary {
		out.SecretBinary = []byte(text)
	} else {
		out.SecretString = text
	}
	return out, err
}

type putInput struct {
	secretID
	ClientRequestToken string
	VersionStages      []string
	value
}

type putOutput struct {
	changed
	VersionStages []string
}

func (s *Service) putSecretValue(_ context.Context, in putInput) (out putOutput, err error) {
	if len(in.VersionStages) > 0 && !slices.Equal(in.VersionStages, []string{current}) {
		return out, awsapi.Errorf("InvalidParameterException", "stages of one's own are not supported here")
	}
	if !in.given() {
		return out, awsapi.Errorf("InvalidRequestException", "You must provide either SecretString or SecretBinary.")
	}
	var v version
	found, err := s.change(in.SecretID, func(of *secret) (err error) {
		v, err = s.put(of, in.value, in.ClientRequestToken)
		return err
	})
	return putOutput{changed{named{found.ARN, found.Name}, v.ID}, v.Stages}, err
}

// change changes a secret that is not marked for deletion.
func (s *Service) change(id string, f func(*secret) error) (secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.alive(id)
	if err != nil {
		return found, err
	}
	if err := f(&found); err != nil {
		return found, err
	}
	return found, s.secrets.Put(found.Name, found)
}

type updateInput struct {
	secretID
	Description, KmsKeyID, ClientRequestToken string
	value
}

func (s *Service) updateSecret(_ context.Context, in updateInput) (changed, error) {
	var made string
	found, err := s.change(in.SecretID, func(of *secret) error {
		if in.Description != "" {
			of.Description = in.Description
		}
		if in.KmsKeyID != "" {
			of.KeyID = in.KmsKeyID
		}
		of.Changed = s.now()
		if !in.given() {
			_, err := s.key(*of)
			return err
		}
		v, err := s.put(of, in.value, in.ClientRequestToken)
		made = v.ID
		return err
	})
	return changed{named{found.ARN, found.Name}, made}, err
}

// view is a secret as the API shows it: without its value.
type view struct {
	ARN             string
	Name            string
	Description     string `json:",omitempty"`
	KmsKeyID        string `json:"KmsKeyId,omitempty"`
	Tags            []tag
	CreatedDate     awsapi.Time
	LastChangedDate awsapi.Time
	DeletedDate     *awsapi.Time `json:",omitempty"`
}

// stages are those of a secret's versions by the versions' ids.
type stages map[string][]string

func (of secret) stages() stages {
	all := stages{}
	for id, each := range of.Versions {
		all[id] = each.Stages
	}
	return all
}

func (of secret) view() view {
	v := view{
		ARN: of.ARN, Name: of.Name, Description: of.Description, KmsKeyID: of.KeyID, Tags: of.Tags,
		CreatedDate: awsapi.Time{Time: of.Created}, LastChangedDate: awsapi.Time{Time: of.Changed},
	}
	if !of.Deleted.IsZero() {
		v.DeletedDate = &awsapi.Time{Time: of.Deleted}
	}
	return v
}

type describeOutput struct {
	view
	VersionIDsToStages stages `json:"VersionIdsToStages,omitempty"`
}

func (s *Service) describeSecret(_ context.Context, in secretID) (describeOutput, error) {
	found, err := s.find(in.SecretID)
	return describeOutput{found.view(), found.stages()}, err
}

type listed struct {
	view
	SecretVersionsToStages stages `json:",omitempty"`
}

type listInput struct {
	MaxResults int
	NextToken  string
	Filters    []map[string]any

	IncludePlannedDeletion bool
}

type listOutput struct {
	SecretList []listed
	NextToken  string `json:",omitempty"`
}

// listSecrets lists secrets by their names. A token is the last name shown.
func (s *Service) listSecrets(_ context.Context, in listInput) (listOutput, error) {
	out := listOutput{SecretList: []listed{}}
	if len(in.Filters) > 0 {
		return out, awsapi.Errorf("InvalidParameterException", "filters are not supported here")
	}
	most := in.MaxResults
	if most < 1 || most > 100 {
		most = 100
	}
	all, err := s.secrets.All()
	for _, each := range all {
		if each.Name <= in.NextToken || !each.Deleted.IsZero() && !in.IncludePlannedDeletion {
			continue
		}
		if len(out.SecretList) == most {
			out.NextToken = out.SecretList[most-1].Name
			break
		}
		out.SecretList = append(out.SecretList, listed{each.view(), each.stages()})
	}
	return out, err
}

type deleteInput struct {
	secretID
	RecoveryWindowInDays int

	ForceDeleteWithoutRecovery bool
}

type deleteOutput struct {
	ARN          string
	Name         string
	DeletionDate awsapi.Time
}

// deleteSecret marks a secret, or deletes it at once. Nothing here deletes one that is marked.
func (s *Service) deleteSecret(_ context.Context, in deleteInput) (deleteOutput, error) {
	days := in.RecoveryWindowInDays
	switch {
	case days != 0 && in.ForceDeleteWithoutRecovery:
		return deleteOutput{}, awsapi.Errorf("InvalidParameterException", "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
	case days == 0:
		days = 30
	case days < 7 || days > 30:
		return deleteOutput{}, awsapi.Errorf("InvalidParameterException", "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.find(in.SecretID)
	if err != nil {
		return deleteOutput{}, err
	}
	out := deleteOutput{found.ARN, found.Name, awsapi.Time{Time: s.now()}}
	if in.ForceDeleteWithoutRecovery {
		return out, s.secrets.Delete(found.Name)
	}
	found.Deleted = s.now()
	out.DeletionDate = awsapi.Time{Time: found.Deleted.Add(time.Duration(days) * 24 * time.Hour)}
	return out, s.secrets.Put(found.Name, found)
}

func (s *Service) restoreSecret(_ context.Context, in secretID) (named, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.find(in.SecretID)
	if err != nil {
		return named{}, err
	}
	found.Deleted = time.Time{}
	return named{found.ARN, found.Name}, s.secrets.Put(found.Name, found)
}
