package kms

import (
	"context"

	"slipway/sandbox/awsapi"
)

type aliasInput struct{ AliasName, TargetKeyID string }

func (s *Service) createAlias(_ context.Context, in aliasInput) (struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return struct{}{}, s.name(in.AliasName, in.TargetKeyID, false)
}

func (s *Service) updateAlias(_ context.Context, in aliasInput) (struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return struct{}{}, s.name(in.AliasName, in.TargetKeyID, true)
}

func (s *Service) deleteAlias(_ context.Context, in struct{ AliasName string }) (struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := checkAlias(in.AliasName); err != nil {
		return struct{}{}, err
	}
	_, found, err := s.aliases.Get(in.AliasName)
	if err != nil {
		return struct{}{}, err
	}
	if !found {
		return struct{}{}, errNoAlias(s.region.ARN("kms", in.AliasName))
	}
	return struct{}{}, s.aliases.Delete(in.AliasName)
}

type aliasView struct {
	AliasName       string
	AliasARN        string `json:"AliasArn"`
	TargetKeyID     string `json:"TargetKeyId"`
	CreationDate    awsapi.Time
	LastUpdatedDate awsapi.Time
}

type listAliasesInput struct {
	KeyID string
	paging
}

type listAliasesOutput struct {
	Aliases []aliasView
	more
}

func (s *Service) listAliases(_ context.Context, in listAliasesInput) (out listAliasesOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := key{}
	if in.KeyID != "" {
		if of, err = s.own(in.KeyID); err != nil {
			return out, err
		}
	}
	all, err := s.aliasesOf(of.ID)
	if err != nil {
		return out, err
	}
	all, out.more, err = page(all, in.paging, 50, 100, func(a alias) string { return a.Name })
	out.Aliases = []aliasView{}
	for _, a := range all {
		out.Aliases = append(out.Aliases, aliasView{
			a.Name, s.region.ARN("kms", a.Name), a.KeyID, awsapi.Time{Time: a.Created}, awsapi.Time{Time: a.Updated},
		})
	}
	return out, err
}
